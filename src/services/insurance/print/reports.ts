import type { Report, ReportColumn, ReportRow } from '../../../engines/documents/report/index.ts';
import { type CityInfo, sumOf, type Text } from '../../../kernel/index.ts';
import { insuranceNames } from '../explain/explain.ts';
import { ageingQuery, byCountyQuery } from '../statements/county.ts';
import { statementQuery, trialBalanceQuery } from '../statements/statements.ts';
import {
  type AgeingView,
  type CountyFiguresView,
  insurances,
  type StatementView,
  type TrialBalanceView,
} from '../views.ts';

const text = (zh: string, en: string): ReportColumn => ({ label: { zh, en }, kind: 'text' });
const money = (zh: string, en: string): ReportColumn => ({ label: { zh, en }, kind: 'money' });
const count = (label: Text): ReportColumn => ({ label, kind: 'count' });

function officeOf(city: CityInfo): Text {
  return {
    zh: `${city.name.zh}社会保险经办机构`,
    en: `Social insurance office of ${city.name.en}`,
  };
}

function monthText(month: string): Text {
  return { zh: `${month.slice(0, 4)}年${Number(month.slice(5))}月`, en: month };
}

const total: Text = { zh: '合计', en: 'Total' };

const words = {
  fund: { zh: '险种和制度：', en: 'Fund: ' },
  area: { zh: '范围：', en: 'Area: ' },
  month: { zh: '期间：', en: 'Period: ' },
  book: { zh: '账簿：', en: 'Book: ' },
  asOf: { zh: '截至：', en: 'As of: ' },
} as const;

/** The income and expenditure statement, cell by cell as its query answers it. */
export function statementReport(view: StatementView, city: CityInfo): Report {
  return {
    title: statementQuery.title,
    form: view.form,
    office: officeOf(city),
    facts: [
      { label: words.fund, value: view.fundName },
      { label: words.area, value: view.area },
      { label: words.month, value: monthText(view.month) },
    ],
    columns: [text('项目', 'Item'), money('本月数', 'Month'), money('本年累计数', 'Year to date')],
    rows: view.rows.map((r) => ({
      cells: r.kind === 'heading' ? [r.label, null, null] : [r.label, r.monthFen, r.yearFen],
      level: r.level,
      strong: r.level === 0,
    })),
  };
}

const books: Readonly<Record<TrialBalanceView['book'], Text>> = {
  statutory: { zh: '基金会计账', en: 'Statutory book' },
  receivable: { zh: '应收账（备查）', en: 'Receivable book' },
};

/** The trial balance: opening and closing balances on the side on which they stand. An unknown official code is not printed. */
export function trialBalanceReport(view: TrialBalanceView, city: CityInfo): Report {
  const sides = (fen: number): [number, number] => [Math.max(0, fen), Math.max(0, -fen)];
  const rows = view.rows.map((r) => ({
    cells: [
      r.code ?? '',
      r.name,
      ...sides(r.openingFen),
      r.debitFen,
      r.creditFen,
      ...sides(r.closingFen),
    ],
    level: 0,
    strong: false,
  }));
  const sum = (column: number): number => sumOf(rows, (r) => r.cells[column] as number);
  return {
    title: trialBalanceQuery.title,
    form: null,
    office: officeOf(city),
    facts: [
      { label: words.fund, value: view.fundName },
      { label: words.book, value: books[view.book] },
      { label: words.area, value: view.area },
      { label: words.month, value: monthText(view.month) },
    ],
    columns: [
      { label: { zh: '科目编号', en: 'Code' }, kind: 'code' },
      text('科目', 'Account'),
      money('期初借方', 'Opening debit'),
      money('期初贷方', 'Opening credit'),
      money('本期借方', 'Debit'),
      money('本期贷方', 'Credit'),
      money('期末借方', 'Closing debit'),
      money('期末贷方', 'Closing credit'),
    ],
    rows: [
      ...rows,
      {
        cells: ['', total, ...[2, 3, 4, 5, 6, 7].map(sum)],
        level: 0,
        strong: true,
      },
    ],
  };
}

/** A row for each area, and their sum below; nothing is summed where there is no row. */
function withTotal(areas: readonly (readonly [string, ...number[]])[]): ReportRow[] {
  const rows = areas.map((cells): ReportRow => ({ cells, level: 0, strong: false }));
  const [first] = areas;
  if (first === undefined) return rows;
  const sums = first.slice(1).map((_, i) => sumOf(areas, (cells) => cells[i + 1] as number));
  return [...rows, { cells: [total, ...sums], level: 0, strong: true }];
}

/** Ageing of arrears by county. */
export function ageingReport(view: AgeingView, city: CityInfo): Report {
  return {
    title: ageingQuery.title,
    form: null,
    office: officeOf(city),
    facts: [{ label: words.asOf, value: view.asOf }],
    columns: [
      text('县市区', 'County'),
      count({ zh: '单位数', en: 'Employers' }),
      money('未到期', 'Not due'),
      money('1至30天', '1–30 days'),
      money('31至90天', '31–90 days'),
      money('91至365天', '91–365 days'),
      money('365天以上', 'Over 365 days'),
      money('合计', 'Total'),
    ],
    rows: withTotal(
      view.rows.map((r) => [
        r.areaName,
        r.employers,
        r.notDueFen,
        r.days30Fen,
        r.days90Fen,
        r.days365Fen,
        r.olderFen,
        r.totalFen,
      ]),
    ),
  };
}

/** Insured and collected by county. */
export function countyReport(view: CountyFiguresView, city: CityInfo): Report {
  return {
    title: byCountyQuery.title,
    form: null,
    office: officeOf(city),
    facts: [{ label: words.month, value: monthText(view.month) }],
    columns: [
      text('县市区', 'County'),
      count({ zh: '单位数', en: 'Employers' }),
      ...insurances.map((i) => count(insuranceNames[i])),
      money('核定', 'Assessed'),
      money('实收', 'Collected'),
    ],
    rows: withTotal(
      view.rows.map((r) => [
        r.areaName,
        r.employers,
        ...insurances.map((i) => r.insured[i]),
        r.assessedFen,
        r.collectedFen,
      ]),
    ),
  };
}

/** The queries whose answers can be had on paper and as a workbook. */
export const reports: Readonly<Record<string, (view: never, city: CityInfo) => Report>> = {
  [statementQuery.name]: statementReport,
  [trialBalanceQuery.name]: trialBalanceReport,
  [ageingQuery.name]: ageingReport,
  [byCountyQuery.name]: countyReport,
};
