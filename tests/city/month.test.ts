import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billSheet } from '../../src/doors/cli/sheets.ts';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
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

const first = organisation(1);
const second = organisation(2);
const persons = [1, 2, 3].map((n) => citizen(n * 2));
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  await city.run('registry.employer.register', {
    code: first,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 2,
  });
  await city.run('registry.employer.register', {
    code: second,
    name: '雁城商场',
    area: '430406',
    injuryClass: 1,
  });
});
afterAll(async () => city?.close());

const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const verified = () => allVerified(city);

describe('January: one bill for five insurances', () => {
  it('takes a roster, replaces it by a second one, and refuses other months', async () => {
    const full = { employer: first, full: true };
    const once = await city.run('insurance.declare', {
      ...full,
      month: '2008-01',
      content: roster('2008-01', [{ number: persons[0]!, wage: '9999' }]),
    });
    expect(once).not.toHaveProperty('replaces');
    const twice = {
      ...full,
      month: '2008-01',
      content: roster('2008-01', [
        { number: persons[0]!, wage: '1800.00', name: '张伟' },
        { number: persons[1]!, wage: '500', name: '李娜', residence: '农业' },
      ]),
    };
    const said = { rows: 2, accepted: 2, wageFen: 230_000, errors: [] };
    const earlier = { replaces: { rows: 1, wageFen: 999_900 } };
    const checked = await city.run('insurance.check-roster', twice);
    expect(checked).toMatchObject({ ...said, ...earlier });
    expect(await city.run('insurance.declare', twice)).toMatchObject({ ...said, ...earlier });
    const later = {
      ...full,
      month: '2008-02',
      content: roster('2008-02', [{ number: persons[0]!, wage: '1' }]),
    };
    expect(await refusal(city.run('insurance.declare', later))).toBe('month-not-next');
    expect(await refusal(city.run('insurance.declare', { ...later, month: '2007-12' }))).toBe(
      'month-not-next',
    );
    expect(await refusal(city.run('insurance.declare', { ...later, employer: '11111111-1' }))).toBe(
      'unknown-employer',
    );
  });

  it('assesses by the law: floor 1077 of reference 1795, rural worker without unemployment share', async () => {
    const answer = await city.run('insurance.assess', { month: '2008-01' });
    // 1800: 360+108+36+18+12.60; floor 1077: 215.40+64.62+21.54+10.77+7.54
    expect(answer).toMatchObject({ bills: 1, persons: 2, employerFen: 53_460 + 31_987 });
    // 1800: 144+36+18; 1077: 86.16+21.54, rural: no unemployment
    expect(answer).toMatchObject({ employeeFen: 19_800 + 10_770 });
    const view = await bill(first, '2008-01');
    expect(view.number).toBe('衡社缴〔2008〕000001');
    expect(view.dueDate).toBe('2008-01-08');
    expect(view.insurances.map((i) => [i.insurance, i.state, i.assumed])).toEqual([
      ['pension', 'computed', false],
      ['medical', 'computed', true],
      ['unemployment', 'computed', false],
      ['injury', 'computed', false],
      ['maternity', 'computed', true],
    ]);
    expect(await city.run('insurance.assess', { month: '2008-01' })).toEqual(answer);
    const again = {
      employer: first,
      full: true,
      month: '2008-01',
      content: roster('2008-01', [{ number: persons[0]!, wage: '1' }]),
    };
    expect(await refusal(city.run('insurance.declare', again))).toBe('already-assessed');
  });

  it('takes the bank’s file once; short money pays the employees’ shares first', async () => {
    await city.clock('2008-01-20T10:00');
    const { number } = await bill(first, '2008-01');
    const file = bankFile([
      { on: '2008-01-07', reference: 'J1', bill: number, amount: '400.00' },
      { on: '2008-01-08', reference: 'J2', bill: '衡社缴〔2008〕999999', amount: '70.00' },
    ]);
    const answer = await city.run('insurance.collect', { content: file });
    expect(answer).toMatchObject({
      receipts: 2,
      matched: 1,
      suspense: 1,
      allocatedFen: 40_000,
      suspenseFen: 7000,
    });
    expect(await city.run('insurance.collect', { content: file })).toMatchObject({
      receipts: 0,
      duplicates: 2,
    });
    const repeat = bankFile([{ on: '2008-01-09', reference: 'J1', bill: number, amount: '1.00' }]);
    expect(await refusal(city.run('insurance.collect', { content: repeat }))).toBe(
      'duplicate-payment',
    );
    const open = (await bill(first, '2008-01')).lines.filter((l) => l.openFen > 0);
    expect(open.every((l) => l.share === 'employer')).toBe(true);
    expect(open.reduce((s, l) => s + l.openFen, 0)).toBe(53_460 + 31_987 + 30_570 - 40_000);
    await verified();
  });

  it('credits the employees’ money; the month does not count before it is paid in full', async () => {
    expect(await city.run('insurance.credit', { month: '2008-01' })).toMatchObject({ persons: 2 });
    expect(await city.run('insurance.credit', { month: '2008-01' })).toEqual({
      persons: 0,
      creditedFen: 0,
    });
    const view = await record(persons[0]!);
    expect(view.number).toMatch(/^4304\*{10}.{4}$/);
    expect(view.months).toHaveLength(1);
    const pension = view.months[0]!.amounts.find((a) => a.insurance === 'pension')!;
    expect(pension).toMatchObject({
      employerFen: 36_000,
      employeeFen: 14_400,
      creditedFen: 14_400,
      paid: false,
    });
    expect(view.countedMonths).toBe(0);
    await verified();
  });

  it('closes the month; what comes later stands in the open one', async () => {
    await city.clock('2008-02-01T09:00');
    const closed = await city.run('insurance.close', { month: '2008-01' });
    expect(closed).toMatchObject({ state: 'closed', sweptFen: 47_000 });
    expect(await city.run('insurance.close', { month: '2008-01' })).toEqual(closed);
    const late = {
      employer: first,
      full: true,
      month: '2008-01',
      content: roster('2008-01', [{ number: persons[0]!, wage: '1' }]),
    };
    expect(await refusal(city.run('insurance.declare', late))).toBe('month-closed');
    await verified();
  });
});

