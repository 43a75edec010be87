import { openingAccounts } from '../../../engines/fund/index.ts';
import { countyOf } from '../../../engines/jurisdiction/index.ts';
import {
  defineErrors,
  groupBy,
  type MindunError,
  type Month,
  sumOf,
  yuan,
} from '../../../kernel/index.ts';
import { checkPossible } from './possible.ts';
import type { TakeoverFiles } from './read.ts';
import type { FileName, Line } from './shapes.ts';

const mend = {
  zh: '请对照来源改正文件再试。',
  en: 'Mend the file against its source and try again.',
};
defineErrors({
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
  'opening-not-closing': {
    message: {
      zh: '期初不等于第 {line} 行上年的期末 {closing}',
      en: 'The opening balance is not the closing balance {closing} of the year before, line {line}',
    },
    mend,
    status: 400,
  },
  'year-missing': {
    message: {
      zh: '与第 {line} 行的 {year} 年之间缺年度',
      en: 'Years are missing between this one and {year} of line {line}',
    },
    mend,
    status: 400,
  },
  'dates-reversed': {
    message: { zh: '止期早于起期 {from}', en: 'The end is before the beginning {from}' },
    mend,
    status: 400,
  },
  'spell-overlaps': {
    message: {
      zh: '与第 {line} 行同一单位的参保时间重叠',
      en: 'Overlaps the enrolment at the same employer of line {line}',
    },
    mend,
    status: 400,
  },
  'account-not-taken-over': {
    message: {
      zh: '这个基金的期初账里不能有这个科目，可以有的是 {accounts}',
      en: 'The opening ledger of this fund cannot hold this account; it may hold {accounts}',
    },
    mend: {
      zh: '收入和支出先结转到基金结余；其他科目请对照接管说明里的科目表。',
      en: 'Close income and expenditure into the fund balance first; for others see the accounts in the take-over’s description.',
    },
    status: 400,
  },
  'opening-unbalanced': {
    message: {
      zh: '这个基金在这个县（市、区）的期初账借贷相差 {difference} 元',
      en: 'The opening ledger of this fund and county is out of balance by {difference} yuan',
    },
    mend,
    status: 400,
  },
});

type Areas = ReadonlyMap<string, number>;

/**
 * What no single cell shows: references, repeats, sums, years, the ledger's balance, classes and steps that the law does not have; of
 * whatever could be read.
 * @param classes how many classes of work-injury risk there are
 * @param floatRefusal why a class may not have a step of the floating rate
 * @param first the first month of the new books
 */
export function check(
  read: TakeoverFiles,
  areas: Areas,
  classes: number,
  floatRefusal: (injuryClass: number, float: string) => MindunError | undefined,
  first: Month,
): void {
  checkRepeats(read);
  checkReferences(read, areas);
  checkClasses(read, classes);
  checkDates(read);
  checkYears(read);
  checkLedger(read, areas);
  checkPossible(read, first);
  for (const { injuryClass, injuryFloat, line } of read.partial['employers.csv']) {
    if (injuryClass === undefined || injuryFloat === undefined || injuryFloat === null) continue;
    const refused = floatRefusal(injuryClass, injuryFloat);
    const place = { file: 'employers.csv', line, column: 'injuryFloat', value: injuryFloat };
    if (refused !== undefined) read.faults.add(refused.code, refused.details, place);
  }
}

/** Lines of a file that stand for the same thing twice; a line whose key could not be read stands for nothing. */
function unique<F extends FileName>(
  { partial, faults }: TakeoverFiles,
  file: F,
  column: string,
  keyOf: (row: TakeoverFiles['partial'][F][number]) => readonly (string | number | undefined)[],
): void {
  const lines = new Map<string, number>();
  for (const row of partial[file]) {
    const parts = keyOf(row);
    if (parts.includes(undefined)) continue;
    const key = parts.join(' ');
    const first = lines.get(key);
    if (first === undefined) lines.set(key, row.line);
    else faults.add('row-repeated', { first }, { file, line: row.line, column, value: key });
  }
}

function checkRepeats(read: TakeoverFiles): void {
  unique(read, 'persons.csv', 'number', (r) => [r.number?.number]);
  unique(read, 'employers.csv', 'code', (r) => [r.code]);
  unique(read, 'rosters.csv', 'number', (r) => [r.employer, r.number?.number]);
  unique(read, 'balances.csv', 'year', (r) => [r.number?.number, r.insurance, r.year]);
  unique(read, 'retirees.csv', 'number', (r) => [r.number?.number]);
  unique(read, 'deemed.csv', 'number', (r) => [r.number?.number, r.from, r.basis]);
  unique(read, 'arrears.csv', 'feeMonth', (r) => [
    r.employer,
    r.feeMonth,
    r.insurance,
    r.share,
    r.dueDate,
  ]);
}

