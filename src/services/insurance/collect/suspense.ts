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
import { employerBy, employerById } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  MindunError,
  type PlainDate,
  period,
} from '../../../kernel/index.ts';
import { billByNumber, bookedOn, inLine, moneyInLine } from '../bills/key.ts';
import { shareOpenMonth } from '../period.ts';
import { applyPayments, type FeeWithoutLaw } from './apply.ts';

export interface ResolveAnswer {
  readonly allocatedFen: number;
  readonly lateFeeFen: number;
  readonly creditFen: number;
  /** Late fees that could not be computed: the principal is applied, the document named is missing. */
  readonly feesWithoutLaw: readonly FeeWithoutLaw[];
}

interface Waiting {
  readonly id: number;
  readonly reference: string;
  readonly receivedOn: PlainDate;
  readonly period: number;
  readonly amount: number;
  readonly area: number;
  readonly employer: number | null;
}

interface Payer {
  readonly id: number;
  readonly publicId: string;
  readonly area: number;
}

/**
 * Gives a receipt of an unknown payer to the employer that paid it: the money leaves 待查, and is applied as of the day
 * on which it came, so that late fees run to that day. Amounts in fen.
 * @throws MindunError not-found, already-resolved, unknown-bill, unknown-employer
 */
export const resolveSuspense = defineCommand({
  name: 'insurance.resolve-suspense',
  title: { zh: '查明待查收款', en: 'Resolve a receipt of an unknown payer' },
  input: z
    .object({
      /** Public id of the receipt. */
      receipt: z.string().min(1),
      /** Number of a bill of the payer, or the payer itself by code or public id. */
      bill: z.string().min(1).optional(),
      employer: z.string().min(1).optional(),
      reason: z.string().trim().min(1).max(500),
    })
    .refine(
      (i) => (i.bill === undefined) !== (i.employer === undefined),
      'bill、employer 要写一个，也只能写一个 || give either bill or employer, and only one of them',
    ),
  async run(context, input): Promise<ResolveAnswer> {
    const receipt = await waiting(context, input.receipt);
    const payer = await payerOf(context, input);
    context.subject({ receipt: input.receipt, employer: payer.publicId });
    return context.elevate(() => resolve(context, receipt, payer, input.reason));
  },
});

async function waiting(context: Context, receipt: string): Promise<Waiting> {
  const found = await context.tx.maybe<Waiting>(
    `select id, reference, received_on::text as "receivedOn", period, amount, area, employer_id as employer
     from receipt where public_id = $1`,
    [receipt],
  );
  if (found === undefined) throw new MindunError('not-found', { what: receipt });
  return found;
}

async function payerOf(
  context: Context,
  input: { readonly bill?: string | undefined; readonly employer?: string | undefined },
): Promise<Payer> {
  if (input.bill === undefined) return employerBy(context.tx, input.employer ?? '');
  const bill = await billByNumber(context.tx, input.bill);
  return employerById(context.tx, bill.employer);
}

async function resolve(
  context: Context,
  receipt: Waiting,
  payer: Payer,
  reason: string,
): Promise<ResolveAnswer> {
  const { tx, act } = context;
  const open = period(await shareOpenMonth(context));
  await inLine(tx, `receipt ${receipt.id}`);
  const before = await tx.maybe('select 1 as one from receipt_resolution where receipt_id = $1', [
    receipt.id,
  ]);
  if (receipt.employer !== null || before !== undefined)
    throw new MindunError('already-resolved', { reference: receipt.reference });
  await moneyInLine(tx, payer.id);
  await tx.execute(
    'insert into receipt_resolution (receipt_id, employer_id, area, reason, act) values ($1, $2, $3, $4, $5)',
    [receipt.id, payer.id, payer.area, reason, act],
  );
  await move(context, receipt, payer, Math.max(open, receipt.period));
  const applied = await applyPayments(
    context,
    [
      {
        employer: payer.id,
        area: payer.area,
        amount: receipt.amount,
        paidOn: receipt.receivedOn,
        receipt: receipt.id,
        key: `apply ${receipt.reference}`,
        memo: `查明收款 ${receipt.reference}`,
      },
    ],
    'unapplied',
  );
  return {
    allocatedFen: applied.allocated,
    lateFeeFen: applied.lateFees,
    creditFen: applied.credit,
    feesWithoutLaw: applied.feesWithoutLaw,
  };
}

/** 待查 → 多缴 in both books; the money goes along to the payer's area, so that each area's books balance too. */
async function move(
  context: Context,
  receipt: Waiting,
  payer: Payer,
  ofPeriod: number,
): Promise<void> {
  const { tx, act } = context;
  const { fund } = await tx.one<{ fund: number }>(
    `select fund::int from entry
     where receipt_id = $1 and book = $2 and account = $3 and employer_id is null limit 1`,
    [receipt.id, statutory, s.unidentified],
  );
  const line = (
    book: Entry['book'],
    account: number,
    amount: number,
    area: number,
    employerId?: number,
  ): Entry => ({
    book,
    fund,
    account,
    amount,
    area,
    receiptId: receipt.id,
    ...(employerId === undefined ? {} : { employerId }),
  });
  const from = receipt.area;
  const to = payer.area;
  const { amount } = receipt;
  const cash =
    from === to
      ? []
      : [
          line(statutory, s.incomeDeposit, -amount, from),
          line(statutory, s.incomeDeposit, amount, to),
        ];
  const key = `resolve ${receipt.reference}`;
  await post(
    tx,
    [
      {
        key,
        event: key,
        // On the day on which the money came, as what it pays then does: nothing was ever drawn that was not held.
        effective: bookedOn(ofPeriod, receipt.receivedOn),
        period: ofPeriod,
        kind: 'resolve',
        memo: `查明付款单位 ${receipt.reference}`,
        postings: entered([
          line(statutory, s.unidentified, amount, from),
          line(statutory, s.overpaid, -amount, to, payer.id),
          line(receivable, r.unapplied, amount, from),
          line(receivable, r.unapplied, -amount, to, payer.id),
          line(receivable, r.received, -amount, from),
          line(receivable, r.received, amount, to, payer.id),
          ...cash,
        ]),
      },
    ],
    act,
  );
}
