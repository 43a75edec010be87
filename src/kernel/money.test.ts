import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MindunError } from './errors.ts';
import { apportion, capitalYuan, fen, parseYuan, showYuan, yuan, yuanRational } from './money.ts';

const amount = fc
  .integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
  .map((n) => fen(n));

function codeOf(text: string): string {
  try {
    parseYuan(text);
    return '';
  } catch (error) {
    return error instanceof MindunError ? error.code : String(error);
  }
}

describe('fen', () => {
  it('takes whole safe numbers only', () => {
    expect(Object.is(fen(-0), 0)).toBe(true);
    expect(fen(12n)).toBe(12);
    for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => fen(bad)).toThrow(RangeError);
    }
  });
});

describe('parseYuan', () => {
  it('reads yuan as people write them', () => {
    const read = ['0', '1234.5', '1,234.50', '-12.05', '+7', '1,000,000', '0.1'].map(parseYuan);
    expect(read).toEqual([0, 123450, 123450, -1205, 700, 100000000, 10]);
  });

  it('refuses what is no amount, with its reason', () => {
    for (const text of [
      '',
      '一千二百',
      '1.',
      '.5',
      '12,34',
      '1,2345',
      '1e3',
      '1 000',
      '--1',
      '∞',
    ]) {
      expect(codeOf(text), text).toBe('amount-not-a-number');
    }
    expect(codeOf('1200.005')).toBe('amount-precision');
    expect(codeOf('90071992547409.92')).toBe('amount-out-of-range');
    expect(parseYuan('90071992547409.91')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('reads back every amount that is written', () => {
    fc.assert(
      fc.property(amount, (a) => {
        expect(parseYuan(yuan(a))).toBe(a);
        const shown = showYuan(a, { sign: false }).replace('\u2212', '-');
        expect(parseYuan(shown)).toBe(a);
        expect(yuanRational(a).toPlaces(2)).toBe(yuan(a));
      }),
    );
  });
});

describe('showYuan', () => {
  it('groups thousands, with a real minus before the sign of the yuan', () => {
    expect(showYuan(123405)).toBe('¥1,234.05');
    expect(showYuan(-123405)).toBe('\u2212¥1,234.05');
    expect(showYuan(99999)).toBe('¥999.99');
    expect(showYuan(100000000, { sign: false })).toBe('1,000,000.00');
  });
});

const digits = '零壹贰叁肆伍陆柒捌玖';
const small: Record<string, bigint> = { 拾: 10n, 佰: 100n, 仟: 1000n };
const large: Record<string, bigint> = { 万: 10n ** 4n, 亿: 10n ** 8n, 兆: 10n ** 12n };

/** Reads capitals back to fen: written apart from the code that writes them. */
function readCapitals(text: string): bigint {
  const match = /^人民币(负?)(?:([^元]+)元)?(?:零?(.)角|零)?(?:(.)分)?整?$/u.exec(text);
  if (match === null) throw new Error(text);
  let whole = 0n;
  let group = 0n;
  let digit = 0n;
  for (const c of match[2] ?? '') {
    const value = digits.indexOf(c);
    if (value >= 0) digit = BigInt(value);
    else if (c in small) {
      group += digit * small[c]!;
      digit = 0n;
    } else {
      whole += (group + digit) * large[c]!;
      group = 0n;
      digit = 0n;
    }
  }
  whole += group + digit;
  const figure = (c: string | undefined) => (c === undefined ? 0n : BigInt(digits.indexOf(c)));
  const total = whole * 100n + figure(match[3]) * 10n + figure(match[4]);
  return match[1] === '负' ? -total : total;
}

describe('capitalYuan', () => {
  it('writes as bills print it', () => {
    const written = [0, 1, 10, 11, 100, 10005, 100010, 41300006, 1000100, 10001000000, -250].map(
      (n) => capitalYuan(n),
    );
    expect(written).toEqual([
      '人民币零元整',
      '人民币壹分',
      '人民币壹角整',
      '人民币壹角壹分',
      '人民币壹元整',
      '人民币壹佰元零伍分',
      '人民币壹仟元壹角整',
      '人民币肆拾壹万叁仟元零陆分',
      '人民币壹万零壹元整',
      '人民币壹亿零壹万元整',
      '人民币负贰元伍角整',
    ]);
  });

  it('can be read back for every amount, never with two zeros in a row', () => {
    fc.assert(
      fc.property(amount, (a) => {
        const text = capitalYuan(a);
        expect(readCapitals(text)).toBe(BigInt(a));
        expect(text).not.toMatch(/零零|零[拾佰仟万亿]/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('apportion', () => {
  const total = fc.integer({ min: -(10 ** 12), max: 10 ** 12 }).map((n) => fen(n));
  const sum = (parts: readonly number[]) => parts.reduce((s, p) => s + p, 0);

  it('gives what is left to the largest remainders, the earlier first', () => {
    expect(apportion(fen(100), [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(fen(-100), [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(apportion(fen(10), [1, 2, 0])).toEqual([3, 7, 0]);
    expect(apportion(fen(0), [0, 0])).toEqual([0, 0]);
    expect(() => apportion(fen(1), [0, 0])).toThrow(RangeError);
    expect(() => apportion(fen(1), [5, -1])).toThrow(RangeError);
  });

  it('sums to the total, each part within a fen of its share', () => {
    const weights = fc.array(fc.nat(10 ** 9), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(total, weights, (t, w) => {
        fc.pre(sum(w) > 0);
        const parts = apportion(t, w);
        expect(sum(parts)).toBe(t);
        parts.forEach((p, i) => {
          const off = BigInt(p) * BigInt(sum(w)) - BigInt(t) * BigInt(w[i]!);
          expect(off < 0n ? -off : off).toBeLessThan(BigInt(sum(w)));
        });
      }),
    );
  });
});
