import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDate, Rational } from '../../kernel/index.ts';
import { compile, makeArena } from './compile.ts';
import { evaluate, explain } from './explain.ts';
import { classRate, type Fens, input, money, rate, when, zero } from './graph.ts';
import { Law, loadLaw, type Question } from './law.ts';
import { levyBatch } from './month.ts';
import { base, levyByFund, levyInputs, medicalEmployer } from './rules/levy.ts';

const sample = loadLaw({ sample: true });
const bare = loadLaw({ sample: false });
const reference = { 'contribution.reference': '1795', 'contribution.pension.employerRate': '0.20' };
const march: Question = { place: '4304', on: plainDate('2008-03-31'), overrides: reference };
const names = levyInputs;

const person = fc.record({
  wage: fc.oneof(fc.nat(2_000_000_000), fc.nat(2_000_000), fc.constantFrom(0, 107_700, 538_500)),
  category: fc.integer({ min: 1, max: 4 }),
  injuryClass: fc.integer({ min: 1, max: 3 }),
  schemes: fc.nat(31),
  injuryFloat: fc.integer({ min: 1, max: 5 }),
  employerSize: fc.integer({ min: 1, max: 5 }),
});
type Person = Record<(typeof names)[number], number>;

function formulasOf(notComputed: readonly number[]): Record<string, Fens> {
  const funds = Object.entries(levyByFund).filter(([fund]) => !notComputed.includes(Number(fund)));
  return Object.assign({ base }, ...funds.map(([, formulas]) => formulas));
}

/** Runs persons through the batch and through the interpreter; both must say the same to the fen. */
function compareLevy(law: Law, question: Question, persons: readonly Person[]): void {
  const batch = levyBatch(law, question);
  const arena = makeArena(batch.columns, persons.length);
  persons.forEach((p, row) => {
    for (const name of names) arena.column(name)[row] = p[name];
  });
  batch.run(arena, persons.length);
  const formulas = formulasOf(batch.notComputed.map((n) => n.fund));
  expect(Object.keys(formulas).sort()).toEqual([...batch.compiled.outputs].sort());
  persons.forEach((p, row) => {
    for (const [name, formula] of Object.entries(formulas)) {
      const exact = evaluate(formula, law, question, p);
      expect(arena.column(name)[row], `${name} of ${JSON.stringify(p)}`).toBe(exact);
    }
  });
}

