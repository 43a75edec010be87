import { narrow, readDate } from '../../../engines/documents/tables/index.ts';
import {
  defineErrors,
  type Fen,
  MindunError,
  Packed,
  type PlainDate,
  parseYuan,
} from '../../../kernel/index.ts';

/** One receipt of a bank file. Amount in fen, more than 0. */
export interface BankLine {
  readonly line: number;
  readonly receivedOn: PlainDate;
  /** The bank's own number of the receipt: it counts once, in whatever file. */
  readonly reference: string;
  readonly payerName: string;
  readonly payerAccount: string;
  /** What the payer wrote: the bill number, if all goes well. */
  readonly billText: string;
  readonly amount: Fen;
  /** Money that was paid out and came back: nobody's contribution, whatever is written on it. */
  readonly returned?: boolean;
}

const lineKeys = [
  'line',
  'receivedOn',
  'reference',
  'payerName',
  'payerAccount',
  'billText',
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
  if (date === null) throw new MindunError('date-invalid');
  return date;
}

export function readReference(text: string): string {
  const reference = narrow(text);
  if (reference === '') throw new MindunError('required');
  if (reference.length > 100) throw new MindunError('name-too-long');
  return reference;
}
