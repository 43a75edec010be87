import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { billSheet } from '../../src/doors/cli/sheets.ts';
import { showYuan, yuan } from '../../src/kernel/index.ts';
import {
  type BillView,
  billPdf,
  type Derivation,
  earlierRows,
  type PrintedBill,
  type RecordView,
} from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import { footed, footedOnPaper } from './footing.ts';
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

// A notice of July that sets the year's reference wage from January on: the city's own pack, known from its day only.
const notice = `- id: contribution.reference
  zh: 缴费基准值
  en: Contribution reference wage
  unit: yuan/month
  versions:
    - { from: '2008-01-01', to: '2008-12-31', published: '2008-03-10', value: '1900', document: 测试通知, article: '', confidence: found }
`;
const employer = organisation(71);
const silent = organisation(72);
const low = citizen(11);
const high = citizen(13);
const other = citizen(15);
let city: TestCity;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
  mkdirSync(path.join(folder, '4304'));
  writeFileSync(path.join(folder, '4304', 'parameters.yaml'), notice);
  process.env['MINDUN_LAW'] = folder;
  city = await testCity();
  for (const [code, area] of [
    [employer, '430407'],
    [silent, '430405'],
  ]) {
    await city.run('registry.employer.register', { code, name: `厂${code}`, area, injuryClass: 1 });
  }
});
afterAll(async () => city?.close());

/** A bill; whatever happened before, it adds up, on the page as on paper. */
const bill = async (code: string, month: string) => {
  const view = await city.run<BillView>('insurance.bill', { employer: code, month });
  expect(footed(view)).toBe(view.total.payableFen);
  const printed = await city.run<PrintedBill>('insurance.bill.print', { employer: code, month });
  const paper = footedOnPaper(pdfLines(await billPdf(printed, 'https://si.example/check')));
  expect(paper).toEqual({ sum: view.total.payableFen, total: view.total.payableFen });
  return view;
};
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const declare = (code: string, month: string, persons: Parameters<typeof roster>[1]) =>
  city.run('insurance.declare', {
    employer: code,
    month,
    full: true,
    content: roster(month, persons),
  });
const verified = () => allVerified(city);
const pay = async (code: string, month: string, on: string) => {
  const view = await bill(code, month);
  await city.run('insurance.collect', {
    content: bankFile([
      {
        on,
        reference: `${code}${month}${on}`,
        bill: view.number,
        amount: yuan(view.total.payableFen),
      },
    ]),
  });
};
const fenOf = (text: string): number =>
  text === '—' ? 0 : Number(text.replace('−', '-').replace(/[¥,.]/g, ''));
const sums = /^(bill|provisional|settlement|difference|person)\./;
/** Every sum of a derivation is the sum of what is below it. */
const assertAddsUp = (d: Derivation): void => {
  if (sums.test(d.rule) && d.because.length > 0)
    expect(
      d.because.reduce((s, b) => s + fenOf(b.value), 0),
      `${d.rule} ${d.label.zh}`,
    ).toBe(fenOf(d.value));
  d.because.forEach(assertAddsUp);
};
const explainBill = (code: string, month: string) =>
  city.run<Derivation>('insurance.explain-bill', { employer: code, month });
