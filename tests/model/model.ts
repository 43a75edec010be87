/**
 * A slow, plain model of the insurance month: assessment, receipts, late fees, account money.
 *
 * It is written from the law alone and imports nothing of the product, so that a comparison of the
 * two says something. All money is bigint fen, all rates are fractions, days are 'YYYY-MM-DD' and
 * months 'YYYY-MM'. Lines of nought are left out of every list of the results.
 */

import { greater, halfUp, lesser } from './arithmetic.ts';
import {
  type Agreement,
  type BillDelay,
  type FeeRules,
  firstMissed,
  lateFee,
  lawfulFees,
  runsUntil,
} from './late-fee.ts';
import {
  type AccountMoney,
  type Act,
  type Category,
  type CountedMonth,
  type DoneAct,
  type Employer,
  type EmployerFen,
  type Fraction,
  type Fund,
  funds,
  type Instalment,
  type LateFee,
  type Law,
  type MonthInput,
  type MonthResult,
  type Person,
  type PersonLine,
  type Receipt,
  type Scenario,
  type Share,
  shares,
} from './types.ts';

export * from './types.ts';

/** The rules that a planted fault may replace; `lawful` holds the right ones. */
export interface Rules extends FeeRules {
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
  readonly appliesCredit: boolean;
  monthCounts(dueFen: bigint, paidFen: bigint): boolean;
  payer(code: string | null, employers: readonly Employer[]): string | undefined;
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
  appliesCredit: true,
  monthCounts: (dueFen, paidFen) => paidFen >= dueFen,
  payer: (code, employers) => employers.find((employer) => employer.code === code)?.code,
};

/** Lowest and highest contribution base of a month, in fen. */
export function limits(law: Law, month: string, rules: Rules = lawful) {
  const reference = law.referenceFen[month.slice(0, 4)];
  if (reference === undefined) throw new Error(`no reference wage for ${month}`);
  return {
    floorFen: rules.limit(reference, law.floor),
    capFen: rules.limit(reference, law.cap),
  };
}

