// A person's record through the whole stack at 50 connections, beside pgbench running the record's own statements.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { defineErrors, MindunError, sumOf } from '../src/kernel/index.ts';
import type { Load, LoadOrder } from './load.ts';
import { type Books, personBooks } from './record-books.ts';
import { pgbenchScript } from './record-script.ts';
import { city, machine, median, round, type Scratch, scratch } from './scratch.ts';

defineErrors({
  'pgbench-missing': {
    message: {
      zh: '没有 pgbench，无从比较',
      en: 'There is no pgbench here to compare with',
    },
    mend: {
      zh: '请装 Debian 的 postgresql-client 和 postgresql-contrib，再运行一次。',
      en: 'Install Debian’s PostgreSQL client with pgbench and run it again.',
    },
    status: 400,
  },
  'bench-answer-wrong': {
    message: {
      zh: '测量时有 {count} 个答复不对，例如：{first}',
      en: '{count} answers were wrong while measuring, for example: {first}',
    },
    mend: {
      zh: '先查清答复为什么不对，再测。',
      en: 'Find out why before measuring again.',
    },
    status: 500,
  },
});

const connections = 50;
const seconds = 8;
// pgbench connects anew each time and first plans every statement on each of its connections: that is not counted.
const warmSeconds = 15;

export interface RecordFigures {
  readonly persons: number;
  readonly monthsEach: number;
  readonly rounds: number;
  readonly jsonToPgbench: number;
  readonly pageToPgbench: number;
  readonly jsonPerSecond: number;
  readonly pagePerSecond: number;
  readonly pgbenchPerSecond: number;
  readonly json: { readonly p50ms: number; readonly p99ms: number };
  readonly page: { readonly p50ms: number; readonly p99ms: number };
  readonly answers: number;
  readonly comparedWith: string;
  readonly machine: string;
}

type Kind = 'json' | 'page' | 'pgbench';

/** @throws MindunError pgbench-missing, bench-answer-wrong */
export async function benchRecord(
  persons: number,
  rounds: number,
  say: (line: string) => void,
): Promise<RecordFigures> {
  const pgbench = which('pgbench');
  if (pgbench === undefined) throw new MindunError('pgbench-missing');
  // Fifty of pgbench's beside the server's own.
  const store = await scratch(undefined, ['max_connections = 120']);
  let server: Serving | undefined;
  try {
    const books = await personBooks(store, persons);
    const script = path.join(store.folder, 'record.sql');
    writeFileSync(script, await pgbenchScript(store, books));
    server = await serving(store.folder);
    const { port } = server;
    const measured: Record<Kind, Load[]> = { json: [], page: [], pgbench: [] };
    const run: Record<Kind, (seed: number, during: number) => Promise<Load>> = {
      json: (seed, during) => load({ kind: 'json', port, seed, seconds: during, ...books.range }),
      page: (seed, during) => load({ kind: 'page', port, seed, seconds: during, ...books.range }),
      pgbench: async (_, during) => besides(pgbench, script, store, books, during),
    };
    const order: Kind[] = ['json', 'pgbench', 'page'];
    for (const kind of ['json', 'page'] as const) await run[kind](0, seconds);
    for (let i = 1; i <= rounds; i += 1) {
      // The order turns, so that no one stands always behind the same one.
      order.push(order.shift()!);
      for (const kind of order) measured[kind].push(await run[kind](i, seconds));
      const last = (kind: Kind): number => Math.round(rate(measured[kind].at(-1)!));
      say(
        `${i}: per second json ${last('json')}, page ${last('page')}, pgbench ${last('pgbench')}`,
      );
    }
    return figures(persons, rounds, books, measured, pgbench);
  } finally {
    await server?.stop();
    await store.close();
  }
}

function rate(load: Load): number {
  return load.answers / load.seconds;
}

