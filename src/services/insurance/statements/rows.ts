import { medicalFund, nature } from '../../../engines/fund/index.ts';
import type { Month, Text } from '../../../kernel/index.ts';
import { type FormRow, medicalForm, plainForm, type Range, type System } from './forms.ts';

/** What the cells of one row of a statement are summed from. */
export interface Selection {
  readonly accounts: readonly Range[];
  readonly share?: number;
  readonly nature?: number;
}

export interface RowDefinition {
  readonly key: string;
  readonly label: Text;
  readonly level: number;
  readonly kind: 'heading' | 'income' | 'expenditure' | 'total';
  readonly of?: Selection;
  /** Printed only where something stands in it. */
  readonly whereUsed?: boolean;
}

/** The accounting system of a month. */
export function systemOf(month: Month): System {
  return month < '2018-01' ? 'v1999' : 'v2017';
}

/** Income and expenditure accounts; balances too. */
export const incomeToExpenditure: Range = [400000, 599999];
export const balanceToExpenditure: Range = [300000, 599999];
export const balances: Range = [300000, 399999];

const shares: readonly (readonly [string, number, Text])[] = [
  ['employer', 1, { zh: '其中：单位缴纳', en: 'of it: by employers' }],
  ['employee', 2, { zh: '其中：个人缴纳', en: 'of it: by employees' }],
];
const natures: readonly (readonly [string, number, Text])[] = [
  ['current', nature.current, { zh: '其中：当期', en: 'of it: current' }],
  ['arrears', nature.arrears, { zh: '其中：清欠', en: 'of it: arrears' }],
  ['back', nature.back, { zh: '其中：补缴', en: 'of it: back payments' }],
  ['advance', nature.advance, { zh: '其中：预缴', en: 'of it: advance payments' }],
];

/**
 * Rows of the income and expenditure statement of a fund, in the order of the form of the month's accounting system. What the
 * forms do not have is the analysis of contributions by who pays and by nature, and in the system of 2017 the opening and closing balance.
 */
export function statementRows(fund: number, month: Month): RowDefinition[] {
  const system = systemOf(month);
  const { income, expenditure } =
    fund === medicalFund ? medicalForm(system) : plainForm(fund, system);
  const old = system === 'v1999';
  return [
    heading('income', '一、基金收入', 'Income'),
    ...income.flatMap((row) => withParts(row, 'income')),
    total('income-total', '基金收入合计', 'Total income', [[400000, 499999]]),
    heading('expenditure', '二、基金支出', 'Expenditure'),
    ...expenditure.flatMap((row) => withParts(row, 'expenditure')),
    total('expenditure-total', '基金支出合计', 'Total expenditure', [[500000, 599999]]),
    total('surplus', old ? '三、本期结余' : '三、本期基金结余', 'Surplus of the period', [
      incomeToExpenditure,
    ]),
    ...(fund === medicalFund ? medicalSurplus(income, expenditure) : []),
    total('opening', old ? '四、上期结余' : '四、期初基金结余', 'Opening balance'),
    total('closing', old ? '五、滚存结余' : '五、期末基金结余', 'Closing balance'),
  ];
}

function heading(key: string, zh: string, en: string): RowDefinition {
  return { key, label: { zh, en }, level: 0, kind: 'heading' };
}

function total(key: string, zh: string, en: string, accounts?: readonly Range[]): RowDefinition {
  return {
    key,
    label: { zh, en },
    level: 0,
    kind: 'total',
    ...(accounts === undefined ? {} : { of: { accounts } }),
  };
}

/** A row of the form with the rows under it; contributions are also told apart by share and by nature. */
function withParts(row: FormRow, kind: 'income' | 'expenditure', level = 1): RowDefinition[] {
  const accounts = rangesOf(row);
  const own: RowDefinition = {
    key: row.key,
    label: { zh: row.zh, en: row.en },
    level,
    kind,
    of: { accounts },
    ...(row.whereUsed === true ? { whereUsed: true } : {}),
  };
  const analysis = (sub: string, label: Text, of: Partial<Selection>): RowDefinition => ({
    key: `${row.key}.${sub}`,
    label,
    level: level + 1,
    kind,
    of: { accounts, ...of },
  });
  return [
    own,
    ...(row.contributions === true
      ? [
          ...shares.map(([sub, share, text]) => analysis(sub, text, { share })),
          ...natures.map(([sub, nature, text]) => analysis(sub, text, { nature })),
        ]
      : []),
    ...(row.parts ?? []).flatMap((part) => withParts(part, kind, level + 1)),
  ];
}

/** A row's own accounts, or those of the rows under it. */
function rangesOf(row: FormRow): readonly Range[] {
  return row.accounts ?? (row.parts ?? []).flatMap(rangesOf);
}

/** 本期基金结余 = 统筹基金结余 + 个人账户基金结余 + 待转基金 */
function medicalSurplus(
  income: readonly FormRow[],
  expenditure: readonly FormRow[],
): RowDefinition[] {
  const part = (key: string, zh: string, en: string, of: string): RowDefinition => ({
    key,
    label: { zh, en },
    level: 1,
    kind: 'total',
    of: {
      accounts: [...income, ...expenditure]
        .filter((r) => r.key.startsWith(`${of}-`))
        .flatMap(rangesOf),
    },
  });
  return [
    part('pool-surplus', '其中：统筹基金结余', 'of it: pooled fund', 'pool'),
    part('accounts-surplus', '其中：个人账户基金结余', 'of it: individual accounts', 'accounts'),
    {
      ...part('unsplit-surplus', '其中：待转基金', 'of it: not split yet', 'unsplit'),
      whereUsed: true,
    },
  ];
}
