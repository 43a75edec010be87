/**
 * A slow, plain model of the insurance month: assessment, receipts, late fees, account money, and what later becomes known of it.
 *
 * It is written from the law alone and imports nothing of the product, so that a comparison of the
 * two says something. All money is bigint fen, all rates are fractions, days are 'YYYY-MM-DD' and
 * months 'YYYY-MM'. Lines of nought are left out of every list of the results.
 */

import { lesser } from './arithmetic.ts';
import { type Agreement, type BillDelay, firstMissed, lateFee, runsUntil } from './late-fee.ts';
import { lawful, personLines, type Rules } from './rules.ts';
import { accountReceived, type Line, takeLess } from './settlement.ts';
import {
  type AccountMoney,
  type Act,
  type BillLine,
  type Correction,
  type CountedMonth,
  type DoneAct,
  type Employer,
  type EmployerFen,
  type Fund,
  funds,
  type Instalment,
  type LateFee,
  type MonthInput,
  type MonthResult,
  type Person,
  type PersonAccount,
  type PersonLine,
  type Receipt,
  type Scenario,
  type Share,
  shares,
} from './types.ts';

export * from './rules.ts';
export * from './types.ts';

/** Orders and agreements about the bill of an employer and month. */
interface Dealings {
  readonly employer: string;
  readonly month: string;
  readonly orders: string[];
  readonly agreements: Agreement[];
}

/** A month of an employer that was declared, in time or late, as it is known now. */
interface Declared {
  readonly employer: Employer;
  readonly month: string;
  /** Whether it stands on a bill already. */
  settled: boolean;
  persons: readonly Person[];
  /** What stands of the persons. */
  lines: readonly PersonLine[];
  /** By person, the bills that made something due for his pension. */
  readonly bills: Map<string, Set<string>>;
  /** By bill, fund and share, what it made due for persons together, whatever it took back for others. */
  readonly raised: Map<string, bigint>;
}

