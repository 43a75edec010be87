import { createHash } from 'node:crypto';
import { z } from 'zod';
import { tableBytesMax } from '../../../engines/documents/tables/index.ts';
import {
  type Entry,
  entered,
  post,
  receivable,
  receivableKeys,
  statutory,
  statutoryKeys,
} from '../../../engines/fund/index.ts';
import { meanwhile, type Tx } from '../../../kernel/database/index.ts';
import {
  type CityInfo,
  type Context,
  defineCommand,
  firstDay,
  groupBy,
  MindunError,
  monthOfDate,
  monthOfPeriod,
  parts,
  period,
  publicId,
  readAhead,
  sumOf,
} from '../../../kernel/index.ts';
import type { Sealer } from '../../../kernel/sealed/index.ts';
import { suspenseFund } from '../arrears/late-fee.ts';
import { type BankFile, type BankLine, type BankLines, readBankFile } from '../bank/index.ts';
import { moneyInLine } from '../bills/key.ts';
import { lawOf } from '../law.ts';
import { booksOf, openMonth, shareOpenMonth } from '../period.ts';
import {
  applyPart,
  type Debts,
  debtsOf,
  debtsTogether,
  type FeeWithoutLaw,
  partSize,
} from './apply.ts';
import { payerAccount } from './payer-account.ts';

export interface CollectAnswer {
  readonly receipts: number;
  readonly matched: number;
  readonly suspense: number;
  readonly amountFen: number;
  readonly allocatedFen: number;
  readonly lateFeeFen: number;
  readonly creditFen: number;
  readonly suspenseFen: number;
  /** Late fees that could not be computed: the principal is applied, the document named is missing. */
  readonly feesWithoutLaw: readonly FeeWithoutLaw[];
  /** Receipts of a file that was taken before. */
  readonly duplicates: number;
  /** Entries of the file that are no receipts: debits, pending ones, receipts that the bank took back itself. */
  readonly passedOver: number;
}

const nothing = {
  receipts: 0,
  matched: 0,
  suspense: 0,
  amountFen: 0,
  allocatedFen: 0,
  lateFeeFen: 0,
  creditFen: 0,
  suspenseFen: 0,
  passedOver: 0,
};

interface Matched {
  readonly line: BankLine;
  readonly employer: number | null;
  readonly area: number;
  /** Why it is nobody's; empty when it is somebody's. */
  readonly reason: string;
}

interface Receipt extends Matched {
  readonly id: number;
  /** Month of the books. */
  readonly period: number;
}

/**
 * Takes a bank file: each receipt finds its employer by the bill number, pays what is open by the legal order; what is
 * over stays the employer's; a receipt of an unknown payer waits. The same file again changes nothing.
 * @throws MindunError whole-city-only, duplicate-payment, receipt-in-future, receipt-before-books and what reading the file refuses: every fault at once
 */
export const collect = defineCommand({
  name: 'insurance.collect',
  title: { zh: '银行到账', en: 'Take a bank file' },
  wholeCity: true,
  input: z.object({
    fileName: z.string().max(200).default('bank'),
    /** Base64 of the file's bytes. */
    content: z.string(),
  }),
  async run(context, input): Promise<CollectAnswer> {
    if (input.content.length > Math.ceil(tableBytesMax / 3) * 4)
      throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
    const sha256 = createHash('sha256').update(input.content, 'base64').digest('hex');
    return context.elevate(async () => {
      await shareOpenMonth(context);
      // Two files at once: the second waits and then finds what the first paid, or itself taken.
      await moneyInLine(context.tx);
      const taken = await context.tx.maybe<{ receipts: number }>(
        'select receipts from bank_file where sha256 = $1',
        [sha256],
      );
      if (taken !== undefined)
        return { ...nothing, feesWithoutLaw: [], duplicates: taken.receipts };
      const bank = await readBankFile(Buffer.from(input.content, 'base64'));
      const { format, lines, passedOver } = bank;
      refuse([...bank.faults, ...(await faultsOfBooks(context, bank))]);
      const answer = await take(context, input.fileName, sha256, format, lines);
      return { ...answer, passedOver };
    });
  },
});

