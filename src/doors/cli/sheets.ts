import { type Language, showYuan, sumOf, type Text } from '../../kernel/index.ts';
import {
  type BillInsurance,
  type BillView,
  type Category,
  insuranceNames,
  type LineKind,
  type RecordView,
  type Share,
} from '../../services/insurance/index.ts';
import { facts, table } from './print.ts';

const heads = {
  insurance: { zh: '险种', en: 'insurance' },
  persons: { zh: '人数', en: 'persons' },
  base: { zh: '缴费基数', en: 'base' },
  employerPays: { zh: '单位缴', en: 'employer pays' },
  employeesPay: { zh: '个人缴', en: 'employees pay' },
  iPay: { zh: '个人缴', en: 'person pays' },
  note: { zh: '说明', en: 'note' },
  month: { zh: '月份', en: 'month' },
  account: { zh: '记入账户', en: 'to accounts' },
  state: { zh: '状态', en: 'state' },
  counts: { zh: '算月数', en: 'counts' },
  employer: { zh: '单位', en: 'employer' },
  category: { zh: '类别', en: 'category' },
  insurances: { zh: '险种', en: 'insurances' },
  from: { zh: '起', en: 'from' },
  to: { zh: '止', en: 'to' },
  opening: { zh: '接管时结存', en: 'taken over' },
  credited: { zh: '以后记入', en: 'credited since' },
  balance: { zh: '现在', en: 'now' },
  number: { zh: '缴费单号', en: 'bill number' },
  due: { zh: '缴费期限', en: 'due' },
  open: { zh: '没缴', en: 'open' },
  amount: { zh: '金额', en: 'amount' },
  why: { zh: '怎么来的', en: 'why' },
  item: { zh: '项目', en: 'item' },
  share: { zh: '缴纳方', en: 'share' },
} as const satisfies Record<string, Text>;

const words = {
  assumed: { zh: '假定', en: 'assumed' },
  provisional: { zh: '暂定', en: 'provisional' },
  undeclared: { zh: '没有申报', en: 'not declared' },
  notComputed: { zh: '未计算', en: 'not computed' },
  missing: { zh: '缺 ', en: 'missing: ' },
  employerMissing: { zh: '单位缴缺 ', en: 'employer’s share, missing: ' },
  unset: { zh: '没有文件规定', en: 'no document sets it' },
  yes: { zh: '是', en: 'yes' },
  no: { zh: '否', en: 'no' },
} as const satisfies Record<string, Text>;

const categories: Readonly<Record<Category, Text>> = {
  enterprise: { zh: '企业职工', en: 'enterprise' },
  public: { zh: '机关事业单位职工', en: 'public institution' },
  flexible: { zh: '灵活就业', en: 'flexible' },
  rural: { zh: '农民合同制职工', en: 'rural contract' },
};

const kinds: Readonly<Record<LineKind, Text>> = {
  current: { zh: '当月', en: 'current' },
  provisional: { zh: '暂缴', en: 'provisional' },
  settlement: { zh: '暂缴结算', en: 'settlement' },
  difference: { zh: '差额', en: 'difference' },
  opening: { zh: '接管转入', en: 'taken over' },
};

const shares: Readonly<Record<Share, Text>> = {
  employer: { zh: '单位', en: 'employer' },
  employee: { zh: '个人', en: 'employees' },
};

type Said = (key: keyof typeof heads) => string;

