import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { injuryClasses } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  type Fault,
  firstDay,
  MindunError,
  monthOfPeriod,
  yuan,
} from '../../../kernel/index.ts';
import { lawOf } from '../law.ts';
import { allowedFloat } from '../ratings.ts';
import { check } from './check.ts';
import { load } from './load.ts';
import { digestOf, readFolder, type TakeoverFiles } from './read.ts';
import { type FileName, fileNames, type TakeoverRows } from './shapes.ts';
import { reconcile, type SheetRow } from './sheet.ts';

export type { SheetRow } from './sheet.ts';

const seeSheet = {
  zh: '请看对账表里不一致的行，对照来源改正文件再试。',
  en: 'See the lines that differ in the sheet, mend the files against their source and try again.',
};
defineErrors({
  'books-begun': {
    message: {
      zh: '这个城市已经开始记账，不能再接管',
      en: 'This city’s books have begun; nothing can be taken over any more',
    },
    mend: { zh: '接管要在第一个月之前做。', en: 'A take-over comes before the first month.' },
    status: 409,
  },
  'not-reconciled': {
    message: {
      zh: '对账表有 {count} 行与来源不一致，没有接管',
      en: '{count} lines of the reconciliation sheet differ from the source: nothing was taken over',
    },
    mend: seeSheet,
    status: 409,
  },
  'total-differs': {
    message: {
      zh: '{what}：读到 {count} 行、{amount} 元，来源{source}',
      en: '{what}: {count} lines and {amount} yuan were read, the source {source}',
    },
    mend: seeSheet,
    status: 409,
  },
});

export interface TakeoverAnswer {
  readonly files: number;
  readonly rows: number;
  /** Of a dry run: every fault of the files and every line that differs from the source's totals. */
  readonly errors: readonly Fault[];
  readonly reconciled: boolean;
  readonly sheet: readonly SheetRow[];
}

/**
 * Takes over a bureau's books from documented CSVs (docs/reference/import.md): persons, employers, spells, rosters, account
 * balances, deemed years, retirees, arrears, opening ledger. All or nothing; with `dryRun` nothing, and what is wrong is in the answer.
 * The same files again change nothing and are answered as before.
 * @throws MindunError books-begun; without `dryRun` not-reconciled, or a file's first fault with the others
 */
export const takeOver = defineCommand({
  name: 'insurance.take-over',
  title: { zh: '接管原有账册', en: 'Take over existing books' },
  input: z.object({ folder: z.string().min(1), dryRun: z.boolean().default(false) }),
  async run(context, input): Promise<TakeoverAnswer> {
    return context.elevate(async () => {
      const begun = await context.tx.maybe(
        'select 1 where exists (select from declaration) or exists (select from person) or exists (select from bill)',
      );
      const folder = path.resolve(input.folder);
      if (!existsSync(folder)) throw new MindunError('file-missing', { file: folder });
      if (begun !== undefined) return takenBefore(context, folder);
      const read = await readFolder(folder);
      const areas = await areaKeys(context);
      check(
        read,
        areas,
        injuryClasses(context),
        (injuryClass, float) => floatRefusal(context, injuryClass, float),
        monthOfPeriod(context.city.firstPeriod),
      );
      const sheet = reconcile(read.rows, placesOf(read.rows, areas), read.totals, soundFiles(read));
      const differing = sheet.filter((s) => !s.agrees).map(totalDiffers);
      const wrong = [...read.faults.sorted(), ...differing];
      const rows = Object.values(read.rows).reduce((s: number, list) => s + list.length, 0);
      const answer = {
        files: read.files,
        rows,
        errors: wrong.flatMap((w) => w.faults(context.caller.language)),
        reconciled: wrong.length === 0,
        sheet,
      };
      if (input.dryRun) return answer;
      if (read.faults.size > 0) {
        const [first, ...others] = wrong;
        throw new MindunError(first!.code, first!.details, first!.place, others);
      }
      if (differing.length > 0)
        throw new MindunError('not-reconciled', { count: differing.length }, undefined, differing);
      await load(context, read.rows, (code) => areas.get(code)!);
      await context.tx.execute(
        'insert into take_over (act, sheet, files, rows, sha256) values ($1, $2, $3, $4, $5)',
        [context.act, JSON.stringify(sheet), read.files, rows, await digestOf(folder)],
      );
      return answer;
    });
  },
});

