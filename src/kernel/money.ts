import { defineErrors, MindunError } from './errors.ts';
import { Rational } from './rational.ts';

declare const fenBrand: unique symbol;
/** An amount of money: a whole number of fen (0.01 yuan), safe below 2^53. Never a float of yuan. */
export type Fen = number & { readonly [fenBrand]: true };

defineErrors({
  'amount-not-a-number': {
    message: { zh: '“{value}”不是金额', en: '“{value}” is not an amount' },
    mend: { zh: '请只写数字，例如 1234.50。', en: 'Write figures only, for example 1234.50.' },
    status: 400,
  },
  'amount-precision': {
    message: { zh: '“{value}”小数多于两位', en: '“{value}” has more than two decimal places' },
    mend: {
      zh: '金额写到分为止，最多两位小数。',
      en: 'Amounts end at the fen: two decimals at most.',
    },
    status: 400,
  },
  'amount-out-of-range': {
    message: { zh: '金额“{value}”超出范围', en: 'The amount “{value}” is out of range' },
    mend: { zh: '请核对金额和单位（元）。', en: 'Check the amount and its unit (yuan).' },
    status: 400,
  },
});

/** A whole number of fen. @throws RangeError when it is not a safe integer: a fault of the program. */
export function fen(value: number | bigint): Fen {
  const n = Number(value);
  if (!Number.isSafeInteger(n)) throw new RangeError(`not a whole number of fen: ${value}`);
  return (n === 0 ? 0 : n) as Fen;
}

/**
 * Reads yuan as people write them (`1,234.5`, full-width digits already narrowed).
 * @throws MindunError amount-not-a-number, amount-precision, amount-out-of-range
 */
export function parseYuan(text: string): Fen {
  const common = plainFen(text);
  if (common >= 0) return common as Fen;
  const match = /^([+-]?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new MindunError('amount-not-a-number', { value: text });
  const fraction = match[3] ?? '';
  if (fraction.length > 2) throw new MindunError('amount-precision', { value: text });
  const digits = match[2]!.replaceAll(',', '') + fraction.padEnd(2, '0');
  const value = Number(match[1] === '-' ? `-${digits}` : digits);
  if (!Number.isSafeInteger(value)) throw new MindunError('amount-out-of-range', { value: text });
  return fen(value);
}

/** Fen of figures alone, one point and two places at most, as nearly all amounts are written; -1 for anything else. */
function plainFen(text: string): number {
  const point = text.indexOf('.');
  const whole = point < 0 ? text.length : point;
  const places = point < 0 ? 0 : text.length - point - 1;
  if (whole === 0 || whole > 12 || places > 2 || (point >= 0 && places === 0)) return -1;
  let fen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (i === point) continue;
    const c = text.charCodeAt(i);
    if (c < 48 || c > 57) return -1;
    fen = fen * 10 + c - 48;
  }
  return places === 2 ? fen : places === 1 ? fen * 10 : fen * 100;
}

/** Plain yuan text with two places: `-1234.05`. For files, cases and JSON text. */
export function yuan(amount: Fen | number): string {
  const a = Math.abs(amount);
  const text = `${Math.floor(a / 100)}.${String(a % 100).padStart(2, '0')}`;
  return amount < 0 ? `-${text}` : text;
}

/** As people read it: `¥1,234.05`, minus sign U+2212 before the sign; `sign: false` drops the ¥. */
export function showYuan(amount: Fen | number, options: { sign?: boolean } = {}): string {
  const plain = yuan(Math.abs(amount));
  const dot = plain.indexOf('.');
  const whole = plain.slice(0, dot).replace(/\B(?=(\d{3})+$)/g, ',');
  const text = `${options.sign === false ? '' : '¥'}${whole}${plain.slice(dot)}`;
  return amount < 0 ? `\u2212${text}` : text;
}

const capitalDigits = '零壹贰叁肆伍陆柒捌玖';
const smallUnits = ['', '拾', '佰', '仟'];
const largeUnits = ['', '万', '亿', '兆'];

/** The amount in financial capitals (人民币大写), as bills print it: 肆拾壹万叁仟元零陆分. */
export function capitalYuan(amount: Fen | number): string {
  const a = BigInt(Math.abs(amount));
  const whole = a / 100n;
  const jiao = Number((a / 10n) % 10n);
  const cents = Number(a % 10n);
  let text = whole === 0n ? '' : `${capitalWhole(whole)}元`;
  if (jiao === 0 && cents === 0) text = `${text === '' ? '零元' : text}整`;
  else if (jiao === 0) text += `${whole === 0n ? '' : '零'}${capitalDigits[cents]}分`;
  else text += `${capitalDigits[jiao]}角${cents === 0 ? '整' : `${capitalDigits[cents]}分`}`;
  return `人民币${amount < 0 ? '负' : ''}${text}`;
}

function capitalWhole(whole: bigint): string {
  const digits = whole.toString();
  let text = '';
  let zero = false;
  let groupUsed = false;
  for (let i = 0; i < digits.length; i += 1) {
    const place = digits.length - 1 - i;
    const digit = Number(digits[i]);
    if (digit === 0) zero = text !== '';
    else {
      text += `${zero ? '零' : ''}${capitalDigits[digit]}${smallUnits[place % 4]}`;
      zero = false;
      groupUsed = true;
    }
    if (place % 4 === 0 && place > 0 && groupUsed) {
      text += largeUnits[place / 4]!;
      groupUsed = false;
    }
  }
  return text;
}

/**
 * Divides `total` over `weights` so that the parts sum to it exactly: each gets its floor, the
 * remaining fen go to the largest remainders, equal remainders to the earlier part. A negative total is
 * divided as its positive twin. A weight below zero, or weights that sum to zero with a total that is not: RangeError.
 */
export function apportion(total: Fen, weights: readonly number[]): Fen[] {
  const sign = total < 0 ? -1 : 1;
  const whole = BigInt(Math.abs(total));
  const sum = weights.reduce((s, w) => s + BigInt(w), 0n);
  if (weights.some((w) => w < 0)) throw new RangeError('a weight below zero');
  if (sum === 0n) {
    if (total !== 0) throw new RangeError('nothing to apportion over');
    return weights.map(() => fen(0));
  }
  const products = weights.map((w) => whole * BigInt(w));
  const remainders = products.map((p) => p % sum);
  const floors = products.map((p) => p / sum);
  let left = Number(whole - floors.reduce((s, f) => s + f, 0n));
  const order = weights
    .map((_, i) => i)
    .sort((a, b) =>
      remainders[a]! === remainders[b]! ? a - b : remainders[a]! > remainders[b]! ? -1 : 1,
    );
  for (const i of order) {
    if (left === 0) break;
    floors[i]! += 1n;
    left -= 1;
  }
  return floors.map((f) => fen(sign * Number(f)));
}

/** Exact yuan of an amount of fen. */
export function yuanRational(amount: Fen | number): Rational {
  return Rational.of(amount, 100);
}
