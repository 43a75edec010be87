import type { Tx } from '../../kernel/database/index.ts';

/**
 * What an employer owes (positive) or has (negative) on a bill for a fee month, by cell of the receivable book's assets and liabilities, in fen. Bill,
 * fee month 0: none.
 */
export interface ReceivableOn {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly feePeriod: number;
  /** account * 100 + fund * 10 + share (1 employer, 2 employee, 0 none) */
  readonly cells: readonly number[];
  readonly open: readonly number[];
}

interface StoredRow {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly feePeriod: number;
  readonly cells: readonly number[];
  readonly amounts: readonly number[];
}

/**
 * What stands in the receivable book for these employers in some of its asset and liability accounts now: the balances at the last closing and what was
 * posted since. Cells that are even are left out. With `feePeriods` those of these fee months only.
 */
export async function receivableOf(
  tx: Tx,
  employers: readonly number[],
  accounts: readonly number[],
  feePeriods: readonly number[] | null = null,
): Promise<ReceivableOn[]> {
  const { closed, latest } = await tx.one<{ closed: number; latest: number }>(
    `select coalesce((select max(period) from period_lock), 0) as closed, coalesce((select max(period) from posting), 0) as latest`,
  );
  const rows = await tx.rows<StoredRow>(
    // Leaves of months to come are empty: looking into each for every employer would take most of the time. Employer by employer: the planner
    // knows nothing yet of a month that was just filled and would rather read the whole of it.
    `select b.employer_id as employer, b.area, b.bill_id as bill, b.fee_period as "feePeriod", b.cells, b.amounts
     from unnest($1::bigint[]) as w (employer) join receivable_balance b on b.employer_id = w.employer
     where b.period = $2 and ($3::int[] is null or b.fee_period = any ($3))
     union all
     select p.employer_id, p.area, coalesce(p.bill_id, 0), coalesce(p.fee_period, 0), p.cells, p.amounts
     from unnest($1::bigint[]) as w (employer) cross join lateral (select * from posting
       where employer_id = w.employer and period > $2 and period <= $4 and book = 2
         and ($3::int[] is null or fee_period = any ($3)) offset 0) p`,
    [employers, closed, feePeriods, latest],
  );
  const found = new Map<string, Summing>();
  for (const row of rows) add(found, row, accounts);
  return [...found.values()].map(uneven).filter((on) => on.cells.length > 0);
}

interface Summing extends ReceivableOn {
  readonly cells: number[];
  readonly open: number[];
}

function add(found: Map<string, Summing>, row: StoredRow, accounts: readonly number[]): void {
  const key = `${row.bill} ${row.feePeriod} ${row.employer}`;
  let on = found.get(key);
  if (on === undefined) {
    const { employer, area, bill, feePeriod } = row;
    on = { employer, area, bill, feePeriod, cells: [], open: [] };
    found.set(key, on);
  }
  for (let i = 0; i < row.cells.length; i += 1) {
    const cell = Math.trunc(row.cells[i]! / 10);
    if (!accounts.includes(Math.trunc(cell / 100))) continue;
    const at = on.cells.indexOf(cell);
    if (at >= 0) on.open[at]! += row.amounts[i]!;
    else {
      on.cells.push(cell);
      on.open.push(row.amounts[i]!);
    }
  }
}

function uneven(on: Summing): ReceivableOn {
  if (!on.open.includes(0)) return on;
  return {
    ...on,
    cells: on.cells.filter((_, i) => on.open[i] !== 0),
    open: on.open.filter((amount) => amount !== 0),
  };
}

/** Employers and fee months whose contributions due were posted to after journal `after`, in books of `from` (200803) or later. */
export async function movedSince(
  tx: Tx,
  from: number,
  after: number,
): Promise<{ employer: number; feePeriod: number }[]> {
  return tx.rows(
    `select distinct employer_id as employer, fee_period as "feePeriod" from posting
     where period >= $1 and journal_id > $2 and book = 2 and employer_id is not null and fee_period is not null`,
    [from, after],
  );
}

/**
 * Keeps what every employer owes and has at the end of a month, from what was kept a month before and the month's entries. Runs with
 * the system's eyes, before the month is locked.
 */
export async function keepReceivable(tx: Tx, ofPeriod: number, before: number): Promise<void> {
  const kept = await tx.rows<{ key: number }>(
    "select key from ledger_account where book = 2 and kind in ('asset', 'liability')",
  );
  await tx.execute(
    `insert into receivable_balance (period, employer_id, bill_id, fee_period, area, cells, amounts)
     select $1, employer_id, bill_id, fee_period, max(area), array_agg(cell order by cell), array_agg(open order by cell)
     from (select employer_id, bill_id, fee_period, cell, max(area) as area, sum(amount)::bigint as open
       from (select employer_id, bill_id, fee_period, area, unnest(cells) as cell, unnest(amounts) as amount
           from receivable_balance where period = $2
         union all
         select employer_id, coalesce(bill_id, 0), coalesce(fee_period, 0), area, unnest(cells) / 10 * 10, unnest(amounts)
           from posting where period = $1 and book = 2 and employer_id is not null) x
       where cell / 1000 = any ($3)
       group by 1, 2, 3, 4 having sum(amount) <> 0) y
     group by 2, 3, 4`,
    [ofPeriod, before, kept.map((k) => k.key)],
  );
}
