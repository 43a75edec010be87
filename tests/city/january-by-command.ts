import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Server } from '../../src/kernel/database/server/index.ts';
import { month as monthOf } from '../../src/kernel/index.ts';
import { simulate } from '../../src/services/simulation/index.ts';
import { bankFile, testCity } from './harness.ts';
import { codes, month, threeEmployers } from './january.ts';

/** Runs one command line of the program; its JSON document. */
export type CommandLine = (...args: readonly string[]) => Promise<unknown>;

/**
 * A small simulated city before its first month, and three employers of whom the simulation knows nothing. With this seed the month has an
 * employer who declares nothing, a faulty file mended, and receipts that are short, twice, and of an unknown payer.
 */
export async function prepareSimulated(server: Server, files: string): Promise<void> {
  const city = await testCity({ server, at: '2008-01-01T08:00' });
  const options = { seed: 701, scale: 0.0002, from: monthOf(month), months: 0 };
  await simulate(city.house, city.operator, options, () => undefined);
  await threeEmployers(city, files);
  await city.close();
}

/**
 * January as it is typed: a roster handed in twice, all steps of the month, then a bank file for bills of the closed month.
 * What must not be done twice and has no key of its own is typed with one.
 */
export async function typeJanuary(mindun: CommandLine, files: string): Promise<void> {
  for (const key of ['first', 'second']) {
    const roster = path.join(files, 'roster-1.csv');
    await mindun(
      'declare',
      roster,
      '--employer',
      codes[1],
      '--month',
      month,
      '--full',
      '--key',
      key,
    );
  }
  await mindun('month', month);
  const bills: string[] = [];
  for (const code of codes.slice(0, 2))
    bills.push(((await mindun('bill', code, month)) as { number: string }).number);
  const rows = [
    { on: '2008-02-01', reference: 'K1', bill: bills[0]!, amount: '1234.56' },
    { on: '2008-02-01', reference: 'K2', bill: bills[1]!, amount: '99999.00' },
    { on: '2008-02-01', reference: 'K3', bill: '', amount: '77.00' },
  ];
  const file = path.join(files, 'bank.csv');
  writeFileSync(file, Buffer.from(bankFile(rows), 'base64'));
  await mindun('collect', file);
}
