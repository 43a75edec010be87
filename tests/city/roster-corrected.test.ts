import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type {
  BillView,
  MonthView,
  PersonDerivation,
  RecordView,
} from '../../src/services/insurance/index.ts';
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

const employer = organisation(951);
const stays = citizen(951);
const forgotten = citizen(952);
const stranger = citizen(953);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  await city.run('registry.employer.register', {
    code: employer,
    name: '厂',
    area: '430407',
    injuryClass: 1,
  });
});
afterAll(async () => city?.close());

const declareOnly = (month: string, persons: readonly string[], full = true) => {
  const rows = persons.map((number) => ({ number, wage: '2000' }));
  return city.run('insurance.declare', { employer, month, full, content: roster(month, rows) });
};
const assess = async (month: string, persons: readonly string[], full = true) => {
  await declareOnly(month, persons, full);
  await city.run('insurance.assess', { month });
};
const close = async (month: string, next: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-05T09:00`);
  await city.run('insurance.close', { month });
};
const correct = (
  person: string,
  months: readonly string[],
  change: 'adds' | 'removes',
  more: Record<string, unknown> = {},
) =>
  city.run('insurance.correct-roster', {
    employer,
    person,
    months,
    change,
    reason: '名册有误',
    ...(change === 'adds' ? { wageFen: 200_000 } : {}),
    ...more,
  });
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const enrolled = async (person: string) =>
  (await record(person)).enrolments.map((e) => `${e.from}..${e.to ?? ''}`);
const bill = (month: string) => city.run<BillView>('insurance.bill', { employer, month });
const pay = async (month: string, on: string) => {
  await city.clock(`${on}T10:00`);
  const { number, total } = await bill(month);
  const row = { on, reference: `R ${month}`, bill: number, amount: yuan(total.payableFen) };
  await city.run('insurance.collect', { content: bankFile([row]) });
};
const creditedAt = async (month: string) => {
  const { steps } = await city.run<MonthView>('insurance.month', { month });
  return steps.find((s) => s.step === 'credit')!.at;
};
const verified = () => allVerified(city);

describe('a person whom an assessed month lacks, or should not have', () => {
  it('is added: the next bill carries him as if he had been declared, and his record has the month', async () => {
    await assess('2008-01', [stays]);
    await pay('2008-01', '2008-01-09');
    await close('2008-01', '2008-02');
    expect(await refusal(correct(forgotten, ['2008-01'], 'adds'))).toBe('person-needs-name');
    const answer = await correct(forgotten, ['2008-01'], 'adds', { name: '李四' });
    expect(answer).toEqual({ billMonth: '2008-02', months: 1 });
    // No later roster is there yet: he stays.
    expect(await enrolled(forgotten)).toEqual(['2008-01-01..']);
    await assess('2008-02', [stays, forgotten]);
    const [mine, his] = [await record(stays), await record(forgotten)];
    const of = (r: RecordView, month: string) => r.months.find((m) => m.month === month)!;
    const plain = (r: RecordView) =>
      of(r, '2008-01').amounts.map((a) => [a.insurance, a.employerFen, a.employeeFen]);
    expect(plain(his)).toEqual(plain(mine));
    expect(of(his, '2008-01')).toMatchObject({ wageFen: 200_000, state: 'unpaid', counts: false });
    const { lines, earlier } = await bill('2008-02');
    expect(earlier.map((e) => e.why.map((w) => w.zh))).toEqual([['补进名册（1 人）：名册有误']]);
    const differences = lines.filter((l) => l.feeMonth === '2008-01');
    const due = plain(his).reduce((sum, [, a, b]) => sum + Number(a) + Number(b), 0);
    expect(differences.reduce((sum, l) => sum + l.amountFen, 0)).toBe(due);
    expect(due).toBeGreaterThan(0);
    await verified();
  });

  it('is refused twice, of a month that is not assessed or before the books, or not declared', async () => {
    expect(await refusal(correct(forgotten, ['2008-01'], 'adds'))).toBe('on-roster-already');
    expect(await refusal(correct(stays, ['2008-03'], 'removes'))).toBe('month-not-assessed-yet');
    expect(await refusal(correct(stays, ['2007-12'], 'removes'))).toBe('month-before-books');
    const named = { name: '王五' };
    expect(await refusal(correct(forgotten, ['2008-01'], 'adds', named))).toBe('name-of-another');
    expect(await refusal(correct(stays, ['2008-01'], 'adds', { wageFen: undefined }))).toBe(
      'input-invalid',
    );
    expect(await refusal(correct(stranger, ['2008-01'], 'removes'))).toBe('unknown-person');
    const other = organisation(952);
    const about = { code: other, name: '店', area: '430407', injuryClass: 1 };
    await city.run('registry.employer.register', about);
    const elsewhere = { employer: other };
    const there = (change: 'adds' | 'removes') =>
      refusal(correct(stays, ['2008-01'], change, elsewhere));
    expect(await there('adds')).toBe('month-undeclared');
    expect(await there('removes')).toBe('not-on-roster');
  });

  it('is taken off after he was paid for: it is given back, his account too, and his record is without it', async () => {
    await pay('2008-02', '2008-02-09');
    await close('2008-02', '2008-03');
    const before = await record(forgotten);
    const balance = before.accounts.map((a) => a.balanceFen);
    const credited = before.months.find((m) => m.month === '2008-01')!.amounts;
    expect(before.countedMonths).toBe(2);
    await declareOnly('2008-03', [stays], false);
    // The changes carry him on from February.
    expect(await correct(forgotten, ['2008-01'], 'removes')).toEqual({
      billMonth: '2008-03',
      months: 1,
      stillOn: '2008-03',
    });
    // The roster of February names him.
    expect(await enrolled(forgotten)).toEqual(['2008-02-01..']);
    await assess('2008-03', [stays], false);
    const { lines, earlier } = await bill('2008-03');
    expect(earlier.map((e) => e.why.map((w) => w.en))).toEqual([
      ['Taken off the roster (persons: 1): 名册有误'],
    ]);
    const due = lines.filter((l) => l.feeMonth === '2008-01').reduce((s, l) => s + l.amountFen, 0);
    expect(due).toBe(-credited.reduce((s, a) => s + a.employerFen + a.employeeFen, 0));
    // Before it is taken back nothing is certified of it, and the month says that nothing is due.
    const struckOff = (await record(forgotten)).months.find((m) => m.month === '2008-01')!;
    expect(struckOff).toMatchObject({ state: 'not-due', baseFen: 0, counts: false });
    const range = { from: '2008-01', to: '2008-01' };
    const certified = city.run('insurance.certificate.issue', { person: forgotten, ...range });
    expect(await refusal(certified)).toBe('nothing-to-certify');
    const why = await city.run<PersonDerivation>('insurance.explain-person', {
      person: forgotten,
      month: '2008-01',
    });
    expect([why.value, why.because[0]!.because[0]!.rule]).toEqual(['¥0.00', 'settlement.gone']);
    await city.run('insurance.credit', { month: '2008-03' });
    const after = await record(forgotten);
    expect(after.months.map((m) => m.month)).toEqual(['2008-03', '2008-02']);
    expect(after.countedMonths).toBe(1);
    // What is given back pays for March, the employees' shares first.
    const of = (amounts: typeof credited, insurance: string) =>
      amounts.find((a) => a.insurance === insurance)!.creditedFen;
    const march = after.months[0]!.amounts;
    expect(after.accounts.map((a) => a.balanceFen)).toEqual(
      ['pension', 'medical'].map((i, n) => balance[n]! - of(credited, i) + of(march, i)),
    );
    await verified();
  });

  it('can be put back again, and his wage be corrected then', async () => {
    await city.clock('2008-03-20T09:00');
    const about = { employer, person: forgotten, months: ['2008-01'], reason: '再核' };
    const raise = () => city.run('insurance.correct-wage', { ...about, wageFen: 210_000 });
    expect(await refusal(raise())).toBe('not-on-roster');
    await correct(forgotten, ['2008-01'], 'adds');
    expect(await enrolled(forgotten)).toEqual(['2008-01-01..']);
    await raise();
    expect(await creditedAt('2008-03')).toBe('2008-03-05T09:00:00');
    await city.run('insurance.credit', { month: '2008-03' });
    expect(await creditedAt('2008-03')).toBe('2008-03-20T09:00:00');
    await close('2008-03', '2008-04');
    await assess('2008-04', [stays], false);
    expect((await record(forgotten)).months.at(-1)).toMatchObject({
      month: '2008-01',
      wageFen: 210_000,
    });
    await verified();
  });

  it('is on no later roster of changes once the last one is without him', async () => {
    await close('2008-04', '2008-05');
    await correct(forgotten, ['2008-04'], 'removes');
    await assess('2008-05', [stays], false);
    expect((await record(forgotten)).months.map((m) => m.month)).toEqual([
      '2008-03',
      '2008-02',
      '2008-01',
    ]);
    expect(await enrolled(forgotten)).toEqual(['2008-01-01..2008-03-31']);
    await verified();
  });
});
