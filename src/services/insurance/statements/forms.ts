import { fundBy } from '../../../engines/fund/index.ts';

/** First and last key of some statutory accounts. */
export type Range = readonly [number, number];

/** The accounting systems whose forms the statements follow: 财会字〔1999〕20号, then 财会〔2017〕28号. */
export type System = 'v1999' | 'v2017';

/** One row of a form: its accounts, or the rows under it whose sum it is. */
export interface FormRow {
  readonly key: string;
  readonly zh: string;
  readonly en: string;
  readonly accounts?: readonly Range[];
  readonly parts?: readonly FormRow[];
  /** Told apart by share and nature. */
  readonly contributions?: boolean;
  /** Starred in the form: printed only where something stands in it. */
  readonly whereUsed?: boolean;
}

export interface Form {
  readonly income: readonly FormRow[];
  readonly expenditure: readonly FormRow[];
}

type Accounts = number | Range | readonly Range[];

function row(key: string, zh: string, en: string, accounts: Accounts, more = {}): FormRow {
  const one = typeof accounts === 'number' ? ([accounts, accounts] as const) : accounts;
  const ranges = (typeof one[0] === 'number' ? [one] : one) as readonly Range[];
  return { key, zh, en, accounts: ranges, ...more };
}

const id = (key: string): number => fundBy(key)!.id;
const pension = id('pension');
const publicPension = id('public-pension');
const unemployment = id('unemployment');
const injury = id('injury');

const oldContributions: Readonly<Record<number, string>> = {
  [pension]: '基本养老保险费收入',
  [unemployment]: '失业保险费收入',
  [injury]: '工伤保险费收入',
  [id('maternity')]: '生育保险费收入',
};

/** The form of a fund that is not parted into pool and accounts. */
export function plainForm(fund: number, system: System): Form {
  const old = system === 'v1999';
  const transfers = fund === pension || fund === publicPension || fund === unemployment;
  const contributions = row(
    'contributions',
    old ? (oldContributions[fund] ?? '社会保险费收入') : '社会保险费收入',
    'Contributions',
    400100,
    { contributions: true },
  );
  const interest = row('interest', '利息收入', 'Interest', 420100);
  const subsidy = row('subsidy', '财政补贴收入', 'Fiscal subsidy', 410100);
  const invested = fund === pension || fund === publicPension;
  const income = [
    contributions,
    ...(old ? [interest, subsidy] : [subsidy, interest]),
    ...(!old && invested
      ? [row('investment', '委托投资收益', 'Return on entrusted investment', 420200)]
      : []),
    ...(transfers ? [row('transfers-in', '转移收入', 'Transfers in', 430100)] : []),
    row('from-upper', '上级补助收入', 'Subsidy from the upper level', 440100),
    row('from-lower', '下级上解收入', 'Remitted by the lower level', 440200),
    row('other-income', '其他收入', 'Other income', 450100),
  ];
  const up = row('to-upper', '上解上级支出', 'Remitted to the upper level', 530100);
  const down = row('to-lower', '补助下级支出', 'Subsidy to the lower level', 530200);
  const expenditure = [
    ...(old ? oldBenefits(fund) : newBenefits(fund)),
    ...(transfers ? [row('transfers-out', '转移支出', 'Transfers out', 520100)] : []),
    ...(old ? [down, up] : [up, down]),
    row('other-expenditure', '其他支出', 'Other expenditure', 540100),
  ];
  return { income, expenditure };
}

const pensionParts = {
  basic: row('benefits.basic', '基础养老金', 'Basic part', 500111),
  account: row('benefits.account', '个人账户养老金', 'Account part', 500112),
  transitional: row('benefits.transitional', '过渡性养老金', 'Transitional part', 500113),
  cadres: row('benefits.cadres', '离休金', 'Pensions of veteran cadres', 500114),
  retired: row('benefits.retired', '退休金', 'Retirement pay', 500115),
  left: row('benefits.left', '退职金', 'Pay of those who left work', 500116),
  supplements: row('benefits.supplements', '补贴', 'Supplements', 500117),
};
const injuryParts = [
  row('benefits.medical', '工伤医疗待遇支出', 'Medical benefits', 500161),
  row('benefits.disability', '伤残待遇支出', 'Disability benefits', 500162),
  row('benefits.death', '工亡待遇支出', 'Death benefits', 500163),
];
const maternityParts = [
  row('benefits.medical', '生育医疗费用支出', 'Medical costs', 500171),
  row('benefits.allowance', '生育津贴支出', 'Maternity allowance', 500172),
];
const allBenefits: Range = [500100, 500199];
const appraisal = row('appraisal', '劳动能力鉴定支出', 'Appraisal of working capacity', 510200);