function figures(
  persons: number,
  rounds: number,
  books: Books,
  measured: Record<Kind, Load[]>,
  pgbench: string,
): RecordFigures {
  const of = (kind: Kind, what: (load: Load) => number): number => median(measured[kind].map(what));
  const share = (kind: Kind): number =>
    round(median(measured[kind].map((l, i) => rate(l) / rate(measured.pgbench[i]!))));
  const waits = (kind: Kind): { p50ms: number; p99ms: number } => ({
    p50ms: round(of(kind, (l) => l.p50ms)),
    p99ms: round(of(kind, (l) => l.p99ms)),
  });
  const version = spawnSync(pgbench, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return {
    persons,
    monthsEach: books.months,
    rounds,
    jsonToPgbench: share('json'),
    pageToPgbench: share('page'),
    jsonPerSecond: Math.round(of('json', rate)),
    pagePerSecond: Math.round(of('page', rate)),
    pgbenchPerSecond: Math.round(of('pgbench', rate)),
    json: waits('json'),
    page: waits('page'),
    answers: [...measured.json, ...measured.page].reduce((n, l) => n + l.answers, 0),
    comparedWith: `${version}, -c ${connections} -j 2 -M prepared`,
    machine: machine(),
  };
}

function which(program: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** The record's own statements by pgbench, as the application's log-in, for the same number of seconds. */
function besides(
  pgbench: string,
  script: string,
  store: Scratch,
  books: Books,
  during: number,
): Load {
  const { host, port, database } = store.server.connection;
  const at = ['-h', host!, '-p', String(port), '-U', `c${city}_app`];
  const how = ['-n', '-c', String(connections), '-j', '2', '-M', 'prepared', '-P', '1'];
  const long = ['-T', String(warmSeconds + during)];
  const range = ['-D', `from=${books.range.from}`, '-D', `to=${books.range.to}`];
  const done = spawnSync(pgbench, [...at, ...how, ...long, ...range, '-f', script, database!], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PGOPTIONS: `-c search_path=c${city} -c timezone=Asia/Shanghai -c jit=off`,
    },
  });
  const told = [...done.stderr.matchAll(/^progress: [\d.]+ s, ([\d.]+) tps, lat ([\d.]+) ms/gm)];
  const counted = told.slice(-during);
  if (
    done.status !== 0 ||
    counted.length < during ||
    !/failed transactions: 0 /.test(done.stdout)
  ) {
    throw new Error(`pgbench: ${done.stderr.slice(0, 900)} ${done.stdout}`);
  }
  const answers = sumOf(counted, (p) => Number(p[1]));
  const latency = sumOf(counted, (p) => Number(p[2])) / counted.length;
  return {
    answers,
    seconds: counted.length,
    p50ms: latency,
    p99ms: latency,
    wrong: 0,
    firstWrong: '',
  };
}

interface Serving {
  readonly port: number;
  stop(): Promise<void>;
}

function child(name: string, more: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', file, ...more], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function ended(process: ChildProcess): Promise<number | null> {
  return new Promise((done) => process.once('exit', (code) => done(code)));
}

async function firstLine(process: ChildProcess, what: string): Promise<string> {
  for await (const line of createInterface({ input: process.stdout! })) return line;
  throw new Error(`${what} said nothing`);
}

async function serving(folder: string): Promise<Serving> {
  const server = child('serve', [], { MINDUN_DATA: folder });
  const over = ended(server);
  return {
    port: Number(await firstLine(server, 'the server')),
    async stop() {
      server.kill('SIGTERM');
      await over;
    },
  };
}

async function load(order: Omit<LoadOrder, 'connections'>): Promise<Load> {
  const process = child('load', [JSON.stringify({ ...order, connections })], {});
  const over = ended(process);
  const told = JSON.parse(await firstLine(process, 'the load')) as Load;
  await over;
  if (told.wrong > 0)
    throw new MindunError('bench-answer-wrong', { count: told.wrong, first: told.firstWrong });
  return told;
}
