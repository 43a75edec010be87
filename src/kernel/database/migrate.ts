import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { type Connection, withClient } from './connect.ts';
import { cityRoles, type Login, loginNames, logins, roleName, schemaOf } from './names.ts';

const folder = new URL('../../../database/migrations/', import.meta.url);

/** The migrations in order: number and file name. */
function migrations(): { number: number; name: string }[] {
  return readdirSync(folder)
    .filter((name) => /^\d{3}_[a-z-]+\.sql$/.test(name))
    .sort()
    .map((name) => ({ number: Number(name.slice(0, 3)), name }));
}

/** The version that this program needs. */
export function programVersion(): number {
  return migrations().at(-1)?.number ?? 0;
}

export interface Migrated {
  readonly from: number;
  readonly to: number;
}

/**
 * Brings a city's schema to this version: roles, schema, numbered files, each in its own transaction.
 * @param passwordOf password of each of the application's log-ins
 * The connecting user needs CREATEROLE and CREATE on the database, nothing more.
 * @throws Error with the file's name when a migration fails; what went before it stays
 */
export async function migrateCity(
  connection: Connection,
  city: string,
  passwordOf: (login: Login) => string,
): Promise<Migrated> {
  return withClient(connection, undefined, async (client) => {
    // Two programs that migrate the same city wait for one another.
    await client.query('select pg_advisory_lock($1, $2)', [0x6d64, Number(city)]);
    await ensureRoles(client, city, passwordOf);
    await refuseTemporary(client);
    const schema = schemaOf(city);
    const owner = roleName(city, 'owner');
    await client.query(`create schema if not exists ${schema} authorization ${owner}`);
    await client.query(`set role ${owner}; set search_path = ${schema}`);
    await client.query(
      'create table if not exists schema_version (version int primary key, applied timestamptz not null default clock_timestamp())',
    );
    // Not the log-ins: before they have become somebody there is nothing for them here.
    const usage = cityRoles
      .filter((r) => r !== 'owner' && !Object.hasOwn(logins, r))
      .map((r) => roleName(city, r));
    await client.query(`grant usage on schema ${schema} to ${usage.join(', ')}`);
    await client.query(`grant select on schema_version to ${usage.join(', ')}`);
    const from = await currentVersion(client);
    let to = from;
    for (const migration of migrations().filter((m) => m.number > from)) {
      await apply(client, city, migration);
      to = migration.number;
    }
    return { from, to };
  });
}

/** Version of a city's schema as stored; 0 when it has none. */
export async function storedVersion(connection: Connection, city: string): Promise<number> {
  return withClient(connection, city, async (client) => {
    const found = await client.query("select to_regclass('schema_version') as t");
    return found.rows[0].t === null ? 0 : await currentVersion(client);
  });
}

async function currentVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    'select coalesce(max(version), 0)::int as v from schema_version',
  );
  return rows[0].v as number;
}

async function apply(
  client: pg.Client,
  city: string,
  migration: { number: number; name: string },
): Promise<void> {
  const text = readFileSync(new URL(migration.name, folder), 'utf8');
  const sql = text.replace(/\{\{(\w+)\}\}/g, (_, word: string) => {
    if (word === 'schema') return schemaOf(city);
    const role = cityRoles.find((r) => r === word);
    if (role === undefined) throw new Error(`${migration.name}: unknown word {{${word}}}`);
    return roleName(city, role);
  });
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into schema_version (version) values ($1)', [migration.number]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name} failed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Makes the city's roles where they are missing, and gives the application's log-ins their passwords and what they may become. */
async function ensureRoles(
  client: pg.Client,
  city: string,
  passwordOf: (login: Login) => string,
): Promise<void> {
  const names = cityRoles.map((role) => roleName(city, role));
  const { rows } = await client.query('select rolname from pg_roles where rolname = any ($1)', [
    names,
  ]);
  const there = new Set(rows.map((r) => r.rolname as string));
  for (const role of cityRoles) {
    const name = roleName(city, role);
    const login = Object.hasOwn(logins, role);
    // A log-in inherits nothing: until it has said whose eyes it has it sees nothing.
    if (!there.has(name))
      await client.query(`create role ${name} ${login ? 'login noinherit' : 'nologin'}`);
  }
  for (const login of loginNames) {
    const name = roleName(city, login);
    await client.query(`alter role ${name} password ${client.escapeLiteral(passwordOf(login))}`);
    for (const role of logins[login])
      await client.query(`grant ${roleName(city, role)} to ${name}`);
  }
  // The migrating user acts as the owner; a superuser may already, another is given the right once.
  await client.query(`grant ${roleName(city, 'owner')} to current_user`);
}

/**
 * Takes from everybody the right to make things that live as long as a connection: they could bear the names of tables, and stay for whoever
 * has the connection next. Only who owns the database can; where somebody else does, docs/reference/security.md says what remains.
 */
async function refuseTemporary(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; own: boolean }>(
    `select datname as name, pg_has_role(datdba, 'member') as own from pg_database where datname = current_database()`,
  );
  const { name, own } = rows[0]!;
  if (own)
    await client.query(`revoke temporary on database ${client.escapeIdentifier(name)} from public`);
}

/** Makes the leaves of `count` months from `period` (200803) on. Runs as the migrate role. */
export async function makeLeaves(
  connection: Connection,
  city: string,
  period: number,
  count: number,
): Promise<void> {
  return callFor(connection, city, 'make_leaf', period, count);
}

/** Makes the leaves of the audit trail for `count` months of the wall clock from `month` (202611) on. Runs as the migrate role. */
export async function makeAuditLeaves(
  connection: Connection,
  city: string,
  month: number,
  count: number,
): Promise<void> {
  return callFor(connection, city, 'make_audit_leaf', month, count);
}

/**
 * Gives up the looks of months of the wall clock before `month` (199612), leaf by leaf, each in a transaction of its own. Runs as the migrate role.
 * @returns the months that were given up
 * @throws Error when some of them are not sealed
 */
export async function retireLooks(
  connection: Connection,
  city: string,
  month: number,
): Promise<number[]> {
  return withClient(connection, city, async (client) => {
    await client.query(`set role ${roleName(city, 'owner')}`);
    const { rows } = await client.query<{ month: number }>(
      `select substr(relname, 6)::int as month from pg_class where relnamespace = current_schema()::regnamespace
         and relname ~ '^look_[0-9]{6}$' and relkind = 'r' and substr(relname, 6)::int < $1 order by 1`,
      [month],
    );
    for (const { month: old } of rows) await client.query('call retire_looks($1)', [old]);
    return rows.map((r) => r.month);
  });
}

async function callFor(
  connection: Connection,
  city: string,
  procedure: 'make_leaf' | 'make_audit_leaf',
  period: number,
  count: number,
): Promise<void> {
  return withClient(connection, city, async (client) => {
    await client.query(`set role ${roleName(city, 'owner')}`);
    let next = period;
    for (let i = 0; i < count; i += 1) {
      await client.query(`call ${procedure}($1)`, [next]);
      next = next % 100 === 12 ? next + 89 : next + 1;
    }
  });
}
