import { z } from 'zod';
import { movedSince } from '../../../engines/fund/index.ts';
import {
  apportion,
  type Context,
  defineCommand,
  fen,
  groupBy,
  MindunError,
  type Month,
  parts,
  period,
  readAhead,
  month as readMonth,
  sumOf,
} from '../../../kernel/index.ts';
import { accountOf, billedTo, type Claim, type Section } from '../bills/claims.ts';
import { lineKind } from '../codes.ts';
import { lawOf, question } from '../law.ts';
import { assertOpen, assertWholeCity, lockMonth, stepsDone } from '../period.ts';

export interface CreditAnswer {
  /** Persons whose account moved. */
  readonly persons: number;
  readonly creditedFen: number;
}

/** Funds 1 to 3 keep individual accounts: the two pensions and medical. */
const lastAccountFund = 3;

type Reading = Pick<Context, 'tx' | 'city' | 'today'>;

/** Account money that one bill carries for an employer's fund and fee month. */
interface Carried {
  readonly employer: number;
  readonly area: number;
  readonly fund: number;
  readonly feePeriod: number;
  readonly bill: number;
  readonly account: number;
  readonly persons: number;
}

interface Movement extends Carried {
  readonly amount: number;
  readonly whole: boolean;
}

/**
 * Credits the individual accounts with what came in: the account part of the employees' (and, for medical, the
 * employer's) money as it is received, person by person. Run again it credits what came in since.
 * @throws MindunError whole-city-only, month-closed, month-not-next, not-assessed
 */
