import {
  cellOf,
  type FundInsurance,
  insuranceOf,
  type Journal,
  lateFeeIncome,
  nature,
  type Posting,
  post,
  receivableKeys as r,
  receivable,
  statutoryKeys as s,
  statutory,
} from '../../../engines/fund/index.ts';
import {
  type Context,
  groupBy,
  lastDay,
  monthOfDate,
  monthOfPeriod,
  type PlainDate,
  parts,
  period,
  sumOf,
} from '../../../kernel/index.ts';
import {
  deferredUntil,
  type Enforcement,
  enforcementOf,
  notePaid,
  recordEnds,
} from '../arrears/deferrals.ts';
import { type LateFee, lateFeeOf, suspenseFund } from '../arrears/late-fee.ts';
import { accountOf, type OpenClaim, type Owed, owedBy, type UnpaidFee } from '../bills/claims.ts';
import { type Determination, writeDeterminations } from '../determinations.ts';
import { lawOf, question } from '../law.ts';
import { openMonth } from '../period.ts';
import { allocate, strategyOf } from './allocation.ts';
import { type BillFundMonth, paidUp } from './paid.ts';

/** Money of a known employer: a bank receipt, or what was received earlier and not applied. Amount in fen. */
export interface Payment {
  readonly employer: number;
  readonly area: number;
  readonly amount: number;
  readonly paidOn: PlainDate;
  readonly receipt: number | null;
  /** Business key of the posting: the same payment is applied once. */
  readonly key: string;
  readonly memo: string;
}

export interface Applied {
  readonly allocated: number;
  readonly lateFees: number;
  readonly credit: number;
  /** Principal that came late and whose late fee no document sets. */
  readonly feesWithoutLaw: readonly FeeWithoutLaw[];
}

/** A late fee that cannot be computed: the principal is paid, and which document is missing is kept. */
export interface FeeWithoutLaw {
  readonly billNumber: string;
  readonly insurance: FundInsurance;
  readonly document: string;
}

type LiveFee = Pick<UnpaidFee, 'bill' | 'fund'> & { open: number };

interface FeeRow {
  readonly claim: OpenClaim;
  readonly payment: Payment;
  readonly principal: number;
  readonly fee: LateFee;
}

interface UnsetRow extends Omit<FeeRow, 'fee'> {
  readonly document: string;
}

/** Where the money stands before it is applied. */
type Source = 'bank' | 'unapplied';

/**
 * Applies payments in the order given: principal and late fees due by the strategy of the day of payment, the rest stays the
 * employer's unapplied money. Posts both books, writes late fees with their determinations and which months are paid in full. Runs with the
 * system's eyes.
 * @throws MindunError month-closed, strategy-unknown
 */
export async function applyPayments(
  context: Context,
  payments: readonly Payment[],
  source: Source,
): Promise<Applied> {
  const sums = { allocated: 0, lateFees: 0, credit: 0 };
  const feesWithoutLaw: FeeWithoutLaw[] = [];
  const books = period(await openMonth(context.tx, context.city));
  // A part's postings are read by the next one, so that an employer may pay in several.
  for (const part of parts(payments, partSize)) {
    const debts = await debtsOf(
      context,
      part.map((p) => p.employer),
    );
    const applied = await applyPart(context, part, source, debts, books);
    sums.allocated += applied.allocated;
    sums.lateFees += applied.lateFees;
    sums.credit += applied.credit;
    feesWithoutLaw.push(...applied.feesWithoutLaw);
  }
  return { ...sums, feesWithoutLaw };
}

/** Payments that are in memory at once with what their employers owe. */
export const partSize = 1000;

/** What employers owe, and which orders and deferrals stand for it. Who applies money to it uses it up. */
export interface Debts {
  readonly owed: Owed;
  readonly enforcement: Enforcement;
}

/** What employers owe as the transaction of `reading` sees it. */
export async function debtsOf(
  reading: Pick<Context, 'tx' | 'city'>,
  employers: readonly number[],
): Promise<Debts> {
  const distinct = [...new Set(employers)];
  const owed = await owedBy(reading.tx, distinct);
  return { owed, enforcement: await enforcementOf(reading, distinct) };
}

