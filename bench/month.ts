// The month for N insured: what `assess` and the whole month cost beside a plain COPY of the same person-month rows.
import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import {
  addMonths,
  type Month,
  period,
  month as readMonth,
  stopwatch,
  yuan,
} from '../src/kernel/index.ts';
import { machine, median, round, type Scratch, scratch, step, steps } from './scratch.ts';

export interface MonthFigures {
  readonly insured: number;
  readonly rounds: number;
  readonly employers: number;
  readonly rowsToCopy: number;
  readonly assessToCopy: number;
  readonly monthToCopy: number;
  readonly peakRssMiB: number;
  readonly copySeconds: number;
  readonly comparedWith: string;
  readonly machine: string;
}

/** @param insured persons; one employer for each fifty */
export async function benchMonth(
  insured: number,
  rounds: number,
  say: (line: string) => void,
): Promise<MonthFigures> {
  const store = await scratch();
  const files = path.join(store.folder, 'files');
  mkdirSync(files);
  const done: Round[] = [];
  try {
    await people(store, insured);
    let month = readMonth('2008-01');
    for (let n = 0; n < rounds; n += 1) {
      await roster(store, period(month), insured);
      await store.sql.query('vacuum analyze');
      // The order alternates, so that a warm cache favours neither.
      const one = await oneRound(store, files, month, n % 2 === 0);
      done.push(one);
      say(
        `${month} ms: ${Object.entries(one.ms)
          .map(([k, v]) => `${k} ${Math.round(v)}`)
          .join(', ')}; peak MiB: ${one.peaks.map(Math.round).join(' ')}`,
      );
      month = addMonths(month, 1);
    }
  } finally {
    await store.close();
  }
  const toCopy = (of: (ms: Round['ms']) => number): number =>
    round(median(done.map(({ ms }) => of(ms) / ms.copy)));
  return {
    insured,
    rounds,
    employers: Math.ceil(insured / 50),
    rowsToCopy: toCopy((ms) => ms.rows),
    assessToCopy: toCopy((ms) => ms.assess),
    monthToCopy: toCopy((ms) => ms.assess + ms.collect + ms.credit + ms.close),
    peakRssMiB: Math.round(Math.max(...done.flatMap((d) => d.peaks))),
    copySeconds: round(median(done.map((d) => d.ms.copy)) / 1000),
    comparedWith: psql() === undefined ? 'text COPY through the driver' : '\\copy of psql',
    machine: machine(),
  };
}

interface Round {
  readonly ms: Record<'copy' | 'rows' | 'assess' | 'collect' | 'credit' | 'close', number>;
  /** Node's peak after the rows alone, and after assess, collect, credit and close of the other process. MiB. */
  readonly peaks: readonly number[];
}

/** The rows alone, then the month in one process as the command `month` does it, and the plain copy before or after what is compared. */
async function oneRound(
  store: Scratch,
  files: string,
  month: Month,
  copyFirst: boolean,
): Promise<Round> {
  await settled(store);
  const alone = step(store.folder, 'rows', month);
  // What was rolled back is no part of a month: the next rows would go into the places that it left.
  await store.sql.query(`truncate person_month_${period(month)}`);
  const process = steps(store.folder);
  await process.run('clock', `${month}-05T09:00`);
  await settled(store);
  const assess = await process.run('assess', month);
  const file = path.join(files, 'rows.txt');
  await copyOut(store, `copy person_month_${period(month)} to stdout`, file);
  let copy = copyFirst ? await copyIn(store, file) : 0;
  await process.run('clock', `${month}-25T09:00`);
  const bank = path.join(files, 'bank.csv');
  await bankFile(store, period(month), bank);
  await settled(store);
  const collect = await process.run('collect', bank);
  const credit = await process.run('credit', month);
  await process.run('clock', `${addMonths(month, 1)}-01T09:00`);
  const close = await process.run('close', month);
  await process.end();
  if (!copyFirst) copy = await copyIn(store, file);
  return {
    ms: {
      copy,
      rows: alone.ms,
      assess: assess.ms,
      collect: collect.ms,
      credit: credit.ms,
      close: close.ms,
    },
    peaks: [alone, assess, collect, credit, close].map((one) => one.rssMiB),
  };
}

