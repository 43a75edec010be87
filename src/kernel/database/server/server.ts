import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  appendFileSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { defineErrors, MindunError } from '../../errors.ts';
import { keysPlace } from '../../sealed/index.ts';
import { stopwatch } from '../../time.ts';
import type { Connection } from '../connect.ts';
import { placeOf as lookForPlace, type Place } from './place.ts';

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
  /** Starts the server again when it died under us; whether that was needed. */
  ensure(): Promise<boolean>;
  /** Whether its disk has no room for another segment of its log: why it may have gone, and why it will not start. */
  full(): boolean;
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
 * @throws MindunError database-not-startable, disk-full, data-folder-of-other-version, data-folder-not-writable, keys-in-data
 */
export async function openServer(folder: string): Promise<Server> {
  const url = process.env['DATABASE_URL'];
  const keys = keysPlace(folder);
  if (url !== undefined && url !== '') {
    return {
      kind: 'url',
      connection: { connectionString: url, keys },
      ensure: async () => false,
      full: () => false,
      close: async () => undefined,
    };
  }
  const place = placeOf(folder);
  let share = await startAndShare(place);
  return {
    kind: 'embedded',
    connection: { ...connectionOf(place), keys },
    ...(place.note === undefined ? {} : { note: place.note }),
    async ensure() {
      const alive = await share.query('select 1').then(
        () => true,
        () => false,
      );
      if (!alive) {
        await share.end().catch(() => undefined);
        share = await startAndShare(place);
      }
      return !alive;
    },
    full: () => isFull(place),
    async close() {
      await share.end().catch(() => undefined);
      await stopIfLast(place);
    },
  };
}

function connectionOf(place: Place, database = 'postgres'): Omit<Connection, 'keys'> {
  return { host: place.sockets, port: 5432, user, database };
}

/** Starts what is not running and takes this process's share of it: a lock that dies with the process. */
async function startAndShare(place: Place): Promise<pg.Client> {
  if (!existsSync(path.join(place.data, 'PG_VERSION'))) {
    await initialise(place).catch((error: Error) => {
      throw error instanceof MindunError ? error : fault(error.message, path.dirname(place.data));
    });
  }
  const found = readFileSync(path.join(place.data, 'PG_VERSION'), 'utf8').trim();
  if (found !== major)
    throw new MindunError('data-folder-of-other-version', { found, needed: major });
  const begun = stopwatch();
  for (;;) {
    const client = await connect(place, `mindun ${process.pid} ${startOf(process.pid)}`);
    if (client !== undefined) {
      // Blocks only while the last one out is stopping the server; then the connection dies and we start anew.
      const held = await client.query('select pg_advisory_lock_shared($1)', [shareKey]).then(
        () => true,
        () => false,
      );
      if (held) return client;
    }
    const failure = client === undefined ? await start(place) : undefined;
    const hopeless =
      failure?.code === 'disk-full' ||
      failure?.code === 'data-folder-not-writable' ||
      stopwatch() - begun > retryMs;
    if (failure !== undefined && hopeless) throw failure;
    await sleep(failure === undefined ? 20 : 250);
  }
}

