import { randomBytes } from 'node:crypto';
import type { Tx } from '../database/index.ts';
import { MindunError } from '../errors.ts';
import type { Text } from '../text.ts';
import { columnName, type SealedColumn, sealedColumns } from './columns.ts';
import { KeyRing, type MasterKey } from './ring.ts';
import {
  type CipherKey,
  keyBytes,
  keyedDigest,
  keyIdOf,
  openBytes,
  type SuiteName,
  sealBytes,
} from './suites.ts';

/**
 * What a data key is for: new values (`active`), values of before (`old`), none any more (`spent`), values that nobody can read since its master key is lost (`lost`).
 */
export type KeyState = 'active' | 'old' | 'spent' | 'lost';

/** A data key as the database has it: wrapped by a master key. */
export interface StoredKey {
  readonly id: number;
  readonly column: string;
  readonly suite: SuiteName;
  readonly state: KeyState;
  /** Id of the master key that opens it. */
  readonly master: string;
  readonly wrapped: Buffer;
}

/** A data key, open: one secret seals, another makes the index. */
interface DataKey extends CipherKey {
  readonly blind: Buffer;
}

/**
 * Bytes of an index. Of 10 million different accounts two share one of 8 bytes with a chance of 3 in a million, and the index tells no more than that two are
 * equal; longer ones would only take room.
 */
export const indexBytes = 8;

const columnsOfKey = 'id, column_name as "column", suite, state, master, wrapped';

/** Seals the values of one column, within one transaction. */
export interface Sealer {
  /** @param row id of the row: on another one the value does not open */
  seal(row: number, text: string): Buffer;
  /** By which equal values are found. */
  index(text: string): Buffer;
}

/** Opens the values of one column. */
export interface Opener {
  /** @throws MindunError sealed-broken, sealed-given-up, keys-lost */
  open(row: number, value: Buffer): string;
  /** The indexes that an equal value may have: one for each key that values have now. */
  indexes(text: string): Buffer[];
  /** The index that belongs beside a sealed value. */
  indexOf(row: number, value: Buffer): Buffer;
}

/**
 * Sealed columns of a city: envelope encryption with data keys that the database keeps wrapped, under master keys that it never sees. The file of the master keys
 * is read when first needed, and made when a city without any sealed value first seals one.
 */
export class Sealed {
  readonly city: string;
  readonly ring: KeyRing;
  /** Open data keys by what the database has of them: one that is wrapped anew is opened anew. */
  readonly #open = new Map<string, DataKey>();

  /** @param file of the master keys */
  constructor(city: string, file: string) {
    this.city = city;
    this.ring = new KeyRing(file);
  }

  /**
   * For writing: the column's data key in use, held so that no rotation passes it by before the transaction ends; made where there is none.
   * @throws MindunError keys-lost, keys-open-to-others, keys-damaged, keys-not-writable
   */
  async sealer(tx: Tx, column: SealedColumn): Promise<Sealer> {
    const name = columnName(column);
    const stored = await tx.as('system', async () => {
      const active = await activeKey(tx, name);
      if (active !== undefined) return active;
      // Two that begin a column at once: the second waits, and a rotation that made a new key meanwhile is seen then.
      await holdKeys(tx);
      return (await activeKey(tx, name)) ?? this.make(tx, name);
    });
    const key = await this.#needed(tx, stored);
    return {
      seal: (row, text) => sealBytes(key, bound(column, row), Buffer.from(text, 'utf8')),
      index: (text) => indexWith(key, column, text),
    };
  }

  /** For reading, under whichever key a value is. @throws MindunError keys-lost, keys-open-to-others, keys-damaged */
  async opener(tx: Tx, column: SealedColumn): Promise<Opener> {
    const all = await storedKeys(tx);
    const own = new Map(
      all.filter((k) => k.column === columnName(column)).map((k) => [k.id, k] as const),
    );
    const keyOf = (value: Buffer): DataKey => {
      const stored = own.get(keyIdOf(value) ?? -1);
      if (stored === undefined) throw new MindunError('sealed-broken', { column: column.title });
      if (stored.state === 'lost')
        throw new MindunError('sealed-given-up', { column: column.title });
      return this.opened(stored) ?? this.lost(all);
    };
    const open = (row: number, value: Buffer): string => {
      const plain = openBytes(keyOf(value), bound(column, row), value);
      if (plain === undefined) throw new MindunError('sealed-broken', { column: column.title });
      return plain.toString('utf8');
    };
    return {
      open,
      indexes: (text) =>
        [...own.values()]
          .filter((k) => k.state === 'active' || k.state === 'old')
          .map((k) => indexWith(this.opened(k) ?? this.lost(all), column, text)),
      indexOf: (row, value) => indexWith(keyOf(value), column, open(row, value)),
    };
  }

