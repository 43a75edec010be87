import { receivableKeys } from '../../../engines/fund/index.ts';
import { type Context, groupBy, type Month, period } from '../../../kernel/index.ts';
import { category, cells, monthColumns } from '../codes.ts';

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
async function writePaid(context: Context, paid: readonly BillFundMonth[]): Promise<void> {
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
 * Writes of which of these nothing is open any more. Of a fee month that was settled a claim may stand for others than its bill's persons: then all
 * of the month is looked at again, see `updatePaid`. Runs with the system's eyes, after the postings of the same transaction.
 */
export async function paidUp(context: Context, paid: readonly BillFundMonth[]): Promise<void> {
  if (paid.length === 0) return;
  const rows = await context.tx.rows<{ feePeriod: number }>(
    `select distinct fee_period as "feePeriod" from assessment where kind = 'settlement' and fee_period = any ($1)`,
    [[...new Set(paid.map((p) => p.feePeriod))]],
  );
  const settled = new Set(rows.map((r) => r.feePeriod));
  await writePaid(
    context,
    paid.filter((p) => !settled.has(p.feePeriod)),
  );
  const again = paid.filter((p) => settled.has(p.feePeriod));
  await updatePaid(context, null, [
    ...new Map(again.map((p) => [`${p.employer} ${p.feePeriod}`, p])).values(),
  ]);
}

/** What a person's month has for a fund and share. */
const personCells = `lateral (values ${cells
  .map((c) => `(${c.fund}, ${c.share}, m.${monthColumns[c.column]!})`)
  .join(', ')}) as c (fund, share, amount)`;

/**
 * Writes for which funds a settlement or a payment made something paid in full, or stopped it being so: on the bills whose claims there are, and on the
 * month's own and the fee month's bills, where a fund without a claim leaves nothing to pay (persons' differences that cancel out). A bill whose claim is
 * smaller than what it has for persons is paid when nothing is open on the older claims either: these stand for its persons, in whose favour
 * others were taken off. Runs with the system's eyes, after the postings of the same transaction.
 * @param month the month whose bills carry the differences; null: none is settled now
 */
export async function updatePaid(
  context: Context,
  month: Month | null,
  settled: readonly { readonly employer: number; readonly feePeriod: number }[],
): Promise<void> {
  if (settled.length === 0) return;
  const feePeriods = settled.map((s) => s.feePeriod);
  await context.tx.execute(
    `with w as (select * from unnest($1::bigint[], $2::int[]) as u (employer_id, fee_period)),
       line as (select w.employer_id, w.fee_period, l.bill_id as stands_on, l.claim_bill_id as bill_id, l.fund, l.share, l.area, l.amount
         from w join bill b on b.employer_id = w.employer_id and b.period >= $6
         join bill_line l on l.bill_id = b.id and l.period = b.period and l.fee_period = w.fee_period),
       month as (select w.employer_id, w.fee_period, b.id as bill_id from w join bill b on b.employer_id = w.employer_id
           and b.period in ($5, w.fee_period) union select employer_id, fee_period, stands_on from line),
       own as (select m.*, f.fund, b.area from month m join bill b on b.id = m.bill_id and b.kind = 'month'
         cross join unnest($7::smallint[]) as f (fund)),
       owed as (select employer_id, fee_period, bill_id, fund, max(area) as area
         from (select employer_id, fee_period, bill_id, fund, area from line union all select employer_id, fee_period, bill_id, fund, area from own) x group by 1, 2, 3, 4),
       open as (select n.employer_id, n.fee_period, n.bill_id, n.fund, sum(n.amount) as open
         from (select distinct employer_id from w) e join receivable_now n on n.employer_id = e.employer_id
         where n.account = $8 and n.fee_period = any ($2) group by 1, 2, 3, 4),
       last as (select distinct on (bill_id, fee_period, fund) bill_id, fee_period, fund, paid from month_paid
         where employer_id = any ($1) and fee_period = any ($2) order by bill_id, fee_period, fund, id desc),
       held as (select o.*, coalesce(p.open, 0) <= 0 as even, coalesce(sum(greatest(p.open, 0)) over (
             partition by employer_id, fee_period, fund order by bill_id rows between unbounded preceding and 1 preceding), 0) > 0 as after_open
         from owed o left join open p using (employer_id, fee_period, bill_id, fund)),
       stands as (select h.employer_id, h.fee_period, h.bill_id, h.fund, h.area, h.even and not (h.after_open and coalesce(n.netted, false)) as paid
         from held h left join lateral (select bool_or(x.due > coalesce(c.amount, 0)) as netted
           from (select c.share, sum(greatest(c.amount, 0)) as due
             from (select distinct person_id from roster_line where h.even and h.after_open and period = h.fee_period
               and employer_id = h.employer_id) r
             join person_month m on m.period = h.fee_period and m.person_id = r.person_id and m.employer_id = h.employer_id
               and m.bill_id = h.bill_id and (h.fund > 2 or (m.category = $9) = (h.fund = 2))
             cross join ${personCells} where c.fund = h.fund group by 1) x
           left join lateral (select sum(l.amount) as amount from line l where l.bill_id = h.bill_id and l.fee_period = h.fee_period
             and l.fund = h.fund and l.share = x.share) c on true) n on true),
       changed as (select s.* from stands s left join last l using (bill_id, fee_period, fund) where coalesce(l.paid, false) <> s.paid)
     insert into paid_change (employer_id, fee_period, bill_id, area, funds, paid, since, act)
     select employer_id, fee_period, bill_id, max(area), array_agg(fund order by fund), paid, $3, $4 from changed
     group by employer_id, fee_period, bill_id, paid`,
    [
      settled.map((s) => s.employer),
      feePeriods,
      context.today,
      context.act,
      month === null ? 0 : period(month),
      Math.min(...new Set(feePeriods)),
      funds,
      receivableKeys.contributionsDue,
      category.public,
    ],
  );
}
