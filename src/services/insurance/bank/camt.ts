import { decodeText, tableBytesMax } from '../../../engines/documents/tables/index.ts';
import {
  dateOf,
  defineErrors,
  MindunError,
  momentOfWall,
  type PlainDate,
  sumOf,
  yuan,
} from '../../../kernel/index.ts';
import { billNumbersIn } from '../bills/bills.ts';
import { type CamtDetail, type CamtEntry, parseCamt } from './camt-entries.ts';
import {
  type BankFile,
  type BankLine,
  BankLines,
  noteOf,
  readAmount,
  readDay,
  readReference,
} from './lines.ts';

const askBank = { zh: '请向银行要正确的文件。', en: 'Ask the bank for a correct file.' };
defineErrors({
  'statement-unreadable': {
    message: { zh: '对账文件读不出来：{detail}', en: 'The statement cannot be read: {detail}' },
    mend: {
      zh: '请向银行重新要一份 camt.053 对账文件。',
      en: 'Ask the bank for the camt.053 statement once more.',
    },
    status: 400,
  },
  'statement-empty': {
    message: { zh: '对账文件里没有一笔收付', en: 'The statement holds no entry' },
    mend: {
      zh: '那天没有收付的，不用入账；应当有的，请向银行重新要一份。',
      en: 'If nothing moved that day, there is nothing to take; else ask the bank for it once more.',
    },
    status: 400,
  },
  'currency-not-yuan': {
    message: { zh: '币种不是人民币：{value}', en: 'The currency is not CNY: {value}' },
    mend: { zh: '只收人民币的款项。', en: 'Only receipts in yuan are taken.' },
    status: 400,
  },
  'receipt-reversed': {
    message: {
      zh: '银行冲回了一笔收款：{reference}',
      en: 'The bank took a receipt back: {reference}',
    },
    mend: {
      zh: '冲回的不是收款，整份文件没有入账。请交基金会计核对这笔收款；银行改正后的文件再入账。',
      en: 'It is no receipt, and nothing of the file was booked. Let the fund accountant look into it; take the file once the bank has put it right.',
    },
    status: 409,
  },
  'direction-unclear': {
    message: {
      zh: '这一笔没有写明是进账（CRDT）还是出账（DBIT）',
      en: 'The entry does not say whether it is a credit (CRDT) or a debit (DBIT)',
    },
    mend: askBank,
    status: 400,
  },
  'entry-status-unknown': {
    message: {
      zh: '看不懂这一笔的状态：{value}，不知道钱有没有到账',
      en: 'The status of the entry is unknown: {value}; nobody can tell whether the money came in',
    },
    mend: askBank,
    status: 400,
  },
  'batch-unclear': {
    message: {
      zh: '一笔入账含 {count} 笔付款，却没有写明各笔金额',
      en: 'One entry holds {count} payments without the amount of each',
    },
    mend: askBank,
    status: 400,
  },
  'batch-sum-differs': {
    message: {
      zh: '各笔付款合计 {sum}，与入账金额 {amount} 不符',
      en: 'The payments sum to {sum}, the entry says {amount}',
    },
    mend: askBank,
    status: 400,
  },
});

/**
 * Reads ISO 20022 camt.053 (BankToCustomerStatement, versions 02 to 08; docs/reference/bank-file.md): each payment of a booked, credited
 * entry is one receipt. What is debited or pending is none. A receipt that the bank took back is none either: with its own
 * receipt in the file both fall away, else the file is refused. Paths by local name, since banks differ in version and prefix.
 * @throws MindunError statement-unreadable, statement-version-unknown, statement-empty, file-unreadable (XML of another kind), file-too-large
 */
export function readCamt(bytes: Buffer): Omit<BankFile, 'format'> {
  if (bytes.length > tableBytesMax)
    throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
  const entries = entriesOf(bytes);
  const faults: MindunError[] = [];
  const booked = bookedOf(entries, faults);
  const undone = undoneWithin(booked, faults);
  const credits = booked.filter((e) => e.text('CdtDbtInd') === 'CRDT' && !undone.has(e));
  const found = new Reader(faults).read(credits);
  // A day without receipts is a day, too; a statement without a single entry is more likely the wrong file.
  if (entries.length === 0) throw new MindunError('statement-empty');
  const lines = new BankLines();
  for (const line of found.filter(isWhole)) lines.add(line);
  const columns = { receivedOn: 'BookgDt', reference: usualReference };
  return { lines, faults, columns, passedOver: entries.length - credits.length };
}

// How a message of the bank (camt.05x) calls itself, in its first lines.
const bankMessage = /camt\.05\d|BkToCstmr/;

/** The entries; a broken statement is the bank's to mend, a page or workbook in XML is saved anew by who has it. */
function entriesOf(bytes: Buffer): CamtEntry[] {
  try {
    return parseCamt(decodeText(bytes));
  } catch (error) {
    const unread = error instanceof MindunError && error.code === 'file-unreadable';
    if (!unread || !bankMessage.test(bytes.toString('latin1', 0, 4096))) throw error;
    throw new MindunError('statement-unreadable', error.details);
  }
}

