import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import {
  addMonths,
  type Caller,
  defineCommand,
  defineErrors,
  type House,
  MindunError,
  type Month,
  monthOfPeriod,
  monthsBetween,
  period,
} from '../../kernel/index.ts';
import type {
  AssessAnswer,
  CollectAnswer,
  CreditAnswer,
  TakeoverAnswer,
} from '../insurance/index.ts';
import { writeBooks } from './books.ts';
import {
  bankFile,
  closingDay,
  declareAll,
  live,
  type MonthReport,
  type Play,
  payments,
  settleLeavers,
} from './month.ts';
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
 * @throws MindunError simulation-differs, city-live
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
  if (stored === undefined) {
    await takeOver(house, caller, options, population);
    await house.call(
      'simulation.start',
      { seed: options.seed, scale: options.scale, from: options.from },
      caller,
    );
  }
  const play: Play = {
    house,
    caller,
    seed: options.seed,
    people,
    employers: population.employers,
    owed: [],
    progress,
  };
  const reports: MonthReport[] = [];
  const done = await reportsOf(house);
  for (let i = 0; i < options.months; i += 1) {
    const month = addMonths(options.from, i);
    const changes = live(play, month);
    reports.push(done.get(month) ?? (await playMonth(play, month, changes)));
    settleLeavers(changes);
  }
  return {
    insured: population.employers.reduce((s, e) => s + e.jobs.length, 0),
    employers: population.employers.length,
    retirees: population.retirees.length,
    months: reports,
  };
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
  const at = (moment: string) => call('city.advance-clock', { at: moment });
  await at(`${month}-05T09:00`);
  const declared = await declareAll(play, month, changes);
  await at(`${month}-12T09:00`);
  const assessed = await call<AssessAnswer>('insurance.assess', { month });
  await at(`${month}-25T09:00`);
  const { inTime, late } = await payments(play, month);
  const collected: CollectAnswer[] = [];
  for (const rows of [inTime, late].filter((r) => r.length > 0)) {
    collected.push(
      await call<CollectAnswer>('insurance.collect', {
        fileName: `${month}.csv`,
        content: bankFile(rows),
      }),
    );
  }
  const credited = await call<CreditAnswer>('insurance.credit', { month });
  await at(closingDay(month));
  await call('insurance.close', { month });
  const sum = (value: (c: CollectAnswer) => number): number =>
    collected.reduce((s, c) => s + value(c), 0);
  const report: MonthReport = {
    month,
    ...declared,
    bills: assessed.bills,
    persons: assessed.persons,
    provisional: assessed.provisional,
    employerFen: assessed.employerFen,
    employeeFen: assessed.employeeFen,
    receipts: sum((c) => c.receipts),
    collectedFen: sum((c) => c.allocatedFen),
    lateFeeFen: sum((c) => c.lateFeeFen),
    suspenseFen: sum((c) => c.suspenseFen),
    creditedFen: credited.creditedFen,
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
  return simulate(
    house,
    caller,
    { ...stored, months: monthsBetween(stored.from, month) + 1 },
    progress,
  );
}

/** The commands of this service, for those who list them. */
export const simulationCommands = [start, keepReport] as const;
