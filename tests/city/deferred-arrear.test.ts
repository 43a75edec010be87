import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BalanceFigure,
  type BillDerivation,
  type BillListView,
  type BillView,
  balanceFigures,
  billPdf,
  type Derivation,
  type PrintedBill,
  type UnpaidPage,
} from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import { footed, footedOnPaper } from './footing.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const whole = organisation(961);
const parts = organisation(962);
let city: TestCity;

const declare = (employer: string, month: string) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(month, [{ number: citizen(employer === whole ? 961 : 962), wage: '2000.00' }]),
  });
const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const bills = async (employer: string) =>
  (await city.run<BillListView>('insurance.bills', { employer })).rows;
const explain = (employer: string, month: string, of: object = {}) =>
  city.run<BillDerivation>('insurance.explain-bill', { employer, month, ...of });
const fenOf = (d: Derivation): number =>
  Math.round(Number(d.value.replace(/[¥,]/g, '').replace('−', '-')) * 100);

let january: number;

beforeAll(async () => {
  city = await testCity();
  for (const [code, name] of [
    [whole, '缓缴厂'],
    [parts, '分期厂'],
  ] as const) {
    await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 2 });
    await declare(code, '2008-01');
  }
  await city.run('insurance.assess', { month: '2008-01' });
  const because = { reason: '困难' };
  const first = await bill(whole, '2008-01');
  january = first.total.payableFen;
  await city.run('insurance.defer', { bill: first.number, until: '2008-06-30', ...because });
  const second = await bill(parts, '2008-01');
  const third = Math.floor(january / 3);
  await city.run('insurance.defer', {
    bill: second.number,
    until: '2008-06-30',
    instalments: [
      { dueOn: '2008-03-20', amountFen: third },
      { dueOn: '2008-05-20', amountFen: third },
      { dueOn: '2008-06-30', amountFen: january - 2 * third },
    ],
    ...because,
  });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month: '2008-01' });
  for (const code of [whole, parts]) await declare(code, '2008-02');
  await city.run('insurance.assess', { month: '2008-02' });
});
afterAll(async () => city?.close());

describe('a bill that is deferred as a whole', () => {
  it('is to be paid on its last day, and is neither late nor to be ordered', async () => {
    const view = await bill(whole, '2008-01');
    expect(view.standing).toMatchObject({
      payBy: '2008-06-30',
      deferredUntil: '2008-06-30',
      daysLate: 0,
      openFen: january,
    });
    expect(view.total).toMatchObject({ payableFen: 0, putOffFen: january });
    expect(footed(view)).toBe(0);
    const row = (await bills(whole)).find((b) => b.month === '2008-01');
    expect(row).toMatchObject({ state: 'deferred', deferredUntil: '2008-06-30', daysLate: 0 });
    const order = { bill: view.number, payBy: '2008-03-01', reason: '催缴' };
    expect(await refusal(city.run('insurance.order-payment', order))).toBe('bill-not-due');
  });

  it('is told on the next bill and its paper, and not demanded by it', async () => {
    const view = await bill(whole, '2008-02');
    expect(view.arrears.length).toBeGreaterThan(0);
    for (const line of view.arrears)
      expect(line).toMatchObject({ deferredUntil: '2008-06-30', daysLate: 0 });
    expect(view.total).toMatchObject({ arrearsFen: january, putOffFen: january });
    expect(view.total.payableFen).toBe(view.total.employerFen + view.total.employeeFen);
    expect(view.putOff).toMatchObject([
      { month: '2008-01', deferredUntil: '2008-06-30', openFen: january, putOffFen: january },
    ]);
    const printed = await city.run<PrintedBill>('insurance.bill.print', {
      employer: whole,
      month: '2008-02',
    });
    const paper = pdfLines(await billPdf(printed, 'https://example.org/check'));
    const { payableFen } = view.total;
    expect(footed(view)).toBe(payableFen);
    expect(footedOnPaper(paper)).toEqual({ sum: payableFen, total: payableFen });
    const told = (text: string) => paper.flat(2).filter((line) => line.includes(text));
    expect(told('缓缴到 2008-06-30')).toHaveLength(view.arrears.length);
    expect(told('2008年1月缴费单缓缴到 2008年6月30日')).toHaveLength(1);
  });
});

