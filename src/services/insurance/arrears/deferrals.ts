import { receivableKeys } from '../../../engines/fund/index.ts';
import { callRule, type Derivation } from '../../../engines/policy/index.ts';
import {
  addDays,
  type Context,
  daysBetween,
  groupBy,
  type PlainDate,
  type QueryContext,
  sumOf,
  yuan,
} from '../../../kernel/index.ts';
import { lawOf, question } from '../law.ts';

type Reading = Pick<QueryContext, 'tx' | 'city'>;

/** Amount in fen. */
export interface Instalment {
  readonly dueOn: PlainDate;
  readonly amountFen: number;
}

export interface Order {
  readonly givenOn: PlainDate;
  readonly payBy: PlainDate;
}

export interface Deferral {
  readonly publicId: string;
  readonly bill: number;
  readonly employer: number;
  readonly area: number;
  readonly from: PlainDate;
  /** The day that was agreed. */
  readonly until: PlainDate;
  readonly instalments: readonly Instalment[];
}

interface Move {
  readonly on: PlainDate;
  readonly amount: number;
}

/** Orders to pay and deferrals of some employers, by bill, and how the open principal of bills with instalments moved. */
export interface Enforcement {
  readonly city: Reading['city'];
  readonly orders: ReadonlyMap<number, readonly Order[]>;
  /** In the order in which they were agreed. */
  readonly deferrals: ReadonlyMap<number, readonly Deferral[]>;
  readonly moves: ReadonlyMap<number, Move[]>;
}

/** Orders, deferrals and what they need, of some employers or (null) of all that the actor may see. */
export async function enforcementOf(
  context: Reading,
  employers: readonly number[] | null,
): Promise<Enforcement> {
  const { tx, city } = context;
  const orders = await tx.rows<Order & { bill: number }>(
    `select bill_id as bill, given_on::text as "givenOn", pay_by::text as "payBy" from pay_order o
     where ($1::bigint[] is null or employer_id = any ($1))
       and not exists (select from pay_order_withdrawal where order_id = o.id) order by id`,
    [employers],
  );
  const deferrals = await tx.rows<Deferral>(
    `select public_id as "publicId", bill_id as bill, employer_id as employer, area, from_on::text as "from",
       until_on::text as "until", instalments from deferral
     where $1::bigint[] is null or employer_id = any ($1) order by id`,
    [employers],
  );
  const inParts = deferrals.filter((d) => d.instalments.length > 0);
  return {
    city,
    orders: groupBy(orders, (o) => o.bill),
    deferrals: groupBy(deferrals, (d) => d.bill),
    moves: inParts.length === 0 ? new Map() : await movesOf(context, inParts),
  };
}

async function movesOf(
  { tx }: Reading,
  deferrals: readonly Deferral[],
): Promise<Map<number, Move[]>> {
  const rows = await tx.rows<Move & { bill: number }>(
    `select e.bill_id as bill, j.effective::text as on, sum(e.amount)::bigint as amount
     from entry e join journal j on j.id = e.journal_id
     where e.book = 2 and e.account = $1 and e.employer_id = any ($2) and e.bill_id = any ($3) group by 1, 2`,
    [
      receivableKeys.contributionsDue,
      [...new Set(deferrals.map((d) => d.employer))],
      [...new Set(deferrals.map((d) => d.bill))],
    ],
  );
  return groupBy(rows, (r) => r.bill);
}

/** Lets payments that are applied but not posted yet count for the instalments of their bill. Amount in fen. */
export function notePaid(
  enforcement: Enforcement,
  bill: number,
  on: PlainDate,
  amount: number,
): void {
  enforcement.moves.get(bill)?.push({ on, amount: -amount });
}

/** Open principal of a bill at the end of a day, in fen; of bills with instalments only. */
function openAt(enforcement: Enforcement, bill: number, day: PlainDate): number {
  return sumOf(
    (enforcement.moves.get(bill) ?? []).filter((m) => m.on <= day),
    (m) => m.amount,
  );
}

interface End {
  /** The last day on which it defers, as it is known on the day of the question. */
  readonly endsOn: PlainDate;
  /** Number of the missed instalment that ended it; 0: none did. */
  readonly missed: number;
  readonly derivation?: Derivation;
}

