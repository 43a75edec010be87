import { SaxesParser } from 'saxes';
import { decodeText, tableBytesMax } from '../../../engines/documents/tables/index.ts';
import { defineErrors, MindunError } from '../../../kernel/index.ts';
import { type BankLine, readAmount, readDay, readReference, refuse } from './lines.ts';

defineErrors({
  'currency-not-yuan': {
    message: { zh: '币种不是人民币：{value}', en: 'The currency is not CNY: {value}' },
    mend: { zh: '只收人民币的款项。', en: 'Only receipts in yuan are taken.' },
    status: 400,
  },
});

interface Entry {
  line: number;
  readonly texts: Map<string, string>;
  currency: string;
}

/**
 * Reads ISO 20022 camt.053 (BankToCustomerStatement, versions 02 to 08): each credited entry is one receipt; debited and
 * pending ones are passed over. Paths by local name, since banks differ in version and prefix.
 * @throws MindunError file-unreadable, file-too-large, file-empty, or the first fault with the others
 */
export function readCamt(bytes: Buffer): BankLine[] {
  if (bytes.length > tableBytesMax)
    throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
  const entries = parse(decodeText(bytes));
  const faults: MindunError[] = [];
  const seen = new Set<string>();
  const lines: BankLine[] = [];
  for (const entry of entries) {
    const place = (column: string, value: string) => ({
      line: entry.line,
      column,
      value: value.slice(0, 100),
    });
    const read = <T>(column: string, value: string, check: (text: string) => T): T | undefined => {
      try {
        return check(value);
      } catch (error) {
        if (!(error instanceof MindunError)) throw error;
        faults.push(new MindunError(error.code, error.details, place(column, value)));
        return undefined;
      }
    };
    const text = (...paths: string[]): string =>
      paths.map((p) => entry.texts.get(p)).find((t) => t !== undefined) ?? '';
    const line = {
      line: entry.line,
      receivedOn: read('BookgDt', text('BookgDt/Dt', 'BookgDt/DtTm').slice(0, 10), (t) =>
        readDay(t, false),
      ),
      reference: read(
        'AcctSvcrRef',
        text('AcctSvcrRef', 'NtryDtls/TxDtls/Refs/AcctSvcrRef', 'NtryRef'),
        (t) => {
          const reference = readReference(t);
          if (seen.has(reference)) throw new MindunError('duplicate-payment', { reference });
          seen.add(reference);
          return reference;
        },
      ),
      payerName: text(
        'NtryDtls/TxDtls/RltdPties/Dbtr/Nm',
        'NtryDtls/TxDtls/RltdPties/Dbtr/Pty/Nm',
      ).slice(0, 200),
      payerAccount: text(
        'NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/Othr/Id',
        'NtryDtls/TxDtls/RltdPties/DbtrAcct/Id/IBAN',
      ).slice(0, 60),
      billText: text(
        'NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref',
        'NtryDtls/TxDtls/RmtInf/Ustrd',
        'NtryDtls/TxDtls/Refs/EndToEndId',
        'AddtlNtryInf',
      ).slice(0, 200),
      amount: read('Amt', text('Amt'), (t) => {
        if (entry.currency !== 'CNY')
          throw new MindunError('currency-not-yuan', { value: entry.currency });
        return readAmount(t);
      }),
    };
    lines.push(line as BankLine);
  }
  refuse(faults);
  if (lines.length === 0) throw new MindunError('file-empty');
  return lines;
}

function parse(xml: string): Entry[] {
  const entries: Entry[] = [];
  const path: string[] = [];
  let entry: Entry | null = null;
  let depth = 0;
  let known = false;
  const parser = new SaxesParser({ xmlns: false });
  parser.on('doctype', () => {
    throw new MindunError('file-unreadable', { detail: 'camt.053' });
  });
  parser.on('opentag', (tag) => {
    const name = tag.name.replace(/^.*:/, '');
    path.push(name);
    if (name === 'BkToCstmrStmt') known = true;
    if (name === 'Ntry') {
      entry = { line: parser.line, texts: new Map(), currency: '' };
      depth = path.length;
    } else if (entry !== null && name === 'Amt' && path.length === depth + 1) {
      entry.currency = String(tag.attributes['Ccy'] ?? '');
    }
  });
  parser.on('text', (text) => {
    if (entry === null || text.trim() === '') return;
    const key = path.slice(depth).join('/');
    entry.texts.set(key, (entry.texts.get(key) ?? '') + text.trim());
  });
  parser.on('closetag', () => {
    if (path.pop() === 'Ntry' && entry !== null) {
      const status = entry.texts.get('Sts') ?? entry.texts.get('Sts/Cd') ?? 'BOOK';
      if (entry.texts.get('CdtDbtInd') === 'CRDT' && status === 'BOOK') entries.push(entry);
      entry = null;
    }
  });
  try {
    parser.write(xml).close();
  } catch (error) {
    if (error instanceof MindunError) throw error;
    throw new MindunError('file-unreadable', { detail: 'camt.053' });
  }
  if (!known) throw new MindunError('file-unreadable', { detail: 'camt.053' });
  return entries;
}
