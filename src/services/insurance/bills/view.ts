import { z } from 'zod';
import { insuranceOf, receivableKeys } from '../../../engines/fund/index.ts';
import { areaNames, countyOf } from '../../../engines/jurisdiction/index.ts';
import { floatsIn, type Version } from '../../../engines/policy/index.ts';
import { type EmployerRow, employerBy } from '../../../engines/registry/index.ts';
import {
  defineQuery,
  groupBy,
  MindunError,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
  sumOf,
  type Text,
} from '../../../kernel/index.ts';
import { daysLate, deferredUntil, type Enforcement, enforcementOf } from '../arrears/deferrals.ts';
import { determinedFees, feesWithoutLaw, runningFee } from '../arrears/late-fee-lines.ts';
import { putOff, standingOf } from '../arrears/standing.ts';
import { category, employeeShare, employerShare, lineKind, lineKindNames } from '../codes.ts';
import { unappliedMoney } from '../collect/unapplied.ts';
import { provisionalBasisOf } from '../declare/provisional-basis.ts';
import { ratingsOf } from '../ratings.ts';
import {
  type ArrearsLine,
  type BillInsurance,
  type BillLine,
  type BillPayment,
  type BillView,
  type EarlierMonth,
  type Insurance,
  insurances,
  type PutOffLine,
} from '../views.ts';
import { causesOf } from './causes.ts';
import { type Claim, openClaims } from './claims.ts';

interface Row {
  readonly id: number;
  readonly publicId: string;
  readonly number: string;
  readonly issuedOn: string;
  readonly dueOn: PlainDate | null;
  readonly dueAssumed: boolean;
}

interface Line {
  readonly fund: number;
  readonly share: number;
  readonly kind: number;
  readonly feePeriod: number;
  readonly claim: number;
  readonly persons: number;
  readonly base: number;
  readonly amount: number;
}

/** The unified bill of an employer's month. @throws MindunError unknown-employer, not-found */
export const billQuery = defineQuery({
  name: 'insurance.bill',
  title: { zh: '五险合一缴费单', en: 'Unified bill' },
  input: z.object({ employer: z.string().min(1), month: z.string() }),
  async run(context, input): Promise<BillView> {
    const employer = await employerBy(context.tx, input.employer);
    const month = readMonth(input.month);
    context.looked({ employerId: employer.id });
    return context.elevate(() => billOf(context, employer, month));
  },
});

