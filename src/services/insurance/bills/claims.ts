import { type ReceivableOn, receivableKeys, receivableOf } from '../../../engines/fund/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import type { PlainDate } from '../../../kernel/index.ts';
import type { BillSection } from './lines.ts';

/** What one employer owes on one bill for one fund, share and fee month. Amounts in fen. */
export interface Claim {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly billNumber: string;
  /** Null while no document sets the days to pay. */
  readonly dueOn: PlainDate | null;
  /** Late days come after this day: the day due, or of a back payment the day that its month was. */
  readonly lateFrom: PlainDate | null;
  /** Month of the bill, 200803. */
  readonly period: number;
  readonly fund: number;
  readonly share: number;
  readonly feePeriod: number;
  readonly amount: number;
  /** What of the amount belongs to individual accounts. */
  readonly account: number;
  readonly open: number;
}

/** A claim to which money is applied: what is open of it becomes less. */
export interface OpenClaim extends Omit<Claim, 'open'> {
  open: number;
}

interface BillFacts {
  readonly id: number;
  readonly number: string;
  readonly dueOn: PlainDate | null;
  readonly period: number;
  readonly area: number;
}

/** What of a bill's sections claims are made of. */
export type Section = Omit<BillSection, 'bases'>;

/** Every claim on these employers, paid or not; with `feePeriods` those of these fee months only. */
export async function claimsOf(
  tx: Tx,
  employers: readonly number[],
  feePeriods: readonly number[] | null = null,
): Promise<Claim[]> {
  return (await billedTo(tx, employers, feePeriods)).claims;
}

/** What was billed to employers for some fee months (all without them): the claims, and the sections of the bills that made them. */
export async function billedTo(
  tx: Tx,
  employers: readonly number[],
  feePeriods: readonly number[] | null,
): Promise<{ readonly claims: Claim[]; readonly sections: readonly Section[] }> {
  if (employers.length === 0 || feePeriods?.length === 0) return { claims: [], sections: [] };
  const open = byClaim(await receivableOf(tx, employers, [contributionsDue], feePeriods));
  // A fee month stands on no bill that is older than itself (bills of a take-over carry all that came before them).
  const from = feePeriods === null ? 0 : Math.min(...feePeriods);
  const since = employers.map((employer) => ({ employer, from }));
  const sections = await sectionsOf(tx, since, feePeriods);
  return { claims: await claimsIn(tx, sections, open), sections };
}

/** The claims on these employers that are still open, oldest fee month first. */
export async function openClaims(tx: Tx, employers: readonly number[]): Promise<Claim[]> {
  return (await owedBy(tx, employers)).claims;
}

/** A late fee that was determined and not paid, in fen. */
export interface UnpaidFee {
  readonly employer: number;
  readonly bill: number;
  readonly fund: number;
  readonly open: number;
}

/** What employers owe: open claims, oldest fee month first, and late fees that were determined and not paid, oldest bill first. */
export interface Owed {
  readonly claims: OpenClaim[];
  readonly fees: readonly UnpaidFee[];
}

const { contributionsDue, lateFeesDue } = receivableKeys;

export async function owedBy(tx: Tx, employers: readonly number[]): Promise<Owed> {
  if (employers.length === 0) return { claims: [], fees: [] };
  const owed = await receivableOf(tx, employers, [contributionsDue, lateFeesDue]);
  const open = owed.filter((on) => on.cells.some((c) => Math.trunc(c / 100) === contributionsDue));
  const bills = await billsBy(tx, [...new Set(open.map((on) => on.bill))]);
  // What changed a claim stands on its own bill or on a later one.
  const oldest = new Map<number, number>();
  for (const on of open) {
    const { period } = bills.get(on.bill)!;
    oldest.set(on.employer, Math.min(period, oldest.get(on.employer) ?? period));
  }
  const sections = await sectionsOf(
    tx,
    [...oldest].map(([employer, from]) => ({ employer, from })),
    null,
  );
  const claims = await claimsIn(tx, sections, byClaim(open), bills);
  return { claims: claims.filter((c) => c.open > 0), fees: owed.flatMap(feesOn).sort(feesInOrder) };
}

function feesOn({ employer, bill, cells, open }: ReceivableOn): UnpaidFee[] {
  return cells.flatMap((cell, i) =>
    Math.trunc(cell / 100) === lateFeesDue && open[i]! > 0
      ? [{ employer, bill, fund: Math.trunc(cell / 10) % 10, open: open[i]! }]
      : [],
  );
}

function feesInOrder(a: UnpaidFee, b: UnpaidFee): number {
  return a.employer - b.employer || a.bill - b.bill || a.fund - b.fund;
}

