import { createInflateRaw } from 'node:zlib';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import yauzl from 'yauzl';
import { MindunError, Rational } from '../../../kernel/index.ts';
import './errors.ts';

/** A cell as it stands in a file. */
export interface Cell {
  readonly text: string;
  /** A numeric cell of a workbook: its decimal text; may be a date as a serial number. */
  readonly numeric: boolean;
  readonly formula: boolean;
}

const broken = {
  zh: '表格文件不完整，或者不是 Excel 表格',
  en: 'the workbook is not whole, or it is no Excel workbook',
};
const unreadable = (): MindunError => new MindunError('file-unreadable', { detail: broken });
const expands = (): MindunError => new MindunError('file-expands-too-much');
const ratioFloor = 16 * 1024 * 1024;
const ratioMost = 120;
const totalMost = 512 * 1024 * 1024;
// A spreadsheet holds no longer text in a cell, and no table of ours so many cells or so much text, however often a shared text is pointed at.
const cellTextMost = 32_767;
const cellsMost = 20_000_000;
const textMost = 128 * 1024 * 1024;
// A workbook's parts are some ten levels deep.
const depthMost = 100;

/** A visible sheet of a workbook. */
export interface Sheet {
  readonly name: string;
  readonly file: string;
}

/**
 * Calls `row` for every row of every visible sheet, of each until it answers false; rows come as the sheet numbers them.
 * @param found whether what is looked for was found: a later sheet that cannot be read takes nothing from it
 */
export async function xlsxRows(
  bytes: Buffer,
  row: (sheet: Sheet, line: number, cells: Cell[]) => boolean,
  found: () => boolean = () => false,
): Promise<void> {
  const zip = await openZip(bytes);
  const sheets = await visibleSheets(zip);
  const shared = await sharedStrings(zip);
  for (const sheet of sheets) {
    const reader = new SheetReader(shared, (line, cells) => row(sheet, line, cells));
    const before = found();
    try {
      await parseEntry(zip, sheet.file, reader.parser, () => reader.stopped);
    } catch (error) {
      if (!before || !(error instanceof MindunError)) throw error;
    }
  }
}

interface Zip {
  readonly file: yauzl.ZipFile;
  readonly entries: Map<string, yauzl.Entry>;
  budget: number;
}

async function openZip(bytes: Buffer): Promise<Zip> {
  const file = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: false }, (error, zip) => {
      if (error !== null || zip === undefined) reject(unreadable());
      else resolve(zip);
    });
  });
  const entries = new Map<string, yauzl.Entry>();
  let declared = 0;
  await new Promise<void>((resolve, reject) => {
    file.on('entry', (entry: yauzl.Entry) => {
      declared += entry.uncompressedSize;
      entries.set(entry.fileName.replace(/^\//, ''), entry);
      // A workbook has some dozens of parts; thousands are an attack on the reader.
      if (
        entries.size > 2000 ||
        declared > totalMost ||
        tooDense(entry.compressedSize, entry.uncompressedSize)
      ) {
        reject(expands());
      } else file.readEntry();
    });
    file.on('end', resolve);
    file.on('error', () => reject(unreadable()));
    file.readEntry();
  });
  return { file, entries, budget: totalMost };
}

function tooDense(compressed: number, expanded: number): boolean {
  return expanded > ratioFloor && expanded > compressed * ratioMost;
}

interface Handlers {
  opentag?(tag: SaxesTagPlain): void;
  text?(text: string): void;
  closetag?(tag: SaxesTagPlain): void;
}

/** A parser of a workbook's part: no document type, which could declare entities, and no depth that would fill the memory. */
function partParser({ opentag, text, closetag }: Handlers): SaxesParser {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('doctype', () => {
    throw unreadable();
  });
  parser.on('opentag', (tag) => {
    depth += 1;
    if (depth > depthMost) throw unreadable();
    opentag?.(tag);
  });
  if (text !== undefined) parser.on('text', text);
  parser.on('closetag', (tag) => {
    depth -= 1;
    closetag?.(tag);
  });
  return parser;
}

/** Feeds one part of the workbook to a parser, counting what it really expands to: sizes in the header may lie. */
async function parseEntry(
  zip: Zip,
  name: string,
  parser: SaxesParser,
  stopped: () => boolean = () => false,
): Promise<void> {
  const entry = zip.entries.get(name);
  if (entry === undefined) throw unreadable();
  const raw = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    zip.file.openReadStream(
      entry,
      { decompress: entry.compressionMethod === 8 ? false : null },
      (error, stream) => {
        if (error !== null || stream === undefined) reject(unreadable());
        else resolve(stream);
      },
    );
  });
  const source = entry.compressionMethod === 8 ? raw.pipe(createInflateRaw()) : raw;
  const decoder = new TextDecoder('utf-8');
  let expanded = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      expanded += chunk.length;
      zip.budget -= chunk.length;
      if (zip.budget < 0 || tooDense(entry.compressedSize, expanded)) throw expands();
      parser.write(decoder.decode(chunk, { stream: true }));
      if (stopped()) return;
    }
    parser.close();
  } catch (error) {
    throw error instanceof MindunError ? error : unreadable();
  }
}

