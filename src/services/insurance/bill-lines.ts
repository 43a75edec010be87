import type { Version } from '../../engines/policy/index.ts';
import { BinaryWriter, type ColumnType } from '../../kernel/database/index.ts';
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

const columns: readonly ColumnType[] = [
  'int4',
  'int8',
  'int2',
  'int2',
  'int2',
  'int4',
  'int8',
  'int8',
  'int8',
  'int4',
  'int8',
  'int8',
  'int8',
];

/** Writes lines onto the bills of a month. Runs with the system's eyes. */
export async function writeBillLines(
  context: Context,
  month: Month,
  lines: readonly BillLineRow[],
): Promise<void> {
  await context.tx.as('bulk', async () => {
    const writer = new BinaryWriter(
      context.tx.copyIn(
        `copy bill_line_${period(month)} (period, bill_id, fund, share, kind, fee_period, claim_bill_id, area, employer_id,
           persons, base, amount, account) from stdin (format binary)`,
      ),
      columns,
    );
    for (const l of lines) {
      writer.int(0, period(month));
      writer.big(1, l.bill);
      writer.int(2, l.fund);
      writer.int(3, l.share);
      writer.int(4, l.kind);
      writer.int(5, l.feePeriod);
      writer.big(6, l.claim ?? l.bill);
      writer.big(7, l.area);
      writer.big(8, l.employer);
      writer.int(9, l.persons);
      writer.big(10, l.base);
      writer.big(11, l.amount);
      writer.big(12, l.account);
      writer.next();
      if (writer.blocked) await writer.drained();
    }
    await writer.end();
  });
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
