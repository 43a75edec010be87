/** Number of a day since 0000-03-01 in the Gregorian calendar, for differences only. */
export function dayNumber(day: string): number {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  const y = month <= 2 ? year - 1 : year;
  const m = month <= 2 ? month + 9 : month - 3;
  const monthDays = Math.floor((153 * m + 2) / 5);
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leaps + monthDays + Number(day.slice(8, 10)) - 1;
}

/** Quotient rounded half-up; neither part may be negative. */
export function halfUp(numerator: bigint, denominator: bigint): bigint {
  return (2n * numerator + denominator) / (2n * denominator);
}

/** The smaller of two amounts. */
export function lesser(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** The greater of two amounts. */
export function greater(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}