export const credit = defineCommand({
  name: 'insurance.credit',
  title: { zh: '个人账户记入', en: 'Credit individual accounts' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<CreditAnswer> {
    const month = readMonth(input.month);
    context.subject({ month });
    await assertWholeCity(context, credit.title);
    return context.elevate(async () => {
      await lockMonth(context.tx, month, true);
      const done = await stepsDone(context.tx, month);
      if (done.has('close')) return { persons: 0, creditedFen: 0 };
      await assertOpen(context.tx, context.city, month);
      if (!done.has('assess')) throw new MindunError('not-assessed', { month });
      const answer = await creditReceived(context, month);
      await context.tx.execute(
        `insert into month_step (period, step, counts, act) values ($1, 'credit', $2, $3) on conflict do nothing`,
        [period(month), answer, context.act],
      );
      return answer;
    });
  },
});

async function creditReceived(context: Context, month: Month): Promise<CreditAnswer> {
  const { tx } = context;
  const { last, now } = await tx.one<{ last: number; now: number }>(
    `select coalesce((select max(journal) from credit_mark), 0)::bigint as last,
       coalesce((select max(id) from journal), 0)::bigint as now`,
  );
  const moved = await movedToCredit(tx, month, last);
  await tx.execute('insert into credit_mark (act, journal) values ($1, $2)', [context.act, now]);
  const sums = { persons: 0, creditedFen: 0 };
  const byEmployer = [...groupBy(moved, (m) => m.employer)].sort(([a], [b]) => a - b);
  if (byEmployer.length === 0) return sums;
  // Each employer is in one part only: what is written of a part is nothing that the next one reads.
  await context.aside(async (reader) => {
    const read = (part: readonly (typeof byEmployer)[number][]) =>
      movementsOfPart({ ...context, tx: reader }, part);
    for await (const [, movements] of readAhead(parts(byEmployer, partSize), read)) {
      await writeCredits(context, month, movements);
      sums.persons += sumOf(
        movements.filter((m) => m.fund <= 2),
        (m) => m.persons,
      );
      sums.creditedFen += sumOf(movements, (m) => m.amount);
    }
  });
  return sums;
}

/**
 * Employers and fee months that can have account money to credit in the open month: whose claims moved after journal `last`, and those
 * that a settlement of this month changed: it may give back what was paid without touching what is open.
 */
export async function movedToCredit(
  tx: Context['tx'],
  month: Month,
  last: number,
): Promise<{ employer: number; feePeriod: number }[]> {
  const settled = await tx.rows<{ employer: number; feePeriod: number }>(
    `select distinct employer_id as employer, fee_period as "feePeriod" from bill_section
     where period >= $1 and kind in (3, 4)`,
    [period(month)],
  );
  return [...(await movedSince(tx, period(month), last)), ...settled];
}

/** Employers that are in memory at once with what was billed to them. */
const partSize = 1000;

/** What crediting would move now for some employers and their fee months. */
export async function movementsOfPart(
  context: Reading,
  part: readonly (readonly [number, readonly { feePeriod: number }[]])[],
): Promise<Movement[]> {
  const employers = part.map(([employer]) => employer);
  const feePeriods = [...new Set(part.flatMap(([, list]) => list.map((m) => m.feePeriod)))];
  const { claims, sections } = await billedTo(context.tx, employers, feePeriods);
  const received = receivedByKey(context, claims);
  const before = await creditedBefore(context.tx, employers, feePeriods);
  const movements: Movement[] = [];
  for (const [key, list] of groupBy(carriedBy(sections), keyOf)) {
    movements.push(...movementsOf(list, received.get(key) ?? 0, before));
  }
  const idle = await dividedAsBefore(context.tx, movements);
  return idle.size === 0 ? movements : movements.filter((m) => !idle.has(m));
}

/** Those that bring no money and leave everybody's part as it is. */
async function dividedAsBefore(
  tx: Context['tx'],
  movements: readonly Movement[],
): Promise<ReadonlySet<Movement>> {
  const without = movements.filter((m) => m.amount === 0 && !m.whole);
  const idle = new Set(without);
  for (const [feePeriod, list] of groupBy(without, (m) => m.feePeriod)) {
    const credits = list.map((m, id) => ({ ...m, id, act: Number.MAX_SAFE_INTEGER }));
    for (const { id, amount } of await sharesNow(tx, feePeriod, credits))
      if (amount !== 0) idle.delete(list[id]!);
  }
  return idle;
}

function keyOf(of: { employer: number; fund: number; feePeriod: number }): string {
  return `${of.employer} ${of.fund} ${of.feePeriod}`;
}

/** Account money received, by employer, fund and fee month (strategy `collection.accountCredit`). */
function receivedByKey(context: Reading, claims: readonly Claim[]): Map<string, number> {
  const { way } = lawOf(context.city).way(
    'collection.accountCredit',
    question(context.city, context.today),
    ['as-received', 'paid-in-full'],
  );
  const sums = new Map<string, number>();
  for (const claim of claims) {
    if (claim.account === 0) continue;
    if (way === 'paid-in-full' && claim.open > 0) continue;
    const key = keyOf(claim);
    sums.set(key, (sums.get(key) ?? 0) + accountOf(claim, claim.amount - claim.open));
  }
  return sums;
}

/** Account money that each bill carries, by employer, fund and fee month, the oldest bill first. */
function carriedBy(sections: readonly Section[]): Carried[] {
  const found = new Map<string, { -readonly [K in keyof Carried]: Carried[K] }>();
  for (const s of sections) {
    if (s.kind === lineKind.provisional || s.kind === lineKind.opening) continue;
    s.cells.forEach((cell, i) => {
      const fund = Math.trunc(cell / 10);
      if (fund > lastAccountFund) return;
      const key = `${s.bill} ${fund} ${s.feePeriod}`;
      const there = found.get(key);
      if (there === undefined) {
        const { employer, area, feePeriod, bill } = s;
        const account = s.accounts[i]!;
        found.set(key, { employer, area, fund, feePeriod, bill, account, persons: s.persons[i]! });
      } else {
        there.account += s.accounts[i]!;
        there.persons = Math.max(there.persons, s.persons[i]!);
      }
    });
  }
  return [...found.values()].sort(
    (a, b) =>
      a.employer - b.employer || a.fund - b.fund || a.feePeriod - b.feePeriod || a.bill - b.bill,
  );
}

async function creditedBefore(
  tx: Context['tx'],
  employers: readonly number[],
  feePeriods: readonly number[],
): Promise<Map<string, { amount: number; whole: boolean }>> {
  const rows = await tx.rows<{
    employer: number;
    fund: number;
    feePeriod: number;
    bill: number;
    amount: number;
    whole: boolean;
  }>(
    `select c.employer_id as employer, c.fund::int, c.fee_period as "feePeriod", c.bill_id as bill, sum(c.amount)::bigint as amount,
       bool_or(c.whole) as whole
     from unnest($1::bigint[]) as w (employer) join account_credit c on c.employer_id = w.employer
     where c.fee_period = any ($2) group by 1, 2, 3, 4`,
    [employers, feePeriods],
  );
  return new Map(rows.map((r) => [`${keyOf(r)} ${r.bill}`, r]));
}

/**
 * What moves: the longest run of bills whose account money the received covers is credited whole, the next with what is
 * left. A negative difference is therefore taken back when it is covered by what was credited before it; until then the persons of the bill
 * that is credited in part share what came in anew, by what is left of their parts.
 */
export function movementsOf(
  carried: readonly Carried[],
  received: number,
  before: ReadonlyMap<string, { amount: number; whole: boolean }>,
): Movement[] {
  let covered = 0;
  let sum = 0;
  let run = 0;
  carried.forEach((c, i) => {
    run += c.account;
    if (run <= received) {
      covered = i + 1;
      sum = run;
    }
  });
  const movements: Movement[] = [];
  carried.forEach((c, i) => {
    const target = i < covered ? c.account : i === covered ? Math.max(0, received - sum) : 0;
    const there = before.get(`${keyOf(c)} ${c.bill}`);
    if (there?.whole === true) return;
    const amount = target - (there?.amount ?? 0);
    // Differences of several persons may cancel: what each of them gets or gives back is credited all the same.
    const cancels = i < covered && c.persons > 0 && c.account === 0;
    const dividedAnew =
      i === covered && target > 0 && carried.slice(i + 1).some((later) => later.account <= 0);
    if (amount !== 0 || cancels || dividedAnew) movements.push(movement(c, amount, i < covered));
  });
  return movements;
}

/** Named one by one: spread into another, each of a city's objects costs several times as much. */
function movement(c: Carried, amount: number, whole: boolean): Movement {
  const { employer, area, fund, feePeriod, bill, account, persons } = c;
  return { employer, area, fund, feePeriod, bill, account, persons, amount, whole };
}

async function writeCredits(
  context: Context,
  month: Month,
  movements: readonly Movement[],
): Promise<void> {
  if (movements.length === 0) return;
  const ids = await insertCredits(context, month, movements);
  const { act } = context;
  const partial = movements.flatMap((m, i) => (m.whole ? [] : [{ ...m, id: ids[i]!, act }]));
  for (const [feePeriod, list] of groupBy(partial, (m) => m.feePeriod)) {
    await writeShares(context, feePeriod, list);
  }
}

/** Writes movements; answers their ids in the order given. */
async function insertCredits(
  { tx, today, act }: Context,
  month: Month,
  movements: readonly Movement[],
): Promise<number[]> {
  const ids = await tx.draw('account_credit_id_seq', movements.length);
  await tx.execute(
    `insert into account_credit (credited_on, period, act, id, employer_id, area, fund, fee_period, bill_id, whole, amount)
     select $1, $2, $3, u.* from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::int[], $9::bigint[],
       $10::boolean[], $11::bigint[]) as u`,
    [
      today,
      period(month),
      act,
      ids,
      movements.map((m) => m.employer),
      movements.map((m) => m.area),
      movements.map((m) => m.fund),
      movements.map((m) => m.feePeriod),
      movements.map((m) => m.bill),
      movements.map((m) => m.whole),
      movements.map((m) => m.amount),
    ],
  );
  return ids;
}

/** Writes what each person gets of credits that are not whole. */
async function writeShares(
  { tx }: Context,
  feePeriod: number,
  credits: readonly PartialCredit[],
): Promise<void> {
  const kept = (await sharesNow(tx, feePeriod, credits)).filter((r) => r.amount !== 0);
  await tx.execute(
    `insert into account_credit_share (credit_id, person_id, area, amount)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])`,
    [
      kept.map((r) => r.id),
      kept.map((r) => r.person),
      kept.map((r) => r.area),
      kept.map((r) => r.amount),
    ],
  );
}

/** What credits of a fee month give to persons, after what these have already. */
async function sharesNow(
  tx: Context['tx'],
  feePeriod: number,
  credits: readonly PartialCredit[],
): Promise<Share[]> {
  const given = await tx.rows<{ key: string; amount: number }>(
    `select c.bill_id || ' ' || c.fund || ' ' || s.person_id as key, sum(s.amount)::bigint as amount
     from account_credit c join account_credit_share s on s.credit_id = c.id
     where c.bill_id = any ($1) and c.fee_period = $2 group by 1`,
    [credits.map((c) => c.bill), feePeriod],
  );
  return sharesOf(tx, feePeriod, credits, new Map(given.map((g) => [g.key, g.amount])));
}

/** What a person gets of a credit, in fen. */
export interface Share {
  readonly id: number;
  readonly person: number;
  readonly area: number;
  readonly amount: number;
}

/** A credit of a part of a bill's account money, in fen. */
export interface PartialCredit {
  readonly id: number;
  readonly bill: number;
  readonly fund: number;
  readonly amount: number;
  /** The act that gives it: bills that were made later were not known. */
  readonly act: number;
}

interface PersonPart {
  readonly employer: number;
  readonly bill: number;
  readonly act: number;
  readonly person: number;
  readonly area: number;
  readonly pension: number;
  readonly medical: number;
}

/**
 * Divides credits of one fee month over the persons of their bills, one after the other, in proportion to what each still lacks, by
 * largest remainders. Whose part a later bill takes back, in whole or in part, has that less of it.
 * @param given what persons have already, by bill, fund and person
 */
export async function sharesOf(
  tx: Context['tx'],
  feePeriod: number,
  credits: readonly PartialCredit[],
  given: ReadonlyMap<string, number>,
): Promise<Share[]> {
  const persons = await tx.rows<PersonPart>(
    `select b.employer_id as employer, b.id as bill, b.act, m.person_id as person, m.area, sum(m.pension_account)::int as pension,
       sum(m.medical_account)::int as medical
     from bill b join person_month m on m.bill_id = b.id
     where m.period = $1 and b.period >= $1 and b.employer_id = any (select employer_id from bill where id = any ($2))
     group by b.id, m.person_id, m.area order by b.id, m.person_id`,
    [feePeriod, [...new Set(credits.map((c) => c.bill))]],
  );
  const byBill = groupBy(persons, (p) => p.bill);
  const byPerson = groupBy(persons, (p) => `${p.employer} ${p.person}`);
  const has = new Map(given);
  return credits.flatMap((c) => {
    const of = byBill.get(c.bill) ?? [];
    const part = (p: PersonPart): number => (c.fund === 3 ? p.medical : p.pension);
    const left = of.map((p) => {
      const later = byPerson
        .get(`${p.employer} ${p.person}`)!
        .filter((x) => x.bill > c.bill && x.act < c.act);
      return Math.max(0, part(p) + Math.min(0, sumOf(later, part)));
    });
    const keys = of.map((p) => `${c.bill} ${c.fund} ${p.person}`);
    const there = keys.map((key) => has.get(key) ?? 0);
    return divided(c.amount, of.map(part), left, there).map((amount, i) => {
      has.set(keys[i]!, there[i]! + amount);
      return { id: c.id, person: of[i]!.person, area: of[i]!.area, amount };
    });
  });
}

/**
 * An amount over persons, in fen.
 * @param parts what the bill has for each; @param left what of it later bills leave; @param there what each has already
 */
export function divided(
  amount: number,
  parts: readonly number[],
  left: readonly number[],
  there: readonly number[],
): number[] {
  if (parts.every((p, i) => p === left[i] || p < 0))
    return apportion(
      fen(amount),
      parts.map((p, i) => p - there[i]!),
    );
  // All that came in anew: who has more than is left of his part gives it to the others.
  const total = amount + sumOf(there, (t) => t);
  const most = sumOf(left, (l) => l);
  const first = apportion(fen(Math.min(total, most)), left);
  const rest = apportion(
    fen(Math.max(0, total - most)),
    parts.map((p, i) => Math.max(0, p - left[i]!)),
  );
  return there.map((t, i) => first[i]! + rest[i]! - t);
}
