import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { defineErrors, MindunError } from '../../../kernel/index.ts';
import {
  type FileName,
  fileNames,
  type Line,
  optionalColumns,
  shapes,
  type TakeoverRows,
  totals,
} from './shapes.ts';

const mend = {
  zh: '请对照 docs/reference/import.md 改正文件再试。',
  en: 'Mend the file after docs/reference/import.md and try again.',
};
defineErrors({
  'file-missing': {
    message: { zh: '缺少文件 {file}', en: 'The file {file} is missing' },
    mend,
    status: 400,
  },
  'columns-differ': {
    message: { zh: '{file} 的列应是：{columns}', en: 'The columns of {file} must be: {columns}' },
    mend,
    status: 400,
  },
  'cells-differ': {
    message: {
      zh: '这一行有 {found} 格，应有 {needed} 格',
      en: 'The line has {found} cells; it must have {needed}',
    },
    mend,
    status: 400,
  },
  'not-utf8': {
    message: { zh: '{file} 不是 UTF-8 编码', en: '{file} is not UTF-8' },
    mend,
    status: 400,
  },
});

const faultsMax = 200;

/** What a source says of one line of the reconciliation sheet. */
export interface SourceTotal {
  readonly line: number;
  /** Table, county's key, insurance, year and item, with | between. */
  readonly key: string;
  readonly count: number;
  readonly fen: number;
}

/** Faults by file, line and column, 200 at most. */
export class Faults {
  readonly #list: MindunError[] = [];
  readonly #files = new Set<string>();

  get size(): number {
    return this.#list.length;
  }

  /** Whether nothing is wrong with a file. */
  clean(file: string): boolean {
    return !this.#files.has(file);
  }

  add(
    code: string,
    details: Readonly<Record<string, unknown>>,
    place: { file: string; line?: number; column?: string; value?: string },
  ): void {
    this.#files.add(place.file);
    if (this.#list.length < faultsMax) this.#list.push(new MindunError(code, details, place));
  }

  /** In the order of the files and their lines. */
  sorted(): MindunError[] {
    const order = [...fileNames, 'totals.csv'] as readonly string[];
    const at = (e: MindunError): number => order.indexOf(e.place?.file ?? '');
    return [...this.#list].sort(
      (a, b) => at(a) - at(b) || (a.place?.line ?? 0) - (b.place?.line ?? 0),
    );
  }
}

export interface TakeoverFiles {
  /** Rows in which every cell could be read. */
  readonly rows: TakeoverRows;
  /** Every row, with the cells that could be read. */
  readonly partial: {
    readonly [F in FileName]: readonly (Partial<TakeoverRows[F][number]> & Line)[];
  };
  /** Cells of lines that could not be read at all, by file: what refers to them may be right. */
  readonly unread: ReadonlyMap<string, ReadonlySet<string>>;
  readonly totals: readonly SourceTotal[];
  readonly faults: Faults;
  readonly files: number;
}

/** Reads every file of a folder to its end; what is wrong is collected. */
export async function readFolder(folder: string): Promise<TakeoverFiles> {
  const none = () => Object.fromEntries(fileNames.map((f) => [f, [] as object[]]));
  const rows = none();
  const partial = none();
  const unread = new Map<string, Set<string>>();
  const faults = new Faults();
  let files = 1;
  for (const file of fileNames) {
    if (!existsSync(path.join(folder, file))) continue;
    files += 1;
    const reading = { folder, file, shape: shapes[file], faults, unread };
    await readCsv(reading, (row, whole) => {
      partial[file]!.push(row);
      if (whole) rows[file]!.push(row);
    });
  }
  return {
    rows: rows as unknown as TakeoverRows,
    partial: partial as unknown as TakeoverFiles['partial'],
    unread,
    totals: await readTotals(folder, faults, unread),
    faults,
    files,
  };
}

/** The SHA-256 over the names and contents of a folder's files, by which the same ones are known again. */
export async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...fileNames, 'totals.csv']) {
    const where = path.join(folder, file);
    if (!existsSync(where)) continue;
    hash.update(`${file}\0`);
    for await (const chunk of createReadStream(where)) hash.update(chunk as Buffer);
    hash.update('\0');
  }
  return hash.digest('hex');
}

async function readTotals(
  folder: string,
  faults: Faults,
  unread: Map<string, Set<string>>,
): Promise<SourceTotal[]> {
  const file = 'totals.csv';
  if (!existsSync(path.join(folder, file))) {
    faults.add('file-missing', { file }, { file });
    return [];
  }
  const found = new Map<string, SourceTotal>();
  await readCsv({ folder, file, shape: totals, faults, unread }, (row, whole) => {
    if (!whole) return;
    const { table, area, insurance, year, item, count, amount, line } = row as unknown as {
      [C in keyof typeof totals]: ReturnType<(typeof totals)[C]>;
    } & Line;
    const key = [table, area, insurance, year, item].join('|');
    const first = found.get(key)?.line;
    if (first !== undefined)
      faults.add('row-repeated', { first }, { file, line, column: 'table', value: table });
    else found.set(key, { line, key, count, fen: amount });
  });
  return [...found.values()];
}

interface Reading {
  readonly folder: string;
  readonly file: string;
  readonly shape: Readonly<Record<string, (text: string) => unknown>>;
  readonly faults: Faults;
  readonly unread: Map<string, Set<string>>;
}

/** Reads a file line by line; `take` gets each row with its line, and whether every cell could be read. */
async function readCsv(
  { folder, file, shape, faults, unread }: Reading,
  take: (row: Record<string, unknown> & Line, whole: boolean) => void,
): Promise<void> {
  const columns = Object.entries(shape);
  const names = columns.map(([name]) => name);
  const needed = names.length - (optionalColumns[file]?.length ?? 0);
  let given = names.length;
  const stream = createReadStream(path.join(folder, file), { encoding: 'utf8' });
  let line = 0;
  for await (const text of createInterface({
    input: stream,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line += 1;
    if (text.includes('\ufffd')) {
      faults.add('not-utf8', { file }, { file, line });
      return;
    }
    const cells = splitLine(line === 1 ? text.replace(/^\ufeff/, '') : text);
    if (line === 1) {
      given = cells.length;
      if (given >= needed && cells.join(',') === names.slice(0, given).join(',')) continue;
      faults.add('columns-differ', { file, columns: names.join(',') }, { file, line: 1 });
      return;
    }
    if (text === '') continue;
    if (cells.length !== given) {
      const details = { found: cells.length, needed: given };
      faults.add('cells-differ', details, { file, line });
      unread.set(file, new Set([...(unread.get(file) ?? []), ...cells]));
      continue;
    }
    const row: Record<string, unknown> & Line = { line };
    let whole = true;
    columns.forEach(([column, read], i) => {
      const value = cells[i] ?? '';
      try {
        row[column] = read(value);
      } catch (error) {
        if (!(error instanceof MindunError)) throw error;
        whole = false;
        faults.add(error.code, error.details, { file, line, column, value });
      }
    });
    take(row, whole);
  }
}

/** Cells of a line; a quoted cell may hold commas and doubled quotes, no line breaks. */
function splitLine(text: string): string[] {
  if (!text.includes('"')) return text.split(',').map((c) => c.trim());
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) =>
    (m[1]?.replaceAll('""', '"') ?? m[2] ?? '').trim(),
  );
}