/** The same for who may see it already, with the system's eyes. @throws MindunError not-found */
export async function billOf(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
): Promise<BillView> {
  const { tx } = context;
  const bill = await rowOf(context, employer, month);
  const lines = await linesOf(context, bill.id, month);
  const assumed = await assumedHere(context, month, lines);
  const open = await openClaims(tx, [employer.id]);
  const enforcement = await enforcementOf(context, [employer.id]);
  const running = new Map(open.map((c) => [c, runningFee(context, c, enforcement)]));
  const earlier = open.filter((c) => c.bill !== bill.id && c.period < period(month));
  const arrears = earlier.map((c) => arrearsLine(context, c, enforcement));
  const own = open.filter((c) => c.bill === bill.id);
  const credit = (await unappliedMoney(context, employer.id))[0]?.amount ?? 0;
  const payments = await paymentsOf(context, employer.id, bill.id);
  const determined = await determinedFees(context, employer.id);
  const lateFees = [
    ...determined,
    ...[...earlier, ...own].map((c) => running.get(c)!).filter((l) => l.state !== 'not-late'),
    ...(await feesWithoutLaw(context, employer.id)),
  ];
  const standing = standingOf(bill, enforcement, context.today);
  const deferred = putOffLines(context, [...earlier, ...own], bill.dueOn, enforcement);
  const paidFen = sumOf(
    payments.filter((p) => p.kind !== 'late-fee'),
    (p) => p.amountFen,
  );
  const openFen = sumOf(own, (c) => c.open);
  const toPay = {
    arrearsFen: sumOf(arrears, (a) => a.openFen),
    lateFeeFen: sumOf(lateFees, (l) => l.amountFen),
    putOffFen: sumOf(deferred, (p) => p.putOffFen),
  };
  const dueFen = openFen + toPay.arrearsFen + toPay.lateFeeFen - toPay.putOffFen;
  return {
    publicId: bill.publicId,
    number: bill.number,
    employer: { publicId: employer.publicId, code: employer.code, name: employer.name },
    ...(await placeOf(context, employer)),
    month,
    issuedOn: bill.issuedOn,
    dueDate: bill.dueOn,
    dueAssumed: bill.dueAssumed,
    standing: { ...standing, openFen },
    insurances: await insurancesOf(context, employer, month, lines),
    provisionalBasis: lines.some((l) => l.kind === lineKind.provisional)
      ? await provisionalBasisOf(context, employer.id, month)
      : null,
    lines: lines.map((l) => lineView(l, bill.id, own, assumed)),
    earlier: await earlierOf(context, employer.id, month, lines),
    lateFeesDueFen: sumOf(determined, (l) => l.amountFen),
    lateFees,
    arrears,
    putOff: deferred,
    payments,
    total: {
      employerFen: ofShare(lines, employerShare),
      employeeFen: ofShare(lines, employeeShare),
      ...toPay,
      elsewhereFen: openFen + paidFen - sumOf(lines, (l) => l.amount),
      creditFen: credit,
      setOffFen: Math.min(credit, dueFen),
      payableFen: Math.max(0, dueFen - credit),
    },
    paidFen,
    asOf: context.at,
  };
}

/** @throws MindunError not-found */
async function rowOf(context: QueryContext, employer: EmployerRow, month: Month): Promise<Row> {
  const bill = await context.tx.maybe<Row>(
    `select id, public_id as "publicId", number, issued_on::text as "issuedOn", due_on::text as "dueOn",
       due_assumed as "dueAssumed"
     from bill where employer_id = $1 and period = $2 and kind = 'month'`,
    [employer.id, period(month)],
  );
  if (bill === undefined) throw new MindunError('not-found', { what: `${employer.name} ${month}` });
  return bill;
}

function ofShare(
  lines: readonly { readonly share: number; readonly amount: number }[],
  share: number,
): number {
  return sumOf(
    lines.filter((l) => l.share === share),
    (l) => l.amount,
  );
}

async function placeOf(
  context: QueryContext,
  { area }: EmployerRow,
): Promise<Pick<BillView, 'office' | 'area'>> {
  const names = await areaNames(context.tx, [area, countyOf(area)], context.today);
  return {
    office: officeOf(context, names.get(countyOf(area)) ?? ''),
    area: names.get(area) ?? '',
  };
}

function officeOf(context: QueryContext, county: string): Text {
  return {
    zh: `${context.city.name.zh}社会保险经办机构${county === '' ? '' : `（${county}）`}`,
    en: `Social insurance office of ${context.city.name.en}${county === '' ? '' : ` (${county})`}`,
  };
}

async function linesOf(context: QueryContext, bill: number, month: Month): Promise<Line[]> {
  return context.tx.rows<Line>(
    `select fund::int, share::int, kind::int, fee_period as "feePeriod", claim_bill_id as claim, persons, base, amount
     from bill_line where bill_id = $1 and period = $2 order by kind, fee_period, fund, share`,
    [bill, period(month)],
  );
}

/** What a bill's lines were computed with, month by month: without a document, or by one. */
async function assumedHere(
  { tx }: QueryContext,
  month: Month,
  lines: readonly Line[],
): Promise<(line: Line) => boolean> {
  const rows = await tx.rows<{ feePeriod: number; funds: number[] }>(
    `select fee_period as "feePeriod", not_computed -> 'assumed' as funds from assessment
     where period = $1 and fee_period = any ($2)`,
    [period(month), [...new Set(lines.map((l) => l.feePeriod))]],
  );
  const funds = new Map(rows.map((r) => [r.feePeriod, r.funds]));
  return ({ feePeriod, fund }) => funds.get(feePeriod)?.includes(fund) ?? false;
}

