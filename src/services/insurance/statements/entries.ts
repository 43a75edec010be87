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
  MindunError,
  period,
  type QueryContext,
  type Text,
} from '../../../kernel/index.ts';
import { pageRows } from '../lists.ts';
import type { Page } from '../views.ts';
import type { Range } from './forms.ts';
import { balances, balanceToExpenditure, type Selection, statementRows } from './rows.ts';
import { type Scope, scopeOf } from './scope.ts';
import { asked, debitSide, yearStart } from './statements.ts';

export interface EntryRow {
  readonly date: string;
  /** Name of the account in the month that was asked for. */
  readonly account: string;
  readonly memo: string;
  readonly debitFen: number;
  readonly creditFen: number;
  /** Joins the lines of one happening in both books. */
  readonly event: string;
}

/** The journal lines behind a cell, a page of them; which cell that is, and what all of its lines sum to. Amounts in fen. */
export interface EntriesView extends Page<EntryRow> {
  /** The row of the statement, or the account with its official code where that is known. */
  readonly opened: { readonly code: string | null; readonly name: Text };
  readonly fundName: Text;
  readonly area: string;
  readonly debitFen: number;
  readonly creditFen: number;
  /** The statement's cell: on the side on which its row stands. Of an account: what moved it, or its opening balance, positive on the debit side. */
  readonly amountFen: number;
}

/** Months of the books, both ends in, and the accounts that count in them. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly accounts: readonly Range[];
}

interface Behind {
  readonly book: Book;
  readonly parts: readonly Part[];
  readonly of: Omit<Selection, 'accounts'>;
  /** Closing a month is no income and no expenditure; the trial balance counts it, the statement does not. */
  readonly closings: boolean;
  /** The row of the statement that was opened; of an account its number. */
  readonly opened: Text | number;
  /** 1 where the cell is debit less credit, −1 where it is credit less debit. */
  readonly side: 1 | -1;
}

/**
 * The journal lines behind a cell: of the statement by its row's key, in the column of the month or of the year to date;
 * of the trial balance by an account's key (`before`: what its opening balance is made of). With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, not-found, unknown-area, not-permitted
 */
export const entriesQuery = defineQuery({
  name: 'insurance.entries',
  title: { zh: '分录明细', en: 'Journal lines' },
  input: z.object({
    ...asked,
    row: z.string().min(1).max(40),
    column: z.enum(['month', 'year', 'before']).default('month'),
    book: z.enum(['statutory', 'receivable']).default('statutory'),
    cursor: z
      .string()
      .regex(/^\d{1,15}\.\d{1,9}$/)
      .optional(),
  }),
  async run(context, input): Promise<EntriesView> {
    const scope = await scopeOf(context, input);
    const behind = /^\d{1,6}$/.test(input.row)
      ? behindAccount(scope, Number(input.row), input)
      : behindRow(scope, input.row, input.column);
    if (behind === undefined) throw new MindunError('not-found', { what: input.row });
    return entriesPage(context, scope, behind, input.cursor ?? '0.0');
  },
});

type Column = 'month' | 'year' | 'before';

function periodsOf(scope: Scope, column: Column): { from: number; to: number } {
  const month = period(scope.month);
  if (column === 'before') return { from: 0, to: month - 1 };
  return { from: column === 'month' ? month : period(yearStart(scope.month)), to: month };
}

function behindAccount(
  scope: Scope,
  account: number,
  input: { readonly column: Column; readonly book: 'statutory' | 'receivable' },
): Behind {
  return {
    book: input.book === 'statutory' ? statutory : receivable,
    parts: [{ ...periodsOf(scope, input.column), accounts: [[account, account]] }],
    of: {},
    closings: true,
    opened: account,
    side: 1,
  };
}

function behindRow(scope: Scope, key: string, column: Column): Behind | undefined {
  const row = statementRows(scope.fund, scope.month).find((r) => r.key === key);
  if (row === undefined || row.kind === 'heading' || column === 'before') return undefined;
  const side = row.of !== undefined && debitSide(row.of) ? 1 : -1;
  const common = { book: statutory, closings: false, opened: row.label, side } as const;
  const { from, to } = periodsOf(scope, column);
  if (row.of !== undefined) {
    const { accounts, ...of } = row.of;
    return { ...common, parts: [{ from, to, accounts }], of };
  }
  // A balance is made of all that came before the column, and of balances taken over within it.
  const before = { from: 0, to: from - 1, accounts: [balanceToExpenditure] };
  const within = { from, to, accounts: key === 'closing' ? [balanceToExpenditure] : [balances] };
  return { ...common, parts: [before, within], of: {} };
}

interface Line {
  readonly journal: number;
  readonly seq: number;
  readonly account: number;
  readonly date: string;
  readonly memo: string;
  readonly amount: number;
  readonly event: number;
}

const multirange = (ranges: readonly Range[]): string =>
  `{${ranges.map(([first, last]) => `[${first},${last}]`).join(',')}}`;

async function entriesPage(
  context: QueryContext,
  scope: Scope,
  { book, parts, of, closings, opened, side }: Behind,
  cursor: string,
): Promise<EntriesView> {
  const [first, second] = [parts[0]!, parts[1] ?? parts[0]!];
  const from = `from entry e join journal j on j.id = e.journal_id
    where (e.period between $1 and $2 and e.account <@ $3::int4multirange
        or e.period between $4 and $5 and e.account <@ $6::int4multirange)
      and e.book = $7 and e.fund = $8 and e.area between $9 and $10
      and ($11::int is null or e.share = $11) and ($12::int is null or e.nature = $12) and ($13 or j.kind <> 'close')`;
  const values = [
    first.from,
    first.to,
    multirange(first.accounts),
    second.from,
    second.to,
    multirange(second.accounts),
    book,
    scope.fund,
    scope.lo,
    scope.hi,
    of.share ?? null,
    of.nature ?? null,
    closings,
  ];
  const sums = await context.tx.one<{ total: number; debitFen: number; creditFen: number }>(
    `select count(*)::int as total, coalesce(sum(e.amount) filter (where e.amount > 0), 0)::bigint as "debitFen",
       coalesce(-sum(e.amount) filter (where e.amount < 0), 0)::bigint as "creditFen" ${from}`,
    values,
  );
  const found = await context.tx.rows<Line>(
    `select e.journal_id as journal, e.seq, e.account, j.effective::text as date, j.memo, e.amount, j.event
     ${from} and (e.journal_id, e.seq) > ($14, $15) order by 1, 2 limit $16`,
    [...values, ...cursor.split('.').map(Number), pageRows + 1],
  );
  const names = await accountNames(context.tx, book, scope.fund, lastDay(scope.month));
  if (typeof opened === 'number' && !names.has(opened))
    throw new MindunError('not-found', { what: String(opened) });
  const rows = found.slice(0, pageRows);
  const last = rows.at(-1);
  const more = found.length > pageRows && last !== undefined;
  return {
    rows: rows.map((l) => ({
      date: l.date,
      account: names.get(l.account)!.name[context.caller.language],
      memo: l.memo,
      debitFen: Math.max(0, l.amount),
      creditFen: Math.max(0, -l.amount),
      event: String(l.event),
    })),
    opened:
      typeof opened === 'number'
        ? { code: names.get(opened)?.code ?? null, name: names.get(opened)!.name }
        : { code: null, name: opened },
    fundName: fundNames[scope.fund as FundId],
    area: scope.areaName,
    ...sums,
    amountFen: side === 1 ? sums.debitFen - sums.creditFen : sums.creditFen - sums.debitFen,
    next: more ? `${last.journal}.${last.seq}` : null,
  };
}