/** The derivations of all bills, each equal to its bill. */
const explained = async (bills: readonly (readonly [string, string])[]): Promise<string[]> => {
  const texts: string[] = [];
  for (const [code, month] of bills) {
    const tree = await explainBill(code, month);
    assertAddsUp(tree);
    const { lines } = await bill(code, month);
    expect(fenOf(tree.value)).toBe(lines.reduce((s, l) => s + l.amountFen, 0));
    texts.push(JSON.stringify(tree));
  }
  return texts;
};
const early = [
  [employer, '2008-01'],
  [silent, '2008-01'],
  [employer, '2008-02'],
  [silent, '2008-02'],
] as const;
let asBilled: string[] = [];
const finish = async (month: string, next: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-01T09:00`);
  await city.run('insurance.close', { month });
  await verified();
};
const wages = [
  { number: low, wage: '900' },
  { number: high, wage: '3000' },
];

describe('a closed month changes only by differences', () => {
  it('January and February run as usual', async () => {
    await declare(employer, '2008-01', wages);
    await declare(silent, '2008-01', [{ number: other, wage: '2000' }]);
    await city.run('insurance.assess', { month: '2008-01' });
    await city.clock('2008-01-20T09:00');
    await pay(employer, '2008-01', '2008-01-08');
    await pay(silent, '2008-01', '2008-01-08');
    await finish('2008-01', '2008-02');
    await declare(employer, '2008-02', wages);
    await city.run('insurance.assess', { month: '2008-02' });
    await city.clock('2008-02-20T09:00');
    await pay(employer, '2008-02', '2008-02-04');
    await pay(silent, '2008-02', '2008-02-04');
    await finish('2008-02', '2008-03');
    asBilled = await explained(early);
    const provisional = await explainBill(silent, '2008-02');
    expect(provisional.provisional).toBe(true);
    const pension = provisional.because.find((b) => b.rule === 'provisional.pension.employer')!;
    expect(pension).toMatchObject({ value: '¥440.00', provisional: true });
    expect(pension.because[0]!.formula.zh).toContain('2008-01 已缴 ¥400.00');
    expect(pension.because[0]!.parameters.map((x) => x.id)).toEqual(
      expect.arrayContaining(['contribution.provisionalFactor', 'collection.provisionalBase']),
    );
  });

  it('settles a wage corrected downwards and a reference wage published in March, line by line', async () => {
    const corrected = await city.run('insurance.correct-wage', {
      employer,
      person: high,
      months: ['2008-01'],
      wageFen: 200_000,
      reason: '工资表抄错',
    });
    expect(corrected).toEqual({ billMonth: '2008-03', months: 1 });
    const late = {
      employer: silent,
      month: '2008-02',
      content: roster('2008-02', [{ number: other, wage: '2000' }]),
      reason: '漏报',
    };
    expect(await refusal(city.run('insurance.declare-late', { ...late, month: '2008-01' }))).toBe(
      'declared-already',
    );
    expect(await refusal(city.run('insurance.declare-late', { ...late, month: '2008-03' }))).toBe(
      'month-not-assessed-yet',
    );
    expect(await city.run('insurance.declare-late', late)).toMatchObject({ accepted: 1 });
    await declare(employer, '2008-03', wages);
    await city.clock('2008-03-12T09:00');
    const before = await bill(employer, '2008-01');
    await city.run('insurance.assess', { month: '2008-03' });
    await verified();
    const view = await bill(employer, '2008-03');
    const differences = view.lines.filter((l) => l.kind === 'difference');
    const sum = (month: string, share: string, insurance: string) =>
      differences
        .filter((l) => l.feeMonth === month && l.share === share && l.insurance === insurance)
        .reduce((s, l) => s + l.amountFen, 0);
    // Floor 1077 → 1140 for the low wage: 63 × 20 % more; 3000 → 2000 for the other: 200 less.
    expect(sum('2008-01', 'employer', 'pension')).toBe(1260 - 20_000);
    expect(sum('2008-02', 'employer', 'pension')).toBe(1260);
    expect(sum('2008-02', 'employee', 'pension')).toBe(504);
    expect(await bill(employer, '2008-01')).toMatchObject({ lines: before.lines });
  });

  it('explains old bills as they were made and the new one line by line', async () => {
    expect(await explained(early)).toEqual(asBilled);
    await explained([
      [employer, '2008-03'],
      [silent, '2008-03'],
    ]);
    const tree = await explainBill(employer, '2008-03');
    const january = tree.because.find(
      (b) => b.rule === 'difference.pension.employer' && b.label.zh.includes('2008-01'),
    )!;
    expect(january.value).toBe('−¥187.40');
    expect(january.because.map((b) => [b.value, ...b.because.map((x) => x.value)])).toEqual([
      ['¥12.60', '¥228.00', '−¥215.40'],
      ['−¥200.00', '¥400.00', '−¥600.00'],
    ]);
    expect(
      january.parameters.find((x) => x.id === 'contribution.pension.employerRate'),
    ).toBeDefined();
    const settled = (await explainBill(silent, '2008-03')).because.find(
      (b) => b.rule === 'settlement.pension.employer',
    )!;
    expect(settled.value).toBe('−¥40.00');
    expect(settled.because.at(-1)).toMatchObject({
      rule: 'settlement.provisional',
      value: '−¥440.00',
    });
  });

  it('says which month was wrong and why, and what of the difference is assumed, in the view as on paper', async () => {
    const view = await bill(employer, '2008-03');
    const published = '以后公布的规定：缴费基准值（测试通知）';
    expect(view.earlier.map((e) => [e.feeMonth, e.why.map((w) => w.zh)])).toEqual([
      ['2008-01', ['工资更正（1 人）：工资表抄错', published]],
      ['2008-02', [published]],
    ]);
    const late = await bill(silent, '2008-03');
    expect(late.earlier.map((e) => [e.feeMonth, e.why.map((w) => w.zh)])).toEqual([
      ['2008-02', ['补报名册：漏报', published]],
    ]);
    const assumed = (insurance: string) =>
      view.lines
        .filter((l) => l.kind === 'difference' && l.insurance === insurance)
        .map((l) => l.assumed);
    expect(new Set(assumed('pension'))).toEqual(new Set([false]));
    expect(new Set(assumed('medical'))).toEqual(new Set([true]));
    const sheet = billSheet(view, 'zh').split('\n');
    expect(sheet.some((l) => l.includes('2008-01') && l.includes('工资更正（1 人）'))).toBe(true);
    const told = sheet.filter((l) => l.startsWith('2008-01') && l.includes('差额'));
    for (const l of told) expect(/假定/.test(l)).toBe(/医疗|生育/.test(l));
    expect(told.some((l) => l.includes('医疗'))).toBe(true);
    const tree = await city.run<Derivation>('insurance.explain-bill', {
      employer,
      month: '2008-03',
      insurance: 'medical',
      feeMonth: '2008-01',
    });
    expect(tree.because.map((b) => [b.rule, b.assumed])).toEqual([
      ['difference.medical.employer', true],
      ['difference.medical.employee', false],
    ]);
    expect(tree.because[0]!.formula.zh).toContain(`工资更正（1 人）：工资表抄错；${published}`);
    const printed = await city.run<PrintedBill>('insurance.bill.print', {
      employer,
      month: '2008-03',
    });
    const paper = pdfLines(await billPdf(printed, 'https://si.example/check')).flat();
    const of = paper.findIndex(
      (l, i) => l[0]?.startsWith('2008年1月') && paper[i - 1]![0]?.startsWith('基本医疗保险'),
    );
    const row = paper[of - 1]!;
    expect(row.join('')).toContain('假定');
    const earlier = earlierRows(view).find(
      (r) => r.insurance === 'medical' && r.feeMonth === '2008-01',
    )!;
    expect(row.at(-1)).toBe(showYuan(earlier.employerFen + earlier.employeeFen, { sign: false }));
    const sum = paper.find((l) => l[0]?.startsWith('本月核定'))!;
    expect(sum[0]).toBe('本月核定，含以前月份的差额');
    expect(sum.at(-1)).toBe(
      showYuan(view.total.employerFen + view.total.employeeFen, { sign: false }),
    );
    for (const name of ['以前月份欠费', '滞纳金'])
      expect(paper.filter((l) => l[0]?.startsWith(name) && l.at(-1) === '0.00')).toHaveLength(1);
    expect(paper.flat().join('')).toContain('工资更正（1 人）：工资表抄错');
  });

  it('explains what a person’s month is now, and what goes to the accounts', async () => {
    for (const person of [low, high, other]) {
      for (const month of ['2008-01', '2008-02', '2008-03']) {
        const found = (await record(person)).months.filter((m) => m.month === month);
        if (found.length === 0) continue;
        const tree = await city.run<Derivation & { accounts: Derivation }>(
          'insurance.explain-person',
          { person, month },
        );
        assertAddsUp(tree);
        assertAddsUp(tree.accounts);
        const sum = (key: 'employerFen' | 'employeeFen' | 'accountFen') =>
          found.flatMap((m) => m.amounts).reduce((s, a) => s + a[key], 0);
        expect(fenOf(tree.value)).toBe(sum('employerFen') + sum('employeeFen'));
        expect(fenOf(tree.accounts.value)).toBe(sum('accountFen'));
      }
    }
  });

  it('keeps due dates, provisional amounts and settlements as determinations', async () => {
    const rows = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{
        kind: string;
        period: number;
        inputs: object;
        outputs: object;
        versions: object[];
      }>(
        `select kind, period, inputs, outputs, versions from determination where kind <> 'late-fee' order by id`,
      ),
    );
    expect(rows.map((r) => `${r.kind} ${r.period}`)).toEqual([
      'due-date 200801',
      'due-date 200802',
      'provisional 200802',
      'due-date 200803',
      'provisional 200803',
      'settlement 200801',
      'settlement 200802',
      'settlement 200802',
    ]);
    expect(rows[0]).toMatchObject({
      inputs: { issuedOn: '2008-01-05' },
      outputs: { dueDate: '2008-01-08' },
      versions: [{ parameter: 'collection.dueDays', value: '3', assumed: true }],
    });
    const cellOf = (r: object, fund: number, share: number) =>
      (r as { cells: { fund: number; share: number }[] }).cells.find(
        (c) => c.fund === fund && c.share === share,
      );
    const [january] = rows.filter((r) => r.kind === 'settlement');
    expect(cellOf(january!.inputs, 1, 1)).toMatchObject({ billedFen: 60_000 + 21_540 });
    expect(cellOf(january!.outputs, 1, 1)).toMatchObject({
      fen: 40_000 + 22_800,
      differenceFen: -18_740,
    });
    const late = rows.at(-1)!;
    expect(cellOf(late.inputs, 1, 1)).toMatchObject({ billedFen: 44_000, provisionalFen: 44_000 });
    expect(cellOf(late.outputs, 1, 1)).toMatchObject({ fen: 40_000, differenceFen: -4000 });
  });

  it('settles the provisional month that was declared late', async () => {
    const view = await bill(silent, '2008-03');
    const settled = view.lines.filter((l) => l.kind === 'settlement');
    // 110 % of January's 400 and 160 was billed and paid; 400 and 160 is right.
    const of = (share: string) =>
      settled
        .filter((l) => l.share === share && l.insurance === 'pension')
        .reduce((s, l) => s + l.amountFen, 0);
    expect([of('employer'), of('employee')]).toEqual([-4000, -1600]);
    await city.run('insurance.credit', { month: '2008-03' });
    const february = (await record(other)).months.find((m) => m.month === '2008-02')!;
    expect(february.amounts[0]).toMatchObject({
      employeeFen: 16_000,
      creditedFen: 16_000,
      paid: true,
    });
    await verified();
  });

  it('applies what is given back to the new bill, and moves the account', async () => {
    const view = await bill(employer, '2008-03');
    expect(view.total.creditFen).toBe(0);
    expect(view.paidFen).toBeGreaterThan(0);
    await city.run('insurance.credit', { month: '2008-03' });
    const person = await record(high);
    const january = person.months.find((m) => m.month === '2008-01')!;
    expect(january).toMatchObject({ baseFen: 200_000, wageFen: 200_000, assessment: 2 });
    expect(january.amounts[0]).toMatchObject({
      employeeFen: 16_000,
      accountFen: 16_000,
      creditedFen: 16_000,
    });
    const lowest = (await record(low)).months.find((m) => m.month === '2008-02')!;
    expect(lowest.amounts[0]).toMatchObject({ employeeFen: 9120 });
    await verified();
    await city.clock('2008-03-20T09:00');
    await pay(employer, '2008-03', '2008-03-14');
    await pay(silent, '2008-03', '2008-03-14');
    await finish('2008-03', '2008-04');
    const paid = (await record(low)).months.find((m) => m.month === '2008-02')!;
    expect(paid.amounts[0]).toMatchObject({ creditedFen: 9120, paid: true });
  });
});