function oldBenefits(fund: number): FormRow[] {
  const p = pensionParts;
  if (fund === pension)
    return [
      row(
        'benefits',
        '基本养老金支出',
        'Pensions',
        [
          [500100, 500119],
          [500140, 500149],
        ],
        { parts: [p.cadres, p.retired, p.left, p.supplements, p.basic, p.account, p.transitional] },
      ),
      row('medical-allowance', '医疗补助金支出', 'Medical allowance', 500120),
      row('funeral', '丧葬抚恤补助支出', 'Funeral subsidy and survivors’ grant', 500130),
    ];
  if (fund === publicPension) return [row('benefits', '社会保险待遇支出', 'Benefits', allBenefits)];
  if (fund === unemployment)
    return [
      row('benefits', '失业保险金支出', 'Unemployment benefit', [500100, 500151]),
      row('medical-allowance', '医疗补助金支出', 'Medical allowance', 500152),
      row('funeral', '丧葬抚恤补助支出', 'Funeral subsidy and survivors’ grant', 500153),
      row('training', '职业培训和职业介绍补贴支出', 'Training and placement subsidies', 500154),
      row('other-costs', '其他费用支出', 'Other benefit costs', 500155),
    ];
  if (fund === injury)
    return [
      row('benefits', '工伤保险待遇支出', 'Benefits', allBenefits, { parts: injuryParts }),
      appraisal,
    ];
  return [row('benefits', '生育保险待遇支出', 'Benefits', allBenefits, { parts: maternityParts })];
}

function newBenefits(fund: number): FormRow[] {
  const benefits = (parts: readonly FormRow[]): FormRow =>
    row('benefits', '社会保险待遇支出', 'Benefits', allBenefits, { parts });
  if (fund === pension || fund === publicPension) return [benefits(newPensionParts(fund))];
  if (fund === unemployment)
    return [
      benefits([
        row('benefits.unemployment', '失业保险金支出', 'Unemployment benefit', 500151),
        row('benefits.medical', '基本医疗保险费支出', 'Medical contributions', 500152),
        row('benefits.funeral', '丧葬补助金和抚恤金支出', 'Funeral subsidy and grant', 500153),
        row('benefits.training', '职业培训和职业介绍补贴支出', 'Training and placement', 500154),
        row('benefits.other', '其他费用支出', 'Other benefit costs', 500155),
      ]),
      row('posts', '稳定岗位补贴支出', 'Subsidy for keeping posts', 510400),
      row('skills', '技能提升补贴支出', 'Subsidy for skills', 510500),
    ];
  if (fund === injury)
    return [
      benefits(injuryParts),
      appraisal,
      row('prevention', '工伤预防费用支出', 'Prevention of work injury', 510300),
    ];
  return [benefits(maternityParts)];
}

function newPensionParts(fund: number): FormRow[] {
  const p = pensionParts;
  const common = [p.basic, p.account, p.transitional];
  const own =
    fund === pension
      ? [...common, p.cadres, p.retired, p.left, p.supplements]
      : [
          ...common,
          row('benefits.retired', '退休（职）费', 'Retirement pay', [500115, 500116]),
          row('benefits.ill', '病退生活费', 'Living allowance of the retired for illness', 500118),
          row('benefits.make-up', '补差资金', 'Make-up payments', 500119),
        ];
  return [
    row('benefits.pensions', '基本养老金', 'Pensions', [500111, 500119], { parts: own }),
    ...(fund === pension
      ? [row('benefits.medical', '医疗补助金', 'Medical allowance', 500120)]
      : []),
    row('benefits.funeral', '丧葬补助金和抚恤金', 'Funeral subsidy and survivors’ grant', 500130),
    row('benefits.disability', '病残津贴', 'Disability allowance', 500140),
  ];
}

