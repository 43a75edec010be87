/**
 * What the insurance service shows: the shapes that its queries answer and that every door renders.
 * Amounts are whole fen in fields that end in `Fen`; months `YYYY-MM`; days `YYYY-MM-DD`.
 */
import type { Derivation, DerivationParameter } from '../../engines/policy/index.ts';
import type { Text } from '../../kernel/text.ts';

export const insurances = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;
export type Insurance = (typeof insurances)[number];

export const categories = ['enterprise', 'public', 'flexible', 'rural'] as const;
/** enterprise employee · 机关事业 · flexible employment · rural contract worker of an enterprise */
export type Category = (typeof categories)[number];

export type Share = 'employer' | 'employee';
export type LineKind = 'current' | 'provisional' | 'settlement' | 'difference' | 'opening';

export type { Derivation, DerivationParameter } from '../../engines/policy/index.ts';

/** A person's month: what is due for him, and what of it belongs to his accounts. */
export interface PersonDerivation extends Derivation {
  readonly accounts: Derivation;
}

/** One insurance on a bill. */
export interface BillInsurance {
  readonly insurance: Insurance;
  /** `not-computed`: not in full, see `employeesComputed`; an amount that is not computed is 0 fen and never shown. */
  readonly state: 'computed' | 'not-computed';
  /** The employees' share is computed: it may be where the employer's is not, and its fen are due then. Without such a share: false. */
  readonly employeesComputed: boolean;
  /** The document that is missing, when something is not computed. */
  readonly missing?: string;
  /** A value in it comes from no document: labelled wherever it is shown. */
  readonly assumed: boolean;
  readonly provisional: boolean;
  /** The month was not declared: the amounts go by an earlier month's, and there are neither persons nor bases to them. */
  readonly undeclared: boolean;
  /** Something of the month is billed for it. */
  readonly billed: boolean;
  readonly persons: number;
  readonly baseFen: number;
  readonly employerFen: number;
  readonly employeeFen: number;
}

/** By what the amounts of a month that was not declared go. */
export interface ProvisionalBasis {
  /** In one sentence: which month's amount, and how it was taken. */
  readonly how: Text;
  readonly parameters: readonly DerivationParameter[];
}

export interface BillLine {
  readonly insurance: Insurance;
  readonly share: Share;
  readonly kind: LineKind;
  /** The month that the money is for. */
  readonly feeMonth: string;
  readonly persons: number;
  readonly amountFen: number;
  readonly openFen: number;
  /** A value in it comes from no document: labelled wherever it is shown. */
  readonly assumed: boolean;
}

/** An earlier month that a bill settles, and why: corrected, declared late, rated anew, or by law that was published since. */
export interface EarlierMonth {
  readonly feeMonth: string;
  readonly why: readonly Text[];
}

export interface ArrearsLine {
  readonly feeMonth: string;
  readonly billNumber: string;
  readonly insurance: Insurance;
  readonly share: Share;
  readonly dueDate: string | null;
  readonly openFen: number;
  readonly daysLate: number;
  readonly deferredUntil: string | null;
}

/** One late fee of an employer: running on an open claim, determined and not paid, or without a law to compute it by. */
export interface LateFeeLine {
  readonly state: 'running' | 'determined' | 'not-computed' | 'not-late';
  readonly feeMonth: string;
  readonly billNumber: string;
  readonly insurance: Insurance;
  /** Null: both. */
  readonly share: Share | null;
  readonly amountFen: number;
  readonly why: Text;
  /** The article of law that it rests on. */
  readonly cite: Derivation['cite'];
  readonly parameters: readonly DerivationParameter[];
  readonly assumed: boolean;
  /** The document that is missing, when not computed. */
  readonly missing?: string;
}

export interface BillPayment {
  readonly receivedOn: string;
  readonly reference: string;
  readonly amountFen: number;
  /** `late-fee`: of the receipt, what paid this bill's late fee; the others paid contributions. */
  readonly kind: 'payment' | 'offset' | 'late-fee';
}

/** One bill of which a running deferral puts something off beyond the day on which this bill is due. */
export interface PutOffLine {
  readonly billNumber: string;
  readonly month: string;
  readonly deferredUntil: string;
  readonly openFen: number;
  readonly putOffFen: number;
  /** The next instalment; null where all is put off to the last day. */
  readonly next: { readonly dueOn: string; readonly amountFen: number } | null;
}

