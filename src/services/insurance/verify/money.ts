import { groupBy, type PlainDate, parts, type QueryContext } from '../../../kernel/index.ts';
import { type Enforcement, enforcementOf } from '../arrears/deferrals.ts';
import { type DelayFacts, lateFeeBy, lateFeeOf } from '../arrears/late-fee.ts';
import { dueDateOf } from '../bills/bills.ts';
import { paperHash } from '../certificates/hash.ts';
import { movementsOfPart } from '../collect/account-movements.ts';
import { movedToCredit } from '../collect/credit.ts';
import { lawOf } from '../law.ts';
import { openMonth } from '../period.ts';
import { type CheckDefinition, type Finding, sqlCheck } from './check.ts';

/** Bills fall due as the law of their day says, and were issued on the day of their act. */
async function dueDatesReproduce({ tx, city }: QueryContext): Promise<Finding> {
  const rows = await tx.rows<{
    issuedOn: PlainDate;
    dueOn: PlainDate | null;
    dueAssumed: boolean;
    bills: number;
    otherDay: number;
  }>(
    `select b.issued_on::text as "issuedOn", b.due_on::text as "dueOn", b.due_assumed as "dueAssumed", count(*)::int as bills,
       count(*) filter (where a.at::date <> b.issued_on)::int as "otherDay"
     from bill b left join act a on a.id = b.act where b.kind = 'month' group by 1, 2, 3`,
  );
  let counted = 0;
  let wrong = 0;
  for (const row of rows) {
    const { dueOn, dueAssumed } = dueDateOf(city, row.issuedOn);
    counted += row.bills;
    wrong += dueOn === row.dueOn && dueAssumed === row.dueAssumed ? row.otherDay : row.bills;
  }
  return { counted, wrong };
}

interface StoredFee {
  readonly id: number;
  readonly bill: number;
  readonly lateFrom: PlainDate | null;
  readonly fund: number;
  readonly principal: number;
  readonly dueOn: PlainDate;
  readonly paidOn: PlainDate;
  readonly days: number;
  readonly amount: number;
  readonly received: PlainDate | null;
  readonly determination: {
    readonly kind: string;
    readonly employer_id: number;
    readonly rule: string;
    readonly inputs: DelayFacts & Readonly<Record<string, unknown>>;
    readonly versions: unknown;
    readonly outputs: unknown;
  } | null;
  readonly employer: number;
}

const page = 5000;

/** Every late fee, in pages by id. */
async function* storedFees({ tx }: QueryContext): AsyncGenerator<StoredFee> {
  for (let after = 0; ; ) {
    const rows = await tx.rows<StoredFee>(
      `select f.id, f.bill_id as bill, coalesce(s.late_from, b.due_on)::text as "lateFrom", f.fund::int, f.principal, f.due_on::text as "dueOn",
         f.paid_on::text as "paidOn", f.days, f.amount, r.received_on::text as received, f.employer_id as employer,
         to_jsonb(d) as determination
       from late_fee f left join bill b on b.id = f.bill_id left join receipt r on r.id = f.receipt_id
       left join determination d on d.id = f.determination_id
       left join lateral (select min(late_from) as late_from from bill_section
         where bill_id = b.id and period = b.period and claim_bill_id = b.id and fee_period = f.fee_period) s on true
       where f.id > $1 order by f.id limit $2`,
      [after, page],
    );
    yield* rows;
    if (rows.length < page) return;
    after = rows.at(-1)!.id;
  }
}

/** What a late fee comes to by the law of its days; undefined where none is due. */
function feeAgain({ city }: QueryContext, fee: StoredFee, enforcement: Enforcement) {
  const law = lawOf(city);
  const { bill, fund, lateFrom, principal, paidOn, determination } = fee;
  // Payments of instalments may come to be known later: where there are some, the days that were determined count.
  const inParts = (enforcement.deferrals.get(bill) ?? []).some((d) => d.instalments.length > 0);
  const again =
    inParts && lateFrom !== null && determination !== null
      ? lateFeeBy(law, city, { dueOn: lateFrom, fund }, principal, paidOn, determination.inputs)
      : lateFeeOf(law, city, { bill, lateFrom, fund }, principal, paidOn, enforcement);
  return again === undefined || 'missing' in again ? undefined : again;
}

/** Late fees again, from principal, days and the rate of the day on which the money came. */
async function lateFeesReproduce(context: QueryContext): Promise<Finding> {
  const enforcement = await enforcementOf(context, null);
  let counted = 0;
  let wrong = 0;
  for await (const fee of storedFees(context)) {
    const again = feeAgain(context, fee, enforcement);
    counted += 1;
    const right =
      again?.fen === fee.amount &&
      again.days === fee.days &&
      again.dueOn === fee.dueOn &&
      (fee.received === null || fee.received === fee.paidOn);
    if (!right) wrong += 1;
  }
  return { counted, wrong };
}

