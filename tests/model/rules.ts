/** The rules of the model that a planted fault may replace, and what one person owes by them. */
import { greater, halfUp, lesser } from './arithmetic.ts';
import { type FeeRules, lawfulFees } from './late-fee.ts';
import { type Line, lawfulSettlement, type SettlementRules } from './settlement.ts';
import {
  type Category,
  type Employer,
  type Fraction,
  type Fund,
  funds,
  type Law,
  type Notice,
  type Person,
  type PersonLine,
  type Share,
  shares,
} from './types.ts';

/** The rules that a planted fault may replace; `lawful` holds the right ones. */
export interface Rules extends FeeRules, SettlementRules {
  limit(referenceFen: bigint, factor: Fraction): bigint;
  clamp(wageFen: bigint, floorFen: bigint, capFen: bigint): bigint;
  amount(baseFen: bigint, rate: Fraction): bigint;
  ruralFactor(law: Law, month: string): Fraction;
  /** What an employer pays for work injury out of a base, by its class's rate and its own step. */
  injury(baseFen: bigint, rate: Fraction, float: Fraction): bigint;
  pensionFund(category: Category): Fund;
  flexibleAccount(law: Law): Fraction;
  medicalAccount(law: Law): Fraction;
  provisional(law: Law, paidFen: bigint, assessedFen: bigint, anyPaid: boolean): bigint;
  readonly shareOrder: readonly Share[];
  monthOrder(months: readonly string[]): readonly string[];
  split(amountFen: bigint, openFen: readonly bigint[]): bigint[];
  /** Whether a month is no measure for an undeclared one after it. */
  passesOver(anyPaid: boolean, anyDeclared: boolean): boolean;
  /** Money pays what is due before what is deferred. */
  readonly deferredWaits: boolean;
  readonly principalFirst: boolean;
  /** When a credit pays a new bill: what a settlement of the bill gives back does so at once. */
  readonly creditApplied: 'never' | 'before-settling' | 'after-settling';
  monthCounts(dueFen: bigint, paidFen: bigint): boolean;
  payer(code: string | null, employers: readonly Employer[]): string | undefined;
  /** The reference of a month as it is known on a day. */
  reference(law: Law, month: string, knownOn: string): bigint | undefined;
  /** The month by whose law a month is assessed again on a later bill. */
  lawMonth(month: string, bill: string): string;
  readonly takesCorrections: boolean;
  /** Whether a person who should not have been declared is taken off. */
  readonly takesOff: boolean;
  readonly takesLateRosters: boolean;
  /** The claims that stand of a month when it is settled. */
  standing(lines: readonly Line[], month: string, first: boolean): readonly Line[];
  /**
   * The day that the late days of a difference come after: what an employer declared late or wrong was due with its month, what the law alone
   * made different is due with the bill that carries it.
   */
  differenceDue(billDue: string, monthDue: string, ownDoing: boolean): string;
  /** Whether older claims stand for persons of a bill that raised more for them than it claims. */
  standsForOthers(raisedFen: bigint, dueFen: bigint): boolean;
  /** Whether a claim of a month keeps it from counting for a person, for whom these bills made something due. */
  concerns(line: Line, bills: ReadonlySet<string>): boolean;
}

