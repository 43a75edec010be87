import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openServer, type Server, stopServer } from '../src/kernel/database/server/index.ts';
import { moment } from '../src/kernel/index.ts';
import { createCity } from '../src/services/city/index.ts';
import '../src/services/index.ts';

/** A scratch store of a bench's own, thrown away at the end. */
export interface Scratch {
  readonly folder: string;
  readonly server: Server;
  /** As the migrating user in the city's schema: for setting up and for what is compared with. */
  readonly sql: pg.Client;
  close(): Promise<void>;
}

export const city = '430400';

/**
 * @param at the city's first moment
 * @param settings of the server, as `name = value`
 */
export async function scratch(
  at = '2008-01-02T08:00',
  settings: readonly string[] = [],
): Promise<Scratch> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-bench-'));
  // The server's user can enter it, so that its data lie in it under root too, and go with it.
  chmodSync(folder, 0o711);
  let server = await openServer(folder);
  if (settings.length > 0) {
    await configure(server, settings);
    await server.close();
    server = await openServer(folder);
  }
  await createCity(server.connection, {
    code: city,
    simulated: true,
    at: moment(at),
  });
  const sql = new pg.Client({
    ...server.connection,
    options: `-c search_path=c${city} -c jit=off`,
  });
  await sql.connect();
  const stopped = (): void => abandon(folder);
  process.once('exit', stopped);
  return {
    folder,
    server,
    sql,
    async close() {
      process.off('exit', stopped);
      await sql.end();
      await server.close();
      await stopServer(folder);
      rmSync(folder, { recursive: true, force: true });
      rmSync(`${folder}-keys`, { recursive: true, force: true });
    },
  };
}

/** A bench that is stopped midway leaves no server and no data; what ends the process cannot wait for the server's orderly end. */
function abandon(folder: string): void {
  const file = path.join(folder, 'postgres', 'postmaster.pid');
  if (existsSync(file)) {
    const pid = readFileSync(file, 'utf8').split('\n')[0]!;
    spawnSync('kill', ['-QUIT', pid]);
    // It is gone when nobody answers to its number any more.
    spawnSync('sh', ['-c', `for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 ${pid} && sleep 0.2; done`], {
      stdio: 'ignore',
    });
  }
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}-keys`, { recursive: true, force: true });
}

async function configure(server: Server, settings: readonly string[]): Promise<void> {
  const client = new pg.Client(server.connection);
  await client.connect();
  for (const setting of settings) await client.query(`alter system set ${setting}`);
  await client.end();
}

export interface Measured {
  readonly ms: number;
  readonly answer: string;
  readonly rssMiB: number;
}

const stepArguments = ['--import', 'tsx', fileURLToPath(new URL('step.ts', import.meta.url))];
const stepOptions = (folder: string) => ({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, MINDUN_DATA: folder },
});

/** Runs one step in a process of its own, so that its peak memory is its own; milliseconds and MiB. */
export function step(folder: string, name: string, argument: string): Measured {
  const done = spawnSync(process.execPath, [...stepArguments, name, argument], {
    ...stepOptions(folder),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (done.status !== 0) throw new Error(`${name} ${argument} failed`);
  return JSON.parse(done.stdout.trim().split('\n').at(-1)!) as Measured;
}

/** A process that does one step after another; its peak memory is that of all it did. */
export interface Steps {
  run(name: string, argument: string): Promise<Measured>;
  end(): Promise<void>;
}

export function steps(folder: string): Steps {
  const child = spawn(process.execPath, [...stepArguments, 'steps'], {
    ...stepOptions(folder),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  return {
    async run(name, argument) {
      child.stdin.write(`${JSON.stringify([name, argument])}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} ${argument} failed`);
      return JSON.parse(value) as Measured;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

export function machine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}
