import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billSheet } from '../../src/doors/cli/sheets.ts';
import { singleClient } from '../../src/kernel/database/connect.ts';
import {
  type BillView,
  billPdf,
  type Check,
  type EmployerView,
  type PrintedBill,
  type RatingAnswer,
} from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

interface Tree {
  readonly rule: string;
  readonly value: string;
  readonly formula: { readonly zh: string };
  readonly parameters: readonly { readonly id: string; readonly article: string }[];
  readonly because: readonly Tree[];
}

/** What one city's tests ask of it. */
function asking(city: () => TestCity) {
  const bill = (employer: string, month: string) =>
    city().run<BillView>('insurance.bill', { employer, month });
  return {
    bill,
    register: (code: string, injuryClass: number, category = 'enterprise') =>
      city().run('registry.employer.register', {
        code,
        name: `厂${code}`,
        area: '430407',
        injuryClass,
        category,
      }),
    declare: (employer: string, month: string, number: string, wage: string) =>
      city().run('insurance.declare', {
        employer,
        month,
        full: true,
        content: roster(month, [{ number, wage }]),
      }),
    rate: (employer: string, kind: string, value: string, from: string, more: object = {}) =>
      city().run<RatingAnswer>('insurance.rate-employer', {
        employer,
        kind,
        value,
        from,
        document: '衡工伤〔2008〕3号',
        ...more,
      }),
    line: async (employer: string, month: string, insurance: string, share: string, fee = month) =>
      (await bill(employer, month)).lines.find(
        (l) => l.insurance === insurance && l.share === share && l.feeMonth === fee,
      )?.amountFen,
    explained: (employer: string, month: string, insurance: string) =>
      city().run<Tree>('insurance.explain-bill', { employer, month, insurance }),
    checks: async () =>
      (await city().run<{ checks: Check[] }>('insurance.verify', {})).checks
        .filter((c) => !c.ok)
        .map((c) => c.name),
    month: async (month: string, next: string) => {
      await city().run('insurance.credit', { month });
      await city().clock(next);
      await city().run('insurance.close', { month });
    },
  };
}

async function asOwner(city: TestCity, sql: string): Promise<number> {
  const owner = await singleClient(city.server.connection, '430400');
  try {
    await owner.query("set session_replication_role = 'replica'");
    return (await owner.query(sql)).rowCount ?? 0;
  } finally {
    await owner.end();
  }
}

