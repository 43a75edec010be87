import { roles } from '../../engines/access/index.ts';
import { type Language, showYuan, type Text } from '../../kernel/index.ts';
import type {
  AssessAnswer,
  CloseAnswer,
  CollectAnswer,
  CreditAnswer,
} from '../../services/insurance/index.ts';
import type { MonthReport } from '../../services/simulation/index.ts';
import { facts } from './print.ts';

type Figures = AssessAnswer & CreditAnswer & CloseAnswer & CollectAnswer & MonthReport;

const names: Readonly<Record<keyof Figures, Text>> = {
  month: { zh: '月份', en: 'month' },
  state: { zh: '状态', en: 'state' },
  declared: { zh: '申报的单位', en: 'employers that declared' },
  undeclared: { zh: '没有申报的单位', en: 'employers that did not declare' },
  refusedFiles: { zh: '退回的名册', en: 'rosters refused' },
  bills: { zh: '缴费单', en: 'bills' },
  persons: { zh: '人数', en: 'persons' },
  provisional: { zh: '暂缴的单位', en: 'billed provisionally' },
  employerFen: { zh: '单位缴合计', en: 'employers pay' },
  employeeFen: { zh: '个人缴合计', en: 'employees pay' },
  receipts: { zh: '到账笔数', en: 'receipts' },
  matched: { zh: '找到缴费单位的', en: 'with a known payer' },
  suspense: { zh: '待查的', en: 'in suspense' },
  receivedFen: { zh: '到账金额', en: 'received' },
  amountFen: { zh: '到账金额', en: 'received' },
  allocatedFen: { zh: '抵缴费', en: 'applied to contributions' },
  lateFeeFen: { zh: '抵滞纳金', en: 'applied to late fees' },
  creditFen: { zh: '记多缴', en: 'kept as credit' },
  suspenseFen: { zh: '待查金额', en: 'amount in suspense' },
  feesWithoutLaw: { zh: '没有文件、没算的滞纳金', en: 'late fees not computed, no document' },
  duplicates: { zh: '以前收过的', en: 'taken before' },
  passedOver: { zh: '不是到账的', en: 'entries that are no receipts' },
  rostersOfOthers: { zh: '别人报的名册', en: 'rosters handed in by others' },
  receiptsOfOthers: { zh: '别人记的到账', en: 'receipts booked by others' },
  creditedFen: { zh: '记入账户', en: 'credited to accounts' },
  collectedFen: { zh: '本月收入', en: 'collected' },
  sweptFen: { zh: '划转财政专户', en: 'swept to the fiscal account' },
};

const closed: Text = { zh: '已关账', en: 'closed' };

const heads = {
  simulated: { zh: '模拟单位申报、缴费', en: 'Simulated: employers declare and pay' },
  assess: { zh: '核定', en: 'Assessed' },
  credit: { zh: '个人账户记入', en: 'Credited to individual accounts' },
  close: { zh: '月末关账', en: 'Closed' },
} as const satisfies Record<string, Text>;

/** What a step of the month came to, for a terminal; what is a list or null is told elsewhere, or is nothing. */
export function stepSheet(answer: Partial<Figures>, language: Language): string {
  const shown = Object.entries(answer).flatMap(([key, value]): [string, string][] => {
    const name = names[key as keyof Figures][language];
    if (Array.isArray(value)) return value.length === 0 ? [] : [[name, String(value.length)]];
    if (key === 'state') return [[name, closed[language]]];
    const money = typeof value === 'number' && key.endsWith('Fen');
    return [[name, money ? showYuan(value) : String(value)]];
  });
  return facts(shown);
}

export interface MonthAnswer {
  readonly month: string;
  /** Null where no simulation plays the month. */
  readonly simulated: MonthReport | null;
  readonly assess: AssessAnswer;
  readonly credit: CreditAnswer;
  /** Null while another person is to close the month. */
  readonly close: CloseAnswer | null;
  readonly waitingFor: { readonly step: 'close'; readonly role: string } | null;
}

/** A whole month for a terminal: each step under its name, and who is to do what is left. */
export function monthSheet(answer: MonthAnswer, language: Language): string {
  const blocks = [facts([[names.month[language], answer.month]])];
  for (const step of ['simulated', 'assess', 'credit', 'close'] as const) {
    const done = answer[step];
    if (done === null) continue;
    const { month: _month, ...figures }: Partial<Figures> = done;
    blocks.push(`${heads[step][language]}\n${stepSheet(figures, language).replace(/^/gm, '  ')}`);
  }
  if (answer.waitingFor !== null) blocks.push(waiting(answer.waitingFor, language));
  return blocks.join('\n\n');
}

function waiting({ role }: NonNullable<MonthAnswer['waitingFor']>, language: Language): string {
  const who = roles[role]?.title[language] ?? role;
  return {
    zh: `还没有关账：由${who}办`,
    en: `Not closed yet; to be done by: ${who}`,
  }[language];
}
