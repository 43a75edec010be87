import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, LateFeeLine, Page, UnpaidRow } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

// Due on 8 May 2011; the employer's pension share, 20 % of 1,760.00, is the line that is looked at.
const [deferred, short, twice, after, before, putOff] = [1, 2, 3, 4, 5, 6].map((n) =>
  organisation(900 + n),
) as [string, string, string, string, string, string];
const all = [deferred, short, twice, after, before, putOff];
const because = { reason: '测试' };
let city: TestCity;

beforeAll(async () => {
  city = await testCity({ at: '2011-05-05T09:00' });
  for (const [i, code] of all.entries()) {
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: '430407',
      injuryClass: 2,
    });
    await city.run('insurance.declare', {
      employer: code,
      month: '2011-05',
      full: true,
      content: roster('2011-05', [{ number: citizen(40 + i * 2), wage: '1760.00' }]),
    });
  }
  await city.run('insurance.assess', { month: '2011-05' });
});
afterAll(async () => city?.close());

const bill = (employer: string) =>
  city.run<BillView>('insurance.bill', { employer, month: '2011-05' });
const numberOf = async (employer: string) => (await bill(employer)).number;
const openOf = async (employer: string) =>
  (await bill(employer)).lines.reduce((sum, l) => sum + l.openFen, 0);
const defer = async (employer: string, until: string, instalments?: object[]) =>
  city.run('insurance.defer', {
    bill: await numberOf(employer),
    until,
    ...because,
    ...(instalments === undefined ? {} : { instalments }),
  });
const order = async (employer: string, payBy: string) =>
  city.run('insurance.order-payment', { bill: await numberOf(employer), payBy, ...because });
const pay = async (employer: string, on: string, fen?: number) =>
  city.run('insurance.collect', {
    content: bankFile([
      {
        on,
        reference: `${employer} ${on}`,
        bill: await numberOf(employer),
        amount: yuan(fen ?? (await openOf(employer))),
      },
    ]),
  });
/** The employer's pension line: 352.00 each. */
const pension = async (employer: string): Promise<LateFeeLine> =>
  (await bill(employer)).lateFees.find((l) => l.insurance === 'pension' && l.share === 'employer')!;
const stored = (employer: string) =>
  city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ fund: number; share: number; days: number; principal: number; amount: number }>(
      `select l.fund::int, l.share::int, l.days, l.principal, l.amount from late_fee l
       join employer_code c on c.employer_id = l.employer_id where c.code = '${employer}' and l.fund = 1 and l.share = 1
       order by l.id`,
    ),
  );
const verified = () => allVerified(city);

describe('late days on both sides of July 2011', () => {
  it('of bills that are deferred or ordered', async () => {
    await city.clock('2011-05-18T09:00');
    expect((await pension(deferred)).why.zh).toBe(
      '迟 10 天：10 天里没有责令限期缴纳并逾期，不加收',
    );
    await defer(deferred, '2011-07-31');
    const owed = await openOf(short);
    await defer(short, '2011-08-31', [
      { dueOn: '2011-06-20', amountFen: 30_000 },
      { dueOn: '2011-08-31', amountFen: owed - 30_000 },
    ]);
    await defer(twice, '2011-06-10');
    await order(putOff, '2011-06-15');
    await city.clock('2011-06-05T09:00');
    await defer(putOff, '2011-06-30');
    await city.clock('2011-06-20T09:00');
    await defer(twice, '2011-07-10');
    await defer(putOff, '2011-07-15');
    await city.clock('2011-06-25T09:00');
    await order(before, '2011-06-30');
    await order(after, '2011-07-05');
    await city.clock('2011-07-01T09:00');
    // Missed with 30 June: 53 days at 0.2 % are 37.312, one at 0.05 % is 0.176; each is rounded by itself.
    expect(await pension(before)).toMatchObject({ state: 'running', amountFen: 3731 + 18 });
    expect((await pension(after)).amountFen).toBe(18);
    await verified();
  });

  it('a deferral takes its own days out and leaves every other day under its own law', async () => {
    await city.clock('2011-08-10T09:00');
    const line = await pension(deferred);
    // 9 to 18 May without an order, 1 to 10 August at 0.05 %.
    expect(line.amountFen).toBe(176);
    expect(line.why.zh).toBe(
      '迟 20 天，缓缴的 74 天不计：2011-05-09 至 2011-05-18（社会保险费征缴暂行条例第十三条）10 天里没有责令限期缴纳并逾期，不加收；' +
        '2011-08-01 至 2011-08-10（中华人民共和国社会保险法第八十六条）352.00 × 0.05% × 10 天 = 1.76',
    );
    const { rows } = await city.run<Page<UnpaidRow>>('insurance.unpaid', { month: '2011-05' });
    expect(rows.find((r) => r.code === deferred)).toMatchObject({ daysLate: 20 });
    await pay(deferred, '2011-08-10');
    expect(await stored(deferred)).toMatchObject([{ days: 20, principal: 35_200, amount: 176 }]);
    await verified();
  });

  it('an instalment that was missed ends the deferral with its day', async () => {
    // Late from 9 to 18 May and from 21 June on: 20 days before July without an order, 41 after.
    const line = await pension(short);
    expect(line.amountFen).toBe(722);
    expect(line.why.zh).toMatch(
      /^迟 61 天，缓缴的 33 天不计：2011-05-09 至 2011-05-18、2011-06-21 至 2011-06-30（.*）20 天里没有/,
    );
    await pay(short, '2011-08-10');
    expect(await stored(short)).toMatchObject([{ days: 61, amount: 722 }]);
    await verified();
  });

  it('two agreements one after the other leave the days between them late', async () => {
    // 9 to 18 May, 11 to 20 June without an order; 11 July to 10 August at 0.05 %.
    const line = await pension(twice);
    expect(line.amountFen).toBe(546);
    expect(line.why.en).toContain('2011-05-09 to 2011-05-18, 2011-06-11 to 2011-06-20 (');
    expect(line.why.en).toMatch(
      /^51 days late, 43 days of a deferral left out: .*352\.00 × 0\.05% × 31 days = 5\.46$/,
    );
    await pay(twice, '2011-08-10', 40_000);
    await pay(twice, '2011-08-09');
    await verified();
  });

  it('an order that was missed after the change is no order of the old law', async () => {
    const line = await pension(after);
    expect(line.amountFen).toBe(722);
    expect(line.why.zh).toContain(
      '2011-05-09 至 2011-06-30（社会保险费征缴暂行条例第十三条）53 天：责令的限期是 2011-07-05，不在 2011-07-01 前逾期，不加收',
    );
    await pay(after, '2011-08-10');
    expect(await stored(after)).toMatchObject([{ days: 94, amount: 722 }]);
    await pay(before, '2011-08-10');
    expect(await stored(before)).toMatchObject([{ days: 94, amount: 3731 + 722 }]);
    await verified();
  });

  it('an order that one agreement after another put off is missed after the last of them', async () => {
    // Ordered to pay by 15 June, deferred over it to 30 June, deferred again before that to 15 July: missed after the change.
    const line = await pension(putOff);
    // 16 July to 10 August.
    expect(line.amountFen).toBe(458);
    expect(line.why.zh).toContain('责令的限期是 2011-07-15');
    await pay(putOff, '2011-08-10');
    await verified();
  });
});