describe('levyBatch', () => {
  it('computes what the interpreter computes, under several laws', () => {
    const day = fc.constantFrom(
      '2006-01-01',
      '2008-03-31',
      '2011-07-01',
      '2015-02-28',
      '2020-03-01',
      '2020-08-01',
      '2026-08-01',
    );
    fc.assert(
      fc.property(day, fc.array(person, { minLength: 1, maxLength: 40 }), (date, persons) => {
        compareLevy(sample, { ...march, on: plainDate(date) }, persons);
      }),
    );
  });

  it('computes the same under any rates', () => {
    const some = fc.integer({ min: 0, max: 9999 }).map((n) => Rational.of(n, 10_000).toPlaces(4));
    const rates = fc.record({
      'contribution.reference': fc
        .integer({ min: 1, max: 2_000_000 })
        .map((n) => Rational.of(n, 100).toPlaces(2)),
      'contribution.pension.employerRate': some,
      'contribution.pension.employeeRate': some,
      'contribution.medical.employerRate': some,
      'contribution.medical.employerAccountShare': some,
      'contribution.unemployment.ruralEmployeeFactor': some,
      'contribution.maternity.employerRate': some,
    });
    fc.assert(
      fc.property(
        rates,
        fc.array(person, { minLength: 1, maxLength: 20 }),
        (overrides, persons) => {
          compareLevy(sample, { ...march, overrides }, persons);
        },
      ),
    );
  });

  it('leaves out a fund that no document sets, and says which', () => {
    const { notComputed, compiled } = levyBatch(bare, march);
    expect(notComputed.map((n) => n.fund)).toEqual([2, 3, 6]);
    expect(notComputed[1]!.document).toBe('衡阳市城镇职工基本医疗保险实施办法');
    expect(compiled.outputs).toContain('pensionEmployer');
    expect(compiled.outputs).not.toContain('medicalEmployer');
    const unset = { place: '4304', on: plainDate('1950-01-01') };
    expect(() => levyBatch(bare, unset)).toThrow(/parameter-unset/);
  });

  it('takes the step of the floating injury rate and the relief by size of the employer', () => {
    const shares = ['pensionEmployer', 'unemploymentEmployer', 'injuryEmployer', 'pensionEmployee'];
    const amounts = (date: string, injuryFloat: number, employerSize: number) => {
      const batch = levyBatch(sample, { place: '4304', on: plainDate(date) });
      const arena = makeArena(batch.columns, 1);
      const row = { wage: 500_000, category: 1, injuryClass: 2, schemes: 31 };
      for (const [name, v] of Object.entries({ ...row, injuryFloat, employerSize }))
        arena.column(name)[0] = v;
      batch.run(arena, 1);
      return [batch.bySize.map((b) => b.fund), ...shares.map((s) => arena.column(s)[0])];
    };
    // 5,000.00 yuan; class 2 is 1 % in 2008, 0.4 % in 2020.
    expect(amounts('2008-03-01', 3, 1)).toEqual([[], 100_000, 10_000, 5000, 40_000]);
    expect(amounts('2008-03-01', 4, 1)).toEqual([[], 100_000, 10_000, 6000, 40_000]);
    expect(amounts('2008-03-01', 1, 0)).toEqual([[], 100_000, 10_000, 2500, 40_000]);
    expect(amounts('2020-01-01', 3, 0)).toEqual([[], 80_000, 3500, 2000, 40_000]);
    expect(amounts('2020-02-01', 3, 1)).toEqual([[1, 4, 5], 80_000, 3500, 2000, 40_000]);
    expect(amounts('2020-06-01', 5, 2)).toEqual([[1, 4, 5], 40_000, 1750, 1500, 40_000]);
    expect(amounts('2020-07-01', 3, 2)).toEqual([[1, 4, 5], 80_000, 3500, 2000, 40_000]);
    for (const size of [3, 4, 5])
      expect(amounts('2020-12-01', 3, size)).toEqual([[1, 4, 5], 0, 0, 0, 40_000]);
    // A size that is not known: nothing, and whoever runs the batch leaves the cells out.
    expect(amounts('2020-03-01', 3, 0)).toEqual([[1, 4, 5], 0, 0, 0, 40_000]);
    expect(amounts('2021-01-01', 3, 0)).toEqual([[], 80_000, 3500, 2000, 40_000]);
  });

  it('waits for the pooling area where the injury rate was cut phase by phase', () => {
    const at = (law: Law, date: string) =>
      levyBatch(law, { place: '4304', on: plainDate(date) }).notComputed.map((n) => n.fund);
    expect(at(bare, '2018-04-30')).not.toContain(5);
    expect(at(bare, '2018-05-01')).toContain(5);
    const cut = bare.overlay(
      [
        {
          id: 'contribution.injury.phaseFactor',
          zh: '',
          en: '',
          unit: 'ratio',
          versions: [
            {
              from: '2018-05-01',
              value: '0.8',
              document: '试验',
              article: '',
              confidence: 'found',
            },
          ],
        },
      ],
      '4304',
    );
    expect(at(cut, '2018-05-01')).not.toContain(5);
    const said = explain(
      levyByFund[5]!['injuryEmployer']!,
      cut,
      { place: '4304', on: plainDate('2018-05-01') },
      { wage: 500_000, category: 1, injuryClass: 2, schemes: 31, injuryFloat: 4, employerSize: 1 },
    );
    // Of four factors the one that is 1 is passed over.
    expect([said.value, said.formula.zh]).toEqual([
      '¥19.20',
      '缴费基数 ¥5,000.00 × 0.4% × 120% × 80%（四舍五入到分）',
    ]);
    expect(at(sample, '2018-05-01')).not.toContain(5);
    expect(levyBatch(sample, { place: '4304', on: plainDate('2018-05-01') }).assumed).toContain(5);
  });

  it('names the funds with an assumed value', () => {
    const batch = levyBatch(sample, march);
    expect(batch.notComputed).toEqual([]);
    expect(batch.assumed).toEqual([2, 3, 6]);
    const told = explain(medicalEmployer, sample, march, {
      wage: 300_000,
      category: 1,
      injuryClass: 1,
      schemes: 31,
    });
    expect(told.assumed).toBe(true);
    expect(told.value).toBe('¥180.00');
  });

  it('refuses a row outside the bounds of its proof', () => {
    const batch = levyBatch(sample, march);
    const arena = makeArena(batch.columns, 1);
    arena.column('category')[0] = 1;
    arena.column('schemes')[0] = 31;
    arena.column('injuryFloat')[0] = 3;
    for (const [wage, injuryClass] of [
      [-1, 1],
      [2_000_000_001, 1],
      [1000, 0],
      [1000, 4],
    ]) {
      arena.column('wage')[0] = wage!;
      arena.column('injuryClass')[0] = injuryClass!;
      expect(() => batch.run(arena, 1), `${wage} ${injuryClass}`).toThrow(/input-invalid/);
    }
    expect(() => arena.column('none')).toThrow(RangeError);
  });
});

