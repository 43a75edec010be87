// A roster of many rows: its checks, its upload and its declaration beside merely decoding and splitting the same file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { csvRows, decodeText } from '../src/engines/documents/tables/index.ts';
import { organisationCheck } from '../src/kernel/identity.ts';
import { type Caller, type House, month, openLog, stopwatch } from '../src/kernel/index.ts';
import { localActor, openCity } from '../src/services/city/index.ts';
import type { DeclareAnswer, UploadView } from '../src/services/insurance/index.ts';
import { checkRoster } from '../src/services/insurance/roster/index.ts';
import { gb18030, rosterText } from './roster-file.ts';
import { city, machine, median, round, type Scratch, scratch, step } from './scratch.ts';

const encodings = ['UTF-8', 'GB18030'] as const;
type Encoding = (typeof encodings)[number];

export interface RosterFigures {
  readonly rows: number;
  readonly rounds: number;
  readonly byEncoding: Readonly<
    Record<
      Encoding,
      { bytes: number; decodeMs: number; decodeToCheck: number; decodeToUpload: number }
    >
  >;
  /** The upload of persons who are all known already. */
  readonly decodeToUploadKnown: number;
  readonly copyMs: number;
  /** Declaring new persons, and the same roster once more, in times of the COPY of the new rows. */
  readonly declareNewToCopy: number;
  readonly declareAgainToCopy: number;
  readonly peakRssMiB: Readonly<Record<'check' | 'upload' | 'declare', number>>;
  readonly machine: string;
}

interface Bench {
  readonly house: House;
  readonly caller: Caller;
  readonly store: Scratch;
}

