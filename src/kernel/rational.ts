/**
 * Exact rational numbers over BigInt. Money that is not yet rounded, rates and quotients live here;
 * nothing in the house computes an official amount with a binary float.
 */
export class Rational {
  /** Numerator, carries the sign. */
  readonly num: bigint;
  /** Denominator, always positive, without a common factor with the numerator. */
  readonly den: bigint;

  private constructor(num: bigint, den: bigint) {
    this.num = num;
    this.den = den;
  }

  /** num ÷ den in lowest terms. @throws RangeError when den is zero. */
  static of(num: bigint | number, den: bigint | number = 1n): Rational {
    let n = BigInt(num);
    let d = BigInt(den);
    if (d === 0n) throw new RangeError('division by zero');
    if (d < 0n) {
      n = -n;
      d = -d;
    }
    const g = gcd(n < 0n ? -n : n, d);
    return g > 1n ? new Rational(n / g, d / g) : new Rational(n, d);
  }

  /** Reads decimal text such as `-0.065`. @throws RangeError when the text is no decimal number. */
  static parse(text: string): Rational {
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (match === null) throw new RangeError(`not a decimal number: ${text}`);
    const fraction = match[3] ?? '';
    const n = BigInt(match[2]! + fraction);
    return Rational.of(match[1] === '-' ? -n : n, 10n ** BigInt(fraction.length));
  }

  static readonly zero = Rational.of(0n);
  static readonly one = Rational.of(1n);

  plus(x: Rational): Rational {
    return Rational.of(this.num * x.den + x.num * this.den, this.den * x.den);
  }
  minus(x: Rational): Rational {
    return Rational.of(this.num * x.den - x.num * this.den, this.den * x.den);
  }
  times(x: Rational): Rational {
    return Rational.of(this.num * x.num, this.den * x.den);
  }
  /** @throws RangeError when x is zero. */
  over(x: Rational): Rational {
    return Rational.of(this.num * x.den, this.den * x.num);
  }
  negated(): Rational {
    return Rational.of(-this.num, this.den);
  }
  compare(x: Rational): -1 | 0 | 1 {
    const d = this.num * x.den - x.num * this.den;
    return d < 0n ? -1 : d > 0n ? 1 : 0;
  }
  equals(x: Rational): boolean {
    return this.num === x.num && this.den === x.den;
  }

  /** Half up, away from zero (四舍五入), to an integer. */
  roundHalfUp(): bigint {
    const a = this.num < 0n ? -this.num : this.num;
    const q = (2n * a + this.den) / (2n * this.den);
    return this.num < 0n ? -q : q;
  }
  /** Towards minus infinity (舍去 for amounts that are not negative). */
  floor(): bigint {
    const q = this.num / this.den;
    return this.num < 0n && q * this.den !== this.num ? q - 1n : q;
  }
  /** Towards plus infinity. */
  ceil(): bigint {
    return -this.negated().floor();
  }

  /** Exact decimal text; @throws RangeError when the fraction does not end (1/3). */
  toDecimal(): string {
    let d = this.den;
    let places = 0;
    for (const p of [2n, 5n]) {
      let count = 0;
      while (d % p === 0n) {
        d /= p;
        count += 1;
      }
      places = Math.max(places, count);
    }
    if (d !== 1n) throw new RangeError(`no finite decimal: ${this.num}/${this.den}`);
    return this.toPlaces(places);
  }

  /** Decimal text with exactly `places` digits after the point, rounded half up. */
  toPlaces(places: number): string {
    const scaled = this.times(Rational.of(10n ** BigInt(places))).roundHalfUp();
    const negative = scaled < 0n;
    const digits = (negative ? -scaled : scaled).toString().padStart(places + 1, '0');
    const cut = digits.length - places;
    const text = places === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
    return negative ? `-${text}` : text;
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let x = a;
  let y = b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
