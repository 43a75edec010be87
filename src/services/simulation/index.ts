import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import {
  addMonths,
  type Caller,
  defineCommand,
  defineErrors,
  defineQuery,
  type House,
  MindunError,
  type Month,
  monthOfPeriod,
  monthsBetween,
  period,
} from '../../kernel/index.ts';
import type { AssessAnswer, CreditAnswer, TakeoverAnswer } from '../insurance/index.ts';
import { writeBooks } from './books.ts';
import {
  bankFile,
  closingDay,
  type Declared,
  declareAll,
  latePayments,
  live,
  type Play,
  payments,
  settleLeavers,
} from './month.ts';
import { othersQueries, ownFiles } from './others.ts';
import { People, populate } from './population.ts';

export { rates } from './month.ts';
export { Draw } from './random.ts';

defineErrors({
  'simulation-differs': {
    message: {
      zh: '这个城市是用种子 {seed}、比例 {scale}、从 {from} 起模拟的',
      en: 'This city was simulated with seed {seed}, scale {scale}, from {from}',
    },
    mend: {
      zh: '用同样的参数接着模拟，或换一个数据目录。',
      en: 'Go on with the same, or take another data folder.',
    },
    status: 409,
  },
});

export interface MonthReport extends Declared {
  readonly month: string;
  readonly bills: number;
  readonly persons: number;
  readonly provisional: number;
  readonly employerFen: number;
  readonly employeeFen: number;
  readonly receipts: number;
  readonly receivedFen: number;
  readonly suspenseFen: number;
  readonly lateFeeFen: number;
  readonly creditedFen: number;
  /** Rosters and receipts of the month that persons handed in and booked themselves: the simulation left them alone. */
  readonly rostersOfOthers: number;
  readonly receiptsOfOthers: number;
}

export interface SimulationOptions {
  readonly seed: number;
  readonly scale: number;
  readonly from: Month;
  readonly months: number;
}

export interface SimulationAnswer {
  readonly insured: number;
  readonly employers: number;
  readonly retirees: number;
  readonly months: readonly MonthReport[];
}

interface Stored {
  readonly seed: number;
  readonly scale: number;
  readonly from: Month;
}

const start = defineCommand({
  name: 'simulation.start',
  title: { zh: '记下模拟参数', en: 'Keep how the city is simulated' },
  input: z.object({ seed: z.number().int(), scale: z.number().positive(), from: z.string() }),
  async run(context, input) {
    if (context.city.kind === 'live') throw new MindunError('city-live');
    await context.elevate(() =>
      context.tx.execute(
        'insert into simulation (seed, scale, from_period) values ($1, $2, $3) on conflict do nothing',
        [input.seed, input.scale, period(input.from as Month)],
      ),
    );
    return {};
  },
});

/** How this city is simulated; undefined when it is not. */
export async function simulationOf(house: House): Promise<Stored | undefined> {
  const row = await house.store.transaction({ role: 'system' }, (tx) =>
    tx.maybe<{ seed: number; scale: string; from: number }>(
      'select seed, scale::text, from_period as "from" from simulation',
    ),
  );
  return row === undefined
    ? undefined
    : { seed: row.seed, scale: Number(row.scale), from: monthOfPeriod(row.from) };
}

/**
 * Builds the simulated city, or goes on with it: population by seed, books through the take-over, then each month through
 * the same commands that people use. The same seed gives the same city.
 * @throws MindunError simulation-differs, books-begun, city-live
 */