/** When a deferral ends, as it stands on a day: the agreed day, the next agreement, or an instalment's day that was missed. */
function endOf(enforcement: Enforcement, deferral: Deferral, on: PlainDate): End {
  const list = enforcement.deferrals.get(deferral.bill) ?? [];
  const next = list[list.indexOf(deferral) + 1]?.from;
  const until = next !== undefined && next < deferral.until ? next : deferral.until;
  // What another agreement replaced is no longer owed by this one.
  const instalments = deferral.instalments.filter((i) => next === undefined || i.dueOn < next);
  if (!instalments.some((i) => i.dueOn < on)) return { endsOn: until, missed: 0 };
  const { city } = enforcement;
  const { outputs, derivation } = callRule(lawOf(city), 'arrears.deferralEnd', question(city, on), {
    until,
    on,
    instalments: deferral.instalments.map((i) => ({
      dueOn: i.dueOn,
      amount: yuan(i.amountFen),
      open: yuan(instalments.includes(i) ? openAt(enforcement, deferral.bill, i.dueOn) : 0),
    })),
  });
  const missed = Number(outputs['missed']);
  return { endsOn: String(outputs['endsOn']) as PlainDate, missed, derivation };
}

/** A run of days, its first and its last. */
export interface DayRun {
  readonly from: PlainDate;
  readonly until: PlainDate;
}

/** The days after the due day up to `on` that deferrals took out: the day of an agreement itself is still late. */
export function deferredRuns(
  bill: number,
  dueOn: PlainDate,
  enforcement: Enforcement,
  on: PlainDate,
): DayRun[] {
  return (enforcement.deferrals.get(bill) ?? []).flatMap((d): DayRun[] => {
    const { endsOn } = endOf(enforcement, d, on);
    const from = addDays(d.from > dueOn ? d.from : dueOn, 1);
    const until = endsOn < on ? endsOn : on;
    return from <= until ? [{ from, until }] : [];
  });
}

/** The days after the due day up to `on` on which a bill was late: those of a deferral do not count. */
export function daysLate(
  bill: number,
  dueOn: PlainDate,
  enforcement: Enforcement,
  on: PlainDate,
): number {
  if (on <= dueOn) return 0;
  const deferred = deferredRuns(bill, dueOn, enforcement, on);
  return daysBetween(dueOn, on) - sumOf(deferred, (r) => daysBetween(r.from, r.until) + 1);
}

/** The last day of a deferral that runs on a day; null without one. */
export function deferredUntil(
  bill: number,
  enforcement: Enforcement,
  on: PlainDate,
): PlainDate | null {
  const running = runningDeferral(bill, enforcement, on);
  return running === undefined ? null : endOf(enforcement, running, on).endsOn;
}

/** The deferral that runs on a day; undefined without one. */
export function runningDeferral(
  bill: number,
  enforcement: Enforcement,
  on: PlainDate,
): Deferral | undefined {
  const last = lastDeferral(bill, enforcement, on);
  return last !== undefined && on <= endOf(enforcement, last, on).endsOn ? last : undefined;
}

/** Bills whose agreed deferral would still run today but for an instalment that was missed, of all employers that the actor may see. */
export async function endedEarly(context: QueryContext): Promise<number[]> {
  const { today } = context;
  const agreed = await context.tx.rows<{ employer: number }>(
    `select distinct employer_id as employer from deferral
     where $1::date between from_on and until_on and instalments <> '[]'`,
    [today],
  );
  if (agreed.length === 0) return [];
  const enforcement = await enforcementOf(
    context,
    agreed.map((a) => a.employer),
  );
  return [...enforcement.deferrals.values()]
    .map((list) => list.filter((d) => d.from <= today).at(-1))
    .filter((d) => d !== undefined && today <= d.until)
    .map((d) => d!.bill)
    .filter((bill) => runningDeferral(bill, enforcement, today) === undefined);
}

function lastDeferral(bill: number, enforcement: Enforcement, on: PlainDate): Deferral | undefined {
  return (enforcement.deferrals.get(bill) ?? []).filter((d) => d.from <= on).at(-1);
}

/**
 * The last day of the order to pay that was missed first, if one was before a day. An order whose day a deferral put off is missed after
 * the deferral, and after the next one that was agreed before that.
 */
