import { type PlainDate, sumOf } from '../../../kernel/index.ts';
import type { BillStanding } from '../views.ts';
import {
  agreementOf,
  daysLate,
  deferredUntil,
  type Enforcement,
  missedOrder,
  runningDeferral,
} from './deferrals.ts';

/** A bill of which something may be open. */
export interface StandingBill {
  readonly id: number;
  /** Null while no document sets the days to pay. */
  readonly dueOn: PlainDate | null;
}

/** How a bill stands in time on a day, as every list and page shows it. */
export function standingOf(
  bill: StandingBill,
  enforcement: Enforcement,
  today: PlainDate,
): BillStanding & { readonly payBy: PlainDate | null } {
  const order = enforcement.orders.get(bill.id)?.at(-1);
  const { endedOn, instalments } = agreementOf(bill.id, enforcement, today);
  const until = deferredUntil(bill.id, enforcement, today);
  return {
    dueDate: bill.dueOn,
    payBy: until === null ? bill.dueOn : (instalments?.next?.dueOn ?? until),
    daysLate: bill.dueOn === null ? 0 : daysLate(bill.id, bill.dueOn, enforcement, today),
    order: order === undefined ? null : { givenOn: order.givenOn, payBy: order.payBy },
    orderMissedOn: missedOrder(bill.id, enforcement, today) ?? null,
    deferredUntil: until,
    deferralEndedOn: endedOn,
    instalments,
  };
}

/**
 * What of a bill's open fen is not to be paid by `by`, because a deferral that runs today puts it off: the later instalments, or all of it
 * where it was put off as a whole. In fen.
 */
export function putOff(
  bill: number,
  open: number,
  by: PlainDate,
  enforcement: Enforcement,
  today: PlainDate,
): number {
  const deferral = runningDeferral(bill, enforcement, today);
  if (deferral === undefined) return 0;
  if (deferral.instalments.length === 0) return deferral.until > by ? open : 0;
  const later = sumOf(
    deferral.instalments.filter((i) => i.dueOn > by),
    (i) => i.amountFen,
  );
  return Math.min(open, later);
}
