import type { Version } from '../../engines/policy/index.ts';
import { copyRows } from '../../kernel/database/index.ts';
import { type Context, type Month, period } from '../../kernel/index.ts';

/** One line of a bill as it is stored. Amounts in fen. */
export interface BillLineRow {
  readonly bill: number;
  readonly fund: number;
  readonly share: number;
  readonly kind: number;
  readonly feePeriod: number;
  readonly claim?: number;
  readonly area: number;
  readonly employer: number;
  readonly persons: number;
  readonly base: number;
  readonly amount: number;
  readonly account: number;
}

/** Writes lines onto the bills of a month. Runs with the system's eyes. */
export async function writeBillLines(
  context: Context,
  month: Month,
  lines: readonly BillLineRow[],
): Promise<void> {
  await context.tx.as('bulk', () =>
    copyRows(
      context.tx.copyIn(
        `copy bill_line_${period(month)} (period, bill_id, fund, share, kind, fee_period, claim_bill_id, area, employer_id, persons, base, amount, account) from stdin`,
      ),
      lines.map((l) => [
        period(month),
        l.bill,
        l.fund,
        l.share,
        l.kind,
        l.feePeriod,
        l.claim ?? l.bill,
        l.area,
        l.employer,
        l.persons,
        l.base,
        l.amount,
        l.account,
      ]),
    ),
  );
}

/** What a determination keeps of a parameter's version: enough to find it again and to see that it changed. */
export function versionKey(v: Version): object {
  return {
    parameter: v.parameter,
    place: v.place,
    from: v.from,
    published: v.published,
    value: v.value,
    table: v.table,
    assumed: v.assumed,
    provisional: v.provisional,
  };
}
