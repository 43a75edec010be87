import { z } from 'zod';
import { defineQuery, groupBy, type QueryContext, type Text } from '../../../kernel/index.ts';
import { readBillNumber } from '../bills/bills.ts';
import { cursorInput, cut, pageRows } from '../lists.ts';
import type { Page, SuspenseRow } from '../views.ts';
import { payerAccount } from './payer-account.ts';

/** Receipts whose payer is not known yet. */
export const suspenseSql = `from receipt r where r.employer_id is null
  and not exists (select from receipt_resolution s where s.receipt_id = r.id)`;

const reasons: Readonly<Record<string, Text>> = {
  'no-bill-number': { zh: '没有写账单号', en: 'No bill number was given' },
  'no-single-bill': {
    zh: '写的账单号认不出是哪一张缴费单',
    en: 'What was written names no single bill',
  },
  'returned-payment': {
    zh: '付出的款被退回',
    en: 'Money that was paid out came back',
  },
  'bill-made-later': {
    zh: '收款那天还没有这张缴费单，单号可能写错了',
    en: 'The bill was not made yet on the day of the receipt: its number may be wrong',
  },
  'unknown-bill': { zh: '账单号对不上', en: 'There is no bill of this number' },
};

interface Receipt {
  readonly id: number;
  readonly publicId: string;
  readonly receivedOn: string;
  readonly reference: string;
  readonly payerName: string;
  readonly payerAccount: Buffer | null;
  readonly billText: string;
  readonly amount: number;
  readonly reason: string;
}

// A receipt by its public id, or all whose payer or bank reference begins with a text.
const wantedSql = `${suspenseSql} and ($1 = '' or r.public_id = $1)
  and ($2 = '' or r.payer_name ^@ $2 or r.reference ^@ $2)`;

/**
 * Receipts of unknown payers that wait, with the actor's own eyes, and who may have paid them; `receipt` asks for one by its
 * public id. Amounts in fen.
 */
export const suspenseQuery = defineQuery({
  name: 'insurance.suspense',
  title: { zh: '待查收款', en: 'Receipts of unknown payers' },
  input: z.object({
    cursor: cursorInput,
    search: z.string().max(100).default(''),
    receipt: z.string().max(100).default(''),
  }),
  async run(context, input): Promise<Page<SuspenseRow>> {
    const values = [input.receipt, input.search.trim()];
    const { total } = await context.tx.one<{ total: number }>(
      `select count(*)::int as total ${wantedSql}`,
      values,
    );
    const found = await context.tx.rows<Receipt>(
      `select r.id, r.public_id as "publicId", r.received_on::text as "receivedOn", r.reference,
         r.payer_name as "payerName", r.payer_account as "payerAccount", r.bill_text as "billText", r.amount, r.reason
       ${wantedSql} and r.id > $3 order by r.id limit $4`,
      [...values, Number(input.cursor ?? 0), pageRows + 1],
    );
    const { rows, next } = cut(found);
    const candidates = await candidatesOf(context, rows);
    return {
      rows: rows.map((r) => ({
        publicId: r.publicId,
        receivedOn: r.receivedOn,
        reference: r.reference,
        payerName: r.payerName,
        billNumber: readBillNumber(r.billText) ?? null,
        billText: r.billText,
        amountFen: r.amount,
        openFen: r.amount,
        reason: reasons[r.reason] ?? { zh: r.reason, en: r.reason },
        candidates: candidates(r.id),
      })),
      total,
      next,
    };
  },
});

type Candidate = SuspenseRow['candidates'][number];

const candidatesMost = 3;

/** The indexes of each receipt's account, under every key that others may be sealed with: receipt and index, side by side. */
async function accountIndexes(
  context: QueryContext,
  receipts: readonly Receipt[],
): Promise<{ ids: number[]; indexes: Buffer[] }> {
  const named = receipts.flatMap(({ id, payerAccount: value }) =>
    value === null ? [] : [{ id, value }],
  );
  if (named.length === 0) return { ids: [], indexes: [] };
  const opener = await context.sealed.opener(context.tx, payerAccount);
  const pairs = named.flatMap(({ id, value }) =>
    opener.indexes(opener.open(id, value)).map((index) => ({ id, index })),
  );
  return { ids: pairs.map((p) => p.id), indexes: pairs.map((p) => p.index) };
}

/** Employers of the payer’s name first, then those that paid from the same bank account before. */
async function candidatesOf(
  context: QueryContext,
  receipts: readonly Receipt[],
): Promise<(id: number) => Candidate[]> {
  const { ids, indexes } = await accountIndexes(context, receipts);
  const rows = await context.tx.rows<Candidate & { receipt: number }>(
    `select w.id as receipt, e.public_id as employer, c.code, f.name
     from unnest($1::bigint[], $2::text[]) as w (id, name)
     join lateral (
       select employer_id from employer_fact where w.name <> '' and name = w.name and upper_inf(known) and upper_inf(valid)
       union select coalesce(p.employer_id, s.employer_id) from receipt p
         left join receipt_resolution s on s.receipt_id = p.id
         where p.payer_account_index in (select a.index from unnest($3::bigint[], $4::bytea[]) as a (id, index) where a.id = w.id)
           and coalesce(p.employer_id, s.employer_id) is not null
     ) k on true
     join employer e on e.id = k.employer_id
     join employer_fact f on f.employer_id = e.id and upper_inf(f.known) and upper_inf(f.valid)
     join lateral (select code from employer_code where employer_id = e.id and upper_inf(known)
       and upper_inf(valid) order by kind desc limit 1) c on true
     order by w.id, f.name = w.name desc, f.name, e.id`,
    [receipts.map((r) => r.id), receipts.map((r) => r.payerName), ids, indexes],
  );
  const by = groupBy(rows, (c) => c.receipt);
  return (id) =>
    (by.get(id) ?? [])
      .slice(0, candidatesMost)
      .map(({ employer, code, name }) => ({ employer, code, name }));
}