async function visibleSheets(zip: Zip): Promise<Sheet[]> {
  const targets = new Map<string, string>();
  const rels = partParser({
    opentag: (tag) => {
      const { Id, Target } = tag.attributes;
      if (tag.name === 'Relationship' && Id !== undefined && Target !== undefined) {
        targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`);
      }
    },
  });
  await parseEntry(zip, 'xl/_rels/workbook.xml.rels', rels);
  const sheets: Sheet[] = [];
  const book = partParser({
    opentag: ({ name, attributes }) => {
      if (name !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return;
      const file = targets.get(attributes['r:id'] ?? '');
      if (file !== undefined) sheets.push({ name: attributes['name'] ?? '', file });
    },
  });
  await parseEntry(zip, 'xl/workbook.xml', book);
  if (sheets.length === 0) throw unreadable();
  return sheets;
}

async function sharedStrings(zip: Zip): Promise<string[]> {
  const strings: string[] = [];
  if (!zip.entries.has('xl/sharedStrings.xml')) return strings;
  let text = '';
  let inText = false;
  let phonetic = false;
  const parser = partParser({
    opentag: (tag) => {
      if (tag.name === 'si') text = '';
      else if (tag.name === 'rPh') phonetic = true;
      else if (tag.name === 't') inText = !phonetic;
    },
    text: (t) => {
      if (inText) text += t;
    },
    closetag: (tag) => {
      if (tag.name === 't') inText = false;
      else if (tag.name === 'rPh') phonetic = false;
      else if (tag.name === 'si') strings.push(text);
    },
  });
  await parseEntry(zip, 'xl/sharedStrings.xml', parser);
  return strings;
}

const blank: Cell = { text: '', numeric: false, formula: false };

/** Turns a sheet's XML into rows of cells. */
class SheetReader {
  readonly parser: SaxesParser;
  stopped = false;
  #cellsLeft = cellsMost;
  #textLeft = textMost;
  #line = 0;
  #cells: Cell[] = [];
  #column = 0;
  #type = '';
  #text = '';
  #formula: string | null = null;
  #reading = false;
  #readingFormula = false;

  constructor(shared: readonly string[], row: (line: number, cells: Cell[]) => boolean) {
    this.parser = partParser({
      opentag: (tag) => this.#begin(tag),
      text: (t) => {
        if (this.#reading) this.#text += t;
        else if (this.#readingFormula) this.#formula += t;
      },
      closetag: ({ name }) => {
        if (name === 'v' || name === 't') this.#reading = false;
        else if (name === 'f') this.#readingFormula = false;
        else if (name === 'c') this.#endCell(shared);
        else if (name === 'row' && !this.stopped) this.stopped = !row(this.#line, this.#cells);
      },
    });
  }

  #begin({ name, attributes }: SaxesTagPlain): void {
    if (name === 'row') {
      const line = Number(attributes['r']);
      this.#line = Number.isSafeInteger(line) && line > 0 ? line : this.#line + 1;
      this.#cells = [];
      this.#column = 0;
    } else if (name === 'c') {
      if (attributes['r'] !== undefined) this.#column = columnOf(attributes['r']);
      this.#type = attributes['t'] ?? 'n';
      this.#text = '';
      this.#formula = null;
    } else if (name === 'f') {
      this.#formula = '';
      this.#readingFormula = true;
    } else if (name === 'v' || name === 't') this.#reading = true;
  }

  #endCell(shared: readonly string[]): void {
    if (this.#formula !== null) {
      this.#push(`=${this.#formula}`, false);
      return;
    }
    const numeric = this.#type === 'n' && this.#text !== '';
    const text =
      this.#type === 's'
        ? (shared[Number(this.#text)] ?? '')
        : this.#type === 'b'
          ? ({ 0: 'FALSE', 1: 'TRUE' }[this.#text] ?? this.#text)
          : numeric
            ? decimalText(this.#text)
            : this.#text;
    this.#push(text, numeric);
  }

  /** The cell that ends, after those that the sheet leaves out. What its formula last came to is not what was typed: the formula is shown. */
  #push(text: string, numeric: boolean): void {
    this.#cellsLeft -= 1 + Math.max(0, this.#column - this.#cells.length);
    this.#textLeft -= text.length;
    if (text.length > cellTextMost || this.#cellsLeft < 0 || this.#textLeft < 0) throw expands();
    while (this.#cells.length < this.#column) this.#cells.push(blank);
    this.#cells.push({ text, numeric, formula: this.#formula !== null });
    this.#column += 1;
  }
}

/** A1 → 0, B7 → 1, AA3 → 26; columns beyond any roster are cut to one place. */
function columnOf(reference: string): number {
  let column = 0;
  for (const c of reference) {
    const code = c.charCodeAt(0);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return Math.min(column, 1000) - 1;
}

/**
 * The decimal text of a numeric cell, powers of ten written out without a float in between: 1.2E3 → 1200. Spreadsheets
 * count 15 significant digits and write 17: 8822.5400000000009 is the 8822.54 that was typed.
 */
export function decimalText(text: string): string {
  return withoutNoise(writtenOut(text.trim()));
}

function writtenOut(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d{1,3})$/.exec(text);
  if (match === null) return text;
  const [, sign, whole, fraction = '', power] = match;
  const digits = whole! + fraction;
  const point = whole!.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return `${sign}${digits}${'0'.repeat(point - digits.length)}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function withoutNoise(text: string): string {
  const match = /^(-?)0*(\d*)\.((0*)[1-9]\d*|0+)$/.exec(text);
  if (match === null) return text;
  const [, sign, whole, fraction, zeros] = match;
  const places = whole === '' ? (zeros?.length ?? 0) + 15 : 15 - whole!.length;
  if (places < 1 || fraction!.length <= places) return text;
  const near = Rational.parse(`${sign}${whole || '0'}.${fraction!.slice(0, places + 1)}`);
  return near.toPlaces(places).replace(/\.?0+$/, '');
}
