import { z } from 'zod';
import { receivableKeys as r, statutoryKeys as s } from '../../engines/fund/index.ts';
import { defineQuery, type QueryContext } from '../../kernel/index.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** How many things were looked at. */
  readonly counted: number;
  /** How many of them are wrong. */
  readonly wrong: number;
}

interface CheckDefinition {
  readonly name: string;
  /** Answers one row: counted, wrong. */
  readonly sql: string;
  readonly values?: readonly unknown[];
}

// The cells of a person's month as fund, share and amount, to hold against the bills.
const monthCells = `lateral (values
    (case when category = 2 then 2 else 1 end, 1, pension_employer, 0),
    (case when category = 2 then 2 else 1 end, 2, pension_employee, pension_account),
    (3, 1, medical_employer, medical_account - medical_employee), (3, 2, medical_employee, medical_employee),
    (4, 1, unemployment_employer, 0), (4, 2, unemployment_employee, 0), (5, 1, injury_employer, 0),
    (6, 1, maternity_employer, 0)) as c (fund, share, amount, account)`;

const checks: readonly CheckDefinition[] = [
  {
    name: 'ledger-balanced',
    sql: `select count(*) as counted, count(*) filter (where total <> 0) as wrong from (
      select sum(amount) as total from entry group by journal_id, book, fund) x`,
  },
  {
    name: 'entries-have-journals',
    sql: `select count(*) as counted, count(*) filter (where j.id is null) as wrong
      from entry e left join journal j on j.id = e.journal_id and j.period = e.period`,
  },
  {
    name: 'bills-equal-persons',
    sql: `select count(*) as counted, count(*) filter (where l.amount is distinct from p.amount
        or l.account is distinct from p.account) as wrong
      from (select bill_id, fund, share, fee_period, sum(amount) as amount, sum(account) as account from bill_line
        where bill_id not in (select bill_id from bill_line where kind in (2, 3, 5)) group by 1, 2, 3, 4
        having sum(amount) <> 0 or sum(account) <> 0) l
      full join (select bill_id, fund, share, period as fee_period, sum(amount) as amount, sum(account) as account
        from person_month, ${monthCells}
        where bill_id not in (select bill_id from bill_line where kind in (2, 3, 5)) group by 1, 2, 3, 4
        having sum(amount) <> 0 or sum(account) <> 0) p
        using (bill_id, fund, share, fee_period)`,
  },
  {
    name: 'claims-equal-bills',
    sql: `select count(*) as counted, count(*) filter (where l.amount is distinct from e.amount) as wrong
      from (select bill_id, fund, share, fee_period, sum(amount) as amount from bill_line where amount > 0
        group by 1, 2, 3, 4) l
      full join (select e.bill_id, e.fund, e.share, e.fee_period, sum(e.amount) as amount
        from entry e join journal j on j.id = e.journal_id
        where e.book = 2 and e.account = $1 and e.amount > 0 and j.kind in ('assess', 'settle', 'opening')
        group by 1, 2, 3, 4) e using (bill_id, fund, share, fee_period)`,
    values: [r.contributionsDue],
  },
  {
    name: 'no-claim-overpaid',
    sql: `select count(*) as counted, count(*) filter (where open < 0) as wrong from (
      select sum(amount) as open from entry where book = 2 and account = $1
      group by employer_id, bill_id, fund, share, fee_period) x`,
    values: [r.contributionsDue],
  },
  {
    name: 'receipts-booked-once',
    sql: `select count(*) as counted, count(*) filter (where r.amount is distinct from e.amount) as wrong
      from receipt r full join (select e.receipt_id, sum(e.amount) as amount from entry e
        join journal j on j.id = e.journal_id
        where e.book = 1 and e.account = $1 and j.kind = 'receipt' group by 1) e on e.receipt_id = r.id`,
    values: [s.incomeDeposit],
  },
  {
    name: 'books-agree-on-cash',
    sql: `select count(*) as counted, count(*) filter (where cash <> received) as wrong from (
      select fund, coalesce(sum(e.amount) filter (where e.book = 1 and e.account in ($1, $2, $3)), 0) as cash,
        coalesce(sum(e.amount) filter (where e.book = 2 and e.account in ($4, $5)), 0) as received
      from entry e join journal j on j.id = e.journal_id where j.kind <> 'opening' group by 1) x`,
    values: [s.incomeDeposit, s.fiscalDeposit, s.expenseDeposit, r.received, r.refunded],
  },
  {
    name: 'unapplied-agrees',
    sql: `select count(*) as counted, count(*) filter (where held <> unapplied) as wrong from (
      select fund, coalesce(sum(amount) filter (where book = 1 and account in ($1, $2)), 0) as held,
        coalesce(sum(amount) filter (where book = 2 and account in ($3, $4)), 0) as unapplied
      from entry group by 1) x`,
    values: [s.overpaid, s.unidentified, r.unapplied, r.refundsDue],
  },
  {
    name: 'late-fees-agree',
    sql: `select (select count(*) from late_fee) as counted,
      (coalesce((select sum(amount) from late_fee), 0)
        <> -coalesce((select sum(e.amount) from entry e join journal j on j.id = e.journal_id
          where e.book = 2 and e.account = $1 and j.kind <> 'opening'), 0))::int as wrong`,
    values: [r.lateFeesDetermined],
  },
  {
    name: 'medical-accounts-agree',
    // What came in after the last crediting is not credited yet.
    sql: `select count(*) as counted, (coalesce(sum(amount), 0) <> -coalesce((select sum(e.amount) from entry e
          join journal j on j.id = e.journal_id where e.book = 1 and e.account in ($1, $2) and j.kind not in ('close', 'opening')
          and j.act <= (select max(act) from account_credit)), 0))::int as wrong
      from account_credit where fund = 3`,
    // Account money of an earlier year that is given back is no less income, but other expenditure.
    values: [s.contributionsAccounts, s.otherExpenditureAccounts],
  },
  {
    name: 'credits-equal-shares',
    sql: `select count(*) as counted, count(*) filter (where c.amount <> coalesce(s.amount, 0)) as wrong
      from account_credit c left join (select credit_id, sum(amount) as amount from account_credit_share group by 1) s
        on s.credit_id = c.id where not c.whole`,
  },
  {
    name: 'balances-equal-entries',
    sql: `select count(*) as counted, count(*) filter (where b.closing <> e.closing) as wrong from (
        select period, book, fund, account, area, closing from balance
        where period = (select max(period) from period_lock)) b
      join (select book, fund, account, area / 1000000 * 1000000 as area, sum(amount) as closing from entry
        where period <= (select max(period) from period_lock) group by 1, 2, 3, 4) e using (book, fund, account, area)`,
  },
  {
    name: 'receivable-balances-equal-entries',
    sql: `select count(*) as counted, count(*) filter (where coalesce(n.amount, 0) <> coalesce(e.amount, 0)) as wrong
      from (select employer_id, coalesce(bill_id, 0) as bill_id, coalesce(fee_period, 0) as fee_period, fund, account,
          coalesce(share, 0) as share, sum(amount) as amount
        from receivable_now group by 1, 2, 3, 4, 5, 6) n
      full join (select employer_id, coalesce(bill_id, 0) as bill_id, coalesce(fee_period, 0) as fee_period, fund, account,
          coalesce(share, 0) as share, sum(amount) as amount
        from entry where book = 2 and employer_id is not null group by 1, 2, 3, 4, 5, 6) e
        using (employer_id, bill_id, fee_period, fund, account, share)
      join ledger_account a on a.book = 2 and a.key = account and a.kind in ('asset', 'liability')`,
  },
  {
    name: 'bill-numbers-without-gap',
    sql: `select count(*) as counted, (count(*) <> (select coalesce(sum(last), 0) from number_series where kind = 'bill'))::int
      as wrong from bill where kind = 'month'`,
  },
  {
    name: 'acts-recorded',
    sql: `select count(*) as counted, count(*) filter (where a.id is null) as wrong from (
        select act from declaration union select act from bill union select act from journal union select act from receipt
        union select act from account_credit union select act from month_step) x
      left join act a on a.id = x.act`,
  },
];

/** Every invariant of the store, each with what it counted. */
export const verifyQuery = defineQuery({
  name: 'insurance.verify',
  title: { zh: '核对账簿与明细', en: 'Verify the store' },
  input: z.object({}),
  async run(context): Promise<{ checks: Check[] }> {
    return context.elevate(async () => {
      const done: Check[] = [];
      for (const check of checks) done.push(await runCheck(context, check));
      return { checks: done };
    });
  },
});

async function runCheck(context: QueryContext, check: CheckDefinition): Promise<Check> {
  const { counted, wrong } = await context.tx.one<{ counted: number; wrong: number }>(
    check.sql,
    check.values ?? [],
  );
  return { name: check.name, ok: wrong === 0, counted, wrong };
}
