import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BillView, billPdf, type PrintedBill } from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import { citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const employer = organisation(961);
let city: TestCity;

const declare = (month: string) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(month, [{ number: citizen(961), wage: '2000.00' }]),
  });
const bill = (month: string) => city.run<BillView>('insurance.bill', { employer, month });

beforeAll(async () => {
  city = await testCity();
  await city.run('registry.employer.register', {
    code: employer,
    name: '缓缴厂',
    area: '430407',
    injuryClass: 2,
  });
  await declare('2008-01');
  await city.run('insurance.assess', { month: '2008-01' });
  const { number } = await bill('2008-01');
  await city.run('insurance.defer', { bill: number, until: '2008-06-30', reason: '困难' });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month: '2008-01' });
  await declare('2008-02');
  await city.run('insurance.assess', { month: '2008-02' });
});
afterAll(async () => city?.close());

it('an arrear that is deferred says until when on the next bill and on its paper, and is not late', async () => {
  const { arrears } = await bill('2008-02');
  expect(arrears.length).toBeGreaterThan(0);
  for (const line of arrears)
    expect(line).toMatchObject({ deferredUntil: '2008-06-30', daysLate: 0 });
  const printed = await city.run<PrintedBill>('insurance.bill.print', {
    employer,
    month: '2008-02',
  });
  const paper = pdfLines(await billPdf(printed, 'https://example.org/check')).flat(2);
  const told = paper.filter((text) => text.includes('缓缴到 2008-06-30'));
  expect(told).toHaveLength(arrears.length);
});
