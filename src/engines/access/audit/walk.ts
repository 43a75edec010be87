import type { Tx } from '../../../kernel/database/index.ts';
import {
  type Batch,
  batchHash,
  type Kind,
  kinds,
  monthsWithRows,
  RowsHash,
  rowsSql,
  txOf,
} from './rows.ts';

/** What is wrong with the trail. */
export interface AuditFault {
  /** `changed`: a batch's rows are not those that were sealed; `outside`: rows of a time that was sealed without them; `chain`: a batch is not what was chained; `root`: a day's root is not the chain's. */
  readonly what: 'changed' | 'outside' | 'chain' | 'root';
  readonly kind: Kind | null;
  readonly month: number | null;
  readonly batch: number | null;
}

export interface AuditFinding {
  readonly batches: number;
  readonly rows: number;
  /** Rows that are not sealed yet. */
  readonly unsealed: number;
  readonly faults: readonly AuditFault[];
}

const batchesSql = `select id, kind, month, from_tx::text as from, to_tx::text as to, rows, encode(rows_hash, 'hex') as "rowsHash",
    encode(hash, 'hex') as hash, (extract(epoch from sealed) * 1000000)::bigint::text as sealed
  from audit_batch order by id`;

/**
 * Walks the whole trail: every row is read and hashed again, every batch compared and chained, every root looked up. Reads with the eyes of
 * whoever may see acts and looks; `tx` is one repeatable-read transaction, or rows that come meanwhile could be taken for planted ones.
 */
export async function walkAudit(tx: Tx): Promise<AuditFinding> {
  const batches = await tx.rows<Batch>(batchesSql);
  const faults: AuditFault[] = [...chainFaults(batches), ...(await rootFaults(tx, batches))];
  const retired = new Set(
    (await tx.rows<{ kind: Kind; month: number }>('select kind, month from audit_retired')).map(
      (r) => `${r.kind} ${r.month}`,
    ),
  );
  const sealedTo = batches.reduce((max, b) => (BigInt(b.to) > max ? BigInt(b.to) : max), 0n);
  let rows = 0;
  let unsealed = 0;
  for (const kind of Object.keys(kinds) as Kind[]) {
    const own = batches.filter((b) => b.kind === kind && !retired.has(`${kind} ${b.month}`));
    const months = new Set([...own.map((b) => b.month), ...(await monthsWithRows(tx, kind))]);
    for (const month of [...months].sort((a, b) => a - b)) {
      const walk = new MonthWalk(
        own.filter((b) => b.month === month),
        sealedTo,
      );
      rows += await tx.readRows(rowsSql(kind, { month }), (row) => walk.row(row));
      const { wrong, outside, open } = walk.end();
      unsealed += open;
      faults.push(...wrong.map((b) => ({ what: 'changed' as const, kind, month, batch: b.id })));
      if (outside > 0) faults.push({ what: 'outside', kind, month, batch: null });
    }
  }
  return { batches: batches.length, rows, unsealed, faults };
}

/** A month's rows beside the batches that were made of them. */
class MonthWalk {
  readonly #batches: readonly Batch[];
  readonly #sealedTo: bigint;
  readonly #hash = new RowsHash();
  readonly #wrong: Batch[] = [];
  #at = 0;
  #from = 0n;
  #to = 0n;
  #outside = 0;
  #open = 0;

  constructor(batches: readonly Batch[], sealedTo: bigint) {
    this.#batches = batches;
    this.#sealedTo = sealedTo;
    this.#begin();
  }

  row(row: Buffer): void {
    const tx = txOf(row);
    while (this.#at < this.#batches.length && tx >= this.#to) this.#close();
    if (this.#at < this.#batches.length && tx >= this.#from) this.#hash.add(row);
    else if (tx < this.#sealedTo) this.#outside += 1;
    else this.#open += 1;
  }

  end(): { wrong: readonly Batch[]; outside: number; open: number } {
    while (this.#at < this.#batches.length) this.#close();
    return { wrong: this.#wrong, outside: this.#outside, open: this.#open };
  }

  #close(): void {
    const batch = this.#batches[this.#at]!;
    const { rows, hash } = this.#hash.digest();
    if (rows !== batch.rows || hash.toString('hex') !== batch.rowsHash) this.#wrong.push(batch);
    this.#at += 1;
    this.#begin();
  }

  #begin(): void {
    const batch = this.#batches[this.#at];
    if (batch === undefined) return;
    this.#from = BigInt(batch.from);
    this.#to = BigInt(batch.to);
  }
}

function chainFaults(batches: readonly Batch[]): AuditFault[] {
  const faults: AuditFault[] = [];
  let before = '';
  let id = 0;
  for (const batch of batches) {
    id += 1;
    if (batch.id !== id || batchHash(before, batch) !== batch.hash)
      faults.push({ what: 'chain', kind: batch.kind, month: batch.month, batch: batch.id });
    // Told once for each batch that is wrong by itself, not for all after it.
    before = batch.hash;
    id = batch.id;
  }
  return faults;
}

async function rootFaults(tx: Tx, batches: readonly Batch[]): Promise<AuditFault[]> {
  const byId = new Map(batches.map((b) => [b.id, b.hash]));
  const roots = await tx.rows<{ batch: number; hash: string }>(
    "select batch, encode(hash, 'hex') as hash from audit_root order by day",
  );
  return roots
    .filter((r) => byId.get(r.batch) !== r.hash)
    .map((r) => ({ what: 'root' as const, kind: null, month: null, batch: r.batch }));
}