/** The earlier months that the bill settles, each with why. */
async function earlierOf(
  context: QueryContext,
  employer: number,
  month: Month,
  lines: readonly Line[],
): Promise<EarlierMonth[]> {
  const months = [...new Set(lines.map((l) => l.feePeriod))].filter((p) => p !== period(month));
  const why = await causesOf(context, employer, month, months);
  return months.sort((a, b) => a - b).map((of) => ({ feeMonth: monthOfPeriod(of), why: why(of) }));
}

function lineView(
  line: Line,
  bill: number,
  own: readonly Claim[],
  assumed: (line: Line) => boolean,
): BillLine {
  const claim = own.find(
    (c) => c.fund === line.fund && c.share === line.share && c.feePeriod === line.feePeriod,
  );
  return {
    insurance: insuranceOf(line.fund),
    share: line.share === employerShare ? 'employer' : 'employee',
    kind: lineKindNames[line.kind - 1]!,
    feeMonth: monthOfPeriod(line.feePeriod),
    persons: line.persons,
    amountFen: line.amount,
    openFen: line.claim === bill ? (claim?.open ?? 0) : 0,
    assumed: assumed(line),
  };
}

interface NotComputed {
  readonly funds: readonly { fund: number; parameter: string; document: string }[];
  readonly assumed: readonly number[];
  readonly provisional: readonly number[];
  readonly bySize: readonly { fund: number; document: string }[];
}

async function insurancesOf(
  context: QueryContext,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
): Promise<BillInsurance[]> {
  const { computed, versions } = await context.tx.one<{
    computed: NotComputed;
    versions: readonly Version[];
  }>(
    'select not_computed as computed, versions from assessment where fee_period = $1 and number = 1',
    [period(month)],
  );
  const current = lines.filter(
    (l) => l.kind === lineKind.current || l.kind === lineKind.provisional,
  );
  const declared = await inTime(context, employer, month);
  const by = { floats: floatsIn(versions), bySize: computed.bySize };
  const sizeKnown = await sizeKnownFor(context, employer, month, by);
  return insurances.map((insurance) => {
    const fund = fundOf(insurance, employer);
    const missing = computed.funds.find((f) => f.fund === fund);
    const mine = current.filter((l) => insuranceOf(l.fund) === insurance);
    const billed = mine.length > 0;
    const undeclared = billed
      ? mine.some((l) => l.kind === lineKind.provisional)
      : !declared && missing === undefined;
    const ofEmployer = mine.filter((l) => l.share === employerShare);
    const withoutSize =
      sizeKnown || ofEmployer.length > 0 ? undefined : computed.bySize.find((f) => f.fund === fund);
    const first = ofEmployer.length > 0 ? ofEmployer : mine;
    const state = missing === undefined && withoutSize === undefined ? 'computed' : 'not-computed';
    const sum = (share: number): number =>
      sumOf(
        mine.filter((l) => l.share === share),
        (l) => l.amount,
      );
    return {
      insurance,
      state,
      employeesComputed: mine.some((l) => l.share === employeeShare),
      ...(state === 'computed' ? {} : { missing: (missing ?? withoutSize)!.document }),
      assumed: computed.assumed.includes(fund),
      provisional: computed.provisional.includes(fund) || (undeclared && billed),
      undeclared,
      billed,
      persons: sumOf(first, (l) => l.persons),
      baseFen: sumOf(first, (l) => l.base),
      employerFen: sum(employerShare),
      employeeFen: sum(employeeShare),
    };
  });
}