/** Shares an amount over what is open: floors first, then by the largest remainders. */
export function splitByLargestRemainder(amountFen: bigint, openFen: readonly bigint[]): bigint[] {
  const total = openFen.reduce((sum, fen) => sum + fen, 0n);
  if (amountFen >= total) return [...openFen];
  const parts = openFen.map((fen) => (amountFen * fen) / total);
  const left = Number(amountFen - parts.reduce((sum, fen) => sum + fen, 0n));
  const ranked = openFen
    .map((fen, index) => ({ index, remainder: (amountFen * fen) % total }))
    .sort((a, b) => {
      if (a.remainder === b.remainder) return a.index - b.index;
      return a.remainder > b.remainder ? -1 : 1;
    });
  for (const { index } of ranked.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}

/** The rules as the law has them. */
export const lawful: Rules = {
  ...lawfulFees,
  ...lawfulSettlement,
  limit: (referenceFen, [n, d]) => halfUp(referenceFen * n, d * 100n) * 100n,
  clamp: (wage, floor, cap) => lesser(greater(wage, floor), cap),
  amount: (baseFen, [n, d]) => halfUp(baseFen * n, d),
  ruralFactor: (law, month) => (month < law.rural.before ? law.rural.factor : [1n, 1n]),
  injury: (baseFen, [n, d], [up, down]) => halfUp(baseFen * n * up, d * down),
  pensionFund: (category) => (category === 'public' ? 'publicPension' : 'pension'),
  flexibleAccount: (law) => law.flexible.account,
  medicalAccount: (law) => law.medicalAccount,
  provisional: (law, paid, assessed, anyPaid) =>
    halfUp((anyPaid ? paid : assessed) * law.provisional[0], law.provisional[1]),
  shareOrder: shares,
  monthOrder: (months) => [...months].sort(),
  split: splitByLargestRemainder,
  passesOver: (anyPaid, anyDeclared) => !anyPaid && !anyDeclared,
  deferredWaits: true,
  principalFirst: true,
  creditApplied: 'after-settling',
  monthCounts: (dueFen, paidFen) => paidFen >= dueFen,
  payer: (code, employers) => employers.find((employer) => employer.code === code)?.code,
  reference: (law, month, knownOn) =>
    noticesOf(law, month).findLast((one) => one.published <= knownOn)?.referenceFen ??
    law.referenceFen[month.slice(0, 4)],
  lawMonth: (month) => month,
  takesCorrections: true,
  takesOff: true,
  takesLateRosters: true,
  standing: (lines) => lines,
  differenceDue: (billDue, monthDue, ownDoing) => (ownDoing ? monthDue : billDue),
  standsForOthers: (raisedFen, dueFen) => raisedFen > dueFen,
  concerns: (line, bills) => bills.has(line.bill),
};

/** The notices about a month's year, the first published first. */
export function noticesOf(law: Law, month: string): Notice[] {
  const ofYear = (law.notices ?? []).filter((one) => one.year === month.slice(0, 4));
  return ofYear.sort((a, b) => (a.published < b.published ? -1 : 1));
}

/** After every notice. */
const always = '9999-12-31';

/** Lowest and highest contribution base of a month as they are known on a day, in fen. */
export function limits(law: Law, month: string, rules: Rules = lawful, knownOn = always) {
  const reference = rules.reference(law, month, knownOn);
  if (reference === undefined) throw new Error(`no reference wage for ${month}`);
  return {
    floorFen: rules.limit(reference, law.floor),
    capFen: rules.limit(reference, law.cap),
  };
}

/** What one person owes for one month by the law as it is known on a day, line by line; nought is left out. */
export function personLines(
  law: Law,
  employer: Employer,
  month: string,
  person: Person,
  rules: Rules = lawful,
  knownOn = always,
): PersonLine[] {
  const { floorFen, capFen } = limits(law, month, rules, knownOn);
  const baseFen = rules.clamp(person.wageFen, floorFen, capFen);
  const lines: PersonLine[] = [];
  const add = (fund: Fund, share: Share, fen: bigint, accountFen: bigint) => {
    if (fen === 0n) return;
    lines.push({
      employer: employer.code,
      month,
      person: person.id,
      baseFen,
      fund,
      share,
      fen,
      accountFen,
    });
  };
  if (employer.category === 'flexible') {
    const account = rules.amount(baseFen, rules.flexibleAccount(law));
    add('pension', 'employee', rules.amount(baseFen, law.flexible.rate), account);
    return lines;
  }
  const pensionFund = rules.pensionFund(employer.category);
  for (const fund of funds) {
    if ((fund === 'pension' || fund === 'publicPension') && fund !== pensionFund) continue;
    if (fund === 'injury') {
      const rate = law.injuryClasses[employer.injuryClass];
      if (rate === undefined) throw new Error(`no injury class ${employer.injuryClass}`);
      const float = employer.injuryFloat ?? [1n, 1n];
      add(fund, 'employer', rules.injury(baseFen, rate, float), 0n);
      continue;
    }
    const employerFen = rules.amount(baseFen, law.rates[fund].employer);
    let [n, d] = law.rates[fund].employee;
    if (fund === 'unemployment' && person.rural) {
      const factor = rules.ruralFactor(law, month);
      [n, d] = [n * factor[0], d * factor[1]];
    }
    const employeeFen = rules.amount(baseFen, [n, d]);
    const own = fund === 'pension' || fund === 'publicPension' || fund === 'medical';
    const ofEmployer =
      fund === 'medical' ? rules.amount(employerFen, rules.medicalAccount(law)) : 0n;
    add(fund, 'employee', employeeFen, own ? employeeFen : 0n);
    add(fund, 'employer', employerFen, ofEmployer);
  }
  return lines;
}