/** What was written for setting up is on the disk: it falls into no measured time. */
async function settled(store: Scratch): Promise<void> {
  await store.sql.query('reset role');
  await store.sql.query('checkpoint');
  await store.sql.query('set role c430400_owner');
}

/** Employers and persons by SQL: the bench begins where a roster stands. Numbers are of the area code that nobody has. */
async function people(store: Scratch, insured: number): Promise<void> {
  const employers = Math.ceil(insured / 50);
  const { sql } = store;
  await sql.query(`set role c430400_owner`);
  await sql.query(
    `insert into employer (id, public_id, area, act) select n, 'E' || n, 430405000000, 1 from generate_series(1, ${employers}) n`,
  );
  await sql.query(
    `insert into employer_fact (employer_id, area, name, initials, injury_class, category, valid, known)
     select n, 430405000000, '单位' || n, 'dw' || n, 1 + n % 3, case when n % 3 = 0 then 2 else 1 end, '[1998-01-01,)', int8range(1, null)
     from generate_series(1, ${employers}) n`,
  );
  await sql.query(
    `insert into employer_code (employer_id, area, kind, code, valid, known)
     select n, 430405000000, 'organisation', lpad(n::text, 8, '0') || '-0', '[1998-01-01,)', int8range(1, null)
     from generate_series(1, ${employers}) n`,
  );
}

async function roster(store: Scratch, ofPeriod: number, insured: number): Promise<void> {
  const employers = Math.ceil(insured / 50);
  await store.sql.query(
    `with d as (insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, act)
       select 'D${ofPeriod}-' || n, ${ofPeriod}, n, 430405000000, 'full', 50, 0, ${ofPeriod}, 1
       from generate_series(1, ${employers}) n returning id, employer_id)
     insert into roster_line_${ofPeriod} (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     select ${ofPeriod}, d.employer_id, p, d.id, 430405000000, case when d.employer_id % 3 = 0 then 2 when p % 7 = 0 then 4 else 1 end,
       1 + d.employer_id % 3, 31, 0, 80000 + ((p % 100003) * 7919) % 400000
     from generate_series(1, ${insured}) p join d on d.employer_id = 1 + (p - 1) / 50`,
  );
}

async function bankFile(store: Scratch, ofPeriod: number, file: string): Promise<void> {
  const { rows } = await store.sql.query(
    `select b.number, sum(l.amount)::text as amount from bill b join bill_line l on l.bill_id = b.id
     where b.period = ${ofPeriod} group by 1 order by 1`,
  );
  const day = `${String(ofPeriod).slice(0, 4)}-${String(ofPeriod).slice(4)}-07`;
  const lines = rows.map(
    (r, i) => `${day},R${ofPeriod}-${i},单位,1,${r.number},${yuan(Number(r.amount))}`,
  );
  writeFileSync(file, ['收款日期,流水号,付款人,付款账号,账单号,金额', ...lines].join('\n'));
}

function psql(): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v psql'], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

async function copyOut(store: Scratch, sql: string, file: string): Promise<void> {
  await pipeline(store.sql.query(copyTo(sql)), createWriteStream(file));
}

/** The same rows into a table with its key, by psql where it is there. */
async function copyIn(store: Scratch, file: string): Promise<number> {
  await store.sql.query(
    'drop table if exists copied; create table copied (like person_month including defaults, primary key (person_id, employer_id, period, assessment))',
  );
  await settled(store);
  const program = psql();
  const { connection } = store.server;
  const begun = stopwatch();
  if (program === undefined) {
    await pipeline(createReadStream(file), store.sql.query(copyFrom('copy copied from stdin')));
  } else {
    const done = spawnSync(
      program,
      [
        '-X',
        '-q',
        '-h',
        connection.host!,
        '-p',
        String(connection.port),
        '-U',
        connection.user!,
        '-d',
        connection.database!,
        '-c',
        `set search_path = c430400; set role c430400_owner`,
        '-c',
        `\\copy copied from '${file}'`,
      ],
      { encoding: 'utf8' },
    );
    if (done.status !== 0) throw new Error(done.stderr);
  }
  return stopwatch() - begun;
}