const usualReference = 'AcctSvcrRef';

function isWhole(line: Partial<BankLine>): boolean {
  return [line.receivedOn, line.reference, line.amount].every((v) => v !== undefined);
}

// Pending, for information, of a day to come: the booked entry follows in a later file.
const notBooked = ['PDNG', 'INFO', 'FUTR'];

/** The entries that are booked; one that does not say what it is may be a receipt, and is a fault. */
function bookedOf(entries: readonly CamtEntry[], faults: MindunError[]): CamtEntry[] {
  return entries.filter((entry) => {
    const status = entry.text('Sts', 'Sts/Cd', 'Sts/Prtry');
    const way = entry.text('CdtDbtInd');
    if (notBooked.includes(status)) return false;
    const fault = (code: string, column: string, value: string): void => {
      const place = { line: entry.line, column, value: value.slice(0, 100) };
      faults.push(new MindunError(code, { value: place.value }, place));
    };
    if (status !== '' && status !== 'BOOK') fault('entry-status-unknown', 'Sts', status);
    else if (way !== 'CRDT' && way !== 'DBIT') fault('direction-unclear', 'CdtDbtInd', way);
    return true;
  });
}

function reversal(entry: CamtEntry): boolean {
  return ['true', '1'].includes(entry.text('RvslInd'));
}

/** A debit that reverses takes a credit back: that of the same reference and amount, which must stand in the same file. */
function undoneWithin(booked: readonly CamtEntry[], faults: MindunError[]): Set<CamtEntry> {
  const undone = new Set<CamtEntry>();
  const credits = booked.filter((e) => e.text('CdtDbtInd') === 'CRDT' && !reversal(e));
  for (const debit of booked.filter((e) => e.text('CdtDbtInd') === 'DBIT' && reversal(e))) {
    const marks = marksOf(debit);
    const found = credits.find(
      (c) =>
        !undone.has(c) &&
        plainAmount(c) === plainAmount(debit) &&
        c.currency === debit.currency &&
        marksOf(c).some((m) => marks.includes(m)),
    );
    if (found !== undefined) undone.add(found);
    else {
      const reference = marks[0]?.slice(marks[0].indexOf(' ') + 1) ?? '';
      const place = { line: debit.line, column: 'RvslInd', value: reference };
      faults.push(new MindunError('receipt-reversed', { reference }, place));
    }
  }
  return undone;
}

/** 10.00 and 10.0 are one amount. */
function plainAmount(entry: CamtEntry): string {
  const text = entry.text('Amt');
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text;
}

/** By what an entry and its reversal are known to be of one payment. */
function marksOf(entry: CamtEntry): string[] {
  const own = entry.text('AcctSvcrRef');
  const details = entry.details.flatMap((d) => [
    ['bank', d.text('Refs/AcctSvcrRef')],
    ['payer', d.text('Refs/EndToEndId')],
  ]);
  return [['bank', own], ...details]
    .filter(([, mark]) => mark !== '' && mark !== 'NOTPROVIDED')
    .map(([kind, mark]) => `${kind} ${mark}`);
}

class Reader {
  readonly #faults: MindunError[];
  readonly #seen = new Set<string>();

  constructor(faults: MindunError[]) {
    this.#faults = faults;
  }