describe('February: provisional amounts, late fees, credit', () => {
  it('bills 110 % of what was paid where nothing was declared', async () => {
    await city.run('insurance.declare', {
      employer: second,
      month: '2008-02',
      full: true,
      content: roster('2008-02', [{ number: persons[2]!, wage: '2000' }]),
    });
    await city.clock('2008-02-05T09:00');
    expect(await city.run('insurance.assess', { month: '2008-02' })).toMatchObject({
      bills: 2,
      persons: 1,
      provisional: 1,
    });
    const view = await bill(first, '2008-02');
    const employee = view.lines.filter((l) => l.share === 'employee');
    expect(employee.map((l) => [l.insurance, l.kind, l.amountFen])).toEqual([
      ['pension', 'provisional', Math.round(23_016 * 1.1)],
      ['medical', 'provisional', Math.round(5754 * 1.1)],
      ['unemployment', 'provisional', Math.round(1800 * 1.1)],
    ]);
    expect(view.total.arrearsFen).toBe(53_460 + 31_987 + 30_570 - 40_000);
  });

  it('pays arrears first, the late fee after a missed order, and keeps what is over', async () => {
    const january = await bill(first, '2008-01');
    await city.clock('2008-02-09T09:00');
    // Late, without an order: no late fee, for work injury neither.
    expect((await bill(first, '2008-02')).total.lateFeeFen).toBe(0);
    await city.run('insurance.order-payment', {
      bill: january.number,
      payBy: '2008-02-12',
      reason: '催缴',
    });
    await city.clock('2008-02-20T09:00');
    const view = await bill(first, '2008-02');
    // What the panel lists is what the sum adds up; work injury's rate is assumed, the others' is law.
    expect(view.lateFees.reduce((s, l) => s + l.amountFen, 0)).toBe(view.total.lateFeeFen);
    expect([...new Set(view.lateFees.filter((l) => l.assumed).map((l) => l.insurance))]).toEqual([
      'injury',
    ]);
    // The terminal's sheet tells each by its share, and which is assumed.
    const told = billSheet(view, 'zh')
      .split('\n')
      .filter((line) => line.includes('0.2% × 43 天'));
    expect(new Set(told).size).toBe(view.lateFees.filter((l) => l.amountFen > 0).length);
    for (const line of told) expect(/假定/.test(line)).toBe(line.includes('工伤'));
    for (const l of view.lateFees.filter((l) => l.amountFen > 0)) {
      expect(l.why.zh).toContain('0.2% × 43 天');
      expect(l.parameters.map((p) => p.id)).toContain(
        l.insurance === 'injury' ? 'arrears.injuryRate' : 'arrears.oldRate',
      );
    }
    const amount = view.total.payableFen + 12_345;
    const { number } = view;
    const answer = await city.run<{ lateFeeFen: number; creditFen: number }>('insurance.collect', {
      content: bankFile([
        { on: '2008-02-20', reference: 'F1', bill: number, amount: yuan(amount) },
      ]),
    });
    expect(answer).toMatchObject({ lateFeeFen: view.total.lateFeeFen, creditFen: 12_345 });
    expect(view.total.lateFeeFen).toBeGreaterThan(0);
    const after = await bill(first, '2008-02');
    expect(after.total).toMatchObject({
      arrearsFen: 0,
      lateFeeFen: 0,
      payableFen: 0,
      creditFen: 12_345,
    });
    expect((await record(persons[0]!)).countedMonths).toBe(1);
    await verified();
  });

  it('uses the credit for the next bill', async () => {
    await city.clock('2008-03-01T09:00');
    await city.run('insurance.close', { month: '2008-02' });
    await city.run('insurance.declare', {
      employer: first,
      month: '2008-03',
      full: true,
      content: roster('2008-03', [{ number: persons[0]!, wage: '1800' }]),
    });
    await city.run('insurance.assess', { month: '2008-03' });
    const view = await bill(first, '2008-03');
    expect(view.total.creditFen).toBe(0);
    expect(view.paidFen).toBe(12_345);
    expect(view.payments[0]).toMatchObject({ kind: 'offset' });
    await verified();
  });
});

describe('derivations', () => {
  it('adds up from the wage to the bill, with articles', async () => {
    const tree = await city.run<{
      value: string;
      because: { value: string; cite: { document: string } }[];
    }>('insurance.explain-bill', { employer: first, month: '2008-01' });
    expect(tree.value).toBe('¥1,160.17');
    expect(tree.because).toHaveLength(8);
    expect(tree.because[0]!.cite.document).toContain('社会保险费');
    const person = await city.run<{ value: string }>('insurance.explain-person', {
      person: persons[0],
      month: '2008-01',
    });
    expect(person.value).toBe('¥732.60');
    // The medical and maternity rates of the simulated city come from no document.
    const { months } = await record(persons[0]!);
    const january = months.find((m) => m.month === '2008-01')!;
    expect(january.amounts.filter((a) => a.assumed).map((a) => a.insurance)).toEqual([
      'medical',
      'maternity',
    ]);
    const { rows } = await city.run<{ rows: { month: string; assumed: boolean }[] }>(
      'insurance.certificate.issue',
      { employer: first, from: '2008-01', to: '2008-01' },
    );
    expect(rows).toMatchObject([{ month: '2008-01', assumed: true }]);
  });
});