/** The unified bill (五险合一). */
export interface BillView {
  readonly publicId: string;
  readonly number: string;
  readonly employer: { readonly publicId: string; readonly code: string; readonly name: string };
  readonly office: Text;
  readonly area: string;
  readonly month: string;
  readonly issuedOn: string;
  /** Null while no document sets the days to pay. */
  readonly dueDate: string | null;
  readonly dueAssumed: boolean;
  /** How what is open on this bill itself stands; `openFen` is that. */
  readonly standing: BillStanding & { readonly openFen: number };
  readonly insurances: readonly BillInsurance[];
  /** Null: the month was declared. */
  readonly provisionalBasis: ProvisionalBasis | null;
  readonly lines: readonly BillLine[];
  /** Why the lines of earlier months are there, in the order of the months. */
  readonly earlier: readonly EarlierMonth[];
  /** Late fees determined on payments that came late, not paid yet. */
  readonly lateFeesDueFen: number;
  /** What `total.lateFeeFen` adds up, line by line, with those that cannot be computed. */
  readonly lateFees: readonly LateFeeLine[];
  readonly arrears: readonly ArrearsLine[];
  /** What `total.putOffFen` adds up. */
  readonly putOff: readonly PutOffLine[];
  readonly payments: readonly BillPayment[];
  readonly total: {
    readonly employerFen: number;
    readonly employeeFen: number;
    /** Open principal of earlier bills. */
    readonly arrearsFen: number;
    readonly lateFeeFen: number;
    /** What of the open lines and the arrears is deferred beyond that day. */
    readonly putOffFen: number;
    /** Differences of this bill that stand with earlier bills or as credit: employerFen + employeeFen − paidFen + elsewhereFen is what is open on it. */
    readonly elsewhereFen: number;
    /** Money of this employer received and not applied (多缴). */
    readonly creditFen: number;
    /** What of the credit is set off against what is due: the rest is the employer's, to come or to be paid back. */
    readonly setOffFen: number;
    /** What is to be paid by the day on which the bill is due, or now when that is over: its open lines + arrears + late fee − what is put off − what is set off. */
    readonly payableFen: number;
  };
  readonly paidFen: number;
  readonly asOf: string;
}

/** The figures of a bill from the month's sum to what is to be paid, each of which tells how it came. */
export const balanceFigures = [
  'month',
  'month-employer',
  'month-employee',
  'paid',
  'elsewhere',
  'arrears',
  'late-fee',
  'put-off',
  'credit',
  'payable',
] as const;
export type BalanceFigure = (typeof balanceFigures)[number];

export interface RecordMonth {
  readonly month: string;
  readonly employer: string;
  readonly employerName: string;
  readonly category: Category;
  /** 1 the assessment, later numbers differences. */
  readonly assessment: number;
  readonly baseFen: number;
  readonly wageFen: number | null;
  readonly amounts: readonly {
    readonly insurance: Insurance;
    readonly employerFen: number;
    readonly employeeFen: number;
    readonly accountFen: number;
    /** Of it credited to the account. */
    readonly creditedFen: number;
    readonly paid: boolean;
    /** A value in it comes from no document. */
    readonly assumed: boolean;
  }[];
  readonly state: 'paid' | 'partly-paid' | 'unpaid' | 'not-due';
  /** A contribution month counts only when it is paid in full. */
  readonly counts: boolean;
}

export interface RecordView {
  readonly publicId: string;
  readonly name: string;
  /** Masked: 4304**********1018 */
  readonly number: string;
  readonly area: string;
  readonly enrolments: readonly {
    readonly employer: string;
    readonly employerName: string;
    readonly category: Category;
    readonly insurances: readonly Insurance[];
    readonly from: string;
    readonly to: string | null;
  }[];
  readonly months: readonly RecordMonth[];
  readonly countedMonths: number;
  readonly deemedMonths: number;
  readonly accounts: readonly {
    readonly insurance: 'pension' | 'medical';
    readonly openingFen: number;
    readonly creditedFen: number;
    readonly balanceFen: number;
  }[];
  readonly asOf: string;
}

export const monthSteps = ['declare', 'assess', 'collect', 'credit', 'close'] as const;
export type MonthStep = (typeof monthSteps)[number];

export interface MonthView {
  readonly month: string;
  readonly state: 'open' | 'assessed' | 'closed' | 'future';
  readonly steps: readonly {
    readonly step: MonthStep;
    readonly state: 'done' | 'running' | 'waiting' | 'blocked';
    readonly done: number;
    readonly total: number;
    readonly blockedBy: Text | null;
    readonly at: string | null;
  }[];
  readonly employers: number;
  readonly declared: number;
  readonly undeclared: number;
  readonly provisional: number;
  readonly persons: number;
  readonly assessedFen: number;
  readonly collectedFen: number;
  readonly openFen: number;
  readonly unpaidEmployers: number;
  readonly suspenseCount: number;
  readonly suspenseFen: number;
  readonly byInsurance: readonly {
    readonly insurance: Insurance;
    readonly state: 'computed' | 'not-computed';
    readonly missing?: string;
    readonly assumed: boolean;
    readonly persons: number;
    readonly assessedFen: number;
    readonly collectedFen: number;
  }[];
  readonly blockers: readonly Text[];
}

