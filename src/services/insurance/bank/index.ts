import { readCamt } from './camt.ts';
import { readCsv } from './csv.ts';
import type { BankLine } from './lines.ts';

export type { BankLine } from './lines.ts';

export interface BankFile {
  readonly format: 'csv' | 'camt.053';
  readonly lines: readonly BankLine[];
  /** Entries of the file that are no receipts. */
  readonly passedOver: number;
}

/**
 * Reads a bank file by its content: our CSV (or the same columns as XLSX), or ISO 20022 camt.053. Every fault of the file at once.
 * @throws MindunError what reading the file refuses; or the first fault with the others
 */
export async function readBankFile(bytes: Buffer): Promise<BankFile> {
  const start = bytes
    .subarray(0, 512)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  return start.startsWith('<')
    ? { format: 'camt.053', ...readCamt(bytes) }
    : { format: 'csv', lines: await readCsv(bytes), passedOver: 0 };
}
