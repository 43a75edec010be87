import { z } from 'zod';
import {
  type Entry,
  entered,
  post,
  receivableKeys as r,
  receivable,
  statutoryKeys as s,
  statutory,
} from '../../../engines/fund/index.ts';
import { type EmployerRow, employerBy } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  MindunError,
  monthOfDate,
  period,
  yuan,
} from '../../../kernel/index.ts';
import { suspenseFund } from '../arrears/late-fee.ts';
import { bookedOn, inLine, moneyInLine } from '../bills/key.ts';
import { lawOf } from '../law.ts';
import { shareOpenMonth } from '../period.ts';
import { unappliedMoney } from './unapplied.ts';

export interface RefundAnswer {
  readonly refundedFen: number;
  /** Unapplied money that the employer still has. */
  readonly leftFen: number;
}

/**
 * Pays an employer's unapplied money back. It leaves by the expenditure account (社会保险基金财务制度: the income account pays to the
 * fiscal account only), which the fiscal account fills up where it holds too little. Amounts in fen.
 * @throws MindunError unknown-employer, more-than-unapplied
 */
export const refund = defineCommand({
  name: 'insurance.refund',
  stepUp: true,
  title: { zh: '退还多缴款', en: 'Refund unapplied money' },
  // Money leaves: who enters it, who reviews it and who pays it are three people.
  hands: () => 3,
  input: z.object({
    employer: z.string().min(1),
    amountFen: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    reason: z.string().trim().min(1).max(500),
  }),
  async run(context, input): Promise<RefundAnswer> {
    const employer = await employerBy(context.tx, input.employer);
    context.subject({ employer: employer.publicId });
    return context.elevate(async () => {
      const open = period(await shareOpenMonth(context));
      await moneyInLine(context.tx, employer.id);
      const held = (await unappliedMoney(context, employer.id))[0]?.amount ?? 0;
      if (input.amountFen > held)
        throw new MindunError('more-than-unapplied', {
          asked: yuan(input.amountFen),
          held: yuan(held),
        });
      await postRefund(context, employer, input.amountFen, open, input.reason);
      return { refundedFen: input.amountFen, leftFen: held - input.amountFen };
    });
  },
});

async function postRefund(
  context: Context,
  employer: EmployerRow,
  amount: number,
  open: number,
  reason: string,
): Promise<void> {
  const { tx, act, today } = context;
  const fund = suspenseFund(lawOf(context.city), context.city, today);
  const ofPeriod = Math.max(open, period(monthOfDate(today)));
  const lacking = Math.max(0, amount - (await onExpenseAccount(context, fund)));
  const line = (book: Entry['book'], account: number, signed: number): Entry => ({
    book,
    fund,
    account,
    amount: signed,
    area: employer.area,
    employerId: employer.id,
  });
  await post(
    tx,
    [
      {
        key: `refund ${act}`,
        event: `refund ${act}`,
        effective: bookedOn(ofPeriod, today),
        period: ofPeriod,
        kind: 'refund',
        memo: `退还多缴款：${reason}`,
        postings: entered([
          line(statutory, s.overpaid, amount),
          line(statutory, s.expenseDeposit, lacking - amount),
          line(statutory, s.fiscalDeposit, -lacking),
          line(receivable, r.unapplied, amount),
          line(receivable, r.refunded, -amount),
        ]),
      },
    ],
    act,
  );
}

/** What a fund has on its expenditure account, in fen; nobody else draws on it meanwhile. */
async function onExpenseAccount(context: Context, fund: number): Promise<number> {
  await inLine(context.tx, `expense account ${fund}`);
  const { held } = await context.tx.one<{ held: number }>(
    `select coalesce(sum(amount), 0)::bigint as held from entry
     where book = $1 and fund = $2 and account = $3 and account <> 1`,
    [statutory, fund, s.expenseDeposit],
  );
  return Math.max(0, held);
}