/** The course of the months; every step is written out, nothing is kept for speed. */
class Course {
  private readonly lines: Line[] = [];
  private readonly written: BillLine[] = [];
  private readonly declared: Declared[] = [];
  private readonly credit = new Map<string, bigint>();
  private readonly feesDue = new Map<string, bigint>();
  private readonly feesPaid = new Map<string, bigint>();
  private readonly fees: LateFee[] = [];
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
      for (const employer of this.scenario.employers) {
        const persons = input.declared[employer.code];
        if (persons === undefined) this.estimate(employer, input, before);
        else this.declare(employer, input.month, persons);
      }
      if (this.rules.creditApplied === 'before-settling') this.applyCredits(input);
      if (this.rules.takesLateRosters) this.declareLate(input);
      if (this.rules.takesCorrections) this.correct(input.corrections ?? []);
      for (const one of this.declared) this.settle(one, input);
      if (this.rules.creditApplied === 'after-settling') this.applyCredits(input);
      const acts = (input.acts ?? []).map((act) => this.deal(act));
      for (const [index, receipt] of input.receipts.entries()) {
        if (receipt.day < input.assessmentDay) throw new Error(`${receipt.day} is too early`);
        this.receive(receipt, `${input.month}#${index}`);
      }
      results.push(this.result(input.month, acts));
      before.unshift(input.month);
    }
    return results;
  }

  /** A claim of the bill of `input` for a fee month; the same as before when it claims already. */
  private line(
    employer: Employer,
    month: string,
    input: MonthInput,
    fund: Fund,
    share: Share,
  ): Line {
    const bill = input.month;
    const found = this.lines.find(
      (one) =>
        one.employer.code === employer.code &&
        one.month === month &&
        one.bill === bill &&
        one.fund === fund &&
        one.share === share,
    );
    if (found !== undefined) return found;
    const dueDay =
      month === bill
        ? input.dueDay
        : this.rules.differenceDue(
            input.dueDay,
            this.inputOf(month).dueDay,
            this.ownDoing(employer.code, month, input),
          );
    const nought = { dueFen: 0n, paidFen: 0n, accountFen: 0n, claimedFen: 0n };
    const made: Line = { employer, month, bill, dueDay, fund, share, ...nought, payments: [] };
    this.lines.push(made);
    return made;
  }

  /** Whether a month is different on a bill for what the employer declared late or corrected, and for nothing else. */
  private ownDoing(employer: string, month: string, input: MonthInput): boolean {
    const { law, months } = this.scenario;
    const before = months[months.indexOf(input) - 1]!;
    const known = [before, input].map((one) => this.rules.reference(law, month, one.assessmentDay));
    const late = input.late?.some((one) => one.employer === employer && one.month === month);
    const corrected = input.corrections?.some(
      (one) => one.employer === employer && one.months.includes(month),
    );
    return known[0] === known[1] && (late === true || corrected === true);
  }

  private inputOf(month: string): MonthInput {
    return this.scenario.months.find((one) => one.month === month)!;
  }

  private claim(line: Line, dueFen: bigint, accountFen: bigint): void {
    line.dueFen += dueFen;
    line.claimedFen += dueFen;
    line.accountFen += accountFen;
  }

  private declare(employer: Employer, month: string, persons: readonly Person[]): void {
    this.declared.push({
      employer,
      month,
      settled: false,
      persons,
      lines: [],
      bills: new Map(),
      raised: new Map(),
    });
  }

  private declareLate({ month, late = [] }: MonthInput): void {
    for (const roster of late) {
      const employer = this.scenario.employers.find((one) => one.code === roster.employer);
      if (employer === undefined || roster.month >= month) throw new Error('nothing to declare');
      if (this.declaredOf(employer.code, roster.month)) throw new Error('declared already');
      this.declare(employer, roster.month, roster.persons);
    }
  }

  private declaredOf(employer: string, month: string): Declared | undefined {
    return this.declared.find((one) => one.employer.code === employer && one.month === month);
  }

  private correct(corrections: readonly Correction[]): void {
    for (const correction of corrections) {
      for (const month of correction.months) {
        const found = this.declaredOf(correction.employer, month);
        if (found !== undefined) found.persons = this.corrected(found.persons, correction);
        else if (this.rules.takesLateRosters) throw new Error('nothing to correct');
      }
    }
  }

  private corrected(persons: readonly Person[], { person, wageFen, adds }: Correction): Person[] {
    const there = persons.find((one) => one.id === person);
    if (this.rules.takesOff && (there === undefined) !== (adds !== undefined))
      throw new Error('nobody to correct, or somebody to add twice');
    const others = persons.filter((one) => one.id !== person);
    if (wageFen === null) return this.rules.takesOff ? others : [...persons];
    const one = there ?? { id: person, change: 'stay' as const, rural: adds?.rural === true };
    return [...others, { ...one, wageFen }];
  }

  /** Brings a declared month to what it should be as it is known now; what is different stands on the bill of `input`. */
  private settle(one: Declared, input: MonthInput): void {
    const { law } = this.scenario;
    const before = one.lines;
    const at = this.rules.lawMonth(one.month, input.month);
    one.lines = one.persons.flatMap((person) =>
      personLines(law, one.employer, at, person, this.rules, input.assessmentDay).map((line) => ({
        ...line,
        month: one.month,
      })),
    );
    for (const { id } of one.persons)
      for (const [fund, share] of pensionCells) {
        const more = sumOf(one.lines, fund, share, id).fen - sumOf(before, fund, share, id).fen;
        if (more <= 0n) continue;
        one.bills.set(id, (one.bills.get(id) ?? new Set()).add(input.month));
        const cell = `${input.month} ${fund} ${share}`;
        one.raised.set(cell, (one.raised.get(cell) ?? 0n) + more);
      }
    for (const share of shares)
      for (const fund of funds) {
        const was = sumOf(before, fund, share);
        this.settleCell(one, input, fund, share, was.accountFen, !one.settled);
      }
    one.settled = true;
  }

  private settleCell(
    { employer, month, lines }: Declared,
    input: MonthInput,
    fund: Fund,
    share: Share,
    accountBefore: bigint,
    first: boolean,
  ): void {
    const renewed = sumOf(lines, fund, share);
    const claims = this.linesOf(employer.code, month)
      .filter((one) => one.fund === fund && one.share === share)
      .sort((a, b) => (a.bill < b.bill ? -1 : 1));
    const stands = this.rules
      .standing(claims, month, first)
      .reduce((sum, one) => sum + one.dueFen, 0n);
    let accountFen = this.rules.accountDifference(renewed.accountFen - accountBefore);
    const fen = renewed.fen - stands;
    if (fen === 0n && accountFen === 0n) return;
    if (fen !== 0n) this.write(employer, month, input.month, fund, share, fen);
    if (fen < 0n || (fen === 0n && claims.length > 0)) {
      const day = input.assessmentDay;
      const back = takeLess(claims, -fen, -accountFen, day, this.rules);
      const credit = this.credit.get(employer.code) ?? 0n;
      this.credit.set(employer.code, credit + back);
      return;
    }
    const [provisional] = claims;
    if (first && provisional !== undefined) {
      const there = this.rules.provisionalAccount(accountFen, stands, renewed.fen);
      provisional.accountFen += there;
      accountFen -= there;
    }
    if (fen > 0n) this.claim(this.line(employer, month, input, fund, share), fen, accountFen);
  }

  private write(
    employer: Employer,
    month: string,
    bill: string,
    fund: Fund,
    share: Share,
    dueFen: bigint,
    provisional = false,
  ): void {
    this.written.push({ employer: employer.code, bill, month, fund, share, dueFen, provisional });
  }

  /** By the latest month that was paid for or declared; no month between may be without a bill. */
  private estimate(employer: Employer, input: MonthInput, newestFirst: readonly string[]): void {
    for (const month of newestFirst) {
      const last = this.lines.filter(
        (one) => one.employer.code === employer.code && one.month === month,
      );
      if (last.length === 0) return;
      const anyPaid = last.some((one) => one.paidFen > 0n);
      const anyDeclared = this.declaredOf(employer.code, month) !== undefined;
      if (this.rules.passesOver(anyPaid, anyDeclared)) continue;
      for (const share of shares)
        for (const fund of funds) {
          const cell = last.filter((one) => one.fund === fund && one.share === share);
          const paidFen = cell.reduce((sum, one) => sum + one.paidFen, 0n);
          const dueFen = cell.reduce((sum, one) => sum + one.dueFen, 0n);
          const fen = this.rules.provisional(this.scenario.law, paidFen, dueFen, anyPaid);
          if (fen === 0n) continue;
          this.claim(this.line(employer, input.month, input, fund, share), fen, 0n);
          this.write(employer, input.month, input.month, fund, share, fen, true);
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
    const lines = this.billOf(employer, month);
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

  private billOf(employer: string, bill: string): Line[] {
    return this.lines.filter((one) => one.employer.code === employer && one.bill === bill);
  }

  private dealingsOf(employer: string, month: string): Dealings {
    const found = this.dealings.find((one) => one.employer === employer && one.month === month);
    if (found !== undefined) return found;
    const made: Dealings = { employer, month, orders: [], agreements: [] };
    this.dealings.push(made);
    return made;
  }

  private delayOf(employer: string, bill: string): BillDelay {
    const { orders, agreements } = this.dealingsOf(employer, bill);
    const lines = this.billOf(employer, bill);
    const dueFen = lines.reduce((sum, one) => sum + one.claimedFen, 0n);
    const payments = lines.flatMap((one) => one.payments);
    return { dueDay: this.inputOf(bill).dueDay, orders, agreements, dueFen, payments };
  }

  private payPrincipal(code: string, amountFen: bigint, day: string, name: string): bigint {
    const mine = this.lines.filter((one) => one.employer.code === code);
    const waits = (one: Line) =>
      this.rules.deferredWaits &&
      runsUntil(this.delayOf(code, one.bill), day, this.rules) !== undefined;
    const parts = [mine.filter((one) => !waits(one)), mine.filter(waits)];
    let rest = amountFen;
    for (const part of parts) {
      const months = [...new Set(part.map((one) => one.month))];
      for (const month of this.rules.monthOrder(months)) {
        const ofMonth = part.filter((one) => one.month === month);
        rest = this.payMonth(ofMonth, rest, day, name);
      }
    }
    return rest;
  }

  private payMonth(lines: readonly Line[], amountFen: bigint, day: string, name: string): bigint {
    let rest = amountFen;
    for (const share of this.rules.shareOrder) {
      const open = lines.filter((one) => one.share === share).sort(byBillAndFund);
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
    const { employer, month, fund, share, dueDay } = line;
    const bill = { ...this.delayOf(employer.code, line.bill), dueDay };
    const { law } = this.scenario;
    const { days, feeFen } = lateFee(law, { fund, principalFen, paidDay, bill }, this.rules);
    if (feeFen === 0n) return;
    const of = { employer: employer.code, bill: line.bill, month, fund, share };
    this.fees.push({ ...of, receipt, principalFen, days, feeFen });
    this.feesDue.set(of.employer, (this.feesDue.get(of.employer) ?? 0n) + feeFen);
  }

  private payFees(code: string, amountFen: bigint): bigint {
    const due = this.feesDue.get(code) ?? 0n;
    const fen = lesser(amountFen, due);
    this.feesDue.set(code, due - fen);
    this.feesPaid.set(code, (this.feesPaid.get(code) ?? 0n) + fen);
    return amountFen - fen;
  }

  /** Money of a month that nobody declared is nobody's account money. */
  private accounts(): AccountMoney[] {
    const found: AccountMoney[] = [];
    for (const { employer, month } of this.declared) {
      for (const fund of accountFunds) {
        const receivedFen = this.linesOf(employer.code, month)
          .filter((one) => one.fund === fund)
          .reduce((sum, one) => sum + accountReceived(one), 0n);
        if (receivedFen > 0n) found.push({ employer: employer.code, fund, month, receivedFen });
      }
    }
    return found;
  }

  private byEmployer(amounts: Map<string, bigint>): EmployerFen[] {
    return this.scenario.employers
      .map(({ code }) => ({ employer: code, fen: amounts.get(code) ?? 0n }))
      .filter(({ fen }) => fen > 0n);
  }

  private result(month: string, acts: readonly DoneAct[]): MonthResult {
    const open = this.inOrder()
      .filter((one) => one.dueFen > one.paidFen)
      .map((one) => ({
        employer: one.employer.code,
        bill: one.bill,
        month: one.month,
        fund: one.fund,
        share: one.share,
        openFen: one.dueFen - one.paidFen,
        paidFen: one.paidFen,
      }));
    return {
      month,
      bills: this.written.filter((one) => one.bill === month),
      persons: this.declared.flatMap((one) => one.lines),
      open,
      credits: this.byEmployer(this.credit),
      suspenseFen: this.suspense,
      receivedFen: this.received,
      principalPaidFen: this.lines.reduce((sum, one) => sum + one.paidFen, 0n),
      lateFees: [...this.fees],
      lateFeesPaid: this.byEmployer(this.feesPaid),
      accounts: this.accounts(),
      counted: this.counted(),
      personAccounts: this.personAccounts(),
      acts,
    };
  }

  private counted(): CountedMonth[] {
    return this.declared.flatMap((one) => {
      const employer = one.employer.code;
      const fund = this.rules.pensionFund(one.employer.category);
      const claims = this.linesOf(employer, one.month).filter((line) => line.fund === fund);
      return one.persons
        .filter(({ id }) => {
          const bills = new Set(one.bills.get(id));
          // Who took the place of others on his bill is paid for by the claims that stood for them, or for a month that nobody had declared.
          const replaced = [...bills].filter((bill) => this.takesPlaces(one, bill, fund, claims));
          for (const { bill } of claims)
            if (replaced.some((later) => bill < later)) bills.add(bill);
          return claims
            .filter((line) => this.rules.concerns(line, bills))
            .every((line) => this.rules.monthCounts(line.dueFen, line.paidFen));
        })
        .map(({ id }) => ({ employer, person: id, month: one.month }));
    });
  }

  private takesPlaces(one: Declared, bill: string, fund: Fund, claims: readonly Line[]): boolean {
    return shares.some((share) => {
      const claim = claims.find((line) => line.bill === bill && line.share === share);
      const raisedFen = one.raised.get(`${bill} ${fund} ${share}`) ?? 0n;
      return this.rules.standsForOthers(raisedFen, claim?.dueFen ?? 0n);
    });
  }

  private personAccounts(): PersonAccount[] {
    return this.declared.flatMap((one) => {
      const employer = one.employer.code;
      return accountFunds.flatMap((fund) => {
        const claims = this.linesOf(employer, one.month).filter((line) => line.fund === fund);
        if (!claims.every((line) => line.paidFen >= line.dueFen)) return [];
        return one.persons
          .map(({ id }) => {
            const fen = sumOf(one.lines, fund, 'employee', id).accountFen;
            const ofEmployer = sumOf(one.lines, fund, 'employer', id).accountFen;
            return { employer, person: id, month: one.month, fund, fen: fen + ofEmployer };
          })
          .filter(({ fen }) => fen > 0n);
      });
    });
  }

  /** Lines by employer, fee month, bill, share and fund. */
  private inOrder(): Line[] {
    const key = (one: Line) =>
      [
        this.scenario.employers.findIndex(({ code }) => code === one.employer.code),
        one.month,
        one.bill,
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

function byBillAndFund(a: Line, b: Line): number {
  if (a.bill !== b.bill) return a.bill < b.bill ? -1 : 1;
  return funds.indexOf(a.fund) - funds.indexOf(b.fund);
}

const accountFunds = ['pension', 'publicPension', 'medical'] as const;
const pensionCells = [
  ['pension', 'employee'],
  ['pension', 'employer'],
  ['publicPension', 'employee'],
  ['publicPension', 'employer'],
] as const;

/** What lines come to for a fund and share, of one person or of all. */
function sumOf(lines: readonly PersonLine[], fund: Fund, share: Share, person?: string) {
  const mine = lines
    .filter((one) => one.fund === fund && one.share === share)
    .filter((one) => person === undefined || one.person === person);
  return {
    fen: mine.reduce((sum, one) => sum + one.fen, 0n),
    accountFen: mine.reduce((sum, one) => sum + one.accountFen, 0n),
  };
}

/**
 * Runs the months of a scenario in their order: assess the month (who did not declare it by what stands of the months before), settle
 * earlier ones that are known otherwise now, apply credits on the assessment day, then take the receipts. Gives one result a
 * month. Throws when the law lacks a figure, or a correction is of nobody.
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