function checkReferences(read: TakeoverFiles, areas: Areas): void {
  const { partial, faults, unread } = read;
  const refer = (
    to: FileName,
    known: ReadonlySet<string | undefined>,
    place: { file: FileName; column: string } & Line,
    value: string | undefined,
  ): void => {
    if (value === undefined || known.has(value) || unread.get(to)?.has(value)) return;
    faults.add('reference-unknown', { value }, { ...place, value });
  };
  const persons = new Set(partial['persons.csv'].map((p) => p.number?.number));
  const employers = new Set(partial['employers.csv'].map((e) => e.code));
  for (const file of ['persons.csv', 'employers.csv', 'ledger.csv'] as const) {
    for (const { area, line } of partial[file]) {
      if (area !== undefined && !areas.has(area))
        faults.add('unknown-area', { area }, { file, line, column: 'area', value: area });
    }
  }
  for (const file of [
    'spells.csv',
    'rosters.csv',
    'balances.csv',
    'deemed.csv',
    'retirees.csv',
  ] as const) {
    for (const { number, line } of partial[file])
      refer('persons.csv', persons, { file, line, column: 'number' }, number?.number);
  }
  for (const file of ['spells.csv', 'rosters.csv', 'arrears.csv'] as const) {
    for (const { employer, line } of partial[file])
      refer('employers.csv', employers, { file, line, column: 'employer' }, employer);
  }
}

function checkClasses({ partial, faults }: TakeoverFiles, classes: number): void {
  const file = 'employers.csv';
  for (const { injuryClass, line } of partial[file]) {
    if (injuryClass === undefined || (injuryClass >= 1 && injuryClass <= classes)) continue;
    const value = String(injuryClass);
    faults.add('class-not-in-table', { value }, { file, line, column: 'injuryClass', value });
  }
}

function checkDates({ partial, faults }: TakeoverFiles): void {
  for (const file of ['spells.csv', 'deemed.csv'] as const) {
    for (const { from, to, line } of partial[file]) {
      if (from !== undefined && to !== undefined && to !== null && to < from)
        faults.add('dates-reversed', { from }, { file, line, column: 'to', value: to });
    }
  }
  const spells = partial['spells.csv'].filter(
    (r) => r.number && r.employer && r.from && r.to !== undefined,
  );
  for (const list of groupBy(spells, (r) => `${r.number!.number} ${r.employer}`).values()) {
    const inTurn = [...list].sort((a, b) => (a.from! < b.from! ? -1 : 1));
    inTurn.slice(1).forEach((r, i) => {
      const before = inTurn[i]!;
      if (before.to !== null && before.to! < r.from!) return;
      const place = { file: 'spells.csv', line: r.line, column: 'from', value: r.from! };
      faults.add('spell-overlaps', { line: before.line }, place);
    });
  }
}

/** Each year's closing is the sum of its columns and the opening of the year after it. */
function checkYears({ partial, faults }: TakeoverFiles): void {
  const file = 'balances.csv';
  const sound = partial[file].filter((r) => r.number && r.insurance && r.year !== undefined);
  for (const r of partial[file]) {
    const parts = [r.opening, r.credited, r.interest, r.paidOut, r.closing];
    if (parts.includes(undefined)) continue;
    if (r.closing !== r.opening! + r.credited! + r.interest! - r.paidOut!)
      faults.add(
        'sum-wrong',
        {},
        { file, line: r.line, column: 'closing', value: yuan(r.closing!) },
      );
  }
  for (const list of groupBy(sound, (r) => `${r.number!.number} ${r.insurance}`).values()) {
    const inTurn = [...list].sort((a, b) => a.year! - b.year!);
    inTurn.slice(1).forEach((r, i) => {
      const { line, year, closing } = inTurn[i]!;
      if (r.year! > year! + 1) {
        const place = { file, line: r.line, column: 'year', value: String(r.year) };
        faults.add('year-missing', { line, year }, place);
      } else if (r.year === year! + 1 && r.opening !== undefined && closing !== undefined) {
        if (r.opening === closing) return;
        const place = { file, line: r.line, column: 'opening', value: yuan(r.opening) };
        faults.add('opening-not-closing', { line, closing: yuan(closing) }, place);
      }
    });
  }
}

function checkLedger({ partial, faults, rows }: TakeoverFiles, areas: Areas): void {
  const file = 'ledger.csv';
  for (const { fund, account, line } of partial[file]) {
    if (fund === undefined || account === undefined) continue;
    const accounts = openingAccounts(fund);
    if (accounts.includes(account)) continue;
    const place = { file, line, column: 'account', value: String(account) };
    faults.add('account-not-taken-over', { accounts: accounts.join(' ') }, place);
  }
  if (rows[file].length < partial[file].length || rows[file].some((r) => !areas.has(r.area)))
    return;
  for (const list of groupBy(
    rows[file],
    (r) => `${r.fund} ${countyOf(areas.get(r.area)!)}`,
  ).values()) {
    const difference = sumOf(list, (r) => r.amount);
    const last = list.at(-1)!;
    if (difference !== 0)
      faults.add(
        'opening-unbalanced',
        { difference: yuan(difference) },
        { file, line: last.line, column: 'amount', value: yuan(last.amount) },
      );
  }
}
