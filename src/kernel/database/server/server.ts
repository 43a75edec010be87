import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { defineErrors, MindunError } from '../../errors.ts';
import { stopwatch } from '../../time.ts';
import type { Connection } from '../connect.ts';
import { type Place, placeOf } from './place.ts';

defineErrors({
  'database-not-startable': {
    message: { zh: '数据库没有启动起来：{detail}', en: 'The database did not start: {detail}' },
    mend: { zh: '请看数据目录里的 server.log。', en: 'Look into server.log in the data folder.' },
    status: 503,
  },
  'data-folder-of-other-version': {
    message: {
      zh: '数据目录属于 PostgreSQL {found}，这个版本要 {needed}',
      en: 'The data folder belongs to PostgreSQL {found}; this version needs {needed}',
    },
    mend: {
      zh: '请用原来的版本打开，或换一个目录。',
      en: 'Open it with its own version, or choose another folder.',
    },
    status: 500,
  },
});

export interface Server {
  readonly kind: 'embedded' | 'url';
  readonly connection: Connection;
  /** Said once when the server was set up somewhere else than expected. */
  readonly note?: { readonly zh: string; readonly en: string };
  /** Starts the server again when it died under us. */
  ensure(): Promise<void>;
  /** Leaves the server; the last process out stops it. */
  close(): Promise<void>;
}

const user = 'mindun';
const major = '18';
const shareKey = 0x6d696e64;
const retryMs = 10_000;

const settings = `# Written at each start; change nothing here.
listen_addresses = ''
max_connections = 60
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_level = replica
random_page_cost = 1.1
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
# Statements and their values may hold personal data: the server's log never shows them.
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
`;

/**
 * The server of a data folder: the one of DATABASE_URL when that is set, else the embedded one, set up and started as
 * needed. Processes on one folder share it; an orphan of a killed process is adopted.
 * @throws MindunError database-not-startable, disk-full, data-folder-of-other-version, data-folder-not-writable
 */
export async function openServer(folder: string): Promise<Server> {
  const url = process.env['DATABASE_URL'];
  if (url !== undefined && url !== '') {
    const nothing = async (): Promise<void> => undefined;
    return { kind: 'url', connection: { connectionString: url }, ensure: nothing, close: nothing };
  }
  const place = placeOf(folder);
  let share = await startAndShare(place);
  return {
    kind: 'embedded',
    connection: connectionOf(place),
    ...(place.note === undefined ? {} : { note: place.note }),
    async ensure() {
      const alive = await share.query('select 1').then(
        () => true,
        () => false,
      );
      if (!alive) share = await startAndShare(place);
    },
    async close() {
      await share.end().catch(() => undefined);
      await stopIfLast(place);
    },
  };
}

function connectionOf(place: Place, database = 'postgres'): Connection {
  return { host: place.sockets, port: 5432, user, database };
}

/** Starts what is not running and takes this process's share of it: a lock that dies with the process. */
async function startAndShare(place: Place): Promise<pg.Client> {
  if (!existsSync(path.join(place.data, 'PG_VERSION'))) await initialise(place);
  const found = readFileSync(path.join(place.data, 'PG_VERSION'), 'utf8').trim();
  if (found !== major)
    throw new MindunError('data-folder-of-other-version', { found, needed: major });
  const begun = stopwatch();
  for (;;) {
    const client = await connect(place);
    if (client !== undefined) {
      // Blocks only while the last one out is stopping the server; then the connection dies and we start anew.
      const held = await client.query('select pg_advisory_lock_shared($1)', [shareKey]).then(
        () => true,
        () => false,
      );
      if (held) return client;
    }
    const failure = client === undefined ? start(place) : undefined;
    if (failure !== undefined && stopwatch() - begun > retryMs) throw failure;
    await sleep(failure === undefined ? 20 : 250);
  }
}