  read(entries: readonly CamtEntry[]): BankLine[] {
    return entries.flatMap((entry) => {
      if (entry.details.length < 2) return [this.#line(entry, entry.details[0], entry, '')];
      const before = this.#faults.length;
      const distinct = new Set(entry.details.map((d) => d.text('Refs/AcctSvcrRef')));
      // References that do not tell the payments of an entry apart are numbered.
      const apart = distinct.size === entry.details.length && !distinct.has('');
      const lines = entry.details.map((detail, i) =>
        this.#line(entry, detail, detail, apart ? '' : `#${i + 1}`),
      );
      if (this.#faults.length === before) this.#checkSum(entry, lines);
      return lines;
    });
  }

  #checkSum(entry: CamtEntry, lines: readonly BankLine[]): void {
    const amount = this.#check(entry, 'Amt', entry.text('Amt'), readAmount);
    const sum = sumOf(lines, (l) => l.amount);
    if (amount === undefined || sum === amount) return;
    this.#fault(entry, 'Amt', entry.text('Amt'), 'batch-sum-differs', {
      sum: yuan(sum),
      amount: yuan(amount),
    });
  }

  /** @param of where the amount stands: the entry, or one of its payments */
  #line(
    entry: CamtEntry,
    detail: CamtDetail | undefined,
    of: CamtEntry | CamtDetail,
    number: string,
  ): BankLine {
    const place = of;
    const text = (...paths: string[]): string => detail?.text(...paths) ?? '';
    const day = entry.text('BookgDt/Dt', 'BookgDt/DtTm');
    const reference = referenceOf(entry, detail, number);
    // A fault leaves its field out; the file is refused then.
    return {
      line: place.line,
      receivedOn: this.#check(place, 'BookgDt', day, bookedOn),
      reference: this.#check(place, reference.from, reference.text, (t) =>
        this.#once(readReference(t, false)),
      ),
      ...(reference.from === usualReference ? {} : { referenceFrom: reference.from }),
      payerName: text('RltdPties/Dbtr/Nm', 'RltdPties/Dbtr/Pty/Nm').slice(0, 200),
      payerAccount: text('RltdPties/DbtrAcct/Id/Othr/Id', 'RltdPties/DbtrAcct/Id/IBAN').slice(
        0,
        60,
      ),
      ...noteIn(entry, detail),
      amount: this.#amount(entry, of),
      ...(reversal(entry) ? { returned: true } : {}),
    } as BankLine;
  }

  #once(reference: string): string {
    if (this.#seen.has(reference)) throw new MindunError('duplicate-payment', { reference });
    this.#seen.add(reference);
    return reference;
  }

  #amount(entry: CamtEntry, of: CamtEntry | CamtDetail): number | undefined {
    const text = of.text('Amt', 'AmtDtls/TxAmt/Amt');
    if (of !== entry && text === '') {
      this.#fault(of, 'Amt', '', 'batch-unclear', { count: entry.details.length });
      return undefined;
    }
    return this.#check(of, 'Amt', text, (t) => {
      if (of.currency !== 'CNY') throw new MindunError('currency-not-yuan', { value: of.currency });
      return readAmount(t);
    });
  }

  #check<T>(
    at: { readonly line: number },
    column: string,
    value: string,
    check: (text: string) => T,
  ): T | undefined {
    try {
      return check(value);
    } catch (error) {
      if (!(error instanceof MindunError)) throw error;
      this.#fault(at, column, value, error.code, error.details);
      return undefined;
    }
  }

  #fault(
    at: { readonly line: number },
    column: string,
    value: string,
    code: string,
    details: MindunError['details'],
  ): void {
    const place = { line: at.line, column, value: value.slice(0, 100) };
    this.#faults.push(new MindunError(code, details, place));
  }
}

/**
 * The bank's own number of a receipt: that of the payment, or of the entry when it holds one payment or does not tell them apart;
 * without any, the entry's number within its statement, which counts from one again in the next.
 */
function referenceOf(
  entry: CamtEntry,
  detail: CamtDetail | undefined,
  number: string,
): { readonly text: string; readonly from: string } {
  const own = detail?.text('Refs/AcctSvcrRef') ?? '';
  const ofEntry = entry.text('AcctSvcrRef');
  const inStatement = entry.text('NtryRef');
  const reference =
    entry.details.length > 1 && number === '' ? own : ofEntry !== '' ? ofEntry : own;
  if (reference !== '') return { text: `${reference}${number}`, from: usualReference };
  if (inStatement === '') return { text: '', from: usualReference };
  return { text: `${entry.statement}/${inStatement}${number}`, from: 'NtryRef' };
}

// Longer than what may stand inside a bill number: the end of one text and the beginning of the next are never read as one.
const between = ' || ';

/** What the payer wrote, the most exact first, and the bill that it names. */
function noteIn(
  entry: CamtEntry,
  detail: CamtDetail | undefined,
): Pick<BankLine, 'billText' | 'bill'> {
  const remitted = [
    detail?.texts('RmtInf/Strd/CdtrRefInf/Ref') ?? [],
    detail?.texts('RmtInf/Ustrd') ?? [],
  ];
  const end = detail?.text('Refs/EndToEndId') ?? '';
  const other = end === '' || end === 'NOTPROVIDED' ? entry.text('AddtlNtryInf') : end;
  const told = remitted.some((texts) => texts.length > 0) ? remitted : [[other]];
  // A reference of some other kind hides no number in the note; one that names two bills does: it is not clear which.
  const named = told.map((texts) => new Set(texts.flatMap(billNumbersIn)));
  const numbers = [...(named.find((n) => n.size > 0) ?? [])];
  const clear = numbers.length === 1 && !reversal(entry) ? { bill: numbers[0]! } : {};
  return { billText: noteOf(told.flat().join(between)), ...clear };
}

const moments =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?))?(Z|[+-]\d{2}:\d{2})?$/;

/** The day in China of a booking, which a bank may write as a moment of another zone. @throws MindunError required, date-invalid */
function bookedOn(text: string): PlainDate {
  const [, day = text, time, zone = '+08:00'] = moments.exec(text) ?? [];
  const date = readDay(day, false);
  if (time === undefined) return date;
  const ms = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(ms)) throw new MindunError('date-invalid');
  return dateOf(momentOfWall(ms));
}
