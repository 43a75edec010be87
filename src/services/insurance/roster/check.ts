import {
  isFormula,
  narrow,
  type OtherSheet,
  readDate,
  readTable,
  type TableRow,
  textOf,
  trimName,
  word,
  writtenAsDate,
} from '../../../engines/documents/tables/index.ts';
import { type CitizenFlaw, citizenBirth, citizenFlaw } from '../../../kernel/identity.ts';
import {
  defineErrors,
  errorText,
  type Fen,
  firstDay,
  lastDay,
  MindunError,
  type Month,
  monthOfDate,
  type PlainDate,
  parseYuan,
  type Text,
  yearOf,
} from '../../../kernel/index.ts';
import { birthYearOfKey, keyOfNumber, numberOfKey, PersonLines } from './person-lines.ts';
import { type RosterRow, RosterRows } from './rows.ts';

const copyCard = { zh: '请对照身份证改正。', en: 'Compare it with the identity card.' };
const mendCell = { zh: '请改正这一格再上传。', en: 'Mend the cell and upload again.' };
const fault = (zh: string, en: string, mend: Text = mendCell) => ({
  message: { zh, en },
  mend,
  status: 400,
});
defineErrors({
  required: fault('这一格空着', 'The cell is empty'),
  'id-number-length': fault(
    '号码是 {length} 位，应是 18 位或 15 位',
    'The number has {length} digits; it must have 18 or 15',
    copyCard,
  ),
  'id-number-characters': fault(
    '号码里有不该有的字',
    'The number holds a character that it cannot have',
    copyCard,
  ),
  'id-number-birth-date': fault(
    '号码里的出生日期不对（第 7 位起）',
    'The birth date in the number is not right',
    copyCard,
  ),
  'id-number-check-digit': fault(
    '末位校验不对，多半有一位抄错',
    'The check digit does not fit: one digit is probably wrong',
    copyCard,
  ),
  'duplicate-person': fault('与第 {first} 行是同一个人', 'The same person stands on line {first}', {
    zh: '请删去多的一行。',
    en: 'Delete one of the lines.',
  }),
  'date-invalid': fault('没有这一天', 'There is no such date', {
    zh: '请写成 2008-03-14。',
    en: 'Write it as 2008-03-14.',
  }),
  'date-unreadable': fault('看不出是哪一天', 'It cannot be read as a date', {
    zh: '请写成 2008-03-14。',
    en: 'Write it as 2008-03-14.',
  }),
  'date-in-future': fault('日期在申报月份之后', 'The date lies after the declared month'),
  'amount-negative': fault('工资不能是负数', 'A wage cannot be negative'),
  'unknown-residence': fault('户籍性质只能写：城镇、农业', 'Residence is one of 城镇, 农业'),
  'unknown-employment': fault(
    '用工形式只能写：合同制、劳务派遣、临时',
    'Employment is one of 合同制, 劳务派遣, 临时',
  ),
  'unknown-change-kind': fault(
    '变动类型只能写：续保、新增、减少',
    'The kind of change is one of 续保, 新增, 减少',
  ),
  'name-too-long': fault('姓名超过 50 个字', 'The name is longer than 50 characters'),
  'age-under-16': fault('入职时不满 16 周岁', 'Under 16 when hired', {
    zh: '日期无误就不用改；招用童工违法。',
    en: 'Nothing to mend if the date is right; child labour is against the law.',
  }),
  'change-outside-month': fault(
    '变动日期不在申报月份',
    'The change lies outside the declared month',
    {
      zh: '日期无误就不用改：从申报月份起参保，以前的月份不在这份名册里补。',
      en: 'Nothing to mend if the date is right: insured from the declared month; this roster adds no earlier one.',
    },
  ),
  'left-before-month': fault(
    '申报月份以前已经离开，这个月不收他的费',
    'Left before the declared month: nothing is due for it',
    {
      zh: '日期无误就不用改：这个月起不收他的费，以前已经核定的月份不变。写错了年月的，请改日期。',
      en: 'Nothing to mend if the date is right: nothing is due for him from this month on; months assessed before stay as they are.',
    },
  ),
  'faults-too-many': fault(
    '到第 {line} 行已有 {limit} 处以上的问题',
    'More than {limit} faults up to line {line}',
    {
      zh: '多半是列错位，或不是名册。请对照模板再上传。',
      en: 'A column is probably displaced, or it is no roster. Compare it with the template.',
    },
  ),
  'wage-zero': fault('工资是 0', 'The wage is 0', {
    zh: '这个月没发工资就不用改，缴费基数按下限算。',
    en: 'Nothing to mend if no wage was paid: the base is the floor.',
  }),
  'name-differs': fault(
    '这个号码的档案上是{registry}',
    'The file of this number bears {registry}',
    {
      zh: '同一个人改了名就不用改；号码抄错，钱会记到别人名下，请对照身份证。',
      en: 'Nothing to mend if one person changed his name; with a wrong number the money goes to somebody else: compare the card.',
    },
  ),
  'sheet-not-read': fault(
    '工作表“{sheet}”里也有一份名册（表头在第 {line} 行），没有读',
    'The sheet “{sheet}” holds a roster, too (its header on line {line}); it was not read',
    {
      zh: '只读第一张有表头的工作表。那一张上的人也要报的，请并到第一张再上传；不要报的不用改。',
      en: 'Only the first sheet with the header is read. If its persons belong to the roster, put them on the first sheet and upload again; else nothing is to mend.',
    },
  ),
  'number-replaced': fault(
    '这个号码已经更正或并入另一份档案，按那份档案申报',
    'The number was corrected or its file merged: the row is taken for the file that has it now',
    {
      zh: '这一次不用改，下次请填新的号码。',
      en: 'Nothing to mend now; next time write the number that holds.',
    },
  ),
});

