import type { Store, Tx } from '../../../kernel/database/index.ts';
import { type Batch, batchHash, type Kind, kinds, monthOfRow, RowsHash, rowsSql } from './rows.ts';

const jobs = { role: 'jobs' } as const;
/** One sealer at a time. */
const sealing = 0x73_65_61_6c;

/** What a pass of the sealer did. */
export interface Sealed {
  readonly batches: number;
  readonly rows: number;
}

/**
 * Seals what has come to an end: acts and looks of all transactions older than the oldest one under way, which can get no more of
 * them. Off the hot path; a second sealer finds nothing to do; one that is killed leaves nothing.
 */
export async function sealAudit(store: Store): Promise<Sealed> {
  return store.transaction(jobs, async (tx) => {
    await tx.rows('select pg_advisory_xact_lock($1)', [sealing]);
    // A statement of its own after the lock: what the sealer before us did is seen.
    const { from, to } = await tx.one<{ from: string; to: string }>(
      `select coalesce((select max(to_tx) from audit_batch), '0'::xid8)::text as from,
         pg_snapshot_xmin(pg_current_snapshot())::text as to`,
    );
    const sealed = { batches: 0, rows: 0 };
    if (BigInt(to) <= BigInt(from)) return sealed;
    for (const kind of Object.keys(kinds) as Kind[]) {
      for (const part of await hashed(tx, kind, from, to)) {
        await append(tx, { kind, from, to, ...part });
        sealed.batches += 1;
        sealed.rows += part.rows;
      }
    }
    await keepRoot(tx);
    return sealed;
  });
}

interface Part {
  readonly month: number;
  readonly rows: number;
  readonly rowsHash: string;
}

/** The rows of some transactions, hashed month by month. */
async function hashed(tx: Tx, kind: Kind, from: string, to: string): Promise<Part[]> {
  const parts: Part[] = [];
  const hash = new RowsHash();
  let month: number | undefined;
  const end = (): void => {
    if (month === undefined) return;
    const { rows, hash: rowsHash } = hash.digest();
    parts.push({ month, rows, rowsHash: rowsHash.toString('hex') });
  };
  await tx.readRows(rowsSql(kind, { from, to }), (row) => {
    const own = monthOfRow(row);
    if (own !== month) end();
    month = own;
    hash.add(row);
  });
  end();
  return parts;
}

async function append(
  tx: Tx,
  part: Part & { readonly kind: Kind; readonly from: string; readonly to: string },
): Promise<void> {
  const last = await tx.maybe<{ id: number; hash: string }>(
    "select id, encode(hash, 'hex') as hash from audit_batch order by id desc limit 1",
  );
  const { sealed } = await tx.one<{ sealed: string }>(
    'select (extract(epoch from clock_timestamp()) * 1000000)::bigint::text as sealed',
  );
  const batch: Omit<Batch, 'hash'> = { id: (last?.id ?? 0) + 1, sealed, ...part };
  await tx.execute(
    `insert into audit_batch (id, kind, month, from_tx, to_tx, rows, rows_hash, hash, sealed)
     values ($1, $2, $3, $4::text::xid8, $5::text::xid8, $6, decode($7, 'hex'), decode($8, 'hex'),
       timestamptz 'epoch' + $9::bigint * interval '1 microsecond')`,
    [
      batch.id,
      batch.kind,
      batch.month,
      batch.from,
      batch.to,
      batch.rows,
      batch.rowsHash,
      batchHash(last?.hash ?? '', batch),
      sealed,
    ],
  );
}

/** The root of each day that is over: the last hash that was sealed on it. Days on which nothing was sealed have none. */
async function keepRoot(tx: Tx): Promise<void> {
  await tx.execute(
    `insert into audit_root (day, batch, hash)
     select day, id, hash from (
       select distinct on (1) (sealed at time zone 'Asia/Shanghai')::date as day, id, hash from audit_batch
       where sealed >= coalesce((select max(day) + 1 from audit_root), '-infinity'::date)::timestamp at time zone 'Asia/Shanghai'
       order by 1, id desc) d
     where day < (clock_timestamp() at time zone 'Asia/Shanghai')::date
     on conflict (day) do nothing`,
  );
}

/** The chain's last hash of a day that is over, to be kept where nobody of the house can change it. */
export interface Root {
  readonly day: string;
  readonly batch: number;
  readonly hash: string;
}

/** The roots after a day (all of them without one), the oldest first. */
export async function rootsAfter(store: Store, day: string | null): Promise<Root[]> {
  return store.read(jobs, (tx) =>
    tx.rows<Root>(
      `select day, batch, encode(hash, 'hex') as hash from audit_root where $1::date is null or day > $1 order by day`,
      [day],
    ),
  );
}