export interface UndeclaredRow {
  readonly employer: string;
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly lastDeclared: string | null;
  readonly personsLast: number;
  readonly provisionalFen: number | null;
  /** True when no month before was paid: the clerk must estimate. */
  readonly needsClerk: boolean;
}

/** How a bill stands in time today. Amounts in fen. */
export interface BillStanding {
  /** Null while no document sets the days to pay. */
  readonly dueDate: string | null;
  /** The day by which the next money is to come: the day due, or while a deferral runs its next instalment's day or its last. */
  readonly payBy: string | null;
  /** Days of a deferral are not late. */
  readonly daysLate: number;
  readonly order: { readonly givenOn: string; readonly payBy: string } | null;
  /** The day, over now, with which the first missed order was missed: the bill cannot be deferred any more. */
  readonly orderMissedOn: string | null;
  readonly deferredUntil: string | null;
  /** The day with which a missed instalment ended the last deferral. */
  readonly deferralEndedOn: string | null;
  /** Of a running deferral by instalments; `next`: what is to be paid by when. */
  readonly instalments: {
    readonly of: number;
    readonly paid: number;
    readonly next: {
      readonly number: number;
      readonly dueOn: string;
      readonly amountFen: number;
    } | null;
  } | null;
}

/** One bill of which something is open. */
export interface UnpaidRow extends BillStanding {
  readonly employer: string;
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly billNumber: string;
  readonly month: string;
  readonly openFen: number;
}

/** One employer as the desk shows it. */
export interface EmployerView {
  readonly employer: string;
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly county: string;
  readonly category: Category;
  /** Risk class of work injury insurance. */
  readonly injuryClass: number;
  /** Its step of the floating work injury rate today, as a factor: 1.2. */
  readonly injuryFloat: string;
  /** As it was rated; null: not known. */
  readonly size: 'large' | 'medium' | 'small' | 'micro' | null;
  /** Persons enrolled today. */
  readonly persons: number;
  /** Money received and not applied (多缴). */
  readonly unappliedFen: number;
  readonly orders: readonly {
    /** Null: it stands. */
    readonly withdrawnOn: string | null;
    readonly number: string;
    readonly billNumber: string;
    readonly month: string;
    readonly givenOn: string;
    readonly payBy: string;
    readonly reason: string;
  }[];
  readonly deferrals: readonly {
    readonly deferral: string;
    readonly billNumber: string;
    readonly month: string;
    readonly from: string;
    readonly until: string;
    /** It runs; another agreement replaced it; a missed instalment ended it; its last day is over. */
    readonly state: 'runs' | 'replaced' | 'missed' | 'over';
    /** Empty: the whole sum on the last day. */
    readonly instalments: readonly { readonly dueOn: string; readonly amountFen: number }[];
    readonly reason: string;
  }[];
}

export interface SuspenseRow {
  readonly publicId: string;
  readonly receivedOn: string;
  readonly reference: string;
  readonly payerName: string;
  /** The one bill number in what the payer wrote; null where that names none, or several. */
  readonly billNumber: string | null;
  /** What the payer wrote as bill number, as it stands in the file; empty: nothing. */
  readonly billText: string;
  readonly amountFen: number;
  readonly openFen: number;
  readonly reason: Text;
  readonly candidates: readonly {
    readonly employer: string;
    readonly code: string;
    readonly name: string;
  }[];
}

/** A page of a list; `next` is the cursor of the following page or null. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly total: number;
  readonly next: string | null;
}

/** Bills not paid in full: a page of them, and what is open on all of them. */
export interface UnpaidPage extends Page<UnpaidRow> {
  readonly openFen: number;
}

export interface UploadFault {
  readonly line: number;
  readonly column: string;
  readonly code: string;
  readonly value: string;
  readonly message: Text;
}