describe('the floating rate of work injury', () => {
  const [second, first, plain] = [organisation(701), organisation(702), organisation(703)];
  const [a, b, c] = [citizen(701), citizen(702), citizen(703)];
  let city: TestCity;
  const ask = asking(() => city);

  beforeAll(async () => {
    city = await testCity();
    await ask.register(second, 2);
    await ask.register(first, 1);
    await ask.register(plain, 3);
  });
  afterAll(async () => city?.close());

  it('is a step that the class may have in every month of its time', async () => {
    const not = (employer: string, value: string, from: string, more: object = {}) =>
      refusal(ask.rate(employer, 'injury-float', value, from, more));
    // Three classes: the first one has the base rate alone. Eight classes: it may only go up.
    expect(await not(first, '1.2', '2008-01')).toBe('float-not-allowed');
    expect(await not(first, '0.8', '2016-01')).toBe('float-not-allowed');
    expect(await not(second, '1.1', '2008-01')).toBe('float-not-allowed');
    expect(await not(second, '0.8', '2003-12')).toBe('rule-not-in-force');
    expect(await not(second, '0.8', '2008-02', { to: '2008-01' })).toBe('input-invalid');
    expect(await not(second, '80%', '2008-01')).toBe('input-invalid');
    expect(await refusal(ask.rate(second, 'size', 'huge', '2008-01'))).toBe('input-invalid');
    expect(await ask.rate(second, 'injury-float', '1.2', '2008-01')).toEqual({
      employer: expect.any(String),
      kind: 'injury-float',
      value: '1.2',
      from: '2008-01',
      to: null,
      billMonth: '2008-01',
    });
    const view = await city.run<EmployerView>('insurance.employer', { employer: second });
    expect([view.injuryFloat, view.size]).toEqual(['1.2', null]);
  });

  it('makes the employer’s rate on the bill, with its article and its document', async () => {
    await ask.declare(second, '2008-01', a, '2000');
    await ask.declare(first, '2008-01', b, '2000');
    await ask.declare(plain, '2008-01', c, '2000');
    await city.run('insurance.assess', { month: '2008-01' });
    // 2,000.00 × 1 % × 120 %; class 1: 0.5 %; class 3: 2 %.
    expect(await ask.line(second, '2008-01', 'injury', 'employer')).toBe(2400);
    expect(await ask.line(first, '2008-01', 'injury', 'employer')).toBe(1000);
    expect(await ask.line(plain, '2008-01', 'injury', 'employer')).toBe(4000);
    const [cell] = (await ask.explained(second, '2008-01', 'injury')).because;
    expect(cell!.formula.zh).toContain('浮动费率依据 衡工伤〔2008〕3号');
    const [person] = cell!.because;
    expect([person!.value, person!.formula.zh]).toEqual([
      '¥24.00',
      '缴费基数 ¥2,000.00 × 1% × 120%（四舍五入到分）',
    ]);
    const float = person!.parameters.find((p) => p.id === 'contribution.injury.floatFactors');
    expect(float?.article).toBe('三');
    // Who has the base rate is told of no step.
    const [other] = (await ask.explained(plain, '2008-01', 'injury')).because;
    expect(other!.because[0]!.parameters.map((p) => p.id)).toEqual([
      'contribution.injury.classRates',
    ]);
    expect(await ask.checks()).toEqual([]);
  });

  it('is settled by difference when it is set back-dated, and changes no bill that was made', async () => {
    const before = await ask.bill(second, '2008-01');
    const answer = await ask.rate(second, 'injury-float', '0.5', '2008-01', {
      document: '衡工伤〔2008〕9号',
    });
    expect(answer.billMonth).toBe('2008-02');
    await ask.rate(plain, 'injury-float', '1.5', '2008-01', { to: '2008-01' });
    await ask.month('2008-01', '2008-02-01T09:00');
    expect(await ask.checks()).toEqual([]);
    await ask.declare(second, '2008-02', a, '2000');
    await ask.declare(first, '2008-02', b, '2000');
    await ask.declare(plain, '2008-02', c, '2000');
    await city.run('insurance.assess', { month: '2008-02' });
    const injury = (employer: string, fee: string) =>
      ask.line(employer, '2008-02', 'injury', 'employer', fee);
    expect([await injury(second, '2008-02'), await injury(second, '2008-01')]).toEqual([
      1000, -1400,
    ]);
    // January alone at 150 %: February is at the base rate again.
    expect([await injury(plain, '2008-02'), await injury(plain, '2008-01')]).toEqual([4000, 2000]);
    expect(await injury(first, '2008-01')).toBeUndefined();
    const after = await ask.bill(second, '2008-01');
    expect(after.lines.map((l) => l.amountFen)).toEqual(before.lines.map((l) => l.amountFen));
    const old = await ask.explained(second, '2008-01', 'injury');
    expect([old.value, old.because[0]!.because[0]!.formula.zh.includes('120%')]).toEqual([
      '¥24.00',
      true,
    ]);
    const difference = (await ask.explained(second, '2008-02', 'injury')).because.find((d) =>
      d.rule.startsWith('difference'),
    );
    expect(difference!.because[0]!.because.map((d) => d.value)).toEqual(['¥10.00', '−¥24.00']);
    expect(await ask.checks()).toEqual([]);
  });

  it('is computed again by verify: a rating that was forged is found', async () => {
    const forged = await asOwner(
      city,
      "update employer_rating set value = '1.5' where value = '1.2'",
    );
    expect(forged).toBe(1);
    expect(await ask.checks()).toEqual(['person-months-reproduce', 'bill-lines-reproduce']);
    await asOwner(
      city,
      "update employer_rating set value = '1.2' where value = '1.5' and not upper_inf(known)",
    );
    expect(await ask.checks()).toEqual([]);
    const twice = `insert into employer_rating (employer_id, area, kind, value, document, valid, known, bills)
      select employer_id, area, kind, value, document, valid, known, bills from employer_rating limit 1`;
    expect(await refusal(asOwner(city, twice))).not.toBe('none');
  });
});

