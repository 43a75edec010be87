import { z } from 'zod';
import {
  closesInto,
  entered,
  fundNames,
  type Journal,
  keepBalances,
  type Movement,
  movementsOf,
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
import { enforcementOf, recordEnds } from './arrears/deferrals.ts';
import { credit } from './collect/credit.ts';
import { assertOpen, booksOf, closesFrom, lockMonth, markStep, stepsDone } from './period.ts';

export interface CloseAnswer {
  readonly month: string;
  readonly state: 'closed';
  readonly collectedFen: number;
  readonly sweptFen: number;
}

/**
 * Closes the open month: credits what came in, sweeps the income accounts into the fiscal account, closes income into the
 * fund balance, keeps the balances and locks the month's books. Run again it answers what was done.
 * @throws MindunError whole-city-only, month-not-next, month-not-over, not-assessed, second-person-needed
 */
export const close = defineCommand({
  name: 'insurance.close',
  stepUp: true,
  title: { zh: '月末关账', en: 'Close a month' },
  wholeCity: true,
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
    await context.duty('review', booksOf(month));
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

interface Net {
  readonly fund: number;
  readonly area: number;
  readonly account: number;
  readonly amount: number;
}

function netOf({ fund, area, account, debit, credit }: Movement): Net[] {
  const amount = debit - credit;
  return amount === 0 ? [] : [{ fund, area, account, amount }];
}

async function closeBooks(
  context: Context,
  month: Month,
): Promise<{ collectedFen: number; sweptFen: number }> {
  const { tx } = context;
  const inAll = await movementsOf(tx, period(month));
  const moved = inAll.filter((m) => m.book === statutory).flatMap(netOf);
  const { last } = await tx.one<{ last: number }>(
    'select coalesce(max(id), 0)::bigint as last from journal',
  );
  const cash = await incomeDeposits(context, month, moved);
  const income = moved.filter((m) => closesInto(m.fund, m.account) !== undefined);
  await post(tx, [...sweeps(month, cash), ...closings(month, income)], context.act);
  // Nobody else posts into the month meanwhile: what came after is the sweep and the closing alone.
  const swept = await movementsOf(tx, period(month), last);
  await keepBalances(tx, period(month), period(addMonths(month, -1)), [...inAll, ...swept]);
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
  moved: readonly Net[],
): Promise<Net[]> {
  const carried = await tx.rows<Net>(
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
function sweeps(month: Month, cash: readonly Net[]): Journal[] {
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

function closings(month: Month, income: readonly Net[]): Journal[] {
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
