import { z } from 'zod';
import { areaNames, countyOf } from '../../engines/jurisdiction/index.ts';
import { employerBy } from '../../engines/registry/index.ts';
import {
  defineQuery,
  monthOfPeriod,
  type PlainDate,
  type QueryContext,
} from '../../kernel/index.ts';
import {
  agreementOf,
  type Enforcement,
  enforcementOf,
  runningDeferral,
} from './arrears/deferrals.ts';
import { categoryNames } from './codes.ts';
import { unappliedMoney } from './collect/unapplied.ts';
import { ratedSizes } from './ratings.ts';
import type { EmployerView } from './views.ts';

/**
 * One employer: what is registered, its money that is not applied, and what was ordered and deferred, newest first.
 * Amounts in fen.
 * @throws MindunError unknown-employer
 */
export const employerQuery = defineQuery({
  name: 'insurance.employer',
  title: { zh: '参保单位详情', en: 'One employer' },
  input: z.object({ employer: z.string().min(1) }),
  async run(context, input): Promise<EmployerView> {
    const employer = await employerBy(context.tx, input.employer);
    context.looked({ employerId: employer.id });
    const names = await areaNames(
      context.tx,
      [employer.area, countyOf(employer.area)],
      context.today,
    );
    // The employer was found with the actor's own eyes; its books are read for him.
    return context.elevate(async () => ({
      employer: employer.publicId,
      code: employer.code,
      name: employer.name,
      area: names.get(employer.area) ?? '',
      county: names.get(countyOf(employer.area)) ?? '',
      category: categoryNames[employer.category - 1]!,
      injuryClass: employer.injuryClass,
      ...(await ratingsToday(context, employer.id)),
      persons: await personsOf(context, employer.id),
      unappliedFen: (await unappliedMoney(context, employer.id))[0]?.amount ?? 0,
      orders: await ordersOf(context, employer.id),
      deferrals: await deferralsOf(context, employer.id),
    }));
  },
});

async function ratingsToday(
  context: QueryContext,
  employer: number,
): Promise<Pick<EmployerView, 'injuryFloat' | 'size'>> {
  const rows = await context.tx.rows<{ kind: string; value: string }>(
    'select kind, value from employer_rating where employer_id = $1 and upper_inf(known) and valid @> $2::date',
    [employer, context.today],
  );
  const of = (kind: string) => rows.find((r) => r.kind === kind)?.value;
  const size = ratedSizes.find((s) => s === of('size')) ?? null;
  return { injuryFloat: of('injury-float') ?? '1', size };
}

async function personsOf(context: QueryContext, employer: number): Promise<number> {
  const { persons } = await context.tx.one<{ persons: number }>(
    `select count(distinct person_id)::int as persons from spell
     where employer_id = $1 and upper_inf(known) and valid @> $2::date`,
    [employer, context.today],
  );
  return persons;
}

async function ordersOf(context: QueryContext, employer: number): Promise<EmployerView['orders']> {
  type Row = Omit<EmployerView['orders'][number], 'month'> & { period: number };
  const rows = await context.tx.rows<Row>(
    `select o.number, b.number as "billNumber", b.period, o.given_on::text as "givenOn", o.pay_by::text as "payBy", o.reason,
       w.withdrawn_on::text as "withdrawnOn"
     from pay_order o join bill b on b.id = o.bill_id left join pay_order_withdrawal w on w.order_id = o.id where o.employer_id = $1 order by o.id desc`,
    [employer],
  );
  return rows.map(({ period, ...row }) => ({ ...row, month: monthOfPeriod(period) }));
}

async function deferralsOf(
  context: QueryContext,
  employer: number,
): Promise<EmployerView['deferrals']> {
  type Row = Omit<EmployerView['deferrals'][number], 'month' | 'state'> & {
    period: number;
    bill: number;
  };
  const enforcement = await enforcementOf(context, [employer]);
  const rows = await context.tx.rows<Row>(
    `select d.public_id as deferral, b.number as "billNumber", b.period, d.from_on::text as "from", d.until_on::text as until,
       d.instalments, d.reason, d.bill_id as bill
     from deferral d join bill b on b.id = d.bill_id where d.employer_id = $1 order by d.id desc`,
    [employer],
  );
  return rows.map(({ period, bill, ...row }) => ({
    ...row,
    month: monthOfPeriod(period),
    state: deferralState(row.deferral, bill, enforcement, context.today),
  }));
}

function deferralState(
  deferral: string,
  bill: number,
  enforcement: Enforcement,
  today: PlainDate,
): EmployerView['deferrals'][number]['state'] {
  const last = enforcement.deferrals.get(bill)?.at(-1);
  if (last?.publicId !== deferral) return 'replaced';
  if (runningDeferral(bill, enforcement, today) !== undefined) return 'runs';
  return agreementOf(bill, enforcement, today).endedOn === null ? 'over' : 'missed';
}
