import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, LateFeeLine } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

// From November 2011 the city lets a back payment be late by its bill alone.
const notice = `- id: collection.backPaymentFee
  zh: 补缴的滞纳金从哪天起算
  en: From when a back payment bears a late fee
  unit: code
  versions:
    - { from: '2011-11-01', value: from-bill-due, document: 测试通知, article: '', confidence: found }
`;
const [corrected, silent, rated, both] = [951, 952, 953, 954].map((n) => organisation(n)) as [
  string,
  string,
  string,
  string,
];
const people = new Map(
  [corrected, silent, rated, both].map((code, i) => [code, citizen(951 + i * 2)]),
);
let city: TestCity;

const rosterOf = (code: string, month: string) =>
  roster(month, [{ number: people.get(code)!, wage: '2000.00' }]);
const declare = (employer: string, month: string) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: rosterOf(employer, month),
  });
const correct = (employer: string, month: string, wageFen: number) =>
  city.run('insurance.correct-wage', {
    employer,
    person: people.get(employer)!,
    months: [month],
    wageFen,
    reason: '漏算奖金',
  });
const rate = (employer: string, month: string, value: string) =>
  city.run('insurance.rate-employer', {
    employer,
    kind: 'injury-float',
    value,
    from: month,
    document: '费率核定书',
  });
const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
/** Pays what the bill says is to be paid, on the day of the clock. */
const pay = async (employer: string, month: string, on: string) => {
  const { number, total } = await bill(employer, month);
  await city.run('insurance.collect', {
    content: bankFile([
      { on, reference: `${employer} ${on}`, bill: number, amount: yuan(total.payableFen) },
    ]),
  });
};
const feesOf = async (employer: string, month: string): Promise<readonly LateFeeLine[]> =>
  (await bill(employer, month)).lateFees;
const next = async (month: string, on: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${on}T09:00`);
  await city.run('insurance.close', { month });
};
const verified = () => allVerified(city);

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
  mkdirSync(path.join(folder, '4304'));
  writeFileSync(path.join(folder, '4304', 'parameters.yaml'), notice);
  process.env['MINDUN_LAW'] = folder;
  city = await testCity({ at: '2011-09-05T09:00' });
  for (const code of people.keys())
    await city.run('registry.employer.register', {
      code,
      name: `厂${code}`,
      area: '430407',
      injuryClass: 2,
    });
  for (const code of [corrected, rated, both]) await declare(code, '2011-09');
  await city.run('insurance.assess', { month: '2011-09' });
  await city.clock('2011-09-07T09:00');
  for (const code of [corrected, rated, both]) await pay(code, '2011-09', '2011-09-07');
  await next('2011-09', '2011-10-05');
  await correct(corrected, '2011-09', 250_000);
  await correct(both, '2011-09', 250_000);
  await rate(rated, '2011-09', '1.2');
  await rate(both, '2011-09', '1.2');
  await city.run('insurance.declare-late', {
    employer: silent,
    month: '2011-09',
    content: rosterOf(silent, '2011-09'),
    reason: '漏报',
  });
  for (const code of people.keys()) await declare(code, '2011-10');
  await city.run('insurance.assess', { month: '2011-10' });
  await city.clock('2011-10-07T09:00');
});
afterAll(async () => city?.close());

describe('the late fee of a back payment', () => {
  it('runs from the day that its month was due, on the bill that carries it, before that bill is due', async () => {
    const view = await bill(corrected, '2011-10');
    expect(view.dueDate).toBe('2011-10-08');
    expect(view.arrears).toEqual([]);
    // 20 % of 500.00 that were not declared; due on 8 September, 29 days ago.
    const pension = view.lateFees.find((l) => l.insurance === 'pension' && l.share === 'employer')!;
    expect(pension).toMatchObject({ state: 'running', feeMonth: '2011-09', amountFen: 145 });
    expect(pension.why.zh).toBe(
      '补缴，从原缴费期限 2011-09-08 的次日起算。迟 29 天：100.00 × 0.05% × 29 天 = 1.45',
    );
    expect(view.lateFees.every((l) => l.feeMonth === '2011-09')).toBe(true);
    // Of a month that was not declared at all it is the whole.
    const whole = (await feesOf(silent, '2011-10')).find(
      (l) => l.insurance === 'pension' && l.share === 'employer',
    );
    expect(whole).toMatchObject({ feeMonth: '2011-09', amountFen: 580 });
  });

  it('is none where a rating makes the month different, alone or together with a correction', async () => {
    for (const code of [rated, both]) {
      const view = await bill(code, '2011-10');
      expect(view.lines.some((l) => l.kind === 'difference' && l.amountFen > 0)).toBe(true);
      expect(view.lateFees).toEqual([]);
    }
  });

  it('is determined when the bill is paid, and proved again from what was stored', async () => {
    const before = await feesOf(corrected, '2011-10');
    for (const code of people.keys()) await pay(code, '2011-10', '2011-10-07');
    const view = await bill(corrected, '2011-10');
    expect(view.lateFees).toEqual([]);
    expect(view.total.payableFen).toBe(0);
    const stored = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ dueOn: string; days: number; amount: number }>(
        `select due_on::text as "dueOn", days, amount from late_fee l join employer_code c on c.employer_id = l.employer_id
         where c.code = '${corrected}'`,
      ),
    );
    expect(stored.every((f) => f.dueOn === '2011-09-08' && f.days === 29)).toBe(true);
    expect(stored.reduce((sum, f) => sum + f.amount, 0)).toBe(
      before.reduce((sum, f) => sum + f.amountFen, 0),
    );
    await verified();
  });

  it('is by the bill where a city’s notice says so', async () => {
    await next('2011-10', '2011-11-05');
    await correct(corrected, '2011-10', 250_000);
    await declare(corrected, '2011-11');
    await city.run('insurance.assess', { month: '2011-11' });
    await city.clock('2011-11-10T09:00');
    const fees = await feesOf(corrected, '2011-11');
    const pension = fees.filter((l) => l.insurance === 'pension' && l.share === 'employer');
    // Two days late by its own bill, which was due on the 8th.
    expect(pension.find((l) => l.feeMonth === '2011-10')).toMatchObject({ amountFen: 10 });
    await verified();
  });
});
