import { SaxesParser } from 'saxes';
import { defineErrors, MindunError } from '../../../kernel/index.ts';

defineErrors({
  'statement-version-unknown': {
    message: {
      zh: '不认识的对账文件版本：{value}；能读的是 camt.053 的 02 至 08 版（camt.053.001.02 … 08）',
      en: 'The version of the statement is unknown: {value}; versions 02 to 08 of camt.053 are read (camt.053.001.02 … 08)',
    },
    mend: {
      zh: '别的版本里，同一个元素可以是别的意思。请向银行要能读的版本。',
      en: 'In another version an element may mean something else. Ask the bank for one that is read.',
    },
    status: 400,
  },
});

/** A part of a statement with the texts in it, by path. */
export interface CamtDetail {
  readonly line: number;
  /** Currency of its amount; empty without one. */
  readonly currency: string;
  /** The text at the first of these paths that has one; empty without any. */
  text(...paths: string[]): string;
  /** Every text at a path: an element may stand several times. */
  texts(path: string): readonly string[];
}

/** An entry (Ntry) of a statement and the payments (TxDtls) that it holds. */
export interface CamtEntry extends CamtDetail {
  /** Id of the statement that it stands in. */
  readonly statement: string;
  readonly details: readonly CamtDetail[];
}

class Part implements CamtEntry {
  readonly line: number;
  readonly statement: string;
  readonly details: Part[] = [];
  /** How deep in the document it stands. */
  readonly depth: number;
  currency = '';
  readonly #texts = new Map<string, string[]>();

  constructor(line: number, statement: string, depth: number) {
    this.line = line;
    this.statement = statement;
    this.depth = depth;
  }

  add(path: string, text: string): void {
    const there = this.#texts.get(path);
    if (there === undefined) this.#texts.set(path, [text]);
    else there.push(text);
  }

  text(...paths: string[]): string {
    return paths.map((p) => this.#texts.get(p)?.[0]).find((t) => t !== undefined) ?? '';
  }

  texts(path: string): readonly string[] {
    return this.#texts.get(path) ?? [];
  }
}

const amountPaths = ['Amt', 'AmtDtls/TxAmt/Amt'];
const noCamt = {
  zh: '不是完整的 camt.053 对账文件',
  en: 'it is no whole camt.053 statement',
};
const unreadable = (): MindunError => new MindunError('file-unreadable', { detail: noCamt });

const versionRead = /camt\.053\.001\.0[2-8]$/;

/** Refuses a statement of a version that nobody has read here; without a namespace it tells none. */
function assertVersion(namespace: string, line: number): void {
  if (namespace === '' || versionRead.test(namespace)) return;
  const value = namespace.slice(0, 100);
  const place = { line, column: 'xmlns', value };
  throw new MindunError('statement-version-unknown', { value }, place);
}

type Attributes = Readonly<Record<string, unknown>>;

/** The namespace of an element by what it and those around it declare; empty without any. */
function namespaceOf(tag: string, around: readonly Attributes[]): string {
  const colon = tag.indexOf(':');
  const declared = colon < 0 ? 'xmlns' : `xmlns:${tag.slice(0, colon)}`;
  return String(around.findLast((a) => a[declared] !== undefined)?.[declared] ?? '').trim();
}

/**
 * Every entry of a camt.053 document, whatever its prefix.
 * @throws MindunError file-unreadable, statement-version-unknown
 */
export function parseCamt(xml: string): CamtEntry[] {
  const entries: Part[] = [];
  const path: string[] = [];
  // What was read so far of each element of the path: a comment or a CDATA section ends no text.
  const told: string[] = [];
  const around: Attributes[] = [];
  const parser = new SaxesParser({ xmlns: false });
  let statement = '';
  let entry: Part | null = null;
  let detail: Part | null = null;
  let known = false;
  const part = (): Part | null => detail ?? entry;
  parser.on('doctype', () => {
    throw unreadable();
  });
  parser.on('opentag', (tag) => {
    const name = tag.name.replace(/^.*:/, '');
    path.push(name);
    told.push('');
    around.push(tag.attributes);
    if (name === 'BkToCstmrStmt') {
      assertVersion(namespaceOf(tag.name, around), parser.line);
      known = true;
    }
    if (name === 'Stmt') statement = '';
    if (name === 'Ntry') entry = new Part(parser.line, statement, path.length);
    else if (name === 'TxDtls' && entry !== null) {
      detail = new Part(parser.line, statement, path.length);
      entry.details.push(detail);
    }
    const of = part();
    if (of !== null && name === 'Amt' && amountPaths.includes(path.slice(of.depth).join('/')))
      of.currency = String(tag.attributes['Ccy'] ?? '');
  });
  const more = (text: string): void => {
    if (told.length > 0) told[told.length - 1] += text;
  };
  parser.on('text', more);
  parser.on('cdata', more);
  parser.on('closetag', () => {
    around.pop();
    const text = told.pop()!.replace(/\s+/g, ' ').trim();
    const of = part();
    if (text !== '' && of !== null) of.add(path.slice(of.depth).join('/'), text);
    else if (path.at(-1) === 'Id' && path.at(-2) === 'Stmt') statement += text;
    const name = path.pop();
    if (name === 'TxDtls') detail = null;
    if (name === 'Ntry' && entry !== null) {
      entries.push(entry);
      entry = null;
    }
  });
  try {
    parser.write(xml).close();
  } catch (error) {
    if (error instanceof MindunError) throw error;
    throw unreadable();
  }
  if (!known) throw unreadable();
  return entries;
}