export async function simulate(
  house: House,
  caller: Caller,
  options: SimulationOptions,
  progress: Play['progress'],
): Promise<SimulationAnswer> {
  const stored = await simulationOf(house);
  if (
    stored !== undefined &&
    (stored.seed !== options.seed || stored.scale !== options.scale || stored.from !== options.from)
  ) {
    throw new MindunError('simulation-differs', { ...stored });
  }
  const people = new People(options.seed);
  const population = populate(options.seed, options.scale, people);
  const begun = await hasBooks(house);
  if (stored === undefined) {
    if (begun) throw new MindunError('books-begun');
    await house.call(
      'simulation.start',
      { seed: options.seed, scale: options.scale, from: options.from },
      caller,
    );
  }
  // Asked apart from the row above: a run that was cut off between the two goes on here.
  if (!begun) await takeOver(house, caller, options, population);
  const play: Play = {
    house,
    caller,
    seed: options.seed,
    people,
    employers: population.employers,
    left: [],
    progress,
  };
  const reports: MonthReport[] = [];
  const done = await reportsOf(house);
  for (let i = 0; i < options.months; i += 1) {
    const month = addMonths(options.from, i);
    const changes = live(play, month);
    reports.push(done.get(month) ?? (await playMonth(play, month, changes)));
    settleLeavers(play, changes);
  }
  return {
    insured: population.employers.reduce((s, e) => s + e.jobs.length, 0),
    employers: population.employers.length,
    retirees: population.retirees.length,
    months: reports,
  };
}

async function hasBooks(house: House): Promise<boolean> {
  const one = await house.store.transaction({ role: 'system' }, (tx) =>
    tx.maybe('select 1 from person limit 1'),
  );
  return one !== undefined;
}

