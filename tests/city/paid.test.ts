import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const mill = organisation(51);
const late = organisation(52);
const one = citizen(201);
const two = citizen(203);
const three = citizen(205);
const four = citizen(207);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  for (const code of [mill, late])
    await city.run('registry.employer.register', {
      code,
      name: `厂${code}`,
      area: '430407',
      injuryClass: 1,
    });
});
afterAll(async () => city?.close());

const staff = [
  { number: one, wage: '2000' },
  { number: two, wage: '2600' },
  { number: three, wage: '2400' },
];
const declare = (employer: string, month: string, persons: Parameters<typeof roster>[1]) =>
  city.run('insurance.declare', { employer, month, full: true, content: roster(month, persons) });
const correct = (person: string, month: string, wageFen: number) =>
  city.run('insurance.correct-wage', {
    employer: mill,
    person,
    months: [month],
    wageFen,
    reason: '抄错',
  });
const pay = async (employer: string, month: string, fen?: number) => {
  const view = await city.run<BillView>('insurance.bill', { employer, month });
  const amount = yuan(fen ?? view.total.payableFen);
  const on = `${month}-20`;
  const reference = `${employer} ${month} ${amount}`;
  await city.run('insurance.collect', {
    content: bankFile([{ on, reference, bill: view.number, amount }]),
  });
};
const assess = async (month: string) => {
  await city.run('insurance.assess', { month });
  await city.clock(`${month}-20T09:00`);
};
const close = async (month: string, next: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-03T09:00`);
  await city.run('insurance.close', { month });
};
const counts = async (person: string, month: string) => {
  const record = await city.run<RecordView>('insurance.record', { person });
  const found = record.months.find((m) => m.month === month)!;
  // All insurances of these months stand on the same bills.
  expect(found.state === 'paid').toBe(found.counts);
  return found.counts;
};
const all = async (month: string) => [
  await counts(one, month),
  await counts(two, month),
  await counts(three, month),
];

describe('a contribution month counts when it is paid in full for that person', () => {
  it('keeps counting for others when one person’s difference is open', async () => {
    await declare(mill, '2008-01', staff);
    await declare(late, '2008-01', [{ number: four, wage: '2000' }]);
    await assess('2008-01');
    expect(await all('2008-01')).toEqual([false, false, false]);
    await pay(mill, '2008-01');
    await pay(late, '2008-01');
    expect(await all('2008-01')).toEqual([true, true, true]);
    await close('2008-01', '2008-02');
    await correct(two, '2008-01', 300_000);
    await declare(mill, '2008-02', staff);
    await assess('2008-02');
    expect(await all('2008-01')).toEqual([true, false, true]);
    await pay(mill, '2008-02');
    expect(await all('2008-01')).toEqual([true, true, true]);
    expect(await all('2008-02')).toEqual([true, true, true]);
  });

  it('keeps counting for who gets money back beside one who owes more', async () => {
    await close('2008-02', '2008-03');
    await correct(one, '2008-02', 300_000);
    await correct(two, '2008-02', 250_000);
    await declare(mill, '2008-03', staff);
    await assess('2008-03');
    expect(await all('2008-02')).toEqual([false, true, true]);
    await pay(mill, '2008-03');
    expect(await all('2008-02')).toEqual([true, true, true]);
  });

  it('keeps counting for all where differences cancel out', async () => {
    await close('2008-03', '2008-04');
    // The wages of two persons were exchanged: the employer owes what it owed.
    await correct(one, '2008-03', 260_000);
    await correct(two, '2008-03', 200_000);
    await declare(mill, '2008-04', staff);
    await assess('2008-04');
    expect(await all('2008-03')).toEqual([true, true, true]);
    expect(await all('2008-04')).toEqual([false, false, false]);
  });

  it('counts a month declared late when what was billed provisionally and the rest are paid', async () => {
    // February was billed provisionally and not paid; it is declared in April, with a higher wage, and billed in May.
    await city.run('insurance.declare-late', {
      employer: late,
      month: '2008-02',
      content: roster('2008-02', [{ number: four, wage: '3000' }]),
      reason: '漏报',
    });
    await close('2008-04', '2008-05');
    await assess('2008-05');
    expect(await counts(four, '2008-02')).toBe(false);
    const may = await city.run<BillView>('insurance.bill', { employer: late, month: '2008-05' });
    const before = may.arrears.filter((a) => a.feeMonth === '2008-02');
    await pay(
      late,
      '2008-05',
      before.reduce((sum, a) => sum + a.openFen, 0),
    );
    expect(await counts(four, '2008-02')).toBe(false);
    await pay(late, '2008-05');
    expect(await counts(four, '2008-02')).toBe(true);
  });

  it('counts no month declared late while what was billed provisionally is open, though nothing more is due', async () => {
    await close('2008-05', '2008-06');
    await assess('2008-06');
    await close('2008-06', '2008-07');
    await city.run('insurance.declare-late', {
      employer: late,
      month: '2008-06',
      content: roster('2008-06', [{ number: four, wage: '1500' }]),
      reason: '漏报',
    });
    await assess('2008-07');
    expect(await counts(four, '2008-06')).toBe(false);
    await pay(late, '2008-07');
    expect(await counts(four, '2008-06')).toBe(true);
  });
});
