import {
  type Cell,
  narrow,
  readDate,
  readTable,
  type TableRow,
  trimName,
  word,
} from '../../../engines/documents/tables/index.ts';
import { citizenCheck, citizenNumber } from '../../../kernel/identity.ts';
import {
  defineErrors,
  errorText,
  type Fen,
  isDate,
  lastDay,
  MindunError,
  type Month,
  monthOfDate,
  type PlainDate,
  parseYuan,
  type Text,
} from '../../../kernel/index.ts';

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
    zh: '请核实；招用童工违法。',
    en: 'Check it: child labour is against the law.',
  }),
  'change-outside-month': fault(
    '变动日期不在申报月份',
    'The change lies outside the declared month',
  ),
  'wage-zero': fault('工资是 0', 'The wage is 0'),
});

export interface RosterRow {
  readonly line: number;
  readonly name: string;
  /** 18 characters */
  readonly number: string;
  readonly birth: PlainDate;
  readonly sex: 'male' | 'female';
  readonly residence: 'urban' | 'rural';
  readonly employment: 'contract' | 'dispatch' | 'temporary';
  readonly hiredOn: PlainDate;
  readonly wage: Fen;
  readonly change: 'stays' | 'joins' | 'leaves';
  readonly changeOn: PlainDate | null;
}

export interface RosterFault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
  readonly value: string;
  readonly message: Text;
}

export interface RosterCheck {
  /** Rows of data in the file, good or not. */
  readonly lines: number;
  /** Rows without a fault. */
  readonly rows: readonly RosterRow[];
  readonly wageFen: number;
  readonly faults: readonly RosterFault[];
  readonly warnings: readonly RosterFault[];
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
type Column = keyof typeof rosterColumns;

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

/**
 * Checks a monthly roster: every fault of the file at once, one a cell. Quirks of typing (full-width figures, stray
 * blanks, thousands separators, date styles, 15-digit numbers) are read, not refused.
 * @throws MindunError what reading the file refuses
 */
export async function checkRoster(bytes: Buffer, month: Month): Promise<RosterCheck> {
  const checker = new RosterChecker(month);
  const shape = { required: Object.values(requiredColumns), optional: [rosterColumns.changeOn] };
  const headers = await readTable(bytes, shape, (row) => checker.row(row));
  return checker.end(headers);
}

class RosterChecker {
  readonly #month: Month;
  readonly #lastDay: PlainDate;
  readonly #lineOf = new Map<string, number>();
  readonly #rows: RosterRow[] = [];
  readonly #faults: (Omit<RosterFault, 'column'> & { column: Column })[] = [];
  readonly #warnings: (Omit<RosterFault, 'column'> & { column: Column })[] = [];
  #lines = 0;
  #wage = 0;

  constructor(month: Month) {
    this.#month = month;
    this.#lastDay = lastDay(month);
  }