export function missedOrder(
  bill: number,
  enforcement: Enforcement,
  on: PlainDate,
): PlainDate | undefined {
  const deferrals = enforcement.deferrals.get(bill) ?? [];
  const days = (enforcement.orders.get(bill) ?? []).map(({ payBy }) =>
    deferrals.reduce((day, d) => {
      if (d.from > day) return day;
      return [day, endOf(enforcement, d, on).endsOn].sort().at(-1)!;
    }, payBy),
  );
  return days.sort().find((day) => day < on);
}

/** How the last agreement of a bill stands on a day, for who works on it. Amounts in fen. */
export interface Agreement {
  /** The day with which a missed instalment ended it; null: none did. */
  readonly endedOn: PlainDate | null;
  /** Null when it has no instalments, or is over. */
  readonly instalments: {
    readonly of: number;
    readonly paid: number;
    readonly next: {
      readonly number: number;
      readonly dueOn: PlainDate;
      /** What is to be paid by then. */
      readonly amountFen: number;
    } | null;
  } | null;
}

export function agreementOf(bill: number, enforcement: Enforcement, on: PlainDate): Agreement {
  const last = lastDeferral(bill, enforcement, on);
  if (last === undefined || last.instalments.length === 0)
    return { endedOn: null, instalments: null };
  const { endsOn, missed } = endOf(enforcement, last, on);
  if (on > endsOn) return { endedOn: missed > 0 ? endsOn : null, instalments: null };
  const open = openAt(enforcement, bill, on);
  const lacking = last.instalments.map(
    (_, n) => open - sumOf(last.instalments.slice(n + 1), (i) => i.amountFen),
  );
  const n = lacking.findIndex((fen) => fen > 0);
  const next = last.instalments[n];
  return {
    endedOn: null,
    instalments: {
      of: last.instalments.length,
      paid: n < 0 ? last.instalments.length : n,
      next:
        next === undefined ? null : { number: n + 1, dueOn: next.dueOn, amountFen: lacking[n]! },
    },
  };
}

interface Recorded {
  readonly id: number;
  readonly deferral: string;
  readonly missed: number;
}

/**
 * Records as determinations which deferrals a missed instalment ended by today. What is recorded is never changed: money that
 * turns out to have come in time is a further determination over it. Runs with the system's eyes.
 */
export async function recordEnds(context: Context, enforcement: Enforcement): Promise<void> {
  const inParts = [...enforcement.deferrals.values()]
    .flat()
    .filter((d) => d.instalments.length > 0);
  if (inParts.length === 0) return;
  const rows = await context.tx.rows<Recorded>(
    `select distinct on (inputs->>'deferral') id, inputs->>'deferral' as deferral, (outputs->>'missed')::int as missed
     from determination where kind = 'deferral-end' and employer_id = any ($1) order by inputs->>'deferral', id desc`,
    [[...new Set(inParts.map((d) => d.employer))]],
  );
  const recorded = new Map(rows.map((r) => [r.deferral, r]));
  for (const deferral of inParts) {
    const before = recorded.get(deferral.publicId);
    const end = endOf(enforcement, deferral, context.today);
    if (end.missed !== (before?.missed ?? 0))
      await record(context, enforcement, deferral, end, before);
  }
}

async function record(
  context: Context,
  enforcement: Enforcement,
  deferral: Deferral,
  end: End,
  before: Recorded | undefined,
): Promise<void> {
  const { tx, city, today, act } = context;
  await tx.execute(
    `insert into determination (kind, area, employer_id, period, rule, place, on_day, known_on, inputs, versions, outputs,
       supersedes, act)
     select 'deferral-end', $1, $2, b.period, 'arrears.deferralEnd', $3, $4, $5, $6, $7, $8, $9, $10 from bill b where b.id = $11`,
    [
      deferral.area,
      deferral.employer,
      city.code.slice(0, 4),
      end.endsOn,
      today,
      {
        deferral: deferral.publicId,
        until: deferral.until,
        instalments: deferral.instalments.map((i) => ({
          ...i,
          openFen: openAt(enforcement, deferral.bill, i.dueOn),
        })),
      },
      JSON.stringify(end.derivation?.parameters ?? []),
      { missed: end.missed, endsOn: end.endsOn, derivation: end.derivation ?? null },
      before?.id ?? null,
      act,
      deferral.bill,
    ],
  );
}
