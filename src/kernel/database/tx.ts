import type { Writable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { MindunError } from '../errors.ts';
import type { Pools } from './connect.ts';
import { CopyOut, type RowSink } from './copy-out.ts';
import { Exchange, type Statement } from './exchange.ts';
import { databaseError } from './faults.ts';
import { listText } from './lists.ts';
import { type ActorRole, type Login, loginOf, roleName, type WorkRole } from './names.ts';
import type { ReachKey } from './reach-key.ts';

/** Whose eyes a transaction has: the role and the values that its policies read. */
export interface Reach {
  readonly role: ActorRole | WorkRole;
  readonly areaLo?: number;
  readonly areaHi?: number;
  /** Internal ids of the person's files (kept and merged). */
  readonly persons?: readonly number[];
  readonly employer?: number;
}

type AnyRole = ActorRole | WorkRole | 'bulk';

export type Row = Record<string, unknown>;

interface Answer {
  readonly rows: Row[];
  /** Rows touched or found. */
  readonly count: number;
}

/** Where a transaction's statements go. */
interface Channel {
  send(role: AnyRole, sql: string, values: readonly unknown[]): Promise<Answer>;
  /** Makes `role` the one whose eyes the next statements have. */
  become(role: AnyRole): Promise<void>;
  /** Makes the reach the one that policies read. */
  reach(reach: Reach): Promise<void>;
  copyIn(sql: string): Writable;
  readRows(sql: string, sink: RowSink | ((bytes: Buffer) => void)): Promise<number>;
}

// A plan made under one role's policies is not another's: the name carries the role.
const names = new Map<string, string>();
function nameOf(role: AnyRole | 'app', sql: string): string {
  const id = `${role} ${sql}`;
  let name = names.get(id);
  if (name === undefined) {
    name = `s${names.size}`;
    names.set(id, name);
  }
  return name;
}

/** One open transaction. Statements run in order; the role is the reach's unless `as` changes it. */
export class Tx {
  readonly #channel: Channel;
  #role: AnyRole;

  constructor(channel: Channel, role: AnyRole) {
    this.#channel = channel;
    this.#role = role;
  }

  /** @throws MindunError database-gone, disk-full and the like; see faults.ts */
  async rows<T extends object = Row>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    return (await this.#channel.send(this.#role, sql, values)).rows as T[];
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
    return (await this.#channel.send(this.#role, sql, values)).count;
  }

  /**
   * Runs `work` under another role of the city in the same transaction, then returns to this one. Nothing else of the
   * transaction may run meanwhile: it would have the other role's eyes.
   */
  async as<T>(role: AnyRole, work: () => Promise<T>): Promise<T> {
    const before = this.#role;
    if (role === before) return work();
    await this.#become(role);
    // After an error the transaction is over anyway, so the role is given back on success only.
    const result = await work();
    await this.#become(before);
    return result;
  }

  /**
   * Lets the rest of the transaction see as far as another reach of the same role: of who decides about what somebody else put
   * forward, the right to that very command counts.
   */
  async within(reach: Reach): Promise<void> {
    if (reach.role !== this.#role)
      throw new Error(`not the role of this transaction: ${reach.role}`);
    await this.#channel.reach(reach);
  }

  /** Draws numbers from a sequence, in their order; `act_id`, `bill_id_seq` and the like. */
  async draw(sequence: string, count: number): Promise<number[]> {
    const { ids } = await this.one<{ ids: number[] | null }>(
      'select array_agg(nextval($1::regclass)) as ids from generate_series(1, $2)',
      [sequence, count],
    );
    return ids ?? [];
  }

  copyIn(sql: string): Writable {
    return this.#channel.copyIn(sql);
  }

  /**
   * Gives the rows of a `copy … to stdout (format binary)` to a sink, one by one, or the bytes of each to a function, which keeps
   * none of them. Memory is one chunk of the connection.
   * @returns how many there were
   * @throws what the server said and what the sink threw; Error when the rows are not of its columns
   */
  readRows(sql: string, sink: RowSink | ((bytes: Buffer) => void)): Promise<number> {
    return this.#channel.readRows(sql, sink);
  }

  async #become(role: AnyRole): Promise<void> {
    await this.#channel.become(role);
    this.#role = role;
  }
}

/** A transaction on one connection, from begin to commit. */
class Held implements Channel {
  readonly #client: pg.ClientBase;
  readonly #city: string;
  readonly #settings: (reach: Reach) => readonly string[];
  #turn: Promise<void> = Promise.resolve();
  readonly #streams = new Set<Writable | CopyOut>();

  constructor(client: pg.ClientBase, city: string, settings: (reach: Reach) => readonly string[]) {
    this.#client = client;
    this.#city = city;
    this.#settings = settings;
  }

  /** One statement after another: what is asked for at once waits for its turn. */
  send(role: AnyRole, sql: string, values: readonly unknown[]): Promise<Answer> {
    const answer = this.#turn.then(() => this.#query(nameOf(role, sql), sql, values));
    this.#turn = answer.then(nothing, nothing);
    return answer;
  }

  async #query(name: string, text: string, values: readonly unknown[]): Promise<Answer> {
    try {
      const { rows, rowCount } = await this.#client.query<Row>({
        name,
        text,
        values: values.map(written),
      });
      return { rows, count: rowCount ?? 0 };
    } catch (error) {
      throw databaseError(error);
    }
  }

  async become(role: AnyRole): Promise<void> {
    await this.send(role, 'select set_config($1, $2, true)', ['role', roleName(this.#city, role)]);
  }

  async reach(reach: Reach): Promise<void> {
    await this.send(reach.role, reachSql, this.#settings(reach));
  }

  copyIn(sql: string): Writable {
    return this.#streaming(this.#client.query(copyFrom(sql)));
  }

  async readRows(sql: string, sink: RowSink | ((bytes: Buffer) => void)): Promise<number> {
    const copy: CopyOut = new CopyOut(sql, sink, () => this.#streams.delete(copy));
    this.#streams.add(copy);
    this.#client.query(copy);
    return copy.done;
  }

  /** Whether a COPY was left before its end: the connection can do nothing else then, not even roll back. */
  get streaming(): boolean {
    return this.#streams.size > 0;
  }

  #streaming(stream: Writable): Writable {
    this.#streams.add(stream);
    const over = (): void => {
      this.#streams.delete(stream);
    };
    // 'close' alone would also come to a stream that its reader left in the middle.
    for (const event of ['finish', 'error'] as const) stream.once(event, over);
    return stream;
  }
}

/** A transaction that somebody else has begun on a connection and will end: an auditor's own, say. */
export function transactionOn(client: pg.ClientBase, city: string, role: ActorRole): Tx {
  return new Tx(
    new Held(client, city, () => {
      throw new Error('the settings of this transaction are its maker’s');
    }),
    role,
  );
}

function nothing(): void {}

/** A value as the driver takes it. */
function written(value: unknown): unknown {
  return Array.isArray(value) ? (listText(value) ?? value) : value;
}

interface Waiting {
  readonly role: AnyRole;
  readonly sql: string;
  readonly values: readonly unknown[];
  readonly done: (answer: Answer) => void;
  readonly failed: (error: unknown) => void;
}

/** Statements asked for in the same turn go out together; each such exchange sets role and range for itself. */
class Pipelined implements Channel {
  readonly #send: (waiting: readonly Waiting[]) => Promise<Answer[]>;
  #waiting: Waiting[] = [];

  constructor(send: (waiting: readonly Waiting[]) => Promise<Answer[]>) {
    this.#send = send;
  }

  send(role: AnyRole, sql: string, values: readonly unknown[]): Promise<Answer> {
    return new Promise((done, failed) => {
      if (this.#waiting.length === 0) queueMicrotask(() => void this.#flush());
      this.#waiting.push({ role, sql, values, done, failed });
    });
  }

  /** Each statement carries its role. */
  async become(): Promise<void> {}

  reach(): Promise<void> {
    throw new Error('a query has the reach that it was asked with');
  }

  copyIn(): Writable {
    throw new Error('a query writes nothing');
  }

  readRows(): Promise<number> {
    throw new Error('a query streams from aside');
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.#send(waiting);
      waiting.forEach((w, i) => {
        w.done(answers[i]!);
      });
    } catch (error) {
      for (const w of waiting) w.failed(error);
    }
  }
}

const becomeSql = "select set_config('role', $1, true)";
const settingKeys = [
  'role',
  'app.area_lo',
  'app.area_hi',
  'app.persons',
  'app.employer',
  'app.sign',
];
const reachSql = `select ${settingKeys.map((k, i) => `set_config('${k}', $${i + 1}, true)`).join(', ')}`;
const settingsSql = `${reachSql},
  set_config('transaction_read_only', $${settingKeys.length + 1}, true)`;

/** A city's data as seen through its pools, one for each of the application's log-ins. */
export class Store {
  readonly city: string;
  readonly #pools: Pools;
  readonly #key: ReachKey;

  constructor(pools: Pools, city: string, key: ReachKey) {
    this.#pools = pools;
    this.city = city;
    this.#key = key;
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
    // What acts may become whom it acts for and the system; what works without an actor may become neither.
    const ofWork = loginOf(reach.role) === 'app_jobs';
    const client = await this.#connect(ofWork ? 'app_jobs' : 'app');
    const held = new Held(client, this.city, (r) => this.#settings(backendOf(client), r, r.role));
    let broken = false;
    try {
      await client.query(this.#opening(client, reach, options));
      const result = await work(new Tx(held, reach.role));
      await client.query('commit');
      return result;
    } catch (error) {
      const told = databaseError(error);
      // A connection inside a COPY is given up: the server takes the transaction back when it goes.
      broken = held.streaming || (told instanceof MindunError && told.code === 'database-gone');
      if (!broken)
        await client.query('rollback').catch(() => {
          broken = true;
        });
      throw told;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Runs `work`, which only reads, with the reach's eyes and without a transaction of its own: the statements that it asks
   * for in one turn (`Promise.all`) are one round trip and one read-only transaction for each log-in that they need, the next ones others.
   * @throws MindunError database-gone and whatever `work` throws
   */
  async read<T>(reach: Reach, work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(
      new Tx(new Pipelined((waiting) => this.#exchanges(reach, waiting, 'on')), reach.role),
    );
  }

  /**
   * Runs one statement that writes, in a transaction and a round trip of its own; the number of rows it touched. It is
   * durable when this resolves. @throws MindunError database-gone, disk-full
   */
  async write(reach: Reach, sql: string, values: readonly unknown[]): Promise<number> {
    const [answer] = await this.#exchanges(reach, [{ role: reach.role, sql, values }], 'off');
    return answer!.count;
  }

  /** What a role asks goes by a log-in that can become this role and no other: of one turn there may be several, at once. */
  async #exchanges(
    reach: Reach,
    asked: readonly Asked[],
    readOnly: 'on' | 'off',
  ): Promise<Answer[]> {
    const byLogin = new Map<Login, number[]>();
    asked.forEach(({ role }, i) => {
      const login = loginOf(role);
      byLogin.set(login, [...(byLogin.get(login) ?? []), i]);
    });
    const answers: Answer[] = [];
    const ways = [...byLogin].map(async ([login, places]) => {
      const own = await this.#exchange(
        login,
        reach,
        places.map((i) => asked[i]!),
        readOnly,
      );
      places.forEach((i, n) => {
        answers[i] = own[n]!;
      });
    });
    await Promise.all(ways);
    return answers;
  }

  /** Role and range are set in the same message as the statements, before them. */
  async #exchange(
    login: Login,
    reach: Reach,
    asked: readonly Asked[],
    readOnly: 'on' | 'off',
  ): Promise<Answer[]> {
    const client = await this.#connect(login);
    let broken = false;
    try {
      const { statements, wanted } = this.#message(backendOf(client), reach, asked, readOnly);
      const outcomes = await client.query(new Exchange(statements)).outcome;
      return wanted.map((i) => outcomes[i]!);
    } catch (error) {
      const told = databaseError(error);
      broken = told instanceof MindunError && told.code === 'database-gone';
      throw told;
    } finally {
      client.release(broken);
    }
  }

  /** The statements with what sets role and range before them, and the places of the wanted answers among them. */
  #message(
    backend: number,
    reach: Reach,
    asked: readonly Asked[],
    readOnly: 'on' | 'off',
  ): { statements: Statement[]; wanted: number[] } {
    // The driver keeps its own list of what it prepared, so an exchange's names are others.
    const statements: Statement[] = [];
    const wanted: number[] = [];
    let role: AnyRole | undefined;
    for (const { role: own, sql, values } of asked) {
      if (own !== role) {
        const first = role === undefined;
        const settings = first ? settingsSql : becomeSql;
        statements.push({
          name: `x${nameOf('app', settings)}`,
          sql: settings,
          values: first
            ? [...this.#settings(backend, reach, own), readOnly]
            : [roleName(this.city, own)],
        });
        role = own;
      }
      wanted.push(statements.length);
      statements.push({ name: `x${nameOf(own, sql)}`, sql, values });
    }
    return { statements, wanted };
  }

  async #connect(login: Login): Promise<pg.PoolClient> {
    try {
      return await this.#pools[login].connect();
    } catch (error) {
      throw databaseError(error);
    }
  }

  /** Begin and the policies' settings in one message: one round trip instead of four. */
  #opening(
    client: pg.PoolClient,
    reach: Reach,
    options: { isolation?: 'repeatable read'; readOnly?: boolean },
  ): string {
    const calls = this.#settings(backendOf(client), reach, reach.role)
      .map((value, i) => `set_config('${settingKeys[i]}', '${value}', true)`)
      .join(', ');
    const mode = `${options.isolation === undefined ? '' : ` isolation level ${options.isolation}`}${
      options.readOnly === true ? ' read only' : ''
    }`;
    return `begin${mode}; select ${calls}`;
  }

  /** The role first to be taken, what policies read, and the mark without which they do not believe it to the reach's own role. */
  #settings(backend: number, reach: Reach, role: AnyRole): string[] {
    const [own, ...read] = settingsOf(this.city, reach);
    return [roleName(this.city, role), ...read, this.#key.sign(backend, [own!, ...read])];
  }

  async end(): Promise<void> {
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
  }
}

type Asked = Pick<Waiting, 'role' | 'sql' | 'values'>;

/** The server's process behind a connection, as it told when it began. */
function backendOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { readonly processID: number }).processID;
}

/** The reach's role and what the policies read: low and high area, persons, employer; digits and names only. */
function settingsOf(city: string, reach: Reach): string[] {
  const number = (n: number): string => String(Number.isSafeInteger(n) ? n : 'null');
  return [
    roleName(city, reach.role),
    reach.areaLo === undefined ? '' : number(reach.areaLo),
    reach.areaHi === undefined ? '' : number(reach.areaHi),
    reach.persons === undefined ? '' : `{${reach.persons.map(number).join(',')}}`,
    reach.employer === undefined ? '' : number(reach.employer),
  ];
}
