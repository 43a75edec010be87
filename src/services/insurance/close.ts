import { z } from 'zod';
import {
  closesInto,
  entered,
  fundNames,
  type Journal,
  keepReceivable,
  post,
  statutoryKeys as s,
  statutory,
} from '../../engines/fund/index.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  groupBy,
  lastDay,
  MindunError,
  type Month,
  period,
  month as readMonth,
  sumOf,
} from '../../kernel/index.ts';
import { credit } from './credit.ts';
import { enforcementOf, recordEnds } from './deferrals.ts';
import { assertOpen, closesFrom, lockMonth, markStep, stepsDone } from './period.ts';
import { assertSecondPerson } from './second-person.ts';

export interface CloseAnswer {
  readonly month: string;
  readonly state: 'closed';
  readonly collectedFen: number;
  readonly sweptFen: number;
}

/**
 * Closes the open month: credits what came in, sweeps the income accounts into the fiscal account, closes income into the
 * fund balance, keeps the balances and locks the month's books. Run again it answers what was done.
 * @throws MindunError month-not-next, month-not-over, not-assessed, second-person-needed
 */
export const close = defineCommand({
  name: 'insurance.close',
  title: { zh: '月末关账', en: 'Close a month' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<CloseAnswer> {
    const month = readMonth(input.month);
    context.subject({ month });
    const done = await context.elevate(() => stepsDone(context.tx, month));
    const before = done.get('close');
    if (before !== undefined) return answer(month, before);
    await context.elevate(() => assertOpen(context.tx, context.city, month));
    const day = closesFrom(context, month);
    if (day !== null) throw new MindunError('month-not-over', { month, day });
    if (!done.has('assess')) throw new MindunError('not-assessed', { month });
    await context.elevate(() => assertSecondPerson(context, month));
    await context.run(credit, { month });
    return context.elevate(async () => {
      await lockMonth(context.tx, month, true);
      const again = (await stepsDone(context.tx, month)).get('close');
      if (again !== undefined) return answer(month, again);
      await recordEnds(context, await enforcementOf(context, null));
      const counts = await closeBooks(context, month);
      await markStep(context.tx, month, 'close', counts, context.act);
      return answer(month, counts);
    });
  },
});

function answer(month: Month, counts: Readonly<Record<string, number>>): CloseAnswer {
  return {
    month,
    state: 'closed',
    collectedFen: counts['collectedFen'] ?? 0,
    sweptFen: counts['sweptFen'] ?? 0,
  };
}

interface Movement {
  readonly fund: number;
  readonly area: number;
  readonly account: number;
  readonly amount: number;
}

async function closeBooks(
  context: Context,
  month: Month,
): Promise<{ collectedFen: number; sweptFen: number }> {
  const { tx } = context;
  const moved = await tx.rows<Movement>(
    `select fund::int, area / 1000000 * 1000000 as area, account, sum(amount)::bigint as amount from entry
     where period = $1 and book = 1 group by 1, 2, 3 having sum(amount) <> 0 order by 1, 2, 3`,
    [period(month)],
  );
  const cash = await incomeDeposits(context, month, moved);
  const income = moved.filter((m) => closesInto(m.fund, m.account) !== undefined);
  await post(tx, [...sweeps(month, cash), ...closings(month, income)], context.act);
  await keepBalances(context, month);
  await tx.execute('insert into period_lock (period, act) values ($1, $2)', [
    period(month),
    context.act,
  ]);
  return {
    collectedFen:
      0 -
      sumOf(
        income.filter((m) => m.account < 450000),
        (m) => m.amount,
      ),
    sweptFen: sumOf(cash, (m) => m.amount),
  };
}

/** What stands in the income accounts at the end of a month: what came in, and what was taken over in them. */
async function incomeDeposits(
  { tx }: Context,
  month: Month,
  moved: readonly Movement[],
): Promise<Movement[]> {
  const carried = await tx.rows<Movement>(
    `select fund::int, area, account, closing as amount from balance
     where period = $1 and book = 1 and account = $2 and closing <> 0`,
    [period(addMonths(month, -1)), s.incomeDeposit],
  );
  const all = [...carried, ...moved.filter((m) => m.account === s.incomeDeposit)];
  return [...groupBy(all, (m) => `${m.fund} ${m.area}`).values()]
    .map((same) => ({ ...same[0]!, amount: sumOf(same, (m) => m.amount) }))
    .filter((m) => m.amount !== 0)
    .sort((a, b) => a.fund - b.fund || a.area - b.area);
}

function journal(
  month: Month,
  kind: string,
  memo: string,
  fund: number,
): Omit<Journal, 'postings'> {
  return {
    key: `${kind} ${month} ${fund}`,
    event: `${kind} ${month} ${fund}`,
    effective: lastDay(month),
    period: period(month),
    kind,
    memo,
  };
}

/** 收入户 → 财政专户 at the end of the month. */
function sweeps(month: Month, cash: readonly Movement[]): Journal[] {
  return [...groupBy(cash, (m) => m.fund)].map(([fund, list]) => ({
    ...journal(month, 'sweep', `${month} 收入户转财政专户`, fund),
    postings: entered(
      list.flatMap((m) => [
        { book: statutory, fund, account: s.fiscalDeposit, amount: m.amount, area: m.area },
        { book: statutory, fund, account: s.incomeDeposit, amount: -m.amount, area: m.area },
      ]),
    ),
  }));
}

function closings(month: Month, income: readonly Movement[]): Journal[] {
  return [...groupBy(income, (m) => m.fund)].map(([fund, list]) => ({
    ...journal(month, 'close', `${month} 结转${fundNames[fund as 1].zh}结余`, fund),
    postings: entered(
      list.flatMap((m) => [
        { book: statutory, fund, account: m.account, amount: -m.amount, area: m.area },
        {
          book: statutory,
          fund,
          account: closesInto(fund, m.account)!,
          amount: m.amount,
          area: m.area,
        },
      ]),
    ),
  }));
}

/** Keeps the balances of both books at the end of a month, from those of the month before and the month's entries. */
export async function keepBalances(context: Context, month: Month): Promise<void> {
  await keepReceivable(context.tx, period(month), period(addMonths(month, -1)));
  await context.tx.execute(
    `insert into balance (period, book, fund, account, area, opening, debit, credit, closing)
     select $1, coalesce(m.book, b.book), coalesce(m.fund, b.fund), coalesce(m.account, b.account),
       coalesce(m.area, b.area), coalesce(b.closing, 0), coalesce(m.debit, 0), coalesce(m.credit, 0),
       coalesce(b.closing, 0) + coalesce(m.debit, 0) - coalesce(m.credit, 0)
     from (select book, fund, account, area / 1000000 * 1000000 as area,
         sum(amount) filter (where amount > 0) as debit, -sum(amount) filter (where amount < 0) as credit
       from entry where period = $1 group by 1, 2, 3, 4) m
     full join (select * from balance where period = $2) b
       on b.book = m.book and b.fund = m.fund and b.account = m.account and b.area = m.area`,
    [period(month), period(addMonths(month, -1))],
  );
}