/** The unified bill for a terminal: no sum where nothing is computed, and the document that is missing. */
export function billSheet(bill: BillView, language: Language): string {
  const h: Said = (key) => heads[key][language];
  const due = bill.dueDate ?? words.unset[language];
  const blocks = [
    facts([
      [h('employer'), `${bill.employer.name} ${bill.employer.code}`],
      [h('number'), bill.number],
      [h('month'), bill.month],
      [h('due'), `${due}${bill.dueAssumed ? ` [${words.assumed[language]}]` : ''}`],
      ...standingOf(bill, language),
    ]),
    table(
      (['insurance', 'persons', 'base', 'employerPays', 'employeesPay', 'note'] as const).map(h),
      bill.insurances.map((i) => insuranceLine(i, language)),
    ),
    facts(sumsOf(bill, language)),
  ];
  if (bill.provisionalBasis !== null) blocks.push(bill.provisionalBasis.how[language]);
  const later = bill.lines.filter((l) => l.kind !== 'current' && l.kind !== 'provisional');
  if (later.length > 0)
    blocks.push(
      table(
        [h('month'), h('insurance'), h('item'), h('amount'), h('open'), h('note')],
        later.map((l) => [
          l.feeMonth,
          insuranceNames[l.insurance][language],
          `${kinds[l.kind][language]} ${shares[l.share][language]}`,
          showYuan(l.amountFen),
          showYuan(l.openFen),
          l.assumed ? words.assumed[language] : '',
        ]),
      ),
      facts(
        bill.earlier.map((e) => [
          e.feeMonth,
          e.why.map((w) => w[language]).join({ zh: '；', en: '; ' }[language]),
        ]),
      ),
    );
  if (bill.lateFees.length > 0)
    blocks.push(
      table(
        [h('month'), h('insurance'), h('share'), h('amount'), h('note'), h('why')],
        bill.lateFees.map((l) => [
          l.feeMonth,
          insuranceNames[l.insurance][language],
          l.share === null ? '' : shares[l.share][language],
          l.state === 'not-computed' ? words.notComputed[language] : showYuan(l.amountFen),
          l.assumed ? words.assumed[language] : '',
          l.why[language],
        ]),
      ),
    );
  return blocks.join('\n\n');
}

/** What was agreed or ordered about the bill, and what of other bills is put off. */
function standingOf({ standing, putOff }: BillView, language: Language): [string, string][] {
  const { deferredUntil, payBy, order, deferralEndedOn } = standing;
  const rows: [Text, string][] = [];
  if (deferredUntil !== null)
    rows.push(
      [{ zh: '缓缴到', en: 'deferred to' }, deferredUntil],
      [{ zh: '下次缴在', en: 'next to be paid by' }, payBy ?? ''],
    );
  if (deferralEndedOn !== null)
    rows.push([
      { zh: '缓缴因分期没按时缴终止', en: 'deferral ended by a missed instalment' },
      deferralEndedOn,
    ]);
  if (order !== null) rows.push([{ zh: '责令缴清期限', en: 'ordered to be paid by' }, order.payBy]);
  for (const p of putOff) {
    const next = p.next === null ? '' : ` · ${p.next.dueOn} ${showYuan(p.next.amountFen)}`;
    rows.push([
      { zh: `${p.month} 缴费单缓缴`, en: `bill of ${p.month} deferred` },
      `${showYuan(p.putOffFen)} · ${p.deferredUntil}${next}`,
    ]);
  }
  return rows.map(([name, value]) => [name[language], value]);
}

/** From the month's sum to what is to be paid now. */
function sumsOf({ total, paidFen }: BillView, language: Language): [string, string][] {
  const rows: readonly (readonly [Text, number, boolean?])[] = [
    [{ zh: '单位缴合计', en: 'employer' }, total.employerFen],
    [{ zh: '个人缴合计', en: 'employees' }, total.employeeFen],
    [{ zh: '已缴', en: 'paid' }, -paidFen],
    [
      { zh: '差额另记在以前的缴费单或多缴里', en: 'differences with earlier bills or credit' },
      total.elsewhereFen,
      true,
    ],
    [{ zh: '以前月份欠费', en: 'arrears' }, total.arrearsFen],
    [{ zh: '滞纳金', en: 'late fee' }, total.lateFeeFen],
    [{ zh: '其中缓缴，还没到期', en: 'of it deferred, not due yet' }, -total.putOffFen, true],
    [{ zh: '多缴抵减', en: 'credit set off' }, -total.setOffFen],
    [{ zh: '现在应缴', en: 'to pay now' }, total.payableFen],
  ];
  return rows
    .filter(([, fen, ifAny]) => ifAny !== true || fen !== 0)
    .map(([name, fen]) => [name[language], showYuan(fen)]);
}

