import {
  type Entry,
  entered,
  type Journal,
  post,
  statutoryKeys as s,
  statutory,
} from '../../../engines/fund/index.ts';
import {
  type Context,
  firstDay,
  groupBy,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  sumOf,
  yearOf,
} from '../../../kernel/index.ts';
import { suspenseFund } from '../arrears/late-fee.ts';
import { type Claim, claimsOf } from '../bills/claims.ts';
import { bookedOn } from '../bills/key.ts';
import { type BillLineRow, writeBillLines } from '../bills/lines.ts';
import { type BillCell, cells } from '../codes.ts';
import { type Determination, writeDeterminations } from '../determinations.ts';
import { lawOf, question } from '../law.ts';
import type { Anew } from './affected.ts';
import { type CellChange, type IncomeOf, settleCell } from './lines.ts';
import { type CellDifference, noDifference, type Target, writeDifferences } from './rows.ts';

export { type Anew, anewWith } from './affected.ts';
export type { Target } from './rows.ts';

/**
 * Settles an earlier fee month on this month's bills: each person's difference, the employers' lines, both books. What
 * stands is never changed: differences are added to it.
 */
export async function settleMonth(
  context: Context,
  month: Month,
  anew: Anew,
  targets: ReadonlyMap<number, Target>,
): Promise<BillLineRow[]> {
  const differences = await writeDifferences(context, anew, targets);
  const claims = groupBy(
    (await claimsOf(context.tx, anew.employers)).filter((c) => c.feePeriod === anew.feePeriod),
    (c) => c.employer,
  );
  const provisional = await provisionalOf(context, anew);
  const suspense = suspenseFund(lawOf(context.city), context.city, context.today);
  const incomeOf = await incomeOn(context, anew, month);
  const lateFrom = await lateFromOf(context, anew);
  const lines: BillLineRow[] = [];
  const entries: Entry[] = [];
  /** By the month of the books in which it stands. */
  const money = new Map<number, Entry[]>();
  const settlements: Determination[] = [];
  for (const employer of anew.employers) {
    const target = targets.get(employer)!;
    // Where nobody is left of whom to tell, what was billed provisionally falls away all the same.
    const sums = differences.get(employer) ?? cells.map(noDifference);
    const changes: CellChange[] = [];
    for (const [c, cell] of cells.entries()) {
      const mine = (x: Claim): boolean => x.fund === cell.fund && x.share === cell.share;
      const difference = sums[c]!;
      const before = provisional.get(`${employer} ${cell.fund} ${cell.share}`) ?? 0;
      if (nothing(difference, cell) && before === 0) continue;
      const mineOf = (claims.get(employer) ?? []).filter(mine);
      const income = incomeOf(mineOf);
      const change: CellChange = {
        employer,
        ...target,
        fund: cell.fund,
        share: cell.share,
        feePeriod: anew.feePeriod,
        lateFrom: lateFrom(employer),
        difference,
        provisional: before,
        claims: mineOf,
        incomeThisYear: income.thisYear,
        incomeEver: income.ever,
      };
      const settled = settleCell(change, suspense);
      changes.push(change);
      lines.push(...settled.lines);
      entries.push(...settled.entries);
      const there = money.get(income.books);
      if (there === undefined) money.set(income.books, settled.money);
      else there.push(...settled.money);
    }
    if (changes.length > 0 || differences.has(employer))
      settlements.push(settlementOf(context, month, anew, target, employer, changes));
  }
  await writeBillLines(context, month, lines);
  for (const journal of journalsOf(context, month, anew, entries, money))
    await post(context.tx, [journal], context.act);
  await keep(context, month, anew, differences);
  await writeDeterminations(context, settlements);
  return lines;
}

/** What was billed for an employer's month before and is right now, with the day's law (its versions: the assessment of that number). */
function settlementOf(
  context: Context,
  month: Month,
  anew: Anew,
  target: Target,
  employer: number,
  changes: readonly CellChange[],
): Determination {
  const cellsOf = changes.map((c) => {
    const billed = sumOf(c.claims, (claim) => claim.amount);
    const { amount, persons } = c.difference;
    return { ...c, billed, renewed: billed - c.provisional + amount, persons };
  });
  return {
    kind: 'settlement',
    area: target.area,
    employer,
    period: anew.feePeriod,
    rule: 'settlement',
    onDay: context.today,
    inputs: {
      billPeriod: period(month),
      assessment: anew.number,
      cells: cellsOf.map((c) => ({
        fund: c.fund,
        share: c.share,
        billedFen: c.billed,
        provisionalFen: c.provisional,
      })),
    },
    versions: [],
    outputs: {
      cells: cellsOf.map((c) => ({
        fund: c.fund,
        share: c.share,
        persons: c.persons,
        fen: c.renewed,
        differenceFen: c.renewed - c.billed,
      })),
    },
  };
}

/** Whether a cell's difference leaves all as it is. What cancels out between persons moves their accounts all the same. */
function nothing(d: CellDifference, cell: BillCell): boolean {
  return d.amount === 0 && d.account === 0 && (d.persons === 0 || cell.account.length === 0);
}

/** What is owed stands in the books of the bill's month; money that came in after it stands in those of the month in which it came. */
function journalsOf(
  context: Context,
  month: Month,
  anew: Anew,
  entries: readonly Entry[],
  money: ReadonlyMap<number, readonly Entry[]>,
): Journal[] {
  const key = `settle ${month} ${anew.feePeriod}`;
  const journal = (of: string, books: number, list: readonly Entry[]): Journal => ({
    key: of,
    event: key,
    effective: bookedOn(books, context.today),
    period: books,
    kind: 'settle',
    memo: `${monthOfPeriod(anew.feePeriod)} 差额结算`,
    postings: entered(list),
  });
  const own = period(month);
  const later = [...money].filter(([books, list]) => books !== own && list.length > 0);
  return [
    journal(key, own, [...entries, ...(money.get(own) ?? [])]),
    ...later.map(([books, list]) => journal(`${key} ${books}`, books, list)),
  ];
}

