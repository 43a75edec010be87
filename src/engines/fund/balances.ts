import type { Tx } from '../../kernel/database/index.ts';
import { monthOfDate, type PlainDate, period } from '../../kernel/index.ts';
import { type Book, receivableKeys } from './accounts.ts';
import { keepReceivable } from './receivable.ts';

/** Which balances: of one fund's book, in an area (first and last key), at the end of a day. */
export interface AsOf {
  readonly book: Book;
  readonly fund: number;
  readonly lo: number;
  readonly hi: number;
  /** What takes effect on this day or before it counts. */
  readonly day: PlainDate;
  /** Only what this act and those before it had recorded counts; null: everything that is known. */
  readonly knownAct: number | null;
  /** What stands for this employer only; null: the whole book. */
  readonly employer: number | null;
  /** Whether the area is a county or the city: kept balances stand by county. */
  readonly keptBalances: boolean;
}

/** Balance of one account in fen, positive on the debit side. */
export interface Balance {
  readonly account: number;
  readonly amount: number;
}

/**
 * The balances of a book's accounts at the end of a day, as known after an act, with the eyes of the transaction. A journal may be recorded
 * later than it takes effect, and stand in a later month of the books: it counts from the day on which it takes effect.
 *
 * Of one employer: an assessment is posted against one entry for each county, so that what was assessed of him is the other side of his
 * own entries of it.
 */
export async function balancesAt(tx: Tx, of: AsOf): Promise<Balance[]> {
  const kept = await keptBefore(tx, of);
  return tx.rows<Balance>(
    `select account, sum(amount)::bigint as amount from (
       select account, closing as amount from balance
       where period = $1 and book = $2 and fund = $3 and area between $4 and $5
       union all
       select e.account, e.amount from entry e join journal j on j.id = e.journal_id and j.period = e.period
       where e.period > $1 and e.book = $2 and e.fund = $3 and e.area between $4 and $5 and j.effective <= $6
         and ($7::bigint is null or j.act <= $7) and ($8::bigint is null or e.employer_id = $8)
       union all
       select ${receivableKeys.assessed}, -e.amount from entry e join journal j on j.id = e.journal_id and j.period = e.period
       where e.period > $1 and e.book = $2 and e.fund = $3 and e.area between $4 and $5 and j.effective <= $6
         and ($7::bigint is null or j.act <= $7) and e.employer_id = $8 and j.kind = 'assess') b
     group by 1 having sum(amount) <> 0 order by 1`,
    [kept, of.book, of.fund, of.lo, of.hi, of.day, of.knownAct, of.employer],
  );
}

/**
 * The last month before the day whose kept balances hold nothing that is not asked for; 0: none. All that stands in a month of the books takes
 * effect in it or before it.
 */
async function keptBefore(tx: Tx, of: AsOf): Promise<number> {
  if (!of.keptBalances || of.employer !== null) return 0;
  const { kept } = await tx.one<{ kept: number }>(
    `select coalesce(max(b.period), 0) as kept from (select distinct period from balance where period < $1) b
     where $2::bigint is null or not exists (select from journal j where j.period <= b.period and j.act > $2)`,
    [period(monthOfDate(of.day)), of.knownAct],
  );
  return kept;
}

/** What moved in one account of a fund in a county: debits and credits in fen, neither negative. */
export interface Movement {
  readonly book: Book;
  readonly fund: number;
  readonly account: number;
  readonly area: number;
  readonly debit: number;
  readonly credit: number;
}

/** What moved in a month of the books (200803), by county; only what was posted after journal `after`. */
export async function movementsOf(tx: Tx, ofPeriod: number, after = 0): Promise<Movement[]> {
  // Summed by what is stored before it is taken apart: most of a big month is the same few dozen cells.
  return tx.rows<Movement>(
    `select book::int, cell / 100 % 10 as fund, cell / 1000 as account, area, coalesce(sum(debit), 0)::bigint as debit,
       coalesce(sum(credit), 0)::bigint as credit
     from (select book, area / 1000000 * 1000000 as area, cell, sum(amount) filter (where amount > 0) as debit,
         -sum(amount) filter (where amount < 0) as credit
       from (select book, area, unnest(cells) as cell, unnest(amounts) as amount from posting
         where period = $1 and journal_id > $2) e
       group by 1, 2, 3) c
     group by 1, 2, 3, 4 order by 1, 2, 4, 3`,
    [ofPeriod, after],
  );
}

/**
 * Keeps the balances of both books at the end of a month, from those of the month before and all that moved. Runs with the system's eyes,
 * before the month is locked.
 */
export async function keepBalances(
  tx: Tx,
  ofPeriod: number,
  before: number,
  moved: readonly Movement[],
): Promise<void> {
  await keepReceivable(tx, ofPeriod, before);
  await tx.execute(
    `insert into balance (period, book, fund, account, area, opening, debit, credit, closing)
     select $1, coalesce(m.book, b.book), coalesce(m.fund, b.fund), coalesce(m.account, b.account),
       coalesce(m.area, b.area), coalesce(b.closing, 0), coalesce(m.debit, 0), coalesce(m.credit, 0),
       coalesce(b.closing, 0) + coalesce(m.debit, 0) - coalesce(m.credit, 0)
     from (select book, fund, account, area, sum(debit)::bigint as debit, sum(credit)::bigint as credit
       from unnest($3::smallint[], $4::smallint[], $5::int[], $6::bigint[], $7::bigint[], $8::bigint[])
         as u (book, fund, account, area, debit, credit) group by 1, 2, 3, 4) m
     full join (select * from balance where period = $2) b
       on b.book = m.book and b.fund = m.fund and b.account = m.account and b.area = m.area`,
    [
      ofPeriod,
      before,
      moved.map((m) => m.book),
      moved.map((m) => m.fund),
      moved.map((m) => m.account),
      moved.map((m) => m.area),
      moved.map((m) => m.debit),
      moved.map((m) => m.credit),
    ],
  );
}
