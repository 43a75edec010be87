import { z } from 'zod';
import { employerById } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  MindunError,
  type PlainDate,
  plainDate,
  publicId,
  showDate,
  sumOf,
  yearOf,
  yuan,
} from '../../../kernel/index.ts';
import { type BillKey, billByNumber, inLine, openOn } from '../bills/key.ts';
import { shareOpenMonth } from '../period.ts';
import { deferredUntil, enforcementOf, missedOrder, recordEnds } from './deferrals.ts';

export interface OrderAnswer {
  /** Number of the order: 衡社责〔2008〕000001. */
  readonly order: string;
  readonly payBy: PlainDate;
}

export interface DeferAnswer {
  /** Public id of the deferral. */
  readonly deferral: string;
  readonly until: PlainDate;
  readonly openFen: number;
}

/**
 * Orders an employer to pay an overdue bill by a day (责令限期缴纳). Late fees that the law ties to a missed order run
 * only after the first day that is missed, so that one order is enough: another is refused while one runs.
 * @throws MindunError unknown-bill, day-not-ahead, bill-not-due, order-runs, nothing-open, date-impossible
 */
export const orderPayment = defineCommand({
  name: 'insurance.order-payment',
  title: { zh: '责令限期缴纳', en: 'Order payment by a day' },
  input: z.object({
    bill: z.string().min(1),
    payBy: z.string(),
    reason: z.string().trim().min(1).max(500),
  }),
  async run(context, input): Promise<OrderAnswer> {
    const payBy = ahead(context, input.payBy);
    const bill = await billByNumber(context.tx, input.bill);
    await namesEmployer(context, bill.employer);
    return context.elevate(async () => {
      await stillOpen(context, bill);
      const enforcement = await enforcementOf(context, [bill.employer]);
      await recordEnds(context, enforcement);
      const due = deferredUntil(bill.id, enforcement, context.today) ?? bill.dueOn;
      if (due === null || due >= context.today)
        throw new MindunError('bill-not-due', { bill: bill.number, due: due ?? '—' });
      const given = (enforcement.orders.get(bill.id) ?? []).find((o) => o.payBy >= context.today);
      if (given !== undefined)
        throw new MindunError('order-runs', { bill: bill.number, day: given.payBy });
      const order = await nextOrder(context);
      await context.tx.execute(
        `insert into pay_order (public_id, number, bill_id, employer_id, area, given_on, pay_by, reason, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          publicId(),
          order,
          bill.id,
          bill.employer,
          bill.area,
          context.today,
          payBy,
          input.reason,
          context.act,
        ],
      );
      context.subject({ bill: bill.number, order });
      return { order, payBy };
    });
  },
});

export interface WithdrawAnswer {
  /** Number of the order. */
  readonly order: string;
  readonly withdrawnOn: PlainDate;
}

/**
 * Takes an order to pay back while its day is not over: it counts as never given, and another may be given. One whose day is over stays.
 * @throws MindunError unknown-order, order-over, order-withdrawn
 */
export const withdrawOrder = defineCommand({
  name: 'insurance.withdraw-order',
  title: { zh: '撤回责令', en: 'Withdraw an order to pay' },
  permission: orderPayment.permission,
  input: z.object({ order: z.string().min(1), reason: z.string().trim().min(1).max(500) }),
  async run(context, input): Promise<WithdrawAnswer> {
    const { tx, today, act } = context;
    // With the actor's own eyes: an order of another county is none to him.
    const order = await tx.maybe<{
      id: number;
      number: string;
      employer: number;
      area: number;
      payBy: PlainDate;
    }>(
      `select id, number, employer_id as employer, area, pay_by::text as "payBy" from pay_order where number = $1`,
      [input.order.trim()],
    );
    if (order === undefined) throw new MindunError('unknown-order', { order: input.order });
    context.subject({ order: order.number });
    await namesEmployer(context, order.employer);
    if (order.payBy < today)
      throw new MindunError('order-over', { order: order.number, day: order.payBy });
    return context.elevate(async () => {
      const taken = await tx.maybe(
        `insert into pay_order_withdrawal (order_id, employer_id, area, withdrawn_on, reason, act) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing returning order_id`,
        [order.id, order.employer, order.area, today, input.reason, act],
      );
      if (taken === undefined) throw new MindunError('order-withdrawn', { order: order.number });
      return { order: order.number, withdrawnOn: today };
    });
  },
});

/**
 * Defers what is open on a bill to a day (缓缴), at once or by instalments; no late fee runs until then. Another agreement replaces the
 * one before it; a missed instalment ends it with the instalment's day (arrears.deferralEnd). Amounts in fen.
 * @throws MindunError unknown-bill, day-not-ahead, nothing-open, order-lapsed, instalments-wrong, date-impossible
 */
export const defer = defineCommand({
  name: 'insurance.defer',
  title: { zh: '缓缴', en: 'Defer payment' },
  input: z.object({
    bill: z.string().min(1),
    until: z.string(),
    reason: z.string().trim().min(1).max(500),
    instalments: z
      .array(z.object({ dueOn: z.string(), amountFen: z.number().int().positive() }))
      .max(60)
      .optional(),
  }),
  async run(context, input): Promise<DeferAnswer> {
    const until = ahead(context, input.until);
    const instalments = (input.instalments ?? [])
      .map((i) => ({ dueOn: plainDate(i.dueOn), amountFen: i.amountFen }))
      .sort((a, b) => (a.dueOn < b.dueOn ? -1 : 1));
    const bill = await billByNumber(context.tx, input.bill);
    await namesEmployer(context, bill.employer);
    return context.elevate(async () => {
      const open = await stillOpen(context, bill);
      await refuseLapsed(context, bill);
      checkInstalments(context, instalments, open, until);
      const deferral = publicId();
      await context.tx.execute(
        `insert into deferral (public_id, bill_id, employer_id, area, from_on, until_on, instalments, reason, act)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          deferral,
          bill.id,
          bill.employer,
          bill.area,
          context.today,
          until,
          JSON.stringify(instalments),
          input.reason,
          context.act,
        ],
      );
      context.subject({ bill: bill.number, deferral });
      return { deferral, until, openFen: open };
    });
  },
});