export interface RosterFault {
  readonly line: number;
  /** Empty for what is of no cell (`sheet-not-read`). */
  readonly column: string;
  readonly code: string;
  readonly value: string;
  readonly message: Text;
}

export interface RosterCheck {
  /** Rows of data in the file, good or not. */
  readonly lines: number;
  /** Rows without a fault. */
  readonly rows: RosterRows;
  readonly wageFen: number;
  readonly faults: readonly RosterFault[];
  readonly warnings: readonly RosterFault[];
  /** Who stands on the rows with a fault, as far as it can be read. */
  readonly faulty: readonly Named[];
  /** What the file calls each column. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A person as a row names him; null: the cell cannot be taken. */
export interface Named {
  readonly name: string | null;
  /** 18 characters */
  readonly number: string | null;
}

export const rosterColumns = {
  name: '姓名',
  number: '公民身份号码',
  residence: '户籍性质',
  employment: '用工形式',
  hired: '入职日期',
  wage: '月工资(元)',
  change: '变动类型',
  changeOn: '变动日期',
} as const;
export type Column = keyof typeof rosterColumns;

const { changeOn: _, ...requiredColumns } = rosterColumns;
const residences = new Map([
  ['城镇', 'urban'],
  ['农业', 'rural'],
] as const);
const employments = new Map([
  ['合同制', 'contract'],
  ['劳务派遣', 'dispatch'],
  ['临时', 'temporary'],
] as const);
const changes = new Map([
  ['续保', 'stays'],
  ['新增', 'joins'],
  ['减少', 'leaves'],
] as const);
const wageMax = 2_000_000_000;
const nameMost = 50;
// A file with more is not a roster with slips in it: a column is displaced, or it is something else.
const faultsMost = 200_000;

/**
 * Checks a monthly roster: every fault of the file at once, one a cell. Quirks of typing (full-width figures, stray
 * blanks, thousands separators, date styles, 15-digit numbers) are read, not refused.
 * @throws MindunError what reading the file refuses, faults-too-many
 */
export async function checkRoster(bytes: Buffer, month: Month): Promise<RosterCheck> {
  const checker = new RosterChecker(month);
  const shape = { required: Object.values(requiredColumns), optional: [rosterColumns.changeOn] };
  const others: RosterFault[] = [];
  const headers = await readTable(
    bytes,
    shape,
    (row) => checker.row(row),
    (sheet) => others.push(notRead(sheet)),
  );
  const check = checker.end(headers);
  // Whole persons may be missing: that comes before what is odd in a cell.
  return others.length === 0 ? check : { ...check, warnings: [...others, ...check.warnings] };
}

function notRead({ name, line }: OtherSheet): RosterFault {
  const code = 'sheet-not-read';
  const details = { sheet: name, line };
  const message = { zh: errorText(code, 'zh', details), en: errorText(code, 'en', details) };
  return { line, column: '', code, value: name.slice(0, 100), message };
}

/** Why a cell cannot be taken: the code of a registered error and what its text names. */
class Flaw {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, details: Readonly<Record<string, unknown>> = {}) {
    this.code = code;
    this.details = details;
  }
}

/** What the reader of a cell knows beside its text. */
interface Place {
  readonly lastDay: PlainDate;
  readonly persons: PersonLines;
  readonly line: number;
  /** A numeric cell of a workbook. */
  readonly numeric: boolean;
}