/** The answer of the take-over, when it was of these very files. @throws MindunError books-begun */
async function takenBefore({ tx }: Context, folder: string): Promise<TakeoverAnswer> {
  const there = await tx.maybe<Pick<TakeoverAnswer, 'files' | 'rows' | 'sheet'>>(
    'select files, rows, sheet from take_over where sha256 = $1',
    [await digestOf(folder)],
  );
  if (there === undefined) throw new MindunError('books-begun');
  return { ...there, errors: [], reconciled: true };
}

/** Why a class may not have a step of the floating rate from the city's first month on. */
function floatRefusal(
  { city }: Context,
  injuryClass: number,
  float: string,
): MindunError | undefined {
  const from = firstDay(monthOfPeriod(city.firstPeriod));
  try {
    allowedFloat(lawOf(city), city, injuryClass, float, { from, until: null });
    return undefined;
  } catch (error) {
    if (error instanceof MindunError) return error;
    throw error;
  }
}

/** Area keys by official code and by our own key. */
async function areaKeys(context: Context): Promise<Map<string, number>> {
  const rows = await context.tx.rows<{ key: number; code: string }>(
    'select a.key, n.code from area a join area_name n on n.area = a.key where n.valid @> $1::date',
    [context.today],
  );
  return new Map(rows.flatMap((r) => [[r.code, r.key] as const, [String(r.key), r.key] as const]));
}

function placesOf(rows: TakeoverRows, areas: ReadonlyMap<string, number>) {
  const persons = new Map(rows['persons.csv'].map((p) => [p.number.number, areas.get(p.area)!]));
  const employers = new Map(rows['employers.csv'].map((e) => [e.code, areas.get(e.area)!]));
  return {
    person: (number: string) => persons.get(number)!,
    employer: (code: string) => employers.get(code)!,
    area: (code: string) => areas.get(code)!,
  };
}

/** Files whose tables can be summed up: nothing is wrong with them, nor with the file that says where their subjects are. */
function soundFiles({ faults }: TakeoverFiles): Set<FileName> {
  const needs = (file: FileName): string[] => {
    if (['balances.csv', 'deemed.csv', 'retirees.csv'].includes(file)) return ['persons.csv'];
    return ['spells.csv', 'rosters.csv', 'arrears.csv'].includes(file) ? ['employers.csv'] : [];
  };
  if (!faults.clean('totals.csv')) return new Set();
  return new Set(fileNames.filter((file) => [file, ...needs(file)].every((f) => faults.clean(f))));
}

/**
 * A line of the sheet that differs, as a fault: at its line of totals.csv, in the column that differs; of the control line, whose
 * source is the ledger, there.
 */
function totalDiffers(row: SheetRow): MindunError {
  const what = [row.table, row.area, row.insurance, row.year, row.item].filter((x) => x !== '');
  const control = row.table === 'control';
  const column = control || row.count === row.sourceCount ? 'amount' : 'count';
  return new MindunError(
    'total-differs',
    {
      what: what.join(' '),
      count: row.count,
      amount: yuan(row.fen),
      source:
        row.sourceCount === null
          ? { zh: '没有这一行', en: 'has no such line' }
          : {
              zh: `为 ${row.sourceCount} 行、${yuan(row.sourceFen ?? 0)} 元`,
              en: `says ${row.sourceCount} and ${yuan(row.sourceFen ?? 0)}`,
            },
    },
    {
      file: control ? 'ledger.csv' : 'totals.csv',
      ...(row.sourceLine === null ? {} : { line: row.sourceLine }),
      column,
    },
  );
}
