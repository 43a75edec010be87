import { fundBy, insuranceOf } from '../../engines/fund/index.ts';
import { callRule, type Derivation, type Law, type Version } from '../../engines/policy/index.ts';
import {
  addDays,
  type CityInfo,
  MindunError,
  type PlainDate,
  parseYuan,
  yuan,
} from '../../kernel/index.ts';
import { daysLate, type Enforcement, missedOrder } from './deferrals.ts';
import { question } from './law.ts';

export interface LateClaim {
  readonly bill: number;
  readonly dueOn: PlainDate | null;
  readonly fund: number;
}

export interface LateFee {
  readonly days: number;
  readonly dueOn: PlainDate;
  readonly fen: number;
  readonly derivation: Derivation;
  readonly versions: readonly Version[];
}

/**
 * The day from which a claim is late on `on`, so that as many days of delay remain as there were outside deferrals: its due
 * day, the last day of a deferral; null while no document sets the days to pay.
 */
export function lateFrom(
  claim: LateClaim,
  enforcement: Enforcement,
  on: PlainDate,
): PlainDate | null {
  if (claim.dueOn === null || on <= claim.dueOn) return claim.dueOn;
  return addDays(on, -daysLate(claim.bill, claim.dueOn, enforcement, on));
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
  const orderLapsed = missedOrder(claim.bill, enforcement, paidOn) !== undefined;
  try {
    const { outputs, derivation, versions } = callRule(
      law,
      'arrears.lateFee',
      question(city, paidOn),
      {
        principal: yuan(principal),
        scheme: insuranceOf(claim.fund),
        dueDate: dueOn,
        paidDate: paidOn,
        orderLapsed,
      },
    );
    return {
      days: Number(outputs['days']),
      dueOn,
      fen: parseYuan(String(outputs['lateFee'])),
      derivation,
      versions,
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
