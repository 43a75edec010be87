import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const employer = organisation(961);
const dear = citizen(961);
let city: TestCity;

beforeAll(async () => {
  city = await testCity({ at: '2008-11-05T09:00' });
  const about = { code: employer, name: '厂', area: '430407', injuryClass: 2 };
  await city.run('registry.employer.register', about);
});
afterAll(async () => city?.close());

const declare = (month: string) =>
  city.run('insurance.declare', {
    employer,
    month,
    full: true,
    content: roster(month, [{ number: dear, wage: '5000' }]),
  });
/** Contributions and other expenditure of the pension fund in the settlement, by account and nature. */
const settled = () =>
  city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ period: number; account: number; nature: number; amount: number }>(
      `select e.period, e.account, e.nature::int, sum(e.amount)::bigint as amount from entry e join journal j on j.id = e.journal_id
       where e.book = 1 and j.kind = 'settle' and e.fund = 1 and e.account in (400100, 540100) group by 1, 2, 3 order by 2, 3`,
    ),
  );

describe('money of November that is given back on December’s bill, made in January', () => {
  it('is less income of the old year, whose books these are, and of the kind that came in', async () => {
    await declare('2008-11');
    await city.run('insurance.assess', { month: '2008-11' });
    await city.run('insurance.credit', { month: '2008-11' });
    await city.clock('2008-12-03T09:00');
    await city.run('insurance.close', { month: '2008-11' });
    // Late, in December: arrears of November.
    const { number, total } = await city.run<BillView>('insurance.bill', {
      employer,
      month: '2008-11',
    });
    const row = { on: '2008-12-03', reference: 'R1', bill: number, amount: yuan(total.payableFen) };
    await city.run('insurance.collect', { content: bankFile([row]) });
    await city.run('insurance.correct-wage', {
      employer,
      person: dear,
      months: ['2008-11'],
      wageFen: 200_000,
      reason: '工资表抄错',
    });
    await declare('2008-12');
    await city.clock('2009-01-04T09:00');
    await city.run('insurance.assess', { month: '2008-12' });
    // 28 % of 3000.00.
    expect(await settled()).toEqual([
      { period: 200812, account: 400100, nature: 2, amount: 84_000 },
    ]);
    const { checks } = await city.run<{ checks: { name: string; wrong: number }[] }>(
      'insurance.verify',
      {},
    );
    expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
  });
});
