// Types January of a prepared store into the program's own command line, once for each message, and dies at a job's Nth database
// statement: itself, or the database under it; before the statement is sent, or with it under way.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { main } from '../../src/doors/cli/main.ts';
import { openServer, postmasterPid, type Server } from '../../src/kernel/database/server/index.ts';
import { type Caller, House, MindunError, openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import { codes, month } from './january.ts';
import { typeJanuary } from './january-by-command.ts';

export interface Job {
  readonly folder: string;
  readonly files: string;
  readonly who: 'program' | 'database' | 'nobody';
  readonly when: 'before' | 'during';
  /** Counted from 1. */
  readonly at: number;
}

/** How a job ended: statements sent, how many of them before each command and query of the house, and why it ended early. */
export interface Told {
  readonly count: number;
  readonly calls: readonly (readonly [name: string, before: number])[];
  readonly refused?: string;
}

let job: Job;
let count = 0;
let calls: [name: string, before: number][] = [];

const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const send = (): unknown => (query as (...all: unknown[]) => unknown).apply(this, args);
  count += 1;
  if (count !== job.at || job.who === 'nobody') return send();
  const sent = job.when === 'during' ? send() : undefined;
  process.kill(job.who === 'program' ? process.pid : postmasterPid(job.folder)!, 'SIGKILL');
  return job.when === 'during' ? sent : send();
} as typeof query;

const call = House.prototype.call;
House.prototype.call = function (this: House, ...args) {
  calls.push([args[0], count]);
  return call.apply(this, args);
};

/** A roster handed in at the employers' pages, which are no command line. */
async function upload(server: Server): Promise<void> {
  const house = await openCity(server.connection, '430400', openLog());
  try {
    const caller: Caller = { actor: await localActor(house), purpose: 'operation', language: 'zh' };
    const content = readFileSync(path.join(job.files, 'roster-0.csv')).toString('base64');
    const { publicId } = (await house.call(
      'insurance.upload',
      { month, full: true, employer: codes[0], fileName: 'a.csv', content },
      { ...caller, key: 'upload' },
    )) as { publicId: string };
    const confirmed = { ...caller, key: 'confirm' };
    await house.call('insurance.confirm-upload', { upload: publicId }, confirmed);
  } finally {
    await house.store.end();
  }
}

class Refused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Runs one command line as `mindun` does; its document. @throws Refused */
async function mindun(...args: readonly string[]): Promise<unknown> {
  let said = '';
  const write = process.stdout.write;
  process.stdout.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof write;
  const status = await main([...args, '--json']).finally(() => {
    process.stdout.write = write;
  });
  const document = JSON.parse(said) as { errors?: { code: string }[] };
  if (status !== 0) throw new Refused(document.errors?.[0]?.code ?? `exit ${status}`);
  return document;
}

async function play(): Promise<Told> {
  process.env['MINDUN_DATA'] = job.folder;
  // Held to the end, so that the server is not stopped and started between two commands.
  const server = await openServer(job.folder);
  count = 0;
  calls = [];
  try {
    await upload(server);
    await typeJanuary(mindun, job.files);
    return { count, calls };
  } catch (error) {
    const known = error instanceof MindunError || error instanceof Refused;
    return { count, calls, refused: known ? error.code : String(error) };
  } finally {
    await server.close();
  }
}

// Each command line listens anew for the signals that end it.
process.setMaxListeners(0);
process.stdout.setMaxListeners(0);
process.stderr.setMaxListeners(0);
process.on('message', (sent: Job) => {
  job = sent;
  void play().then((told) => process.send?.(told));
});