/** A bill or an order is its employer's: who has nothing to do with that one has nothing to do with it. @throws MindunError conflict-of-interest */
async function namesEmployer(context: Context, id: number): Promise<void> {
  const { publicId: employer } = await employerById(context.tx, id);
  context.subject({ employer });
}

function ahead(context: Context, text: string): PlainDate {
  const day = plainDate(text);
  if (day <= context.today) throw new MindunError('day-not-ahead', { day, today: context.today });
  return day;
}

/** What is open on the bill, held still for this act. @throws MindunError nothing-open */
async function stillOpen(context: Context, bill: BillKey): Promise<number> {
  await shareOpenMonth(context);
  await inLine(context.tx, `bill ${bill.id}`);
  const open = await openOn(context.tx, bill);
  if (open <= 0) throw new MindunError('nothing-open', { bill: bill.number });
  return open;
}

async function refuseLapsed(context: Context, bill: BillKey): Promise<void> {
  const enforcement = await enforcementOf(context, [bill.employer]);
  await recordEnds(context, enforcement);
  const day = missedOrder(bill.id, enforcement, context.today);
  if (day !== undefined) throw new MindunError('order-lapsed', { bill: bill.number, day });
}

function checkInstalments(
  context: Context,
  instalments: readonly { readonly dueOn: PlainDate; readonly amountFen: number }[],
  open: number,
  until: PlainDate,
): void {
  if (instalments.length === 0) return;
  const sum = sumOf(instalments, (i) => i.amountFen);
  const outside = instalments.some((i) => i.dueOn <= context.today || i.dueOn > until);
  if (sum === open && !outside) return;
  const what =
    sum === open
      ? {
          zh: `每期的日子要晚于今天，最晚 ${showDate(until, 'zh')}`,
          en: `each day lies after today and is ${until} at the latest`,
        }
      : {
          zh: `合计 ${yuan(sum)} 元，应为 ${yuan(open)} 元`,
          en: `they sum to ${yuan(sum)}, not ${yuan(open)}`,
        };
  throw new MindunError('instalments-wrong', { what });
}

async function nextOrder(context: Context): Promise<string> {
  const year = yearOf(context.today);
  const { last } = await context.tx.one<{ last: number }>(
    `insert into number_series (office, year, kind, last) values ($1, $2, 'order', 1)
     on conflict (office, year, kind) do update set last = number_series.last + 1 returning last`,
    [context.city.code, year],
  );
  return `衡社责〔${year}〕${String(last).padStart(6, '0')}`;
}
