import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { plainDate } from '../../kernel/index.ts';
import { callRule } from './engine.ts';
import { explain } from './explain.ts';
import { loadLaw, type PackEntry } from './law.ts';
import { levyByFund } from './rules/levy.ts';

const packs = ['cn/parameters', 'cn/bases', 'cn-43-hunan/parameters'].flatMap(
  (file) => parse(readFileSync(`law/${file}.yaml`, 'utf8')) as PackEntry[],
);
const law = loadLaw({ sample: false });
const sample = loadLaw({ sample: true });
const on = (date: string) => ({ place: '4304', on: plainDate(date) });

describe('what amounts rest on', () => {
  const inputs = {
    wage: 200_000,
    category: 1,
    injuryClass: 2,
    schemes: 31,
    injuryFloat: 3,
    employerSize: 1,
  };
  const cited = (fund: number, name: string, date: string) => {
    const { cite } = explain(levyByFund[fund]![name]!, sample, on(date), inputs);
    return cite === null ? '' : `${cite.document}${cite.article}`;
  };

  it('is the regulation to June 2011 and the law from July on', () => {
    const law2011 = (article: string) => `中华人民共和国社会保险法${article}`;
    for (const [fund, name, before, after] of [
      [1, 'pensionEmployer', '第三条', '第十二条'],
      [1, 'pensionEmployee', '第三条', '第十二条'],
      [3, 'medicalEmployer', '第三条', '第二十三条'],
      [4, 'unemploymentEmployee', '第三条', '第四十四条'],
      [5, 'injuryEmployer', '第二十九条', '第三十五条'],
      [6, 'maternityEmployer', '第二十九条', '第五十三条'],
    ] as const) {
      expect(cited(fund, name, '2011-06-30'), name).toBe(`社会保险费征缴暂行条例${before}`);
      expect(cited(fund, name, '2011-07-01'), name).toBe(law2011(after));
    }
    const base = explain(levyByFund[1]!['pensionEmployer']!, sample, on('2019-05-01'), inputs);
    const below = base.because[0]!;
    expect(below.cite?.article).toBe('第十二条');
    expect(below.because.map((b) => b.cite?.document)).toEqual([
      '国办发〔2019〕13号',
      '国办发〔2019〕13号',
    ]);
  });

  it('is kept by no determination: a kept law cites as the packs do', () => {
    const cite = law.asKept([]).cite('basis.due', on('2011-07-01'));
    expect(cite).toEqual({
      document: '中华人民共和国社会保险法',
      article: '第六十条',
      confidence: 'found',
    });
    expect(law.cite('basis.due', on('1999-01-21'))).toBeNull();
  });
});

describe('marks and documents', () => {
  const version = (id: string, date: string) => law.version(id, on(date));

  it('are of their time: no document is cited for days before the year in which it was made', () => {
    const years = new Map([
      ['社会保险费征缴暂行条例', 1999],
      ['社会保险费申报缴纳管理暂行办法', 1999],
      ['人社部令第13号', 2011],
      ['中华人民共和国社会保险法', 2011],
      ['社会保险费申报缴纳管理规定', 2013],
    ]);
    // Made in January 2015, in force from October 2014 by its own words.
    const backwards = '国发〔2015〕2号';
    const early = packs.flatMap((p) =>
      (p.versions ?? []).flatMap(({ from, document }) => {
        const made = /〔(\d{4})〕/.exec(document);
        const year = made === null ? years.get(document) : Number(made[1]);
        return year === undefined || document === backwards || Number(from.slice(0, 4)) >= year
          ? []
          : [`${p.id} ${from} ${document}`];
      }),
    );
    expect(packs.length).toBeGreaterThan(60);
    expect(early).toEqual([]);
  });

  it('mark what no document of the time is known to set as practice', () => {
    const rounding = (date: string) => version('contribution.limitsRounding', date);
    for (const date of ['2008-03-01', '2026-07-23'])
      expect(rounding(date)).toMatchObject({
        value: 'yuan-half-up',
        document: '经办惯例',
        confidence: 'memory-low',
      });
    expect(rounding('2026-07-24').document).toBe('湘人社规〔2026〕14号');
    const said = explain(levyByFund[1]!['pensionEmployee']!, sample, on('2008-03-01'), {
      wage: 20_000,
      category: 1,
      injuryClass: 2,
      schemes: 31,
      injuryFloat: 3,
      employerSize: 1,
    });
    expect(JSON.stringify(said)).toContain('经办惯例');
    expect(JSON.stringify(said)).not.toMatch(/〔20(09|[1-9]\d)〕/);
  });

  it('say no more than is known', () => {
    expect(version('contribution.pension.employerRate', '2007-12-31').confidence).toBe(
      'memory-low',
    );
    expect(version('contribution.pension.employerRate', '2008-01-01').confidence).toBe('memory');
    expect(law.isSet('contribution.pension.employerRate', on('2005-12-31'))).toBe(false);
    expect(version('contribution.pension.employerRate', '2019-05-01').confidence).toBe('memory');
    const rural = version('contribution.unemployment.ruralEmployeeFactor', '2011-07-01');
    expect([rural.value, rural.confidence]).toEqual(['1', 'memory-low']);
    const employee = 'contribution.unemployment.employeeRate';
    expect(version(employee, '2016-04-30').document).toBe('人社部发〔2015〕24号');
    expect(version(employee, '2016-05-01').document).toBe('人社部发〔2016〕36号');
    expect(version('contribution.pension.accountRate', '2005-12-31').value).toBe('0.11');
  });

  it('leave the medical account share unknown after the outpatient reform, in a sample city, too', () => {
    const share = 'contribution.medical.employerAccountShare';
    expect(sample.isSet(share, on('2022-12-31'))).toBe(true);
    expect(sample.isSet(share, on('2023-01-01'))).toBe(false);
  });
});

