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

/** The day after a day. */
export function dayAfter(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
  const two = (number: number) => String(number).padStart(2, '0');
  if (date < last) return `${day.slice(0, 8)}${two(date + 1)}`;
  if (month < 12) return `${day.slice(0, 5)}${two(month + 1)}-01`;
  return `${String(year + 1).padStart(4, '0')}-01-01`;
}

/** The earlier of two days. */
export function earlier(a: string, b: string): string {
  if (a < b) return a;
  return b;
}

/** The later of two days. */
export function later(a: string, b: string): string {
  if (a > b) return a;
  return b;
}
