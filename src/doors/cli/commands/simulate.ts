import { MindunError, moment, month, type Text } from '../../../kernel/index.ts';
import { createCity, migrateAll } from '../../../services/city/index.ts';
import type { TakeoverAnswer } from '../../../services/insurance/index.ts';
import { simulate } from '../../../services/simulation/index.ts';
import { type CliCall, type CliCommand, UsageError } from '../command.ts';
import { importSheet } from '../import-sheet.ts';
import { progressBar } from '../progress.ts';

function number(call: CliCall, name: string, otherwise: number, low: number, high: number): number {
  const text = call.values[name];
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value) || value < low || value > high)
    throw new UsageError(`--${name} ${low}–${high}`);
  return value;
}

const simulateCommand: CliCommand = {
  name: 'simulate',
  usage: '--scale S --from 2008-01 --months N --seed K',
  summary: {
    zh: '建一个模拟城市并运行若干个月；同一种子得到同一座城市',
    en: 'Builds a simulated city and runs its months; the same seed gives the same city',
  },
  example: 'simulate --scale 0.01 --from 2008-01 --months 3 --seed 1',
  options: {
    scale: { type: 'string' },
    from: { type: 'string' },
    months: { type: 'string' },
    seed: { type: 'string' },
  },
  words: [0, 0],
  async run(call) {
    const options = {
      scale: number(call, 'scale', 0.01, 0.0005, 1),
      months: number(call, 'months', 3, 0, 240),
      seed: number(call, 'seed', 1, 0, Number.MAX_SAFE_INTEGER),
      from: month(typeof call.values['from'] === 'string' ? call.values['from'] : '2008-01'),
    };
    return { json: await buildSimulation(call, options) };
  },
};

/** Migrates and creates what is missing, then builds or continues the simulated city. */
export async function buildSimulation(
  call: CliCall,
  options: Parameters<typeof simulate>[2],
): ReturnType<typeof simulate> {
  const { connection } = await call.session.server();
  await migrateAll(connection);
  const code = call.session.options.city ?? '430400';
  const house = await call.house().catch(async (error: unknown) => {
    // Not there, or a creation that was cut off: it is made, or taken up again.
    if (!(error instanceof MindunError) || error.code !== 'city-missing') throw error;
    const at = moment(`${options.from}-01T08:00`);
    await createCity(connection, { code, simulated: true, at });
    return call.house();
  });
  if (house.city.kind === 'live') throw new MindunError('city-live');
  const bar = progressBar();
  try {
    const { key: _key, ...caller } = await call.session.caller();
    return await simulate(house, caller, options, bar.show);
  } finally {
    bar.end();
  }
}

const importCommand: CliCommand = {
  name: 'import',
  usage: 'DIR [--dry-run]',
  summary: {
    zh: '接管原有账册（CSV），附对账表',
    en: 'Takes over existing books (CSV), with a reconciliation sheet',
  },
  example: 'import books --dry-run',
  options: { 'dry-run': { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const dryRun = call.values['dry-run'] === true;
    const answer = await takeOver(call, dryRun);
    return {
      json: answer,
      exit: answer.reconciled ? 0 : 1,
      text: `${importSheet(answer, call.language)}\n\n${outcome(answer, dryRun)[call.language]}`,
    };
  },
};

function outcome({ reconciled }: TakeoverAnswer, dryRun: boolean): Text {
  if (!reconciled)
    return {
      zh: '没有接管，什么都没有写入。改正以后再试。',
      en: 'Nothing was taken over or written. Mend the files and try again.',
    };
  return dryRun
    ? {
        zh: '试读没有问题，什么都没有写入。去掉 --dry-run 就接管。',
        en: 'A dry run without faults; nothing was written. Leave --dry-run out to take over.',
      }
    : { zh: '接管完成。', en: 'Taken over.' };
}

/** Of what is refused for its files the dry run tells every fault, with the whole sheet. */
async function takeOver(call: CliCall, dryRun: boolean): Promise<TakeoverAnswer> {
  const input = { folder: call.words[0]!, dryRun };
  try {
    return (await call.execute('insurance.take-over', input)) as TakeoverAnswer;
  } catch (error) {
    const ofFiles =
      error instanceof MindunError &&
      (error.code === 'not-reconciled' || error.place?.file !== undefined);
    if (!ofFiles || dryRun) throw error;
    // Under the key stands what was asked, not this look.
    const { key: _key, ...caller } = await call.session.caller();
    const house = await call.house();
    return (await house.call(
      'insurance.take-over',
      { ...input, dryRun: true },
      caller,
    )) as TakeoverAnswer;
  }
}

export const simulateCommands: readonly CliCommand[] = [simulateCommand, importCommand];
