import { showYuan } from '../../../kernel/money.ts';
import type { Language } from '../../../kernel/text.ts';
import {
  addDays,
  daysBetween,
  monthNames,
  plainDate,
  showDate,
  showMonth,
} from '../../../kernel/time.ts';

export { parseYuan, showYuan } from '../../../kernel/money.ts';
export { addMonths, month, monthOfDate, plainDate } from '../../../kernel/time.ts';

/** An amount in a column whose unit is stated once: 1,234.05. */
export function amount(fen: number): string {
  return showYuan(fen, { sign: false });
}

/** 4,126 */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Sum of a number of each row. */
export function sumOf<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0);
}

/** 89.0 % of two amounts; null when there is no whole. */
export function percent(part: number, whole: number): string | null {
  if (whole <= 0) return null;
  const tenths = Math.floor((part * 1000) / whole);
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
}

export { showMonth };

/** 3 月, March: where the heading has the year. */
export function monthOnly(text: string, language: Language): string {
  const month = Number(text.slice(5, 7));
  return language === 'zh' ? `${month} 月` : (monthNames[month - 1] ?? text);
}

/** 2008年3月14日 */
export function day(text: string, language: Language, weekday = false): string {
  return showDate(plainDate(text.slice(0, 10)), language, weekday);
}

/** 3月14日, 14 March: where the year is known. */
export function shortDay(text: string, language: Language): string {
  const full = day(text, language);
  return language === 'zh' ? full.slice(5) : full.slice(0, -5);
}

/** 2008年3月14日 10:42 */
export function showMoment(text: string, language: Language): string {
  return `${day(text, language)} ${text.slice(11, 16)}`;
}

/** 3月14日 10:42 */
export function shortMoment(text: string, language: Language): string {
  return `${shortDay(text, language)} ${text.slice(11, 16)}`;
}

/** Days from one day to another: negative when it has passed. */
export function daysTo(from: string, to: string): number {
  return daysBetween(plainDate(from.slice(0, 10)), plainDate(to.slice(0, 10)));
}

/** 09:41 by the clock of this computer. */
export function clockNow(): string {
  return new Date().toTimeString().slice(0, 5);
}

/** The day so many days before one. */
export function daysBefore(text: string, days: number): string {
  return addDays(plainDate(text.slice(0, 10)), -days);
}

/** Minutes from now to a moment of the wall in Asia/Shanghai (2026-11-29T10:42), by the clock of this computer; none when it has passed. */
export function minutesTo(wall: string): number {
  return Math.max(0, Math.ceil((Date.parse(`${wall}:00+08:00`) - Date.now()) / 60_000));
}
