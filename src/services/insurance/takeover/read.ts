import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { defineErrors, MindunError } from '../../../kernel/index.ts';
import { type FileName, fileNames, shapes, type TakeoverRows } from './shapes.ts';

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

export const faultsMax = 200;

export interface SourceTotal {
  readonly line: number;
  readonly key: string;
  readonly count: number;
  readonly fen: number;
}

export interface TakeoverFiles {
  readonly rows: TakeoverRows;
  readonly totals: readonly SourceTotal[];
  /** Line of row i is i + 2: nothing but rows may stand in these files. */
  readonly faults: MindunError[];
  readonly files: number;
}

/** Reads every file of a folder; faults are collected by file, line and column, at most 200. */
export async function readFolder(folder: string): Promise<TakeoverFiles> {
  const rows = Object.fromEntries(fileNames.map((f) => [f, []])) as unknown as Record<
    FileName,
    object[]
  >;
  const faults: MindunError[] = [];
  let files = 0;
  for (const file of fileNames) {
    if (!existsSync(path.join(folder, file))) continue;
    files += 1;
    const columns = Object.entries(shapes[file]) as [string, (text: string) => unknown][];
    const names = columns.map(([name]) => name);
    await readCsv(folder, file, names, faults, (cells, line) => {
      const row: Record<string, unknown> = {};
      columns.forEach(([name, read], i) => {
        try {
          row[name] = read(cells[i]!);
        } catch (error) {
          if (!(error instanceof MindunError)) throw error;
          push(faults, error.code, error.details, { file, line, column: name, value: cells[i]! });
        }
      });
      rows[file].push(row);
    });
  }
  const totals = await readTotals(folder, faults);
  return { rows: rows as unknown as TakeoverRows, totals, faults, files: files + 1 };
}

const totalColumns = ['table', 'area', 'insurance', 'year', 'count', 'amount'];

async function readTotals(folder: string, faults: MindunError[]): Promise<SourceTotal[]> {
  const file = 'totals.csv';
  if (!existsSync(path.join(folder, file))) {
    push(faults, 'file-missing', { file }, { file });
    return [];
  }
  const totals: SourceTotal[] = [];
  await readCsv(folder, file, totalColumns, faults, (cells, line) => {
    const amount = /^-?\d+\.\d\d$/.exec(cells[5]!);
    if (!/^\d+$/.test(cells[4]!) || amount === null) {
      push(faults, 'input-invalid', { what: cells.join(',') }, { file, line });
      return;
    }
    totals.push({
      line,
      key: cells.slice(0, 4).join('|'),
      count: Number(cells[4]),
      fen: Number(cells[5]!.replace('.', '')),
    });
  });
  return totals;
}

function push(
  faults: MindunError[],
  code: string,
  details: Readonly<Record<string, unknown>>,
  place: { file: string; line?: number; column?: string; value?: string },
): void {
  if (faults.length < faultsMax) faults.push(new MindunError(code, details, place));
}

async function readCsv(
  folder: string,
  file: string,
  names: readonly string[],
  faults: MindunError[],
  row: (cells: string[], line: number) => void,
): Promise<void> {
  const stream = createReadStream(path.join(folder, file), { encoding: 'utf8' });
  let number = 0;
  for await (const text of createInterface({
    input: stream,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (text.includes('\ufffd')) {
      push(faults, 'not-utf8', { file }, { file, line: number });
      return;
    }
    const cells = splitLine(number === 1 ? text.replace(/^\ufeff/, '') : text);
    if (number === 1) {
      if (cells.join(',') === names.join(',')) continue;
      push(faults, 'columns-differ', { file, columns: names.join(',') }, { file, line: 1 });
      return;
    }
    if (text === '') continue;
    if (cells.length === names.length) row(cells, number);
    else
      push(
        faults,
        'cells-differ',
        { found: cells.length, needed: names.length },
        { file, line: number },
      );
  }
}

/** Cells of a line; a quoted cell may hold commas and doubled quotes, no line breaks. */
function splitLine(text: string): string[] {
  if (!text.includes('"')) return text.split(',').map((c) => c.trim());
  return [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) =>
    (m[1]?.replaceAll('""', '"') ?? m[2] ?? '').trim(),
  );
}
