import type { AuditFinding, SessionView } from '../../../engines/access/index.ts';
import type { PayoutSet, PayoutView, PersonFound } from '../../../engines/registry/index.ts';
import type { purposes as words } from '../../../kernel/purposes.ts';
import type { Language, Text } from '../../../kernel/text.ts';
import type { ActivationSlip, FactorsView } from '../../../services/accounts/index.ts';
import type { CityNow } from '../../../services/city/index.ts';
import type {
  AgeingView,
  AssessAnswer,
  BalanceFigure,
  BillListView,
  BillView,
  CertificateView,
  CloseAnswer,
  CollectAnswer,
  CorrectAnswer,
  CountyFiguresView,
  CreditAnswer,
  DeferAnswer,
  Derivation,
  EmployerListRow,
  EmployerView,
  EntriesView,
  Insurance,
  MonthsView,
  MonthView,
  OrderAnswer,
  Page,
  PrintedBill,
  RecordView,
  RefundAnswer,
  ResolveAnswer,
  StatementView,
  SuspenseRow,
  TrialBalanceView,
  UndeclaredRow,
  UnpaidPage,
  WithdrawAnswer,
} from '../../../services/insurance/index.ts';
import type {
  AccountDeed,
  AuditLook,
  Decided,
  MatterAnswer,
  MatterRow,
  ObjectionView,
  ProposalRow,
  UnusualAnswer,
} from '../../../services/oversight/index.ts';

/** Who is signed in, as the interface tells it. */
export interface Account {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'employer' | 'staff' | 'auditor' | 'operator' | 'system';
  readonly permissions: readonly string[];
  /** The password was told by somebody else: a new one goes before everything. */
  readonly passwordTold: boolean;
}

interface Listed {
  readonly cursor?: string | undefined;
  readonly search?: string | undefined;
}
interface OfFund {
  readonly fund: string;
  readonly month: string;
  readonly area?: string | undefined;
}
/** Of whom a certificate is. */
export type Holder = { readonly employer: string } | { readonly person: string };
type Book = 'statutory' | 'receivable';
/** Days of business time, both counted. */
interface OfDays {
  readonly from: string;
  readonly to: string;
}
interface Pages<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}
type UnpaidState = 'all' | 'overdue' | 'to-order' | 'ordered' | 'deferred';

/** What the desk asks: the input and answer of each query. */
export interface Queries {
  'access.me': [object, { readonly account: Account }];
  'access.factors': [object, FactorsView];
  'access.ways': [object, { readonly provider: boolean }];
  'access.sessions': [object, { readonly rows: readonly SessionView[] }];
  'access.proposals': [object, { readonly rows: readonly ProposalRow[] }];
  'access.matters': [object, { readonly rows: readonly MatterRow[] }];
  'access.objections.to-answer': [object, { readonly rows: readonly ObjectionView[] }];
  'access.audit.person': [
    OfDays & { readonly person: string; readonly cursor?: string | undefined },
    Pages<AuditLook> & { readonly total: number },
  ];
  'access.audit.account': [
    OfDays & { readonly account: string; readonly cursor?: string | undefined },
    Pages<AccountDeed> & { readonly name: string },
  ];
  'access.audit.unusual': [OfDays & { readonly least: number; times: number }, UnusualAnswer];
  'access.audit.verify': [object, AuditFinding];
  'city.now': [object, CityNow];
  'registry.areas': [object, { readonly rows: readonly { code: string; name: string }[] }];
  'insurance.months': [object, MonthsView];
  'insurance.month': [{ readonly month: string }, MonthView];
  'insurance.undeclared': [
    Listed & { readonly month: string; area?: string | undefined; needsClerk?: boolean },
    Page<UndeclaredRow>,
  ];
  'insurance.unpaid': [
    Listed & {
      readonly month: string;
      readonly area?: string | undefined;
      readonly earlier?: boolean;
      readonly state?: UnpaidState;
    },
    UnpaidPage,
  ];
  'insurance.suspense': [Listed & { readonly receipt?: string }, Page<SuspenseRow>];
  'insurance.employers': [Listed, Page<EmployerListRow>];
  'insurance.employer': [{ readonly employer: string }, EmployerView];
  'insurance.bills': [{ readonly employer: string }, BillListView];
  'insurance.bill': [{ readonly employer: string; readonly month: string }, BillView];
  'insurance.explain-bill': [
    {
      readonly employer: string;
      readonly month: string;
      readonly insurance?: Insurance;
      readonly feeMonth?: string;
      readonly figure?: 'base' | BalanceFigure;
    },
    Derivation,
  ];
  'insurance.certificates': [Holder, { readonly rows: readonly Omit<CertificateView, 'rows'>[] }];
  'insurance.record': [{ readonly person: string }, RecordView];
  'registry.payout-account': [{ readonly person: string }, { account: PayoutView | null }];
  'registry.persons': [
    { readonly search: string; readonly cursor?: string | undefined },
    { readonly rows: readonly PersonFound[]; readonly next: string | null },
  ];
  'insurance.statement': [OfFund, StatementView];
  'insurance.trial-balance': [OfFund & { readonly book: Book }, TrialBalanceView];
  'insurance.entries': [
    OfFund & {
      readonly row: string;
      readonly book?: Book;
      readonly column?: 'month' | 'year' | 'before';
      readonly cursor?: string | undefined;
    },
    EntriesView,
  ];
  'insurance.ageing': [{ readonly month: string }, AgeingView];
  'insurance.by-county': [{ readonly month: string }, CountyFiguresView];
}

