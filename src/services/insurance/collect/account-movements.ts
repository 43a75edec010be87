import { type Context, groupBy, sumOf } from '../../../kernel/index.ts';
import { accountOf, billedTo, type Claim, type Section } from '../bills/claims.ts';
import { category, employeeShare, employerShare, lineKind } from '../codes.ts';
import { lawOf, question } from '../law.ts';
import { accountsOf, type ClaimMoney, type PersonPart } from './account-parts.ts';

/** Funds 1 to 3 keep individual accounts: the two pensions and medical. */
const lastAccountFund = 3;
const publicPension = 2;
const medical = 3;

type Reading = Pick<Context, 'tx' | 'city' | 'today'>;

/** What a person's account moves by, in fen. */
export interface Share {
  readonly person: number;
  readonly area: number;
  readonly amount: number;
}

/**
 * What an employer's fund and fee month moves on its persons' accounts, through one bill. `whole`: each of the bill's persons gets his account
 * part of it; the shares come on top of that, and alone otherwise. Amounts in fen.
 */
export interface Movement {
  readonly employer: number;
  readonly area: number;
  readonly fund: number;
  readonly feePeriod: number;
  readonly bill: number;
  readonly persons: number;
  readonly amount: number;
  readonly whole: boolean;
  readonly shares: readonly Share[];
}

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

/** An employer's fund and fee month: what its bills carry (oldest first), what came in on its claims, and what was credited before. */
interface Kept {
  readonly key: string;
  readonly carried: readonly Carried[];
  readonly claims: readonly ClaimMoney[];
  readonly before: ReadonlyMap<number, Credited>;
}

interface Credited {
  readonly amount: number;
  readonly whole: boolean;
  /** Whether some of it went to persons one by one. */
  readonly shared: boolean;
}

/**
 * What crediting would move now for some employers and their fee months: all that came in is on the accounts of those to whom it belongs
 * then. Where everything came in, each has his account part of every bill; else see `accountsOf`.
 */
export async function movementsOfPart(
  context: Reading,
  part: readonly (readonly [number, readonly { feePeriod: number }[]])[],
): Promise<Movement[]> {
  const employers = part.map(([employer]) => employer);
  const feePeriods = [...new Set(part.flatMap(([, list]) => list.map((m) => m.feePeriod)))];
  const { claims, sections } = await billedTo(context.tx, employers, feePeriods);
  const received = receivedByKey(context, claims);
  const before = await creditedBefore(context.tx, employers, feePeriods);
  const all = [...groupBy(carriedBy(sections), keyOf)].map(
    ([key, carried]): Kept => ({
      key,
      carried,
      claims: received.get(key) ?? [],
      before: before.get(key) ?? new Map(),
    }),
  );
  const paid = all.filter(cameWhole);
  const inPart = all.filter((k) => !cameWhole(k) && (cameIn(k) !== 0 || k.before.size > 0));
  const shares = await sharesBefore(context.tx, [...paid.filter(isShared), ...inPart]);
  const parts = await partsOf(context.tx, inPart);
  return [
    ...paid.flatMap((k) => wholeMovements(k, shares.get(k.key) ?? new Map())),
    ...inPart.flatMap((k) =>
      partMovements(k, parts.get(k.key) ?? [], shares.get(k.key) ?? new Map()),
    ),
  ];
}

function keyOf(of: { employer: number; fund: number; feePeriod: number }): string {
  return `${of.employer} ${of.fund} ${of.feePeriod}`;
}

const cameIn = ({ claims }: Kept): number => sumOf(claims, (c) => c.received);
const cameWhole = (of: Kept): boolean => cameIn(of) >= sumOf(of.carried, (c) => c.account);
const isShared = ({ before }: Kept): boolean => [...before.values()].some((b) => b.shared);

/** Account money on claims, by employer, fund and fee month (strategy `collection.accountCredit`). */
function receivedByKey(context: Reading, claims: readonly Claim[]): Map<string, ClaimMoney[]> {
  const { way } = lawOf(context.city).way(
    'collection.accountCredit',
    question(context.city, context.today),
    ['as-received', 'paid-in-full'],
  );
  const found = new Map<string, ClaimMoney[]>();
  for (const claim of claims) {
    if (claim.account === 0) continue;
    const waits = way === 'paid-in-full' && claim.open > 0;
    const { bill, share, account } = claim;
    const received = waits ? 0 : accountOf(claim, claim.amount - claim.open);
    const key = keyOf(claim);
    const there = found.get(key);
    if (there === undefined) found.set(key, [{ bill, share, account, received }]);
    else there.push({ bill, share, account, received });
  }
  return found;
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
): Promise<Map<string, Map<number, Credited>>> {
  const rows = await tx.rows<
    Credited & { employer: number; fund: number; feePeriod: number; bill: number }
  >(
    `select c.employer_id as employer, c.fund::int, c.fee_period as "feePeriod", c.bill_id as bill, sum(c.amount)::bigint as amount,
       bool_or(c.whole) as whole, bool_or(not c.whole) as shared
     from unnest($1::bigint[]) as w (employer) join account_credit c on c.employer_id = w.employer
     where c.fee_period = any ($2) group by 1, 2, 3, 4`,
    [employers, feePeriods],
  );
  return new Map(
    [...groupBy(rows, keyOf)].map(([key, list]) => [key, new Map(list.map((r) => [r.bill, r]))]),
  );
}

/** What persons have by shares, by employer, fund and fee month, then by person. */
type Shares = ReadonlyMap<string, ReadonlyMap<number, Share>>;

