import { MindunError, type Text } from '../../../kernel/index.ts';
import './errors.ts';

const unreadable = (detail: Text): MindunError => new MindunError('file-unreadable', { detail });

const why = {
  notText: {
    zh: '不是表格，也不是文字（老的 .xls 要先另存为 .xlsx）',
    en: 'it is neither a workbook nor text (save an old .xls as .xlsx first)',
  },
  encoding: {
    zh: '里面的文字不是常用的编码（UTF-8、GB18030），打开会是乱码',
    en: 'its text is in none of the usual encodings (UTF-8, GB18030)',
  },
  quote: {
    zh: '有一个双引号没有另一半，后面的格子分不开',
    en: 'a double quote is never closed, so that the cells after it cannot be told apart',
  },
} as const;

// A spreadsheet has no more columns; what stands beyond is no table's.
const columnsMost = 16_384;

/** Text of a CSV by its content: byte order mark, else UTF-8 when every byte fits, else GB18030. @throws MindunError file-unreadable */
export function decodeText(bytes: Uint8Array): string {
  const bom = bytes.subarray(0, 3);
  if (bom[0] === 0xff && bom[1] === 0xfe) return strict('utf-16le', bytes.subarray(2));
  if (bom[0] === 0xfe && bom[1] === 0xff) return strict('utf-16be', bytes.subarray(2));
  if (bytes.indexOf(0) >= 0) throw unreadable(why.notText);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return strict('gb18030', bytes);
  }
}

function strict(encoding: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(why.encoding);
  }
}

/** The delimiter of a CSV: the one of comma, tab and semicolon that its first line has most of. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n');
  const first = text.slice(0, end < 0 ? text.length : end);
  const counts = [',', '\t', ';'].map((d) => first.split(d).length);
  return [',', '\t', ';'][counts.indexOf(Math.max(...counts))]!;
}

/**
 * Rows of a CSV (RFC 4180; LF, CRLF or CR; quotes may hold line breaks). `line` counts rows, as a spreadsheet does: a
 * blank one is a row, a line break inside quotes begins none.
 * @throws MindunError file-unreadable when a quote never closes
 */
export function* csvRows(text: string): Generator<{ line: number; cells: string[] }> {
  const delimiter = delimiterOf(text);
  const separates = delimiter.charCodeAt(0);
  const length = text.length;
  let at = 0;
  let line = 1;
  while (at < length) {
    const cells: string[] = [];
    for (;;) {
      let quoted = '';
      if (text[at] === '"') {
        const cell = quotedCell(text, at);
        quoted = cell.value;
        at = cell.end;
      }
      // What stands between a closing quote and the delimiter belongs to the cell.
      let end = at;
      while (end < length) {
        const c = text.charCodeAt(end);
        if (c === separates || c === 10 || c === 13) break;
        end += 1;
      }
      const plain = text.slice(at, end);
      if (cells.length < columnsMost) cells.push(quoted === '' ? plain : quoted + plain);
      at = end;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    yield { line, cells };
    line += 1;
  }
}

function quotedCell(text: string, start: number): { value: string; end: number } {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw unreadable(why.quote);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') {
      let end = quote + 1;
      // Blanks after a closing quote are typed by hand and mean nothing.
      while (text[end] === ' ') end += 1;
      return { value, end };
    }
    value += '"';
    at = quote + 2;
  }
}