type Found = Omit<RosterFault, 'column'> & { column: Column };

/** A fault or warning on a cell of a checked roster, found beside the file. */
export function foundOn(
  check: RosterCheck,
  line: number,
  column: Column,
  value: string,
  code: string,
  details: Readonly<Record<string, unknown>>,
): RosterFault {
  const message = { zh: errorText(code, 'zh', details), en: errorText(code, 'en', details) };
  const header = rosterColumns[column];
  return { line, column: check.headers.get(header) ?? header, code, value, message };
}

/** Where the columns stand in the rows of a file. */
function placesIn(row: TableRow): Readonly<Record<Column, number>> {
  return {
    name: row.place(rosterColumns.name),
    number: row.place(rosterColumns.number),
    residence: row.place(rosterColumns.residence),
    employment: row.place(rosterColumns.employment),
    hired: row.place(rosterColumns.hired),
    wage: row.place(rosterColumns.wage),
    change: row.place(rosterColumns.change),
    changeOn: row.place(rosterColumns.changeOn),
  };
}

class RosterChecker implements Place {
  readonly lastDay: PlainDate;
  readonly persons = new PersonLines();
  line = 0;
  numeric = false;
  readonly #month: Month;
  readonly #rows = new RosterRows();
  readonly #faults: Found[] = [];
  readonly #warnings: Found[] = [];
  readonly #faulty: Named[] = [];
  #places!: Readonly<Record<Column, number>>;
  #lines = 0;
  #wage = 0;

  constructor(month: Month) {
    this.#month = month;
    this.lastDay = lastDay(month);
  }

  // Runs for every row of a file of hundreds of thousands: nothing is made here that is not kept.
  row(row: TableRow): void {
    if (this.#lines === 0) this.#places = placesIn(row);
    this.#lines += 1;
    this.line = row.line;
    const before = this.#faults.length;
    const name = this.#read(row, 'name', readName);
    const person = this.#read(row, 'number', readPerson);
    const residence = this.#read(row, 'residence', readResidence);
    const employment = this.#read(row, 'employment', readEmployment);
    const hiredOn = this.#read(row, 'hired', readDay);
    const wage = this.#read(row, 'wage', readWage);
    const change = this.#read(row, 'change', readChange);
    const dayNeeded = change === 'joins' || change === 'leaves';
    const changeOn = this.#read(row, 'changeOn', dayNeeded ? readDay : readDayOrBlank);
    if (this.#faults.length > before) {
      this.#faulty.push({ name, number: person === null ? null : numberOfKey(person) });
      return;
    }
    this.#rows.push(
      row.line,
      name!,
      person!,
      residence!,
      employment!,
      hiredOn!,
      wage!,
      change!,
      changeOn,
    );
    this.#wage += wage!;
    this.#warn(row, person!, hiredOn!, wage!, change!, changeOn);
  }

