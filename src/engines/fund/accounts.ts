import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Tx } from '../../kernel/database/index.ts';

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
  otherExpenditure: 540100,
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
const chart = z.object({
  statutory: z.array(
    z.object({
      key: z.number().int(),
      side,
      kind,
      code: z.string().nullable(),
      oldCode: z.string().optional(),
      old: z.string(),
      now: z.string(),
      en: z.string(),
    }),
  ),
  receivable: z.array(
    z.object({ key: z.number().int(), side, kind, zh: z.string(), en: z.string() }),
  ),
});

/** Loads the chart of accounts into a new city; nothing is changed where it stands already. */
export async function loadChart(tx: Tx): Promise<void> {
  const file = new URL('../../../law/cn/fund-accounts.yaml', import.meta.url);
  const data = chart.parse(parse(readFileSync(file, 'utf8')));
  for (const a of data.statutory) {
    await account(tx, statutory, a.key, a.side, a.kind);
    await name(tx, statutory, a.key, '[,2018-01-01)', a.oldCode ?? null, a.old, a.en);
    await name(tx, statutory, a.key, '[2018-01-01,)', a.code, a.now, a.en);
  }
  for (const a of data.receivable) {
    await account(tx, receivable, a.key, a.side, a.kind);
    await name(tx, receivable, a.key, '(,)', null, a.zh, a.en);
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

async function name(
  tx: Tx,
  book: Book,
  key: number,
  valid: string,
  code: string | null,
  zh: string,
  en: string,
): Promise<void> {
  await tx.execute(
    `insert into ledger_account_name (book, key, valid, code, name_zh, name_en)
     select $1, $2, $3::daterange, $4, $5, $6
     where not exists (select from ledger_account_name where book = $1 and key = $2 and valid = $3::daterange)`,
    [book, key, valid, code, zh, en],
  );
}
