import { type Language, showYuan, type Text } from '../../../kernel/index.ts';
import { type Content, paper, threeLines } from '../pdf/index.ts';
import { type Report, type ReportColumn, type ReportRow, unit } from './report.ts';

/** When it was printed (business time) and by whom. */
export interface Printed {
  readonly at: string;
  readonly by: string;
}

const signatures: readonly Text[] = [
  { zh: '单位负责人（签章）', en: 'Head of the office' },
  { zh: '主管会计工作负责人（签章）', en: 'Head in charge of accounting' },
  { zh: '会计机构负责人（签章）', en: 'Head of the accounts office' },
];
const indent = 10;
const columnsAcross = 6;
/** Sizes in points: a column of money holds 99,999,999,999.99. */
const upright = { type: 9, text: '*', code: 44, money: 84, count: 58 } as const;
const across = { type: 8, text: '*', code: 38, money: 74, count: 52 } as const;

/** The report on paper (A4; across where it has many columns): repeated heads, no row parted by a page's end. */
export function reportPdf(report: Report, printed: Printed, language: Language): Promise<Buffer> {
  const t = (text: Text | string): string => (typeof text === 'string' ? text : text[language]);
  const [time, by] = [printed.at.slice(0, 16).replace('T', ' '), printed.by];
  return paper({
    title: [t(report.title), ...report.facts.map((f) => t(f.value))].join(' '),
    author: t(report.office),
    foot: language === 'zh' ? `打印时间 ${time}　打印人 ${by}` : `Printed ${time} by ${by}`,
    landscape: lies(report),
    language,
    content: [
      {
        columns: [
          { text: t(report.office), width: '*' },
          { text: report.form ?? '', alignment: 'right', width: 'auto' },
        ],
      },
      {
        text: t(report.title),
        fontSize: 18,
        bold: true,
        alignment: 'center',
        margin: [0, 4, 0, 6],
      },
      {
        fontSize: 9,
        columns: [
          { text: report.facts.map((f) => `${t(f.label)}${t(f.value)}`).join('　'), width: '*' },
          { text: t(unit), alignment: 'right', width: 'auto' },
        ],
        margin: [0, 0, 0, 2],
      },
      table(report, t),
    ],
  });
}

/** Whether it lies across the page. */
function lies(report: Report): boolean {
  return report.columns.length > columnsAcross;
}

function table(report: Report, t: (text: Text | string) => string): Content {
  const sizes = lies(report) ? across : upright;
  return {
    fontSize: sizes.type,
    lineHeight: 1,
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: report.columns.map((c) => sizes[c.kind]),
      body: [
        report.columns.map((c) => ({ text: t(c.label), bold: true, alignment: side(c) })),
        ...report.rows.map((row) =>
          report.columns.map((column, i) => ({
            text: textOf(column, row.cells[i] ?? null, t),
            bold: row.strong,
            alignment: side(column),
            ...(column.kind === 'text' ? { margin: [row.level * indent, 0, 0, 0] } : {}),
          })),
        ),
        signed(report.columns.length, t),
      ],
    },
    layout: { ...threeLines, hLineWidth: ruled, paddingTop: tight, paddingBottom: tight },
  };
}

const tight = (): number => 1.5;

/** Where the office's heads sign: under the last rule, as a row, so that they never stand on a page without figures' heads. */
function signed(columns: number, t: (text: Text) => string): Content[] {
  const heads = {
    colSpan: columns,
    margin: [0, 18, 0, 0],
    columns: signatures.map((s) => ({ text: t(s), width: '*' })),
  };
  return [heads, ...Array.from({ length: columns - 1 }, () => ({ text: '' }))];
}

/** The rules of a three-line table whose last row is that of the signatures. */
function ruled(line: number, node: { table: { body: unknown[]; headerRows?: number } }): number {
  const last = node.table.body.length - 1;
  if (line > last) return 0;
  return line === last ? 1.2 : threeLines.hLineWidth(line, node);
}

function side(column: ReportColumn): 'left' | 'right' {
  return column.kind === 'text' || column.kind === 'code' ? 'left' : 'right';
}

function textOf(
  column: ReportColumn,
  cell: ReportRow['cells'][number],
  t: (text: Text | string) => string,
): string {
  if (cell === null) return '';
  if (typeof cell !== 'number') return t(cell);
  return column.kind === 'money'
    ? showYuan(cell, { sign: false })
    : String(cell).replace(/\B(?=(\d{3})+$)/g, ',');
}
