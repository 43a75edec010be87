import { type CliCall, type CliCommand, UsageError } from '../command.ts';

const bench: CliCommand = {
  name: 'bench',
  usage:
    'month [--insured N] | roster [--rows N] | record [--persons N] | access [--persons N] [--rounds 5]',
  summary: {
    zh: '测量：主张与对照交替进行，取中位数',
    en: 'A measurement: what is claimed beside what it is compared with, alternating, medians',
  },
  example: 'bench month --insured 100000 --rounds 5',
  options: {
    insured: { type: 'string' },
    rows: { type: 'string' },
    persons: { type: 'string' },
    rounds: { type: 'string' },
  },
  words: [1, 1],
  cityless: true,
  async run(call) {
    const rounds = number(call, 'rounds', 5, [1, 12]);
    const say = (line: string): void => call.say({ zh: line, en: line });
    // Loaded only here: the product does not need its measurements.
    switch (call.words[0]) {
      case 'month': {
        const insured = number(call, 'insured', 100_000, [100, 10_000_000]);
        const { benchMonth } = await import('../../../../bench/month.ts');
        return { json: await benchMonth(insured, rounds, say) };
      }
      case 'roster': {
        const rows = number(call, 'rows', 200_000, [100, 500_000]);
        const { benchRoster } = await import('../../../../bench/roster.ts');
        return { json: await benchRoster(rows, rounds, say) };
      }
      case 'record': {
        const persons = number(call, 'persons', 20_000, [1000, 1_000_000]);
        const { benchRecord } = await import('../../../../bench/record.ts');
        return { json: await benchRecord(persons, rounds, say) };
      }
      case 'access': {
        const persons = number(call, 'persons', 500_000, [1000, 5_000_000]);
        const { benchAccess } = await import('../../../../bench/access.ts');
        return { json: await benchAccess(persons, rounds, say) };
      }
      default:
        throw new UsageError('bench month | roster | record | access');
    }
  },
};

function number(
  call: CliCall,
  name: string,
  usual: number,
  [low, high]: readonly [number, number],
): number {
  const value = Number(call.values[name] ?? usual);
  if (!Number.isInteger(value) || value < low || value > high) throw new UsageError(`--${name}`);
  return value;
}

export const benchCommands: readonly CliCommand[] = [bench];