/** The debts of some employers and of others that are not among them. */
export function debtsTogether(some: Debts, others: Debts): Debts {
  const [a, b] = [some.enforcement, others.enforcement];
  return {
    owed: {
      claims: [...some.owed.claims, ...others.owed.claims],
      fees: [...some.owed.fees, ...others.owed.fees],
    },
    enforcement: {
      city: a.city,
      orders: new Map([...a.orders, ...b.orders]),
      deferrals: new Map([...a.deferrals, ...b.deferrals]),
      moves: new Map([...a.moves, ...b.moves]),
    },
  };
}

/**
 * Applies payments of employers whose debts are known; see `applyPayments`.
 * @param books the month that is open, 200803
 */
export function applyPart(
  context: Context,
  payments: readonly Payment[],
  source: Source,
  { owed, enforcement }: Debts,
  books: number,
): Promise<Applied> {
  const applier = new Applier(context, source, owed, enforcement, books);
  for (const payment of payments) applier.apply(payment);
  return applier.write();
}

/** The last day on which a posting of this month can be effective, for money that came in a month closed since. */
function effectiveIn(ofPeriod: number, on: PlainDate): PlainDate {
  const end = lastDay(monthOfPeriod(ofPeriod));
  return on > end ? end : on;
}

class Applier {
  readonly #context: Context;
  readonly #source: Source;
  readonly #claims: Map<number, OpenClaim[]>;
  readonly #fees: Map<number, LiveFee[]>;
  readonly #enforcement: Enforcement;
  readonly #suspense: number;
  readonly #firstOpen: number;
  readonly #journals = new Map<number, Journal[]>();
  readonly #feeRows: FeeRow[] = [];
  readonly #unsetRows: UnsetRow[] = [];
  /** Claims that were paid up. */
  readonly #evened: OpenClaim[] = [];
  #sums = { allocated: 0, lateFees: 0, credit: 0 };

