import { z } from 'zod';
import {
  accountNames,
  type Book,
  type FundId,
  fundNames,
  receivable,
  statutory,
} from '../../../engines/fund/index.ts';
import {
  defineQuery,
  lastDay,
  type Month,
  period,
  type QueryContext,
  month as readMonth,
  sumOf,
  yearOf,
} from '../../../kernel/index.ts';
import type { StatementView, TrialBalanceView } from '../views.ts';
import type { Range } from './forms.ts';
import {
  balances,
  balanceToExpenditure,
  incomeToExpenditure,
  type RowDefinition,
  type Selection,
  statementRows,
  systemOf,
} from './rows.ts';
import { balancesBefore, type Scope, scopeOf } from './scope.ts';

/** What every reading of the books asks for. */
export const asked = { fund: z.string(), month: z.string(), area: z.string().optional() };

/**
 * Income and expenditure of a fund: the month and the year to date, with opening and closing balance, from the entries
 * of the statutory book without those that close a month. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, unknown-area, not-permitted
 */
export const statementQuery = defineQuery({
  name: 'insurance.statement',
  title: { zh: '基金收支表', en: 'Income and expenditure statement' },
  input: z.object(asked),
  async run(context, input): Promise<StatementView> {
    const scope = await scopeOf(context, input);
    const moved = await movedOf(context, scope);
    const opening = {
      month: await openingOf(context, scope, scope.month, moved, 'month'),
      year: await openingOf(context, scope, yearStart(scope.month), moved, 'year'),
    };
    return {
      fund: scope.fundKey,
      fundName: fundNames[scope.fund as FundId],
      month: scope.month,
      area: scope.areaName,
      // The number of the form before 2018 is not known, and is not printed.
      form: systemOf(scope.month) === 'v1999' ? null : '会社保02表',
      rows: statementRows(scope.fund, scope.month)
        .map((row) => ({
          key: row.key,
          label: row.label,
          level: row.level,
          kind: row.kind,
          whereUsed: row.whereUsed === true,
          monthFen: cell(row, moved, 'month', opening.month),
          yearFen: cell(row, moved, 'year', opening.year),
        }))
        .filter((row) => !row.whereUsed || row.monthFen !== 0 || row.yearFen !== 0)
        .map(({ whereUsed: _, ...row }) => row),
    };
  },
});

interface Moved {
  readonly account: number;
  readonly share: number | null;
  readonly nature: number | null;
  readonly month: number;
  readonly year: number;
}

type Column = 'month' | 'year';

/** The first month of a month's year. */
export function yearStart(month: Month): Month {
  return readMonth(`${yearOf(month)}-01`);
}

async function movedOf(context: QueryContext, scope: Scope): Promise<Moved[]> {
  return context.tx.rows<Moved>(
    `select e.account, e.share::int, e.nature::int, coalesce(sum(e.amount) filter (where e.period = $2), 0)::bigint as month,
       sum(e.amount)::bigint as year
     from entry e join journal j on j.id = e.journal_id
     where e.period between $1 and $2 and e.book = $3 and e.fund = $4 and e.area between $5 and $6
       and e.account between $7 and $8 and j.kind <> 'close' group by 1, 2, 3`,
    [
      period(yearStart(scope.month)),
      period(scope.month),
      statutory,
      scope.fund,
      scope.lo,
      scope.hi,
      ...balanceToExpenditure,
    ],
  );
}

/** What the fund had at the start of a column; balances taken over within it count as had. */
async function openingOf(
  context: QueryContext,
  scope: Scope,
  start: Month,
  moved: readonly Moved[],
  column: Column,
): Promise<number> {
  const before = await balancesBefore(context, scope, statutory, start, balanceToExpenditure);
  const takenOver = moved.filter((m) => within(m.account, balances));
  return 0 - sumOf(before.values(), (b) => b) - sumOf(takenOver, (m) => m[column]);
}

function cell(
  row: RowDefinition,
  moved: readonly Moved[],
  column: Column,
  opening: number,
): number {
  if (row.key === 'opening') return opening;
  if (row.key === 'closing')
    return opening + credited(moved, { accounts: [incomeToExpenditure] }, column);
  if (row.of === undefined) return 0;
  const amount = credited(moved, row.of, column);
  return debitSide(row.of) ? 0 - amount : amount;
}

/** Expenditure stands on the debit side. */
export function debitSide(of: Selection): boolean {
  return of.accounts.every(([first]) => first >= 500000);
}

function within(account: number, [first, last]: Range): boolean {
  return account >= first && account <= last;
}

function credited(moved: readonly Moved[], of: Selection, column: Column): number {
  const mine = moved.filter(
    (m) =>
      of.accounts.some((range) => within(m.account, range)) &&
      (of.share === undefined || m.share === of.share) &&
      (of.nature === undefined || m.nature === of.nature),
  );
  return 0 - sumOf(mine, (m) => m[column]);
}

/**
 * Opening, debit, credit and closing of every account of a fund's book in a month; opening and closing are positive on
 * the debit side. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, unknown-area, not-permitted
 */
export const trialBalanceQuery = defineQuery({
  name: 'insurance.trial-balance',
  title: { zh: '试算平衡表', en: 'Trial balance' },
  input: z.object({ ...asked, book: z.enum(['statutory', 'receivable']).default('statutory') }),
  async run(context, input): Promise<TrialBalanceView> {
    const scope = await scopeOf(context, input);
    const book = input.book === 'statutory' ? statutory : receivable;
    const rows = await accountsOf(context, scope, book);
    return {
      book: input.book,
      fund: scope.fundKey,
      fundName: fundNames[scope.fund as FundId],
      month: scope.month,
      area: scope.areaName,
      rows,
      debitFen: sumOf(rows, (r) => r.debitFen),
      creditFen: sumOf(rows, (r) => r.creditFen),
    };
  },
});

async function accountsOf(
  context: QueryContext,
  scope: Scope,
  book: Book,
): Promise<TrialBalanceView['rows']> {
  const opening = await balancesBefore(context, scope, book, scope.month, [0, 999999]);
  const moved = await context.tx.rows<{ account: number; debit: number; credit: number }>(
    `select account, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as debit,
       -coalesce(sum(amount) filter (where amount < 0), 0)::bigint as credit
     from entry where period = $1 and book = $2 and fund = $3 and area between $4 and $5 group by 1`,
    [period(scope.month), book, scope.fund, scope.lo, scope.hi],
  );
  const names = await accountNames(context.tx, book, scope.fund, lastDay(scope.month));
  return [...names.values()].flatMap((n) => {
    const before = opening.get(n.key) ?? 0;
    const month = moved.find((m) => m.account === n.key);
    if (before === 0 && month === undefined) return [];
    const debitFen = month?.debit ?? 0;
    const creditFen = month?.credit ?? 0;
    return [
      {
        account: String(n.key),
        code: n.code,
        name: n.name,
        openingFen: before,
        debitFen,
        creditFen,
        closingFen: before + debitFen - creditFen,
      },
    ];
  });
}