describe('compile', () => {
  const label = { zh: '', en: '' };
  const asked = (overrides: Record<string, string>): Question => ({ ...march, overrides });
  const none = new Law([]);

  function both(formula: Fens, question: Question, rows: readonly Record<string, number>[]) {
    const compiled = compile({ out: formula }, none, question);
    const arena = makeArena([...compiled.inputs, 'out'], rows.length);
    rows.forEach((r, i) => {
      for (const name of compiled.inputs) arena.column(name)[i] = r[name]!;
    });
    compiled.run(arena, rows.length);
    return rows.map((r, i) => [arena.column('out')[i], evaluate(formula, none, question, r)]) as [
      number,
      number,
    ][];
  }

  it('rounds exactly with even and odd denominators, up to the edge of its proof', () => {
    const amount = input('amount', label, 'fen', 0, 2_000_000_000);
    const rates = fc
      .tuple(fc.nat(10 ** 6), fc.nat(6))
      .map(([n, places]) => Rational.of(n, 10n ** BigInt(places)))
      .filter((r) => r.compare(Rational.one) <= 0);
    // Every second multiple of half a million stands on a half for a rate of six places.
    const one = fc.oneof(
      fc.nat(2_000_000_000),
      fc.nat(4000).map((n) => n * 500_000),
    );
    const amounts = fc.array(one, { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(rates, amounts, (r, list) => {
        const formula = amount.times(rate('test.rate')).round('fen-half-up');
        const pairs = both(
          formula,
          asked({ 'test.rate': r.toDecimal() }),
          list.map((a) => ({ amount: a })),
        );
        for (const [fast, exact] of pairs) expect(fast).toBe(exact);
      }),
    );
  });

  it('rounds halves up by either route', () => {
    const formula = input('amount', label, 'fen', 0, 2_000_000_000)
      .times(rate('test.rate'))
      .round('fen-half-up');
    const amounts = [500_000, 1_500_000, 1_999_500_000, 2_000_000_000].map((amount) => ({
      amount,
    }));
    for (const [value, route] of [
      ['0.999999', 'divide'],
      ['0.500001', 'reciprocal'],
    ] as const) {
      const question = asked({ 'test.rate': value });
      expect(compile({ out: formula }, none, question).proof.map((p) => p.route)).toEqual([route]);
      for (const [fast, exact] of both(formula, question, amounts)) expect(fast).toBe(exact);
    }
  });

  it('refuses bounds that cannot be proved', () => {
    const wide = input('amount', label, 'fen', 0, 2_000_000_000);
    const formula = wide.times(rate('test.rate')).round('fen-half-up');
    const digits = asked({ 'test.rate': '0.12345678901' });
    expect(() => compile({ out: formula }, none, digits)).toThrow(/bound-too-wide/);
    const large = compile.bind(null, { out: wide.plus(wide) }, none, march);
    expect(large).toThrow(/bound-too-wide/);
    const below = input('amount', label, 'fen', -1, 10).times(rate('test.rate'));
    const negative = () =>
      compile({ out: below.round('fen-half-up') }, none, asked({ 'test.rate': '1' }));
    expect(negative).toThrow(/bound-too-wide/);
  });

  it('bounds and clamps as the interpreter does, even with limits that move or cross', () => {
    const of = input('of', label, 'fen', 0, 100);
    const low = input('low', label, 'fen', 0, 100);
    const high = input('high', label, 'fen', 0, 100);
    const cell = fc.nat(100);
    fc.assert(
      fc.property(
        fc.array(fc.record({ of: cell, low: cell, high: cell }), { minLength: 1 }),
        (rows) => {
          for (const [fast, exact] of both(of.clamp(low, high), march, rows))
            expect(fast).toBe(exact);
        },
      ),
    );
    const narrow = input('of', label, 'fen', 0, 1).clamp(
      input('low', label, 'fen', 0, 2_000_000_000),
      money('a.b'),
    );
    const doubled = () => compile({ out: narrow.plus(narrow) }, none, asked({ 'a.b': '1' }));
    expect(doubled).toThrow(/bound-too-wide/);
  });

  it('keeps the versions behind values that were folded', () => {
    const of = (parameter: string) => money(parameter);
    const formula = of('a.one').plus(of('a.two').clamp(zero, of('a.three')));
    const question = asked({ 'a.one': '1', 'a.two': '2', 'a.three': '3' });
    const { versions } = compile({ out: formula }, none, question);
    expect(versions.map((v) => v.parameter).sort()).toEqual(['a.one', 'a.three', 'a.two']);
    expect(both(formula, question, [{}])).toEqual([[300, 300]]);
  });

  it('chooses by class and by condition', () => {
    const amount = input('amount', label, 'fen', 0, 1_000_000);
    const formula = when(
      { input: 'schemes', bit: 8 },
      amount.times(classRate('contribution.injury.classRates', 'injuryClass')).round('fen-half-up'),
      zero,
    );
    const rows = [1, 2, 3].map((injuryClass) => ({ amount: 12_345, injuryClass, schemes: 8 }));
    const compiled = compile({ out: formula }, bare, march);
    const arena = makeArena([...compiled.inputs, 'out'], 3);
    rows.forEach((r, i) => {
      arena.column('amount')[i] = r.amount;
      arena.column('injuryClass')[i] = r.injuryClass;
      arena.column('schemes')[i] = i === 1 ? 7 : 8;
    });
    compiled.run(arena, 3);
    expect([...arena.column('out')]).toEqual([62, 0, 247]);
    const outside = { amount: 1, injuryClass: 4, schemes: 8 };
    expect(() => evaluate(formula, bare, march, outside)).toThrow(/class-not-in-table/);
  });
});
