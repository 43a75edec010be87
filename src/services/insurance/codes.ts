import type { Category, Insurance } from './views.ts';

/** Employment categories by their stored number. */
export const categoryNames: readonly Category[] = ['enterprise', 'public', 'flexible', 'rural'];
export const category = { enterprise: 1, public: 2, flexible: 3, rural: 4 } as const;

export const schemeBits: Readonly<Record<Insurance, number>> = {
  pension: 1,
  medical: 2,
  unemployment: 4,
  injury: 8,
  maternity: 16,
};

/** What a person is insured in unless his enrolment says otherwise: flexible persons in pension only. */
export function usualSchemes(of: number): number {
  return of === category.flexible ? schemeBits.pension : 31;
}

export const employerShare = 1;
export const employeeShare = 2;

/** What a line of a roster says of the person; `struck`: a correction took him off. */
export const lineChange = { stays: 0, joins: 1, leaves: 2, struck: 3 } as const;

/** Kinds of a bill's lines. */
export const lineKind = {
  current: 1,
  provisional: 2,
  settlement: 3,
  difference: 4,
  opening: 5,
} as const;
export const lineKindNames = [
  'current',
  'provisional',
  'settlement',
  'difference',
  'opening',
] as const;

/** A bill's cells: fund and share, with the columns of a person's month that they sum. */
export interface BillCell {
  readonly fund: number;
  readonly share: number;
  /** Column of the person's month. */
  readonly column: number;
  /** Columns of what goes to the individual account out of it: the first, less the second where there is one. */
  readonly account: readonly number[];
  readonly scheme: number;
}

/**
 * Whether a cell goes by the employer's size in months in which the law has a relief by size: the employer's share of pension,
 * unemployment and work injury. Without the size it is not computed.
 */
export function goesBySize({ fund, share }: Pick<BillCell, 'fund' | 'share'>): boolean {
  return share === employerShare && (fund === 1 || fund === 4 || fund === 5);
}

/** Order of the amounts in a person's month: see `person_month`. */
export const monthColumns = [
  'base',
  'pension_employer',
  'pension_employee',
  'pension_account',
  'medical_employer',
  'medical_employee',
  'medical_account',
  'unemployment_employer',
  'unemployment_employee',
  'injury_employer',
  'maternity_employer',
] as const;

export const cells: readonly BillCell[] = [
  { fund: 1, share: 1, column: 1, account: [], scheme: 1 },
  { fund: 1, share: 2, column: 2, account: [3], scheme: 1 },
  { fund: 2, share: 1, column: 1, account: [], scheme: 1 },
  { fund: 2, share: 2, column: 2, account: [2], scheme: 1 },
  { fund: 3, share: 1, column: 4, account: [6, 5], scheme: 2 },
  { fund: 3, share: 2, column: 5, account: [5], scheme: 2 },
  { fund: 4, share: 1, column: 7, account: [], scheme: 4 },
  { fund: 4, share: 2, column: 8, account: [], scheme: 4 },
  { fund: 5, share: 1, column: 9, account: [], scheme: 8 },
  { fund: 6, share: 1, column: 10, account: [], scheme: 16 },
];
