import { readCamt } from './camt.ts';
import { readCsv } from './csv.ts';
import type { BankFile } from './lines.ts';

export type { BankFile, BankLine, BankLines } from './lines.ts';

/**
 * Reads a bank file by its content: our CSV (or the same columns as XLSX), or ISO 20022 camt.053.
 * @throws MindunError file-unreadable, file-empty, file-too-large, header-missing, column-repeated, statement-unreadable, statement-empty,
 *   statement-version-unknown: what is no bank file at all
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
