import { receivableKeys } from '../../../engines/fund/index.ts';
import type { Context } from '../../../kernel/index.ts';
import { suspenseFund } from '../arrears/late-fee.ts';
import { lawOf } from '../law.ts';
import { type Applied, applyPayments } from './apply.ts';

/** Unapplied money (多缴) by employer, in fen; all employers when none are named. */
export async function unappliedMoney(
  context: Pick<Context, 'tx' | 'city' | 'today'>,
  employer?: number,
): Promise<{ employer: number; area: number; amount: number }[]> {
  return context.tx.rows(
    `select employer_id as employer, max(area) as area, -sum(amount)::bigint as amount from receivable_now
     where fund = $1 and account = $2 and ($3::bigint is null or employer_id = $3)
     group by 1 having sum(amount) < 0 order by 1`,
    [
      suspenseFund(lawOf(context.city), context.city, context.today),
      receivableKeys.unapplied,
      employer ?? null,
    ],
  );
}

/** Applies employers' unapplied money to what they owe now. Runs with the system's eyes. */
export async function applyUnapplied(context: Context, employer?: number): Promise<Applied> {
  const money = await unappliedMoney(context, employer);
  return applyPayments(
    context,
    money.map((m) => ({
      ...m,
      paidOn: context.today,
      receipt: null,
      key: `apply ${context.act} ${m.employer}`,
      memo: '多缴抵扣',
    })),
    'unapplied',
  );
}
