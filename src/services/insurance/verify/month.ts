import { receivableKeys as r, statutoryKeys as s } from '../../../engines/fund/index.ts';
import { type CheckDefinition, sqlCheck } from './check.ts';

// The cells of a person's month as fund, share and amount, to hold against the bills.
const monthCells = `lateral (values
    (case when category = 2 then 2 else 1 end, 1, pension_employer, 0),
    (case when category = 2 then 2 else 1 end, 2, pension_employee, pension_account),
    (3, 1, medical_employer, medical_account - medical_employee), (3, 2, medical_employee, medical_employee),
    (4, 1, unemployment_employer, 0), (4, 2, unemployment_employee, 0), (5, 1, injury_employer, 0),
    (6, 1, maternity_employer, 0)) as c (fund, share, amount, account)`;

/** What declarations, bills, persons' months and accounts must hold towards each other. */
export const monthChecks: readonly CheckDefinition[] = [
  sqlCheck(
    'declarations-equal-rosters',
    `select count(*) as counted, count(*) filter (where d.id is null or l.employer_id is distinct from d.employer_id
        or l.rows is distinct from d.rows or l.wage is distinct from d.wage_fen) as wrong
      from (select * from declaration where rows > 0) d
      full join (select declaration_id, period, min(employer_id) as employer_id, count(*) as rows, sum(wage) as wage
        from roster_line group by 1, 2) l on l.declaration_id = d.id and l.period = d.period`,
  ),
  sqlCheck(
    'person-months-have-bills',
    `select count(*) as counted, count(*) filter (where b.id is null or a.id is null) as wrong
      from person_month m
      left join bill b on b.id = m.bill_id and b.employer_id = m.employer_id and b.area = m.area
      left join assessment a on a.fee_period = m.period and a.period = b.period`,
  ),
  sqlCheck(
    'bills-equal-persons',
    // What was billed provisionally has no persons: the bill that settles it carries their months less the provisional amount.
    `with parts as (
        select bill_id, fund, share, fee_period, amount, account from bill_line where kind in (1, 3, 4)
        union all
        select s.bill_id, l.fund, l.share, l.fee_period, l.amount, 0
          from (select distinct bill_id, employer_id, fee_period from bill_section where kind = 3) s
          join bill_line l on l.employer_id = s.employer_id and l.fee_period = s.fee_period and l.kind = 2
        union all
        select bill_id, fund, share, period, -amount, -account from person_month, ${monthCells})
      select count(*) as counted, count(*) filter (where amount <> 0 or account <> 0) as wrong
      from (select sum(amount) as amount, sum(account) as account from parts group by bill_id, fund, share, fee_period) x`,
  ),
  sqlCheck(
    'provisional-only-undeclared',
    `select count(*) as counted, count(*) filter (where s.fee_period <> s.period or exists (select from declaration d
        where d.employer_id = s.employer_id and d.period = s.fee_period and d.bill_period <= s.period
          and d.kind in ('full', 'changes'))) as wrong
      from bill_section s where s.kind = 2`,
  ),
  sqlCheck(
    'months-paid-agree',
    // A bill of the employer's without a claim, or none any more, leaves nothing to pay; while older claims on the month are open, these may stand
    // for its persons.
    `with billed as (select employer_id, claim_bill_id as bill_id, fund, fee_period, sum(amount) as amount from bill_line
        group by 1, 2, 3, 4),
      open as (select employer_id, bill_id, fund, fee_period, sum(amount) as open from entry
        where book = 2 and account = $1 group by 1, 2, 3, 4),
      last as (select distinct on (employer_id, bill_id, fund, fee_period) employer_id, bill_id, fund, fee_period, paid from month_paid
        order by employer_id, bill_id, fund, fee_period, id desc),
      told as (select employer_id, bill_id, coalesce(b.amount, 0) as amount, b.amount is null as without, coalesce(o.open, 0) as open, l.paid,
          coalesce(sum(greatest(o.open, 0)) over (partition by employer_id, fund, fee_period order by bill_id
            rows between unbounded preceding and 1 preceding), 0) as older
        from billed b full join last l using (employer_id, bill_id, fund, fee_period)
          left join open o using (employer_id, bill_id, fund, fee_period))
      select count(*) as counted, count(*) filter (where (coalesce(paid, false) and open > 0)
          or (older = 0 and open = 0 and not coalesce(paid, amount <= 0))
          or (without and not exists (select from bill k where k.id = t.bill_id and k.employer_id = t.employer_id))) as wrong
      from told t`,
    [r.contributionsDue],
  ),
  sqlCheck(
    'paid-months-covered',
    // What is due for the persons whose month is told as paid came in: of months that were settled, where money can stand for others than it came for.
    `with looked as (select distinct employer_id, period as fee_period from person_month where assessment > 1),
      last as (select distinct on (bill_id, fund, fee_period) bill_id, fund, fee_period, paid from month_paid
        order by bill_id, fund, fee_period, id desc),
      cells as (select m.employer_id, m.person_id, m.period as fee_period, c.fund, m.bill_id, sum(c.amount) as amount
        from looked k join person_month m on m.employer_id = k.employer_id and m.period = k.fee_period cross join ${monthCells} group by 1, 2, 3, 4, 5),
      persons as (select c.employer_id, c.fee_period, c.fund, sum(c.amount) as due,
          coalesce(bool_and(coalesce(l.paid, false)) filter (where c.amount > 0), true) as paid
        from cells c left join last l using (bill_id, fund, fee_period) group by c.employer_id, c.fee_period, c.fund, c.person_id),
      told as (select employer_id, fee_period, fund, sum(due) filter (where paid) as due from persons group by 1, 2, 3),
      came as (select employer_id, fee_period, fund, sum(amount) as amount from (
          select l.employer_id, l.fee_period, l.fund, l.amount from bill_line l join looked using (employer_id, fee_period)
          union all select e.employer_id, e.fee_period, e.fund, -e.amount from entry e join looked using (employer_id, fee_period)
            where e.book = 2 and e.account = $1) x group by 1, 2, 3)
      select count(*) as counted, count(*) filter (where coalesce(t.due, 0) > coalesce(c.amount, 0)) as wrong
      from told t left join came c using (employer_id, fee_period, fund)`,
    [r.contributionsDue],
  ),
  sqlCheck(
    'medical-accounts-agree',
    // What came in after the last crediting is not credited yet. Account money of an earlier year that is given back is no less
    // income, but other expenditure.
    `select count(*) as counted, (coalesce(sum(amount), 0) <> -coalesce((select sum(e.amount) from entry e
          join journal j on j.id = e.journal_id where e.book = 1 and e.account in ($1, $2) and j.kind not in ('close', 'opening')
          and j.act <= (select max(act) from account_credit)), 0))::int as wrong
      from account_credit where fund = 3`,
    [s.contributionsAccounts, s.otherExpenditureAccounts],
  ),
  sqlCheck(
    'credits-equal-persons',
    // Account parts of the bills that were credited whole, and shares.
    `with credited as (select employer_id, fund, fee_period, sum(amount) as amount from account_credit group by 1, 2, 3),
      persons as (select bill_id, period as fee_period, fund, sum(account) as account from person_month, ${monthCells}
        where fund <= 3 group by 1, 2, 3),
      whole as (select w.employer_id, w.fund, w.fee_period, sum(p.account) as amount
        from (select distinct employer_id, fund, fee_period, bill_id from account_credit where whole) w
        join persons p using (bill_id, fund, fee_period) group by 1, 2, 3),
      shared as (select c.employer_id, c.fund, c.fee_period, sum(s.amount) as amount
        from account_credit c join account_credit_share s on s.credit_id = c.id group by 1, 2, 3)
      select count(*) as counted, count(*) filter (where c.amount <> coalesce(w.amount, 0) + coalesce(s.amount, 0)) as wrong
      from credited c left join whole w using (employer_id, fund, fee_period) left join shared s using (employer_id, fund, fee_period)`,
  ),
  sqlCheck(
    'credits-equal-shares',
    `select count(*) as counted, count(*) filter (where c.id is null or (not c.whole and c.amount <> coalesce(s.amount, 0))) as wrong
      from account_credit c
      full join (select credit_id, sum(amount) as amount from account_credit_share group by 1) s on s.credit_id = c.id`,
  ),
  sqlCheck(
    'credits-within-parts',
    // Nobody has more of a month than his account part of it, as the bills say that were known at the last crediting, and nobody less than nothing.
    `with known as (select coalesce(max(act), 0) as act from credit_mark),
      looked as (select distinct employer_id, period as fee_period from person_month where assessment > 1
        union select distinct employer_id, fee_period from account_credit where not whole),
      whole as (select distinct employer_id, fund, fee_period, bill_id from account_credit where whole),
      parts as (select m.employer_id, m.person_id, c.fund, m.period as fee_period, sum(c.account) as part,
          sum(c.account) filter (where w.bill_id is not null) as has
        from looked l join person_month m on m.employer_id = l.employer_id and m.period = l.fee_period
        join bill b on b.id = m.bill_id and b.act <= (select act from known)
        cross join ${monthCells}
        left join whole w on w.employer_id = m.employer_id and w.fund = c.fund and w.fee_period = m.period and w.bill_id = m.bill_id
        where c.fund <= 3 group by 1, 2, 3, 4),
      shared as (select c.employer_id, s.person_id, c.fund, c.fee_period, sum(s.amount) as has
        from account_credit c join account_credit_share s on s.credit_id = c.id group by 1, 2, 3, 4)
      select count(*) as counted, count(*) filter (where coalesce(p.has, 0) + coalesce(s.has, 0)
          not between 0 and greatest(0, coalesce(p.part, 0))) as wrong
      from parts p full join shared s using (employer_id, person_id, fund, fee_period)`,
  ),
  sqlCheck(
    'books-as-taken-over',
    // What the reconciliation sheet agreed on stands in the accounts and in the opening ledger, side by side.
    `with sheet as (select t.act, r ->> 'table' as kind, r ->> 'area' as area, r ->> 'insurance' as fund, r ->> 'year' as year,
          r ->> 'item' as item, (r ->> 'fen')::bigint as fen
        from take_over t cross join lateral json_array_elements(t.sheet) as r
        where r ->> 'table' in ('balances', 'ledger') and r ->> 'item' not like '%.net' and r ->> 'fen' <> '0'),
      stored as (
        select y.act, 'balances' as kind, y.area / 1000000 * 1000000 as area, f.key as fund, y.year::text as year, c.item, sum(c.fen) as fen
          from account_year y join take_over t using (act) join fund f on f.id = y.fund
          cross join lateral (values ('opening', y.opening), ('credited', y.credited), ('interest', y.interest), ('paidOut', y.paid_out),
            ('closing', y.closing)) as c (item, fen) group by 1, 2, 3, 4, 5, 6 having sum(c.fen) <> 0
        union all
        select j.act, 'ledger', e.area / 1000000 * 1000000, f.key, '', e.account || case when e.amount < 0 then '.credit' else '.debit' end,
            sum(abs(e.amount))
          from entry e join journal j on j.id = e.journal_id join take_over t using (act) join fund f on f.id = e.fund
          where e.book = 1 and j.kind = 'opening' and e.account <> $1 group by 1, 2, 3, 4, 5, 6)
      select count(*) as counted, count(*) filter (where h.fen is distinct from s.fen) as wrong
      from sheet h full join stored s on (s.act, s.kind, s.area::text, s.fund, s.year, s.item)
        = (h.act, h.kind, h.area, h.fund, h.year, h.item)`,
    [s.migration],
  ),
  sqlCheck(
    'account-years-continue',
    `select count(*) as counted, count(*) filter (where closing <> opening + credited + interest - paid_out
        or last is not null and (last <> year - 1 or opening <> before)) as wrong
      from (select *, lag(closing) over w as before, lag(year) over w as last from account_year
        window w as (partition by person_id, fund order by year)) y`,
  ),
];
