import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const [struck, lowered] = [organisation(991), organisation(992)];
const persons = [1, 2, 3, 4].map((n) => citizen(990 + n)) as [string, string, string, string];
const [stays, gone, steady, less] = persons;
const month = '2008-01';
let city: TestCity;

const declare = (employer: string, wages: Record<string, string>) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(
      month,
      Object.entries(wages).map(([number, wage]) => ({ number, wage })),
    ),
  });
const verified = () => allVerified(city);
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const balances = async (person: string) => (await record(person)).accounts.map((a) => a.balanceFen);

beforeAll(async () => {
  city = await testCity();
  for (const [i, code] of [struck, lowered].entries()) {
    const about = { code, name: `厂${i}`, area: '430407', injuryClass: 2 };
    await city.run('registry.employer.register', about);
  }
  await declare(struck, { [stays]: '2000', [gone]: '2000' });
  await declare(lowered, { [steady]: '2000', [less]: '5000' });
  await city.run('insurance.assess', { month });
  await city.clock('2008-01-09T09:00');
  const rows = [];
  for (const employer of [struck, lowered]) {
    const { number } = await city.run<BillView>('insurance.bill', { employer, month });
    rows.push({ on: '2008-01-09', reference: number, bill: number, amount: '100.00' });
  }
  await city.run('insurance.collect', { content: bankFile(rows) });
  await city.run('insurance.credit', { month });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month });
});
afterAll(async () => city?.close());

describe('a month that was paid in part and is corrected downwards', () => {
  it('leaves its account money to those of whom something is left, by what is left', async () => {
    expect([await balances(stays), await balances(gone)]).toEqual([
      [3637, 909],
      [3636, 909],
    ]);
    const about = { months: [month], reason: '测试' };
    await city.run('insurance.correct-roster', {
      ...about,
      employer: struck,
      person: gone,
      change: 'removes',
    });
    await city.run('insurance.correct-wage', {
      ...about,
      employer: lowered,
      person: less,
      wageFen: 200_000,
    });
    await city.run('insurance.assess', { month: '2008-02' });
    await city.run('insurance.credit', { month: '2008-02' });
    expect([await balances(stays), await balances(gone)]).toEqual([
      [7273, 1818],
      [0, 0],
    ]);
    expect((await record(gone)).months).toEqual([]);
    const [one, other] = [await balances(steady), await balances(less)];
    expect(Math.abs(one[0]! - other[0]!)).toBeLessThanOrEqual(1);
    expect(Math.abs(one[1]! - other[1]!)).toBeLessThanOrEqual(1);
    await verified();
  });

  it('moves nothing when it is credited again, and gives each his part once it is paid', async () => {
    const again = await city.run('insurance.credit', { month: '2008-02' });
    expect(again).toEqual({ persons: 0, creditedFen: 0 });
    await verified();
    for (const employer of [struck, lowered]) {
      const { number } = await city.run<BillView>('insurance.bill', { employer, month });
      const row = { on: '2008-02-05', reference: `R ${number}`, bill: number, amount: '5000.00' };
      await city.run('insurance.collect', { content: bankFile([row]) });
    }
    await city.run('insurance.credit', { month: '2008-02' });
    expect((await record(gone)).months.filter((m) => m.month === month)).toEqual([]);
    const credited = async (person: string) =>
      (await record(person)).months
        .find((m) => m.month === month)!
        .amounts.map((a) => a.creditedFen);
    const whole = await credited(stays);
    expect(whole[0]).toBe(16_000);
    expect([await credited(steady), await credited(less)]).toEqual([whole, whole]);
    await verified();
  });
});
