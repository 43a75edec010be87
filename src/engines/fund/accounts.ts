import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Tx } from '../../kernel/database/index.ts';
import type { PlainDate, Text } from '../../kernel/index.ts';
import { fundBy, funds, medicalFund } from './funds.ts';

export const statutory = 1;
export const receivable = 2;
export type Book = typeof statutory | typeof receivable;

/**
 * Keys of the statutory accounts (law/cn/fund-accounts.yaml). Today's official numbers serve as our keys, two digits
 * more for sub-accounts; what is printed comes from the dated names.
 */
export const statutoryKeys = {
  incomeDeposit: 100200,
  fiscalDeposit: 100300,
  expenseDeposit: 100400,
  overpaid: 200101,
  unidentified: 200102,
  balance: 300100,
  balancePool: 300101,
  balanceAccounts: 300102,
  contributions: 400100,
  contributionsPool: 400101,
  contributionsAccounts: 400102,
  otherIncome: 450100,
  otherIncomePool: 450101,
  otherExpenditure: 540100,
  otherExpenditurePool: 540101,
  otherExpenditureAccounts: 540102,
  migration: 990000,
} as const;

/** Keys of the receivable book: our own accounts, without official codes. */
export const receivableKeys = {
  contributionsDue: 1,
  lateFeesDue: 2,
  unapplied: 12,
  refundsDue: 13,
  assessed: 21,
  received: 22,
  corrected: 24,
  lateFeesDetermined: 25,
  refunded: 26,
  migration: 99,
} as const;

const side = z.enum(['debit', 'credit']);
const kind = z.enum(['asset', 'liability', 'balance', 'income', 'expenditure', 'memo']);
const fundKeys = funds.map((f) => f.key);
// Strict: a name with a comma that nobody quoted would be cut and go on as another key.
const chart = z.strictObject({
  statutory: z.array(
    z.strictObject({
      key: z.number().int(),
      side,
      kind,
      code: z.string().nullable(),
      oldCode: z.string().optional(),
      old: z.string(),
      now: z.string(),
      en: z.string(),
      by: z.partialRecord(z.enum(fundKeys), z.string()).default({}),
      part: z.literal('accounts').optional(),
      opening: z.union([z.literal('all'), z.array(z.enum(fundKeys))]).default([]),
    }),
  ),
  receivable: z.array(
    z.strictObject({ key: z.number().int(), side, kind, zh: z.string(), en: z.string() }),
  ),
});

let read: z.infer<typeof chart> | undefined;

function chartOfAccounts(): z.infer<typeof chart> {
  const file = new URL('../../../law/cn/fund-accounts.yaml', import.meta.url);
  read ??= chart.parse(parse(readFileSync(file, 'utf8')));
  return read;
}

/**
 * The balance account into which an income or expenditure account closes; undefined for other accounts, and for money of the
 * medical fund that is not split yet (4601, 4602: open until the year's end).
 */
export function closesInto(fund: number, account: number): number | undefined {
  if (account < 400_000 || account >= 600_000) return undefined;
  if (fund !== medicalFund) return statutoryKeys.balance;
  if (account >= 460_000 && account < 470_000) return undefined;
  const part = chartOfAccounts().statutory.find((a) => a.key === account)?.part;
  return part === 'accounts' ? statutoryKeys.balanceAccounts : statutoryKeys.balancePool;
}

/** Keys of the statutory accounts that the opening ledger of a fund (`pension`) may hold, in their order. */
export function openingAccounts(fund: string): readonly number[] {
  return chartOfAccounts()
    .statutory.filter((a) => a.opening === 'all' || a.opening.some((f) => f === fund))
    .map((a) => a.key);
}

/** Where a late fee of a fund is income: the medical fund's is the pool's. */
export function lateFeeIncome(fund: number): number {
  return fund === medicalFund ? statutoryKeys.otherIncomePool : statutoryKeys.otherIncome;
}

/** Loads the chart of accounts into a new city; nothing is changed where it stands already. */
export async function loadChart(tx: Tx): Promise<void> {
  const data = chartOfAccounts();
  for (const a of data.statutory) {
    await account(tx, statutory, a.key, a.side, a.kind);
    const old = { valid: '[,2018-01-01)', code: a.oldCode ?? null, zh: a.old, en: a.en };
    await name(tx, statutory, a.key, old);
    for (const [fund, zh] of Object.entries(a.by))
      await name(tx, statutory, a.key, { ...old, zh, fund: fundBy(fund)!.id });
    await name(tx, statutory, a.key, { valid: '[2018-01-01,)', code: a.code, zh: a.now, en: a.en });
  }
  for (const a of data.receivable) {
    await account(tx, receivable, a.key, a.side, a.kind);
    await name(tx, receivable, a.key, { valid: '(,)', code: null, zh: a.zh, en: a.en });
  }
}

async function account(
  tx: Tx,
  book: Book,
  key: number,
  onSide: string,
  ofKind: string,
): Promise<void> {
  await tx.execute(
    'insert into ledger_account (book, key, side, kind) values ($1, $2, $3, $4) on conflict do nothing',
    [book, key, onSide, ofKind],
  );
}

interface DatedName {
  readonly valid: string;
  readonly code: string | null;
  readonly zh: string;
  readonly en: string;
  /** The only fund that has this name; without it the name is every fund's that has none of its own. */
  readonly fund?: number;
}

async function name(tx: Tx, book: Book, key: number, of: DatedName): Promise<void> {
  await tx.execute(
    `insert into ledger_account_name (book, key, valid, code, name_zh, name_en, fund)
     select $1, $2, $3::daterange, $4, $5, $6, $7
     where not exists (select from ledger_account_name
       where book = $1 and key = $2 and valid = $3::daterange and fund is not distinct from $7::smallint)`,
    [book, key, of.valid, of.code, of.zh, of.en, of.fund ?? null],
  );
}

/** What an account of a book is called on a day, and its official code where one is known. */
export interface AccountName {
  readonly key: number;
  readonly code: string | null;
  readonly name: Text;
}

/** The accounts of a book by key, as a fund calls them on a day; in the order of their keys. */
export async function accountNames(
  tx: Tx,
  book: Book,
  fund: number,
  on: PlainDate,
): Promise<Map<number, AccountName>> {
  const rows = await tx.rows<{ key: number; code: string | null; zh: string; en: string }>(
    `select distinct on (key) key, code, name_zh as zh, name_en as en from ledger_account_name
     where book = $1 and valid @> $2::date and (fund is null or fund = $3) order by key, fund nulls last`,
    [book, on, fund],
  );
  return new Map(
    rows.map(({ key, code, zh, en }) => [key, { key, code, name: { zh, en } }] as const),
  );
}