describe('the relief of 2020', () => {
  const [large, small, school, unknown] = [1, 2, 3, 4].map((n) => organisation(710 + n)) as [
    string,
    string,
    string,
    string,
  ];
  const persons = [1, 2, 3, 4].map((n) => citizen(710 + n)) as [string, string, string, string];
  let city: TestCity;
  const ask = asking(() => city);
  const amounts = async (employer: string, month: string, fee = month) => [
    await ask.line(employer, month, 'pension', 'employer', fee),
    await ask.line(employer, month, 'pension', 'employee', fee),
    await ask.line(employer, month, 'unemployment', 'employer', fee),
    await ask.line(employer, month, 'unemployment', 'employee', fee),
    await ask.line(employer, month, 'injury', 'employer', fee),
  ];
  const declareAll = async (month: string): Promise<void> => {
    for (const [i, employer] of [large, small, school, unknown].entries())
      await ask.declare(employer, month, persons[i]!, '5000');
  };

  beforeAll(async () => {
    city = await testCity({ at: '2020-06-03T09:00' });
    for (const employer of [large, small, unknown]) await ask.register(employer, 2);
    await ask.register(school, 1, 'public');
    await ask.rate(large, 'size', 'large', '2020-01');
    await ask.rate(small, 'size', 'small', '2020-01');
  });
  afterAll(async () => city?.close());

  it('halves a large employer’s share to June, frees a small one, and stops where the size is not known', async () => {
    await declareAll('2020-06');
    await city.run('insurance.assess', { month: '2020-06' });
    expect(await amounts(large, '2020-06')).toEqual([40_000, 40_000, 1750, 1500, 1000]);
    expect(await amounts(small, '2020-06')).toEqual([0, 40_000, 0, 1500, 0]);
    // Public institutions are not covered: their shares stay as they are.
    expect((await amounts(school, '2020-06')).slice(2)).toEqual([3500, 1500, 1000]);
    expect(await amounts(unknown, '2020-06')).toEqual([
      undefined,
      40_000,
      undefined,
      1500,
      undefined,
    ]);
    const view = await ask.bill(unknown, '2020-06');
    const missing = '单位规模（大型、中型、小型、微型）的认定';
    expect(
      view.insurances.map((i) => [i.insurance, i.state, i.missing, i.persons, i.employeeFen]),
    ).toEqual([
      ['pension', 'not-computed', missing, 1, 40_000],
      ['medical', 'computed', undefined, 1, 10_000],
      ['unemployment', 'not-computed', missing, 1, 1500],
      ['injury', 'not-computed', missing, 0, 0],
      ['maternity', 'computed', undefined, 1, 0],
    ]);
    const asked = { employer: unknown, month: '2020-06' };
    const printed = await city.run<PrintedBill>('insurance.bill.print', asked);
    const paper = pdfLines(await billPdf(printed, 'https://example.org/check')).flat(2);
    for (const text of ['基本养老保险', `单位部分缺：${missing}`])
      expect(paper.join('')).toContain(text);
    expect(paper.join('')).not.toContain('object');
    expect(view.insurances.map((i) => i.employeesComputed)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    const sheet = billSheet(view, 'zh').split('\n');
    const named = (name: string) => sheet.find((l) => l.startsWith(name))!.split(/ {2,}/);
    expect(named('基本养老')).toEqual([
      '基本养老保险',
      '1',
      '¥5,000.00',
      '未计算',
      '¥400.00',
      `单位缴缺 ${missing}`,
    ]);
    expect(named('工伤').slice(3)).toEqual(['未计算', '—', `缺 ${missing}`]);
    expect((await ask.bill(large, '2020-06')).insurances.map((i) => i.state)).toEqual(
      Array.from({ length: 5 }, () => 'computed'),
    );
    const tree = await ask.explained(unknown, '2020-06', 'pension');
    expect(tree.because.map((d) => d.value)).toEqual(['¥400.00', '—']);
    expect(tree.because[1]!.formula.zh).toContain(missing);
    const person = await city.run<Tree>('insurance.explain-person', {
      person: persons[3],
      month: '2020-06',
    });
    expect(person.because[0]!.because.filter((d) => d.value === '—')).toHaveLength(3);
    const half = (await ask.explained(large, '2020-06', 'pension')).because[0]!.because[0]!;
    expect(half.formula.zh).toContain('16% × 50%');
    expect(await ask.checks()).toEqual([]);
  });

  it('is settled when the size becomes known; from July a large employer pays in full', async () => {
    await ask.rate(unknown, 'size', 'large', '2020-01');
    await ask.month('2020-06', '2020-07-01T09:00');
    await declareAll('2020-07');
    await city.run('insurance.assess', { month: '2020-07' });
    expect(await amounts(large, '2020-07')).toEqual([80_000, 40_000, 3500, 1500, 2000]);
    expect(await amounts(small, '2020-07')).toEqual([0, 40_000, 0, 1500, 0]);
    expect(await amounts(unknown, '2020-07', '2020-06')).toEqual([
      40_000,
      undefined,
      1750,
      undefined,
      1000,
    ]);
    expect((await ask.bill(unknown, '2020-06')).insurances[0]!.state).toBe('not-computed');
    expect((await ask.bill(unknown, '2020-07')).insurances[0]!.state).toBe('computed');
    const { value, because } = await ask.explained(unknown, '2020-06', 'pension');
    expect([value, because.length]).toEqual(['¥400.00', 2]);
    expect(await ask.checks()).toEqual([]);
  });
});
