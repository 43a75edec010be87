import type pg from 'pg';
import { singleClient } from '../../src/kernel/database/connect.ts';
import type { Server } from '../../src/kernel/database/server/index.ts';
import { transactionOn } from '../../src/kernel/database/tx.ts';
import {
  type Opener,
  Sealed,
  type SealedColumn,
  sealedColumns,
} from '../../src/kernel/sealed/index.ts';

/** Every table of a city as sorted lines, with business keys in the place of internal ids. */
export type EndState = Readonly<Record<string, readonly string[]>>;

type Row = Record<string, unknown>;

// Of no business: moments of the wall, sign-ins, progress, and marks of how far a projection was looked at.
const leftOut = new Set([
  'session',
  'reach_key',
  'audit_batch',
  'audit_root',
  'sign_in_key',
  'sign_in_address',
  'run',
  'act_answer',
  'credit_mark',
  'schema_version',
  'sealed_key',
]);
// Internal ids, random public ids and moments: told by what they stand for, or not at all.
const dropped = new Set(['id', 'public_id', 'act', 'tx', 'wall', 'parent', 'seq', 'password_hash']);

// How a row is named by its business, by table.
const names: Readonly<Record<string, string>> = {
  person: 'select f.person_id as id, f.number as name from person_fact f',
  employer: 'select c.employer_id as id, c.code as name from employer_code c',
  bill: 'select id, number as name from bill',
  receipt: 'select id, reference as name from receipt',
  bank_file: 'select id, name from bank_file',
  journal: "select id, regexp_replace(key, '^(apply|refund) \\d+.*', '\\1') as name from journal",
  file: 'select id, sha256 as name from file',
  account: 'select id, login as name from account',
  determination: `select id, kind || ' ' || rule || ' ' || on_day || ' ' || inputs::text as name from determination`,
  upload:
    "select u.id, 'upload ' || f.sha256 || ' ' || u.employer_id as name from upload u join file f on f.id = u.file_id",
  declaration: `select id, concat_ws(' ', 'declaration', period, employer_id, kind,
    row_number() over (partition by period, employer_id order by id)) as name from declaration`,
  credit: `select c.id, concat_ws(' ', b.number, c.fund, c.fee_period, c.amount) as name
    from account_credit c join bill b on b.id = c.bill_id`,
};
const references: Readonly<Record<string, string>> = {
  person_id: 'person',
  other_employer_id: 'employer',
  merged: 'person',
  kept: 'person',
  employer_id: 'employer',
  bill_id: 'bill',
  claim_bill_id: 'bill',
  receipt_id: 'receipt',
  bank_file_id: 'bank_file',
  journal_id: 'journal',
  event: 'journal',
  file_id: 'file',
  account_id: 'account',
  determination_id: 'determination',
  supersedes: 'determination',
  upload_id: 'upload',
  declaration_id: 'declaration',
  credit_id: 'credit',
};

/**
 * What a city's store holds, to the fen, comparable with another store's: all tables but those of no business.
 */
export async function endState(server: Server, city: string): Promise<EndState> {
  const client = await singleClient(server.connection, city);
  try {
    const ask = async (sql: string): Promise<Row[]> => (await client.query(sql)).rows as Row[];
    const named = new Map<string, Map<number, string>>();
    for (const [table, sql] of Object.entries(names)) {
      const rows = (await ask(sql)) as { id: number; name: string }[];
      named.set(table, new Map(rows.map((r) => [r.id, r.name])));
    }
    const publicIds = new Map<string, string>();
    const tables = await ask(
      `select c.relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'public_id') as public
       from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
    );
    for (const { name } of tables.filter((t) => t['public'] === true)) {
      const rows = await ask(`select id, public_id from ${String(name)}`);
      for (const r of rows) {
        const known = named.get(String(name))?.get(Number(r['id']));
        publicIds.set(String(r['public_id']), `${String(name)} ${known ?? ''}`);
      }
    }
    const open = await openers(client, server, city);
    const state: Record<string, string[]> = {};
    for (const { name } of tables) {
      const table = String(name);
      if (leftOut.has(table)) continue;
      const rows = (await ask(`select * from ${table}`)).map((row) => open(table, row));
      const told = rows.map((row) => plain(row, named, publicIds));
      state[table] =
        table === 'act' || table === 'look'
          ? once(told)
          : told.map((row) => JSON.stringify(row)).sort();
    }
    return state;
  } finally {
    await client.end();
  }
}

/** Sealed values, of which no two are alike, by what they hold. */
async function openers(
  client: pg.Client,
  server: Server,
  city: string,
): Promise<(table: string, row: Row) => Row> {
  const sealed = new Sealed(city, server.connection.keys);
  const tx = transactionOn(client, city, 'system');
  const all: { column: SealedColumn; opener: Opener }[] = [];
  for (const column of sealedColumns().values())
    all.push({ column, opener: await sealed.opener(tx, column) });
  return (table, row) => {
    const told = { ...row };
    for (const { column, opener } of all.filter((a) => a.column.table === table)) {
      const value = row[column.column];
      if (Buffer.isBuffer(value)) told[column.column] = opener.open(Number(row['id']), value);
      if (column.index !== undefined) told[column.index] = row[column.index] !== null;
    }
    return told;
  };
}

/** Acts and looks by what was done to whom: when a step is run again, later and with nothing to do, it is the same. */
function once(rows: readonly Row[]): string[] {
  const told = rows
    .filter((r) => JSON.stringify(r['subject']) !== '{}')
    .map(({ at: _at, ...row }) => JSON.stringify(row));
  return [...new Set(told)].sort();
}

function plain(
  row: Row,
  named: ReadonlyMap<string, ReadonlyMap<number, string>>,
  publicIds: ReadonlyMap<string, string>,
): Row {
  const told: Row = {};
  for (const [column, value] of Object.entries(row)) {
    if (dropped.has(column)) continue;
    const table = references[column];
    if (column === 'known') told[column] = /,\)$/.test(String(value)) ? 'open' : 'closed';
    else if (table !== undefined && typeof value === 'number')
      told[column] = named.get(table)!.get(value) ?? 'missing';
    else if (column === 'key' && typeof value === 'string')
      told[column] = value.replace(/^(apply|refund) \d+.*/, '$1');
    else told[column] = words(value, publicIds);
  }
  return told;
}

/** Public ids are random: in JSON they are told by what they stand for. */
function words(value: unknown, publicIds: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return publicIds.get(value) ?? value;
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map((v) => words(v, publicIds));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, words(v, publicIds)]));
}