interface OfMonth {
  readonly month: string;
}

/** Whom a matter concerns, and why it is opened. */
interface OfPersons {
  readonly reason: string;
  readonly persons: readonly string[];
}
export const relations = ['spouse', 'parent', 'child', 'sibling', 'other'] as const;
export type Relation = (typeof relations)[number];

/** What is corrected of a person in months that were assessed. */
interface OfMonths {
  readonly employer: string;
  readonly person: string;
  readonly months: readonly string[];
  readonly reason: string;
  readonly document?: string;
}

/** What the desk does: the input and answer of each command. */
export interface Commands {
  'access.sign-in': [
    { readonly login: string; readonly password: string },
    { readonly account: Account } | { readonly second: true },
  ];
  'access.sign-in.passkey-options': [object, object];
  'access.sign-in.passkey': [{ readonly answer: object }, { readonly account: Account }];
  'access.sign-in.second': [{ readonly code: string }, { readonly account: Account }];
  'access.sign-out': [object, object];
  'access.step-up': [
    { readonly password: string } | { readonly code: string } | { readonly passkey: object },
    object,
  ];
  'access.step-up.passkey': [object, object];
  'access.account.change-password': [
    { readonly present: string; readonly next: string },
    { readonly account: string },
  ];
  'access.activation.issue': [{ readonly person: string; readonly reason: string }, ActivationSlip];
  'access.session.end': [
    { readonly session: string } | { readonly others: true },
    { readonly ended: number },
  ];
  'access.proposal.decide': [
    {
      readonly proposal: string;
      readonly decision: 'agree' | 'refuse';
      readonly note: string;
    },
    Decided,
  ];
  'access.matter.open': [OfPersons, MatterAnswer];
  'access.matter.investigate': [OfPersons, MatterAnswer];
  'access.matter.emergency': [
    { readonly person: string; readonly reason: string; readonly hours: number },
    MatterAnswer,
  ];
  'access.matter.add-person': [{ readonly matter: string; readonly person: string }, MatterAnswer];
  'access.matter.end': [{ readonly matter: string; readonly reason: string }, MatterAnswer];
  'access.objection.answer': [
    {
      readonly objection: string;
      readonly outcome: 'justified' | 'not-justified';
      readonly text: string;
    },
    { readonly objection: string },
  ];
  'access.relative.declare': [
    { readonly number: string; readonly kind: Relation },
    { readonly relatives: number },
  ];
  'city.advance-clock': [{ readonly at: string }, { readonly at: string }];
  'insurance.assess': [OfMonth, AssessAnswer];
  'insurance.collect': [{ readonly fileName: string; readonly content: string }, CollectAnswer];
  'insurance.credit': [OfMonth, CreditAnswer];
  'insurance.close': [OfMonth, CloseAnswer];
  'insurance.resolve-suspense': [
    { readonly receipt: string; bill?: string; employer?: string; readonly reason: string },
    ResolveAnswer,
  ];
  'insurance.order-payment': [
    { readonly bill: string; readonly payBy: string; readonly reason: string },
    OrderAnswer,
  ];
  'insurance.withdraw-order': [{ readonly order: string; readonly reason: string }, WithdrawAnswer];
  'insurance.defer': [
    {
      readonly bill: string;
      readonly until: string;
      readonly reason: string;
      readonly instalments?: readonly { readonly dueOn: string; readonly amountFen: number }[];
    },
    DeferAnswer,
  ];
  'insurance.correct-wage': [OfMonths & { readonly wageFen: number }, CorrectAnswer];
  'insurance.correct-roster': [
    OfMonths & {
      readonly change: 'adds' | 'removes';
      readonly wageFen?: number;
      readonly leaves?: boolean;
      readonly name?: string;
      readonly residence?: 'urban' | 'rural';
    },
    CorrectAnswer,
  ];
  'insurance.bill.print': [{ readonly employer: string; readonly month: string }, PrintedBill];
  'insurance.certificate.issue': [
    Holder & { readonly from: string; readonly to: string },
    CertificateView,
  ];
  'registry.person.payout-account': [
    {
      readonly person: string;
      readonly bank: string;
      readonly number: string;
      readonly holder?: string;
      readonly reason: string;
    },
    PayoutSet,
  ];
  'insurance.refund': [
    { readonly employer: string; readonly amountFen: number; readonly reason: string },
    RefundAnswer,
  ];
}

