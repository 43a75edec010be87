import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { Language, Text } from '../../../kernel/index.ts';
import { type Report, type ReportColumn, type ReportRow, unit } from './report.ts';

const money = '#,##0.00';
const count = '#,##0';
const width = { text: 44, code: 10, money: 20, count: 12 } as const;

/** The report as a workbook (XLSX): number cells in yuan that a spreadsheet can sum. */
export async function reportWorkbook(report: Report, language: Language): Promise<Buffer> {
  const t = (text: Text | string): string => (typeof text === 'string' ? text : text[language]);
  const bold = { fontWeight: 'bold' as const };
  const head: Row[] = [
    [
      { value: t(report.title), ...bold },
      ...(report.form === null ? [] : [{ value: report.form }]),
    ],
    [{ value: t(report.office) }],
    ...report.facts.map((f): Row => [{ value: t(f.label) }, { value: t(f.value) }]),
    [{ value: t(unit) }],
    report.columns.map((c) => ({ value: t(c.label), ...bold })),
  ];
  const body = report.rows.map(
    (row): Row =>
      report.columns.map((column, i) => {
        const cell = cellOf(column, row.cells[i] ?? null, t);
        if (cell === null) return null;
        return {
          ...cell,
          ...(row.strong ? bold : {}),
          ...(column.kind === 'text' && row.level > 0 ? { indent: row.level } : {}),
        };
      }),
  );
  return writeExcelFile([...head, ...body], {
    sheet: sheetName(t(report.title)),
    columns: report.columns.map((c) => ({ width: width[c.kind] })),
    stickyRowsCount: head.length,
  }).toBuffer();
}

const sheetNameMax = 31;

/** A spreadsheet takes 31 characters for a sheet's name, and some not at all: a longer title ends with a whole word. */
function sheetName(title: string): string {
  const plain = title.replace(/[[\]:*?/\\]/g, ' ').trim();
  if (plain.length <= sheetNameMax) return plain;
  return plain.slice(0, sheetNameMax + 1).replace(/\s*\S*$/, '') || plain.slice(0, sheetNameMax);
}

function cellOf(
  column: ReportColumn,
  cell: ReportRow['cells'][number],
  t: (text: Text | string) => string,
): { value: string | number; format?: string } | null {
  if (cell === null) return null;
  if (typeof cell !== 'number') return { value: t(cell) };
  // Fen as yuan: the nearest number to the exact amount, which prints as its two places.
  return column.kind === 'money'
    ? { value: cell / 100, format: money }
    : { value: cell, format: count };
}
