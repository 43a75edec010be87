import { copyText, madeAhead, type Tx, textOf } from '../../kernel/database/index.ts';
import { gathered, type PlainDate } from '../../kernel/index.ts';
import type { Book } from './accounts.ts';

/** One line of a journal. Amount in fen, debit positive, credit negative. */
export interface Entry {
  readonly book: Book;
  readonly fund: number;
  readonly account: number;
  readonly amount: number;
  readonly area: number;
  readonly employerId?: number | undefined;
  readonly billId?: number | undefined;
  readonly feePeriod?: number | undefined;
  /** 1 employer, 2 employee */
  readonly share?: number | undefined;
  /** See `nature`. */
  readonly nature?: number | undefined;
  readonly receiptId?: number | undefined;
}

/** Kinds of contributions as income (4001): 当期, 清欠, 补缴, 预缴. */
export const nature = { current: 1, arrears: 2, back: 3, advance: 4 } as const;

/** What the entries of a posting stand for together. */
interface About {
  readonly book: Book;
  readonly area: number;
  readonly employerId?: number | undefined;
  readonly billId?: number | undefined;
  readonly feePeriod?: number | undefined;
  readonly receiptId?: number | undefined;
}

/** The entries of a journal that stand for the same employer, bill, fee month and receipt: one stored row. No amount is zero. */
export interface Posting extends About {
  /** What each entry is about, see `cellOf`. */
  readonly cells: readonly number[];
  /** Fen, debit positive, credit negative. */
  readonly amounts: readonly number[];
}

/** One happening in the books. The statutory and the receivable journal of one happening share the event. */
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
  /** The area of all postings, null: they lie in several; where it is not given it is found by going through them. */
  readonly area?: number | null;
  /** Gone through more than once. */
  readonly postings: Iterable<Posting>;
}

const columns =
  'journal_id, seq, book, period, area, employer_id, bill_id, fee_period, receipt_id, cells, amounts';

/**
 * Posts journals of one month of the books: each sums to zero per book and fund (the database refuses otherwise).
 * Runs inside a transaction with the system's eyes; entries go by COPY as the bulk role.
 * @returns how many were posted; those whose key was posted before are left out
 * @throws MindunError month-closed
 */
export async function post(tx: Tx, journals: readonly Journal[], act: number): Promise<number> {
  const filled = journals.filter((j) => holdsMoney(j.postings));
  if (filled.length === 0) return 0;
  const period = filled[0]!.period;
  const numbers = await tx.draw('journal_id', filled.length);
  const events = new Map<string, number>();
  filled.forEach((j, i) => {
    if (!events.has(j.event)) events.set(j.event, numbers[i]!);
  });
  const inserted = tx.rows<{ id: number }>(
    `insert into journal (id, event, effective, period, kind, key, memo, act, area)
     select u.id, u.event, u.effective, u.period, u.kind, u.key, u.memo, $8, u.area
     from unnest($1::bigint[], $2::bigint[], $3::date[], $4::int[], $5::text[], $6::text[], $7::text[], $9::bigint[])
       as u (id, event, effective, period, kind, key, memo, area)
     on conflict (key) do nothing returning id`,
    [
      numbers,
      filled.map((j) => events.get(j.event)!),
      filled.map((j) => j.effective),
      filled.map((j) => j.period),
      filled.map((j) => j.kind),
      filled.map((j) => j.key),
      filled.map((j) => j.memo),
      act,
      filled.map((j) => (j.area === undefined ? areaOf(j.postings) : j.area)),
    ],
  );
  // Repeats are rare: the entries of all are made while the server takes the journals.
  const rowsOf = (posted: readonly number[]): Generator<Buffer> =>
    textOf(postingRows(filled, numbers, new Set(posted)));
  const [rows, ofAll] = await madeAhead(inserted, rowsOf(numbers));
  const posted = rows.map((p) => p.id);
  if (posted.length === 0) return 0;
  const text = posted.length === filled.length ? ofAll : rowsOf(posted);
  await tx.as('bulk', () =>
    copyText(tx.copyIn(`copy posting_${period} (${columns}) from stdin`), text),
  );
  return posted.length;
}

function holdsMoney(postings: Iterable<Posting>): boolean {
  for (const _ of postings) return true;
  return false;
}

/** The area of all postings; null when they lie in several. */
function areaOf(postings: Iterable<Posting>): number | null {
  let area: number | undefined;
  for (const p of postings) {
    if (area !== undefined && p.area !== area) return null;
    area = p.area;
  }
  return area ?? null;
}

function* postingRows(
  journals: readonly Journal[],
  ids: readonly number[],
  fresh: ReadonlySet<number>,
): Generator<(number | string | null)[]> {
  for (const [i, journal] of journals.entries()) {
    if (!fresh.has(ids[i]!)) continue;
    let seq = 1;
    for (const of of journal.postings) {
      yield [
        ids[i]!,
        seq,
        of.book,
        journal.period,
        of.area,
        of.employerId ?? null,
        of.billId ?? null,
        of.feePeriod ?? null,
        of.receiptId ?? null,
        `{${of.cells.join(',')}}`,
        `{${of.amounts.join(',')}}`,
      ];
      seq += of.cells.length;
    }
  }
}

/** Entries as the postings that hold them, in their order. Entries of nothing are left out. */
export function entered(entries: Iterable<Entry>): Posting[] {
  return [...gathered(moving(entries), ofOnePosting)].map((list) => {
    const [{ book, area, employerId, billId, feePeriod, receiptId }] = list as [Entry];
    return {
      book,
      area,
      employerId,
      billId,
      feePeriod,
      receiptId,
      cells: list.map((e) => cellOf(e.account, e.fund, e.share, e.nature)),
      amounts: list.map((e) => e.amount),
    };
  });
}

function* moving(entries: Iterable<Entry>): Generator<Entry> {
  for (const e of entries) if (e.amount !== 0) yield e;
}

function ofOnePosting(a: About, b: About): boolean {
  return (
    a.book === b.book &&
    a.billId === b.billId &&
    a.feePeriod === b.feePeriod &&
    a.employerId === b.employerId &&
    a.area === b.area &&
    a.receiptId === b.receiptId
  );
}

/** How a posting stores what an entry is about: account, fund, share and nature (0: none) in one number. */
export function cellOf(account: number, fund: number, share = 0, nature = 0): number {
  return account * 1000 + fund * 100 + share * 10 + nature;
}
