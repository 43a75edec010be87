import { receivableKeys } from '../../engines/fund/index.ts';
import { type Context, groupBy } from '../../kernel/index.ts';

/** A fund's fee month of an employer. */
export interface FundMonth {
  readonly employer: number;
  readonly area: number;
  readonly feePeriod: number;
  readonly fund: number;
}

/** Writes that these fund months are paid in full now. Runs with the system's eyes, after the postings of the same transaction. */
export async function writePaid(context: Context, months: readonly FundMonth[]): Promise<void> {
  const changes = [...groupBy(months, (m) => `${m.employer} ${m.feePeriod}`).values()];
  if (changes.length === 0) return;
  await context.tx.execute(
    `insert into paid_change (employer_id, fee_period, area, funds, paid, since, act)
     select u.employer, u.fee_period, u.area, u.funds::smallint[], true, $1, $2
     from unnest($3::bigint[], $4::int[], $5::bigint[], $6::text[]) as u (employer, fee_period, area, funds)`,
    [
      context.today,
      context.act,
      changes.map(([m]) => m!.employer),
      changes.map(([m]) => m!.feePeriod),
      changes.map(([m]) => m!.area),
      changes.map((list) => `{${list.map((m) => m.fund).join(',')}}`),
    ],
  );
}

/**
 * Writes which of these fee months of these employers became paid in full, fund by fund, or stopped being so. Runs with the system's
 * eyes, after the postings of the same transaction.
 */
export async function updatePaid(
  context: Context,
  employers: readonly number[],
  feePeriods: readonly number[],
): Promise<void> {
  if (employers.length === 0) return;
  await context.tx.execute(
    `with owed as (select b.employer_id, l.fund, l.fee_period, max(l.area) as area
         from unnest($1::bigint[]) as w (employer) join bill b on b.employer_id = w.employer and b.period >= $5
         join bill_line l on l.bill_id = b.id and l.period = b.period where l.fee_period = any ($4) group by 1, 2, 3),
       open as (select n.employer_id, n.fund, n.fee_period, sum(n.amount) as open
         from unnest($1::bigint[]) as w (employer) join receivable_now n on n.employer_id = w.employer
         where n.account = $6 and n.fee_period = any ($4) group by 1, 2, 3),
       last as (select distinct on (employer_id, fee_period, fund) employer_id, fee_period, fund, paid from month_paid
         where employer_id = any ($1) and fee_period = any ($4) order by employer_id, fee_period, fund, id desc),
       changed as (select o.employer_id, o.fee_period, o.fund, o.area, coalesce(p.open, 0) <= 0 as paid
         from owed o left join open p using (employer_id, fund, fee_period) left join last l using (employer_id, fund, fee_period)
         where coalesce(l.paid, false) <> (coalesce(p.open, 0) <= 0))
     insert into paid_change (employer_id, fee_period, area, funds, paid, since, act)
     select employer_id, fee_period, max(area), array_agg(fund order by fund), paid, $2, $3 from changed group by 1, 2, 5`,
    [
      employers,
      context.today,
      context.act,
      feePeriods,
      Math.min(...feePeriods),
      receivableKeys.contributionsDue,
    ],
  );
}