async function sharesBefore(tx: Context['tx'], kept: readonly Kept[]): Promise<Shares> {
  const some = kept.filter(isShared);
  if (some.length === 0) return new Map();
  const rows = await tx.rows<Share & { key: string }>(
    `select w.employer || ' ' || w.fund || ' ' || w.fee_period as key, s.person_id as person, max(s.area) as area,
       sum(s.amount)::bigint as amount
     from unnest($1::bigint[], $2::int[], $3::int[]) as w (employer, fund, fee_period)
     join account_credit c on c.employer_id = w.employer and c.fund = w.fund and c.fee_period = w.fee_period
     join account_credit_share s on s.credit_id = c.id
     group by 1, 2 having sum(s.amount) <> 0 order by 1, 2`,
    unnested(some),
  );
  return byPerson(rows);
}

function byPerson(rows: readonly (Share & { key: string })[]): Shares {
  return new Map(
    [...groupBy(rows, (r) => r.key)].map(([key, list]) => [
      key,
      new Map(list.map(({ person, area, amount }) => [person, { person, area, amount }])),
    ]),
  );
}

function unnested(kept: readonly Kept[]): number[][] {
  const firsts = kept.map(({ carried }) => carried[0]!);
  return [firsts.map((c) => c.employer), firsts.map((c) => c.fund), firsts.map((c) => c.feePeriod)];
}

/** A person's account part of a bill, with where he belongs. */
interface PlacedPart extends PersonPart {
  readonly area: number;
}

/**
 * Account parts of the persons of employers' fee months, bill by bill and share by share, by employer, fund and fee month. They are found by the
 * rosters: a month's rows know their persons and not their employers.
 */
async function partsOf(
  tx: Context['tx'],
  kept: readonly Kept[],
): Promise<ReadonlyMap<string, readonly PlacedPart[]>> {
  if (kept.length === 0) return new Map();
  const rows = await tx.rows<{
    key: string;
    bill: number;
    person: number;
    area: number;
    fund: number;
    pension: number;
    medicalEmployee: number;
    medicalEmployer: number;
  }>(
    `select w.employer || ' ' || w.fund || ' ' || w.fee_period as key, m.bill_id as bill, m.person_id as person, max(m.area) as area,
       w.fund, sum(m.pension_account)::bigint as pension, sum(m.medical_employee)::bigint as "medicalEmployee",
       sum(m.medical_account - m.medical_employee)::bigint as "medicalEmployer"
     from unnest($1::bigint[], $2::int[], $3::int[]) as w (employer, fund, fee_period)
     cross join lateral (select distinct person_id from roster_line where period = w.fee_period and employer_id = w.employer offset 0) p
     cross join lateral (select * from person_month where person_id = p.person_id and employer_id = w.employer and period = w.fee_period
       and (w.fund = $4 or (category = $5) = (w.fund = $6)) offset 0) m
     group by 1, 2, 3, 5 order by 1, 3, 2`,
    [...unnested(kept), medical, category.public, publicPension],
  );
  return new Map(
    [...groupBy(rows, (r) => r.key)].map(([key, list]) => [
      key,
      list.flatMap(({ bill, person, area, ...of }): PlacedPart[] =>
        of.fund === medical
          ? [
              { bill, person, area, share: employeeShare, part: of.medicalEmployee },
              { bill, person, area, share: employerShare, part: of.medicalEmployer },
            ]
          : [{ bill, person, area, share: employeeShare, part: of.pension }],
      ),
    ]),
  );
}

/** All came in: every bill is credited whole, and what persons had by shares is in that. */
function wholeMovements(kept: Kept, shares: ReadonlyMap<number, Share>): Movement[] {
  const { carried, before } = kept;
  const back = [...shares.values()].map((s) => ({ ...s, amount: -s.amount }));
  const open = carried.filter((c) => {
    const there = before.get(c.bill);
    return there?.whole !== true && (c.account !== 0 || c.persons > 0 || there !== undefined);
  });
  const movements = open.map((c, i) =>
    movement(c, c.account - (before.get(c.bill)?.amount ?? 0), true, i === 0 ? back : []),
  );
  if (open.length > 0 || back.length === 0) return movements;
  return [
    movement(
      carried.at(-1)!,
      sumOf(back, (s) => s.amount),
      false,
      back,
    ),
  ];
}

/** Only a part came in: each person's account moves to what it has of that now. */
function partMovements(
  { carried, claims, before }: Kept,
  parts: readonly PlacedPart[],
  shares: ReadonlyMap<number, Share>,
): Movement[] {
  const has = new Map([...shares].map(([person, s]) => [person, s.amount]));
  const areas = new Map([...shares].map(([person, s]) => [person, s.area]));
  for (const { person, bill, area, part } of parts) {
    areas.set(person, area);
    if (before.get(bill)?.whole === true) has.set(person, (has.get(person) ?? 0) + part);
  }
  const target = accountsOf(claims, parts);
  const moved = [...areas]
    .map(([person, area]) => ({
      person,
      area,
      amount: (target.get(person) ?? 0) - (has.get(person) ?? 0),
    }))
    .filter((s) => s.amount !== 0);
  if (moved.length === 0) return [];
  const about = { ...carried.at(-1)!, persons: moved.length };
  return [
    movement(
      about,
      sumOf(moved, (s) => s.amount),
      false,
      moved,
    ),
  ];
}

/** Named one by one: spread into another, each of a city's objects costs several times as much. */
function movement(c: Carried, amount: number, whole: boolean, shares: readonly Share[]): Movement {
  const { employer, area, fund, feePeriod, bill, persons } = c;
  return { employer, area, fund, feePeriod, bill, persons, amount, whole, shares };
}