describe('late days', () => {
  const fee = (dayCount: string, dueDate: string, paidDate: string) =>
    callRule(
      law,
      'arrears.lateFee',
      { ...on(dueDate), overrides: { 'arrears.dayCount': dayCount } },
      { principal: '10000.00', scheme: 'pension', dueDate, paidDate, orderLapsed: true },
    ).outputs;

  it('take in the day of payment or not, as the parameter says', () => {
    const span = ['2011-06-10', '2011-08-31'] as const;
    expect(fee('payment-day-counts', ...span)).toMatchObject({ days: 82, lateFee: '710.00' });
    expect(fee('payment-day-free', ...span)).toMatchObject({
      days: 81,
      oldRateDays: 20,
      lateFee: '705.00',
    });
    expect(fee('payment-day-free', '2012-01-05', '2012-01-06')).toMatchObject({
      days: 0,
      lateFee: '0.00',
    });
    expect(() => fee('working-days', ...span)).toThrow(/strategy-unknown/);
  });
});

describe('late days around the change of law in July 2011', () => {
  const fee = (given: Record<string, unknown>, transition = 'split') =>
    callRule(
      law,
      'arrears.lateFee',
      { ...on('2011-08-10'), overrides: { 'arrears.lateFeeTransition': transition } },
      {
        principal: '1436.00',
        scheme: 'pension',
        dueDate: '2011-05-08',
        paidDate: '2011-08-10',
        ...given,
      },
    );
  const deferred = [{ from: '2011-05-19', until: '2011-07-31' }];

  it('bear the law of the day on which they fell, whatever a deferral took out between them', () => {
    const { outputs, derivation } = fee({ deferred });
    expect(outputs).toMatchObject({
      days: 20,
      oldRateDays: 0,
      newRateDays: 10,
      newRateFee: '7.18',
      lateFee: '7.18',
    });
    expect(derivation.formula).toEqual({
      zh:
        '迟 20 天，缓缴的 74 天不计：2011-05-09 至 2011-05-18（社会保险费征缴暂行条例第十三条）10 天里没有责令限期缴纳并逾期，不加收；' +
        '2011-08-01 至 2011-08-10（中华人民共和国社会保险法第八十六条）1436.00 × 0.05% × 10 天 = 7.18',
      en:
        '20 days late, 74 days of a deferral left out: 2011-05-09 to 2011-05-18 (社会保险费征缴暂行条例 第十三条) ' +
        'no order to pay was given and missed for 10 of them, no fee; ' +
        '2011-08-01 to 2011-08-10 (中华人民共和国社会保险法 第八十六条) 1436.00 × 0.05% × 10 days = 7.18',
    });
    const read = derivation.parameters.map((p) => p.id);
    expect(read).toContain('arrears.precondition');
    // 10 × 0.2 % = 28.72 and 10 × 0.05 % = 7.18.
    expect(fee({ deferred, orderLapsed: true }).outputs).toMatchObject({
      days: 20,
      oldRateDays: 10,
      oldRateFee: '28.72',
      lateFee: '35.90',
    });
  });

  it('leave out deferrals in any order, one over another, before the due day and after the payment', () => {
    const many = [
      { from: '2011-07-11', until: '2011-07-20' },
      { from: '2011-04-01', until: '2011-05-10' },
      { from: '2011-07-01', until: '2011-07-12' },
      { from: '2011-08-10', until: '2011-12-31' },
    ];
    // 05-11 to 06-30 are 51 days, 07-21 to 08-09 are 20.
    expect(fee({ deferred: many, orderLapsed: true }).outputs).toMatchObject({
      days: 71,
      oldRateDays: 51,
      oldRateFee: '146.47',
      newRateDays: 20,
      newRateFee: '14.36',
      lateFee: '160.83',
    });
    const whole = [{ from: '2011-05-09', until: '2011-08-10' }];
    expect(fee({ deferred: whole }).outputs).toMatchObject({ days: 0, lateFee: '0.00' });
    const backwards = [{ from: '2011-07-31', until: '2011-05-19' }];
    expect(() => fee({ deferred: backwards })).toThrow(/input-invalid/);
  });

  it('go by one law where the transition says so, with a deferral, too', () => {
    expect(fee({ deferred, orderLapsed: true }, 'old').outputs).toMatchObject({
      oldRateDays: 20,
      newRateDays: 0,
      lateFee: '57.44',
    });
    expect(fee({ deferred }, 'new').outputs).toMatchObject({ newRateDays: 20, lateFee: '14.36' });
  });

  it('bear the old rate only after an order that was missed before the change', () => {
    const to = { paidDate: '2011-07-20' };
    const missed = (day: string) => fee({ ...to, orderMissedOn: day });
    // 53 days to 30 June, 20 in July.
    expect(missed('2011-06-30').outputs).toMatchObject({
      oldRateDays: 53,
      oldRateFee: '152.22',
      newRateDays: 20,
      lateFee: '166.58',
    });
    for (const day of ['2011-07-01', '2011-07-05'])
      expect(missed(day).outputs).toMatchObject({
        days: 73,
        oldRateDays: 0,
        newRateDays: 20,
        lateFee: '14.36',
      });
    expect(missed('2011-07-05').derivation.formula.zh).toContain(
      '53 天：责令的限期是 2011-07-05，不在 2011-07-01 前逾期，不加收',
    );
    // An order whose day is the day of payment was kept.
    const kept = { paidDate: '2011-06-20', orderMissedOn: '2011-06-20' };
    expect(fee(kept).outputs).toMatchObject({ days: 43, lateFee: '0.00' });
  });
});