/** What was billed provisionally for the month and was not settled yet, by employer, fund and share. */
async function provisionalOf(context: Context, anew: Anew): Promise<Map<string, number>> {
  const rows = await context.tx.rows<{ key: string; amount: number }>(
    `select employer_id || ' ' || fund || ' ' || share as key, sum(amount)::bigint as amount from bill_line l
     where fee_period = $1 and kind = 2 and employer_id = any ($2)
       and not exists (select from bill_line x where x.employer_id = l.employer_id and x.fee_period = l.fee_period and x.kind = 3)
     group by 1`,
    [anew.feePeriod, anew.employers],
  );
  return new Map(rows.map((r) => [r.key, r.amount]));
}

/** Ways of `collection.backPaymentFee`. */
const backPaymentFees = ['from-original-due', 'from-bill-due'] as const;

/**
 * After which day what is due more is late: of what an employer did not declare in time or declared wrong, the day that the month was due
 * (the late fee runs from the day of the arrears: 征缴暂行条例 art. 13, 社会保险法 art. 86). Null: that of the bill, as for what only a later
 * published figure or a rating made different.
 */
async function lateFromOf(
  context: Context,
  { feePeriod, ownDoing }: Anew,
): Promise<(employer: number) => PlainDate | null> {
  const asked = question(context.city, context.today);
  const { way } = lawOf(context.city).way('collection.backPaymentFee', asked, backPaymentFees);
  if (ownDoing.size === 0 || way === 'from-bill-due') return () => null;
  // All bills of a month are due on one day.
  const { dueOn } = await context.tx.one<{ dueOn: PlainDate | null }>(
    `select min(due_on)::text as "dueOn" from bill where period = $1 and kind = 'month'`,
    [feePeriod],
  );
  return (employer) => (ownDoing.has(employer) ? dueOn : null);
}

/** What came in on claims as income, of a year and of all, and the month of the books in which giving back stands. */
interface Income {
  readonly books: number;
  readonly thisYear: CellChange['incomeThisYear'];
  readonly ever: CellChange['incomeEver'];
}

/**
 * What came in on the fee month's claims: the books tell in which year money was booked, whatever the year of the bill. Giving back
 * stands in the books of the bill's month; of a claim on which money was booked after it, in those of that later month: no month is to give back what it did not
 * have. The year of these books decides what is its income; the kind of what only moves is that in which it came, in whatever year.
 */
async function incomeOn(
  context: Context,
  anew: Anew,
  month: Month,
): Promise<(claims: readonly Claim[]) => Income> {
  type Row = IncomeOf & { claim: string; account: number; year: number; last: number };
  const rows = await context.tx.rows<Row>(
    `select bill_id || ' ' || fund || ' ' || share as claim, account, period / 100 as year, nature::int, -sum(amount)::bigint as fen,
       max(period) as last
     from entry where period >= $1 and book = $2 and account = any ($3) and fee_period = $4 and employer_id = any ($5)
     group by 1, 2, 3, 4 having sum(amount) <> 0 order by 1, 2, 3, 4 desc`,
    [
      // Contributions of a fee month are income of its own year at the earliest.
      Math.min(yearOf(month), Math.floor(anew.feePeriod / 100)) * 100,
      statutory,
      [s.contributions, s.contributionsPool, s.contributionsAccounts],
      anew.feePeriod,
      anew.employers,
    ],
  );
  const byClaim = groupBy(rows, (r) => r.claim);
  const on = (claim: Pick<Claim, 'bill' | 'fund' | 'share'>): readonly Row[] =>
    byClaim.get(`${claim.bill} ${claim.fund} ${claim.share}`) ?? [];
  return (claims) => {
    const books = Math.max(period(month), ...claims.flatMap((c) => on(c).map((r) => r.last)));
    const year = Math.floor(books / 100);
    const of = (bill: number, account: number): Row[] => {
      const claim = claims.find((c) => c.bill === bill);
      return claim === undefined ? [] : on(claim).filter((r) => r.account === account);
    };
    return {
      books,
      thisYear: (bill, account) => of(bill, account).filter((r) => r.year === year),
      ever: (bill, account) => byNature(of(bill, account)),
    };
  };
}

/** Income of several years by its kind, the kinds that come last first. */
function byNature(income: readonly IncomeOf[]): IncomeOf[] {
  return [...groupBy(income, (i) => i.nature)]
    .map(([nature, list]) => ({ nature, fen: sumOf(list, (i) => i.fen) }))
    .sort((a, b) => b.nature - a.nature);
}

async function keep(
  context: Context,
  month: Month,
  anew: Anew,
  differences: ReadonlyMap<number, unknown>,
): Promise<void> {
  const { batch } = anew;
  await context.tx.execute(
    `insert into assessment (period, fee_period, number, kind, on_day, known_on, versions, not_computed, persons, act)
     values ($1, $2, $3, 'settlement', $4, $5, $6, $7, $8, $9)`,
    [
      period(month),
      anew.feePeriod,
      anew.number,
      firstDay(monthOfPeriod(anew.feePeriod)),
      context.today,
      JSON.stringify(batch.versions),
      JSON.stringify({
        funds: batch.notComputed,
        assumed: batch.assumed,
        provisional: batch.provisional,
        bySize: batch.bySize,
      }),
      differences.size,
      context.act,
    ],
  );
}
