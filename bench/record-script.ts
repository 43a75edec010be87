// The record's own statements as a pgbench script: traced on the wire while a real query runs, so that it is what the
// program sends, in the same groups, with the settings of role and reach and the insert of the look.
import pg from 'pg';
import { readSessionAnd } from '../src/engines/access/index.ts';
import { openServer } from '../src/kernel/database/server/index.ts';
import { openLog } from '../src/kernel/index.ts';
import { openCity } from '../src/services/city/index.ts';
import type { Books } from './record-books.ts';
import { city, type Scratch } from './scratch.ts';

interface Bound {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly (string | null)[];
}

/** One message to the server: statements up to a Sync, which is where they commit. */
type Group = Bound[];

interface Wire {
  parse(message: { name: string; text: string }): void;
  bind(message: {
    statement: string;
    values: readonly unknown[];
    valueMapper?: (value: unknown) => unknown;
  }): void;
  sync(): void;
  query(text: string): void;
}

/** Hears every extended-protocol statement of this process until it is stopped. */
function listen(): { groups: Group[]; clear(): void; stop(): void } {
  const wire = (pg as unknown as { Connection: { prototype: Wire } }).Connection.prototype;
  const { parse, bind, sync, query } = wire;
  const texts = new Map<string, string>();
  const groups: Group[] = [];
  let open: Group = [];
  wire.parse = function (message) {
    texts.set(message.name, message.text);
    parse.call(this, message);
  };
  wire.bind = function (message) {
    const values = (message.values ?? []).map((v) => {
      const sent = message.valueMapper === undefined ? v : message.valueMapper(v);
      return sent === null ? null : String(sent);
    });
    open.push({ name: message.statement, sql: texts.get(message.statement) ?? '', values });
    bind.call(this, message);
  };
  wire.sync = function () {
    groups.push(open);
    open = [];
    sync.call(this);
  };
  wire.query = function (text) {
    groups.push([{ name: '', sql: text, values: [] }]);
    query.call(this, text);
  };
  return {
    groups,
    clear() {
      groups.length = 0;
    },
    stop() {
      Object.assign(wire, { parse, bind, sync, query });
    },
  };
}

/** @returns the script; `from` and `to` are its variables: the persons' ids */
export async function pgbenchScript(store: Scratch, books: Books): Promise<string> {
  const server = await openServer(store.folder);
  const ear = listen();
  // One connection: every statement is prepared on it, and it can tell their parameters' types.
  const house = await openCity(server.connection, city, openLog(), 1);
  try {
    const person = books.range.from + 17;
    // As a door does: who and when are read together, and are no part of the record's own statements.
    const [session, at] = await readSessionAnd(house.store, `token-${person}`, (tx) =>
      house.at(tx),
    );
    const caller = { actor: session!.actor, purpose: 'own-matter', language: 'zh', at } as const;
    const ask = (): Promise<unknown> =>
      house.call('insurance.record', { person: String(person) }, caller);
    await ask();
    ear.clear();
    await ask();
    const groups = [...ear.groups];
    const types = await house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ name: string; types: string[] }>(
        'select name, parameter_types::text[] as types from pg_prepared_statements',
      ),
    );
    const typesOf = new Map(types.map((t) => [t.name, t.types]));
    const told = groups.map((group) => block(group, typesOf, person));
    return [`\\set n random(:from, :to)`, ...told, ''].join('\n');
  } finally {
    ear.stop();
    await house.store.end();
    await server.close();
  }
}

function block(group: Group, types: ReadonlyMap<string, string[]>, person: number): string {
  const lines = group.map((s) => `${statement(s, types.get(s.name) ?? [], person)};`);
  return group.length === 1 && group[0]!.name === ''
    ? lines[0]!
    : ['\\startpipeline', ...lines, '\\endpipeline'].join('\n');
}

/** A statement with its values in place; where the traced person stood, the person drawn. */
function statement(bound: Bound, types: readonly string[], person: number): string {
  return bound.sql.replace(/\$(\d+)/g, (_, n: string) => {
    const value = bound.values[Number(n) - 1];
    const type = types[Number(n) - 1] ?? 'text';
    if (value === null || value === undefined) return `null::${type}`;
    const parts = value.split(String(person)).map((part) => `'${part.replaceAll("'", "''")}'`);
    return parts.length === 1 ? `${parts[0]}::${type}` : `(${parts.join(' || :n || ')})::${type}`;
  });
}