/** One fault as the interface tells it: code, what, where, what to do. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly line?: number;
  readonly column?: string;
  readonly value?: string;
}

/** What the interface refused, or a network that did not answer (status 0). */
export class Refused extends Error {
  readonly status: number;
  readonly faults: readonly Fault[];

  constructor(status: number, faults: readonly Fault[]) {
    super(faults.map((f) => f.code).join(', '));
    this.name = 'Refused';
    this.status = status;
    this.faults = faults;
  }

  /** The number under which it waits for somebody else's review: nothing is wrong then. Null of every other refusal. */
  get waits(): string | null {
    return this.faults.find((f) => f.code === 'awaits-second-person')?.value ?? null;
  }
}

const offline: Text & { readonly mend: Text } = {
  zh: '连不上服务器',
  en: 'The server does not answer',
  mend: {
    zh: '查一下网络再试；填的内容还在，没办完的不会重复。',
    en: 'Check the network and try again; what you filled in is still here and nothing is done twice.',
  },
};

/** What personal data are looked at for, as the person sees it in the list of looks. */
export const purposes = [
  'counter-visit',
  'check-contributions',
  'check-benefits',
  'check-controls',
  'open-matter',
  'emergency',
] as const satisfies readonly (keyof typeof words)[];
export type Purpose = (typeof purposes)[number];

/** Why somebody's data are looked at: the purpose, and the matter where one stands behind it. */
export interface Grounds {
  readonly purpose: Purpose;
  readonly matter?: string | undefined;
}

/** Whether a matter has to be named with this purpose. */
export function takesMatter(purpose: Purpose): purpose is 'open-matter' | 'emergency' {
  return purpose === 'open-matter' || purpose === 'emergency';
}

interface CallOptions {
  readonly language: Language;
  /** Of what shows a person: what shows none needs none. */
  readonly purpose?: Purpose;
  /** Of the purposes that a matter stands behind. */
  readonly matter?: string;
  /** The same key runs a command once, however often it is sent. */
  readonly key?: string;
}

/** Asks a query. @throws Refused */
export function ask<N extends keyof Queries>(
  name: N,
  input: Queries[N][0],
  options: CallOptions,
): Promise<Queries[N][1]> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(input)) {
    if (value !== undefined && value !== '') query.set(key, String(value));
  }
  const text = query.toString();
  return answered(`${pathOf(name)}${text === '' ? '' : `?${text}`}`, {}, options);
}

/** Runs a command. @throws Refused */
export function run<N extends keyof Commands>(
  name: N,
  input: Commands[N][0],
  options: CallOptions,
): Promise<Commands[N][1]> {
  const headers = {
    'Content-Type': 'application/json',
    ...(options.key === undefined ? {} : { 'Idempotency-Key': options.key }),
  };
  return answered(pathOf(name), { method: 'POST', headers, body: JSON.stringify(input) }, options);
}

/** Where an answer is as a file: the query's own address with its ending, for a link. */
export function fileOf(
  query: string,
  ending: 'pdf' | 'xlsx',
  input: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(input).filter((e): e is [string, string] => e[1] !== undefined);
  return `${pathOf(query)}.${ending}?${new URLSearchParams(given).toString()}`;
}

function pathOf(name: string): string {
  return `/api/v1/${name.replaceAll('.', '/')}`;
}

async function answered<T>(path: string, request: RequestInit, options: CallOptions): Promise<T> {
  const { language } = options;
  const headers = {
    ...(request.headers as Record<string, string> | undefined),
    'Accept-Language': language === 'en' ? 'en' : 'zh-CN',
    ...(options.purpose === undefined ? {} : { 'Mindun-Purpose': options.purpose }),
    ...(options.matter === undefined ? {} : { 'Mindun-Matter': options.matter }),
  };
  let answer: Response;
  try {
    answer = await fetch(path, { ...request, headers });
  } catch {
    throw new Refused(0, [
      { code: 'no-network', message: offline[language], mend: offline.mend[language] },
    ]);
  }
  const body = (await answer.json().catch(() => ({}))) as { errors?: readonly Fault[] };
  if (answer.ok) return body as T;
  throw new Refused(answer.status, body.errors ?? [faultOf(answer.status, language)]);
}

function faultOf(status: number, language: Language): Fault {
  const { mend } = offline;
  return { code: `http-${status}`, message: offline[language], mend: mend[language] };
}
