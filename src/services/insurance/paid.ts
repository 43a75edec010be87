import type { Context } from '../../kernel/index.ts';

/**
 * Writes which fee months of these employers became paid in full, fund by fund, or stopped being so. Runs with the system's
 * eyes, after the postings of the same transaction.
 */
export async function updatePaid(context: Context, employers: readonly number[]): Promise<void> {
  if (employers.length === 0) return;
  await context.tx.execute(
    `insert into month_paid (employer_id, fund, fee_period, area, paid, since, act)
     select o.employer_id, o.fund, o.fee_period, o.area, o.paid, $2, $3 from (
       select employer_id, fund, fee_period, max(area) as area, sum(amount) <= 0 as paid from entry
       where book = 2 and account = 1 and employer_id = any ($1) group by 1, 2, 3) o
     left join (select distinct on (employer_id, fee_period, fund) employer_id, fee_period, fund, paid from month_paid
       where employer_id = any ($1) order by employer_id, fee_period, fund, id desc) l
       on l.employer_id = o.employer_id and l.fund = o.fund and l.fee_period = o.fee_period
     where coalesce(l.paid, false) <> o.paid`,
    [employers, context.today, context.act],
  );
}
