import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const employer = organisation(941);
const worker = citizen(941);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  const area = '430407';
  await city.run('registry.employer.register', {
    code: employer,
    name: '厂',
    area,
    injuryClass: 1,
  });
});
afterAll(async () => city?.close());

const assess = async (month: string) => {
  const content = roster(month, [{ number: worker, wage: '2000' }]);
  await city.run('insurance.declare', { employer, month, full: true, content });
  await city.run('insurance.assess', { month });
};
const close = async (month: string, next: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-05T09:00`);
  await city.run('insurance.close', { month });
};
const correct = (wageFen: number) => {
  const about = { employer, person: worker, months: ['2008-01'], reason: '工资表抄错' };
  return city.run('insurance.correct-wage', { ...about, wageFen });
};
const credited = async () => {
  await city.run('insurance.credit', { month: '2008-03' });
  const { months } = await city.run<RecordView>('insurance.record', { person: worker });
  const [pension, medical] = months.find((m) => m.month === '2008-01')!.amounts;
  return [pension!.creditedFen, medical!.creditedFen];
};
const pay = async (reference: string, fen: number) => {
  const { number } = await city.run<BillView>('insurance.bill', { employer, month: '2008-01' });
  const row = { on: '2008-03-05', reference, bill: number, amount: yuan(fen) };
  await city.run('insurance.collect', { content: bankFile([row]) });
};
const verified = () => allVerified(city);

describe('a wage that is corrected upwards, then downwards, while nothing is paid', () => {
  it('leaves on either bill the account part of what is left of its claim', async () => {
    await assess('2008-01');
    await close('2008-01', '2008-02');
    await correct(250_000);
    await assess('2008-02');
    await close('2008-02', '2008-03');
    await correct(180_000);
    await assess('2008-03');
    await verified();
    expect(await credited()).toEqual([0, 0]);
    // Of 1800.00: 144.00 for pension, 36.00 for medical, 18.00 for unemployment. Half of it comes, and goes to the accounts as it comes.
    await pay('1', 9900);
    expect(await credited()).toEqual([7200, 1800]);
    await verified();
    // The employee's other half; then 6 % for medical of the employer, of which 30 % are account money, with all the rest.
    await pay('2', 9900);
    expect(await credited()).toEqual([14_400, 3600]);
    const [january] = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ open: number }>(
        'select sum(amount)::bigint as open from entry where book = 2 and account = 1 and fee_period = 200801',
      ),
    );
    await pay('3', january!.open);
    expect(await credited()).toEqual([14_400, 3600 + 3240]);
    await verified();
  });
});

describe('wages of two persons that were exchanged', () => {
  it('moves both accounts, though the employer owes what it owed', async () => {
    const [left, right] = [citizen(943), citizen(945)];
    const content = roster('2008-04', [
      { number: left, wage: '2600' },
      { number: right, wage: '2000' },
    ]);
    await close('2008-03', '2008-04');
    await city.run('insurance.declare', { employer, month: '2008-04', full: true, content });
    await city.run('insurance.assess', { month: '2008-04' });
    const april = await city.run<BillView>('insurance.bill', { employer, month: '2008-04' });
    const row = {
      on: '2008-04-05',
      reference: '4',
      bill: april.number,
      amount: yuan(april.total.payableFen),
    };
    await city.run('insurance.collect', { content: bankFile([row]) });
    await close('2008-04', '2008-05');
    for (const [person, wageFen] of [
      [left, 200_000],
      [right, 260_000],
    ] as const) {
      const about = { employer, person, months: ['2008-04'], reason: '两人对调' };
      await city.run('insurance.correct-wage', { ...about, wageFen });
    }
    await assess('2008-05');
    await city.run('insurance.credit', { month: '2008-05' });
    const pensions = [left, right].map(async (person) => {
      const { months } = await city.run<RecordView>('insurance.record', { person });
      return months.find((m) => m.month === '2008-04')!.amounts[0]!.creditedFen;
    });
    expect(await Promise.all(pensions)).toEqual([16_000, 20_800]);
    await verified();
  });
});
