import {
  type Entry,
  medicalFund,
  nature as natures,
  receivableKeys as r,
  receivable,
  statutoryKeys as s,
  statutory,
} from '../../../engines/fund/index.ts';
import { type PlainDate, sumOf } from '../../../kernel/index.ts';
import { accountOf, type Claim } from '../bills/claims.ts';
import type { BillLineRow } from '../bills/lines.ts';
import { lineKind } from '../codes.ts';
import { incomeAccounts } from '../collect/apply.ts';
import type { CellDifference } from './rows.ts';

/** One cell of one employer's fee month that changes: what it was and what is different. */
export interface CellChange {
  readonly employer: number;
  readonly area: number;
  /** The bill that carries the difference. */
  readonly bill: number;
  readonly fund: number;
  readonly share: number;
  readonly feePeriod: number;
  /** The day after which more that is due is late; null: that of the bill. */
  readonly lateFrom: PlainDate | null;
  readonly difference: CellDifference;
  /** What was billed provisionally and is settled now: the difference is to it. */
  readonly provisional: number;
  /** The claims that stand for this cell, oldest first. */
  readonly claims: readonly Claim[];
  /** What of a claim's money is income of the books' year, by the claim's bill and the income account; what came last comes first. */
  readonly incomeThisYear: (bill: number, account: number) => readonly IncomeOf[];
  /** The same of the books of all years. */
  readonly incomeEver: (bill: number, account: number) => readonly IncomeOf[];
}

/** Income of one kind (see `nature`), in fen. */
export interface IncomeOf {
  readonly nature: number;
  readonly fen: number;
}

export interface Settled {
  readonly lines: BillLineRow[];
  /** What is owed now. */
  readonly entries: Entry[];
  /** Money that was received and is given back, or belongs to another part of the fund. */
  readonly money: Entry[];
}

/** What of a claim is taken back: from what is open, and from what was paid. */
interface Taken {
  readonly claim: Claim;
  readonly open: number;
  readonly paid: number;
  /** What its account part changes by. */
  readonly account: number;
}

/**
 * Lines and postings of one cell's difference. More is due: a claim on the new bill. Less is due: what is open falls away, what was paid
 * becomes the employer's unapplied money (in the books: out of income, or an expense for money booked in an earlier year).
 * @param suspense fund that holds unapplied money
 */
export function settleCell(change: CellChange, suspense: number): Settled {
  const provisional = change.provisional > 0;
  const amount = change.difference.amount - change.provisional;
  const kind = provisional ? lineKind.settlement : lineKind.difference;
  const line = (claim: number, of: number, account: number, persons: number): BillLineRow => ({
    bill: change.bill,
    fund: change.fund,
    share: change.share,
    kind,
    feePeriod: change.feePeriod,
    claim,
    lateFrom: claim === change.bill ? change.lateFrom : null,
    area: change.area,
    employer: change.employer,
    persons,
    base: persons === 0 ? 0 : change.difference.base,
    amount: of,
    account,
  });
  const { account, persons } = change.difference;
  const first = change.claims[0];
  if (amount < 0 || (amount === 0 && !provisional && first !== undefined))
    return lessDue(change, -amount, line, suspense);
  if (provisional && first !== undefined) {
    // The provisional money counts for the persons now: its part of the account money moves to the claim it was paid on.
    const real = change.difference.amount;
    const there =
      real === 0 ? 0 : Number((BigInt(account) * BigInt(change.provisional)) / BigInt(real));
    const before = line(first.bill, 0, there, persons);
    const moved = poolEntries(change, [{ claim: first, open: 0, paid: 0, account: there }]);
    if (amount === 0) return { lines: [before], entries: [], money: moved };
    const rest = { ...line(change.bill, amount, account - there, 0), persons: 0 };
    return { lines: [before, rest], entries: moreDue(change, amount), money: moved };
  }
  const lines = [line(change.bill, amount, account, persons)];
  return { lines, entries: moreDue(change, amount), money: [] };
}

