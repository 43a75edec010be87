import { afterAll, beforeAll, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type {
  BillDerivation,
  BillListView,
  BillView,
  CertificateView,
  CountyFiguresView,
} from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

/** What bills and certificates tell after late fees, corrections and months that were not declared. */
const [mill, silent] = [organisation(981), organisation(982)];
const [first, second, third] = [981, 982, 983].map((n) => citizen(n)) as [string, string, string];
let city: TestCity;

const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const rowOf = async (month: string) =>
  (await city.run<BillListView>('insurance.bills', { employer: mill })).rows.find(
    (b) => b.month === month,
  );
const collect = async (on: string, fen: number) => {
  const { number } = await bill(mill, '2008-01');
  const line = { on, reference: `${on} ${fen}`, bill: number, amount: yuan(fen) };
  await city.run('insurance.collect', { content: bankFile([line]) });
};
const certified = async (month: string) =>
  (
    await city.run<CertificateView>('insurance.certificate.issue', {
      employer: mill,
      from: month,
      to: month,
    })
  ).rows[0];

beforeAll(async () => {
  city = await testCity();
  for (const code of [mill, silent])
    await city.run('registry.employer.register', {
      code,
      name: `厂${code}`,
      area: '430407',
      injuryClass: 2,
    });
  const content = roster('2008-01', [
    { number: first, wage: '2000.00' },
    { number: second, wage: '2000.00' },
  ]);
  await city.run('insurance.declare', { employer: mill, month: '2008-01', full: true, content });
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-01-12T09:00');
  const { number } = await bill(mill, '2008-01');
  await city.run('insurance.order-payment', { bill: number, payBy: '2008-01-15', reason: '催缴' });
  await city.clock('2008-01-20T09:00');
});
afterAll(async () => city?.close());

it('a bill whose contributions are paid is not paid while its late fee is open', async () => {
  const before = await bill(mill, '2008-01');
  await collect('2008-01-20', before.standing.openFen);
  const { total } = await bill(mill, '2008-01');
  expect(total.lateFeeFen).toBeGreaterThan(0);
  expect(await rowOf('2008-01')).toMatchObject({
    state: 'fee-open',
    openFen: 0,
    lateFeeFen: total.lateFeeFen,
  });
});

it('a late fee that was paid stays on the bill it was for', async () => {
  const fee = (await bill(mill, '2008-01')).total.lateFeeFen;
  await collect('2008-01-20', fee);
  const view = await bill(mill, '2008-01');
  expect(view.total).toMatchObject({ lateFeeFen: 0, payableFen: 0 });
  expect(view.payments.filter((p) => p.kind === 'late-fee')).toMatchObject([
    { receivedOn: '2008-01-20', amountFen: fee },
  ]);
  expect(view.paidFen).toBe(view.total.employerFen + view.total.employeeFen);
  expect(await rowOf('2008-01')).toMatchObject({ state: 'paid', lateFeeFen: 0 });
  const told = await city.run<BillDerivation>('insurance.explain-bill', {
    employer: mill,
    month: '2008-01',
    figure: 'late-fee',
  });
  expect(told.formula.zh).toContain(yuan(fee));
});

it('changes are laid over last month’s roster as it stands with its corrections', async () => {
  await city.run('insurance.credit', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month: '2008-01' });
  await city.run('insurance.correct-wage', {
    employer: mill,
    person: first,
    months: ['2008-01'],
    wageFen: 300_000,
    reason: '少报',
  });
  const late = roster('2008-01', [{ number: third, wage: '1800.00' }]);
  const of = { employer: silent, month: '2008-01', content: late, reason: '补报' };
  await city.run('insurance.declare-late', of);
  const content = roster('2008-02', [{ number: second, wage: '2000.00' }]);
  await city.run('insurance.declare', { employer: mill, month: '2008-02', content });
  await city.run('insurance.assess', { month: '2008-02' });
  const pension = (await bill(mill, '2008-02')).insurances.find((i) => i.insurance === 'pension');
  expect(pension).toMatchObject({ persons: 2, baseFen: 500_000 });
});

it('a certificate tells the base as it stands, with what it was paid on', async () => {
  expect(await certified('2008-01')).toMatchObject({ persons: 2, baseFen: 500_000 });
});

it('a month that was not declared is not shown as one of no persons', async () => {
  const view = await bill(silent, '2008-02');
  for (const i of view.insurances.filter((x) => x.state === 'computed'))
    expect(i, i.insurance).toMatchObject({ undeclared: true, billed: false });
  const declared = await bill(mill, '2008-02');
  for (const i of declared.insurances.filter((x) => x.state === 'computed'))
    expect(i, i.insurance).toMatchObject({ undeclared: false, billed: true });
});

it('the figures by county count the insured of who did not declare by their enrolments', async () => {
  const { rows } = await city.run<CountyFiguresView>('insurance.by-county', { month: '2008-02' });
  expect(rows).toMatchObject([
    { area: '430407', employers: 2, insured: { pension: 3, injury: 3 } },
  ]);
});
