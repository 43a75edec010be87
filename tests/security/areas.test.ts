import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import { refusal } from '../city/harness.ts';
import { commuter, mill, month, type TwoCounties, twoCounties, works } from './two-counties.ts';

let town: TwoCounties;
const clerks: Record<'a' | 'b', Caller> = {} as never;

beforeAll(async () => {
  town = await twoCounties();
  for (const [key, area] of [
    ['a', '430407'],
    ['b', '430405'],
  ] as const) {
    const account = { kind: 'staff', login: `clerk-${key}`, name: key, role: 'collection-clerk' };
    await town.city.run('access.account.open', { ...account, area, reason: '测试' });
    const actor = await actorByLogin(town.city.house.store, `clerk-${key}`);
    clerks[key] = { actor, purpose: 'counter-visit', language: 'zh' };
  }
});
afterAll(async () => town?.city.close());

/** How many rows about the commuter a clerk's own eyes see in a table. */
async function seen(clerk: Caller, table: string): Promise<number> {
  return town.city.house.store.transaction(clerk.actor.reach, async (tx) => {
    const { n } = await tx.one<{ n: number }>(
      `select count(*)::int as n from ${table} where person_id = $1`,
      [town.ids.commuter],
    );
    return n;
  });
}

describe('of somebody who lives in A and works in A and in B', () => {
  it('A’s clerk finds the file and the whole record; B’s sees the roster and the bill, and no file', async () => {
    const { run } = town.city;
    const record = await run<{ months: { employerName: string }[] }>(
      'insurance.record',
      { person: commuter },
      clerks.a,
    );
    expect(record.months.map((m) => m.employerName).sort()).toEqual(
      [`厂${mill}`, `厂${works}`].sort(),
    );
    expect(await refusal(run('insurance.record', { person: commuter }, clerks.b))).toBe(
      'unknown-person',
    );
    const found = (clerk: Caller) =>
      run<{ rows: unknown[] }>('registry.persons', { search: commuter }, clerk);
    expect((await found(clerks.a)).rows).toHaveLength(1);
    expect((await found(clerks.b)).rows).toHaveLength(0);
    const issue = { person: commuter, from: month, to: month };
    expect(await refusal(run('insurance.certificate.issue', issue, clerks.b))).toBe(
      'unknown-person',
    );
    for (const [name, input] of [
      ['insurance.explain-person', { person: commuter, month }],
      ['access.matter.open', { reason: '核对缴费月份', persons: [commuter] }],
      ['access.activation.issue', { person: commuter, reason: '测试' }],
      ['registry.person.correct-number', { person: commuter, number: commuter, reason: '测试' }],
    ] as const)
      expect(await refusal(run(name, input, clerks.b)), name).toBe('unknown-person');
    // B's employer is B's: its roster with this person in it, and its bill.
    const uploads = await run<{ rows: { publicId: string }[] }>(
      'insurance.uploads',
      { employer: works },
      clerks.b,
    );
    expect(uploads.rows.length).toBeGreaterThan(0);
    const bill = await run<{ lines: unknown[] }>(
      'insurance.bill',
      { employer: works, month },
      clerks.b,
    );
    expect(JSON.stringify(bill)).toContain('厂');
    expect(await refusal(run('insurance.bill', { employer: works, month }, clerks.a))).toBe(
      'unknown-employer',
    );
  });

  it('the tables are guarded by the file’s area or by the employer’s, as the page says', async () => {
    const rows = async (table: string): Promise<[number, number]> => [
      await seen(clerks.a, table),
      await seen(clerks.b, table),
    ];
    expect(await rows('person_fact')).toEqual([1, 0]);
    expect(await rows('certificate')).toEqual([0, 0]);
    // A row each for each of two employers: both clerks see their own employer's.
    for (const table of ['spell', 'roster_line', 'person_month'])
      expect(
        (await rows(table)).map((n) => n > 0),
        table,
      ).toEqual([true, true]);
    for (const table of ['spell', 'person_month']) expect(await rows(table), table).toEqual([1, 1]);
  });

  it('B’s clerk corrects the wage on the roster of B’s employer without the file', async () => {
    const { run } = town.city;
    const correct = (person: string): Promise<string> =>
      refusal(
        run(
          'insurance.correct-wage',
          { employer: works, person, months: [month], wageFen: 210_000, reason: '测试' },
          clerks.b,
        ),
      );
    expect(await correct(commuter)).toBe('none');
  });
});