async function connect(place: Place): Promise<pg.Client | undefined> {
  const client = new pg.Client({ ...connectionOf(place), connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client,
    () => undefined,
  );
}

/** initdb into a folder aside, renamed when whole: a kill in between leaves nothing half made. */
async function initialise(place: Place): Promise<void> {
  const parent = path.dirname(place.data);
  for (const name of readdirSync(parent)) {
    const old = /^postgres-making-(\d+)$/.exec(name);
    if (old !== null && !isAlive(Number(old[1])))
      rmSync(path.join(parent, name), { recursive: true, force: true });
  }
  const making = path.join(parent, `postgres-making-${process.pid}`);
  mkdirSync(making, { mode: 0o700 });
  own(place, making);
  const secretFile = path.join(place.sockets, `first-${process.pid}`);
  writeFileSync(secretFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  own(place, secretFile);
  const made = run(place, 'initdb', [
    '-D',
    making,
    '-U',
    user,
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--auth-local=trust',
    '--auth-host=reject',
    `--pwfile=${secretFile}`,
    '--no-instructions',
  ]);
  rmSync(secretFile, { force: true });
  if (made.status !== 0) {
    rmSync(making, { recursive: true, force: true });
    throw fault(`${made.stderr}${made.error?.message ?? ''}`);
  }
  appendFileSync(path.join(making, 'postgresql.conf'), "\ninclude_if_exists = 'mindun.conf'\n");
  try {
    renameSync(making, place.data);
  } catch {
    // Another process was faster: its folder counts.
    rmSync(making, { recursive: true, force: true });
  }
}

/** Starts the postmaster detached, so that it outlives us; the reason when it would not. */
function start(place: Place): MindunError | undefined {
  const conf = path.join(place.data, 'mindun.conf');
  try {
    writeFileSync(conf, settings);
    own(place, conf);
  } catch (error) {
    return fault((error as Error).message);
  }
  const log = path.join(place.data, 'server.log');
  const from = existsSync(log) ? statSync(log).size : 0;
  const started = run(place, 'pg_ctl', [
    'start',
    '-w',
    '-t',
    '60',
    '-s',
    '-D',
    place.data,
    '-l',
    log,
    '-o',
    `-k ${place.sockets}`,
  ]);
  if (started.status === 0) return undefined;
  const said = existsSync(log) ? readFileSync(log).subarray(from).toString('utf8') : '';
  return fault(
    `${said.trim().split('\n').slice(-3).join(' ')} ${started.error?.message ?? ''}`.trim(),
  );
}

function fault(detail: string): MindunError {
  if (/No space left|ENOSPC|File too large/i.test(detail)) return new MindunError('disk-full');
  return new MindunError('database-not-startable', { detail: detail.slice(0, 500) });
}

function run(place: Place, program: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(path.join(place.binaries, 'bin', program), [...args], {
    ...(place.uid === undefined ? {} : { uid: place.uid, gid: place.gid }),
    cwd: '/',
    encoding: 'utf8',
    // The postmaster must not hold our pipes open: pg_ctl start would never seem to end.
    stdio: program === 'pg_ctl' ? 'ignore' : ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'Asia/Shanghai' },
  });
}

function own(place: Place, file: string): void {
  if (place.uid !== undefined && place.gid !== undefined) chownSync(file, place.uid, place.gid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Stops the server when no other process holds a share of it. */
async function stopIfLast(place: Place): Promise<boolean> {
  const client = await connect(place);
  if (client === undefined) return true;
  const { rows } = await client.query('select pg_try_advisory_lock($1) as last', [shareKey]);
  const last = rows[0].last === true;
  // While the exclusive lock is held nobody can take a share of a server that is going down.
  if (last) run(place, 'pg_ctl', ['stop', '-w', '-t', '60', '-s', '-m', 'fast', '-D', place.data]);
  await client.end().catch(() => undefined);
  return last;
}

/** What runs on a data folder. */
export async function serverStatus(
  folder: string,
): Promise<{ running: boolean; version: string | null }> {
  if (!existsSync(folder)) return { running: false, version: null };
  const place = placeOf(folder);
  const client = await connect(place);
  if (client === undefined) return { running: false, version: null };
  const { rows } = await client.query('show server_version');
  await client.end();
  return { running: true, version: String(rows[0].server_version) };
}

/** Stops the server of a data folder whoever shares it. */
export async function stopServer(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const place = placeOf(folder);
  if (existsSync(path.join(place.data, 'postmaster.pid'))) {
    run(place, 'pg_ctl', ['stop', '-w', '-t', '60', '-s', '-m', 'fast', '-D', place.data]);
  }
}

/** The postmaster's pid, for tests that kill it. */
export function postmasterPid(folder: string): number | null {
  const file = path.join(placeOf(folder).data, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}
