import type { Text } from '../../kernel/index.ts';

/** What the cells of one row of a statement are summed from. */
export interface Selection {
  /** First and last key of the statutory accounts. */
  readonly accounts: readonly [number, number];
  readonly share?: number;
  readonly nature?: number;
}

export interface RowDefinition {
  readonly key: string;
  readonly label: Text;
  readonly level: number;
  readonly kind: 'heading' | 'income' | 'expenditure' | 'total';
  readonly of?: Selection;
}

const medicalFund = 3;
/** Funds whose form has rows for transfers: not work injury, not maternity. */
const withTransfers: readonly number[] = [1, 2, 3, 4];

const shares: readonly (readonly [string, number, Text])[] = [
  ['employer', 1, { zh: '其中：单位缴纳', en: 'of it: by employers' }],
  ['employee', 2, { zh: '其中：个人缴纳', en: 'of it: by employees' }],
];
const natures: readonly (readonly [string, number, Text])[] = [
  ['current', 1, { zh: '其中：当期', en: 'of it: current' }],
  ['arrears', 2, { zh: '其中：清欠', en: 'of it: arrears' }],
  ['back', 3, { zh: '其中：补缴', en: 'of it: back payments' }],
  ['advance', 4, { zh: '其中：预缴', en: 'of it: advance payments' }],
];

/** Rows of the income and expenditure statement of a fund, in the order of the form. */
export function statementRows(fund: number): RowDefinition[] {
  return [
    heading('income', '一、基金收入', 'Income'),
    ...contributionRows(fund),
    ...otherIncome(fund),
    total('income-total', '基金收入合计', 'Total income', [400000, 499999]),
    heading('expenditure', '二、基金支出', 'Expenditure'),
    ...expenditure(fund),
    total('expenditure-total', '基金支出合计', 'Total expenditure', [500000, 599999]),
    total('surplus', '三、本期基金结余', 'Surplus of the period', [400000, 599999]),
    total('opening', '四、期初基金结余', 'Opening balance'),
    total('closing', '五、期末基金结余', 'Closing balance'),
  ];
}

function heading(key: string, zh: string, en: string): RowDefinition {
  return { key, label: { zh, en }, level: 0, kind: 'heading' };
}

function total(
  key: string,
  zh: string,
  en: string,
  accounts?: readonly [number, number],
): RowDefinition {
  return {
    key,
    label: { zh, en },
    level: 0,
    kind: 'total',
    ...(accounts === undefined ? {} : { of: { accounts } }),
  };
}

function contributionRows(fund: number): RowDefinition[] {
  if (fund !== medicalFund)
    return contributions('contributions', 400100, { zh: '社会保险费收入', en: 'Contributions' });
  return [
    ...contributions('pool', 400101, {
      zh: '社会保险费收入——统筹基金',
      en: 'Contributions, pooled fund',
    }),
    ...contributions('accounts', 400102, {
      zh: '社会保险费收入——个人账户基金',
      en: 'Contributions, individual accounts',
    }),
  ];
}

function contributions(key: string, account: number, label: Text): RowDefinition[] {
  const accounts = [account, account] as const;
  const row = (sub: string, text: Text, of: Partial<Selection>): RowDefinition => ({
    key: `${key}.${sub}`,
    label: text,
    level: 2,
    kind: 'income',
    of: { accounts, ...of },
  });
  return [
    { key, label, level: 1, kind: 'income', of: { accounts } },
    ...shares.map(([sub, share, text]) => row(sub, text, { share })),
    ...natures.map(([sub, nature, text]) => row(sub, text, { nature })),
  ];
}

function plain(
  kind: 'income' | 'expenditure',
  key: string,
  account: number,
  zh: string,
  en: string,
): RowDefinition {
  return { key, label: { zh, en }, level: 1, kind, of: { accounts: [account, account] } };
}

// The books do not part the medical fund's other money by pool and accounts: it stands once.
function otherIncome(fund: number): RowDefinition[] {
  return [
    plain('income', 'subsidy', 410100, '财政补贴收入', 'Fiscal subsidy'),
    plain('income', 'interest', 420100, '利息收入', 'Interest'),
    ...(withTransfers.includes(fund)
      ? [plain('income', 'transfers-in', 430100, '转移收入', 'Transfers in')]
      : []),
    plain('income', 'from-upper', 440100, '上级补助收入', 'Subsidy from the upper level'),
    plain('income', 'from-lower', 440200, '下级上解收入', 'Remitted by the lower level'),
    plain('income', 'other-income', 450100, '其他收入', 'Other income'),
  ];
}

function expenditure(fund: number): RowDefinition[] {
  return [
    plain('expenditure', 'benefits', 500100, '社会保险待遇支出', 'Benefits'),
    ...(withTransfers.includes(fund)
      ? [plain('expenditure', 'transfers-out', 520100, '转移支出', 'Transfers out')]
      : []),
    plain('expenditure', 'to-upper', 530100, '上解上级支出', 'Remitted to the upper level'),
    plain('expenditure', 'to-lower', 530200, '补助下级支出', 'Subsidy to the lower level'),
    plain('expenditure', 'other-expenditure', 540100, '其他支出', 'Other expenditure'),
  ];
}
