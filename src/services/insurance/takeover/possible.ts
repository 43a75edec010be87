import {
  addMonths,
  defineErrors,
  firstDay,
  groupBy,
  lastDay,
  type Month,
  monthIndex,
  monthOfDate,
  monthOfPeriod,
  period,
  sumOf,
  yearOf,
} from '../../../kernel/index.ts';
import { schemeBits } from '../codes.ts';
import type { TakeoverFiles } from './read.ts';
import { type FileName, schemesOf } from './shapes.ts';

const mend = {
  zh: '请对照来源改正文件再试。',
  en: 'Mend the file against its source and try again.',
};
defineErrors({
  'date-after-books': {
    message: {
      zh: '{date}晚于新账的第一个月 {month}',
      en: '{date} is later than {month}, the first month of the new books',
    },
    mend: {
      zh: '接管的是这以前的账。还在参保的人，止期留空；别的日期请对照来源改正。',
      en: 'What is taken over lies before. Leave the end of an enrolment empty while it goes on; mend other dates against their source.',
    },
    status: 400,
  },
  'year-after-books': {
    message: {
      zh: '这一年晚于旧账的最后一年 {last}',
      en: 'The year is later than {last}, the last of the old books',
    },
    mend,
    status: 400,
  },
  'month-not-before-books': {
    message: {
      zh: '所属月份不早于新账的第一个月 {month}',
      en: 'The fee month is not before {month}, the first of the new books',
    },
    mend: {
      zh: '从这个月起由新账核定：请去掉这一行，或者改正月份。',
      en: 'From that month on the new books assess what is due: leave the line out, or mend its month.',
    },
    status: 400,
  },
  'due-before-month': {
    message: {
      zh: '缴费期限早于所属月份 {month}的第一天',
      en: 'Due before the first day of its fee month {month}',
    },
    mend,
    status: 400,
  },
  'roster-not-enrolled': {
    message: {
      zh: 'spells.csv 里这个人 {month}没有在这个单位参保',
      en: 'spells.csv has no enrolment of this person at this employer in {month}',
    },
    mend: {
      zh: '请在 spells.csv 补上参保时间，或者从名册里去掉这一行。',
      en: 'Add the enrolment to spells.csv, or leave the line out of the roster.',
    },
    status: 400,
  },
  'roster-category-differs': {
    message: {
      zh: 'spells.csv 第 {line} 行写的是 {category}',
      en: 'Line {line} of spells.csv says {category}',
    },
    mend,
    status: 400,
  },
  'retiree-insured': {
    message: {
      zh: '已经退休，可是 spells.csv 第 {line} 行还在参加养老保险，没有止期',
      en: 'Retired, yet still insured in pension by line {line} of spells.csv, which has no end',
    },
    mend: {
      zh: '请在 spells.csv 写上止期，或者从退休人员里去掉这一行。',
      en: 'Give the enrolment its end in spells.csv, or leave the line out of the retirees.',
    },
    status: 400,
  },
  'deemed-too-long': {
    message: {
      zh: '起止时间只有 {most} 个月',
      en: 'Its beginning and end hold {most} months only',
    },
    mend,
    status: 400,
  },
  'deemed-sum-too-long': {
    message: {
      zh: '这个人各行视同缴费共 {months} 个月，各行的起止时间合起来只有 {most} 个月',
      en: 'The lines of this person come to {months} months, and their times together hold {most} only',
    },
    mend,
    status: 400,
  },
  'deemed-too-young': {
    message: {
      zh: '从这一天起算，那时还不满 {age} 周岁',
      en: 'It begins before the person was {age}',
    },
    mend,
    status: 400,
  },
});

/** State troupes and sports teams took pupils at twelve, and their years count; before that nobody worked for pay. */
const youngest = 12;

/**
 * What cannot have been, whatever a source says: days and months that the old books cannot hold, a roster of people who were not enrolled,
 * retirees who still pay, more deemed time than there was. Of whatever could be read.
 * @param first the first month of the new books
 */
export function checkPossible(read: TakeoverFiles, first: Month): void {
  checkDays(read, first);
  checkArrears(read, first);
  const spells = new Enrolments(read);
  checkRosters(read, spells, addMonths(first, -1));
  checkRetirees(read, spells);
  checkDeemed(read);
}

function checkDays({ partial, faults }: TakeoverFiles, first: Month): void {
  const last = lastDay(first);
  const late = (
    file: FileName,
    row: { readonly line: number },
    column: string,
    date: string | null | undefined,
    value = date ?? '',
  ): void => {
    if (date !== undefined && date !== null && date > last)
      faults.add(
        'date-after-books',
        { date, month: first },
        { file, line: row.line, column, value },
      );
  };
  for (const r of partial['persons.csv'])
    late('persons.csv', r, 'number', r.number?.birthDate, r.number?.number);
  for (const r of partial['employers.csv']) late('employers.csv', r, 'from', r.from);
  for (const file of ['spells.csv', 'deemed.csv'] as const) {
    for (const r of partial[file]) {
      late(file, r, 'from', r.from);
      // An end before the beginning is told as such.
      if (r.from === undefined || r.from <= last) late(file, r, 'to', r.to);
    }
  }
  for (const r of partial['retirees.csv']) late('retirees.csv', r, 'since', r.since);
  for (const r of partial['arrears.csv']) late('arrears.csv', r, 'dueDate', r.dueDate);
  const year = yearOf(addMonths(first, -1));
  for (const r of partial['balances.csv']) {
    if (r.year === undefined || r.year <= year) continue;
    const place = { file: 'balances.csv', line: r.line, column: 'year', value: String(r.year) };
    faults.add('year-after-books', { last: year }, place);
  }
}

