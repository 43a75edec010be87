import type { Readable, Writable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { MindunError } from '../errors.ts';
import { databaseError } from './faults.ts';
import { type ActorRole, roleName } from './names.ts';

/** Whose eyes a transaction has: the role and the values that its policies read. */
export interface Reach {
  readonly role: ActorRole;
  readonly areaLo?: number;
  readonly areaHi?: number;
  /** Internal ids of the person's files (kept and merged). */
  readonly persons?: readonly number[];
  readonly employer?: number;
}

export type Row = Record<string, unknown>;

/** One open transaction. Statements run in order; the role is the reach's unless `as` changes it. */
export class Tx {
  readonly #client: pg.PoolClient;
  readonly #city: string;
  #role: ActorRole | 'bulk';
  readonly #streams = new Set<Readable | Writable>();
  static readonly #names = new Map<string, string>();

  constructor(client: pg.PoolClient, city: string, role: ActorRole | 'bulk') {
    this.#client = client;
    this.#city = city;
    this.#role = role;
  }

  /** @throws MindunError database-gone, disk-full and the like; see faults.ts */
  async rows<T extends object = Row>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#query(sql, values)).rows as T[];
  }

  /** The only row. @throws MindunError not-found with `what` when there is none */
  async one<T extends object = Row>(
    sql: string,
    values: readonly unknown[] = [],
    what = 'row',
  ): Promise<T> {
    const row = await this.maybe<T>(sql, values);
    if (row === undefined) throw new MindunError('not-found', { what });
    return row;
  }

  async maybe<T extends object = Row>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0];
  }

  /** Runs a statement; the number of rows it touched. */
  async execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  /** Runs `work` under another role of the city in the same transaction, then returns to this one. */
  async as<T>(role: ActorRole | 'bulk', work: () => Promise<T>): Promise<T> {
    const before = this.#role;
    if (role === before) return work();
    await this.#switch(role);
    // After an error the transaction is over anyway, so the role is given back on success only.
    const result = await work();
    await this.#switch(before);
    return result;
  }

  copyIn(sql: string): Writable {
    return this.#streaming(this.#client.query(copyFrom(sql)));
  }

  copyOut(sql: string): Readable {
    return this.#streaming(this.#client.query(copyTo(sql)));
  }

  /** Whether a COPY was left before its end: the connection can do nothing else then, not even roll back. */
  get streaming(): boolean {
    return this.#streams.size > 0;
  }

  #streaming<S extends Readable | Writable>(stream: S): S {
    this.#streams.add(stream);
    const over = (): void => {
      this.#streams.delete(stream);
    };
    // 'close' alone would also come to a stream that its reader left in the middle.
    for (const event of ['end', 'finish', 'error'] as const) stream.once(event, over);
    return stream;
  }

  async #switch(role: ActorRole | 'bulk'): Promise<void> {
    await this.#query('select set_config($1, $2, true)', ['role', roleName(this.#city, role)]);
    this.#role = role;
  }

  async #query(sql: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    // A plan made under one role's policies is not another's: the name carries the role.
    const id = `${this.#role} ${sql}`;
    let name = Tx.#names.get(id);
    if (name === undefined) {
      name = `s${Tx.#names.size}`;
      Tx.#names.set(id, name);
    }
    try {
      return await this.#client.query({ name, text: sql, values: values as unknown[] });
    } catch (error) {
      throw databaseError(error);
    }
  }
}

/** A city's data as seen through its pool of the application's log-in. */
export class Store {
  readonly city: string;
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool, city: string) {
    this.#pool = pool;
    this.city = city;
  }

  /**
   * Runs `work` in one transaction with the reach's eyes; commits when it resolves, rolls back when it throws.
   * @throws MindunError database-gone, disk-full and whatever `work` throws
   */
  async transaction<T>(
    reach: Reach,
    work: (tx: Tx) => Promise<T>,
    options: { readonly isolation?: 'repeatable read'; readonly readOnly?: boolean } = {},
  ): Promise<T> {
    const client = await this.#connect();
    const tx = new Tx(client, this.city, reach.role);
    let broken = false;
    try {
      await client.query(this.#opening(reach, options));
      const result = await work(tx);
      await client.query('commit');
      return result;
    } catch (error) {
      const told = databaseError(error);
      // A connection inside a COPY is given up: the server takes the transaction back when it goes.
      broken = tx.streaming || (told instanceof MindunError && told.code === 'database-gone');
      if (!broken)
        await client.query('rollback').catch(() => {
          broken = true;
        });
      throw told;
    } finally {
      client.release(broken);
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Begin and the policies' settings in one message: one round trip instead of four. */
  #opening(reach: Reach, options: { isolation?: 'repeatable read'; readOnly?: boolean }): string {
    const number = (n: number): string => String(Number.isSafeInteger(n) ? n : 'null');
    const settings: [string, string][] = [
      ['role', roleName(this.city, reach.role)],
      ['app.area_lo', reach.areaLo === undefined ? '' : number(reach.areaLo)],
      ['app.area_hi', reach.areaHi === undefined ? '' : number(reach.areaHi)],
      [
        'app.persons',
        reach.persons === undefined ? '' : `{${reach.persons.map(number).join(',')}}`,
      ],
      ['app.employer', reach.employer === undefined ? '' : number(reach.employer)],
    ];
    const calls = settings.map(([k, v]) => `set_config('${k}', '${v}', true)`).join(', ');
    const mode = `${options.isolation === undefined ? '' : ` isolation level ${options.isolation}`}${
      options.readOnly === true ? ' read only' : ''
    }`;
    return `begin${mode}; select ${calls}`;
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }
}
