import { type Cell, readTable, type TableRow } from '../../../engines/documents/tables/index.ts';
import { MindunError } from '../../../kernel/index.ts';
import { readBillNumber } from '../bills/bills.ts';
import {
  type BankFile,
  type BankLine,
  BankLines,
  noteOf,
  readAmount,
  readDay,
  readReference,
} from './lines.ts';
// Its error codes are those of the roster's cells.
import '../roster/index.ts';

const columns = {
  date: '收款日期',
  reference: '流水号',
  payer: '付款人',
  account: '付款账号',
  bill: '账单号',
  amount: '金额',
} as const;
type Column = keyof typeof columns;

/** Reads the documented CSV (docs/reference/bank-file.md). @throws MindunError as readBankFile */
export async function readCsv(
  bytes: Buffer,
): Promise<Pick<BankFile, 'lines' | 'faults' | 'columns'>> {
  const lines = new BankLines();
  const found: { error: MindunError; line: number; column: Column; value: string }[] = [];
  const seen = new Set<string>();
  const take = (row: TableRow): void => {
    const before = found.length;
    const read = <T>(column: Column, check: (cell: Cell) => T): T | undefined => {
      const cell = row.cell(columns[column]);
      try {
        if (cell.formula) throw new MindunError('formula-not-allowed', { value: cell.text });
        return check(cell);
      } catch (error) {
        if (!(error instanceof MindunError)) throw error;
        found.push({ error, line: row.line, column, value: cell.text });
        return undefined;
      }
    };
    const bill = readBillNumber(row.cell(columns.bill).text);
    const line = {
      line: row.line,
      receivedOn: read('date', (c) => readDay(c.text, c.numeric)),
      reference: read('reference', (c) => {
        const reference = readReference(c.text, c.numeric);
        if (seen.has(reference)) throw new MindunError('duplicate-payment', { reference });
        seen.add(reference);
        return reference;
      }),
      payerName: read('payer', (c) => c.text.trim().slice(0, 200)),
      payerAccount: read('account', (c) => c.text.trim().slice(0, 60)),
      billText: read('bill', (c) => noteOf(c.text)),
      ...(bill === undefined ? {} : { bill }),
      amount: read('amount', (c) => readAmount(c.text)),
    };
    if (found.length === before) lines.add(line as BankLine);
  };
  const shape = {
    required: [columns.date, columns.reference, columns.payer, columns.bill, columns.amount],
    optional: [columns.account],
  };
  const headers = await readTable(bytes, shape, take);
  const named = (column: Column): string => headers.get(columns[column]) ?? columns[column];
  const faults = found.map(
    (f) =>
      new MindunError(f.error.code, f.error.details, {
        line: f.line,
        column: named(f.column),
        value: f.value.slice(0, 100),
      }),
  );
  if (lines.length + faults.length === 0) throw new MindunError('file-empty');
  return {
    lines,
    faults,
    columns: { receivedOn: named('date'), reference: named('reference') },
  };
}
