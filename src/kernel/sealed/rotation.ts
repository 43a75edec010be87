import type { Tx } from '../database/index.ts';
import { type SealedColumn, sealedColumns } from './columns.ts';
import { holdKeys, type KeyState, type Sealed, type StoredKey, storedKeys } from './sealed.ts';
import { keyIdIn, keyIdText, type SuiteName } from './suites.ts';

/** How many values stand under a data key. */
export interface KeyCount {
  readonly id: number;
  readonly column: string;
  readonly suite: SuiteName;
  readonly state: KeyState;
  readonly master: string;
  /** Whether its master key is in the file. */
  readonly present: boolean;
  readonly values: number;
}

/**
 * Wraps every data key under the newest master key; values stay as they are, and who reads or writes goes on meanwhile. Runs with the system's eyes.
 * @returns how many were wrapped anew
 * @throws MindunError keys-lost
 */
export async function rewrapAll(tx: Tx, sealed: Sealed): Promise<number> {
  await holdKeys(tx);
  const master = sealed.ring.read().at(-1);
  const wanted = (await storedKeys(tx)).filter(
    (k) => k.state !== 'lost' && k.master !== master?.id,
  );
  if (wanted.length === 0) return 0;
  if (master === undefined) sealed.lost(wanted);
  for (const key of wanted)
    await tx.execute('update sealed_key set master = $2, wrapped = $3 where id = $1', [
      key.id,
      master.id,
      sealed.rewrapped(key, master),
    ]);
  return wanted.length;
}

/**
 * Gives each column that has a data key a new one for what is written from now on; values of before are sealed anew by {@link resealSome}. Where such a change is
 * under way it is gone on with. Waits for transactions that write with the key of before.
 * @returns the columns whose values are to be sealed anew
 * @throws MindunError keys-lost
 */
export async function renewAll(tx: Tx, sealed: Sealed): Promise<string[]> {
  await holdKeys(tx);
  const keys = await storedKeys(tx);
  const begun = keys.filter((k) => k.state === 'old').map((k) => k.column);
  if (begun.length > 0) return [...new Set(begun)];
  const columns = keys.filter((k) => k.state === 'active').map((k) => k.column);
  // Conflicts with the writers' `for key share`: after this nobody writes under the key any more.
  await tx.rows("select id from sealed_key where state = 'active' order by id for update");
  await tx.execute("update sealed_key set state = 'old' where state = 'active'");
  for (const column of columns) await sealed.make(tx, column);
  return columns;
}

/** A batch of values sealed anew. */
export interface Resealed {
  readonly done: number;
  /** The last row that was looked at; null: there are no more. */
  readonly next: number | null;
}

/**
 * Seals values of a column that are under old keys with the one in use, at most `limit` of the rows after one. Runs with the system's eyes.
 * @throws MindunError keys-lost, sealed-broken
 */
export async function resealSome(
  tx: Tx,
  sealed: Sealed,
  column: SealedColumn,
  after: number,
  limit: number,
): Promise<Resealed> {
  const { table, column: value, index } = column;
  const name = `${table}.${value}`;
  const old = (await storedKeys(tx)).filter((k) => k.column === name && k.state === 'old');
  const rows = await tx.rows<{ id: number; value: Buffer }>(
    `select id, "${value}" as value from "${table}" where id > $1 and ${keyIdIn(`"${value}"`)} = any ($2::text[])
     order by id limit $3 for no key update`,
    [after, old.map((k) => keyIdText(k.id)), limit],
  );
  if (rows.length === 0) return { done: 0, next: null };
  const opener = await sealed.opener(tx, column);
  const sealer = await sealed.sealer(tx, column);
  const texts = rows.map((r) => opener.open(r.id, r.value));
  const indexed = index === undefined ? '' : `, "${index}" = u.index`;
  await tx.execute(
    `update "${table}" t set "${value}" = u.value${indexed}
     from unnest($1::bigint[], $2::bytea[], $3::bytea[]) as u (id, value, index) where t.id = u.id`,
    [
      rows.map((r) => r.id),
      rows.map((r, i) => sealer.seal(r.id, texts[i]!)),
      texts.map((t) => (index === undefined ? null : sealer.index(t))),
    ],
  );
  return { done: rows.length, next: rows.at(-1)!.id };
}

/** Keys under which no value stands any more are spent. Runs with the system's eyes. @returns how many became so */
export async function spendOld(tx: Tx): Promise<number> {
  await holdKeys(tx);
  const spent: number[] = [];
  for (const key of (await storedKeys(tx)).filter((k) => k.state === 'old'))
    if ((await valuesUnder(tx, key)) === 0) spent.push(key.id);
  return tx.execute("update sealed_key set state = 'spent' where id = any ($1)", [spent]);
}

/** Keys whose master key is lost are given up: new values get new ones, those of before stay unread. @returns the columns */
export async function giveUpLost(tx: Tx, sealed: Sealed): Promise<string[]> {
  await holdKeys(tx);
  const lost = (await storedKeys(tx)).filter(
    (k) => k.state !== 'lost' && sealed.ring.find(k.master) === undefined,
  );
  await tx.execute("update sealed_key set state = 'lost' where id = any ($1)", [
    lost.map((k) => k.id),
  ]);
  return [...new Set(lost.map((k) => k.column))];
}

/** All data keys with what stands under each. Runs with the system's eyes. */
export async function keyCounts(tx: Tx, sealed: Sealed): Promise<KeyCount[]> {
  const counts: KeyCount[] = [];
  for (const key of await storedKeys(tx)) {
    const { id, column, suite, state, master } = key;
    const present = sealed.ring.find(master) !== undefined;
    counts.push({ id, column, suite, state, master, present, values: await valuesUnder(tx, key) });
  }
  return counts;
}

async function valuesUnder(tx: Tx, key: StoredKey): Promise<number> {
  const column = sealedColumns().get(key.column);
  if (column === undefined) return 0;
  const { values } = await tx.one<{ values: number }>(
    `select count(*) as values from "${column.table}" where ${keyIdIn(`"${column.column}"`)} = $1`,
    [keyIdText(key.id)],
  );
  return values;
}
