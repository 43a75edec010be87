import { insuranceOf, receivableKeys } from '../../../engines/fund/index.ts';
import type { DerivationParameter } from '../../../engines/policy/index.ts';
import {
  monthOfPeriod,
  type PlainDate,
  type QueryContext,
  type Text,
} from '../../../kernel/index.ts';
import type { Claim } from '../bills/claims.ts';
import { employerShare } from '../codes.ts';
import { lawOf } from '../law.ts';
import type { LateFeeLine } from '../views.ts';
import type { Enforcement } from './deferrals.ts';
import { lateFeeOf } from './late-fee.ts';

/** The late fee on an open claim if it were paid today, by the law of the day. */
export function runningFee(
  context: QueryContext,
  claim: Claim,
  enforcement: Enforcement,
): LateFeeLine {
  const law = lawOf(context.city);
  const fee = lateFeeOf(law, context.city, claim, claim.open, context.today, enforcement);
  const line = {
    feeMonth: monthOfPeriod(claim.feePeriod),
    billNumber: claim.billNumber,
    insurance: insuranceOf(claim.fund),
    share: claim.share === employerShare ? 'employer' : 'employee',
    ...nothing,
  } as const;
  const inTime = claim.dueOn === null || context.today <= claim.dueOn;
  // A back payment is late by its month from the beginning; while it bears nothing and its bill is not due there is nothing to say of it.
  if (fee === undefined || (inTime && 'fen' in fee && fee.fen === 0)) {
    const why =
      claim.dueOn === null
        ? { zh: '缴费期限未定：缺文件', en: 'No due date: a document is missing' }
        : { zh: '未逾期', en: 'Not late' };
    return { ...line, state: 'not-late', why };
  }
  if ('missing' in fee)
    return { ...line, state: 'not-computed', missing: fee.missing, why: unset(fee.missing) };
  const { formula, cite, parameters, assumed } = fee.derivation;
  const why = claim.lateFrom === claim.dueOn ? formula : ofBackPayment(fee.dueOn, formula);
  return { ...line, state: 'running', amountFen: fee.fen, why, cite, parameters, assumed };
}

/** Tells from when a back payment is late: not from when its bill is. */
function ofBackPayment(lateFrom: PlainDate, formula: Text): Text {
  return {
    zh: `补缴，从原缴费期限 ${lateFrom} 的次日起算。${formula.zh}`,
    en: `Back payment, from the day after the original due day ${lateFrom}. ${formula.en}`,
  };
}

const nothing = { amountFen: 0, cite: null, parameters: [], assumed: false } as const;

function unset(document: string): Text {
  return { zh: `未计算：缺 ${document}`, en: `Not computed: missing ${document}` };
}

interface Determined {
  readonly billNumber: string;
  readonly fund: number;
  readonly due: number;
  readonly feePeriod: number;
  readonly assumed: boolean;
  readonly formulas: readonly { readonly lateFrom: PlainDate | null; readonly formula: Text }[];
  readonly parameters: readonly DerivationParameter[];
  readonly cite: LateFeeLine['cite'];
}

/** Late fees that were determined on payments that came late and are not paid, by bill and insurance. */
export async function determinedFees(
  context: QueryContext,
  employer: number,
): Promise<LateFeeLine[]> {
  const rows = await context.tx.rows<Determined>(
    `select b.number as "billNumber", o.fund::int, o.due, f.*
     from (select bill_id, fund, sum(amount)::bigint as due from entry
       where book = 2 and account = $2 and employer_id = $1 group by 1, 2 having sum(amount) <> 0) o
     join bill b on b.id = o.bill_id
     cross join lateral (select max(l.fee_period) as "feePeriod", bool_or((d.outputs->>'assumed')::boolean) as assumed,
         json_agg(json_build_object('lateFrom', case when l.due_on <> b.due_on then l.due_on end, 'formula', d.outputs->'formula')
           order by l.id) as formulas, (array_agg(d.outputs->'parameters' order by l.id desc))[1] as parameters,
         (array_agg(d.outputs->'cite' order by l.id desc))[1] as cite
       from late_fee l join determination d on d.id = l.determination_id
       where l.employer_id = $1 and l.bill_id = o.bill_id and l.fund = o.fund) f
     order by 1, 2`,
    [employer, receivableKeys.lateFeesDue],
  );
  return rows
    .map((r) => ({ ...r, formulas: r.formulas.map(said) }))
    .map((r) => ({
      state: 'determined',
      feeMonth: monthOfPeriod(r.feePeriod),
      billNumber: r.billNumber,
      insurance: insuranceOf(r.fund),
      share: null,
      amountFen: r.due,
      why: {
        zh: `已加收、未缴：${r.formulas.map((f) => f.zh).join('；')}`,
        en: `Determined, not paid: ${r.formulas.map((f) => f.en).join('; ')}`,
      },
      cite: r.cite,
      parameters: r.parameters,
      assumed: r.assumed,
    }));
}

function said({ lateFrom, formula }: Determined['formulas'][number]): Text {
  return lateFrom === null ? formula : ofBackPayment(lateFrom, formula);
}

/** Payments that came late and for which no document sets the late fee: it is owed as soon as one does. */
export async function feesWithoutLaw(
  context: QueryContext,
  employer: number,
): Promise<LateFeeLine[]> {
  const rows = await context.tx.rows<{
    feePeriod: number;
    billNumber: string;
    fund: number;
    share: number;
    document: string;
  }>(
    `select period as "feePeriod", inputs->>'bill' as "billNumber", (inputs->>'fund')::int as fund,
       (inputs->>'share')::int as share, outputs->>'missing' as document
     from determination where employer_id = $1 and kind = 'late-fee-unset' order by id`,
    [employer],
  );
  return rows.map((r) => ({
    ...nothing,
    state: 'not-computed',
    feeMonth: monthOfPeriod(r.feePeriod),
    billNumber: r.billNumber,
    insurance: insuranceOf(r.fund),
    share: r.share === employerShare ? 'employer' : 'employee',
    missing: r.document,
    why: unset(r.document),
  }));
}