/** The stored preview of an uploaded roster. */
export interface UploadView {
  readonly publicId: string;
  readonly fileName: string;
  readonly month: string;
  readonly full: boolean;
  /** `replaced`: it was declared, and another one after it; `passed-over`: it never was, and another one was. */
  readonly state: 'checked' | 'confirmed' | 'replaced' | 'passed-over';
  readonly uploadedAt: string;
  readonly rows: number;
  readonly accepted: number;
  readonly wageFen: number;
  readonly faults: readonly UploadFault[];
  readonly warnings: readonly UploadFault[];
  readonly changes: {
    readonly joining: number;
    readonly leaving: number;
    readonly staying: number;
    /** Of those who stay: on no row, but a row with a fault may mean them. */
    readonly heldBack: number;
    /** Who is billed for the month: whoever is on the roster then, those who leave in it included. */
    readonly persons: number;
    /** Of those persons: who leave in the month. */
    readonly personsLeaving: number;
  };
}

export interface DeclareAnswer {
  readonly rows: number;
  readonly accepted: number;
  readonly wageFen: number;
  readonly errors: readonly {
    line: number;
    column: string;
    code: string;
    value: string;
    message: string;
  }[];
  readonly warnings: readonly {
    line: number;
    column: string;
    code: string;
    value: string;
    message: string;
  }[];
  /** What was declared of the month before and this roster takes the place of, where there was something. Wage in fen. */
  readonly replaces?: { readonly rows: number; readonly wageFen: number; readonly at: string };
}

export interface CertificateView {
  readonly code: string;
  readonly kind: 'employer' | 'person';
  readonly issuedOn: string;
  readonly subjectName: string;
  /** Masked for the public check page. */
  readonly subjectNumber: string;
  readonly from: string;
  readonly to: string;
  readonly rows: readonly {
    readonly month: string;
    readonly employerName: string;
    readonly persons: number;
    readonly insurances: readonly Insurance[];
    readonly baseFen: number;
    readonly dueFen: number;
    readonly paidFen: number;
    readonly state: 'paid' | 'partly-paid' | 'unpaid';
    /** Values in its amounts come from no document. */
    readonly assumed: boolean;
  }[];
  /** Business time at which it was had printed. */
  readonly printedAt: string;
  /** Name of the account that had it printed. */
  readonly printedBy: string;
  readonly sha256: string;
}

/** What a certificate's code shows to anybody: the paper without the name of who had it printed. */
export type CheckedCertificate = Omit<CertificateView, 'printedBy'>;

/** A bill as it was printed, with the code by which anybody can check the paper. */
export interface PrintedBill {
  readonly code: string;
  readonly kind: 'bill';
  readonly bill: BillView;
  readonly printedAt: string;
  /** Name of the account that printed it. */
  readonly printedBy: string;
  readonly sha256: string;
}

/** What a printed bill's code shows to anybody. */
export interface BilledPaper
  extends Pick<
    BillView,
    'number' | 'month' | 'issuedOn' | 'dueDate' | 'dueAssumed' | 'insurances' | 'paidFen'
  > {
  readonly code: string;
  readonly kind: 'bill';
  readonly printedAt: string;
  readonly subjectName: string;
  readonly subjectNumber: string;
  /** What was to be paid when it was printed. */
  readonly payableFen: number;
  readonly sha256: string;
}

/** Income and expenditure statement of one fund (after the accounting system's form 02). */
export interface StatementView {
  readonly fund: string;
  readonly fundName: Text;
  readonly month: string;
  readonly area: string;
  /** Official number of the form; null where it is not known. */
  readonly form: string | null;
  readonly rows: readonly {
    readonly key: string;
    readonly label: Text;
    readonly level: number;
    readonly kind: 'heading' | 'income' | 'expenditure' | 'total';
    readonly monthFen: number;
    readonly yearFen: number;
  }[];
}

export interface TrialBalanceView {
  readonly book: 'statutory' | 'receivable';
  readonly fund: string;
  readonly fundName: Text;
  readonly month: string;
  readonly area: string;
  readonly rows: readonly {
    readonly account: string;
    readonly code: string | null;
    readonly name: Text;
    readonly openingFen: number;
    readonly debitFen: number;
    readonly creditFen: number;
    readonly closingFen: number;
  }[];
  readonly debitFen: number;
  readonly creditFen: number;
}

/** Ageing of arrears by county (账龄). */
export interface AgeingView {
  readonly asOf: string;
  readonly rows: readonly {
    readonly area: string;
    readonly areaName: string;
    readonly employers: number;
    readonly notDueFen: number;
    readonly days30Fen: number;
    readonly days90Fen: number;
    readonly days365Fen: number;
    readonly olderFen: number;
    readonly totalFen: number;
  }[];
}

/** Insured and collected by county for one month. */
export interface CountyFiguresView {
  readonly month: string;
  readonly rows: readonly {
    readonly area: string;
    readonly areaName: string;
    readonly employers: number;
    readonly insured: Readonly<Record<Insurance, number>>;
    readonly assessedFen: number;
    readonly collectedFen: number;
  }[];
}