/** What one person owes for one month, line by line; nought is left out. */
export function personLines(
  law: Law,
  employer: Employer,
  month: string,
  person: Person,
  rules: Rules = lawful,
): PersonLine[] {
  const { floorFen, capFen } = limits(law, month, rules);
  const baseFen = rules.clamp(person.wageFen, floorFen, capFen);
  const lines: PersonLine[] = [];
  const add = (fund: Fund, share: Share, fen: bigint, accountFen: bigint) => {
    if (fen === 0n) return;
    lines.push({
      employer: employer.code,
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

interface Line {
  readonly employer: Employer;
  readonly month: string;
  readonly dueDay: string;
  readonly fund: Fund;
  readonly share: Share;
  readonly provisional: boolean;
  dueFen: bigint;
  paidFen: bigint;
  accountFen: bigint;
  readonly payments: { readonly day: string; readonly fen: bigint }[];
}

/** Orders and agreements about the bill of an employer and month. */
interface Dealings {
  readonly employer: string;
  readonly month: string;
  readonly orders: string[];
  readonly agreements: Agreement[];
}

/** The course of the months; every step is written out, nothing is kept for speed. */
class Course {
  private readonly lines: Line[] = [];
  private readonly credit = new Map<string, bigint>();
  private readonly feesDue = new Map<string, bigint>();
  private readonly feesPaid = new Map<string, bigint>();
  private readonly fees: LateFee[] = [];
  private readonly owing: (CountedMonth & { readonly fund: Fund })[] = [];
  private readonly dealings: Dealings[] = [];
  private suspense = 0n;
  private received = 0n;

  constructor(
    private readonly scenario: Scenario,
    private readonly rules: Rules,
  ) {}

  run(): MonthResult[] {
    const results: MonthResult[] = [];
    const before: string[] = [];
    for (const input of this.scenario.months) {
      const persons: PersonLine[] = [];
      for (const employer of this.scenario.employers) {
        const list = input.declared[employer.code];
        if (list !== undefined) persons.push(...this.assess(employer, input, list));
        else this.estimate(employer, input, before);
      }
      if (this.rules.appliesCredit) this.applyCredits(input);
      const acts = (input.acts ?? []).map((act) => this.deal(act));
      for (const [index, receipt] of input.receipts.entries()) {
        if (receipt.day < input.assessmentDay) throw new Error(`${receipt.day} is too early`);
        this.receive(receipt, `${input.month}#${index}`);
      }
      results.push(this.result(input.month, persons, acts));
      before.unshift(input.month);
    }
    return results;
  }

  private line(employer: Employer, input: MonthInput, fund: Fund, share: Share, guess: boolean) {
    const found = this.lines.find(
      (one) =>
        one.employer.code === employer.code &&
        one.month === input.month &&
        one.fund === fund &&
        one.share === share,
    );
    if (found !== undefined) return found;
    const { month, dueDay } = input;
    const rest = { provisional: guess, dueFen: 0n, paidFen: 0n, accountFen: 0n, payments: [] };
    const made: Line = { employer, month, dueDay, fund, share, ...rest };
    this.lines.push(made);
    return made;
  }

  private assess(employer: Employer, input: MonthInput, list: readonly Person[]): PersonLine[] {
    const all: PersonLine[] = [];
    const fund = this.rules.pensionFund(employer.category);
    for (const person of list) {
      this.owing.push({ employer: employer.code, person: person.id, month: input.month, fund });
      for (const one of personLines(this.scenario.law, employer, input.month, person, this.rules)) {
        const line = this.line(employer, input, one.fund, one.share, false);
        line.dueFen += one.fen;
        line.accountFen += one.accountFen;
        all.push(one);
      }
    }
    return all;
  }

  /** By the latest month that was paid for or declared; no month between may be without a bill. */
  private estimate(employer: Employer, input: MonthInput, newestFirst: readonly string[]): void {
    for (const month of newestFirst) {
      const last = this.lines.filter(
        (one) => one.employer.code === employer.code && one.month === month,
      );
      if (last.length === 0) return;
      const anyPaid = last.some((one) => one.paidFen > 0n);
      const anyDeclared = last.some((one) => !one.provisional);
      if (this.rules.passesOver(anyPaid, anyDeclared)) continue;
      for (const one of last) {
        const fen = this.rules.provisional(this.scenario.law, one.paidFen, one.dueFen, anyPaid);
        if (fen > 0n) this.line(employer, input, one.fund, one.share, true).dueFen = fen;
      }
      return;
    }
  }

  private applyCredits(input: MonthInput): void {
    for (const { code } of this.scenario.employers) {
      const fen = this.credit.get(code) ?? 0n;
      if (fen === 0n) continue;
      this.credit.set(code, 0n);
      this.allocate(code, fen, input.assessmentDay, `${input.month}#credit`);
    }
  }

  private receive(receipt: Receipt, name: string): void {
    this.received += receipt.amountFen;
    const code = this.rules.payer(receipt.employer, this.scenario.employers);
    if (code === undefined) this.suspense += receipt.amountFen;
    else this.allocate(code, receipt.amountFen, receipt.day, name);
  }

  private allocate(code: string, amountFen: bigint, day: string, name: string): void {
    let rest = amountFen;
    if (!this.rules.principalFirst) rest = this.payFees(code, rest);
    rest = this.payPrincipal(code, rest, day, name);
    rest = this.payFees(code, rest);
    this.credit.set(code, (this.credit.get(code) ?? 0n) + rest);
  }

  /** Deals with a bill; an act that the law of its day does not allow is left undone. */
  private deal(act: Act): DoneAct {
    const { employer, month, day } = act;
    const bill = this.delayOf(employer, month);
    const lines = this.linesOf(employer, month);
    const openFen = lines.reduce((sum, one) => sum + one.dueFen - one.paidFen, 0n);
    const instalments = instalmentsOf(openFen, act);
    const allowed =
      act.kind === 'order'
        ? bill.dueDay < day && runsUntil(bill, day, this.rules) === undefined
        : firstMissed(bill, day, this.rules) === undefined;
    const taken = openFen > 0n && allowed;
    if (taken) {
      const dealings = this.dealingsOf(employer, month);
      if (act.kind === 'order') dealings.orders.push(act.until);
      else dealings.agreements.push({ day, until: act.until, instalments });
    }
    return { act, taken, instalments: taken ? instalments : [] };
  }

  private linesOf(employer: string, month: string): Line[] {
    return this.lines.filter((one) => one.employer.code === employer && one.month === month);
  }

  private dealingsOf(employer: string, month: string): Dealings {
    const found = this.dealings.find((one) => one.employer === employer && one.month === month);
    if (found !== undefined) return found;
    const made: Dealings = { employer, month, orders: [], agreements: [] };
    this.dealings.push(made);
    return made;
  }

  private delayOf(employer: string, month: string): BillDelay {
    const { orders, agreements } = this.dealingsOf(employer, month);
    const lines = this.linesOf(employer, month);
    const dueFen = lines.reduce((sum, one) => sum + one.dueFen, 0n);
    const payments = lines.flatMap((one) => one.payments);
    return { dueDay: lines[0]?.dueDay ?? '9999-12-31', orders, agreements, dueFen, payments };
  }

  private payPrincipal(code: string, amountFen: bigint, day: string, name: string): bigint {
    const months = [...new Set(this.lines.map((one) => one.month))].filter(
      (month) => this.linesOf(code, month).length > 0,
    );
    const waits = months.filter(
      (month) =>
        this.rules.deferredWaits &&
        runsUntil(this.delayOf(code, month), day, this.rules) !== undefined,
    );
    const due = months.filter((month) => !waits.includes(month));
    let rest = amountFen;
    for (const list of [due, waits])
      for (const month of this.rules.monthOrder(list))
        rest = this.payMonth(code, month, rest, day, name);
    return rest;
  }

  private payMonth(code: string, month: string, amountFen: bigint, day: string, name: string) {
    let rest = amountFen;
    for (const share of this.rules.shareOrder) {
      const open = this.linesOf(code, month)
        .filter((one) => one.share === share)
        .sort((a, b) => funds.indexOf(a.fund) - funds.indexOf(b.fund));
      const parts = this.rules.split(
        rest,
        open.map((one) => one.dueFen - one.paidFen),
      );
      for (const [index, one] of open.entries()) {
        const fen = parts[index] ?? 0n;
        if (fen === 0n) continue;
        this.determineFee(one, fen, day, name);
        one.paidFen += fen;
        one.payments.push({ day, fen });
        rest -= fen;
      }
    }
    return rest;
  }

  private determineFee(line: Line, principalFen: bigint, paidDay: string, receipt: string): void {
    const { employer, month, fund, share } = line;
    const bill = this.delayOf(employer.code, month);
    const { law } = this.scenario;
    const { days, feeFen } = lateFee(law, { fund, principalFen, paidDay, bill }, this.rules);
    if (feeFen === 0n) return;
    const code = employer.code;
    this.fees.push({ employer: code, month, fund, share, receipt, principalFen, days, feeFen });
    this.feesDue.set(code, (this.feesDue.get(code) ?? 0n) + feeFen);
  }

  private payFees(code: string, amountFen: bigint): bigint {
    const due = this.feesDue.get(code) ?? 0n;
    const fen = lesser(amountFen, due);
    this.feesDue.set(code, due - fen);
    this.feesPaid.set(code, (this.feesPaid.get(code) ?? 0n) + fen);
    return amountFen - fen;
  }

  private accounts(): AccountMoney[] {
    const found: AccountMoney[] = [];
    for (const { code } of this.scenario.employers) {
      for (const { month } of this.scenario.months) {
        for (const fund of ['pension', 'publicPension', 'medical'] as const) {
          const receivedFen = this.lines
            .filter((one) => one.employer.code === code)
            .filter((one) => one.month === month && one.fund === fund)
            .reduce((sum, one) => sum + accountReceived(one), 0n);
          if (receivedFen > 0n) found.push({ employer: code, fund, month, receivedFen });
        }
      }
    }
    return found;
  }

  private byEmployer(amounts: Map<string, bigint>): EmployerFen[] {
    return this.scenario.employers
      .map(({ code }) => ({ employer: code, fen: amounts.get(code) ?? 0n }))
      .filter(({ fen }) => fen > 0n);
  }

  private result(
    month: string,
    persons: readonly PersonLine[],
    acts: readonly DoneAct[],
  ): MonthResult {
    const bills = this.inOrder()
      .filter((one) => one.month === month)
      .map(({ employer, fund, share, dueFen, provisional }) => {
        return { employer: employer.code, month, fund, share, dueFen, provisional };
      });
    const open = this.inOrder()
      .filter((one) => one.dueFen > one.paidFen)
      .map((one) => ({
        employer: one.employer.code,
        month: one.month,
        fund: one.fund,
        share: one.share,
        openFen: one.dueFen - one.paidFen,
        paidFen: one.paidFen,
      }));
    return {
      month,
      bills,
      persons,
      open,
      credits: this.byEmployer(this.credit),
      suspenseFen: this.suspense,
      receivedFen: this.received,
      principalPaidFen: this.lines.reduce((sum, one) => sum + one.paidFen, 0n),
      lateFees: [...this.fees],
      lateFeesPaid: this.byEmployer(this.feesPaid),
      accounts: this.accounts(),
      counted: this.counted(),
      acts,
    };
  }

  private counted(): CountedMonth[] {
    return this.owing.filter(({ employer, month, fund }) =>
      this.lines
        .filter((one) => one.employer.code === employer && one.month === month && one.fund === fund)
        .every((one) => this.rules.monthCounts(one.dueFen, one.paidFen)),
    );
  }

  /** Lines by employer, fee month, share and fund. */
  private inOrder(): Line[] {
    const key = (one: Line) =>
      [
        this.scenario.employers.findIndex(({ code }) => code === one.employer.code),
        one.month,
        shares.indexOf(one.share),
        funds.indexOf(one.fund),
      ].join(' ');
    return [...this.lines].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

/** What is agreed for an amount; no instalments where a part of it would be nought. */
export function instalmentsOf(openFen: bigint, { first, until }: Act): Instalment[] {
  if (first === undefined) return [];
  const fen = (openFen * first.percent) / 100n;
  if (fen <= 0n || fen >= openFen) return [];
  return [
    { dueDay: first.dueDay, fen },
    { dueDay: until, fen: openFen - fen },
  ];
}

/** How much of what was paid on a line is personal account money so far. */
function accountReceived(line: Line): bigint {
  if (line.share === 'employee' && line.employer.category !== 'flexible') return line.paidFen;
  return (line.accountFen * line.paidFen) / line.dueFen;
}

/**
 * Runs the months of a scenario in their order: assess, apply credits on the assessment day, then
 * take the receipts. Gives one result a month. Throws when the law lacks a figure.
 */
export function runModel(scenario: Scenario, rules: Rules = lawful): MonthResult[] {
  return new Course(scenario, rules).run();
}

/** One text for a whole outcome: equal texts, equal outcomes. */
export function outcomeText(results: readonly MonthResult[]): string {
  return JSON.stringify(results, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}
