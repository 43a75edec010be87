import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { Text } from '../../../kernel/index.ts';
import { readTable } from '../tables/index.ts';

/** A column of a template: its header and what may stand in it. */
export interface TemplateColumn {
  readonly header: string;
  readonly hint: Text;
  readonly example: string;
  readonly width: number;
}

/** An empty table to fill in, with a second sheet that says what goes where. */
export async function templateWorkbook(
  name: string,
  columns: readonly TemplateColumn[],
): Promise<Buffer> {
  const head: Row = columns.map((c) => ({ value: c.header, fontWeight: 'bold' as const }));
  const help: Row[] = [
    ['列', '填什么', 'What goes here', '例'].map((value) => ({
      value,
      fontWeight: 'bold' as const,
    })),
    ...columns.map(
      (c): Row => [c.header, c.hint.zh, c.hint.en, c.example].map((value) => ({ value })),
    ),
  ];
  return writeExcelFile([
    {
      data: [head],
      sheet: name,
      // Text format: a spreadsheet would round an identity number.
      columns: columns.map((c) => ({ width: c.width })),
      stickyRowsCount: 1,
    },
    {
      data: help,
      sheet: '填写说明',
      columns: [{ width: 16 }, { width: 44 }, { width: 44 }, { width: 24 }],
    },
  ]).toBuffer();
}

export interface CellFault {
  readonly line: number;
  readonly column: string;
  readonly message: Text;
}

const wash = '#fbedeb';
const red = '#ad1f1a';

/**
 * An uploaded table once more as a workbook, each faulty cell marked by colour, bold type and underline, its reasons in the
 * last column.
 * @param headers the columns to show, as they are named by the table's shape
 * @throws MindunError what reading the file refuses
 */
export async function markedWorkbook(
  bytes: Buffer,
  headers: { readonly required: readonly string[]; readonly optional: readonly string[] },
  faults: readonly CellFault[],
): Promise<Buffer> {
  const rows: { line: number; cells: string[] }[] = [];
  const columns = [...headers.required, ...headers.optional];
  const found = await readTable(bytes, headers, (row) => {
    rows.push({ line: row.line, cells: columns.map((c) => row.cell(c).text) });
  });
  const shown = columns.map((c) => found.get(c) ?? c);
  const byLine = new Map<number, CellFault[]>();
  for (const f of faults) byLine.set(f.line, [...(byLine.get(f.line) ?? []), f]);
  const head: Row = ['行', ...shown, '原因'].map((value) => ({
    value,
    fontWeight: 'bold' as const,
  }));
  const body = rows.map(({ line, cells }): Row => {
    const mine = byLine.get(line) ?? [];
    return [
      { value: line },
      ...cells.map((text, i) =>
        cellOf(
          text,
          mine.some((f) => f.column === shown[i]),
        ),
      ),
      { value: mine.map((f) => `${f.column}：${f.message.zh}`).join('；'), textColor: red },
    ];
  });
  return writeExcelFile([head, ...body], {
    sheet: '名册',
    columns: [{ width: 6 }, ...shown.map(() => ({ width: 20 })), { width: 60 }],
    stickyRowsCount: 1,
  }).toBuffer();
}

function cellOf(text: string, bad: boolean) {
  const value = text === '' && bad ? '空' : text;
  if (!bad) return { value, type: String };
  return {
    value,
    type: String,
    backgroundColor: wash,
    textColor: red,
    fontWeight: 'bold' as const,
    textDecoration: { underline: true } as const,
  };
}
