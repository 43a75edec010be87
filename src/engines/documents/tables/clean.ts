import { isDate, type PlainDate, visible } from '../../../kernel/index.ts';

/** Nothing but visible ASCII. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c < 0x21 || c > 0x7e) return false;
  }
  return true;
}

/** Nothing but Chinese characters of the first plane, as most names and words are: nothing to clean. */
function isChinese(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (c < 0x3400 || c > 0x9fff) return false;
  }
  return true;
}

/** Full-width ASCII to half-width, every kind of blank inside and out removed: for numbers, dates and codes. */
export function narrow(text: string): string {
  if (isPlain(text)) return text;
  return halfWidth(visible(text))
    .replace(/\s/g, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-');
}

/** Blanks around removed and those inside a Chinese name, too: 彭 涵敏　 → 彭涵敏. */
export function trimName(text: string): string {
  if (isChinese(text)) return text;
  const plain = visible(text).replace(/\s/g, ' ').trim();
  return /[\u2e80-\u9fff]/.test(plain) ? plain.replace(/\s+/g, '') : plain.replace(/\s+/g, ' ');
}

/** Blanks around removed, full-width brackets narrowed: for words from a list and headers. */
export function word(text: string): string {
  if (isChinese(text)) return text;
  return visible(text).replace(/\s/g, '').replace(/（/g, '(').replace(/）/g, ')');
}

/** Full-width ASCII to half-width. */
function halfWidth(text: string): string {
  return text.replace(/[\uff01-\uff5e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

/** A day without the midnight that databases export with it (2005-03-01 00:00:00); another time of the day is no slip and stays. */
function withoutMidnight(text: string): string {
  // Before blanks go: 2005/3/1 0:00 is not the 10th.
  if (!/[:：]/.test(text)) return narrow(text);
  return narrow(
    halfWidth(visible(text)).replace(/([\d日])(?:\s+|T)00?:00(?::00(?:\.0+)?)?\s*$/, '$1'),
  );
}

/** Whether a text that is no date is written as one is: there is no such day. */
export function writtenAsDate(text: string): boolean {
  return /^\d{4}([-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日?|\d{4})$/.test(
    withoutMidnight(text),
  );
}

/**
 * A date as people write it: 2002-04-29, 2002/4/29, 2002.4.29, 1993年7月16日, 20020429, each with midnight behind it, too, or a workbook's serial number.
 * Null when it is none of these or no such day exists.
 */
export function readDate(text: string, serial: boolean): PlainDate | null {
  if (isoDate(text)) return text as PlainDate;
  const plain = withoutMidnight(text);
  if (isoDate(plain)) return plain as PlainDate;
  if (serial && /^\d{1,5}(\.0+)?$/.test(plain)) return fromSerial(Number.parseInt(plain, 10));
  const match =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(plain) ??
    /^(\d{4})年(\d{1,2})月(\d{1,2})日?$/.exec(plain) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (!isDate(year, month, day)) return null;
  return `${match[1]}-${match[2]!.padStart(2, '0')}-${match[3]!.padStart(2, '0')}` as PlainDate;
}

/** Whether the text is an existing day as YYYY-MM-DD: the common case, by character codes. */
function isoDate(text: string): boolean {
  if (text.length !== 10 || text[4] !== '-' || text[7] !== '-') return false;
  for (let i = 0; i < 10; i += 1) {
    const c = text.charCodeAt(i);
    if (i !== 4 && i !== 7 && (c < 48 || c > 57)) return false;
  }
  return isDate(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
}

function number(text: string, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i += 1) n = n * 10 + text.charCodeAt(i) - 48;
  return n;
}

const serialEpoch = Date.UTC(1899, 11, 30);

/** Day of a spreadsheet's serial number (1900 system, whose 29 February 1900 never was). */
function fromSerial(serial: number): PlainDate | null {
  if (serial < 1) return null;
  const days = serial < 60 ? serial + 1 : serial;
  return new Date(serialEpoch + days * 86_400_000).toISOString().slice(0, 10) as PlainDate;
}
