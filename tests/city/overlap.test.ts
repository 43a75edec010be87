import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusal, type TestCity, testCity } from './harness.ts';

let city: TestCity;
let one: pg.Client;
let other: pg.Client;

async function owner(): Promise<pg.Client> {
  const client = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400' });
  await client.connect();
  await client.query('set role c430400_owner');
  return client;
}

beforeAll(async () => {
  city = await testCity();
  [one, other] = [await owner(), await owner()];
});
afterAll(async () => {
  await one?.end();
  await other?.end();
  await city?.close();
});
beforeEach(async () => {
  await one.query('begin');
});
afterEach(async () => {
  await one.query('rollback');
});

interface Fact {
  readonly subject: number;
  readonly valid: string;
  readonly known: string;
}

type Table = 'spell' | 'person_fact';
const tables: readonly Table[] = ['spell', 'person_fact'];

function insert(table: Table, facts: readonly Fact[]): string {
  const rows = facts.map(({ subject, valid, known }) =>
    table === 'spell'
      ? `(${subject}, 7, 430405000000, 1, 31, '${valid}'::daterange, '${known}'::int8range)`
      : `(${subject}, 430405000000, '某', 'm', '${subject} ${valid} ${known}', date '1970-01-01', 'male', 'urban', '${valid}'::daterange, '${known}'::int8range)`,
  );
  const columns =
    table === 'spell'
      ? 'person_id, employer_id, area, category, schemes, valid, known'
      : 'person_id, area, name, initials, number, birth, sex, residence, valid, known';
  return `insert into ${table} (${columns}) values ${rows.join(', ')}`;
}

/** The code of what the database refused; '' when it took it. */
async function tried(client: pg.Client, sql: string): Promise<string> {
  await client.query('savepoint before');
  try {
    await client.query(sql);
    return '';
  } catch (error) {
    await client.query('rollback to before');
    return (error as { code: string }).code;
  }
}

const fact = (valid: string, known = '[5,)', subject = 900_001): Fact => ({
  subject,
  valid,
  known,
});
const ever = '[2000-01-01,)';

describe.each(tables)('facts of %s', (table) => {
  const take = (...facts: Fact[]) => tried(one, insert(table, facts));

  it('are refused where they overlap in valid and known at once', async () => {
    expect(await take(fact(ever))).toBe('');
    expect(await take(fact('[2005-01-01,)'))).toBe('23505');
    expect(await take(fact('[2001-01-01,2002-01-01)'))).toBe('23P01');
    expect(await take(fact('(,)', '[2,6)'))).toBe('23P01');
    expect(await take(fact(ever, '[9,11)'))).toBe('23P01');
    expect(await take(fact('[1990-01-01,2000-01-02)'))).toBe('23P01');
  });

  it('are taken where they meet in one of the two only, or in neither', async () => {
    expect(await take(fact('[1990-01-01,2000-01-01)'), fact(ever))).toBe('');
    expect(await take(fact(ever, '[1,3)'))).toBe('');
    expect(await take(fact(ever, '[3,5)'), fact(ever, '[5,)', 900_002))).toBe('');
    expect(await take(fact(ever, '[2,4)'))).toBe('23P01');
  });

  it('are refused when they overlap within one statement, and as the third of them', async () => {
    expect(await take(fact(ever), fact(ever))).toBe('23505');
    expect(await take(fact(ever), fact('[2001-01-01,2001-02-01)'))).toBe('23P01');
    expect(
      await take(fact(ever, '[1,9)'), fact(ever, '[9,)'), fact('[2009-01-01,)', '[8,9)')),
    ).toBe('23P01');
  });

  it('are closed, never rewritten', async () => {
    await take(fact('[2000-01-01,2003-01-01)'), fact('[2003-01-01,)'));
    const set = (what: string) =>
      tried(
        one,
        `update ${table} set ${what} where person_id = 900001 and lower(valid) < '2001-01-01'`,
      );
    expect(await set(`valid = '${ever}'`)).toBe('MD004');
    expect(await set('person_id = 900002')).toBe('MD004');
    expect(await set("known = '[1,)'")).toBe('MD004');
    expect(await set('known = int8range(lower(known), 8)')).toBe('');
    expect(await set('known = int8range(lower(known), 9)')).toBe('MD004');
    expect(await take(fact('[2000-01-01,2003-01-01)', '[7,)'))).toBe('23P01');
    expect(await take(fact('[2000-01-01,2003-01-01)', '[8,)'))).toBe('');
  });

  it('are taken and refused as a list that is looked through one by one would', async () => {
    const range = (low: number, high: number | null, show: (n: number) => string) =>
      `[${show(low)},${high === null ? '' : show(high)})`;
    const bounds = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.option(fc.integer({ min: 1, max: 5 })))
      .map(([low, length]): [number, number | null] => [
        low,
        length === null ? null : low + length,
      ]);
    const facts = fc.array(
      fc.record({ who: fc.integer({ min: 1, max: 3 }), valid: bounds, known: bounds }),
      {
        minLength: 2,
        maxLength: 14,
      },
    );
    const meet = ([a, b]: [number, number | null], [c, d]: [number, number | null]): boolean =>
      (b === null || c < b) && (d === null || a < d);
    let base = 1_000_000;
    await fc.assert(
      fc.asyncProperty(facts, async (list) => {
        base += 10;
        const taken: typeof list = [];
        for (const f of list) {
          const hit = taken.some(
            (t) => t.who === f.who && meet(t.valid, f.valid) && meet(t.known, f.known),
          );
          const code = await take({
            subject: base + f.who,
            valid: range(f.valid[0], f.valid[1], (n) => `2001-01-${String(n).padStart(2, '0')}`),
            known: range(f.known[0], f.known[1], String),
          });
          expect(code !== '').toBe(hit);
          if (!hit) taken.push(f);
        }
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    [
      'without an end, then with one',
      fact(ever, '[5,)', 1),
      fact('[2001-01-01,2002-01-01)', '[5,)', 1),
    ],
    [
      'with an end, then without',
      fact('[2001-01-01,2002-01-01)', '[5,)', 2),
      fact(ever, '[5,)', 2),
    ],
    ['both without an end', fact(ever, '[5,)', 3), fact(ever, '[5,)', 3)],
  ])('wait for one another in two transactions: %s', async (_, first, second) => {
    for (const end of ['rollback', 'commit'] as const) {
      await one.query('rollback; begin');
      await other.query('begin');
      expect(await tried(one, insert(table, [first]))).toBe('');
      let settled = false;
      const waiting = tried(other, insert(table, [second])).finally(() => {
        settled = true;
      });
      await one.query('select pg_sleep(0.2)');
      expect(settled).toBe(false);
      await one.query(end);
      expect(await waiting).toMatch(end === 'commit' ? /^(23P01|23505)$/ : /^$/);
      await other.query('rollback');
    }
  });

  it('are not written where the second could not see the first', async () => {
    await one.query('rollback; begin isolation level repeatable read');
    expect(await take(fact(ever))).toBe('25001');
  });
});

describe('an overlap that a command meets', () => {
  it('has a name', async () => {
    const write = (facts: readonly Fact[]) =>
      city.house.store.transaction({ role: 'system' }, (tx) => tx.execute(insert('spell', facts)));
    expect(await refusal(write([fact(ever), fact(ever)]))).toBe('fact-overlaps');
    expect(await refusal(write([fact(ever), fact('[2001-01-01,2002-01-01)')]))).toBe(
      'fact-overlaps',
    );
    expect(await refusal(write([fact(ever, '[5,)', 900_050)]))).toBe('none');
  });
});
