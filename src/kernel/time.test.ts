import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MindunError } from './errors.ts';
import {
  addDays,
  addMonths,
  dateOf,
  daysBetween,
  epochDay,
  firstDay,
  fromEpochDay,
  isDate,
  lastDay,
  moment,
  momentOfWall,
  month,
  monthOfDate,
  monthOfPeriod,
  monthsBetween,
  period,
  plainDate,
  showDate,
} from './time.ts';

const day = fc
  .integer({ min: epochDay(plainDate('1800-01-01')), max: epochDay(plainDate('2999-12-31')) })
  .map(fromEpochDay);
const someMonth = fc.integer({ min: 0, max: 1199 * 12 }).map((n) => addMonths(month('1800-01'), n));

it('tells a day that is not there from what is no day at all', () => {
  const said = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      if (error instanceof MindunError) return error.text('zh');
    }
    return '';
  };
  expect(said(() => plainDate('2008-02-30'))).toBe('没有这一天：2008-02-30');
  expect(said(() => plainDate('昨天'))).toBe('看不出是哪一天：昨天');
  expect(said(() => moment('noon'))).toBe('看不出是哪一天：noon');
  expect(said(() => month('2008-13'))).toBe('没有这个月：2008-13');
  expect(said(() => month('三月'))).toBe('看不出是哪个月：三月');
  expect(said(() => month(''))).toBe('看不出是哪个月：（没有写）');
});

describe('dates', () => {
  it('knows the Gregorian calendar', () => {
    expect(isDate(2000, 2, 29)).toBe(true);
    expect([isDate(1900, 2, 29), isDate(2007, 2, 29), isDate(2008, 4, 31)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([
      isDate(1799, 12, 31),
      isDate(3000, 1, 1),
      isDate(2008, 13, 1),
      isDate(2008, 1, 0),
    ]).toEqual([false, false, false, false]);
  });

  it('refuses what is no day', () => {
    for (const text of [
      '2008-02-30',
      '2008-2-3',
      '2008/02/03',
      '',
      '2008-02-03T00:00',
      '２００８-02-03',
    ]) {
      expect(() => plainDate(text), text).toThrow(/date-impossible/);
    }
    for (const text of ['2008-13', '2008-00', '200803', '2008-3', '1700-01']) {
      expect(() => month(text), text).toThrow(/month-impossible/);
    }
    for (const value of [200813, 20083, 0, -200803]) {
      expect(() => monthOfPeriod(value), String(value)).toThrow(/month-impossible/);
    }
  });

  it('counts days there and back', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: -20000, max: 20000 }), (d, n) => {
        expect(plainDate(d)).toBe(d);
        expect(fromEpochDay(epochDay(d))).toBe(d);
        const other = addDays(d, n);
        expect(daysBetween(d, other)).toBe(n);
        expect(Math.sign(n)).toBe(other > d ? 1 : other < d ? -1 : 0);
      }),
    );
  });

  it('steps from day to day without a gap', () => {
    fc.assert(
      fc.property(day, (d) => {
        const next = addDays(d, 1);
        const sameMonth = monthOfDate(next) === monthOfDate(d);
        expect(sameMonth).toBe(d !== lastDay(monthOfDate(d)));
        expect(Number(next.slice(8))).toBe(sameMonth ? Number(d.slice(8)) + 1 : 1);
      }),
    );
  });

  it('counts months there and back, over years', () => {
    expect(addMonths(month('2008-01'), -1)).toBe('2007-12');
    expect(addMonths(month('2007-11'), 14)).toBe('2009-01');
    fc.assert(
      fc.property(someMonth, fc.integer({ min: -500, max: 500 }), (m, n) => {
        expect(monthsBetween(m, addMonths(m, n))).toBe(n);
        expect(addMonths(addMonths(m, n), -n)).toBe(m);
        expect(monthOfPeriod(period(m))).toBe(m);
        expect(addDays(lastDay(m), 1)).toBe(firstDay(addMonths(m, 1)));
      }),
    );
  });

  it('shows dates in both languages', () => {
    const d = plainDate('2008-03-14');
    expect(showDate(d, 'zh')).toBe('2008年3月14日');
    expect(showDate(d, 'zh', true)).toBe('2008年3月14日（星期五）');
    expect(showDate(d, 'en', true)).toBe('Friday 14 March 2008');
  });
});

describe('moments', () => {
  it('fills in the time of day', () => {
    expect(moment('2008-03-14')).toBe('2008-03-14T00:00:00');
    expect(moment('2008-03-14 09:30')).toBe('2008-03-14T09:30:00');
    expect(moment('2008-03-14T23:59:59')).toBe('2008-03-14T23:59:59');
  });

  it('refuses a time that no clock shows', () => {
    for (const text of [
      '2008-03-14T24:00',
      '2008-03-14T09:60',
      '2008-02-30T09:00',
      '2008-03-14T9:00',
    ]) {
      expect(() => moment(text), text).toThrow(/date-impossible/);
    }
  });

  it('reads the wall clock in Asia/Shanghai', () => {
    expect(momentOfWall(0)).toBe('1970-01-01T08:00:00');
    expect(dateOf(momentOfWall(Date.UTC(2008, 2, 14, 16, 0, 0)))).toBe('2008-03-15');
    expect(dateOf(momentOfWall(Date.UTC(2008, 2, 14, 15, 59, 59)))).toBe('2008-03-14');
  });
});
