import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from './rational.ts';

const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
  .map(([n, d]) => Rational.of(n, d));
const half = Rational.of(1, 2);

describe('Rational', () => {
  it('keeps lowest terms with the sign on top', () => {
    const x = Rational.of(6, -8);
    expect([x.num, x.den]).toEqual([-3n, 4n]);
    expect([Rational.of(0, -5).num, Rational.of(0, -5).den]).toEqual([0n, 1n]);
    expect(() => Rational.of(1, 0)).toThrow(RangeError);
    expect(() => Rational.one.over(Rational.zero)).toThrow(RangeError);
  });

  it('reads decimal text only', () => {
    expect(Rational.parse('-0.065').equals(Rational.of(-13, 200))).toBe(true);
    expect(Rational.parse('+12').equals(Rational.of(12))).toBe(true);
    for (const text of ['', '.5', '1.', '1e3', '1,000', ' 1', '0x10', '--1', 'NaN']) {
      expect(() => Rational.parse(text), text).toThrow(RangeError);
    }
  });

  it('rounds half away from zero', () => {
    const rounded = ['0.5', '1.5', '2.5', '-0.5', '-2.5', '2.4999', '-2.4999'].map((t) =>
      Rational.parse(t).roundHalfUp(),
    );
    expect(rounded).toEqual([1n, 2n, 3n, -1n, -3n, 2n, -2n]);
    expect(Rational.parse('-0.004').toPlaces(2)).toBe('0.00');
    expect(Rational.parse('-0.005').toPlaces(2)).toBe('-0.01');
    expect(Rational.parse('1234.5').toPlaces(0)).toBe('1235');
  });

  it('writes only decimals that end', () => {
    expect(Rational.of(1, 8).toDecimal()).toBe('0.125');
    expect(Rational.of(-7).toDecimal()).toBe('-7');
    expect(() => Rational.of(1, 3).toDecimal()).toThrow(RangeError);
  });

  it('obeys the laws of a field and of order', () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        expect(a.plus(b).equals(b.plus(a))).toBe(true);
        expect(a.times(b.plus(c)).equals(a.times(b).plus(a.times(c)))).toBe(true);
        expect(a.minus(b).plus(b).equals(a)).toBe(true);
        if (b.num !== 0n) expect(a.over(b).times(b).equals(a)).toBe(true);
        expect(a.compare(b)).toBe(Math.sign(Number(a.minus(b).num)));
        expect(a.compare(b) === -b.compare(a) || a.equals(b)).toBe(true);
      }),
    );
  });

  it('rounds to a nearest whole number, floor below, ceiling above', () => {
    fc.assert(
      fc.property(number, (x) => {
        const off = x.minus(Rational.of(x.roundHalfUp()));
        expect(off.compare(half)).toBeLessThanOrEqual(0);
        expect(off.negated().compare(half)).toBeLessThanOrEqual(0);
        const above = x.minus(Rational.of(x.floor()));
        expect(above.compare(Rational.zero)).toBeGreaterThanOrEqual(0);
        expect(above.compare(Rational.one)).toBe(-1);
        expect(x.ceil() - x.floor()).toBe(x.den === 1n ? 0n : 1n);
      }),
    );
  });

  it('reads back what it writes', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(8))
      .map(([n, places]) => Rational.of(n, 10n ** BigInt(places)));
    fc.assert(
      fc.property(decimal, (x) => {
        expect(Rational.parse(x.toDecimal()).equals(x)).toBe(true);
        expect(Rational.parse(x.toPlaces(8)).equals(x)).toBe(true);
      }),
    );
  });
});
