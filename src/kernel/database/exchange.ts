import pg from 'pg';
import { typeParser } from './connect.ts';

/** One prepared statement with its values. The name stands for the text on every connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Outcome {
  readonly rows: Record<string, unknown>[];
  /** Rows touched or found. */
  readonly count: number;
}

interface Column {
  readonly name: string;
  readonly read: (text: string) => unknown;
}

/** What of the driver's connection an exchange writes to. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  close(message: { type: 'S'; name: string }): void;
  parse(message: { name: string; text: string }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: readonly unknown[];
    valueMapper: (value: unknown) => unknown;
  }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: object): void;
  sync(): void;
}

const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } })
  .utils;

/** The statements that a connection has ready, with the columns of their answers. */
const ready = new WeakMap<object, Map<string, readonly Column[]>>();

/**
 * Several statements before one Sync: one round trip, and one implicit transaction, in which `set_config(…, true)` holds
 * and after which it is gone. The first that fails ends it; nothing of it stays. To be given to a client's `query`.
 */
export class Exchange {
  readonly outcome: Promise<Outcome[]>;
  readonly #statements: readonly Statement[];
  readonly #outcomes: Outcome[] = [];
  #done!: (outcomes: Outcome[]) => void;
  #failed!: (error: unknown) => void;
  #known = new Map<string, readonly Column[]>();
  #columns: readonly Column[] = [];
  #rows: Record<string, unknown>[] = [];
  /** A value that could not be read, told when the connection is free again. */
  #unreadable: unknown;

  constructor(statements: readonly Statement[]) {
    this.#statements = statements;
    this.outcome = new Promise((done, failed) => {
      this.#done = done;
      this.#failed = failed;
    });
  }

  /** The driver's call: writes everything at once. */
  submit(connection: unknown): void {
    const wire = connection as Wire;
    this.#known = ready.get(wire) ?? new Map();
    ready.set(wire, this.#known);
    const parsed = new Set<string>();
    wire.stream.cork();
    for (const { name, sql, values } of this.#statements) {
      const known = this.#known.has(name);
      if (!known && !parsed.has(name)) {
        // An exchange that failed may have left the statement behind; closing one that is not there is no error.
        wire.close({ type: 'S', name });
        wire.parse({ name, text: sql });
        parsed.add(name);
      }
      wire.bind({ portal: '', statement: name, values, valueMapper: prepareValue });
      if (!known) wire.describe({ type: 'P', name: '' });
      wire.execute({});
    }
    wire.sync();
    wire.stream.uncork();
    this.#begin();
  }

  handleRowDescription(message: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    this.#columns = message.fields.map((f) => ({ name: f.name, read: typeParser(f.dataTypeID) }));
  }

  handleDataRow(message: { fields: readonly (string | null)[] }): void {
    const { fields } = message;
    const row: Record<string, unknown> = {};
    try {
      for (let i = 0; i < fields.length; i += 1) {
        const column = this.#columns[i]!;
        const text = fields[i]!;
        row[column.name] = text === null ? null : column.read(text);
      }
    } catch (error) {
      this.#unreadable ??= error;
    }
    this.#rows.push(row);
  }

  handleCommandComplete(message: { text: string }): void {
    const { name } = this.#statements[this.#outcomes.length]!;
    if (!this.#known.has(name)) this.#known.set(name, this.#columns);
    const count = Number(/\d+$/.exec(message.text)?.[0] ?? 0);
    this.#outcomes.push({ rows: this.#rows, count });
    this.#begin();
  }

  handleReadyForQuery(): void {
    if (this.#unreadable === undefined) this.#done(this.#outcomes);
    else this.#failed(this.#unreadable);
  }

  handleError(error: unknown): void {
    this.#failed(error);
  }

  /** The next statement's answer comes: its columns are known unless it was described. */
  #begin(): void {
    const next = this.#statements[this.#outcomes.length];
    this.#columns = (next === undefined ? undefined : this.#known.get(next.name)) ?? [];
    this.#rows = [];
  }
}
