import { z } from 'zod';
import { type FundId, fundNames, receivable, statutory } from '../../engines/fund/index.ts';
import {
  defineQuery,
  lastDay,
  MindunError,
  type Month,
  period,
  type QueryContext,
  month as readMonth,
  sumOf,
  yearOf,
} from '../../kernel/index.ts';
import { pageRows } from './lists.ts';
import { type RowDefinition, type Selection, statementRows } from './statements-rows.ts';
import { balancesBefore, type Scope, scopeOf } from './statements-scope.ts';
import type { Page, StatementView, TrialBalanceView } from './views.ts';

const asked = { fund: z.string(), month: z.string(), area: z.string().optional() };

const incomeToExpenditure = [400000, 599999] as const;
const balanceToExpenditure = [300000, 599999] as const;

/**
 * Income and expenditure of a fund: the month and the year to date, with opening and closing balance, from the entries
 * of the statutory book without those that close a month. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, unknown-area
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
      rows: statementRows(scope.fund).map((row) => ({
        key: row.key,
        label: row.label,
        level: row.level,
        kind: row.kind,
        monthFen: cell(row, moved, 'month', opening.month),
        yearFen: cell(row, moved, 'year', opening.year),
      })),
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

function yearStart(month: Month): Month {
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
  const takenOver = moved.filter((m) => m.account < incomeToExpenditure[0]);
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
    return opening + credited(moved, { accounts: incomeToExpenditure }, column);
  if (row.of === undefined) return 0;
  const amount = credited(moved, row.of, column);
  return debitSide(row.of) ? 0 - amount : amount;
}

/** Expenditure stands on the debit side. */
function debitSide(of: Selection): boolean {
  return of.accounts[0] >= 500000;
}

function credited(moved: readonly Moved[], of: Selection, column: Column): number {
  const mine = moved.filter(
    (m) =>
      m.account >= of.accounts[0] &&
      m.account <= of.accounts[1] &&
      (of.share === undefined || m.share === of.share) &&
      (of.nature === undefined || m.nature === of.nature),
  );
  return 0 - sumOf(mine, (m) => m[column]);
}

/**
 * Opening, debit, credit and closing of every account of a fund's book in a month; opening and closing are positive on
 * the debit side. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, unknown-area
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
      month: scope.month,
      rows,
      debitFen: sumOf(rows, (r) => r.debitFen),
      creditFen: sumOf(rows, (r) => r.creditFen),
    };
  },
});

async function accountsOf(
  context: QueryContext,
  scope: Scope,
  book: number,
): Promise<TrialBalanceView['rows']> {
  const opening = await balancesBefore(context, scope, book, scope.month, [0, 999999]);
  const moved = await context.tx.rows<{ account: number; debit: number; credit: number }>(
    `select account, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as debit,
       -coalesce(sum(amount) filter (where amount < 0), 0)::bigint as credit
     from entry where period = $1 and book = $2 and fund = $3 and area between $4 and $5 group by 1`,
    [period(scope.month), book, scope.fund, scope.lo, scope.hi],
  );
  const names = await context.tx.rows<{
    account: number;
    code: string | null;
    zh: string;
    en: string;
  }>(
    `select key as account, code, name_zh as zh, name_en as en from ledger_account_name
     where book = $1 and valid @> $2::date and (fund is null or fund = $3) order by key`,
    [book, lastDay(scope.month), scope.fund],
  );
  return names.flatMap((n) => {
    const before = opening.get(n.account) ?? 0;
    const month = moved.find((m) => m.account === n.account);
    if (before === 0 && month === undefined) return [];
    const debitFen = month?.debit ?? 0;
    const creditFen = month?.credit ?? 0;
    return [
      {
        account: String(n.account),
        code: n.code,
        name: { zh: n.zh, en: n.en },
        openingFen: before,
        debitFen,
        creditFen,
        closingFen: before + debitFen - creditFen,
      },
    ];
  });
}

export interface EntryRow {
  readonly date: string;
  /** Name of the account on that day. */
  readonly account: string;
  readonly memo: string;
  readonly debitFen: number;
  readonly creditFen: number;
  /** Joins the lines of one happening in both books. */
  readonly event: string;
}