  /** The data key itself; undefined: its master key is not there. @throws MindunError keys-damaged when it does not open */
  opened(stored: StoredKey): DataKey | undefined {
    const id = stored.wrapped.toString('base64');
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const master = this.ring.find(stored.master);
    if (master === undefined) return undefined;
    const secrets = openBytes(master.key, this.#boundKey(stored), stored.wrapped);
    if (secrets === undefined) throw new MindunError('keys-damaged', { place: this.ring.file });
    const key = {
      id: stored.id,
      suite: stored.suite,
      secret: secrets.subarray(0, keyBytes),
      blind: secrets.subarray(keyBytes),
    };
    this.#open.set(id, key);
    return key;
  }

  /**
   * Makes a data key for a column. Runs with the system's eyes while `holdKeys` holds.
   * @throws MindunError keys-lost when the file of the master keys is gone though there are sealed values
   */
  async make(tx: Tx, column: string): Promise<StoredKey> {
    const all = await storedKeys(tx);
    let masters = this.ring.read();
    if (masters.length === 0) {
      // A new file beside values that it does not open would hide that the right one is missing.
      if (all.some((k) => k.state !== 'lost')) this.lost(all);
      masters = this.ring.begin();
    }
    const master = masters.at(-1)!;
    const [id] = await tx.draw('sealed_key_id', 1);
    const key = { id: id!, column, suite: master.suite, master: master.id };
    const wrapped = sealBytes(master.key, this.#boundKey(key), randomBytes(2 * keyBytes));
    return tx.one<StoredKey>(
      `insert into sealed_key (id, column_name, suite, state, master, wrapped) values ($1, $2, $3, 'active', $4, $5)
       returning ${columnsOfKey}`,
      [key.id, key.column, key.suite, key.master, wrapped],
    );
  }

  /** A data key under another master key. @throws MindunError keys-lost */
  rewrapped(stored: StoredKey, master: MasterKey): Buffer {
    const key = this.opened(stored) ?? this.lost([stored]);
    return sealBytes(master.key, this.#boundKey(stored), Buffer.concat([key.secret, key.blind]));
  }

  async #needed(tx: Tx, stored: StoredKey): Promise<DataKey> {
    return this.opened(stored) ?? this.lost(await storedKeys(tx));
  }

  /** @throws MindunError keys-lost, with all of these that cannot be read */
  lost(keys: readonly StoredKey[]): never {
    const lost = keys.filter((k) => k.state !== 'lost' && this.ring.find(k.master) === undefined);
    throw new MindunError('keys-lost', {
      place: this.ring.file,
      keys: [...new Set(lost.map((k) => k.master))].join(', '),
      columns: titlesOf(lost.map((k) => k.column)),
    });
  }

  /** A wrapped key opens for its city, number and column only. */
  #boundKey(key: Pick<StoredKey, 'id' | 'column'>): Buffer {
    return Buffer.from(JSON.stringify(['sealed_key', this.city, key.id, key.column]));
  }
}

/** What a value is bound to: moved to another row or column it does not open. */
function bound({ table, column }: SealedColumn, row: number): Buffer {
  return Buffer.from(JSON.stringify([table, column, row]));
}

function indexWith(key: DataKey, column: SealedColumn, text: string): Buffer {
  const normal = column.normal === undefined ? text : column.normal(text);
  return keyedDigest(key.suite, key.blind, normal).subarray(0, indexBytes);
}

/** All data keys, oldest first. */
export function storedKeys(tx: Tx): Promise<StoredKey[]> {
  return tx.as('system', () =>
    tx.rows<StoredKey>(`select ${columnsOfKey} from sealed_key order by id`),
  );
}

/** Held in a way that wrapping anew may pass and a new data key must wait for. */
function activeKey(tx: Tx, column: string): Promise<StoredKey | undefined> {
  return tx.maybe<StoredKey>(
    `select ${columnsOfKey} from sealed_key where column_name = $1 and state = 'active' for key share`,
    [column],
  );
}

/** Who makes data keys does so alone, until the transaction's end. */
export async function holdKeys(tx: Tx): Promise<void> {
  await tx.rows("select pg_advisory_xact_lock(hashtextextended('sealed keys', 0))");
}

/** What columns hold, as a sentence has them. */
export function titlesOf(names: readonly string[]): Text {
  const titles = [...new Set(names)].map(
    (n): Text => sealedColumns().get(n)?.title ?? { zh: n, en: n },
  );
  return { zh: titles.map((t) => t.zh).join('、'), en: titles.map((t) => t.en).join(', ') };
}