  #read<T>(
    row: TableRow,
    column: Column,
    read: (text: string, place: Place) => T | Flaw,
  ): T | null {
    const raw = row.at(this.#places[column]);
    const text = textOf(raw);
    this.numeric = typeof raw !== 'string' && raw.numeric;
    const value = isFormula(raw)
      ? new Flaw('formula-not-allowed', { value: text })
      : read(text, this);
    if (!(value instanceof Flaw)) return value;
    if (this.#faults.length >= faultsMost)
      throw new MindunError('faults-too-many', { limit: faultsMost, line: row.line });
    this.#faults.push(foundIn(row, column, value.code, value.details));
    return null;
  }

  #warn(
    row: TableRow,
    person: number,
    hiredOn: PlainDate,
    wage: Fen,
    change: RosterRow['change'],
    changeOn: PlainDate | null,
  ): void {
    if (under16(person, hiredOn)) this.#warnings.push(foundIn(row, 'hired', 'age-under-16'));
    if (wage === 0) this.#warnings.push(foundIn(row, 'wage', 'wage-zero'));
    if (change !== 'stays' && changeOn !== null && monthOfDate(changeOn) !== this.#month) {
      const left = leftBefore(change, changeOn, this.#month);
      this.#warnings.push(
        foundIn(row, 'changeOn', left ? 'left-before-month' : 'change-outside-month'),
      );
    }
  }

  end(headers: ReadonlyMap<string, string>): RosterCheck {
    if (this.#lines === 0) throw new MindunError('file-empty');
    const named = (f: Found): RosterFault => ({
      ...f,
      column: headers.get(rosterColumns[f.column]) ?? rosterColumns[f.column],
    });
    return {
      lines: this.#lines,
      rows: this.#rows,
      wageFen: this.#wage,
      faults: this.#faults.map(named),
      warnings: this.#warnings.map(named),
      faulty: this.#faulty,
      headers,
    };
  }
}

/** Whether a row says that somebody left before the declared month. */
export function leftBefore(
  change: RosterRow['change'],
  changeOn: PlainDate | null,
  month: Month,
): boolean {
  return change === 'leaves' && changeOn !== null && changeOn < firstDay(month);
}

/** @param person key of a citizen number */
function under16(person: number, on: PlainDate): boolean {
  // Most are years older than sixteen: no date is made for them.
  if (yearOf(on) - birthYearOfKey(person) > 16) return false;
  const birth = citizenBirth(numberOfKey(person));
  return on < `${yearOf(birth) + 16}${birth.slice(4)}`;
}

function foundIn(
  row: TableRow,
  column: Column,
  code: string,
  details: Readonly<Record<string, unknown>> = {},
): Found {
  const message = { zh: errorText(code, 'zh', details), en: errorText(code, 'en', details) };
  const value = textOf(row.raw(rosterColumns[column])).slice(0, 100);
  return { line: row.line, column, code, value, message };
}

function readName(text: string): string | Flaw {
  const name = trimName(text);
  if (name === '') return new Flaw('required');
  if (name.length > nameMost && [...name].length > nameMost) return new Flaw('name-too-long');
  return name;
}

/** The key of a citizen number that stands on no earlier line. */
function readPerson(text: string, place: Place): number | Flaw {
  const typed = narrow(text);
  if (typed === '') return new Flaw('required');
  // Only an x at the end may be small; to raise every number would cost more than all the rest of its check.
  const plain = typed.endsWith('x') ? `${typed.slice(0, -1)}X` : typed;
  const flaw = citizenFlaw(plain, place.lastDay);
  if (flaw !== null) return flawOfNumber(flaw, plain);
  const key = keyOfNumber(plain);
  const first = place.persons.add(key, place.line);
  return first === 0 ? key : new Flaw('duplicate-person', { first });
}

function flawOfNumber(flaw: CitizenFlaw, text: string): Flaw {
  if (flaw === 'check-digit-wrong') return new Flaw('id-number-check-digit');
  if (flaw !== 'format-wrong') return new Flaw('id-number-birth-date');
  const length = [...text].length;
  return length === 15 || length === 18
    ? new Flaw('id-number-characters')
    : new Flaw('id-number-length', { length });
}

function readResidence(text: string): RosterRow['residence'] | Flaw {
  return fromList(text, residences, 'unknown-residence');
}

function readEmployment(text: string): RosterRow['employment'] | Flaw {
  return fromList(text, employments, 'unknown-employment');
}

function readChange(text: string): RosterRow['change'] | Flaw {
  return fromList(text, changes, 'unknown-change-kind');
}

function fromList<T extends string>(
  text: string,
  list: ReadonlyMap<string, T>,
  code: string,
): T | Flaw {
  const plain = word(text);
  return list.get(plain) ?? new Flaw(plain === '' ? 'required' : code);
}

function readDay(text: string, place: Place): PlainDate | Flaw {
  const date = readDate(text, place.numeric);
  if (date === null) return new Flaw(isBlank(text) ? 'required' : noDay(text));
  return date > place.lastDay ? new Flaw('date-in-future') : date;
}

/** Whether it is written as a day is, and there is no such one, or is not read at all. */
export function noDay(text: string): 'date-invalid' | 'date-unreadable' {
  return writtenAsDate(text) ? 'date-invalid' : 'date-unreadable';
}

function readDayOrBlank(text: string, place: Place): PlainDate | null | Flaw {
  return isBlank(text) ? null : readDay(text, place);
}

function isBlank(text: string): boolean {
  return narrow(text) === '';
}

function readWage(text: string): Fen | Flaw {
  const plain = narrow(text);
  if (plain === '') return new Flaw('required');
  const wage = yuanOf(plain);
  if (wage instanceof Flaw) return wage;
  if (wage < 0) return new Flaw('amount-negative');
  return wage > wageMax ? new Flaw('amount-out-of-range', { value: plain }) : wage;
}

function yuanOf(text: string): Fen | Flaw {
  try {
    return parseYuan(text);
  } catch (error) {
    if (error instanceof MindunError) return new Flaw(error.code, error.details);
    throw error;
  }
}