interface KeptVersion {
  readonly parameter: string;
  readonly from: string;
  readonly value: string;
}

interface KeptDerivation {
  readonly rule?: string;
  readonly parameters?: readonly {
    readonly id: string;
    readonly from: string;
    readonly value: string;
  }[];
}

/** Every late fee's determination holds its inputs and its derivation, with the versions used. */
async function lateFeesDetermined(context: QueryContext): Promise<Finding> {
  let counted = 0;
  let wrong = 0;
  for await (const { determination: kept, ...fee } of storedFees(context)) {
    counted += 1;
    const outputs = kept?.outputs as KeptDerivation | undefined;
    const versions = (kept?.versions ?? []) as readonly KeptVersion[];
    const used = outputs?.parameters ?? [];
    const right =
      kept?.kind === 'late-fee' &&
      kept.employer_id === fee.employer &&
      kept.inputs['principalFen'] === fee.principal &&
      kept.inputs['paidOn'] === fee.paidOn &&
      outputs?.rule === kept.rule &&
      versions.length > 0 &&
      versions.length === used.length &&
      used.every((p) =>
        versions.some((v) => v.parameter === p.id && v.from === p.from && v.value === p.value),
      );
    if (!right) wrong += 1;
  }
  return { counted, wrong };
}

/** Employers that are in memory at once with what was billed to them, and fee months. */
const employersAtOnce = 4000;

/**
 * Crediting again would move nothing: what came in on claims stands on the accounts. Fee months that moved since the last crediting are
 * left to the next one.
 */
async function creditsEqualReceived(context: QueryContext): Promise<Finding> {
  const { tx } = context;
  const { last } = await tx.one<{ last: number }>(
    'select coalesce(max(journal), 0)::bigint as last from credit_mark',
  );
  const moved = await movedToCredit(tx, await openMonth(tx, context.city), last);
  const later = new Set(moved.map((m) => `${m.employer} ${m.feePeriod}`));
  const billed = await tx.rows<{ employer: number; feePeriod: number }>(
    'select distinct employer_id as employer, fee_period as "feePeriod" from bill_section order by 2, 1',
  );
  const wrong = new Set<string>();
  for (const [, ofYear] of groupBy(billed, (b) => Math.floor(b.feePeriod / 100))) {
    const byEmployer = [...groupBy(ofYear, (b) => b.employer)].sort(([a], [b]) => a - b);
    for (const part of parts(byEmployer, employersAtOnce)) {
      for (const m of await movementsOfPart(context, part)) {
        const key = `${m.employer} ${m.feePeriod}`;
        if (!later.has(key)) wrong.add(`${key} ${m.fund}`);
      }
    }
  }
  return { counted: billed.length - later.size, wrong: wrong.size };
}

/** Certificates and printed bills are as they were issued. */
async function certificatesUnchanged({ tx }: QueryContext): Promise<Finding> {
  let counted = 0;
  let wrong = 0;
  for (let after = 0; ; ) {
    const rows = await tx.rows<{
      id: number;
      code: string;
      body: object;
      sha256: string;
    }>('select id, code, body, sha256 from certificate where id > $1 order by id limit $2', [
      after,
      page,
    ]);
    counted += rows.length;
    wrong += rows.filter((r) => paperHash(r.code, r.body) !== r.sha256).length;
    if (rows.length < page) return { counted, wrong };
    after = rows.at(-1)!.id;
  }
}

/** The checks that compute again what the city determined. */
export const moneyChecks: readonly CheckDefinition[] = [
  { name: 'due-dates-reproduce', run: dueDatesReproduce },
  { name: 'late-fees-reproduce', run: lateFeesReproduce },
  // A back payment is late by its month: what the employer declared late or corrected on that bill, and by no other day.
  sqlCheck(
    'back-payments-late-by-month',
    `with due as (select period, min(due_on) as due_on from bill where kind = 'month' group by 1)
     select count(*)::int as counted, count(*) filter (where s.late_from is distinct from d.due_on or s.claim_bill_id <> s.bill_id
       or not exists (select from declaration x where x.employer_id = s.employer_id and x.period = s.fee_period
         and x.bill_period = s.period and x.kind in ('late', 'correction')))::int as wrong
     from bill_section s left join due d on d.period = s.fee_period where s.late_from is not null`,
  ),
  { name: 'late-fees-determined', run: lateFeesDetermined },
  { name: 'credits-equal-received', run: creditsEqualReceived },
  { name: 'certificates-unchanged', run: certificatesUnchanged },
];
