import { z } from 'zod';
import {
  type Entry,
  post,
  receivableKeys as r,
  receivable,
  statutoryKeys as s,
  statutory,
} from '../../engines/fund/index.ts';
import { type EmployerRow, employerBy } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  MindunError,
  monthOfDate,
  period,
  yuan,
} from '../../kernel/index.ts';
import { bookedOn, moneyInLine } from './bill-key.ts';
import { suspenseFund } from './late-fee.ts';
import { lawOf } from './law.ts';
import { shareOpenMonth } from './period.ts';
import { unappliedMoney } from './unapplied.ts';

export interface RefundAnswer {
  readonly refundedFen: number;
  /** Unapplied money that the employer still has. */
  readonly leftFen: number;
}

/**
 * Pays an employer's unapplied money back out of the income account. Amounts in fen.
 * @throws MindunError unknown-employer, more-than-unapplied
 */
export const refund = defineCommand({
  name: 'insurance.refund',
  title: { zh: '退还多缴款', en: 'Refund unapplied money' },
  input: z.object({
    employer: z.string().min(1),
    amountFen: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    reason: z.string().min(1).max(500),
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
        entries: [
          line(statutory, s.overpaid, amount),
          line(statutory, s.incomeDeposit, -amount),
          line(receivable, r.unapplied, amount),
          line(receivable, r.refunded, -amount),
        ],
      },
    ],
    act,
  );
}
