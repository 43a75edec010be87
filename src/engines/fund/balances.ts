import type { Tx } from '../../kernel/database/index.ts';
import { monthOfDate, type PlainDate, period } from '../../kernel/index.ts';
import type { Book } from './accounts.ts';

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
         and ($7::bigint is null or j.act <= $7) and ($8::bigint is null or e.employer_id = $8)) b
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
