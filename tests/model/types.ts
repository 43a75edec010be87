/** What the model reckons with and what it gives: money is bigint fen, days 'YYYY-MM-DD', months 'YYYY-MM'. */

export const funds = [
  'pension',
  'publicPension',
  'medical',
  'unemployment',
  'injury',
  'maternity',
] as const;
export const shares = ['employee', 'employer'] as const;

export type Fund = (typeof funds)[number];
export type Share = (typeof shares)[number];
export type Category = 'enterprise' | 'public' | 'flexible';
export type Fraction = readonly [numerator: bigint, denominator: bigint];

/** The figures of the city and of the state that the month is reckoned with. */
export interface Law {
  /** Contribution reference in fen a month, by the year of the fee month. */
  readonly referenceFen: Readonly<Record<string, bigint>>;
  /** References of a year that were published later, for all of it: known from their day on. */
  readonly notices?: readonly Notice[];
  readonly floor: Fraction;
  readonly cap: Fraction;
  readonly rates: Readonly<Record<Exclude<Fund, 'injury'>, Readonly<Record<Share, Fraction>>>>;
  /** Employer's rate by industry class. */
  readonly injuryClasses: Readonly<Record<number, Fraction>>;
  /** What part of the employee's unemployment share a rural worker pays before a month. */
  readonly rural: { readonly factor: Fraction; readonly before: string };
  readonly flexible: { readonly rate: Fraction; readonly account: Fraction };
  readonly provisional: Fraction;
  /** Part of the employer's medical share that goes to the personal account. */
  readonly medicalAccount: Fraction;
  readonly lateFee: {
    readonly oldRate: Fraction;
    readonly newRate: Fraction;
    readonly newFrom: string;
    readonly injuryNewFrom: string;
  };
}

export interface Notice {
  readonly published: string;
  readonly year: string;
  readonly referenceFen: bigint;
}

export interface Person {
  readonly id: string;
  readonly wageFen: bigint;
  readonly rural: boolean;
  /** Told by the employer; whoever stands on the list is charged for the month. */
  readonly change: 'stay' | 'join' | 'leave';
}

export interface Employer {
  readonly code: string;
  readonly category: Category;
  readonly injuryClass: number;
  /** Step of the floating work injury rate; without it the base rate. */
  readonly injuryFloat?: Fraction;
}

export interface Receipt {
  readonly day: string;
  /** Null, or a code that nobody has, when the payer is unknown. */
  readonly employer: string | null;
  readonly amountFen: bigint;
}

export interface MonthInput {
  readonly month: string;
  readonly assessmentDay: string;
  readonly dueDay: string;
  /** By employer's code; undefined or missing: not declared. */
  readonly declared: Readonly<Record<string, readonly Person[] | undefined>>;
  /** What became known of months assessed before, since the last assessment: the differences stand on this month's bills. */
  readonly late?: readonly LateRoster[];
  readonly corrections?: readonly Correction[];
  /** Orders and deferrals, also about earlier bills, in the order of their days; receipts are booked after them. */
  readonly acts?: readonly Act[];
  /** Receipts after this month's assessment and before the next one, in their order. */
  readonly receipts: readonly Receipt[];
}

/** The roster of a month that was assessed without it. */
export interface LateRoster {
  readonly employer: string;
  readonly month: string;
  readonly persons: readonly Person[];
}

/** What was wrong of a person in months that were assessed; of several the last counts. */
export interface Correction {
  readonly employer: string;
  readonly person: string;
  readonly months: readonly string[];
  /** His wage then; null: he should not have been declared. */
  readonly wageFen: bigint | null;
  /** He was left off these months. */
  readonly adds?: Pick<Person, 'rural'>;
}

/** What a clerk does on a day about an employer's bill of a month. */
export interface Act {
  readonly kind: 'order' | 'defer';
  readonly day: string;
  readonly employer: string;
  readonly month: string;
  /** The day by which to pay: of an order, or the last of a deferral. */
  readonly until: string;
  /** A first instalment, a part of what is open in hundredths; the rest is to be paid by `until`. */
  readonly first?: { readonly dueDay: string; readonly percent: bigint };
}

export interface Scenario {
  readonly law: Law;
  readonly employers: readonly Employer[];
  readonly months: readonly MonthInput[];
}

export interface Instalment {
  readonly dueDay: string;
  readonly fen: bigint;
}

/** A line of a bill: of the bill's own month, or the difference of an earlier one, which may be below nought. */
export interface BillLine {
  readonly employer: string;
  readonly bill: string;
  readonly month: string;
  readonly fund: Fund;
  readonly share: Share;
  readonly dueFen: bigint;
  readonly provisional: boolean;
}

export interface OpenLine {
  readonly employer: string;
  readonly bill: string;
  readonly month: string;
  readonly fund: Fund;
  readonly share: Share;
  readonly openFen: bigint;
  readonly paidFen: bigint;
}

export interface PersonLine {
  readonly employer: string;
  readonly month: string;
  readonly person: string;
  readonly baseFen: bigint;
  readonly fund: Fund;
  readonly share: Share;
  readonly fen: bigint;
  /** Part of the amount that belongs to the personal account. */
  readonly accountFen: bigint;
}

export interface LateFee {
  readonly employer: string;
  readonly bill: string;
  readonly month: string;
  readonly fund: Fund;
  readonly share: Share;
  /** 'YYYY-MM#n', the n-th receipt of that month from 0, or 'YYYY-MM#credit'. */
  readonly receipt: string;
  readonly principalFen: bigint;
  readonly days: number;
  readonly feeFen: bigint;
}

export interface EmployerFen {
  readonly employer: string;
  readonly fen: bigint;
}

export interface AccountMoney {
  readonly employer: string;
  readonly fund: Fund;
  readonly month: string;
  readonly receivedFen: bigint;
}

/** A month of which nothing is open any more of what is due for a person's pension: only such a month counts. */
export interface CountedMonth {
  readonly employer: string;
  readonly person: string;
  readonly month: string;
}

/** What stands on a person's account for a month of which the employer has paid all for this fund. */
export interface PersonAccount extends CountedMonth {
  readonly fund: Fund;
  readonly fen: bigint;
}

/** Whether an act could be done, and what was agreed to be paid in instalments. */
export interface DoneAct {
  readonly act: Act;
  readonly taken: boolean;
  readonly instalments: readonly Instalment[];
}

/** Bill lines and acts are those of the month; all else is the state after its last receipt. */
export interface MonthResult {
  readonly month: string;
  readonly bills: readonly BillLine[];
  /** Every person's months as they should be by what is known. */
  readonly persons: readonly PersonLine[];
  readonly open: readonly OpenLine[];
  readonly credits: readonly EmployerFen[];
  readonly suspenseFen: bigint;
  readonly receivedFen: bigint;
  readonly principalPaidFen: bigint;
  readonly lateFees: readonly LateFee[];
  readonly lateFeesPaid: readonly EmployerFen[];
  readonly accounts: readonly AccountMoney[];
  readonly counted: readonly CountedMonth[];
  readonly personAccounts: readonly PersonAccount[];
  readonly acts: readonly DoneAct[];
}
