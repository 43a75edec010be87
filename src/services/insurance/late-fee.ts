import { fundBy, insuranceOf } from '../../engines/fund/index.ts';
import { callRule, type Derivation, type Law } from '../../engines/policy/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import {
  addDays,
  type CityInfo,
  daysBetween,
  groupBy,
  MindunError,
  type PlainDate,
  parseYuan,
  yuan,
} from '../../kernel/index.ts';
import { question } from './law.ts';

/** Orders to pay and deferrals of some employers, by bill. */
export interface Enforcement {
  readonly orders: ReadonlyMap<number, { givenOn: PlainDate; payBy: PlainDate }[]>;
  readonly deferrals: ReadonlyMap<number, Deferral[]>;
}

export interface Deferral {
  readonly from: PlainDate;
  readonly until: PlainDate;
}

export async function enforcementOf(tx: Tx, employers: readonly number[]): Promise<Enforcement> {
  const orders = await tx.rows<{ bill: number; givenOn: PlainDate; payBy: PlainDate }>(
    `select bill_id as bill, given_on::text as "givenOn", pay_by::text as "payBy" from pay_order
     where employer_id = any ($1) order by id`,
    [employers],
  );
  const deferrals = await tx.rows<Deferral & { bill: number }>(
    `select bill_id as bill, from_on::text as "from", until_on::text as "until" from deferral
     where employer_id = any ($1) order by id`,
    [employers],
  );
  return { orders: groupBy(orders, (o) => o.bill), deferrals: groupBy(deferrals, (d) => d.bill) };
}

export interface LateClaim {
  readonly bill: number;
  readonly dueOn: PlainDate | null;
  readonly fund: number;
}

/** The last day of a deferral that runs on a day; null without one. */
export function deferredUntil(
  bill: number,
  enforcement: Enforcement,
  on: PlainDate,
): PlainDate | null {
  const running = (enforcement.deferrals.get(bill) ?? []).filter(
    (d) => d.from <= on && on <= d.until,
  );
  return running.at(-1)?.until ?? null;
}

export interface LateFee {
  readonly days: number;
  readonly dueOn: PlainDate;
  readonly fen: number;
  readonly derivation: Derivation;
}

/**
 * The day from which a claim is late on `on`: its due day; the last day of a deferral agreed by then; for a deferral agreed
 * later its days do not count, so that as many days of delay remain as there were outside it.
 */
export function lateFrom(
  claim: LateClaim,
  enforcement: Enforcement,
  on: PlainDate,
): PlainDate | null {
  let due = claim.dueOn;
  if (due === null) return null;
  for (const d of enforcement.deferrals.get(claim.bill) ?? []) {
    const counted = d.until < on ? d.until : on;
    if (d.from <= due) due = [due, d.until].sort().at(-1) as PlainDate;
    else if (on > d.from) due = addDays(due, daysBetween(d.from, counted));
  }
  return due;
}

/**
 * The late fee on `principal` fen of a claim paid on a day, by the law of the day; undefined when it is not late. A rate
 * that no document sets gives no fee and is named by `missing`.
 */
export function lateFeeOf(
  law: Law,
  city: CityInfo,
  claim: LateClaim,
  principal: number,
  paidOn: PlainDate,
  enforcement: Enforcement,
): LateFee | { readonly missing: string } | undefined {
  const dueOn = lateFrom(claim, enforcement, paidOn);
  if (dueOn === null || paidOn <= dueOn || principal <= 0) return undefined;
  const orderLapsed = (enforcement.orders.get(claim.bill) ?? []).some((o) => o.payBy < paidOn);
  try {
    const { outputs, derivation } = callRule(law, 'arrears.lateFee', question(city, paidOn), {
      principal: yuan(principal),
      scheme: insuranceOf(claim.fund),
      dueDate: dueOn,
      paidDate: paidOn,
      orderLapsed,
    });
    return {
      days: Number(outputs['days']),
      dueOn,
      fen: parseYuan(String(outputs['lateFee'])),
      derivation,
    };
  } catch (error) {
    if (error instanceof MindunError && error.code === 'parameter-unset') {
      return { missing: String(error.details['document']) };
    }
    throw error;
  }
}

/** The fund whose books hold receipts that are not applied. @throws MindunError parameter-unset */
export function suspenseFund(law: Law, city: CityInfo, on: PlainDate): number {
  const { value } = law.version('collection.suspenseFund', question(city, on));
  const fund = fundBy(value);
  if (fund === undefined)
    throw new MindunError('input-invalid', { what: `collection.suspenseFund = ${value}` });
  return fund.id;
}