/**
 * The journal lines behind a cell of the statement (its row's key) or of the trial balance (an account's key) in a
 * month, or with `year` from the year's first month on. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, not-found, unknown-area
 */
export const entriesQuery = defineQuery({
  name: 'insurance.entries',
  title: { zh: '分录明细', en: 'Journal lines' },
  input: z.object({
    ...asked,
    row: z.string().min(1).max(40),
    year: z.boolean().default(false),
    book: z.enum(['statutory', 'receivable']).default('statutory'),
    cursor: z
      .string()
      .regex(/^\d{1,15}\.\d{1,9}$/)
      .optional(),
  }),
  async run(context, input): Promise<Page<EntryRow>> {
    const scope = await scopeOf(context, input);
    const account = /^\d{1,6}$/.test(input.row) ? Number(input.row) : undefined;
    const of =
      account === undefined
        ? statementRows(scope.fund).find((r) => r.key === input.row)?.of
        : { accounts: [account, account] as const };
    if (of === undefined) throw new MindunError('not-found', { what: input.row });
    // Closing a month is no income and no expenditure; the trial balance counts it, the statement does not.
    const book = account === undefined || input.book === 'statutory' ? statutory : receivable;
    const cell = { book, of, closings: account !== undefined, year: input.year };
    return entriesPage(context, scope, cell, input.cursor ?? '0.0');
  },
});

interface Line {
  readonly journal: number;
  readonly seq: number;
  readonly date: string;
  readonly zh: string;
  readonly en: string;
  readonly memo: string;
  readonly amount: number;
  readonly event: number;
}

/** Which lines stand behind a figure: of the month, or of the year up to it. */
interface Behind {
  readonly book: number;
  readonly of: Selection;
  readonly closings: boolean;
  readonly year: boolean;
}

async function entriesPage(
  context: QueryContext,
  scope: Scope,
  { book, of, closings, year }: Behind,
  cursor: string,
): Promise<Page<EntryRow>> {
  const first = period(year ? yearStart(scope.month) : scope.month);
  const from = `from entry e join journal j on j.id = e.journal_id
    where e.period between $11 and $1 and e.book = $2 and e.fund = $3 and e.area between $4 and $5 and e.account between $6 and $7
      and ($8::int is null or e.share = $8) and ($9::int is null or e.nature = $9) and ($10 or j.kind <> 'close')`;
  const values = [
    period(scope.month),
    book,
    scope.fund,
    scope.lo,
    scope.hi,
    ...of.accounts,
    of.share ?? null,
    of.nature ?? null,
    closings,
    first,
  ];
  const { total } = await context.tx.one<{ total: number }>(
    `select count(*)::int as total ${from}`,
    values,
  );
  const found = await context.tx.rows<Line>(
    `select x.*, n.name_zh as zh, n.name_en as en from (
       select e.journal_id as journal, e.seq, e.account, j.effective::text as date, j.memo, e.amount, j.event
       ${from} and (e.journal_id, e.seq) > ($12, $13) order by 1, 2 limit $14) x
     join ledger_account_name n on n.book = $2 and n.key = x.account and n.valid @> x.date::date
       and (n.fund is null or n.fund = $3) order by x.journal, x.seq`,
    [...values, ...cursor.split('.').map(Number), pageRows + 1],
  );
  const rows = found.slice(0, pageRows);
  const last = rows.at(-1);
  const more = found.length > pageRows && last !== undefined;
  return {
    rows: rows.map((l) => ({
      date: l.date,
      account: context.caller.language === 'zh' ? l.zh : l.en,
      memo: l.memo,
      debitFen: Math.max(0, l.amount),
      creditFen: Math.max(0, -l.amount),
      event: String(l.event),
    })),
    total,
    next: more ? `${last.journal}.${last.seq}` : null,
  };
}