/** Whether the employer declared the month before it was assessed. */
async function inTime({ tx }: QueryContext, employer: EmployerRow, month: Month): Promise<boolean> {
  const there = await tx.maybe(
    `select 1 from declaration where employer_id = $1 and period = $2 and kind in ('full', 'changes') limit 1`,
    [employer.id, period(month)],
  );
  return there !== undefined;
}

/** Whether the employer's size was known to the month's bills, where something goes by it. */
async function sizeKnownFor(
  { tx }: QueryContext,
  employer: EmployerRow,
  month: Month,
  by: Parameters<typeof ratingsOf>[3],
): Promise<boolean> {
  if (by.bySize.length === 0) return true;
  const of = period(month);
  const ratings = await ratingsOf(tx, of, of, by, [employer.id]);
  return ratings.of(employer.id).employerSize > 0;
}

function fundOf(insurance: Insurance, employer: EmployerRow): number {
  if (insurance === 'pension') return employer.category === category.public ? 2 : 1;
  return { medical: 3, unemployment: 4, injury: 5, maternity: 6 }[insurance];
}

function arrearsLine(context: QueryContext, claim: Claim, enforcement: Enforcement): ArrearsLine {
  const { bill, dueOn } = claim;
  return {
    feeMonth: monthOfPeriod(claim.feePeriod),
    billNumber: claim.billNumber,
    insurance: insuranceOf(claim.fund),
    share: claim.share === employerShare ? 'employer' : 'employee',
    dueDate: dueOn,
    openFen: claim.open,
    daysLate: dueOn === null ? 0 : daysLate(bill, dueOn, enforcement, context.today),
    deferredUntil: deferredUntil(bill, enforcement, context.today),
  };
}

/** What deferrals put off beyond the day on which the bill is due (today, when that is over), bill by bill. */
function putOffLines(
  context: QueryContext,
  open: readonly Claim[],
  dueDay: PlainDate | null,
  enforcement: Enforcement,
): PutOffLine[] {
  const { today } = context;
  const by = dueDay === null || dueDay < today ? today : dueDay;
  return [...groupBy(open, (c) => c.bill)].flatMap(([bill, claims]): PutOffLine[] => {
    const { billNumber, dueOn, period: of } = claims[0]!;
    const openFen = sumOf(claims, (c) => c.open);
    const putOffFen = putOff(bill, openFen, by, enforcement, today);
    if (putOffFen === 0) return [];
    const { deferredUntil: until, instalments } = standingOf(
      { id: bill, dueOn },
      enforcement,
      today,
    );
    return [
      {
        billNumber,
        month: monthOfPeriod(of),
        deferredUntil: until!,
        openFen,
        putOffFen,
        next: instalments?.next ?? null,
      },
    ];
  });
}

/** What was paid on this bill's own claims and late fees, by receipt; offsets from unapplied money have none. */
async function paymentsOf(
  context: QueryContext,
  employer: number,
  bill: number,
): Promise<BillPayment[]> {
  const rows = await context.tx.rows<{
    on: string;
    reference: string | null;
    kind: string;
    fee: boolean;
    amount: number;
  }>(
    `select coalesce(r.received_on, j.effective)::text as on, r.reference, j.kind, e.account = $4 as fee,
       -(sum(e.amount) filter (where e.account = $3 or e.amount < 0))::bigint as amount
     from entry e join journal j on j.id = e.journal_id left join receipt r on r.id = e.receipt_id
     where e.employer_id = $1 and e.book = 2 and e.account in ($3, $4) and e.bill_id = $2 and j.kind in ('receipt', 'apply')
     group by 1, 2, 3, 4 having sum(e.amount) filter (where e.account = $3 or e.amount < 0) is not null order by 1, 2, 4`,
    [employer, bill, receivableKeys.contributionsDue, receivableKeys.lateFeesDue],
  );
  return rows.map((r) => ({
    receivedOn: r.on,
    reference: r.reference ?? '',
    amountFen: r.amount,
    kind: r.fee ? 'late-fee' : r.kind === 'receipt' ? 'payment' : 'offset',
  }));
}
