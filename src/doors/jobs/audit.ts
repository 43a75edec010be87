import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { type Root, rootsAfter, sealAudit } from '../../engines/access/index.ts';
import { faultPlace, type House } from '../../kernel/index.ts';

const everyMs = 10_000;

/** Where the daily roots of a city's audit trail go: MINDUN_AUDIT_ROOTS, a folder that others may keep, or beside the data. */
export function rootsFile(dataFolder: string, city: string): string {
  return path.join(process.env['MINDUN_AUDIT_ROOTS'] || dataFolder, `audit-roots-${city}.jsonl`);
}

/**
 * Seals what is complete and writes the roots of the days that are over to the end of the file; what stands there is never touched. Cut off anywhere
 * it goes on at the next call: a line that was not finished is finished.
 * @returns what was sealed, and how many roots were written
 */
export async function sealAndExport(
  house: House,
  file: string,
): Promise<{ batches: number; rows: number; roots: number }> {
  const sealed = await sealAudit(house.store);
  const { last, whole } = lastDay(file);
  const roots = await rootsAfter(house.store, last);
  if (roots.length > 0) append(file, roots, whole);
  return { ...sealed, roots: roots.length };
}

/** The day of the last whole line, and whether the file ends with one. */
function lastDay(file: string): { last: string | null; whole: boolean } {
  if (!existsSync(file)) return { last: null, whole: true };
  const text = readFileSync(file, 'utf8');
  const lines = text
    .split('\n')
    .slice(0, -1)
    .filter((l) => l !== '');
  const day = lines.flatMap((l) => dayOf(l) ?? []).at(-1);
  return { last: day ?? null, whole: text === '' || text.endsWith('\n') };
}

function dayOf(line: string): string | undefined {
  try {
    return (JSON.parse(line) as Root).day;
  } catch {
    // A line that a cut left unfinished; the next one holds the day again.
    return undefined;
  }
}

function append(file: string, roots: readonly Root[], whole: boolean): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const handle = openSync(file, 'a', 0o644);
  try {
    const lines = roots.map((r) => `${JSON.stringify(r)}\n`).join('');
    writeSync(handle, `${whole ? '' : '\n'}${lines}`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Days whose root in a file is not the chain's, or that the chain does not have: what only a rewritten chain could bring about. */
export async function rootsThatDiffer(house: House, file: string): Promise<string[]> {
  if (!existsSync(file)) return [];
  const chain = new Map((await rootsAfter(house.store, null)).map((r) => [r.day, r.hash]));
  const kept = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const day = dayOf(line);
      return day === undefined ? [] : [JSON.parse(line) as Root];
    });
  return kept.filter((r) => chain.get(r.day) !== r.hash).map((r) => r.day);
}

/** Seals again and again while the pages are served. @returns stops after the pass that is under way */
export function keepSealed(house: House, file: string): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const turn = async (): Promise<void> => {
    while (!stopped) {
      await sealAndExport(house, file).catch((error: unknown) => {
        // The trail waits for the next pass: nothing of it is lost.
        house.log.error('audit-seal', { error: faultPlace(error) });
      });
      if (stopped) break;
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, everyMs).unref();
      });
    }
  };
  const running = turn();
  return async () => {
    stopped = true;
    wake();
    await running;
  };
}