async function takeOver(
  house: House,
  caller: Caller,
  options: SimulationOptions,
  population: ReturnType<typeof populate>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-books-'));
  try {
    writeBooks(folder, population, addMonths(options.from, -1), options.seed);
    const answer = (await house.call('insurance.take-over', { folder }, caller)) as TakeoverAnswer;
    if (!answer.reconciled) throw new Error('the simulated books do not reconcile');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reports of the months that were played, from the acts that closed them. */
async function reportsOf(house: House): Promise<Map<string, MonthReport>> {
  const rows = await house.store.transaction({ role: 'system' }, (tx) =>
    tx.rows<{ report: MonthReport }>('select report from simulated_month order by period'),
  );
  return new Map(rows.map((r) => [r.report.month, r.report]));
}

const state = defineQuery({
  name: 'simulation.state',
  title: { zh: '模拟的月份做到哪里', en: 'How far a simulated month is' },
  input: z.object({ month: z.string() }),
  async run(context, input) {
    return context.elevate(async () => {
      const assessed = await context.tx.maybe(
        "select 1 from month_step where period = $1 and step = 'assess'",
        [period(input.month as Month)],
      );
      const files = await context.tx.rows<{ name: string }>(
        'select name from bank_file where starts_with(name, $1)',
        [`${ownFiles(input.month as Month)}-`],
      );
      return { assessed: assessed !== undefined, files: files.map((f) => f.name) };
    });
  },
});

const report = defineQuery({
  name: 'simulation.report',
  title: { zh: '模拟月份的结果', en: 'What a simulated month came to' },
  input: z.object({ month: z.string() }),
  async run(context, input) {
    return context.elevate(async () => {
      const figures = await context.tx.one<Omit<MonthReport, keyof Declared | 'month'>>(
        `select (select count(*) from bill where period = $1 and kind = 'month') as bills,
          (select persons from assessment where fee_period = $1 and number = 1) as persons,
          (select count(distinct bill_id) from bill_line where period = $1 and kind = 2) as provisional,
          (select coalesce(sum(amount), 0)::bigint from bill_line where period = $1 and share = 1) as "employerFen",
          (select coalesce(sum(amount), 0)::bigint from bill_line where period = $1 and share = 2) as "employeeFen",
          count(r.id) as receipts, coalesce(sum(r.amount), 0)::bigint as "receivedFen",
          coalesce(sum(r.amount) filter (where r.employer_id is null), 0)::bigint as "suspenseFen",
          (select coalesce(sum(l.amount), 0)::bigint from late_fee l join receipt x on x.id = l.receipt_id
             join bank_file y on y.id = x.bank_file_id where starts_with(y.name, $2)) as "lateFeeFen",
          (select coalesce(sum(amount), 0)::bigint from account_credit where period = $1) as "creditedFen",
          (select count(distinct d.employer_id) from declaration d join upload u on u.id = d.upload_id
             join file x on x.id = u.file_id
             where d.period = $1 and d.kind in ('full', 'changes') and not starts_with(x.name, 'sim-')) as "rostersOfOthers",
          (select count(*) from receipt x join bank_file y on y.id = x.bank_file_id
             where x.period = $1 and not starts_with(y.name, 'sim-')) as "receiptsOfOthers"
        from bank_file f join receipt r on r.bank_file_id = f.id where starts_with(f.name, $2)`,
        [period(input.month as Month), `${ownFiles(input.month as Month)}-`],
      );
      return { month: input.month, ...figures };
    });
  },
});

const keepReport = defineCommand({
  name: 'simulation.keep-month',
  title: { zh: '记下模拟的月份', en: 'Keep a simulated month’s report' },
  input: z.object({ month: z.string(), report: z.record(z.string(), z.unknown()) }),
  async run(context, input) {
    await context.elevate(() =>
      context.tx.execute(
        'insert into simulated_month (period, report) values ($1, $2) on conflict do nothing',
        [period(input.month as Month), input.report],
      ),
    );
    return {};
  },
});

async function playMonth(
  play: Play,
  month: Month,
  changes: ReturnType<typeof live>,
): Promise<MonthReport> {
  const call = async <T>(name: string, input: object): Promise<T> =>
    (await play.house.call(name, input, play.caller)) as T;
  // A run that was cut off goes on where it stood: the clock never goes back, what is done is not done again.
  const at = async (moment: string): Promise<void> => {
    const now = await play.house.store.transaction({ role: 'system' }, (tx) => play.house.at(tx));
    if (now < moment) await call('city.advance-clock', { at: moment });
  };
  const state = await call<{ assessed: boolean; files: string[] }>('simulation.state', { month });
  await at(`${month}-05T09:00`);
  const declared = await declareAll(play, month, changes, state.assessed);
  await at(`${month}-12T09:00`);
  await call<AssessAnswer>('insurance.assess', { month });
  await at(`${month}-14T09:00`);
  const collect = async (fileName: string, rows: () => Promise<string[]>): Promise<void> => {
    if (state.files.includes(fileName)) return;
    const lines = await rows();
    if (lines.length > 0) await call('insurance.collect', { fileName, content: bankFile(lines) });
  };
  await collect(`${ownFiles(month)}-1.csv`, () => payments(play, month));
  await at(`${month}-25T09:00`);
  await collect(`${ownFiles(month)}-2.csv`, () => latePayments(play, month));
  await call<CreditAnswer>('insurance.credit', { month });
  await at(closingDay(month));
  await call('insurance.close', { month });
  const report = {
    ...declared,
    ...(await call<Omit<MonthReport, keyof Declared>>('simulation.report', { month })),
  };
  await call('simulation.keep-month', { month, report });
  return report;
}

/** Plays one more month of a simulated city. */
export async function simulateNext(
  house: House,
  caller: Caller,
  month: Month,
  progress: Play['progress'],
): Promise<SimulationAnswer | undefined> {
  const stored = await simulationOf(house);
  if (stored === undefined || month < stored.from) return undefined;
  // Only the month that comes next: one further on is refused by its own steps.
  const played = (await reportsOf(house)).size;
  if (monthsBetween(stored.from, month) > played) return undefined;
  return simulate(
    house,
    caller,
    { ...stored, months: monthsBetween(stored.from, month) + 1 },
    progress,
  );
}

/** The commands of this service, for those who list them. */
export const simulationCommands = [start, keepReport, state, report, ...othersQueries] as const;
