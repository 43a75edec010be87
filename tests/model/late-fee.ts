/**
 * The late fee of the model, day by day: every day from the due day to the payment is looked at by itself, whether a deferral
 * covers it and which law it bears.
 */
import { dayAfter, earlier, halfUp, later } from './arithmetic.ts';
import type { Fraction, Fund, Instalment, Law } from './types.ts';

/** A deferral that was agreed on a day; days after that one bear no fee, as long as it runs. */
export interface Agreement {
  readonly day: string;
  readonly until: string;
  readonly instalments: readonly Instalment[];
}

/** A bill with all that was ordered, agreed and paid about it so far. */
export interface BillDelay {
  readonly dueDay: string;
  /** Days by which it was ordered to pay. */
  readonly orders: readonly string[];
  /** In the order in which they were agreed. */
  readonly agreements: readonly Agreement[];
  readonly dueFen: bigint;
  readonly payments: readonly { readonly day: string; readonly fen: bigint }[];
}

/** The rules of late fees that a planted fault may replace. */
export interface FeeRules {
  firstLateDay(dueDay: string): string;
  /** The day that an agreement was to run to, when another was made on a day. */
  replaced(until: string, nextDay: string): string;
  /** Whether a payment came in time for an instalment. */
  inTime(paidDay: string, dueDay: string): boolean;
  instalmentMissed(openFen: bigint, laterFen: bigint): boolean;
  covers(day: string, agreedDay: string, endDay: string): boolean;
  /** The day to which a deferral puts off an order. */
  putOff(payBy: string, endDay: string): string;
  /** The late days out of all from the due day on, in their order, and those that a deferral covers. */
  lateDays(all: readonly string[], covered: ReadonlySet<string>): readonly string[];
  /** Whether the days of the law that wants an order bear a fee. */
  bearsOld(given: {
    readonly missedDay: string | undefined;
    readonly ordered: boolean;
    readonly newFrom: string;
    readonly fund: Fund;
  }): boolean;
  newFrom(law: Law, fund: Fund): string;
  fee(principalFen: bigint, atOld: [bigint, Fraction], atNew: [bigint, Fraction]): bigint;
}

function feeOf(principalFen: bigint, days: bigint, [n, d]: Fraction): bigint {
  return halfUp(principalFen * days * n, d);
}

/** The rules as the law has them. */
export const lawfulFees: FeeRules = {
  firstLateDay: dayAfter,
  replaced: earlier,
  inTime: (paidDay, dueDay) => paidDay <= dueDay,
  instalmentMissed: (openFen, laterFen) => openFen > laterFen,
  covers: (day, agreedDay, endDay) => day > agreedDay && day <= endDay,
  putOff: later,
  lateDays: (all, covered) => all.filter((day) => !covered.has(day)),
  bearsOld: ({ missedDay, newFrom }) => missedDay !== undefined && missedDay < newFrom,
  newFrom: (law, fund) => (fund === 'injury' ? law.lateFee.injuryNewFrom : law.lateFee.newFrom),
  fee: (principalFen, [oldDays, oldRate], [newDays, newRate]) =>
    feeOf(principalFen, oldDays, oldRate) + feeOf(principalFen, newDays, newRate),
};

/**
 * The last day of an agreement as it stands on a day: the day it was to run to, the day on which another was made, or the day of the
 * first instalment by the end of which more was open than the later ones come to.
 */
function endOf(bill: BillDelay, index: number, onDay: string, rules: FeeRules): string {
  const one = bill.agreements[index]!;
  const next = bill.agreements[index + 1];
  for (const [n, part] of one.instalments.entries()) {
    if (part.dueDay >= onDay || (next !== undefined && part.dueDay >= next.day)) continue;
    const laterFen = one.instalments.slice(n + 1).reduce((sum, after) => sum + after.fen, 0n);
    const paidFen = bill.payments
      .filter((payment) => rules.inTime(payment.day, part.dueDay))
      .reduce((sum, payment) => sum + payment.fen, 0n);
    if (rules.instalmentMissed(bill.dueFen - paidFen, laterFen)) return part.dueDay;
  }
  return next === undefined ? one.until : rules.replaced(one.until, next.day);
}

/** The last day of the agreement that runs on a day; undefined when none does. */
export function runsUntil(bill: BillDelay, day: string, rules: FeeRules): string | undefined {
  const made = bill.agreements.filter((one) => one.day <= day).length;
  if (made === 0) return undefined;
  const end = endOf(bill, made - 1, day, rules);
  return day <= end ? end : undefined;
}

/** The last day of the order that was missed first, as it stands on a day; undefined when none was. */
export function firstMissed(bill: BillDelay, onDay: string, rules: FeeRules): string | undefined {
  const missed: string[] = [];
  for (const payBy of bill.orders) {
    let last = payBy;
    for (const [index, one] of bill.agreements.entries()) {
      if (one.day > last) break;
      last = rules.putOff(last, endOf(bill, index, onDay, rules));
    }
    if (last < onDay) missed.push(last);
  }
  return missed.sort()[0];
}

/**
 * Late fee on a principal of a bill paid on a day, in fen, and the number of late days. Each late day bears the law of that day; the
 * old law wants an order that was missed under it. The days of either law are rounded together, half-up to the fen.
 */
export function lateFee(
  law: Law,
  given: {
    readonly fund: Fund;
    readonly principalFen: bigint;
    readonly paidDay: string;
    readonly bill: BillDelay;
  },
  rules: FeeRules = lawfulFees,
): { days: number; feeFen: bigint } {
  const { fund, principalFen, paidDay, bill } = given;
  if (paidDay <= bill.dueDay) return { days: 0, feeFen: 0n };
  const all: string[] = [];
  for (let day = rules.firstLateDay(bill.dueDay); day <= paidDay; day = dayAfter(day))
    all.push(day);
  const covered = new Set(
    bill.agreements.flatMap((one, index) => {
      const end = endOf(bill, index, paidDay, rules);
      return all.filter((day) => rules.covers(day, one.day, end));
    }),
  );
  const late = rules.lateDays(all, covered);
  const newFrom = rules.newFrom(law, fund);
  const missedDay = firstMissed(bill, paidDay, rules);
  const bearsOld = rules.bearsOld({ missedDay, ordered: bill.orders.length > 0, newFrom, fund });
  const oldDays = bearsOld ? late.filter((day) => day < newFrom).length : 0;
  const newDays = late.filter((day) => day >= newFrom).length;
  const { oldRate, newRate } = law.lateFee;
  const feeFen = rules.fee(principalFen, [BigInt(oldDays), oldRate], [BigInt(newDays), newRate]);
  return { days: late.length, feeFen };
}
