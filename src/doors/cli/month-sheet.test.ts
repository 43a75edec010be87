import { describe, expect, it } from 'vitest';
import { type MonthAnswer, monthSheet, stepSheet } from './month-sheet.ts';

const assess = { bills: 2, persons: 3, provisional: 1, employerFen: 53_460, employeeFen: 19_800 };
const done: MonthAnswer = {
  month: '2008-03',
  simulated: null,
  assess,
  credit: { persons: 3, creditedFen: 0 },
  close: null,
  waitingFor: { step: 'close', role: 'fund-accountant' },
};

describe('the sheet of a month', () => {
  it('names every figure and who is to do what is left in words', () => {
    expect(monthSheet(done, 'zh')).toBe(`月份  2008-03

核定
  缴费单      2
  人数        3
  暂缴的单位  1
  单位缴合计  ¥534.60
  个人缴合计  ¥198.00

个人账户记入
  人数      3
  记入账户  ¥0.00

还没有关账：由基金会计办`);
    expect(monthSheet(done, 'en')).toMatch(/Not closed yet; to be done by: Fund accountant$/);
  });

  it('tells the closing by its figures, and shows no key in either language', () => {
    const close = {
      month: '2008-03',
      state: 'closed',
      collectedFen: 73_260,
      sweptFen: 73_260,
    } as const;
    for (const language of ['zh', 'en'] as const) {
      const text = monthSheet({ ...done, close, waitingFor: null }, language);
      expect(text).not.toMatch(/Fen|role|step|waiting|null/);
      expect(text).toContain('¥732.60');
    }
    expect(stepSheet(assess, 'en')).toContain('employers pay         ¥534.60');
  });
});
