import { MindunError, type Text } from '../../../kernel/index.ts';
import { word } from './clean.ts';
import { csvRows, decodeText } from './csv.ts';
import { type Cell, type Sheet, xlsxRows } from './xlsx.ts';
import './errors.ts';

export { narrow, readDate, trimName, word, writtenAsDate } from './clean.ts';
export { csvRows, decodeText } from './csv.ts';
export type { Cell } from './xlsx.ts';

export interface TableShape {
  /** Headers that must stand in the file, as `word` gives them. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** A row of data; it is itself only until the next one is read. */
export interface TableRow {
  /** Line as a spreadsheet counts it. */
  readonly line: number;
  /** The cell under a header; blank when the row ends before it. */
  cell(header: string): Cell;
  /** The same as its reader gives it. */
  raw(header: string): RawCell;
  /** Where a header's cells stand in every row, −1: nowhere; what stands there in this one. For files of many rows. */
  place(header: string): number;
  at(place: number): RawCell;
}

/** A cell as its reader gives it: of a CSV the text alone. */
export type RawCell = string | Cell;

/** A sheet of a workbook that holds rows under a header like the table's, and was not read. */
export interface OtherSheet {
  readonly name: string;
  /** Line of its header. */
  readonly line: number;
}

/** The limit of an uploaded table; doors refuse a longer body before they read it. */
export const tableBytesMax = 50 * 1024 * 1024;
// A header may stand under a title, the employer's name and a unit line.
const headerSearch = 20;
// How far a sheet behind the table is looked into.
const otherSheetLines = 100;
// A CSV is one sheet.
const csvSheet: Sheet = { name: '', file: '' };
const footer =
  /^(合计|总计|小计|共计|填报人|填表人|制表人?|经办人|审核人?|复核人?|负责人|单位负责人|(备注|说明|注)[:：])/;
// What every such line holds: most rows need no closer look.
const footerMark = /[计人制审复备说注]/;

/**
 * Reads an uploaded table (CSV in UTF-8, GB18030 or UTF-16; XLSX) by its content, calling `row` for each row of data.
 * Title lines above the header, blank lines, sum and signature lines are no rows. Of a workbook the first sheet with the header is the table.
 * @param notRead told of every later sheet that holds such a table, too
 * @returns headers as they stand in the file, by the names of the shape
 * @throws MindunError file-empty, file-too-large, file-unreadable, file-expands-too-much, header-missing, column-repeated
 */
export async function readTable(
  bytes: Buffer,
  shape: TableShape,
  row: (row: TableRow) => void,
  notRead: ((sheet: OtherSheet) => void) | null = null,
): Promise<ReadonlyMap<string, string>> {
  if (bytes.length === 0) throw new MindunError('file-empty');
  if (bytes.length > tableBytesMax)
    throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
  const reader = new HeaderReader(shape, row, notRead);
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) {
    const take = (sheet: Sheet, line: number, cells: Cell[]) => reader.take(sheet, line, cells);
    await xlsxRows(bytes, take, () => reader.found);
  } else {
    for (const { line, cells } of csvRows(decodeText(bytes))) reader.take(csvSheet, line, cells);
  }
  return reader.end();
}

export function textOf(raw: RawCell): string {
  return typeof raw === 'string' ? raw : raw.text;
}

