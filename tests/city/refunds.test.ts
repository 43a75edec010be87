import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView, StatementView } from '../../src/services/insurance/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';
import { allVerified } from './verified.ts';

const employer = organisation(801);
const dear = citizen(31);
const other = citizen(33);
const because = { reason: '测试' };
let city: TestCity;

beforeAll(async () => {
  city = await testCity({ at: '2008-11-05T09:00' });
  await city.run('registry.employer.register', {
    code: employer,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 2,
  });
});
afterAll(async () => city?.close());

const bill = (month: string) => city.run<BillView>('insurance.bill', { employer, month });
const declare = (month: string, wages: Record<string, string>) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(
      month,
      Object.entries(wages).map(([number, wage]) => ({ number, wage })),
    ),
  });
const pay = async (month: string, on: string, more = 0) => {
  const { number, total } = await bill(month);
  const amount = yuan(total.payableFen + more);
  await city.run('insurance.collect', {
    content: bankFile([{ on, reference: `${month} ${on}`, bill: number, amount }]),
  });
};
const close = async (month: string, at: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(at);
  await city.run('insurance.close', { month });
  await verified();
};
const verified = () => allVerified(city);
/** Sums of the statutory book by fund and account, of one kind of journal. */
const booked = async (kind: string) => {
  const rows = await city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ place: string; amount: number }>(
      `select e.fund || ' ' || e.account as place, sum(e.amount)::bigint as amount
       from entry e join journal j on j.id = e.journal_id where e.book = 1 and j.kind = $1
       group by 1 having sum(e.amount) <> 0`,
      [kind],
    ),
  );
  return Object.fromEntries(rows.map((r) => [r.place, r.amount]));
};
const held = async (account: number) => {
  const { amount } = await city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ amount: number }>(
      'select coalesce(sum(amount), 0)::bigint as amount from entry where account = $1',
      [account],
    ),
  );
  return amount;
};
const cells = async (fund: string, month: string) => {
  const view = await city.run<StatementView>('insurance.statement', { fund, month });
  return Object.fromEntries(view.rows.map((r) => [r.key, r.monthFen]));
};

describe('money paid too much, found in the next year', () => {
  it('two months are paid: November in its year, December in January', async () => {
    await declare('2008-11', { [dear]: '5000', [other]: '1800' });
    await city.run('insurance.assess', { month: '2008-11' });
    await city.clock('2008-11-20T09:00');
    await pay('2008-11', '2008-11-07');
    await close('2008-11', '2008-12-01T09:00');
    await declare('2008-12', { [dear]: '5000', [other]: '1800' });
    await city.run('insurance.assess', { month: '2008-12' });
    await close('2008-12', '2009-01-01T09:00');
    await city.clock('2009-01-03T09:00');
    await pay('2008-12', '2009-01-03');
    await city.run('insurance.correct-wage', {
      employer,
      person: dear,
      months: ['2008-11', '2008-12'],
      wageFen: 200_000,
      reason: '工资表抄错',
    });
    await declare('2009-01', { [other]: '1800' });
    await city.run('insurance.assess', { month: '2009-01' });
    await verified();
  });

  it('takes this year’s income back, and spends what was income of the year before', async () => {
    // 3000.00 less each month. Pension 20 % + 8 %, medical 6 % (30 % of it to accounts) + 2 %, unemployment 2 % + 1 %, injury 1 %,
    // maternity 0.7 %. November was booked in 2008: other expenditure; December in 2009: less income.
    const month = { pension: 84_000, pool: 12_600, accounts: 11_400, unemployment: 9000 };
    const [injury, maternity] = [3000, 2100];
    const all = Object.values(month).reduce((s, f) => s + f, injury + maternity);
    expect(await booked('settle')).toEqual({
      '1 540100': month.pension,
      '1 400100': month.pension,
      '3 540101': month.pool,
      '3 540102': month.accounts,
      '3 400101': month.pool,
      '3 400102': month.accounts,
      '4 540100': month.unemployment,
      '4 400100': month.unemployment,
      '5 540100': injury,
      '5 400100': injury,
      '6 540100': maternity,
      '6 400100': maternity,
      // All of it is the employer's again, held by the pension fund.
      '1 200101': -2 * all,
      '1 100200': 2 * (all - month.pension),
      '3 100200': -2 * (month.pool + month.accounts),
      '4 100200': -2 * month.unemployment,
      '5 100200': -2 * injury,
      '6 100200': -2 * maternity,
    });
    await city.run('insurance.credit', { month: '2009-01' });
    const { months } = await city.run<RecordView>('insurance.record', { person: dear });
    expect(months.map((m) => m.amounts[0]!.creditedFen)).toEqual([16_000, 16_000]);
  });

  it('pays the new bill first; the rest is paid back out of the expenditure account', async () => {
    const january = await bill('2009-01');
    expect(january.total.payableFen).toBe(0);
    const left = january.total.creditFen;
    expect(left).toBeGreaterThan(100_000);
    expect(-(await held(200_101))).toBe(left);
    const refund = (amountFen: number) =>
      city.run('insurance.refund', { employer, amountFen, ...because });
    expect(await refusal(refund(left + 1))).toBe('more-than-unapplied');
    await refund(left - 1);
    await refund(1);
    expect(await held(200_101)).toBe(0);
    expect(await held(12)).toBe(0);
    expect(await booked('refund')).toEqual({ '1 200101': left, '1 100300': -left });
    expect((await bill('2009-01')).total.creditFen).toBe(0);
    await verified();
  });

  it('stands in the statements: less income of the year, other expenditure for the year before', async () => {
    const before = await Promise.all(
      ['pension', 'medical', 'unemployment'].map((f) => cells(f, '2009-01')),
    );
    const [pension, medical, unemployment] = before;
    expect(pension!['other-expenditure']).toBe(84_000);
    expect(unemployment!['other-expenditure']).toBe(9000);
    expect(medical).toMatchObject({
      'pool-other-expenditure': 12_600,
      'accounts-other-expenditure': 11_400,
    });
    await close('2009-01', '2009-02-01T09:00');
    for (const [i, fund] of ['pension', 'medical', 'unemployment'].entries()) {
      expect(await cells(fund, '2009-01')).toEqual(before[i]);
      const next = await cells(fund, '2009-02');
      expect(next['opening']).toBe(before[i]!['closing']);
    }
    // The income account is empty at the month's end, the expenditure account too.
    expect(await held(100_200)).toBe(0);
    expect(await held(100_400)).toBe(0);
  });
});

describe('money paid too much, seen as it came', () => {
  it('is paid back the same way in the same year and in a later one: it never was income', async () => {
    await declare('2009-02', { [other]: '1800' });
    await city.run('insurance.assess', { month: '2009-02' });
    await city.clock('2009-02-03T09:00');
    await pay('2009-02', '2009-02-03', 7000);
    const income = await cells('pension', '2009-02');
    await city.run('insurance.refund', { employer, amountFen: 3000, ...because });
    expect(await cells('pension', '2009-02')).toEqual(income);
    await city.clock('2010-01-10T09:00');
    await city.run('insurance.refund', { employer, amountFen: 4000, ...because });
    expect((await cells('pension', '2010-01'))['other-expenditure']).toBe(0);
    expect(await held(200_101)).toBe(0);
    expect(await held(12)).toBe(0);
    await verified();
  });
});