function insuranceLine(i: BillInsurance, language: Language): string[] {
  const name = insuranceNames[i.insurance][language];
  const none = words.notComputed[language];
  const lacking = i.state === 'not-computed';
  const unbilled = i.undeclared && !i.billed;
  const whole = (lacking && !i.employeesComputed) || unbilled;
  const employerAlone = i.insurance === 'injury' || i.insurance === 'maternity';
  const notes = (['assumed', 'provisional', 'undeclared'] as const).filter(
    (tag) => i[tag] && (!whole || (unbilled && tag === 'undeclared')),
  );
  const missing = `${words[whole ? 'missing' : 'employerMissing'][language]}${i.missing}`;
  return [
    name,
    i.undeclared ? '—' : String(i.persons),
    i.undeclared || whole ? '—' : showYuan(i.baseFen),
    unbilled ? '—' : lacking ? none : showYuan(i.employerFen),
    employerAlone || unbilled ? '—' : whole ? none : showYuan(i.employeeFen),
    [...(lacking ? [missing] : []), ...notes.map((tag) => words[tag][language])].join(
      { zh: '，', en: ', ' }[language],
    ),
  ];
}

const states: Readonly<Record<RecordView['months'][number]['state'], Text>> = {
  paid: { zh: '已缴足', en: 'paid' },
  'partly-paid': { zh: '缴了一部分', en: 'partly paid' },
  unpaid: { zh: '没缴', en: 'unpaid' },
  'not-due': { zh: '不用缴', en: 'nothing due' },
};

/** A person's record for a terminal. */
export function recordSheet(record: RecordView, language: Language): string {
  const h: Said = (key) => heads[key][language];
  const yes = (is: boolean): string => words[is ? 'yes' : 'no'][language];
  const named = (zh: string, en: string): string => ({ zh, en })[language];
  const enrolments = record.enrolments.map((e) => [
    e.employerName,
    categories[e.category][language],
    e.insurances.map((i) => insuranceNames[i][language]).join(named('、', ', ')),
    e.from,
    e.to ?? '',
  ]);
  const months = record.months.map((m) => [
    m.month,
    m.employerName,
    showYuan(m.baseFen),
    showYuan(sumOf(m.amounts, (a) => a.employeeFen)),
    showYuan(sumOf(m.amounts, (a) => a.employerFen)),
    showYuan(sumOf(m.amounts, (a) => a.creditedFen)),
    states[m.state][language],
    yes(m.counts),
    m.amounts.some((a) => a.assumed) ? words.assumed[language] : '',
  ]);
  const accounts = record.accounts.map((a) => [
    insuranceNames[a.insurance][language],
    showYuan(a.openingFen),
    showYuan(a.creditedFen),
    showYuan(a.balanceFen),
  ]);
  return [
    facts([
      [named('姓名', 'name'), `${record.name} ${record.number}`],
      [named('参保地', 'area'), record.area],
      [named('养老缴费月数', 'months that count'), String(record.countedMonths)],
      [named('视同缴费月数', 'deemed months'), String(record.deemedMonths)],
    ]),
    table((['employer', 'category', 'insurances', 'from', 'to'] as const).map(h), enrolments),
    table(
      (
        [
          'month',
          'employer',
          'base',
          'iPay',
          'employerPays',
          'account',
          'state',
          'counts',
          'note',
        ] as const
      ).map(h),
      months,
    ),
    table((['insurance', 'opening', 'credited', 'balance'] as const).map(h), accounts),
  ].join('\n\n');
}
