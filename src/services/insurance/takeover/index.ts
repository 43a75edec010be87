import path from 'node:path';
import { z } from 'zod';
import { statutoryKeys } from '../../../engines/fund/index.ts';
import { type Context, defineCommand, defineErrors, MindunError } from '../../../kernel/index.ts';
import { load } from './load.ts';
import { faultsMax, readFolder, type TakeoverFiles } from './read.ts';
import type { FileName, TakeoverRows } from './shapes.ts';
import { reconcile, type SheetRow } from './sheet.ts';

export type { SheetRow } from './sheet.ts';

const mend = {
  zh: '请对照来源改正文件再试。',
  en: 'Mend the file against its source and try again.',
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
  'reference-unknown': {
    message: { zh: '前面的文件里没有 {value}', en: 'No earlier file holds {value}' },
    mend,
    status: 400,
  },
  'row-repeated': {
    message: { zh: '与第 {first} 行重复', en: 'A repeat of line {first}' },
    mend,
    status: 400,
  },
  'sum-wrong': {
    message: {
      zh: '期末不等于期初＋记入＋利息−支出',
      en: 'The closing balance is not opening + credited + interest − paid out',
    },
    mend,
    status: 400,
  },
  'account-not-taken-over': {
    message: { zh: '期初账里不能有这个科目', en: 'The opening ledger cannot hold this account' },
    mend,
    status: 400,
  },
  'not-reconciled': {
    message: {
      zh: '对账表有 {count} 行与来源不一致，没有接管',
      en: '{count} lines of the reconciliation sheet differ from the source: nothing was taken over',
    },
    mend: { zh: '请看对账表里不一致的行。', en: 'See the lines that differ in the sheet.' },
    status: 409,
  },
});

export interface TakeoverAnswer {
  readonly files: number;
  readonly rows: number;
  readonly errors: readonly object[];
  readonly reconciled: boolean;
  readonly sheet: readonly SheetRow[];
}

/**
 * Takes over a bureau's books from documented CSVs (docs/reference/import.md): persons, employers, spells, rosters, account
 * balances, deemed years, retirees, arrears, opening ledger. All or nothing; with `dryRun` nothing.
 * @throws MindunError books-begun, not-reconciled; a file's first fault with the others
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
      if (begun !== undefined) throw new MindunError('books-begun');
      const read = await readFolder(path.resolve(input.folder));
      const areas = await areaKeys(context);
      check(read, areas);
      const rows = Object.values(read.rows).reduce((s: number, list) => s + list.length, 0);
      const [first, ...others] = read.faults;
      if (first !== undefined)
        throw new MindunError(first.code, first.details, first.place, others);
      const sheet = reconcile(read.rows, placesOf(read.rows, areas), read.totals);
      const wrong = sheet.filter((s) => !s.agrees).length;
      if (wrong > 0 && !input.dryRun) throw new MindunError('not-reconciled', { count: wrong });
      if (!input.dryRun) await load(context, read.rows, (code) => areas.get(code)!);
      return { files: read.files, rows, errors: [], reconciled: wrong === 0, sheet };
    });
  },
});

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

/** What no single cell shows: references, repeats, sums. */
function check(read: TakeoverFiles, areas: ReadonlyMap<string, number>): void {
  if (read.faults.length > 0) return;
  const { rows } = read;
  const fault = (
    code: string,
    file: FileName,
    i: number,
    column: string,
    value: string,
    details = {},
  ): void => {
    if (read.faults.length < faultsMax)
      read.faults.push(
        new MindunError(code, { value, ...details }, { file, line: i + 2, column, value }),
      );
  };
  const unique = (file: FileName, column: string, keys: readonly string[]): Set<string> => {
    const lines = new Map<string, number>();
    keys.forEach((key, i) => {
      const first = lines.get(key);
      if (first === undefined) lines.set(key, i + 2);
      else fault('row-repeated', file, i, column, key, { first });
    });
    return new Set(lines.keys());
  };
  const persons = unique(
    'persons.csv',
    'number',
    rows['persons.csv'].map((p) => p.number.number),
  );
  const employers = unique(
    'employers.csv',
    'code',
    rows['employers.csv'].map((e) => e.code),
  );
  unique(
    'rosters.csv',
    'number',
    rows['rosters.csv'].map((r) => `${r.employer} ${r.number.number}`),
  );
  for (const file of ['persons.csv', 'employers.csv', 'ledger.csv'] as const) {
    rows[file].forEach((r, i) => {
      if (!areas.has(r.area)) fault('unknown-area', file, i, 'area', r.area, { area: r.area });
    });
  }
  for (const file of [
    'spells.csv',
    'rosters.csv',
    'balances.csv',
    'deemed.csv',
    'retirees.csv',
  ] as const) {
    rows[file].forEach((r, i) => {
      if (!persons.has(r.number.number))
        fault('reference-unknown', file, i, 'number', r.number.number);
    });
  }
  for (const file of ['spells.csv', 'rosters.csv', 'arrears.csv'] as const) {
    rows[file].forEach((r, i) => {
      if (!employers.has(r.employer)) fault('reference-unknown', file, i, 'employer', r.employer);
    });
  }
  rows['balances.csv'].forEach((r, i) => {
    if (r.closing !== r.opening + r.credited + r.interest - r.paidOut)
      fault('sum-wrong', 'balances.csv', i, 'closing', String(r.closing / 100));
  });
  checkLedger(rows, fault);
}

const taken = new Set<number>([
  statutoryKeys.incomeDeposit,
  statutoryKeys.fiscalDeposit,
  statutoryKeys.expenseDeposit,
  statutoryKeys.balance,
  statutoryKeys.balancePool,
  statutoryKeys.balanceAccounts,
]);

function checkLedger(
  rows: TakeoverRows,
  fault: (code: string, file: FileName, i: number, column: string, value: string) => void,
): void {
  rows['ledger.csv'].forEach((r, i) => {
    if (!taken.has(r.account))
      fault('account-not-taken-over', 'ledger.csv', i, 'account', String(r.account));
  });
}