function byClaim(list: readonly ReceivableOn[]): Map<string, ReceivableOn> {
  return new Map(list.map((on) => [`${on.bill} ${on.feePeriod}`, on]));
}

async function sectionsOf(
  tx: Tx,
  since: readonly { readonly employer: number; readonly from: number }[],
  feePeriods: readonly number[] | null,
): Promise<Section[]> {
  if (since.length === 0) return [];
  // Bill by bill: the planner knows nothing yet of a month that was just filled and would rather read the whole of it.
  return tx.rows<Section>(
    `select s.employer_id as employer, s.area, s.bill_id as bill, s.kind::int, s.claim_bill_id as claim,
       s.fee_period as "feePeriod", s.late_from::text as "lateFrom", s.cells, s.persons, s.amounts, s.accounts
     from unnest($1::bigint[], $2::int[]) as w (employer, since)
     cross join lateral (select id, period from bill where employer_id = w.employer and period >= w.since offset 0) b
     cross join lateral (select * from bill_section where bill_id = b.id and period = b.period
       and ($3::int[] is null or fee_period = any ($3)) offset 0) s`,
    [since.map((s) => s.employer), since.map((s) => s.from), feePeriods],
  );
}

async function billsBy(tx: Tx, ids: readonly number[]): Promise<Map<number, BillFacts>> {
  const rows = await tx.rows<BillFacts>(
    `select b.id, b.number, b.due_on::text as "dueOn", b.period, b.area
     from unnest($1::bigint[]) as w (id) join bill b on b.id = w.id`,
    [ids],
  );
  return new Map(rows.map((b) => [b.id, b]));
}

interface Building extends Omit<OpenClaim, 'amount' | 'account' | 'lateFrom'> {
  lateFrom: PlainDate | null;
  amount: number;
  account: number;
}

async function claimsIn(
  tx: Tx,
  sections: readonly Section[],
  open: ReadonlyMap<string, ReceivableOn>,
  known: ReadonlyMap<number, BillFacts> = new Map(),
): Promise<OpenClaim[]> {
  const unknown = [...new Set(sections.map((s) => s.claim))].filter((id) => !known.has(id));
  const more = unknown.length === 0 ? new Map<number, BillFacts>() : await billsBy(tx, unknown);
  const claims = new Map<string, Building[]>();
  for (const section of sections) {
    const bill = (known.get(section.claim) ?? more.get(section.claim))!;
    const key = `${section.claim} ${section.feePeriod}`;
    const list = claims.get(key) ?? [];
    claims.set(key, list);
    addSection(list, section, bill, open.get(key));
  }
  return [...claims.values()].flat().sort(inOrder);
}

/** Adds a section's lines to the claims that its bill has for its fee month. */
function addSection(
  claims: Building[],
  section: Section,
  bill: BillFacts,
  open: ReceivableOn | undefined,
): void {
  for (let i = 0; i < section.cells.length; i += 1) {
    const cell = section.cells[i]!;
    const fund = Math.trunc(cell / 10);
    const share = cell % 10;
    const there = claims.find((c) => c.fund === fund && c.share === share);
    if (there !== undefined) {
      there.amount += section.amounts[i]!;
      there.account += section.accounts[i]!;
      there.lateFrom = section.lateFrom ?? there.lateFrom;
      continue;
    }
    const at = open?.cells.indexOf(contributionsDue * 100 + cell) ?? -1;
    claims.push({
      employer: section.employer,
      area: bill.area,
      bill: bill.id,
      billNumber: bill.number,
      dueOn: bill.dueOn,
      lateFrom: section.lateFrom ?? bill.dueOn,
      period: bill.period,
      fund,
      share,
      feePeriod: section.feePeriod,
      amount: section.amounts[i]!,
      account: section.accounts[i]!,
      open: at < 0 ? 0 : open!.open[at]!,
    });
  }
}

/** By employer, the oldest fee month first, then by bill; the employees' shares before the employer's. */
function inOrder(a: Claim, b: Claim): number {
  return (
    a.employer - b.employer ||
    a.feePeriod - b.feePeriod ||
    a.bill - b.bill ||
    b.share - a.share ||
    a.fund - b.fund
  );
}

/**
 * What of a claim's money belongs to individual accounts once `paid` of it came in: all of the account part when paid
 * in full, else its share of what came, without parts of a fen.
 */
export function accountOf(claim: { amount: number; account: number }, paid: number): number {
  if (paid >= claim.amount) return claim.account;
  if (claim.account === claim.amount) return paid;
  return Number((BigInt(claim.account) * BigInt(paid)) / BigInt(claim.amount));
}
