import { createHash, type Hash } from 'node:crypto';
import type { Tx } from '../../../kernel/database/index.ts';

/** What is sealed: acts and looks, each with the columns that its hash holds, in their order. */
export const kinds = {
  act: 'account_id, role, area, command, purpose, matter, parent, proposed_by, subject',
  look: 'account_id, role, area, query, purpose, matter, person_id, employer_id, persons, listed, refused',
} as const;
export type Kind = keyof typeof kinds;

const monthOf = "to_char(wall at time zone 'Asia/Shanghai', 'YYYYMM')::int";

/** The first moment of a month (202611) of the wall clock in Asia/Shanghai, as SQL reads it. */
function beginning(month: number): string {
  return `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}-01 00:00+08`;
}

/** Whose rows: of a month of the wall clock, or of some transactions. */
export type Part = { readonly month: number } | { readonly from: string; readonly to: string };

/** The rows of a part, the transaction and the month first, as they are hashed: by month and, within it, in the order of transactions. */
export function rowsSql(kind: Kind, part: Part): string {
  // Numbers only: both come from the database.
  const where =
    'month' in part
      ? `wall >= '${beginning(part.month)}' and wall < '${beginning(following(part.month))}'`
      : `tx >= '${BigInt(part.from)}'::xid8 and tx < '${BigInt(part.to)}'::xid8`;
  const order = 'month' in part ? 'tx, id' : `${monthOf}, tx, id`;
  return `copy (select tx, ${monthOf}, id, at, wall, ${kinds[kind]} from ${kind} where ${where} order by ${order})
    to stdout (format binary)`;
}

function following(month: number): number {
  return month % 100 === 12 ? month + 89 : month + 1;
}

/** Months of the wall clock that hold rows of a kind, as 202611. */
export async function monthsWithRows(tx: Tx, kind: Kind): Promise<number[]> {
  const rows = await tx.rows<{ month: number }>(
    `with recursive found (month) as (
       select ${monthOf} from (select min(wall) as wall from ${kind}) first where wall is not null
       union all
       select ${monthOf} from found f cross join lateral (
         select min(wall) as wall from ${kind}
         where wall >= (to_date(f.month::text, 'YYYYMM') + interval '1 month')::timestamp at time zone 'Asia/Shanghai') n
       where wall is not null)
     select month from found`,
  );
  return rows.map((r) => r.month);
}

const bufferBytes = 2 ** 16;

/** SHA-256 of rows as the server sent them. Small rows are gathered: a call of the hash for each would cost more than the hashing. */
export class RowsHash {
  readonly #buffer = Buffer.allocUnsafe(bufferBytes);
  #hash: Hash = createHash('sha256');
  #filled = 0;
  count = 0;

  add(row: Buffer): void {
    this.count += 1;
    if (this.#filled + row.length > bufferBytes) this.#flush();
    if (row.length > bufferBytes) this.#hash.update(row);
    else this.#filled += row.copy(this.#buffer, this.#filled);
  }

  /** The hash so far, and begins anew. */
  digest(): { rows: number; hash: Buffer } {
    this.#flush();
    const answer = { rows: this.count, hash: this.#hash.digest() };
    this.#hash = createHash('sha256');
    this.count = 0;
    return answer;
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

const txAt = 6;
const monthAt = txAt + 8 + 4;

/** The transaction that wrote a row: the first field. */
export function txOf(row: Buffer): bigint {
  return row.readBigUInt64BE(txAt);
}

/** The month of the wall clock in which a row was written: the second field. */
export function monthOfRow(row: Buffer): number {
  return row.readInt32BE(monthAt);
}

/** A batch of the chain as it is stored. */
export interface Batch {
  readonly id: number;
  readonly kind: Kind;
  readonly month: number;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly rowsHash: string;
  readonly hash: string;
  /** In microseconds since 1970. */
  readonly sealed: string;
}

/**
 * The hash of a batch: over the one before it (the first has none) and all that the batch says, so that none can be changed, left out or put in
 * between without changing all that follow.
 */
export function batchHash(before: string, batch: Omit<Batch, 'hash'>): string {
  const { id, kind, month, from, to, rows, rowsHash, sealed } = batch;
  const text = [before, id, kind, month, from, to, rows, rowsHash, sealed].join('|');
  return createHash('sha256').update(text).digest('hex');
}
