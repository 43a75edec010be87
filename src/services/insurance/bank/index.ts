import type { MindunError } from '../../../kernel/index.ts';
import { readCamt } from './camt.ts';
import { readCsv } from './csv.ts';
import type { BankLines } from './lines.ts';

export type { BankLine, BankLines } from './lines.ts';

export interface BankFile {
  readonly format: 'csv' | 'camt.053';
  /** The lines without a fault. */
  readonly lines: BankLines;
  /** Every fault of the file: with one, nothing of it is booked. */
  readonly faults: readonly MindunError[];
  /** Entries of the file that are no receipts. */
  readonly passedOver: number;
}

/**
 * Reads a bank file by its content: our CSV (or the same columns as XLSX), or ISO 20022 camt.053.
 * @throws MindunError file-unreadable, file-empty, file-too-large, header-missing: what is no bank file at all
 */
export async function readBankFile(bytes: Buffer): Promise<BankFile> {
  const start = bytes
    .subarray(0, 512)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  return start.startsWith('<')
    ? { format: 'camt.053', ...readCamt(bytes) }
    : { format: 'csv', ...(await readCsv(bytes)), passedOver: 0 };
}
