import { MindunError } from './errors.ts';

declare const dateBrand: unique symbol;
declare const monthBrand: unique symbol;
declare const momentBrand: unique symbol;

/** A calendar day `YYYY-MM-DD`. It has no zone and cannot become a moment by accident. */
export type PlainDate = string & { readonly [dateBrand]: true };
/** A calendar month `YYYY-MM`. */
export type Month = string & { readonly [monthBrand]: true };
/** Business time: `YYYY-MM-DDTHH:MM:SS` on the clock of Asia/Shanghai. */
export type Moment = string & { readonly [momentBrand]: true };

const shanghaiOffsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;

/** @throws MindunError date-impossible */
export function plainDate(text: string): PlainDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null || !isDate(Number(match[1]), Number(match[2]), Number(match[3]))) {
    throw noDate(text);
  }
  return text as PlainDate;
}

/** A day that is not there, or what is not written as one at all. */
function noDate(text: string): MindunError {
  return new MindunError('date-impossible', {
    wrong: /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? { zh: '没有这一天', en: 'There is no such date' }
      : { zh: '看不出是哪一天', en: 'It cannot be read as a date' },
    value: text === '' ? noneGiven : text,
  });
}

function noMonth(text: string): MindunError {
  return new MindunError('month-impossible', {
    wrong: /^\d{4}-\d{2}$/.test(text)
      ? { zh: '没有这个月', en: 'There is no such month' }
      : { zh: '看不出是哪个月', en: 'It cannot be read as a month' },
    value: text === '' ? noneGiven : text,
  });
}

const noneGiven = { zh: '（没有写）', en: '(none given)' };

/** Whether year, month (1–12) and day make a day of the Gregorian calendar, 1800 to 2999. */
export function isDate(year: number, month: number, day: number): boolean {
  if (!(year >= 1800 && year <= 2999) || !(month >= 1 && month <= 12) || day < 1) return false;
  return day <= daysInMonth(year, month);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** @throws MindunError month-impossible */
export function month(text: string): Month {
  const match = /^(\d{4})-(\d{2})$/.exec(text);
  if (match === null || !isDate(Number(match[1]), Number(match[2]), 1)) {
    throw noMonth(text);
  }
  return text as Month;
}

/** Days since 1970-01-01, for arithmetic and columns. */
export function epochDay(date: PlainDate): number {
  return Date.UTC(yearOf(date), monthOf(date) - 1, Number(date.slice(8, 10))) / dayMs;
}

/** The day that lies `days` after 1970-01-01. */
export function fromEpochDay(days: number): PlainDate {
  return new Date(days * dayMs).toISOString().slice(0, 10) as PlainDate;
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return fromEpochDay(epochDay(date) + days);
}

/** Days from `from` to `to`: 1 when `to` is the next day, negative when it lies before. */
export function daysBetween(from: PlainDate, to: PlainDate): number {
  return epochDay(to) - epochDay(from);
}

export function yearOf(value: PlainDate | Month | Moment): number {
  return Number(value.slice(0, 4));
}

/** 1–12. */
export function monthOf(value: PlainDate | Month | Moment): number {
  return Number(value.slice(5, 7));
}

export function monthOfDate(value: PlainDate | Moment): Month {
  return value.slice(0, 7) as Month;
}

export function dateOf(moment: Moment): PlainDate {
  return moment.slice(0, 10) as PlainDate;
}

/** Months as a number that can be counted with: year × 12 + month − 1. */
export function monthIndex(value: Month): number {
  return yearOf(value) * 12 + monthOf(value) - 1;
}

export function addMonths(value: Month, count: number): Month {
  const index = monthIndex(value) + count;
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}` as Month;
}

/** Months from `from` to `to`, 1 when `to` is the next month. */
export function monthsBetween(from: Month, to: Month): number {
  return monthIndex(to) - monthIndex(from);
}

/** The month as it is stored: 200803. */
export function period(value: Month): number {
  return yearOf(value) * 100 + monthOf(value);
}

/** 200803 as a month. @throws MindunError month-impossible */
export function monthOfPeriod(value: number): Month {
  const text = String(value);
  return month(`${text.slice(0, 4)}-${text.slice(4)}`);
}

export function firstDay(value: Month): PlainDate {
  return `${value}-01` as PlainDate;
}

export function lastDay(value: Month): PlainDate {
  return `${value}-${String(daysInMonth(yearOf(value), monthOf(value))).padStart(2, '0')}` as PlainDate;
}

/** Reads `2008-03-14`, `2008-03-14T09:00` or with seconds. @throws MindunError date-impossible */
export function moment(text: string): Moment {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  const bad =
    match === null ||
    Number(match[2] ?? 0) > 23 ||
    Number(match[3] ?? 0) > 59 ||
    Number(match[4] ?? 0) > 59;
  if (bad) throw noDate(text);
  const date = plainDate(match[1]!);
  return `${date}T${match[2] ?? '00'}:${match[3] ?? '00'}:${match[4] ?? '00'}` as Moment;
}

/** Business time of a wall-clock moment (milliseconds since 1970), in Asia/Shanghai. */
export function momentOfWall(wallMs: number): Moment {
  return new Date(wallMs + shanghaiOffsetMs).toISOString().slice(0, 19) as Moment;
}

export const monthNames: readonly string[] =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** 2008年3月, March 2008. @throws MindunError month-impossible */
export function showMonth(text: string, language: 'zh' | 'en'): string {
  const value = month(text);
  return language === 'zh'
    ? `${yearOf(value)}年${monthOf(value)}月`
    : `${monthNames[monthOf(value) - 1]} ${yearOf(value)}`;
}

/** 2008年3月14日, with the weekday when `weekday` is true: 3月21日（星期五）style callers cut the year. */
export function showDate(date: PlainDate, language: 'zh' | 'en', weekday = false): string {
  const day = new Date(epochDay(date) * dayMs).getUTCDay();
  const d = Number(date.slice(8, 10));
  if (language === 'zh') {
    const text = `${yearOf(date)}年${monthOf(date)}月${d}日`;
    return weekday ? `${text}（星期${'日一二三四五六'[day]}）` : text;
  }
  const text = `${d} ${monthNames[monthOf(date) - 1]} ${yearOf(date)}`;
  const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  return weekday ? `${days[day]} ${text}` : text;
}

/** Wall clock in milliseconds: sessions, throttles, leases and logs only; business time comes from the city's clock. */
export function wallNow(): number {
  return Date.now();
}

/** A monotonic reading in milliseconds, for measuring spans. */
export function stopwatch(): number {
  return performance.now();
}