/** @param rows persons in one employer's file */
export async function benchRoster(
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<RosterFigures> {
  const store = await scratch('2008-03-02T08:00');
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-bench-files-'));
  const house = await openCity(store.server.connection, city, openLog());
  const caller = {
    actor: await localActor(house),
    purpose: 'operation' as const,
    language: 'zh' as const,
  };
  const bench = { house, caller, store };
  try {
    const all: Measured[] = [];
    // One round more than is counted: the first warms the program and the server.
    for (let r = 0; r <= rounds; r += 1) {
      const measured = await oneRound(bench, rows, r);
      say(`${r === 0 ? 'warm' : r} ms: ${spoken(measured)}`);
      if (r > 0) all.push(measured);
    }
    return {
      rows,
      rounds,
      ...figures(all),
      peakRssMiB: await memory(bench, folder, rows, rounds + 1),
      machine: machine(),
    };
  } finally {
    await house.store.end();
    rmSync(folder, { recursive: true, force: true });
    await store.close();
  }
}

interface Measured {
  readonly files: Record<
    Encoding,
    { bytes: number; decode: number; check: number; upload: number }
  >;
  readonly uploadKnown: number;
  readonly declareNew: number;
  readonly declareAgain: number;
  readonly copy: number;
}

/** A round has an employer and persons of its own: nobody in its first upload is known. */
async function oneRound(bench: Bench, rows: number, r: number): Promise<Measured> {
  const employer = await register(bench, r);
  const text = rosterText(rows, r * rows);
  const bytes = { 'UTF-8': Buffer.from(`\ufeff${text}`), GB18030: gb18030(text) };
  let upload: UploadView | undefined;
  const measure = async (encoding: Encoding) => {
    const file = bytes[encoding];
    const works = {
      decode: async () => merelyRead(file),
      check: async () => checkRoster(file, month('2008-03')),
      upload: async () => {
        upload = await put(bench, employer, file);
      },
    };
    const spans = { bytes: file.length, decode: 0, check: 0, upload: 0 };
    const names = ['decode', 'check', 'upload'] as const;
    // The order alternates, so that neither a warm cache nor garbage left behind favours one.
    for (const name of r % 2 === 0 ? names : names.toReversed())
      spans[name] = await timed(works[name]);
    return spans;
  };
  const files = { 'UTF-8': await measure('UTF-8'), GB18030: await measure('GB18030') };
  const first = upload!;
  const declareNew = await timed(() => confirm(bench, first, rows));
  const copy = await copyOfDeclared(bench, employer);
  await bench.store.sql.query('analyze person, person_fact, spell');
  let again: UploadView | undefined;
  const uploadKnown = await timed(async () => {
    again = await put(bench, employer, bytes['UTF-8']);
  });
  const declareAgain = await timed(() => confirm(bench, again!, rows));
  return { files, uploadKnown, declareNew, declareAgain, copy };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = stopwatch();
  await work();
  return stopwatch() - begun;
}

/** What everything is compared with: the file's text, split into fields, nothing looked at. */
function merelyRead(file: Buffer): number {
  let cells = 0;
  for (const row of csvRows(decodeText(file))) cells += row.cells.length;
  return cells;
}

async function register(bench: Bench, r: number): Promise<string> {
  const body = String(20_000_000 + r);
  const code = `${body}-${organisationCheck(body)}`;
  await bench.house.call(
    'registry.employer.register',
    { code, name: `单位${r}`, area: '430405', injuryClass: 1 },
    bench.caller,
  );
  return code;
}

async function put(bench: Bench, employer: string, file: Buffer): Promise<UploadView> {
  const content = file.toString('base64');
  const input = { employer, month: '2008-03', full: true, content };
  return (await bench.house.call('insurance.upload', input, bench.caller)) as UploadView;
}

async function confirm(bench: Bench, upload: UploadView, rows: number): Promise<void> {
  const answer = (await bench.house.call(
    'insurance.confirm-upload',
    { upload: upload.publicId },
    bench.caller,
  )) as DeclareAnswer;
  if (answer.accepted !== rows) throw new Error(`${answer.accepted} of ${rows} rows were taken`);
}

/** The rows that declaring the employer's new persons made, by COPY into tables with their primary keys. */
async function copyOfDeclared(bench: Bench, employer: string): Promise<number> {
  const { sql } = bench.store;
  const mine = `(select employer_id from employer_code where code = '${employer}')`;
  const persons = `(select person_id from spell where employer_id = ${mine})`;
  const tables = {
    person: [`select * from person where id in ${persons}`, 'id'],
    person_fact: [`select * from person_fact where person_id in ${persons}`, 'id'],
    spell: [`select * from spell where employer_id = ${mine}`, 'id'],
    roster_line: [
      `select * from roster_line where period = 200803 and employer_id = ${mine}`,
      'period, employer_id, person_id, declaration_id',
    ],
  } as const;
  let ms = 0;
  for (const [table, [rows, key]] of Object.entries(tables)) {
    const data = await buffer(sql.query(copyTo(`copy (${rows}) to stdout`)));
    await sql.query(
      `drop table if exists copied; create table copied (like ${table} including defaults, primary key (${key}))`,
    );
    ms += await timed(() =>
      pipeline(Readable.from([data]), sql.query(copyFrom('copy copied from stdin'))),
    );
  }
  return ms;
}

function spoken(m: Measured): string {
  const files = encodings.flatMap((e) =>
    (['decode', 'check', 'upload'] as const).map((k) => `${e} ${k} ${Math.round(m.files[e][k])}`),
  );
  const rest = (['uploadKnown', 'declareNew', 'declareAgain', 'copy'] as const).map(
    (k) => `${k} ${Math.round(m[k])}`,
  );
  return [...files, ...rest].join(', ');
}

function figures(all: readonly Measured[]) {
  const of = (ratio: (m: Measured) => number): number => {
    const value = median(all.map(ratio));
    return value < 1 ? Math.round(value * 1000) / 1000 : round(value);
  };
  const ofFile = (e: Encoding) => ({
    bytes: all[0]!.files[e].bytes,
    decodeMs: Math.round(of((m) => m.files[e].decode)),
    decodeToCheck: of((m) => m.files[e].decode / m.files[e].check),
    decodeToUpload: of((m) => m.files[e].decode / m.files[e].upload),
  });
  return {
    byEncoding: { 'UTF-8': ofFile('UTF-8'), GB18030: ofFile('GB18030') },
    decodeToUploadKnown: of((m) => m.files['UTF-8'].decode / m.uploadKnown),
    copyMs: Math.round(of((m) => m.copy)),
    declareNewToCopy: of((m) => m.declareNew / m.copy),
    declareAgainToCopy: of((m) => m.declareAgain / m.copy),
  };
}

/** Peak memory of each step in a process of its own. */
async function memory(bench: Bench, folder: string, rows: number, r: number) {
  const employer = await register(bench, r);
  const file = path.join(folder, 'roster.csv');
  writeFileSync(file, `\ufeff${rosterText(rows, r * rows)}`);
  const checked = step(bench.store.folder, 'check', file);
  const uploaded = step(bench.store.folder, 'upload', `${employer}=${file}`);
  const declared = step(bench.store.folder, 'confirm', uploaded.answer);
  return {
    check: Math.round(checked.rssMiB),
    upload: Math.round(uploaded.rssMiB),
    declare: Math.round(declared.rssMiB),
  };
}
