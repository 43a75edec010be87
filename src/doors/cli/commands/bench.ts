import { type CliCommand, UsageError } from '../command.ts';

const bench: CliCommand = {
  name: 'bench',
  usage: 'month [--insured N] [--rounds 5]',
  summary: {
    zh: '测量：主张与对照交替进行，取中位数',
    en: 'A measurement: what is claimed beside what it is compared with, alternating, medians',
  },
  example: 'bench month --insured 100000 --rounds 5',
  options: { insured: { type: 'string' }, rounds: { type: 'string' } },
  words: [1, 1],
  async run(call) {
    if (call.words[0] !== 'month') throw new UsageError('bench month');
    const insured = Number(call.values['insured'] ?? 100_000);
    const rounds = Number(call.values['rounds'] ?? 5);
    if (!Number.isInteger(insured) || insured < 100 || insured > 10_000_000)
      throw new UsageError('--insured');
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > 12) throw new UsageError('--rounds');
    // Loaded only here: the product does not need its measurements.
    const { benchMonth } = await import('../../../../bench/month.ts');
    const json = await benchMonth(insured, rounds, (line) => call.say({ zh: line, en: line }));
    return { json };
  },
};

export const benchCommands: readonly CliCommand[] = [bench];