  row(row: TableRow): void {
    this.#lines += 1;
    const before = this.#faults.length;
    const read = <T>(column: Column, check: (cell: Cell) => T): T | null =>
      this.#cell(row, column, check);
    const name = read('name', readName);
    const person = read('number', (cell) => this.#person(cell, row.line));
    const residence = read('residence', (cell) => fromList(cell, residences, 'unknown-residence'));
    const employment = read('employment', (cell) =>
      fromList(cell, employments, 'unknown-employment'),
    );
    const hiredOn = read('hired', (cell) => this.#date(cell));
    const wage = read('wage', readWage);
    const change = read('change', (cell) => fromList(cell, changes, 'unknown-change-kind'));
    const changeOn = read('changeOn', (cell) =>
      isBlank(cell) && (change === null || change === 'stays') ? null : this.#date(cell),
    );
    if (this.#faults.length > before) return;
    const whole: RosterRow = {
      line: row.line,
      name: name!,
      ...person!,
      residence: residence!,
      employment: employment!,
      hiredOn: hiredOn!,
      wage: wage!,
      change: change!,
      changeOn,
    };
    this.#rows.push(whole);
    this.#wage += whole.wage;
    this.#warn(row, whole);
  }

  #cell<T>(row: TableRow, column: Column, check: (cell: Cell) => T): T | null {
    const cell = row.cell(rosterColumns[column]);
    try {
      if (cell.formula) throw new MindunError('formula-not-allowed', { value: cell.text });
      return check(cell);
    } catch (error) {
      if (!(error instanceof MindunError)) throw error;
      this.#faults.push(faultOf(error, row.line, column, cell.text));
      return null;
    }
  }

  #person(cell: Cell, line: number): { number: string; birth: PlainDate; sex: 'male' | 'female' } {
    const text = narrow(cell.text).toUpperCase();
    if (text === '') throw new MindunError('required');
    const length = [...text].length;
    if (length !== 15 && length !== 18) throw new MindunError('id-number-length', { length });
    if (!/^(\d{15}|\d{17}[\dX])$/.test(text)) throw new MindunError('id-number-characters');
    const birth = length === 15 ? `19${text.slice(6, 12)}` : text.slice(6, 14);
    const [y, m, d] = [birth.slice(0, 4), birth.slice(4, 6), birth.slice(6)];
    if (!isDate(Number(y), Number(m), Number(d)) || `${y}-${m}-${d}` > this.#lastDay) {
      throw new MindunError('id-number-birth-date');
    }
    if (length === 18 && citizenCheck(text) !== text[17])
      throw new MindunError('id-number-check-digit');
    const read = citizenNumber(text, this.#lastDay);
    const first = this.#lineOf.get(read.number);
    if (first !== undefined) throw new MindunError('duplicate-person', { first });
    this.#lineOf.set(read.number, line);
    return { number: read.number, birth: read.birthDate, sex: read.sex };
  }

  #date(cell: Cell): PlainDate {
    if (isBlank(cell)) throw new MindunError('required');
    const date = readDate(cell.text, cell.numeric);
    if (date === null) throw new MindunError('date-invalid');
    if (date > this.#lastDay) throw new MindunError('date-in-future');
    return date;
  }

  #warn(row: TableRow, whole: RosterRow): void {
    const warn = (column: Column, code: string): void => {
      this.#warnings.push(
        faultOf(new MindunError(code), row.line, column, row.cell(rosterColumns[column]).text),
      );
    };
    const sixteen = `${Number(whole.birth.slice(0, 4)) + 16}${whole.birth.slice(4)}`;
    if (whole.hiredOn < sixteen) warn('hired', 'age-under-16');
    if (whole.wage === 0) warn('wage', 'wage-zero');
    if (
      whole.change !== 'stays' &&
      whole.changeOn !== null &&
      monthOfDate(whole.changeOn) !== this.#month
    ) {
      warn('changeOn', 'change-outside-month');
    }
  }

  end(headers: ReadonlyMap<string, string>): RosterCheck {
    if (this.#lines === 0) throw new MindunError('file-empty');
    const named = (f: Omit<RosterFault, 'column'> & { column: Column }): RosterFault => ({
      ...f,
      column: headers.get(rosterColumns[f.column]) ?? rosterColumns[f.column],
    });
    return {
      lines: this.#lines,
      rows: this.#rows,
      wageFen: this.#wage,
      faults: this.#faults.map(named),
      warnings: this.#warnings.map(named),
    };
  }
}

function faultOf(
  error: MindunError,
  line: number,
  column: Column,
  value: string,
): Omit<RosterFault, 'column'> & { column: Column } {
  const message = {
    zh: errorText(error.code, 'zh', error.details),
    en: errorText(error.code, 'en', error.details),
  };
  return { line, column, code: error.code, value: value.slice(0, 100), message };
}

function isBlank(cell: Cell): boolean {
  return narrow(cell.text) === '';
}

function readName(cell: Cell): string {
  const name = trimName(cell.text);
  if (name === '') throw new MindunError('required');
  if ([...name].length > 50) throw new MindunError('name-too-long');
  return name;
}

function fromList<T extends string>(cell: Cell, list: ReadonlyMap<string, T>, code: string): T {
  const text = word(cell.text);
  if (text === '') throw new MindunError('required');
  const found = list.get(text);
  if (found === undefined) throw new MindunError(code);
  return found;
}

function readWage(cell: Cell): Fen {
  const text = narrow(cell.text);
  if (text === '') throw new MindunError('required');
  const wage = parseYuan(text);
  if (wage < 0) throw new MindunError('amount-negative');
  if (wage > wageMax) throw new MindunError('amount-out-of-range', { value: text });
  return wage;
}
