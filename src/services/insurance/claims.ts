import type { Tx } from '../../kernel/database/index.ts';
import type { PlainDate } from '../../kernel/index.ts';

/** What one employer owes on one bill for one fund, share and fee month. Amounts in fen. */
export interface Claim {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly billNumber: string;
  /** Null while no document sets the days to pay. */
  readonly dueOn: PlainDate | null;
  /** Month of the bill, 200803. */
  readonly period: number;
  readonly fund: number;
  readonly share: number;
  readonly feePeriod: number;
  readonly amount: number;
  /** What of the amount belongs to individual accounts. */
  readonly account: number;
  readonly open: number;
}

const claims = `with lines as (
    select l.claim_bill_id as bill, l.fund, l.share, l.fee_period, sum(l.amount)::bigint as amount,
      sum(l.account)::bigint as account
    from bill b join bill_line l on l.bill_id = b.id
    where b.employer_id = any ($1) and ($2::int[] is null or (l.fee_period = any ($2) and b.period >= $3)) group by 1, 2, 3, 4),
  opens as (
    select bill_id as bill, fund, share, fee_period, sum(amount)::bigint as open
    from entry where book = 2 and account = 1 and employer_id = any ($1) and ($2::int[] is null or fee_period = any ($2))
    group by 1, 2, 3, 4)
  select b.employer_id as employer, b.area, b.id as bill, b.number as "billNumber", b.due_on::text as "dueOn", b.period,
    l.fund::int, l.share::int, l.fee_period as "feePeriod", l.amount, l.account, coalesce(o.open, 0)::bigint as open
  from lines l join bill b on b.id = l.bill
  left join opens o on o.bill = l.bill and o.fund = l.fund and o.share = l.share and o.fee_period = l.fee_period`;
const order = ' order by b.employer_id, l.fee_period, b.id, l.share desc, l.fund';

/** Every claim on these employers, paid or not; with `feePeriods` those of these fee months only. */
export async function claimsOf(
  tx: Tx,
  employers: readonly number[],
  feePeriods: readonly number[] | null = null,
): Promise<Claim[]> {
  // A fee month stands on no bill that is older than itself (bills of a take-over carry all that came before them).
  return tx.rows<Claim>(`${claims}${order}`, [employers, feePeriods, oldest(feePeriods)]);
}

function oldest(feePeriods: readonly number[] | null): number | null {
  return feePeriods === null || feePeriods.length === 0 ? null : Math.min(...feePeriods);
}

/** The claims on these employers that are still open, oldest fee month first. */
export async function openClaims(tx: Tx, employers: readonly number[]): Promise<Claim[]> {
  return tx.rows<Claim>(`${claims} where o.open > 0${order}`, [employers, null, null]);
}

/**
 * What of a claim's money belongs to individual accounts once `paid` of it came in: all of the account part when paid
 * in full, else its share of what came, without parts of a fen.
 */
export function accountOf(claim: { amount: number; account: number }, paid: number): number {
  if (paid >= claim.amount) return claim.account;
  if (claim.account === claim.amount) return paid;
  return Number((BigInt(claim.account) * BigInt(paid)) / BigInt(claim.amount));
}