async function take(
  context: Context,
  fileName: string,
  sha256: string,
  format: string,
  lines: BankLines,
): Promise<Omit<CollectAnswer, 'passedOver'>> {
  const id = publicId();
  const file = await context.tx.one<{ id: number }>(
    `insert into bank_file (public_id, name, sha256, format, receipts, amount, act)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [id, fileName, sha256, format, lines.length, sumOf(lines, (l) => l.amount), context.act],
  );
  context.subject({ bankFile: id });
  const sums = { ...nothing, receipts: lines.length };
  const feesWithoutLaw: FeeWithoutLaw[] = [];
  // One part at a time: a big city's file is long, and an employer may pay in several lines.
  await context.aside(async (reader) => {
    const look = new Lookahead(reader, context.city);
    const books = period(await openMonth(context.tx, context.city));
    const ids = await context.tx.draw('receipt_id_seq', lines.length);
    let done = 0;
    for await (const [, part] of readAhead(parts(lines, partSize), (p) => look.read(p))) {
      const numbers = ids.slice(done, done + part.matched.length);
      done += part.matched.length;
      const taken = await takePart(context, file.id, books, part, numbers);
      for (const [key, value] of Object.entries(taken.sums))
        sums[key as keyof typeof taken.sums] += value;
      feesWithoutLaw.push(...taken.feesWithoutLaw);
    }
  });
  const months = await context.tx.rows<{ period: number }>(
    'select distinct period from receipt where bank_file_id = $1',
    [file.id],
  );
  for (const { period: p } of months) await context.duty('enter', booksOf(monthOfPeriod(p)));
  return { ...sums, feesWithoutLaw, duplicates: 0 };
}

interface Part {
  readonly matched: readonly Matched[];
  readonly debts: Debts;
  /** Employers that paid in an earlier part: what they owe now is known to the transaction alone. */
  readonly again: readonly number[];
}

/**
 * Reads from a second connection what the payers of the next lines owe, while what was read before is written. The books cannot move
 * under it: acts on money stand in line.
 */
class Lookahead {
  readonly #reader: Tx;
  readonly #city: CityInfo;
  readonly #seen = new Set<number>();

  constructor(reader: Tx, city: CityInfo) {
    this.#reader = reader;
    this.#city = city;
  }

  async read(lines: readonly BankLine[]): Promise<Part> {
    const matched = await matchLines(this.#reader, this.#city, lines);
    const payers = new Set(matched.flatMap((m) => (m.employer === null ? [] : [m.employer])));
    const again = [...payers].filter((e) => this.#seen.has(e));
    const fresh = [...payers].filter((e) => !this.#seen.has(e));
    for (const employer of fresh) this.#seen.add(employer);
    return {
      matched,
      again,
      debts: await debtsOf({ tx: this.#reader, city: this.#city }, fresh),
    };
  }
}

/** @param books the month that is open, 200803 */
async function takePart(
  context: Context,
  file: number,
  books: number,
  { matched, debts, again }: Part,
  ids: readonly number[],
): Promise<{
  readonly sums: Omit<typeof nothing, 'receipts' | 'passedOver'>;
  readonly feesWithoutLaw: readonly FeeWithoutLaw[];
}> {
  const receipts = matched.map((m, i): Receipt => {
    const ofPeriod = Math.max(books, period(monthOfDate(m.line.receivedOn)));
    const { line, employer, area, reason } = m;
    return { line, employer, area, reason, id: ids[i]!, period: ofPeriod };
  });
  const known = receipts.filter((m) => m.employer !== null);
  const unknown = receipts.filter((m) => m.employer === null);
  const payments = known.map((m) => ({
    employer: m.employer!,
    area: m.area,
    amount: m.line.amount,
    paidOn: m.line.receivedOn,
    receipt: m.id,
    key: `receipt ${m.line.reference}`,
    memo: `收款 ${m.line.reference}`,
  }));
  const sealer = await context.sealed.sealer(context.tx, payerAccount);
  const [, applied] = await meanwhile(writeReceipts(context, sealer, file, receipts), async () => {
    const all = again.length === 0 ? debts : debtsTogether(debts, await debtsOf(context, again));
    return applyPart(context, payments, 'bank', all, books);
  });
  await postUnknown(context, unknown);
  return {
    sums: {
      matched: known.length,
      suspense: unknown.length,
      amountFen: sumOf(matched, (m) => m.line.amount),
      allocatedFen: applied.allocated,
      lateFeeFen: applied.lateFees,
      creditFen: applied.credit,
      suspenseFen: sumOf(unknown, (m) => m.line.amount),
    },
    feesWithoutLaw: applied.feesWithoutLaw,
  };
}

/** References that one statement looks for. */
const referencesAtOnce = 10_000;

/** Lines that the books refuse: of a day that is to come or lies before the books, or of a receipt that was booked before. */
async function faultsOfBooks(
  context: Context,
  { lines, columns }: Pick<BankFile, 'lines' | 'columns'>,
): Promise<MindunError[]> {
  const faults: MindunError[] = [];
  const from = firstDay(monthOfPeriod(context.city.firstPeriod));
  for (const part of parts(lines, referencesAtOnce)) {
    const booked = await bookedAmong(context.tx, part);
    for (const { line, receivedOn, reference, referenceFrom } of part) {
      const wrongDay = (code: string, details: MindunError['details']): void => {
        const place = { line, column: columns.receivedOn, value: receivedOn };
        faults.push(new MindunError(code, details, place));
      };
      if (receivedOn > context.today) wrongDay('receipt-in-future', {});
      else if (receivedOn < from) wrongDay('receipt-before-books', { from });
      if (booked.has(reference)) {
        const place = { line, column: referenceFrom ?? columns.reference, value: reference };
        faults.push(new MindunError('duplicate-payment', { reference }, place));
      }
    }
  }
  return faults;
}

/** References of these lines that were booked before. */
async function bookedAmong(tx: Tx, lines: readonly BankLine[]): Promise<Set<string>> {
  const known = await tx.rows<{ reference: string }>(
    'select r.reference from unnest($1::text[]) as w (reference) join receipt r on r.reference = w.reference',
    [lines.map((l) => l.reference)],
  );
  return new Set(known.map((k) => k.reference));
}

/** Tells all faults of a file as one, by line. */
function refuse(faults: readonly MindunError[]): void {
  const [first, ...others] = [...faults].sort((a, b) => a.place.line! - b.place.line!);
  if (first !== undefined) throw new MindunError(first.code, first.details, first.place, others);
}

/** Whose each line is, by its bill number. */
async function matchLines(tx: Tx, city: CityInfo, lines: readonly BankLine[]): Promise<Matched[]> {
  type Named = { number: string; employer: number; area: number; from: string };
  const bills = await tx.rows<Named>(
    // A bill can have been paid from the first day of its month on, or from that of its making when it came earlier.
    `select b.number, b.employer_id as employer, b.area,
       least(b.issued_on, to_date(b.period::text, 'YYYYMM'))::text as from
     from (select distinct number from unnest($1::text[]) as u (number)) w join bill b on b.number = w.number`,
    [lines.flatMap((l) => l.bill ?? [])],
  );
  const byNumber = new Map(bills.map((b) => [b.number, b]));
  const cityArea = Number(city.code.padEnd(12, '0'));
  return lines.map((line) => {
    const named = byNumber.get(line.bill ?? '');
    // The payer's slip: the bill was not there on that day.
    const later = named !== undefined && line.receivedOn < named.from;
    const bill = later ? undefined : named;
    return {
      line,
      employer: bill?.employer ?? null,
      area: bill?.area ?? cityArea,
      reason: bill !== undefined ? '' : later ? 'bill-made-later' : reasonOf(line),
    };
  });
}

async function writeReceipts(
  context: Context,
  sealer: Sealer,
  file: number,
  receipts: readonly Receipt[],
): Promise<void> {
  const lines = receipts.map((r) => r.line);
  await context.tx.execute(
    `insert into receipt (bank_file_id, act, id, public_id, reference, received_on, period, payer_name, payer_account,
       payer_account_index, bill_text, amount, employer_id, area, reason)
     select $1, $2, u.* from unnest($3::bigint[], $4::text[], $5::text[], $6::date[], $7::int[], $8::text[], $9::bytea[], $10::bytea[],
       $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[]) as u`,
    [
      file,
      context.act,
      receipts.map((r) => r.id),
      receipts.map(() => publicId()),
      lines.map((l) => l.reference),
      lines.map((l) => l.receivedOn),
      receipts.map((r) => r.period),
      lines.map((l) => l.payerName),
      receipts.map(({ id, line }) =>
        line.payerAccount === '' ? null : sealer.seal(id, line.payerAccount),
      ),
      lines.map((l) => (l.payerAccount === '' ? null : sealer.index(l.payerAccount))),
      lines.map((l) => l.billText),
      lines.map((l) => l.amount),
      receipts.map((r) => r.employer),
      receipts.map((r) => r.area),
      receipts.map((r) => r.reason),
    ],
  );
}

function reasonOf(line: BankLine): string {
  if (line.returned === true) return 'returned-payment';
  if (line.bill !== undefined) return 'unknown-bill';
  return line.billText === '' ? 'no-bill-number' : 'no-single-bill';
}

/** Receipts of unknown payers: temporary receipts in the books, nobody's until somebody is found. */
async function postUnknown(context: Context, unknown: readonly Receipt[]): Promise<void> {
  const fund = suspenseFund(lawOf(context.city), context.city, context.today);
  const byPeriod = groupBy(unknown, (m) => m.period);
  for (const [ofPeriod, list] of byPeriod) {
    await post(
      context.tx,
      list.map((m) => {
        const line = (book: Entry['book'], account: number, amount: number): Entry => ({
          book,
          fund,
          account,
          amount,
          area: m.area,
          receiptId: m.id,
        });
        return {
          key: `receipt ${m.line.reference}`,
          event: `receipt ${m.line.reference}`,
          effective: m.line.receivedOn,
          period: ofPeriod,
          kind: 'receipt',
          memo: `待查 ${m.line.reference}`,
          postings: entered([
            line(receivable, receivableKeys.received, m.line.amount),
            line(receivable, receivableKeys.unapplied, -m.line.amount),
            line(statutory, statutoryKeys.incomeDeposit, m.line.amount),
            line(statutory, statutoryKeys.unidentified, -m.line.amount),
          ]),
        };
      }),
      context.act,
    );
  }
}
