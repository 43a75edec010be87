import { describe, expect, it } from 'vitest';
import { plainDate } from '../../kernel/index.ts';
import { callRule } from './engine.ts';
import { explain } from './explain.ts';
import { loadLaw } from './law.ts';
import { levyByFund } from './rules/levy.ts';

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
    expect(cite).toEqual({ document: '中华人民共和国社会保险法', article: '第六十条' });
    expect(law.cite('basis.due', on('1999-01-21'))).toBeNull();
  });
});

describe('marks and documents', () => {
  const version = (id: string, date: string) => law.version(id, on(date));

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