function moreDue(change: CellChange, amount: number): Entry[] {
  const common = { book: receivable, fund: change.fund, area: change.area } as const;
  return [
    {
      ...common,
      account: r.contributionsDue,
      amount,
      employerId: change.employer,
      billId: change.bill,
      feePeriod: change.feePeriod,
      share: change.share,
    },
    { ...common, account: r.corrected, amount: -amount, employerId: change.employer },
  ];
}

function lessDue(
  change: CellChange,
  less: number,
  line: (claim: number, of: number, account: number, persons: number) => BillLineRow,
  suspense: number,
): Settled {
  const taken = takeBack(change.claims, less, change.difference.account);
  const lines = taken.map((t, i) =>
    line(t.claim.bill, 0 - t.open - t.paid, t.account, i === 0 ? change.difference.persons : 0),
  );
  // Differences of several persons that cancel out: nothing is taken, the line tells of them.
  if (lines.length === 0) lines.push(line(change.bill, 0, 0, change.difference.persons));
  const back = taken.flatMap((t) => backToEmployer(change, t, suspense));
  return {
    lines,
    entries: taken.flatMap((t) => fallsAway(change, t)),
    money: [...back, ...poolEntries(change, taken)],
  };
}

/**
 * First from what is open, the newest claim first; then from what was paid. Each claim loses of its account part what belongs to what is
 * taken of it; what parts of a fen leave over changes the last of these that is left, without one the oldest claim that is.
 * @param account what the account parts change by together
 */
function takeBack(claims: readonly Claim[], less: number, account: number): Taken[] {
  let left = less;
  const newest = [...claims].reverse();
  const open = new Map<Claim, number>();
  for (const c of newest) {
    const take = Math.min(left, c.open);
    open.set(c, take);
    left -= take;
  }
  const taken = newest.map((claim) => {
    const paid = Math.min(left, claim.amount - claim.open);
    left -= paid;
    return { claim, open: open.get(claim)!, paid };
  });
  if (left > 0) throw new Error(`a difference of ${less} fen is more than the claims hold`);
  const lost = taken.map((t) => partOf(t.claim, t.open + t.paid));
  const rest = account + sumOf(lost, (l) => l);
  const staying = taken.filter(stays);
  const last = staying.findLast((t) => t.open + t.paid > 0) ?? staying.at(-1) ?? taken.at(-1);
  return taken
    .map((t, i) => ({ ...t, account: (t === last ? rest : 0) - lost[i]! }))
    .filter((t) => t.open + t.paid > 0 || t.account !== 0);
}

/** What of a claim's account part belongs to a part of the claim. */
function partOf({ amount, account }: Claim, taken: number): number {
  if (taken === 0) return 0;
  return Number((BigInt(account) * BigInt(taken)) / BigInt(amount));
}

function stays({ claim, open, paid }: Omit<Taken, 'account'>): boolean {
  return claim.amount - open - paid > 0;
}

function fallsAway(change: CellChange, t: Taken): Entry[] {
  const common = { book: receivable, fund: change.fund, area: change.area } as const;
  return [
    {
      ...common,
      account: r.contributionsDue,
      amount: -t.open,
      employerId: change.employer,
      billId: t.claim.bill,
      feePeriod: change.feePeriod,
      share: change.share,
    },
    { ...common, account: r.corrected, amount: t.open, employerId: change.employer },
  ];
}

/** Paid money goes back to the employer's unapplied money, in the fund that holds it. */
function backToEmployer(change: CellChange, t: Taken, suspense: number): Entry[] {
  const { fund, area, employer } = change;
  const at = { area, employerId: employer } as const;
  return [
    { ...at, book: receivable, fund, account: r.corrected, amount: t.paid },
    { ...at, book: receivable, fund, account: r.received, amount: -t.paid },
    { ...at, book: receivable, fund: suspense, account: r.received, amount: t.paid },
    { ...at, book: receivable, fund: suspense, account: r.unapplied, amount: -t.paid },
    { ...at, book: statutory, fund: suspense, account: s.incomeDeposit, amount: t.paid },
    { ...at, book: statutory, fund: suspense, account: s.overpaid, amount: -t.paid },
  ];
}

