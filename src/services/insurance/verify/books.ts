import { receivableKeys as r, statutoryKeys as s } from '../../../engines/fund/index.ts';
import { type CheckDefinition, monthBefore, sqlCheck } from './check.ts';

// The last day of a period in SQL.
const endOf = (period: string): string =>
  `(make_date(${period} / 100, ${period} % 100, 1) + interval '1 month - 1 day')::date`;

/** What the two books must hold by themselves, towards each other and towards what they are books of. */
export const bookChecks: readonly CheckDefinition[] = [
  sqlCheck(
    'ledger-balanced',
    `select count(*) as counted, count(*) filter (where total <> 0) as wrong from (
      select sum(amount) as total from entry group by journal_id, book, fund) x`,
  ),
  sqlCheck(
    'entries-have-journals',
    `select count(*) as counted, count(*) filter (where j.id is null or e.journal_id is null or j.effective > ${endOf('j.period')})
        as wrong
      from (select distinct journal_id, period from posting) e
      full join journal j on j.id = e.journal_id and j.period = e.period`,
  ),
  sqlCheck(
    'receipts-booked-once',
    `select count(*) as counted, count(*) filter (where r.amount is distinct from e.amount) as wrong
      from receipt r full join (select e.receipt_id, sum(e.amount) as amount from entry e
        join journal j on j.id = e.journal_id
        where e.book = 1 and e.account = $1 and j.kind = 'receipt' group by 1) e on e.receipt_id = r.id`,
    [s.incomeDeposit],
  ),
  sqlCheck(
    'receipts-dated-as-booked',
    `select count(*) as counted, count(*) filter (where j.id is null or j.period <> r.period
        or j.effective <> least(r.received_on, ${endOf('r.period')})) as wrong
      from receipt r left join journal j on j.key = 'receipt ' || r.reference`,
  ),
  sqlCheck(
    'bank-files-equal-receipts',
    // A statement of a day on which nothing came in, or of which all was taken back, is a file without a receipt.
    `select count(*) as counted, count(*) filter (where f.receipts is distinct from coalesce(r.receipts, 0)
        or f.amount is distinct from coalesce(r.amount, 0)) as wrong
      from bank_file f full join (select bank_file_id, count(*) as receipts, sum(amount) as amount from receipt group by 1) r
        on r.bank_file_id = f.id`,
  ),
  sqlCheck(
    'books-agree-on-cash',
    `select count(*) as counted, count(*) filter (where cash <> received) as wrong from (
      select fund, coalesce(sum(e.amount) filter (where e.book = 1 and e.account in ($1, $2, $3)), 0) as cash,
        coalesce(sum(e.amount) filter (where e.book = 2 and e.account in ($4, $5)), 0) as received
      from entry e join journal j on j.id = e.journal_id where j.kind <> 'opening' group by 1) x`,
    [s.incomeDeposit, s.fiscalDeposit, s.expenseDeposit, r.received, r.refunded],
  ),
  sqlCheck(
    'unapplied-agrees',
    `select count(*) as counted, count(*) filter (where held <> unapplied) as wrong from (
      select fund, coalesce(sum(amount) filter (where book = 1 and account in ($1, $2)), 0) as held,
        coalesce(sum(amount) filter (where book = 2 and account in ($3, $4)), 0) as unapplied
      from entry group by 1) x`,
    [s.overpaid, s.unidentified, r.unapplied, r.refundsDue],
  ),
  sqlCheck(
    'claims-equal-bills',
    `select count(*) as counted, count(*) filter (where l.amount is distinct from e.amount) as wrong
      from (select bill_id, fund, share, fee_period, sum(amount) as amount from bill_line where amount > 0
        group by 1, 2, 3, 4) l
      full join (select e.bill_id, e.fund, e.share, e.fee_period, sum(e.amount) as amount
        from entry e join journal j on j.id = e.journal_id
        where e.book = 2 and e.account = $1 and e.amount > 0 and j.kind in ('assess', 'settle', 'opening')
        group by 1, 2, 3, 4) e using (bill_id, fund, share, fee_period)`,
    [r.contributionsDue],
  ),
  sqlCheck(
    'claims-paid-equal-income',
    // What is billed and not open any more came in as income of that claim: nothing else lessens a claim.
    `select count(*) as counted, count(*) filter (where total <> 0) as wrong from (
      select bill_id, fund, share, fee_period, sum(amount) as total from (
        select claim_bill_id as bill_id, fund, share, fee_period, amount from bill_line
        union all
        select bill_id, fund, share, fee_period, -amount from entry where book = 2 and account = $1
        union all
        select bill_id, fund, share, fee_period, amount from entry
        where book = 1 and account between 400000 and 599999 and bill_id is not null and fee_period is not null) x
      group by 1, 2, 3, 4) y`,
    [r.contributionsDue],
  ),
  sqlCheck(
    'no-claim-overpaid',
    `select count(*) as counted, count(*) filter (where open < 0) as wrong from (
      select sum(amount) as open from entry where book = 2 and account = $1
      group by employer_id, bill_id, fund, share, fee_period) x`,
    [r.contributionsDue],
  ),
  sqlCheck(
    'receivable-balances-by-employer',
    // An assessment is posted against one entry for each county; whatever else is posted for an employer has both sides with it.
    `select count(*) as counted, count(*) filter (where total <> 0) as wrong from (
      select sum(e.amount) as total from entry e join journal j on j.id = e.journal_id
      where e.book = 2 and e.employer_id is not null and j.kind <> 'assess' group by e.employer_id, e.fund) x`,
  ),
  sqlCheck(
    'late-fees-agree',
    `select count(*) as counted, count(*) filter (where f.amount is distinct from e.amount) as wrong
      from (select bill_id, fund, sum(amount) as amount from late_fee group by 1, 2) f
      full join (select e.bill_id, e.fund, -sum(e.amount) as amount from entry e join journal j on j.id = e.journal_id
        where e.book = 2 and e.account = $1 and j.kind <> 'opening' group by 1, 2) e using (bill_id, fund)`,
    [r.lateFeesDetermined],
  ),
  sqlCheck(
    'balances-equal-entries',
    // Each closed month: opening is the closing of the month before, the rest its entries; no account is left out.
    `with closed as (select period, ${monthBefore('period')} as before from period_lock),
      moved as (select period, book, fund, account, area / 1000000 * 1000000 as area,
          coalesce(sum(amount) filter (where amount > 0), 0) as debit, -coalesce(sum(amount) filter (where amount < 0), 0) as credit
        from entry join closed using (period) group by 1, 2, 3, 4, 5),
      kept as (select b.* from balance b join closed using (period)),
      known as (select period, book, fund, account, area from moved
        union select period, book, fund, account, area from kept
        union select c.period, b.book, b.fund, b.account, b.area from closed c join balance b on b.period = c.before)
      select count(*) as counted, count(*) filter (where b.closing is null or b.opening <> coalesce(p.closing, 0)
          or b.debit <> coalesce(m.debit, 0) or b.credit <> coalesce(m.credit, 0) or b.closing <> b.opening + b.debit - b.credit)
        as wrong
      from known k join closed c using (period)
      left join kept b using (period, book, fund, account, area)
      left join moved m using (period, book, fund, account, area)
      left join balance p on p.period = c.before and (p.book, p.fund, p.account, p.area) = (k.book, k.fund, k.account, k.area)`,
  ),
  sqlCheck(
    'income-accounts-swept',
    // Nothing is left in the income account at the end of a month that was closed.
    `select count(*) as counted, count(*) filter (where b.closing <> 0) as wrong
      from balance b join month_step c on c.period = b.period and c.step = 'close' where b.book = 1 and b.account = $1`,
    [s.incomeDeposit],
  ),
  sqlCheck(
    'receivable-balances-equal-entries',
    // What is kept of a closed month is what was kept of the month before and the month's entries.
    `with closed as (select period, ${monthBefore('period')} as before from period_lock),
      cells as (
        select b.period, b.employer_id, b.bill_id, b.fee_period, c.cell, c.amount
          from receivable_balance b join closed using (period) cross join lateral unnest(b.cells, b.amounts) as c (cell, amount)
        union all
        select l.period, b.employer_id, b.bill_id, b.fee_period, c.cell, -c.amount
          from closed l join receivable_balance b on b.period = l.before cross join lateral unnest(b.cells, b.amounts) as c (cell, amount)
        union all
        select p.period, p.employer_id, coalesce(p.bill_id, 0), coalesce(p.fee_period, 0), c.cell - c.cell % 10, -c.amount
          from posting p join closed using (period) cross join lateral unnest(p.cells, p.amounts) as c (cell, amount)
          join ledger_account a on a.book = 2 and a.key = c.cell / 1000 and a.kind in ('asset', 'liability')
          where p.book = 2 and p.employer_id is not null)
      select count(*) as counted, count(*) filter (where total <> 0) as wrong
      from (select sum(amount) as total from cells group by period, employer_id, bill_id, fee_period, cell) x`,
  ),
  sqlCheck(
    'period-locks-continuous',
    `with n as (select period, act, period / 100 * 12 + period % 100 as month from period_lock),
      wrong as (
        select (max(month) - min(month) + 1 - count(*))::int as n from n
        union all
        select count(*) from n full join (select period, act from month_step where step = 'close') c using (period)
          where c.act is distinct from n.act and not (c.act is null and n.period < (select first_period from city))
        union all
        select count(*) from journal j where j.kind = 'opening' and not exists (select from n where n.period = j.period))
      select (select count(*) from n) as counted, coalesce(sum(n), 0)::bigint as wrong from wrong`,
  ),
];
