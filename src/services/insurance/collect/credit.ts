import { z } from 'zod';
import { movedSince } from '../../../engines/fund/index.ts';
import {
  type Context,
  defineCommand,
  groupBy,
  MindunError,
  type Month,
  parts,
  period,
  readAhead,
  month as readMonth,
  sumOf,
} from '../../../kernel/index.ts';
import { assertOpen, booksOf, lockMonth, stepsDone } from '../period.ts';
import { type Movement, movementsOfPart } from './account-movements.ts';

export interface CreditAnswer {
  /** Persons whose account moved. */
  readonly persons: number;
  readonly creditedFen: number;
}

/**
 * Credits the individual accounts with what came in: the account part of the employees' (and, for medical, the
 * employer's) money as it is received, person by person. Run again it credits what came in since.
 * @throws MindunError whole-city-only, month-closed, month-not-next, not-assessed
 */
export const credit = defineCommand({
  name: 'insurance.credit',
  title: { zh: '个人账户记入', en: 'Credit individual accounts' },
  wholeCity: true,
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<CreditAnswer> {
    const month = readMonth(input.month);
    context.subject({ month });
    return context.elevate(async () => {
      await lockMonth(context.tx, month, true);
      const done = await stepsDone(context.tx, month);
      if (done.has('close')) return { persons: 0, creditedFen: 0 };
      await assertOpen(context.tx, context.city, month);
      if (!done.has('assess')) throw new MindunError('not-assessed', { month });
      await context.duty('enter', booksOf(month));
      const answer = await creditReceived(context, month);
      await context.tx.execute(
        `insert into month_step (period, step, counts, act) values ($1, 'credit', $2, $3) on conflict do nothing`,
        [period(month), answer, context.act],
      );
      return answer;
    });
  },
});

async function creditReceived(context: Context, month: Month): Promise<CreditAnswer> {
  const { tx } = context;
  const { last, now } = await tx.one<{ last: number; now: number }>(
    `select coalesce((select max(journal) from credit_mark), 0)::bigint as last,
       coalesce((select max(id) from journal), 0)::bigint as now`,
  );
  const moved = await movedToCredit(tx, month, last);
  await tx.execute('insert into credit_mark (act, journal) values ($1, $2)', [context.act, now]);
  const sums = { persons: 0, creditedFen: 0 };
  const byEmployer = [...groupBy(moved, (m) => m.employer)].sort(([a], [b]) => a - b);
  if (byEmployer.length === 0) return sums;
  // Each employer is in one part only: what is written of a part is nothing that the next one reads.
  await context.aside(async (reader) => {
    const read = (part: readonly (typeof byEmployer)[number][]) =>
      movementsOfPart({ ...context, tx: reader }, part);
    for await (const [, movements] of readAhead(parts(byEmployer, partSize), read)) {
      await writeCredits(context, month, movements);
      sums.persons += sumOf(
        movements.filter((m) => m.fund <= 2),
        (m) => m.persons,
      );
      sums.creditedFen += sumOf(movements, (m) => m.amount);
    }
  });
  return sums;
}

/**
 * Employers and fee months that can have account money to credit in the open month: whose claims moved after journal `last`, and those
 * that a settlement of this month changed: it may give back what was paid without touching what is open.
 */
export async function movedToCredit(
  tx: Context['tx'],
  month: Month,
  last: number,
): Promise<{ employer: number; feePeriod: number }[]> {
  const settled = await tx.rows<{ employer: number; feePeriod: number }>(
    `select distinct employer_id as employer, fee_period as "feePeriod" from bill_section
     where period >= $1 and kind in (3, 4)`,
    [period(month)],
  );
  return [...(await movedSince(tx, period(month), last)), ...settled];
}

/** Employers that are in memory at once with what was billed to them. */
const partSize = 1000;

async function writeCredits(
  context: Context,
  month: Month,
  movements: readonly Movement[],
): Promise<void> {
  if (movements.length === 0) return;
  const ids = await insertCredits(context, month, movements);
  const shares = movements.flatMap((m, i) => m.shares.map((s) => ({ ...s, credit: ids[i]! })));
  if (shares.length === 0) return;
  await context.tx.execute(
    `insert into account_credit_share (credit_id, person_id, area, amount)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])`,
    [
      shares.map((s) => s.credit),
      shares.map((s) => s.person),
      shares.map((s) => s.area),
      shares.map((s) => s.amount),
    ],
  );
}

/** Writes movements; answers their ids in the order given. */
async function insertCredits(
  { tx, today, act }: Context,
  month: Month,
  movements: readonly Movement[],
): Promise<number[]> {
  const ids = await tx.draw('account_credit_id_seq', movements.length);
  await tx.execute(
    `insert into account_credit (credited_on, period, act, id, employer_id, area, fund, fee_period, bill_id, whole, amount)
     select $1, $2, $3, u.* from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::smallint[], $8::int[], $9::bigint[],
       $10::boolean[], $11::bigint[]) as u`,
    [
      today,
      period(month),
      act,
      ids,
      movements.map((m) => m.employer),
      movements.map((m) => m.area),
      movements.map((m) => m.fund),
      movements.map((m) => m.feePeriod),
      movements.map((m) => m.bill),
      movements.map((m) => m.whole),
      movements.map((m) => m.amount),
    ],
  );
  return ids;
}