describe('a bill that is deferred by instalments', () => {
  const third = (): number => Math.floor(january / 3);

  it('tells the next instalment, and demands none before its day, nor does the next bill', async () => {
    const own = await bill(parts, '2008-01');
    expect(own.standing).toMatchObject({
      payBy: '2008-03-20',
      instalments: { of: 3, paid: 0, next: { number: 1, amountFen: third() } },
    });
    expect(own.total).toMatchObject({ payableFen: 0, putOffFen: january });
    expect(footed(own)).toBe(own.total.payableFen);
    expect((await bill(parts, '2008-02')).total.putOffFen).toBe(january);
  });

  it('demands on the day of an instalment what is due by then, and all again once one is missed', async () => {
    await city.clock('2008-03-20T09:00');
    const february = await bill(parts, '2008-02');
    expect(february.total).toMatchObject({ arrearsFen: january, putOffFen: january - third() });
    const own = await bill(parts, '2008-01');
    expect(own.total).toMatchObject({ payableFen: third(), putOffFen: january - third() });
    await city.clock('2008-03-21T09:00');
    const missed = await bill(parts, '2008-01');
    expect(missed.standing).toMatchObject({
      deferredUntil: null,
      deferralEndedOn: '2008-03-20',
      daysLate: 1,
    });
    expect(missed.total).toMatchObject({ payableFen: january, putOffFen: 0 });
    const listed = (state: string) =>
      city.run<UnpaidPage>('insurance.unpaid', { month: '2008-01', state });
    expect((await listed('deferred')).rows.map((r) => r.code)).toEqual([whole]);
    expect((await listed('to-order')).rows.map((r) => r.code)).toEqual([parts]);
  });

  it('may then be ordered once: another order is refused while it runs', async () => {
    const { number } = await bill(parts, '2008-01');
    const order = { bill: number, payBy: '2008-03-31', reason: '催缴' };
    await city.run('insurance.order-payment', order);
    expect(await refusal(city.run('insurance.order-payment', order))).toBe('order-runs');
    const row = (await bills(parts)).find((b) => b.month === '2008-01');
    expect(row).toMatchObject({ state: 'overdue', order: { payBy: '2008-03-31' } });
  });
});

describe('every figure of a bill', () => {
  const amounts = (view: BillView): Readonly<Record<BalanceFigure, number>> => ({
    month: view.total.employerFen + view.total.employeeFen,
    'month-employer': view.total.employerFen,
    'month-employee': view.total.employeeFen,
    paid: -view.paidFen,
    elsewhere: view.total.elsewhereFen,
    arrears: view.total.arrearsFen,
    'late-fee': view.total.lateFeeFen,
    'put-off': -view.total.putOffFen,
    credit: -view.total.setOffFen,
    payable: view.total.payableFen,
  });

  it('opens to a derivation with its own value, whose terms add up, and with the law it rests on', async () => {
    const { number } = await bill(whole, '2008-02');
    const line = { on: '2008-03-20', reference: '到账1', bill: number, amount: '100.00' };
    await city.run('insurance.collect', { format: 'csv', content: bankFile([line]) });
    const view = await bill(whole, '2008-02');
    expect([view.paidFen, view.lateFees.length > 0]).toEqual([10_000, true]);
    for (const figure of balanceFigures) {
      const told = await explain(whole, '2008-02', { figure });
      expect(fenOf(told) + 0, figure).toBe(amounts(view)[figure] + 0);
      if (told.because.length > 0)
        expect(
          told.because.reduce((sum, b) => sum + fenOf(b), 0),
          figure,
        ).toBe(fenOf(told));
    }
    const fee = await explain(whole, '2008-02', { figure: 'late-fee' });
    expect(fee.cite).toMatchObject({ document: '社会保险费征缴暂行条例', article: '第十三条' });
  });

  it('of persons and bases opens to each person’s base', async () => {
    const view = await bill(whole, '2008-02');
    for (const { insurance, baseFen, persons, state } of view.insurances) {
      if (state !== 'computed') continue;
      const told = await explain(whole, '2008-02', { insurance, figure: 'base' });
      expect([fenOf(told), told.because.length]).toEqual([baseFen, persons]);
      expect(told.because[0]?.rule).toBe('contribution.base');
    }
  });

  it('is in the derivation of the whole bill, with arrears and late fee, and beside it what is to be paid', async () => {
    const view = await bill(parts, '2008-02');
    const told = await explain(parts, '2008-02');
    const { employerFen, employeeFen, arrearsFen, lateFeeFen, payableFen } = view.total;
    expect(fenOf(told)).toBe(employerFen + employeeFen + arrearsFen + lateFeeFen);
    expect(told.because.map((b) => b.rule)).toEqual(
      expect.arrayContaining(['bill.arrears', 'bill.late-fee']),
    );
    expect(fenOf(told.payable)).toBe(payableFen);
  });
});
