import { receivableKeys } from '../../../engines/fund/index.ts';
import { type Context, groupBy, type Month, period } from '../../../kernel/index.ts';
import { cells } from '../codes.ts';

/** What one bill claims for a fund's fee month. */
export interface BillFundMonth {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly feePeriod: number;
  readonly fund: number;
}

/**
 * Writes that nothing is open any more of what these bills claim for these fund months. Runs with the system's eyes, after the postings
 * of the same transaction.
 */
export async function writePaid(context: Context, paid: readonly BillFundMonth[]): Promise<void> {
  const changes = [...groupBy(paid, (m) => `${m.bill} ${m.feePeriod}`).values()];
  if (changes.length === 0) return;
  await context.tx.execute(
    `insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select u.employer, u.fee_period, u.bill, u.area, u.funds::smallint[], true, $1, $2
     from unnest($3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::text[]) as u (employer, fee_period, bill, area, funds)`,
    [
      context.today,
      context.act,
      changes.map(([m]) => m!.employer),
      changes.map(([m]) => m!.feePeriod),
      changes.map(([m]) => m!.bill),
      changes.map(([m]) => m!.area),
      changes.map((list) => `{${list.map((m) => m.fund).join(',')}}`),
    ],
  );
}

/** Every fund that a bill can have a claim for. */
const funds = [...new Set(cells.map((c) => c.fund))];

/**
 * Writes for which funds a settlement made something paid in full, or stopped it being so: on the bills whose claims it lessened, and on the
 * month's own and the fee month's bills, where a fund without a claim leaves nothing to pay (persons' differences that cancel out). Runs with the system's eyes, after the postings
 * of the same transaction.
 * @param month the month whose bills carry the differences
 */
export async function updatePaid(
  context: Context,
  month: Month,
  settled: readonly { readonly employer: number; readonly feePeriod: number }[],
): Promise<void> {
  if (settled.length === 0) return;
  const feePeriods = settled.map((s) => s.feePeriod);
  await context.tx.execute(
    `with w as (select * from unnest($1::bigint[], $2::int[]) as u (employer_id, fee_period)),
       claim as (select w.employer_id, w.fee_period, l.claim_bill_id as bill_id, l.fund, l.area
         from w join bill b on b.employer_id = w.employer_id and b.period >= $6
         join bill_line l on l.bill_id = b.id and l.period = b.period and l.fee_period = w.fee_period),
       own as (select w.employer_id, w.fee_period, b.id as bill_id, f.fund, b.area
         from w join bill b on b.employer_id = w.employer_id and b.period in ($5, w.fee_period) and b.kind = 'month'
         cross join unnest($7::smallint[]) as f (fund)),
       owed as (select employer_id, fee_period, bill_id, fund, max(area) as area from (select * from claim union all select * from own) x
         group by 1, 2, 3, 4),
       open as (select n.employer_id, n.fee_period, n.bill_id, n.fund, sum(n.amount) as open
         from (select distinct employer_id from w) e join receivable_now n on n.employer_id = e.employer_id
         where n.account = $8 and n.fee_period = any ($2) group by 1, 2, 3, 4),
       last as (select distinct on (bill_id, fee_period, fund) bill_id, fee_period, fund, paid from month_paid
         where employer_id = any ($1) and fee_period = any ($2) order by bill_id, fee_period, fund, id desc),
       changed as (select o.*, coalesce(p.open, 0) <= 0 as paid
         from owed o left join open p using (employer_id, fee_period, bill_id, fund) left join last l using (bill_id, fee_period, fund)
         where coalesce(l.paid, false) <> (coalesce(p.open, 0) <= 0))
     insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select employer_id, fee_period, bill_id, max(area), array_agg(fund order by fund), paid, $3, $4 from changed
     group by employer_id, fee_period, bill_id, paid`,
    [
      settled.map((s) => s.employer),
      feePeriods,
      context.today,
      context.act,
      period(month),
      Math.min(...new Set(feePeriods)),
      funds,
      receivableKeys.contributionsDue,
    ],
  );
}
