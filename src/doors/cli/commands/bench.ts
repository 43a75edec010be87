import { type CliCall, type CliCommand, UsageError } from '../command.ts';

const bench: CliCommand = {
  name: 'bench',
  usage: 'month [--insured N] [--rounds 5] | record [--persons N] [--rounds 5]',
  summary: {
    zh: '测量：主张与对照交替进行，取中位数',
    en: 'A measurement: what is claimed beside what it is compared with, alternating, medians',
  },
  example: 'bench month --insured 100000 --rounds 5',
  options: {
    insured: { type: 'string' },
    persons: { type: 'string' },
    rounds: { type: 'string' },
  },
  words: [1, 1],
  async run(call) {
    const rounds = numberOf(call, 'rounds', 5, [1, 12]);
    const say = (line: string): void => call.say({ zh: line, en: line });
    // Loaded only here: the product does not need its measurements.
    if (call.words[0] === 'month') {
      const insured = numberOf(call, 'insured', 100_000, [100, 10_000_000]);
      const { benchMonth } = await import('../../../../bench/month.ts');
      return { json: await benchMonth(insured, rounds, say) };
    }
    if (call.words[0] === 'record') {
      const persons = numberOf(call, 'persons', 20_000, [1000, 1_000_000]);
      const { benchRecord } = await import('../../../../bench/record.ts');
      return { json: await benchRecord(persons, rounds, say) };
    }
    throw new UsageError('bench month | record');
  },
};

function numberOf(
  call: CliCall,
  option: string,
  usual: number,
  [low, high]: readonly [number, number],
): number {
  const value = Number(call.values[option] ?? usual);
  if (!Number.isInteger(value) || value < low || value > high) throw new UsageError(`--${option}`);
  return value;
}

export const benchCommands: readonly CliCommand[] = [bench];