function checkArrears({ partial, faults }: TakeoverFiles, first: Month): void {
  const file = 'arrears.csv';
  for (const { feeMonth, dueDate, line } of partial[file]) {
    if (feeMonth === undefined) continue;
    const month = monthOfPeriod(feeMonth);
    if (feeMonth >= period(first))
      faults.add(
        'month-not-before-books',
        { month: first },
        { file, line, column: 'feeMonth', value: month },
      );
    if (dueDate !== undefined && dueDate < firstDay(month))
      faults.add('due-before-month', { month }, { file, line, column: 'dueDate', value: dueDate });
  }
}

type Spell = TakeoverFiles['partial']['spells.csv'][number];

/** The enrolments by person; of lines that could not be read in full it is known whose they may be. */
class Enrolments {
  readonly #byPerson: ReadonlyMap<string | undefined, readonly Spell[]>;
  readonly #unread: ReadonlySet<string>;
  readonly #ofNobody: boolean;

  constructor({ partial, unread }: TakeoverFiles) {
    this.#byPerson = groupBy(partial['spells.csv'], (s) => s.number?.number);
    this.#unread = unread.get('spells.csv') ?? new Set();
    this.#ofNobody = this.#byPerson.has(undefined);
  }

  of(number: string): readonly Spell[] {
    return this.#byPerson.get(number) ?? [];
  }

  /** Whether a line that could not be read may be an enrolment of the person. */
  doubtful(number: string): boolean {
    const unsure = (s: Spell): boolean =>
      s.employer === undefined ||
      s.category === undefined ||
      s.from === undefined ||
      s.to === undefined;
    return this.#ofNobody || this.#unread.has(number) || this.of(number).some(unsure);
  }
}

/** Whether an enrolment covers some day of a month. */
export function coversMonth(
  { from, to }: { readonly from: string; readonly to: string | null },
  month: Month,
): boolean {
  return from <= lastDay(month) && (to === null || to >= firstDay(month));
}

function checkRosters({ partial, faults }: TakeoverFiles, spells: Enrolments, month: Month): void {
  const file = 'rosters.csv';
  for (const { number: citizen, employer, category, line } of partial[file]) {
    const number = citizen?.number;
    if (number === undefined || employer === undefined || spells.doubtful(number)) continue;
    const covering = spells
      .of(number)
      .filter((s) => s.employer === employer && coversMonth({ from: s.from!, to: s.to! }, month));
    const [spell] = covering;
    if (spell === undefined)
      faults.add('roster-not-enrolled', { month }, { file, line, column: 'number', value: number });
    else if (category !== undefined && !covering.some((s) => s.category === category))
      faults.add(
        'roster-category-differs',
        { line: spell.line, category: spell.category },
        { file, line, column: 'category', value: category },
      );
  }
}

function checkRetirees({ partial, faults }: TakeoverFiles, spells: Enrolments): void {
  const file = 'retirees.csv';
  for (const { number: citizen, line } of partial[file]) {
    const number = citizen?.number;
    if (number === undefined) continue;
    const still = spells
      .of(number)
      .find(
        (s) =>
          s.to === null &&
          s.category !== undefined &&
          s.schemes !== undefined &&
          (schemesOf(s.schemes, s.category) & schemeBits.pension) !== 0,
      );
    if (still !== undefined)
      faults.add(
        'retiree-insured',
        { line: still.line },
        { file, line, column: 'number', value: number },
      );
  }
}

type Deemed = TakeoverFiles['rows']['deemed.csv'][number];

function checkDeemed({ rows, faults }: TakeoverFiles): void {
  const file = 'deemed.csv';
  for (const r of rows[file]) {
    const most = monthsOf([r]);
    const place = { file, line: r.line };
    if (r.months > most && r.from <= r.to)
      faults.add(
        'deemed-too-long',
        { most },
        { ...place, column: 'months', value: String(r.months) },
      );
    const { birthDate } = r.number;
    if (r.from < `${yearOf(birthDate) + youngest}${birthDate.slice(4)}`)
      faults.add(
        'deemed-too-young',
        { age: youngest },
        { ...place, column: 'from', value: r.from },
      );
  }
  for (const list of groupBy(rows[file], (r) => r.number.number).values()) {
    // Each line by itself was looked at above.
    if (list.length === 1 || list.some((r) => r.months > monthsOf([r]))) continue;
    const unlike = new Map(list.map((r) => [`${r.from} ${r.basis}`, r]));
    const months = sumOf([...unlike.values()], (r) => r.months);
    const most = monthsOf(list);
    const { line, months: value } = list.at(-1)!;
    if (months > most)
      faults.add(
        'deemed-sum-too-long',
        { months, most },
        { file, line, column: 'months', value: String(value) },
      );
  }
}

/** Calendar months that some times touch, each once. */
function monthsOf(times: readonly Deemed[]): number {
  const spans = times
    .filter((t) => t.from <= t.to)
    .map((t) => [monthIndex(monthOfDate(t.from)), monthIndex(monthOfDate(t.to))] as const)
    .sort(([a], [b]) => a - b);
  let upTo = Number.NEGATIVE_INFINITY;
  return sumOf(spans, ([from, to]) => {
    const fresh = Math.max(0, to - Math.max(from, upTo + 1) + 1);
    upTo = Math.max(upTo, to);
    return fresh;
  });
}