/** The statutory side of taken-back money, and the medical fund's pool and accounts, which follow the claims' account parts. */
function poolEntries(change: CellChange, taken: readonly Taken[]): Entry[] {
  return taken.flatMap(({ claim, open, paid, account }) => {
    const before = claim.amount - claim.open;
    const renewed = {
      amount: claim.amount - open - paid,
      account: claim.account + account,
    };
    const toAccounts = accountOf(claim, before) - accountOf(renewed, before - paid);
    const common = {
      book: statutory,
      fund: change.fund,
      area: change.area,
      employerId: change.employer,
      billId: claim.bill,
      feePeriod: change.feePeriod,
      share: change.share,
    } as const;
    const accounts = incomeAccounts(
      change.fund,
      paid,
      change.fund === medicalFund ? toAccounts : 0,
    );
    const income = (key: number) => ({
      thisYear: change.incomeThisYear(claim.bill, key),
      ever: change.incomeEver(claim.bill, key),
    });
    return [
      ...incomeLess(accounts, income).map((e) => ({ ...common, ...e })),
      {
        book: statutory,
        fund: change.fund,
        area: change.area,
        account: s.incomeDeposit,
        amount: -paid,
      },
    ];
  });
}

/**
 * What is given back leaves income, of the kind that came last first; of an earlier year's income nothing is taken back: it is an
 * expenditure of this year. What only moves between the pool and the accounts stays income of the kind in which it came, in whatever year.
 * @param accounts income accounts, with what each has to give (below zero: to get)
 */
function incomeLess(
  accounts: readonly (readonly [number, number])[],
  income: (account: number) => {
    readonly thisYear: readonly IncomeOf[];
    readonly ever: readonly IncomeOf[];
  },
): Pick<Entry, 'account' | 'amount' | 'nature'>[] {
  const [gets, wanted] = accounts.find(([, amount]) => amount < 0) ?? [0, 0];
  return accounts
    .filter(([, amount]) => amount > 0)
    .flatMap(([account, amount]) => {
      // One of the two parts gives, and the other gets.
      const moved = Math.min(amount, -wanted);
      const { thisYear, ever } = income(account);
      const back = outOf(thisYear, amount - moved);
      const moves = outOf(outOf(ever, amount - moved).stays, moved);
      const kind = ever[0]?.nature ?? natures.current;
      return [
        ...back.taken.map(({ nature, fen }) => ({ account, amount: fen, nature })),
        { account: expenditureFor(account), amount: back.lacking },
        ...[...moves.taken, { nature: kind, fen: moves.lacking }].flatMap(({ nature, fen }) => [
          { account, amount: fen, nature },
          { account: gets, amount: -fen, nature },
        ]),
      ];
    })
    .filter((e) => e.amount !== 0);
}

/** An amount out of kinds of income, the first first: what is taken of each, what stays of them, and what they lack. */
function outOf(
  income: readonly IncomeOf[],
  amount: number,
): {
  readonly taken: readonly IncomeOf[];
  readonly stays: readonly IncomeOf[];
  readonly lacking: number;
} {
  let left = amount;
  const taken = income.map(({ nature, fen }) => {
    const take = Math.max(0, Math.min(left, fen));
    left -= take;
    return { nature, fen: take };
  });
  const stays = income.map(({ nature, fen }, i) => ({ nature, fen: fen - taken[i]!.fen }));
  return { taken, stays, lacking: left };
}

/** 其他支出 of the part of the fund whose income it was. */
function expenditureFor(income: number): number {
  if (income === s.contributionsPool) return s.otherExpenditurePool;
  if (income === s.contributionsAccounts) return s.otherExpenditureAccounts;
  return s.otherExpenditure;
}
