import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  BillView,
  EmployerView,
  OrderAnswer,
  UnpaidPage,
} from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const employer = organisation(981);
const month = '2008-01';
let city: TestCity;
let bill: BillView;

beforeAll(async () => {
  city = await testCity();
  const about = { code: employer, name: '厂', area: '430407', injuryClass: 2 };
  await city.run('registry.employer.register', about);
  const content = roster(month, [{ number: citizen(981), wage: '2000' }]);
  await city.run('insurance.declare', { employer, month, full: true, content });
  await city.run('insurance.assess', { month });
  await city.clock('2008-01-10T09:00');
  bill = await city.run<BillView>('insurance.bill', { employer, month });
});
afterAll(async () => city?.close());

const order = (payBy: string) =>
  city.run<OrderAnswer>('insurance.order-payment', { bill: bill.number, payBy, reason: '催缴' });
const withdraw = (of: string) =>
  city.run('insurance.withdraw-order', { order: of, reason: '年份写错' });
const toOrder = async () =>
  (await city.run<UnpaidPage>('insurance.unpaid', { month, state: 'to-order' })).rows.length;

describe('an order with a wrong day', () => {
  it('is withdrawn while it runs: the bill is to be ordered again, and another order stands', async () => {
    const wrong = await order('2028-01-25');
    expect(await refusal(order('2008-01-25'))).toBe('order-runs');
    expect(await toOrder()).toBe(0);
    expect(await withdraw(` ${wrong.order} `)).toEqual({
      order: wrong.order,
      withdrawnOn: '2008-01-10',
    });
    expect(await refusal(withdraw(wrong.order))).toBe('order-withdrawn');
    expect(await refusal(withdraw('衡社责〔2008〕999999'))).toBe('unknown-order');
    expect(await toOrder()).toBe(1);
    const right = await order('2008-01-25');
    const { orders } = await city.run<EmployerView>('insurance.employer', { employer });
    expect(orders.map((o) => [o.number, o.withdrawnOn])).toEqual([
      [right.order, null],
      [wrong.order, '2008-01-10'],
    ]);
  });

  it('brings no late fee when it is withdrawn, and cannot be once its day is over', async () => {
    const feeOn = async (at: string) => {
      await city.clock(at);
      return (await city.run<BillView>('insurance.bill', { employer, month })).total.lateFeeFen;
    };
    expect(await feeOn('2008-01-25T09:00')).toBe(0);
    const [running] = (await city.run<EmployerView>('insurance.employer', { employer })).orders;
    await withdraw(running!.number);
    expect(await feeOn('2008-01-28T09:00')).toBe(0);
    const { order: missed } = await order('2008-01-29');
    expect(await feeOn('2008-01-30T09:00')).toBeGreaterThan(0);
    expect(await refusal(withdraw(missed))).toBe('order-over');
    await allVerified(city);
  });
});
