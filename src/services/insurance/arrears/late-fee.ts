import { fundBy, insuranceOf } from '../../../engines/fund/index.ts';
import {
  callRule,
  type Derivation,
  type Law,
  type Version,
} from '../../../engines/policy/index.ts';
import {
  type CityInfo,
  MindunError,
  type PlainDate,
  parseYuan,
  yuan,
} from '../../../kernel/index.ts';
import { question } from '../law.ts';
import { type DayRun, daysLate, deferredRuns, type Enforcement, missedOrder } from './deferrals.ts';

export interface LateClaim {
  readonly bill: number;
  /** Late days come after this day; null while no document sets it. */
  readonly lateFrom: PlainDate | null;
  readonly fund: number;
}

/** What the days of a late fee go by, beside the day due and the day of payment. */
export interface DelayFacts {
  /** Runs of days that a deferral took out, their first and last days. */
  readonly deferred: readonly DayRun[];
  /** Last day of the first order to pay that was missed; null: none was. */
  readonly orderMissedOn: PlainDate | null;
}

export interface LateFee extends DelayFacts {
  readonly days: number;
  readonly dueOn: PlainDate;
  readonly fen: number;
  readonly derivation: Derivation;
  readonly versions: readonly Version[];
}

/**
 * The late fee on `principal` fen of a claim paid on a day, each late day by its own law; undefined when it is not late. A rate
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
  const { bill, fund, lateFrom: dueOn } = claim;
  if (dueOn === null || principal <= 0 || daysLate(bill, dueOn, enforcement, paidOn) === 0)
    return undefined;
  return lateFeeBy(law, city, { dueOn, fund }, principal, paidOn, {
    deferred: deferredRuns(bill, dueOn, enforcement, paidOn),
    orderMissedOn: missedOrder(bill, enforcement, paidOn) ?? null,
  });
}

/** The same where deferrals and orders are known already: as they stood when the fee was determined. */
export function lateFeeBy(
  law: Law,
  city: CityInfo,
  { dueOn, fund }: { readonly dueOn: PlainDate; readonly fund: number },
  principal: number,
  paidOn: PlainDate,
  facts: DelayFacts,
): LateFee | { readonly missing: string } {
  try {
    const { outputs, derivation, versions } = callRule(
      law,
      'arrears.lateFee',
      question(city, paidOn),
      {
        principal: yuan(principal),
        scheme: insuranceOf(fund),
        dueDate: dueOn,
        paidDate: paidOn,
        ...facts,
      },
    );
    return {
      ...facts,
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
