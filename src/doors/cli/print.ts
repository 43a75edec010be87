import { type FaultPlace, type Language, showYuan } from '../../kernel/index.ts';

/** Where in a file something is wrong, and what stands there: `persons.csv:3 number “x”`; empty where it is of no file. */
export function placeOf(f: FaultPlace): string {
  const file = f.file ?? '';
  const at = f.line === undefined ? file : `${file}${file === '' ? '' : ':'}${f.line}`;
  const value = f.value === undefined ? '' : `“${f.value}”`;
  return [at, f.column ?? '', value].filter((part) => part !== '').join(' ');
}

/** Columns on a terminal: a Chinese character takes two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const c of text)
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        c,
      )
        ? 2
        : 1;
  return width;
}

function pad(text: string, width: number, right: boolean): string {
  const blank = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? blank + text : text + blank;
}

/** A table for a terminal; columns whose every cell is a figure stand right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((h, i) => Math.max(widthOf(h), ...rows.map((r) => widthOf(r[i] ?? ''))));
  const right = head.map((_, i) =>
    rows.every((r) => /^(—|[−\u2212-]?[¥\d][\d,.]*)$/.test(r[i] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((c, i) => pad(c, widths[i]!, right[i]!))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((w) => '─'.repeat(w)).join('  '), ...rows.map(line)].join('\n');
}

/** Facts line by line, their values below each other. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => widthOf(name)));
  return rows.map(([name, value]) => `${pad(name, width, false)}  ${value}`).join('\n');
}

function figure(key: string, value: unknown, language: Language): string {
  if (typeof value === 'number' && key.endsWith('Fen')) return showYuan(value);
  if (value === null || value === undefined) return '—';
  if (typeof value !== 'object') return String(value);
  if (language in value) return String((value as Record<string, unknown>)[language]);
  if (Array.isArray(value)) return value.map((v) => figure(key, v, language)).join('; ');
  return Object.entries(value)
    .map(([k, v]) => `${k} ${figure(k, v, language)}`)
    .join(', ');
}

/** Any answer as a plain listing: fields line by line, lists as tables. */
export function listing(value: unknown, language: Language): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const simple: string[] = [];
  const blocks: string[] = [];
  for (const [key, field] of Object.entries(value)) {
    if (Array.isArray(field)) blocks.push(listTable(key, field, language));
    else if (typeof field === 'object' && field !== null && !(language in field))
      blocks.push(`${key}\n${listing(field, language).replace(/^/gm, '  ')}`);
    else simple.push(`${key}: ${figure(key, field, language)}`);
  }
  return [...simple, ...blocks].join('\n');
}

function listTable(key: string, list: readonly unknown[], language: Language): string {
  if (list.length === 0) return `${key}: —`;
  const first = list[0];
  if (typeof first !== 'object' || first === null) return `${key}: ${list.join(', ')}`;
  const head = [...new Set(list.flatMap((row) => Object.keys(row as object)))];
  const rows = list.map((row) =>
    head.map((h) => figure(h, (row as Record<string, unknown>)[h], language)),
  );
  return `${key}\n${table(head, rows)}`;
}
