import { z } from 'zod';
import { receivableKeys } from '../../../engines/fund/index.ts';
import { employerBy } from '../../../engines/registry/index.ts';
import {
  defineQuery,
  type Month,
  monthOfPeriod,
  type PlainDate,
  type QueryContext,
  sumOf,
} from '../../../kernel/index.ts';
import { enforcementOf } from '../arrears/deferrals.ts';
import { standingOf } from '../arrears/standing.ts';
import type { BillStanding } from '../views.ts';

/** One bill in an employer's list. Amounts in fen. */
export interface BillListRow extends BillStanding {
  readonly publicId: string;
  readonly number: string;
  readonly month: Month;
  readonly issuedOn: PlainDate;
  readonly dueAssumed: boolean;
  /** What is claimed on it: differences that lessen an earlier bill's claims are that one's. */
  readonly amountFen: number;
  readonly openFen: number;
  /** Determined on money that came late, and not paid. */
  readonly lateFeeFen: number;
  /** `fee-open`: the contributions are paid, a late fee is not. */
  readonly state: 'paid' | 'fee-open' | 'partly-paid' | 'unpaid' | 'overdue' | 'deferred';
}

export interface BillListView {
  readonly rows: readonly BillListRow[];
  readonly amountFen: number;
  /** Open principal of all bills, those taken over from earlier books too. */
  readonly openFen: number;
  readonly lateFeeFen: number;
}

/** An employer's bills, newest first, with what is still open. @throws MindunError unknown-employer */
export const billsQuery = defineQuery({
  name: 'insurance.bills',
  title: { zh: '单位的缴费单', en: 'An employer’s bills' },
  input: z.object({ employer: z.string().min(1) }),
  async run(context, input): Promise<BillListView> {
    const employer = await employerBy(context.tx, input.employer);
    context.looked({ employerId: employer.id });
    // The employer was found with the actor's own eyes; the ledger is read for him.
    return context.elevate(() => listOf(context, employer.id));
  },
});

interface Row {
  readonly id: number;
  readonly publicId: string;
  readonly number: string;
  readonly kind: 'month' | 'opening';
  readonly period: number;
  readonly issuedOn: PlainDate;
  readonly dueOn: PlainDate | null;
  readonly dueAssumed: boolean;
  readonly amount: number;
  readonly open: number;
  readonly fee: number;
}

const sql = `select b.id, b.public_id as "publicId", b.number, b.kind, b.period, b.issued_on::text as "issuedOn",
    b.due_on::text as "dueOn", b.due_assumed as "dueAssumed",
    coalesce(l.amount, 0)::bigint as amount, coalesce(o.open, 0)::bigint as open,
    coalesce(o.fee, 0)::bigint as fee
  from bill b
  left join (select l.claim_bill_id as bill_id, sum(l.amount) as amount from bill k join bill_line l on l.bill_id = k.id and l.period = k.period
    where k.employer_id = $1 group by 1) l on l.bill_id = b.id
  left join (select bill_id, sum(amount) filter (where account = $2) as open, sum(amount) filter (where account = $3) as fee from entry
    where book = 2 and account in ($2, $3) and employer_id = $1 group by 1) o on o.bill_id = b.id
  where b.employer_id = $1 order by b.period desc, b.id desc`;

async function listOf(context: QueryContext, employer: number): Promise<BillListView> {
  const all = await context.tx.rows<Row>(sql, [
    employer,
    receivableKeys.contributionsDue,
    receivableKeys.lateFeesDue,
  ]);
  const enforcement = await enforcementOf(context, [employer]);
  const rows = all
    .filter((r) => r.kind === 'month')
    .map((r) => {
      const standing = standingOf(r, enforcement, context.today);
      return {
        ...standing,
        publicId: r.publicId,
        number: r.number,
        month: monthOfPeriod(r.period),
        issuedOn: r.issuedOn,
        dueAssumed: r.dueAssumed,
        amountFen: r.amount,
        openFen: r.open,
        lateFeeFen: r.fee,
        state: stateOf(r, standing),
      };
    });
  return {
    rows,
    amountFen: sumOf(rows, (r) => r.amountFen),
    openFen: sumOf(all, (r) => r.open),
    lateFeeFen: sumOf(all, (r) => r.fee),
  };
}

function stateOf(row: Row, standing: BillStanding): BillListRow['state'] {
  if (row.open <= 0) return row.fee > 0 ? 'fee-open' : 'paid';
  if (standing.deferredUntil !== null) return 'deferred';
  if (standing.daysLate > 0) return 'overdue';
  return row.open < row.amount ? 'partly-paid' : 'unpaid';
}