/** The medical fund's form: pool and individual accounts stand apart. */
export function medicalForm(system: System): Form {
  const old = system === 'v1999';
  return {
    income: [
      sum('pool-income', '统筹基金收入', 'Pooled fund', [
        row('pool', '社会保险费收入', 'Contributions', [400100, 400101], { contributions: true }),
        row('pool-subsidy', '财政补贴收入', 'Fiscal subsidy', 410100),
        row('pool-interest', '利息收入', 'Interest', [420100, 420101]),
        row('pool-from-upper', '上级补助收入', 'Subsidy from the upper level', [440100, 440101]),
        row('pool-from-lower', '下级上解收入', 'Remitted by the lower level', [440200, 440201]),
        row('pool-other-income', '其他收入', 'Other income', [450100, 450101]),
      ]),
      sum('accounts-income', '个人账户基金收入', 'Individual accounts', [
        row('accounts', '社会保险费收入', 'Contributions', 400102, { contributions: true }),
        row('accounts-interest', '利息收入', 'Interest', 420102),
        row('accounts-transfers-in', '转移收入', 'Transfers in', 430100),
        ...betweenLevels(old, 'income'),
        row('accounts-other-income', '其他收入', 'Other income', 450102),
      ]),
      row('unsplit-contributions', '待转保险费收入', 'Contributions to be split', 460100, {
        whereUsed: true,
      }),
      row('unsplit-interest', '待转利息收入', 'Interest to be split', 460200, { whereUsed: true }),
    ],
    expenditure: [
      sum('pool-expenditure', '统筹基金支出', 'Pooled fund', poolExpenditure(old)),
      sum('accounts-expenditure', '个人账户基金支出', 'Individual accounts', [
        row(
          'accounts-benefits',
          old ? '医疗费支出' : '社会保险待遇支出',
          'Benefits',
          [500190, 500199],
          {
            parts: old
              ? []
              : [
                  row('accounts-benefits.hospital', '住院费用支出', 'Hospital costs', 500191),
                  row('accounts-benefits.outpatient', '门诊费用支出', 'Outpatient costs', 500192),
                  row('accounts-benefits.pharmacy', '药店医药费用支出', 'Pharmacy costs', 500193),
                ],
          },
        ),
        row('accounts-transfers-out', '转移支出', 'Transfers out', 520100),
        ...betweenLevels(old, 'expenditure'),
        row('accounts-other-expenditure', '其他支出', 'Other expenditure', 540102),
      ]),
    ],
  };
}

function sum(key: string, zh: string, en: string, parts: readonly FormRow[]): FormRow {
  return { key, zh, en, parts };
}

/** Money between the levels stands in the accounts' part of the form since 2018; before, only where there is some. */
function betweenLevels(old: boolean, kind: 'income' | 'expenditure'): FormRow[] {
  const more = { whereUsed: old };
  return kind === 'income'
    ? [
        row('accounts-from-upper', '上级补助收入', 'Subsidy from the upper level', 440102, more),
        row('accounts-from-lower', '下级上解收入', 'Remitted by the lower level', 440202, more),
      ]
    : [
        row('accounts-to-upper', '上解上级支出', 'Remitted to the upper level', 530102, more),
        row('accounts-to-lower', '补助下级支出', 'Subsidy to the lower level', 530202, more),
      ];
}

function poolExpenditure(old: boolean): FormRow[] {
  const starred = { whereUsed: true };
  const hospital = row('pool-benefits.hospital', '住院费用支出', 'Hospital costs', 500181);
  const serious = row(
    'pool-benefits.serious',
    '门诊大病费用支出',
    'Serious outpatient illness',
    500182,
  );
  const later = (more: object): FormRow[] => [
    row('pool-benefits.outpatient', '门诊统筹费用支出', 'Outpatient costs', 500183, more),
    row(
      'pool-benefits.maternity',
      '生育医疗费用支出',
      'Medical costs of maternity',
      500184,
      starred,
    ),
    row('pool-benefits.allowance', '生育津贴支出', 'Maternity allowance', 500185, starred),
  ];
  const up = row('pool-to-upper', '上解上级支出', 'Remitted to the upper level', [530100, 530101]);
  const down = row('pool-to-lower', '补助下级支出', 'Subsidy to the lower level', [530200, 530201]);
  return [
    row('pool-benefits', '社会保险待遇支出', 'Benefits', [500100, 500189], {
      parts: [hospital, serious, ...later(old ? starred : {})],
    }),
    row('serious-illness', '大病保险支出', 'Serious-illness insurance', 510100, starred),
    ...(old ? [down, up] : [up, down]),
    row('pool-other-expenditure', '其他支出', 'Other expenditure', [540100, 540101]),
  ];
}
