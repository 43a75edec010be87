import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const [early, late] = [organisation(961), organisation(962)];
const [dear, dearToo] = [citizen(961), citizen(962)];
const who = [
  [early, dear],
  [late, dearToo],
] as const;
let city: TestCity;

beforeAll(async () => {
  city = await testCity({ at: '2008-11-05T09:00' });
  for (const [code] of who) {
    const about = { code, name: '厂', area: '430407', injuryClass: 2 };
    await city.run('registry.employer.register', about);
  }
});
afterAll(async () => city?.close());

const declare = async (month: string) => {
  for (const [employer, number] of who) {
    const content = roster(month, [{ number, wage: '5000' }]);
    await city.run('insurance.declare', { employer, month, full: true, content });
  }
};
const payNovember = async (employer: string, on: string) => {
  const { number, total } = await city.run<BillView>('insurance.bill', {
    employer,
    month: '2008-11',
  });
  const row = { on, reference: on, bill: number, amount: yuan(total.payableFen) };
  await city.run('insurance.collect', { content: bankFile([row]) });
};
/** Contributions and other expenditure in the settlement, by fund, account, nature and month of the books. */
const settled = async (employer: string) => {
  const { employer: of } = await city.run<BillView>('insurance.bill', {
    employer,
    month: '2008-11',
  });
  return city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ period: number; account: number; nature: number; amount: number }>(
      `select e.period, e.account, e.nature::int, sum(e.amount)::bigint as amount from entry e join journal j on j.id = e.journal_id
       join employer m on m.id = e.employer_id
       where e.book = 1 and j.kind = 'settle' and e.account between 400000 and 599999 and m.public_id = $1 and e.fund in (1, 3)
       group by 1, 2, 3 order by 1, 2, 3`,
      [of.publicId],
    ),
  );
};
const verified = () => allVerified(city);

describe('money of November that is given back on December’s bill, made in January', () => {
  it('is less income of the month and year in which it came, and of the kind that came in', async () => {
    await declare('2008-11');
    await city.run('insurance.assess', { month: '2008-11' });
    await city.run('insurance.credit', { month: '2008-11' });
    await city.clock('2008-12-03T09:00');
    await city.run('insurance.close', { month: '2008-11' });
    // Late, in December: arrears of November.
    await payNovember(early, '2008-12-03');
    await city.clock('2009-01-04T09:00');
    await payNovember(late, '2009-01-03');
    for (const [employer, person] of who)
      await city.run('insurance.correct-wage', {
        employer,
        person,
        months: ['2008-11'],
        wageFen: 200_000,
        reason: '工资表抄错',
      });
    await declare('2008-12');
    await city.run('insurance.assess', { month: '2008-12' });
    // Of 3000.00: 28 % pension; 6 % medical, 30 % of it to accounts, and 2 %.
    const less = (period: number) => [
      { period, account: 400100, nature: 2, amount: 84_000 },
      { period, account: 400101, nature: 2, amount: 12_600 },
      { period, account: 400102, nature: 2, amount: 11_400 },
    ];
    expect(await settled(early)).toEqual(less(200812));
    expect(await settled(late)).toEqual(less(200901));
    await verified();
  });

  it('leaves December’s books with what they had, and closes', async () => {
    await city.run('insurance.credit', { month: '2008-12' });
    await city.run('insurance.close', { month: '2008-12' });
    await verified();
  });
});

describe('money of a month that was not declared, which came late in the year before', () => {
  const employer = organisation(963);
  let own: TestCity;
  const hand = (month: string, late = false) =>
    own.run(late ? 'insurance.declare-late' : 'insurance.declare', {
      employer,
      month,
      content: roster(month, [{ number: citizen(963), wage: '2000' }]),
      ...(late ? { reason: '漏报' } : { full: true }),
    });
  const pay = async (month: string, on: string) => {
    const { number, total } = await own.run<BillView>('insurance.bill', { employer, month });
    const row = { on, reference: on, bill: number, amount: yuan(total.payableFen) };
    await own.run('insurance.collect', { content: bankFile([row]) });
  };
  const close = async (month: string, next: string) => {
    await own.run('insurance.credit', { month });
    await own.clock(`${next}-05T09:00`);
    await own.run('insurance.close', { month });
  };

  beforeAll(async () => {
    own = await testCity({ at: '2008-10-05T09:00' });
    const about = { code: employer, name: '厂', area: '430407', injuryClass: 2 };
    await own.run('registry.employer.register', about);
    await hand('2008-10');
    await own.run('insurance.assess', { month: '2008-10' });
    await pay('2008-10', '2008-10-05');
    await close('2008-10', '2008-11');
    // November is provisional, and paid in December: arrears.
    await own.run('insurance.assess', { month: '2008-11' });
    await close('2008-11', '2008-12');
    await pay('2008-11', '2008-12-05');
    await hand('2008-12');
    await own.run('insurance.assess', { month: '2008-12' });
    await close('2008-12', '2009-01');
    await hand('2008-11', true);
    await hand('2009-01');
    await own.run('insurance.assess', { month: '2009-01' });
  });
  afterAll(async () => own?.close());

  it('moves between the medical pool and accounts in the kind in which it came', async () => {
    const rows = await own.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ account: number; nature: number | null; amount: number; share: number }>(
        `select e.share, e.account, e.nature::int, sum(e.amount)::bigint as amount from entry e join journal j on j.id = e.journal_id
         where e.book = 1 and j.kind = 'settle' and e.fee_period = 200811 and e.account between 400000 and 599999 and e.fund = 3
         group by 1, 2, 3 order by 1, 2, 3`,
      ),
    );
    // Of the provisional base 2200.00 came 132.00 and 44.00, of which 12.00 and 4.00 were too much; 30 % of 120.00, and 40.00, belong to accounts.
    expect(rows).toEqual([
      { share: 1, account: 400101, nature: 2, amount: 3600 },
      { share: 1, account: 400102, nature: 2, amount: -3600 },
      { share: 1, account: 540101, nature: null, amount: 1200 },
      { share: 2, account: 400101, nature: 2, amount: 4000 },
      { share: 2, account: 400102, nature: 2, amount: -4000 },
      { share: 2, account: 540101, nature: null, amount: 400 },
    ]);
    await allVerified(own);
  });
});