  constructor(
    context: Context,
    source: Source,
    owed: Owed,
    enforcement: Enforcement,
    firstOpen: number,
  ) {
    this.#context = context;
    this.#source = source;
    this.#enforcement = enforcement;
    this.#firstOpen = firstOpen;
    this.#suspense = suspenseFund(lawOf(context.city), context.city, context.today);
    this.#claims = groupBy(owed.claims, (c) => c.employer);
    this.#fees = new Map(
      [...groupBy(owed.fees, (f) => f.employer)].map(([employer, fees]) => [
        employer,
        fees.map(({ bill, fund, open }) => ({ bill, fund, open })),
      ]),
    );
  }

  apply(payment: Payment): void {
    const [due, deferred] = this.#inTurn(payment);
    const claims = [...due, ...deferred];
    const fees = this.#fees.get(payment.employer) ?? [];
    // The month of the books in which the payment stands: its own, or the open one when that is over.
    const books = Math.max(this.#firstOpen, period(monthOfDate(payment.paidOn)));
    const natureIn = (claim: OpenClaim): number =>
      natureOf(claim, payment.paidOn, books, this.#context.city.firstPeriod);
    const builder = new JournalBuilder(payment, this.#source, this.#suspense, natureIn);
    let left = payment.amount;
    const { city } = this.#context;
    const strategy = strategyOf(lawOf(city), question(city, payment.paidOn));
    if (strategy.lateFeesFirst) left = this.#payFees(fees, left, builder);
    const forPrincipal = left;
    const first = allocate(left, due, strategy);
    const rest = left - sumOf(first, (t) => t);
    const taken = [...first, ...allocate(rest, deferred, strategy)];
    claims.forEach((claim, i) => {
      const take = taken[i]!;
      if (take === 0) return;
      builder.principal(claim, take);
      const fee = this.#lateFee(claim, take, payment);
      if (fee !== undefined) {
        builder.feeDue(claim, fee.fen);
        addFee(fees, claim, fee.fen);
      }
      claim.open -= take;
      left -= take;
      if (claim.open === 0) this.#evened.push(claim);
      notePaid(this.#enforcement, claim.bill, payment.paidOn, take);
    });
    this.#fees.set(payment.employer, fees);
    this.#sums.allocated += forPrincipal - left;
    left = this.#payFees(fees, left, builder);
    if (this.#source === 'bank') builder.rest(left);
    this.#sums.credit += left;
    this.#keep(payment, builder, books);
  }

  /** An employer's claims; what is deferred on the day of the payment is not due yet and comes after all others. */
  #inTurn(payment: Payment): [OpenClaim[], OpenClaim[]] {
    const claims = this.#claims.get(payment.employer) ?? [];
    const waits = new Set(
      [...new Set(claims.map((c) => c.bill))].filter(
        (bill) => deferredUntil(bill, this.#enforcement, payment.paidOn) !== null,
      ),
    );
    return [claims.filter((c) => !waits.has(c.bill)), claims.filter((c) => waits.has(c.bill))];
  }

  #payFees(fees: readonly LiveFee[], money: number, builder: JournalBuilder): number {
    let left = money;
    for (const fee of fees) {
      const take = Math.min(left, fee.open);
      if (take === 0) continue;
      builder.feePaid(fee.bill, fee.fund, take);
      fee.open -= take;
      left -= take;
      this.#sums.lateFees += take;
    }
    return left;
  }

  #lateFee(claim: OpenClaim, principal: number, payment: Payment): LateFee | undefined {
    const law = lawOf(this.#context.city);
    const fee = lateFeeOf(
      law,
      this.#context.city,
      claim,
      principal,
      payment.paidOn,
      this.#enforcement,
    );
    if (fee !== undefined && 'missing' in fee) {
      this.#unsetRows.push({ claim, payment, principal, document: fee.missing });
      return undefined;
    }
    if (fee === undefined || fee.fen === 0) return undefined;
    this.#feeRows.push({ claim, payment, principal, fee });
    return fee;
  }

  #keep(payment: Payment, builder: JournalBuilder, ofPeriod: number): void {
    const list = this.#journals.get(ofPeriod) ?? [];
    list.push({
      key: payment.key,
      event: payment.key,
      effective: effectiveIn(ofPeriod, payment.paidOn),
      period: ofPeriod,
      kind: this.#source === 'bank' ? 'receipt' : 'apply',
      memo: payment.memo,
      postings: builder.postings,
    });
    this.#journals.set(ofPeriod, list);
  }

  async write(): Promise<Applied> {
    for (const journals of this.#journals.values()) {
      await post(this.#context.tx, journals, this.#context.act);
    }
    await writeFees(this.#context, this.#feeRows);
    await writeUnset(this.#context, this.#unsetRows);
    await paidUp(this.#context, this.#paidUp());
    await recordEnds(this.#context, this.#enforcement);
    const feesWithoutLaw = this.#unsetRows.map(({ claim, document }) => ({
      billNumber: claim.billNumber,
      insurance: insuranceOf(claim.fund),
      document,
    }));
    return { ...this.#sums, feesWithoutLaw };
  }

  /** Fund months of bills of which neither share is open any more. */
  #paidUp(): BillFundMonth[] {
    return [...groupBy(this.#evened, (e) => e.employer)].flatMap(([employer, evened]) => {
      const open = this.#claims.get(employer)!.filter((c) => c.open > 0);
      return evened.filter(
        (e, i) =>
          !open.some((c) => isOf(c, e)) && evened.findIndex((first) => isOf(first, e)) === i,
      );
    });
  }
}

function isOf(a: BillFundMonth, b: BillFundMonth): boolean {
  return a.bill === b.bill && a.fund === b.fund && a.feePeriod === b.feePeriod;
}

function addFee(fees: LiveFee[], claim: OpenClaim, amount: number): void {
  const there = fees.find((f) => f.bill === claim.bill && f.fund === claim.fund);
  if (there === undefined) fees.push({ bill: claim.bill, fund: claim.fund, open: amount });
  else there.open += amount;
}

/** What entries stand for: a bill, or a fee month's claim on it; nothing for money that is nobody's claim. */
interface Of {
  readonly bill?: number;
  readonly feePeriod?: number;
}

interface Open extends Posting {
  readonly cells: number[];
  readonly amounts: number[];
}

/** The postings of one payment in both books; each fund balances by itself in each, and so does what stands for one claim. */
class JournalBuilder {
  readonly #postings: Open[] = [];
  #last: readonly Open[] = [];
  readonly #payment: Payment;
  readonly #source: Source;
  readonly #suspense: number;
  readonly #natureIn: (claim: OpenClaim) => number;

  constructor(
    payment: Payment,
    source: Source,
    suspense: number,
    natureIn: (claim: OpenClaim) => number,
  ) {
    this.#payment = payment;
    this.#source = source;
    this.#suspense = suspense;
    this.#natureIn = natureIn;
  }

  get postings(): Posting[] {
    return this.#postings.flatMap((p) => {
      if (p.amounts.length > 0 && !p.amounts.includes(0)) return [p];
      const cells = p.cells.filter((_, i) => p.amounts[i] !== 0);
      const amounts = p.amounts.filter((amount) => amount !== 0);
      return cells.length === 0 ? [] : [{ ...p, cells, amounts }];
    });
  }

  /** Principal received on a claim. */
  principal(claim: OpenClaim, take: number): void {
    const { fund, share } = claim;
    const [due, cash] = this.#on(claim);
    this.#money(fund, take, claim);
    put(due, cellOf(r.contributionsDue, fund, share), -take);
    const paid = claim.amount - claim.open;
    const toAccounts = accountOf(claim, paid + take) - accountOf(claim, paid);
    const nature = this.#natureIn(claim);
    for (const [account, amount] of incomeAccounts(fund, take, toAccounts)) {
      put(cash, cellOf(account, fund, share, nature), -amount);
    }
  }

  feeDue(claim: OpenClaim, amount: number): void {
    const [due] = this.#on({ bill: claim.bill });
    put(due, cellOf(r.lateFeesDue, claim.fund), amount);
    put(due, cellOf(r.lateFeesDetermined, claim.fund), -amount);
  }

  feePaid(bill: number, fund: number, take: number): void {
    const of = { bill };
    const [due, cash] = this.#on(of);
    this.#money(fund, take, of);
    put(due, cellOf(r.lateFeesDue, fund), -take);
    put(cash, cellOf(lateFeeIncome(fund), fund), -take);
  }

  /** What is left of a bank receipt: the employer's money, not applied. */
  rest(left: number): void {
    if (left === 0) return;
    const [due, cash] = this.#on({});
    this.#money(this.#suspense, left, {});
    put(due, cellOf(r.unapplied, this.#suspense), -left);
    put(cash, cellOf(s.overpaid, this.#suspense), -left);
  }

  /** Money comes to a fund: from the bank, or out of the fund that held it. */
  #money(fund: number, amount: number, of: Of): void {
    const [due, cash] = this.#on(of);
    put(due, cellOf(r.received, fund), amount);
    put(cash, cellOf(s.incomeDeposit, fund), amount);
    if (this.#source === 'bank') return;
    const [held, holding] = this.#on({});
    put(held, cellOf(r.received, this.#suspense), -amount);
    put(held, cellOf(r.unapplied, this.#suspense), amount);
    put(holding, cellOf(s.incomeDeposit, this.#suspense), -amount);
    put(holding, cellOf(s.overpaid, this.#suspense), amount);
  }

  /** The receivable and the statutory book's postings that stand for something; one claim follows another of its bill and month. */
  #on({ bill, feePeriod }: Of): readonly [Open, Open] {
    const [last] = this.#last;
    if (last !== undefined && last.billId === bill && last.feePeriod === feePeriod)
      return this.#last as [Open, Open];
    const there = this.#postings.filter((p) => p.billId === bill && p.feePeriod === feePeriod);
    if (there.length === 0) {
      there.push(this.#open(receivable, bill, feePeriod), this.#open(statutory, bill, feePeriod));
      this.#postings.push(...there);
    }
    this.#last = there;
    return there as [Open, Open];
  }

  #open(book: Posting['book'], billId: number | undefined, feePeriod: number | undefined): Open {
    return {
      book,
      area: this.#payment.area,
      employerId: this.#payment.employer,
      billId,
      feePeriod,
      receiptId: this.#payment.receipt ?? undefined,
      cells: [],
      amounts: [],
    };
  }
}

function put({ cells, amounts }: Open, cell: number, amount: number): void {
  const at = cells.indexOf(cell);
  if (at >= 0) {
    amounts[at]! += amount;
    return;
  }
  cells.push(cell);
  amounts.push(amount);
}

/** The medical fund's income stands by pool and accounts; the others' is one. */
export function incomeAccounts(
  fund: number,
  amount: number,
  toAccounts: number,
): [number, number][] {
  if (fund !== 3) return [[s.contributions, amount]];
  return [
    [s.contributionsPool, amount - toAccounts],
    [s.contributionsAccounts, toAccounts],
  ];
}

/**
 * What kind of contributions money on a claim is in a month of the books: 补缴 for a month that was only assessed later; 清欠 for an earlier
 * month that was billed and not paid by its day, in this city's books or in those it took over; else 当期, also when it comes late within its own month.
 * @param books month of the books, 200803
 * @param first the city's first month: bills before it are of the books that were taken over
 */
export function natureOf(
  claim: Pick<OpenClaim, 'feePeriod' | 'period' | 'dueOn'>,
  paidOn: PlainDate,
  books: number,
  first: number,
): number {
  if (claim.period < first) return nature.arrears;
  if (claim.feePeriod < claim.period) return nature.back;
  const late = claim.dueOn === null || paidOn > claim.dueOn;
  return late && claim.feePeriod < books ? nature.arrears : nature.current;
}

/** Keeps for which late payments no document sets the late fee, and which document is missing. */
async function writeUnset(context: Context, rows: readonly UnsetRow[]): Promise<void> {
  await writeDeterminations(
    context,
    rows.map(
      ({ claim, payment, principal, document }): Determination => ({
        kind: 'late-fee-unset',
        area: claim.area,
        employer: claim.employer,
        period: claim.feePeriod,
        rule: 'arrears.lateFee',
        onDay: payment.paidOn,
        inputs: {
          bill: claim.billNumber,
          fund: claim.fund,
          share: claim.share,
          principalFen: principal,
          dueOn: claim.lateFrom,
          paidOn: payment.paidOn,
        },
        versions: [],
        outputs: { missing: document },
      }),
    ),
  );
}

async function writeFees(context: Context, rows: readonly FeeRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = await writeDeterminations(
    context,
    rows.map(
      ({ claim, payment, principal, fee }): Determination => ({
        kind: 'late-fee',
        area: claim.area,
        employer: claim.employer,
        period: claim.feePeriod,
        rule: 'arrears.lateFee',
        onDay: payment.paidOn,
        inputs: {
          principalFen: principal,
          dueOn: fee.dueOn,
          paidOn: payment.paidOn,
          deferred: fee.deferred,
          orderMissedOn: fee.orderMissedOn,
        },
        versions: fee.versions,
        outputs: fee.derivation,
      }),
    ),
  );
  await context.tx.execute(
    `insert into late_fee (determination_id, bill_id, employer_id, area, fund, share, fee_period, receipt_id, principal, due_on,
       paid_on, days, amount, act)
     select u.*, $14 from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::smallint[],
       $7::int[], $8::bigint[], $9::bigint[], $10::date[], $11::date[], $12::int[], $13::bigint[]) as u`,
    [
      ids,
      rows.map((r) => r.claim.bill),
      rows.map((r) => r.claim.employer),
      rows.map((r) => r.claim.area),
      rows.map((r) => r.claim.fund),
      rows.map((r) => r.claim.share),
      rows.map((r) => r.claim.feePeriod),
      rows.map((r) => r.payment.receipt),
      rows.map((r) => r.principal),
      rows.map((r) => r.fee.dueOn),
      rows.map((r) => r.payment.paidOn),
      rows.map((r) => r.fee.days),
      rows.map((r) => r.fee.fen),
      context.act,
    ],
  );
}
