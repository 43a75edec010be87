import {
  daysBetween,
  type Language,
  type Moment,
  monthNames,
  monthOf,
  type PlainDate,
  plainDate,
  month as readMonth,
  showDate,
} from '../../kernel/index.ts';

export { showMonth } from '../../kernel/index.ts';

/** 3 月, March: where the heading has the year. */
export function showMonthOnly(text: string, language: Language): string {
  const month = monthOf(readMonth(text));
  return language === 'zh' ? `${month} 月` : monthNames[month - 1]!;
}

/** 2008年3月14日. @throws MindunError date-impossible */
export function showDay(text: string, language: Language, weekday = false): string {
  return showDate(plainDate(text.slice(0, 10)), language, weekday);
}

/** 2008年3月14日 09:41. */
export function showMoment(text: string, language: Language): string {
  return `${showDay(text, language)} ${text.slice(11, 16)}`;
}

/** Days from the business date to `due`: negative when it has passed. */
export function daysLeft(at: Moment, due: string): number {
  return daysBetween(at.slice(0, 10) as PlainDate, plainDate(due));
}
