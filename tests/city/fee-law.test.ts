import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { singleClient } from '../../src/kernel/database/connect.ts';
import { type House, openLog, yuan } from '../../src/kernel/index.ts';
import { openCity } from '../../src/services/city/index.ts';
import type { BillView, CollectAnswer } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

// A city without sample values that has set its days to pay: what a late fee on work injury was before 2011 no document says.
const notice = `- id: collection.dueDays
  zh: 核定后缴费期限（日）
  en: Days to pay after assessment
  unit: days
  versions:
    - { from: '1999-01-01', value: '3', document: 测试通知, article: '', confidence: found }
`;
const employer = organisation(91);
const document = '2011年前工伤保险滞纳金的规定';
let city: TestCity;
let house: House;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
  mkdirSync(path.join(folder, '4304'));
  writeFileSync(path.join(folder, '4304', 'parameters.yaml'), notice);
  process.env['MINDUN_LAW'] = folder;
  city = await testCity();
  const owner = await singleClient(city.server.connection, '430400');
  await owner.query('update city set sample_law = false');
  await owner.end();
  house = await openCity(city.server.connection, '430400', openLog());
});
afterAll(async () => {
  await house?.store.end();
  await city?.close();
});

const run = async <T = unknown>(name: string, input: unknown) =>
  (await house.call(name, input, city.operator)) as T;
const bill = () => run<BillView>('insurance.bill', { employer, month: '2008-01' });

describe('a late fee that no document sets', () => {
  it('is named on the bill, before and after the principal was paid late, and in the answer of the payment', async () => {
    await run('registry.employer.register', {
      code: employer,
      name: '厂',
      area: '430407',
      injuryClass: 1,
    });
    await run('insurance.declare', {
      employer,
      month: '2008-01',
      full: true,
      content: roster('2008-01', [{ number: citizen(31), wage: '4000' }]),
    });
    await run('insurance.assess', { month: '2008-01' });
    await run('city.advance-clock', { at: '2008-01-12T09:00' });
    const { number } = await bill();
    // Without an order, too: whether one is needed is as unknown as the rate.
    const first = (await bill()).lateFees.filter((l) => l.state === 'not-computed');
    expect(first).toMatchObject([{ insurance: 'injury', missing: document, amountFen: 0 }]);
    await run('insurance.order-payment', { bill: number, payBy: '2008-01-15', reason: '催缴' });
    await run('city.advance-clock', { at: '2008-01-28T09:00' });
    const before = await bill();
    const unset = { state: 'not-computed', insurance: 'injury', missing: document, amountFen: 0 };
    expect(before.lateFees.filter((l) => l.state === 'not-computed')).toMatchObject([unset]);
    // 20 days at 2 ‰ of pension 800 + 320 and unemployment 80 + 40.
    expect(before.total.lateFeeFen).toBe(3200 + 1280 + 320 + 160);
    const answer = await run<CollectAnswer>('insurance.collect', {
      content: bankFile([
        { on: '2008-01-28', reference: '迟1', bill: number, amount: yuan(before.total.payableFen) },
      ]),
    });
    expect(answer.feesWithoutLaw).toEqual([{ billNumber: number, insurance: 'injury', document }]);
    expect(answer).toMatchObject({ lateFeeFen: before.total.lateFeeFen, creditFen: 0 });
    const after = await bill();
    expect(after.lines.every((l) => l.openFen === 0)).toBe(true);
    expect(after.lateFees).toMatchObject([{ ...unset, billNumber: number }]);
    expect(after.lateFees[0]!.why.zh).toBe(`未计算：缺 ${document}`);
  });
});
