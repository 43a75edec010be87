import writeExcelFile, { type Row } from 'write-excel-file/node';
import type { Language, Text } from '../../../kernel/index.ts';

/** A statement with two columns of money: the month and the year to date. Amounts in fen. */
export interface StatementSheet {
  readonly title: Text;
  readonly fundName: Text;
  readonly area: string;
  readonly month: string;
  readonly rows: readonly {
    readonly label: Text;
    readonly level: number;
    readonly kind: 'heading' | 'income' | 'expenditure' | 'total';
    readonly monthFen: number;
    readonly yearFen: number;
  }[];
}

const words = {
  item: { zh: '项目', en: 'Item' },
  month: { zh: '本月数', en: 'This month' },
  year: { zh: '本年累计数', en: 'Year to date' },
  unit: { zh: '单位：元', en: 'Unit: yuan' },
} as const;

const money = '#,##0.00';

/** The statement as a workbook (XLSX): number cells in yuan that a spreadsheet can sum; headings carry no numbers. */
export async function statementWorkbook(
  sheet: StatementSheet,
  language: Language,
): Promise<Buffer> {
  const t = (text: Text): string => text[language];
  const head: Row[] = [
    [{ value: `${t(sheet.fundName)} ${t(sheet.title)}`, fontWeight: 'bold' }],
    [{ value: sheet.area }, { value: sheet.month }, { value: t(words.unit) }],
    [words.item, words.month, words.year].map((w) => ({
      value: t(w),
      fontWeight: 'bold' as const,
    })),
  ];
  const body = sheet.rows.map((row): Row => {
    const label = {
      value: t(row.label),
      indent: row.level,
      ...(row.level === 0 ? { fontWeight: 'bold' as const } : {}),
    };
    if (row.kind === 'heading') return [label];
    return [
      label,
      ...[row.monthFen, row.yearFen].map((fen) => ({ value: yuanOf(fen), format: money })),
    ];
  });
  return writeExcelFile([...head, ...body], {
    sheet: sheet.month,
    columns: [{ width: 42 }, { width: 20 }, { width: 20 }],
    stickyRowsCount: head.length,
  }).toBuffer();
}

/** The number that a spreadsheet cell holds: the nearest to the exact amount, which prints as its two places. */
function yuanOf(fen: number): number {
  return fen / 100;
}
