import { afterEach, beforeEach, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, CertificateView, RecordView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

// Persons who are exchanged on rosters of assessed months: whose account has the money, and whose month is paid.
const employer = organisation(991);
const [first, second, third, fourth, fifth, sixth] = [1, 2, 3, 4, 5, 6].map((n) =>
  citizen(990 + n),
) as [string, string, string, string, string, string];
const january = '2008-01';
/** By month: the day on which it is paid, and the first of the next. */
const [february, march] = ['2008-02', '2008-03'];
let city: TestCity;
let receipts: number;

beforeEach(async () => {
  city = await testCity();
  receipts = 0;
  const about = { code: employer, name: '厂', area: '430407', injuryClass: 2 };
  await city.run('registry.employer.register', about);
});
afterEach(async () => {
  await allVerified(city);
  await city?.close();
});

async function assess(month: string, persons: readonly string[]): Promise<void> {
  const rows = persons.map((number) => ({ number, wage: '2000' }));
  const content = roster(month, rows);
  await city.run('insurance.declare', { employer, month, full: true, content });
  await city.run('insurance.assess', { month });
}

const bill = (month: string) => city.run<BillView>('insurance.bill', { employer, month });

async function pay(month: string, fen: number): Promise<void> {
  const on = `${month}-06`;
  await city.clock(`${on}T12:00`);
  const { number } = await bill(month);
  receipts += 1;
  const row = { on, reference: `R${receipts}`, bill: number, amount: yuan(fen) };
  await city.run('insurance.collect', { content: bankFile([row]) });
}

async function close(month: string, next: string): Promise<void> {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-05T09:00`);
  await city.run('insurance.close', { month });
}

const about = { employer, months: [january], reason: '报错人' };
const strike = (person: string) =>
  city.run('insurance.correct-roster', { ...about, person, change: 'removes' });
const add = (person: string, wageFen = 200_000) =>
  city.run('insurance.correct-roster', {
    ...about,
    person,
    wageFen,
    change: 'adds',
    name: '张三',
    leaves: true,
  });
const wage = (person: string, wageFen: number) =>
  city.run('insurance.correct-wage', { ...about, person, wageFen });

/** A person's January: whether it counts, and what came of what is due to pension and medical account; null: none. */
async function of(person: string): Promise<unknown> {
  const { months } = await city.run<RecordView>('insurance.record', { person });
  const month = months.find((m) => m.month === january);
  if (month === undefined) return null;
  const accounts = month.amounts.filter((a) => a.accountFen !== 0 || a.creditedFen !== 0);
  return [month.counts, ...accounts.map((a) => `${a.creditedFen}/${a.accountFen}`)];
}
const all = (persons: readonly string[]) => Promise.all(persons.map(of));

it('a month that was paid stands for who takes the place of another, up to what was paid', async () => {
  await assess(january, [first, second]);
  await pay(january, (await bill(january)).total.payableFen);
  await close(january, february);
  await strike(first);
  await add(third, 210_000);
  await assess(february, [second]);
  await city.run('insurance.credit', { month: february });
  expect(await all([first, second, third])).toEqual([
    null,
    [true, '16000/16000', '7600/7600'],
    [false, '16000/16800', '7600/7980'],
  ]);
  await pay(february, (await bill(february)).total.payableFen);
  await close(february, march);
  expect(await all([first, second, third])).toEqual([
    null,
    [true, '16000/16000', '7600/7600'],
    [true, '16800/16800', '7980/7980'],
  ]);
});

it('a month that was paid in part is shared by those who are left and who were added', async () => {
  await assess(january, [first, second]);
  const { total } = await bill(january);
  await pay(january, total.employeeFen + Math.round(total.employerFen / 2));
  await close(january, february);
  await strike(first);
  await add(third);
  await assess(february, [second]);
  await close(february, march);
  const half = [false, '16000/16000', '5800/7600'];
  expect(await all([first, second, third])).toEqual([null, half, half]);
});

it('nothing that was not paid is told as paid, on the same bill or on the next, nor certified', async () => {
  await assess(january, [first, second]);
  await close(january, february);
  await strike(first);
  await add(third);
  await add(fourth);
  await assess(february, [second]);
  await close(february, march);
  const nothing = [false, '0/16000', '0/7600'];
  expect(await all([second, third, fourth])).toEqual([nothing, nothing, nothing]);
  const paper = { person: third, from: january, to: january };
  const { rows } = await city.run<CertificateView>('insurance.certificate.issue', paper);
  expect(rows).toMatchObject([{ dueFen: 81_400, paidFen: 0, state: 'unpaid' }]);
  // What falls away is off the newest claim: the older ones stand for who was added.
  await strike(second);
  await assess(march, [sixth]);
  await city.run('insurance.credit', { month: march });
  expect(await all([second, third, fourth])).toEqual([null, nothing, nothing]);
  await pay(march, (await bill(march)).total.payableFen);
  await city.run('insurance.credit', { month: march });
  const whole = [true, '16000/16000', '7600/7600'];
  expect(await all([third, fourth])).toEqual([whole, whole]);
});

it('employees’ shares that came in are their accounts’, on whatever bill they stand', async () => {
  await assess(january, [first]);
  await close(january, february);
  await add(third);
  await assess(february, [first]);
  await pay(february, 2 * (await bill(january)).total.employeeFen);
  await city.run('insurance.credit', { month: february });
  const own = [false, '16000/16000', '4000/7600'];
  expect(await all([first, third])).toEqual([own, own]);
});

it('nobody loses what he had because others are struck off', async () => {
  await assess(january, [first, second, sixth]);
  await pay(january, (await bill(january)).total.payableFen);
  await close(january, february);
  for (const person of [third, fourth, fifth]) await add(person);
  await assess(february, [sixth]);
  await pay(february, (await bill(january)).total.employeeFen);
  await close(february, march);
  const own = [false, '16000/16000', '4000/7600'];
  expect(await all([third, fourth, fifth])).toEqual([own, own, own]);
  await strike(first);
  await strike(second);
  await assess(march, [sixth]);
  await city.run('insurance.credit', { month: march });
  expect(await all([first, second, sixth])).toEqual([
    null,
    null,
    [true, '16000/16000', '7600/7600'],
  ]);
  // The employer's money that came for the two stands for the three.
  expect(await all([third, fourth, fifth])).toEqual([
    [false, '16000/16000', '7289/7600'],
    [false, '16000/16000', '7289/7600'],
    [false, '16000/16000', '7288/7600'],
  ]);
});

it('money of who was struck off goes to a colleague who lacks some, and stays there', async () => {
  await assess(january, [first, second]);
  await pay(january, (await bill(january)).total.payableFen);
  await close(january, february);
  await strike(first);
  await wage(second, 500_000);
  await assess(february, [second]);
  // A quarter of the employees' difference of 1000.00 yuan: 8 %, 2 % and 1 %.
  await pay(february, 11_000 / 4);
  await close(february, march);
  expect(await all([first, second])).toEqual([null, [false, '34000/40000', '15700/19000']]);
  await wage(second, 450_000);
  await assess(march, [second]);
  await city.run('insurance.credit', { month: march });
  expect(await of(first)).toBe(null);
  expect(await of(second)).toEqual([false, '34000/36000', expect.stringMatching(/\/17100$/)]);
});
