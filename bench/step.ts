// Measured steps in a process of their own: one named by the arguments, or `steps`: those that come as lines, one after another, as the
// command `month` does them. Prints {ms, answer, rssMiB} for each.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { levyBatch } from '../src/engines/policy/index.ts';
import { openServer } from '../src/kernel/database/server/index.ts';
import {
  firstDay,
  keepHeapSmall,
  openLog,
  period,
  month as readMonth,
  stopwatch,
} from '../src/kernel/index.ts';
import { localActor, openCity } from '../src/services/city/index.ts';
import { lawOf, question, type UploadView } from '../src/services/insurance/index.ts';
import { finishMonth, Sums, writeRows } from '../src/services/insurance/month-rows.ts';
import { ratingsOf } from '../src/services/insurance/ratings.ts';
import { checkRoster } from '../src/services/insurance/roster/index.ts';
import '../src/services/index.ts';
import { city } from './scratch.ts';

const [, , name, argument] = process.argv as [string, string, string, string];
keepHeapSmall();
const server = await openServer(process.env['MINDUN_DATA']!);
const house = await openCity(server.connection, city, openLog());
const caller = {
  actor: await localActor(house),
  purpose: 'operation' as const,
  language: 'zh' as const,
};

/** The rows alone: roster leaf through the compiled rules into the month's leaf; rolled back. */
async function rowsAlone(text: string): Promise<void> {
  const month = readMonth(text);
  const batch = levyBatch(lawOf(house.city), question(house.city, firstDay(month)));
  const undo = new Error('undo');
  await house.store
    .transaction({ role: 'system' }, async (tx) => {
      const declared = await tx.rows<{ employer: number; area: number; declaration: number }>(
        `select employer_id as employer, area, max(id) as declaration from declaration
         where period = $1 and kind in ('full', 'changes') group by 1, 2 order by 1`,
        [period(month)],
      );
      const ratings = await ratingsOf(tx, period(month), period(month), batch);
      const bills = declared.map((_, i) => i + 1);
      const sums = new Sums(declared, bills, ratings);
      const aside = <T>(work: Parameters<typeof house.store.transaction<T>>[1]): Promise<T> =>
        house.store.transaction({ role: 'system' }, work, { readOnly: true });
      await writeRows({ tx, aside }, month, batch, sums);
      await finishMonth({ tx }, month);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
}

async function run(name: string, argument: string): Promise<string> {
  if (name === 'rows') await rowsAlone(argument);
  else if (name === 'collect') {
    const content = readFileSync(argument).toString('base64');
    await house.call('insurance.collect', { content }, caller);
  } else if (name === 'check') await checkRoster(readFileSync(argument), readMonth('2008-03'));
  else if (name === 'upload') {
    const [employer, file] = argument.split('=') as [string, string];
    const content = readFileSync(file).toString('base64');
    const input = { employer, month: '2008-03', full: true, content };
    return ((await house.call('insurance.upload', input, caller)) as UploadView).publicId;
  } else if (name === 'confirm') {
    await house.call('insurance.confirm-upload', { upload: argument }, caller);
  } else if (name === 'clock') await house.call('city.advance-clock', { at: argument }, caller);
  else await house.call(`insurance.${name}`, { month: argument }, caller);
  return '';
}

async function measured(of: string, about: string): Promise<void> {
  const begun = stopwatch();
  const answer = await run(of, about);
  const ms = stopwatch() - begun;
  console.log(JSON.stringify({ ms, answer, rssMiB: process.resourceUsage().maxRSS / 1024 }));
}

if (name === 'steps') {
  for await (const line of createInterface({ input: process.stdin })) {
    const [of, about] = JSON.parse(line) as [string, string];
    await measured(of, about);
  }
} else await measured(name, argument);
await house.store.end();
await server.close();