/** Whether a spreadsheet would take the cell for a formula. */
export function isFormula(raw: RawCell): boolean {
  if (typeof raw !== 'string') return raw.formula;
  // A digit or a Chinese character first, as nearly everywhere: no formula, and no need of the pattern.
  const first = raw.charCodeAt(0);
  if ((first >= 48 && first <= 57) || (first >= 0x4e00 && first <= 0x9fff)) return false;
  return /^\s*(=|@|[+-][A-Za-z(])/.test(raw);
}

class ReadRow implements TableRow {
  line = 0;
  cells: readonly RawCell[] = [];
  private readonly columns: ReadonlyMap<string, number>;

  constructor(columns: ReadonlyMap<string, number>) {
    this.columns = columns;
  }

  raw(header: string): RawCell {
    return this.at(this.place(header));
  }

  place(header: string): number {
    return this.columns.get(header) ?? -1;
  }

  at(place: number): RawCell {
    return place >= 0 && place < this.cells.length ? this.cells[place]! : '';
  }

  cell(header: string): Cell {
    const raw = this.raw(header);
    return typeof raw === 'string' ? { text: raw, numeric: false, formula: isFormula(raw) } : raw;
  }
}

/** The first cell of a row that is not blank; '' when all are. */
function firstText(cells: readonly RawCell[]): string {
  for (const cell of cells) {
    const text = textOf(cell);
    if (text.trim() !== '') return text;
  }
  return '';
}

/** Whether a row that begins with this text sums up or signs what stands above it. */
function isFooter(first: string): boolean {
  return footerMark.test(first) && footer.test(word(first));
}

class HeaderReader {
  readonly #shape: TableShape;
  readonly #row: (row: TableRow) => void;
  #current: ReadRow | null = null;
  #headers = new Map<string, string>();
  /** What the row that is most like a header lacks, and its line; null while no row has a column of it. */
  #best: { readonly line: number; readonly missing: readonly string[] } | null = null;
  readonly #notRead: ((sheet: OtherSheet) => void) | null;
  #sheet: Sheet | null = null;
  /** The sheet that is the table. */
  #table: Sheet | null = null;
  /** Line of the header of a sheet behind the table; 0 while none was seen. */
  #otherHeader = 0;
  #seen = 0;
  #any = false;

  constructor(
    shape: TableShape,
    row: (row: TableRow) => void,
    notRead: ((sheet: OtherSheet) => void) | null,
  ) {
    this.#shape = shape;
    this.#row = row;
    this.#notRead = notRead;
  }

  get found(): boolean {
    return this.#current !== null;
  }

  /** Takes one row; false when no more of its sheet are wanted. @throws MindunError column-repeated */
  take(sheet: Sheet, line: number, cells: readonly RawCell[]): boolean {
    if (sheet !== this.#sheet) {
      this.#sheet = sheet;
      this.#seen = 0;
      this.#otherHeader = 0;
    }
    if (this.#table !== null && sheet !== this.#table) return this.#lookAt(sheet, line, cells);
    const first = firstText(cells);
    if (first === '') return true;
    this.#any = true;
    const row = this.#current;
    if (row === null) {
      this.#seen += 1;
      if (this.#seen <= headerSearch) this.#tryHeader(line, cells);
      return true;
    }
    if (isFooter(first)) return true;
    row.line = line;
    row.cells = cells;
    this.#row(row);
    return true;
  }

  /** A sheet behind the table is the employer's own notes, or the same table once more: only that is worth a word. */
  #lookAt({ name }: Sheet, line: number, cells: readonly RawCell[]): boolean {
    if (this.#notRead === null || line > otherSheetLines) return false;
    const first = firstText(cells);
    if (first === '') return true;
    if (this.#otherHeader > 0) {
      if (isFooter(first)) return true;
      this.#notRead({ name, line: this.#otherHeader });
      return false;
    }
    this.#seen += 1;
    const names = new Set(cells.map((c) => word(textOf(c))));
    if (this.#shape.required.every((column) => names.has(column))) this.#otherHeader = line;
    return this.#otherHeader > 0 || this.#seen < headerSearch;
  }

  #tryHeader(line: number, cells: readonly RawCell[]): void {
    const found = new Map<string, number[]>();
    cells.forEach((c, i) => {
      const name = word(textOf(c));
      const at = found.get(name);
      if (at === undefined) found.set(name, [i]);
      else at.push(i);
    });
    const { required, optional } = this.#shape;
    const missing = required.filter((name) => !found.has(name));
    const least = this.#best?.missing.length ?? required.length;
    if (missing.length < least) this.#best = { line, missing };
    if (missing.length > 0) return;
    const known = [...required, ...optional].filter((name) => found.has(name));
    const repeated = known.filter((name) => found.get(name)!.length > 1);
    if (repeated.length > 0) throw columnRepeated(line, repeated, found);
    this.#table = this.#sheet;
    const columns = new Map(known.map((name) => [name, found.get(name)![0]!]));
    this.#current = new ReadRow(columns);
    for (const [name, at] of columns) this.#headers.set(name, textOf(cells[at]!).trim());
  }

  end(): ReadonlyMap<string, string> {
    if (!this.#any) throw new MindunError('file-empty');
    if (this.#current === null) {
      const columns = (this.#best?.missing ?? this.#shape.required).join('、');
      throw new MindunError('header-missing', { found: whereHeader(this.#best?.line), columns });
    }
    return this.#headers;
  }
}

function whereHeader(line: number | undefined): Text {
  return line === undefined
    ? { zh: '没有找到表头', en: 'No header row was found' }
    : { zh: `表头在第 ${line} 行`, en: `The header stands on line ${line}` };
}

function columnRepeated(
  line: number,
  repeated: readonly string[],
  found: ReadonlyMap<string, readonly number[]>,
): MindunError {
  const named = repeated.map((name) => [name, found.get(name)!.map(columnLetters)] as const);
  const columns: Text = {
    zh: named.map(([name, at]) => `${name}（${at.join('、')} 列）`).join('，'),
    en: named.map(([name, at]) => `${name} (columns ${at.join(', ')})`).join(', '),
  };
  return new MindunError('column-repeated', { line, columns });
}

/** A column as a spreadsheet names it: 0 → A, 26 → AA. */
function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : `${columnLetters(Math.floor(index / 26) - 1)}${last}`;
}