async function connect(place: Place, name = 'mindun'): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    ...connectionOf(place),
    application_name: name,
    connectionTimeoutMillis: 5000,
  });
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
  const made = await run(place, 'initdb', [
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
    throw fault(made.said);
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
async function start(place: Place): Promise<MindunError | undefined> {
  const conf = path.join(place.data, 'mindun.conf');
  try {
    // On a full disk a file that is written anew is lost: what stands is left.
    if (!existsSync(conf) || readFileSync(conf, 'utf8') !== settings) {
      writeFileSync(conf, settings);
      own(place, conf);
    }
  } catch (error) {
    return fault((error as Error).message, place.data);
  }
  const log = path.join(place.data, 'server.log');
  const from = existsSync(log) ? statSync(log).size : 0;
  const started = await run(place, 'pg_ctl', [
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
  if (isFull(place)) return new MindunError('disk-full');
  try {
    accessSync(place.data, constants.W_OK);
  } catch {
    return new MindunError('data-folder-not-writable', { folder: place.data });
  }
  const said = existsSync(log) ? readFileSync(log).subarray(from).toString('utf8') : '';
  return fault(`${said.trim().split('\n').slice(-3).join(' ')} ${started.said}`.trim());
}

const segmentBytes = 16 * 1024 * 1024;

function isFull(place: Place): boolean {
  try {
    const { bavail, bsize } = statfsSync(place.data);
    return bavail * bsize < segmentBytes;
  } catch {
    return false;
  }
}

function fault(detail: string, folder = ''): MindunError {
  if (/No space left|ENOSPC|EDQUOT|File too large|quota exceeded/i.test(detail))
    return new MindunError('disk-full');
  if (/EROFS|EACCES|EPERM|Read-only file system/.test(detail))
    return new MindunError('data-folder-not-writable', { folder });
  return new MindunError('database-not-startable', { detail: detail.slice(0, 500) });
}

/** @throws MindunError data-folder-not-writable, disk-full, database-user-missing, database-not-startable */
function placeOf(folder: string): Place {
  try {
    return lookForPlace(folder);
  } catch (error) {
    if (error instanceof MindunError) throw error;
    throw fault((error as Error).message, folder);
  }
}

/** Runs a program of the server as its user: exit status, and what it said on stderr. */
function run(
  place: Place,
  program: string,
  args: readonly string[],
): Promise<{ status: number | null; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(path.join(place.binaries, 'bin', program), [...args], {
      ...(place.uid === undefined ? {} : { uid: place.uid, gid: place.gid }),
      cwd: '/',
      // Ctrl-C in the terminal is for us; the server hears of it from us.
      detached: true,
      // The postmaster must not hold our pipes open: pg_ctl start would never seem to end.
      stdio: ['ignore', 'ignore', program === 'pg_ctl' ? 'ignore' : 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'Asia/Shanghai' },
    });
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('error', (error) => resolve({ status: null, said: error.message }));
    child.once('close', (status) => resolve({ status, said }));
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
async function stopIfLast(place: Place): Promise<void> {
  const client = await connect(place);
  if (client === undefined) return;
  // Who else lets go, or tells all to end, may stop the server between our connecting and our asking: then it is stopped.
  const last = await client.query('select pg_try_advisory_lock($1) as last', [shareKey]).then(
    ({ rows }) => rows[0].last === true,
    () => false,
  );
  // While the exclusive lock is held nobody can take a share of a server that is going down.
  if (last) await stopFast(place);
  await client.end().catch(() => undefined);
}

function stopFast(place: Place): Promise<unknown> {
  return run(place, 'pg_ctl', ['stop', '-w', '-t', '60', '-s', '-m', 'fast', '-D', place.data]);
}

/** What runs on a data folder: whether the server does, its version, and how many programs share it. */
export async function serverStatus(
  folder: string,
): Promise<{ running: boolean; version: string | null; programs: number }> {
  const none = { running: false, version: null, programs: 0 };
  if (!hasStore(folder)) return none;
  const client = await connect(placeOf(folder));
  if (client === undefined) return none;
  try {
    const { rows } = await client.query('show server_version');
    const programs = (await programsOf(client)).length;
    return { running: true, version: String(rows[0].server_version), programs };
  } catch {
    // It was stopped while we asked.
    return none;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether a data folder was set up at all. */
export function hasStore(folder: string): boolean {
  return existsSync(folder) && existsSync(path.join(placeOf(folder).data, 'PG_VERSION'));
}

/**
 * Ends the programs on a data folder (pages, commands), then its server. Each is asked to end by SIGTERM and given ten
 * seconds; then the server goes and they end without it.
 */
export async function stopServer(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const place = placeOf(folder);
  if (!existsSync(path.join(place.data, 'postmaster.pid'))) return;
  const begun = stopwatch();
  let asked = false;
  for (;;) {
    const client = await connect(place);
    if (client === undefined) break;
    // The last program out stops the server: our question may be cut off by what it asked for.
    const others = await programsOf(client)
      .catch(() => [])
      .finally(() => client.end().catch(() => undefined));
    if (others.length === 0 || stopwatch() - begun > retryMs) break;
    if (!asked) for (const pid of others) signal(pid);
    asked = true;
    await sleep(50);
  }
  if (existsSync(path.join(place.data, 'postmaster.pid'))) await stopFast(place);
}

/** The other programs on the server, by the names that they gave their shares; of this machine and alive. */
async function programsOf(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query(
    "select distinct application_name as name from pg_stat_activity where application_name like 'mindun %'",
  );
  return rows
    .map((r) => /^mindun (\d+) (\d+)$/.exec(String(r.name)))
    .filter((m) => m !== null)
    .filter((m) => Number(m[1]) !== process.pid && startOf(Number(m[1])) === m[2])
    .map((m) => Number(m[1]));
}

/** When a process began, in the kernel's ticks: a pid that was given anew is not the same process. '0' where it is not told. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return existsSync('/proc/self/stat') || !isAlive(pid) ? undefined : '0';
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The postmaster's pid, for tests that kill it. */
export function postmasterPid(folder: string): number | null {
  const file = path.join(placeOf(folder).data, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : null;
}
