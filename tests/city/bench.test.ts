import { afterAll, beforeAll, expect, it } from 'vitest';
import { personBooks } from '../../bench/record-books.ts';
import { pgbenchScript } from '../../bench/record-script.ts';
import { type Scratch, scratch } from '../../bench/scratch.ts';

// The measurements stand on tables and statements of the program: a change of those must not leave them behind unseen.
let store: Scratch;

beforeAll(async () => {
  store = await scratch();
}, 120_000);

afterAll(async () => {
  await store?.close();
});

it('fills the books of the record’s measurement and traces its statements', async () => {
  const books = await personBooks(store, 200);
  const script = await pgbenchScript(store, books);
  expect(script).toContain('\\set n random(:from, :to)');
  for (const table of ['person_month', 'account_credit', 'month_paid', 'spell', 'look']) {
    expect(script).toContain(table);
  }
});