describe('work injury arrears due before 2011', () => {
  const fee = (
    of: typeof law,
    dueDate: string,
    given: Record<string, unknown> = {},
    transition = 'split',
  ) =>
    callRule(
      of,
      'arrears.lateFee',
      { ...on(dueDate), overrides: { 'arrears.lateFeeTransition': transition } },
      { principal: '100.00', scheme: 'injury', dueDate, paidDate: '2011-01-31', ...given },
    );

  it('have no late fee that a document sets, with an order or without, whatever the days', () => {
    for (const given of [{}, { orderLapsed: true }, { orderMissedOn: '2011-01-10' }])
      for (const transition of ['split', 'old', 'new'])
        expect(() => fee(law, '2010-12-31', given, transition)).toThrow(/parameter-unset/);
    expect(() => fee(law, '2008-03-15', { paidDate: '2008-04-15' })).toThrow(/parameter-unset/);
    expect(fee(law, '2010-12-31', { paidDate: '2010-12-31' }).outputs).toMatchObject({ days: 0 });
    expect(fee(law, '2011-01-01').outputs).toMatchObject({ days: 30, lateFee: '1.50' });
  });

  it('have the assumed one of a sample city, marked where it is charged', () => {
    const { outputs, derivation } = fee(sample, '2010-12-21', { orderMissedOn: '2010-12-25' });
    expect(outputs).toMatchObject({ oldRateDays: 10, newRateDays: 31, lateFee: '3.55' });
    expect(derivation.assumed).toBe(true);
    const free = fee(sample, '2010-12-31');
    expect([free.outputs['lateFee'], free.derivation.assumed]).toEqual(['1.55', false]);
  });
});
