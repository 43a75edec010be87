import { narrow, readDate } from '../../../engines/documents/tables/index.ts';
import {
  defineErrors,
  type Fen,
  MindunError,
  Packed,
  type PlainDate,
  parseYuan,
} from '../../../kernel/index.ts';
import { noDay } from '../roster/check.ts';

/** One receipt of a bank file. Amount in fen, more than 0. */
export interface BankLine {
  readonly line: number;
  readonly receivedOn: PlainDate;
  /** The bank's own number of the receipt: it counts once, in whatever file. */
  readonly reference: string;
  readonly payerName: string;
  readonly payerAccount: string;
  /** Column or element that the reference was read from, where it is not the file's usual one. */
  readonly referenceFrom?: string;
  /** What the payer wrote. */
  readonly billText: string;
  /** The one bill number that the payer's words name; none in words that name none or several. */
  readonly bill?: string;
  readonly amount: Fen;
  /** Money that was paid out and came back: nobody's contribution, whatever is written on it. */
  readonly returned?: boolean;
}

const lineKeys = [
  'line',
  'receivedOn',
  'reference',
  'referenceFrom',
  'payerName',
  'payerAccount',
  'billText',
  'bill',
  'amount',
  'returned',
] as const satisfies readonly (keyof BankLine)[];

/**
 * The receipts of a file, of which a big city has hundreds of thousands: in the order of their days, and of one day as they stand in it.
 * What came in by the due day pays before what came later, however the bank sorts its lists.
 */
export class BankLines implements Iterable<BankLine> {
  readonly #days = new Map<PlainDate, Packed<BankLine>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(line: BankLine): void {
    let day = this.#days.get(line.receivedOn);
    if (day === undefined) {
      day = new Packed<BankLine>(lineKeys);
      this.#days.set(line.receivedOn, day);
    }
    day.add(line);
    this.#length += 1;
  }

  *[Symbol.iterator](): Generator<BankLine> {
    for (const day of [...this.#days.keys()].sort()) yield* this.#days.get(day)!;
  }
}

export interface BankFile {
  readonly format: 'csv' | 'camt.053';
  /** The lines without a fault. */
  readonly lines: BankLines;
  /** Every fault of the file: with one, nothing of it is booked. */
  readonly faults: readonly MindunError[];
  /** What the file calls a receipt's day and reference: its headers, or elements of XML. */
  readonly columns: { readonly receivedOn: string; readonly reference: string };
  /** Entries of the file that are no receipts. */
  readonly passedOver: number;
}

const mend = { zh: '请向银行要正确的文件。', en: 'Ask the bank for a correct file.' };
defineErrors({
  'amount-not-positive': {
    message: { zh: '收款金额应大于 0', en: 'A receipt is more than 0' },
    mend,
    status: 400,
  },
  'receipt-in-future': {
    message: { zh: '收款日期在今天之后', en: 'The day of the receipt lies after today' },
    mend,
    status: 400,
  },
  'receipt-before-books': {
    message: {
      zh: '收款日期在 {from}以前，那时这套账还没有开始',
      en: 'The day of the receipt lies before {from}, on which the books begin',
    },
    mend: {
      zh: '日期写错的，请向银行要正确的文件；确实是以前收的，已经在接管的账里，不再入账。',
      en: 'If the day is wrong, ask the bank for a correct file; money that came in before belongs to the books that were taken over.',
    },
    status: 400,
  },
  'reference-rounded': {
    message: {
      zh: '流水号 {value} 的后几位丢了：表格软件把它当成了一个数',
      en: 'The bank reference {value} has lost its last digits: a spreadsheet took it for a number',
    },
    mend: {
      zh: '请向银行重新要一份文件；要在表格软件里打开的，先把流水号一列设成文本。',
      en: 'Ask the bank for the file again; before a spreadsheet opens it, set the column of references to text.',
    },
    status: 400,
  },
  'duplicate-payment': {
    message: {
      zh: '流水号 {reference} 重复：已经入过账，或在这份文件里出现了两次',
      en: 'The bank reference {reference} was booked before, or stands in this file twice',
    },
    mend: {
      zh: '请核对是不是重复的文件；不同的款项应有不同的流水号。',
      en: 'Check whether the file is a repeat; different receipts have different references.',
    },
    status: 409,
  },
});

/** Characters that are kept of what a payer wrote. */
const noteMost = 500;

/** A payer's words as they are kept. */
export function noteOf(text: string): string {
  return text.trim().slice(0, noteMost);
}

export function readAmount(text: string): Fen {
  const plain = narrow(text);
  if (plain === '') throw new MindunError('required');
  const amount = parseYuan(plain);
  if (amount <= 0) throw new MindunError('amount-not-positive');
  return amount;
}

export function readDay(text: string, numeric: boolean): PlainDate {
  if (narrow(text) === '') throw new MindunError('required');
  const date = readDate(text, numeric);
  if (date === null) throw new MindunError(noDay(text));
  return date;
}

// 2.00801E+15, as a spreadsheet shows and saves a long number.
const powerOfTen = /^\d(?:\.\d+E\+?|E\+)\d+$/i;
// A numeric cell keeps 15 digits; those behind them are zeros, whatever the bank wrote.
const moreThanNumberKeeps = /^\d{16}/;

/**
 * The bank's number of a receipt.
 * @param numeric whether it stands in a numeric cell of a workbook
 * @throws MindunError required, name-too-long, reference-rounded
 */
export function readReference(text: string, numeric: boolean): string {
  const reference = narrow(text);
  if (reference === '') throw new MindunError('required');
  if (reference.length > 100) throw new MindunError('name-too-long');
  if (powerOfTen.test(reference) || (numeric && moreThanNumberKeeps.test(reference)))
    throw new MindunError('reference-rounded', { value: reference });
  return reference;
}
