import pg from 'pg';
import { databaseError } from './faults.ts';
import { numbersIn } from './lists.ts';
import { type Login, loginNames, schemaOf } from './names.ts';

/** Where a server answers. `host` is a socket directory or a host name. */
export interface Connection {
  /** File of the master keys of its sealed columns: never on the server itself. */
  readonly keys: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly connectionString?: string;
}

// date, timestamp and numeric stay text: a driver's Date or float would invent zones and digits.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, (v: string) => v);
types.setTypeParser(pg.types.builtins.TIMESTAMP, (v: string) => v.replace(' ', 'T'));
types.setTypeParser(pg.types.builtins.NUMERIC, (v: string) => v);
types.setTypeParser(pg.types.builtins.INT8, int8);
// Lists of numbers, to which the driver gives no names: smallint[], integer[], bigint[].
types.setTypeParser(1005, numbersIn);
types.setTypeParser(1007, numbersIn);
types.setTypeParser(1016, numbersIn);

function int8(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n)) throw new RangeError(`int8 beyond 2^53: ${text}`);
  return n;
}

/** Reads a value of a type as every connection of ours reads it. */
export function typeParser(type: number): (text: string) => unknown {
  return types.getTypeParser(type, 'text') as unknown as (text: string) => unknown;
}

/** A pool for each log-in of the application; none connects before it is used. */
export type Pools = Readonly<Record<Login, pg.Pool>>;

/** @param as the connection by which a log-in comes @param max connections of each */
export function cityPools(as: (login: Login) => Connection, city: string, max: number): Pools {
  const of = (login: Login): [Login, pg.Pool] => [login, cityPool(as(login), city, max)];
  return Object.fromEntries(loginNames.map(of)) as Record<Login, pg.Pool>;
}

/** A pool whose connections live in the city's schema and nowhere else. */
function cityPool(connection: Connection, city: string, max: number): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    types,
    max,
    // A connection that fails to come gives a clear error instead of a request that hangs.
    connectionTimeoutMillis: 10_000,
    // A connection that has its statements prepared is worth keeping: a new one plans over every month's leaves anew.
    idleTimeoutMillis: 600_000,
    options: `-c search_path=${schemaOf(city)} -c timezone=Asia/Shanghai -c jit=off`,
  });
  // An idle connection that dies is taken out by the pool; without a listener Node would stop.
  pool.on('error', () => undefined);
  // So would one that dies between two statements of a transaction; the next statement tells what happened.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** One connection outside any pool, for migrations and locks. */
export async function singleClient(connection: Connection, city?: string): Promise<pg.Client> {
  const options = city === undefined ? {} : { options: `-c search_path=${schemaOf(city)}` };
  const client = new pg.Client({ ...connection, types, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/**
 * Works on one connection outside any pool; it is closed whatever happens.
 * @throws MindunError database-gone, disk-full and whatever `work` throws
 */
export async function withClient<T>(
  connection: Connection,
  city: string | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  try {
    const client = await singleClient(connection, city);
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  } catch (error) {
    throw databaseError(error);
  }
}
