import { copyRows, type Tx } from '../../kernel/database/index.ts';
import type { PlainDate } from '../../kernel/index.ts';
import type { Book } from './accounts.ts';

/** One line of a journal. Amount in fen, debit positive, credit negative. */
export interface Entry {
  readonly book: Book;
  readonly fund: number;
  readonly account: number;
  readonly amount: number;
  readonly area: number;
  readonly employerId?: number;
  readonly billId?: number;
  readonly feePeriod?: number;
  /** 1 employer, 2 employee */
  readonly share?: number;
  /** 1 当期 2 清欠 3 补缴 4 预缴 */
  readonly nature?: number;
  readonly receiptId?: number;
}

/** One posting. The statutory and the receivable journal of one happening share the event. */
export interface Journal {
  /** The same business fact posts once: a repeat under the same key is left out. */
  readonly key: string;
  /** Joins journals of one happening; equal texts become one event id. */
  readonly event: string;
  readonly effective: PlainDate;
  /** Month of the books, 200803; closed months take nothing. */
  readonly period: number;
  readonly kind: string;
  readonly memo: string;
  readonly entries: readonly Entry[];
}

const columns =
  'journal_id, seq, book, fund, account, amount, period, area, employer_id, bill_id, fee_period, share, nature, receipt_id';

/**
 * Posts journals of one month of the books: each sums to zero per book and fund (the database refuses otherwise).
 * Runs inside a transaction with the system's eyes; entries go by COPY as the bulk role.
 * @returns how many were posted; those whose key was posted before are left out
 * @throws MindunError month-closed
 */
export async function post(tx: Tx, journals: readonly Journal[], act: number): Promise<number> {
  const filled = journals.filter((j) => j.entries.some((e) => e.amount !== 0));
  if (filled.length === 0) return 0;
  const period = filled[0]!.period;
  const ids = await tx.rows<{ id: number }>(
    "select nextval('journal_id') as id from generate_series(1, $1)",
    [filled.length],
  );
  const events = new Map<string, number>();
  filled.forEach((j, i) => {
    if (!events.has(j.event)) events.set(j.event, ids[i]!.id);
  });
  const posted = await tx.rows<{ id: number }>(
    `insert into journal (id, event, effective, period, kind, key, memo, act)
     select u.id, u.event, u.effective, u.period, u.kind, u.key, u.memo, $8
     from unnest($1::bigint[], $2::bigint[], $3::date[], $4::int[], $5::text[], $6::text[], $7::text[])
       as u (id, event, effective, period, kind, key, memo)
     on conflict (key) do nothing returning id`,
    [
      ids.map((r) => r.id),
      filled.map((j) => events.get(j.event)!),
      filled.map((j) => j.effective),
      filled.map((j) => j.period),
      filled.map((j) => j.kind),
      filled.map((j) => j.key),
      filled.map((j) => j.memo),
      act,
    ],
  );
  const fresh = new Set(posted.map((p) => p.id));
  if (fresh.size === 0) return 0;
  await tx.as('bulk', () =>
    copyRows(
      tx.copyIn(`copy entry_${period} (${columns}) from stdin`),
      entryRows(
        filled,
        ids.map((r) => r.id),
        fresh,
      ),
    ),
  );
  return fresh.size;
}

function* entryRows(
  journals: readonly Journal[],
  ids: readonly number[],
  fresh: ReadonlySet<number>,
): Generator<(number | null)[]> {
  for (const [i, journal] of journals.entries()) {
    const id = ids[i]!;
    if (!fresh.has(id)) continue;
    let seq = 0;
    for (const e of journal.entries) {
      if (e.amount === 0) continue;
      seq += 1;
      yield [
        id,
        seq,
        e.book,
        e.fund,
        e.account,
        e.amount,
        journal.period,
        e.area,
        e.employerId ?? null,
        e.billId ?? null,
        e.feePeriod ?? null,
        e.share ?? null,
        e.nature ?? null,
        e.receiptId ?? null,
      ];
    }
  }
}
