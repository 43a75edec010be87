import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const employer = organisation(971);
const numbers = Array.from({ length: 60 }, (_, i) => citizen(9100 + i));
// The order of a pack of cards that was dealt: neighbours stand far apart.
const dealt = numbers.map((_, i) => numbers[(i * 37) % numbers.length]!);
let city: TestCity;
let owner: pg.Client;

beforeAll(async () => {
  city = await testCity();
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400' });
  await owner.connect();
  await city.run('registry.employer.register', {
    code: employer,
    name: '一厂',
    area: '430407',
    injuryClass: 1,
  });
});
afterAll(async () => {
  await owner?.end();
  await city?.close();
});

async function declare(month: string, order: readonly string[]): Promise<void> {
  const persons = order.map((number, i) => ({ number, wage: String(1500 + i) }));
  const content = roster(month, persons);
  await city.run('insurance.declare', { employer, month, full: true, content });
}

/** Whether the table of a month's rows has its key and is a leaf that can be read through the parent. */
async function finished(period: number): Promise<boolean> {
  const { rows } = await owner.query(
    `select exists (select from pg_constraint where conrelid = $1::regclass and contype = 'p') as key,
       exists (select from pg_inherits where inhrelid = $1::regclass) as leaf`,
    [`person_month_${period}`],
  );
  expect(rows[0].key).toBe(rows[0].leaf);
  return rows[0].leaf;
}

/** A month's rows as they are read through the parent, by the order of their files, and the columns of their key. */
async function rowsOf(period: number): Promise<{ bases: number[]; key: string }> {
  const { rows } = await owner.query<{ base: number }>(
    `select base from person_month where period = ${period} order by person_id`,
  );
  const found = await owner.query<{ key: string }>(
    `select pg_get_constraintdef(oid) as key from pg_constraint
     where conrelid = 'person_month_${period}'::regclass and contype = 'p'`,
  );
  return { bases: rows.map((r) => r.base), key: found.rows[0]!.key };
}

describe('the key of a month’s rows', () => {
  const key = 'PRIMARY KEY (person_id, employer_id, period, assessment)';

  it('comes with the assessment that makes them a leaf, and not before', async () => {
    await declare('2008-01', numbers);
    expect(await finished(200801)).toBe(false);
    await city.run('insurance.assess', { month: '2008-01' });
    expect(await finished(200801)).toBe(true);
    const bases = numbers.map((_, i) => (1500 + i) * 100);
    expect(await rowsOf(200801)).toEqual({ bases, key });
  });

  it('is the same when persons stand in the roster in another order', async () => {
    await city.run('insurance.credit', { month: '2008-01' });
    await city.run('city.advance-clock', { at: '2008-01-31T18:00' });
    await city.run('insurance.close', { month: '2008-01' });
    await city.run('city.advance-clock', { at: '2008-02-05T09:00' });
    await declare('2008-02', dealt);
    await city.run('insurance.assess', { month: '2008-02' });
    expect(await finished(200802)).toBe(true);
    const bases = numbers.map((n) => (1500 + dealt.indexOf(n)) * 100);
    expect(await rowsOf(200802)).toEqual({ bases, key });
  });
});
