import type { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { databaseError } from './faults.ts';

/** Fixed-width column types of the binary COPY format that the house streams in bulk. */
export type ColumnType = 'int2' | 'int4' | 'int8' | 'date';

const sizes: Record<ColumnType, number> = { int2: 2, int4: 4, int8: 8, date: 4 };
/** How a binary COPY begins. */
export const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
// A page is one message, and the server works on a message when it has all of it: the longer they are, the less it waits for the next.
const rowsPerPage = 8192;
/** What may wait to be sent: enough that the server always has work while the next rows are made. */
const aheadBytes = 2 ** 22;

/** Where in a row each column's value stands, and how long a row is: count of columns, then length and value of each. */
export function layout(columns: readonly ColumnType[]): { offsets: number[]; rowBytes: number } {
  const offsets: number[] = [];
  let at = 2;
  for (const type of columns) {
    offsets.push(at + 4);
    at += 4 + sizes[type];
  }
  return { offsets, rowBytes: at };
}

/**
 * What is on its way to the server. A stream that waits until all is sent leaves the server idle while the next rows are made; this one
 * holds its writer back only when more than `aheadBytes` wait.
 */
class Outflow {
  readonly #sink: Writable;
  #waiting = 0;
  #failed: unknown;
  #resume: (() => void) | undefined;

  constructor(sink: Writable) {
    this.#sink = sink;
    sink.on('error', (error) => {
      this.#failed = error;
      this.#resume?.();
    });
    sink.on('close', () => this.#resume?.());
  }

  /** @param sent told when the data may be written over */
  write(data: Buffer, sent?: () => void): void {
    this.#waiting += data.length;
    this.#sink.write(data, () => {
      sent?.();
      this.#waiting -= data.length;
      if (this.#waiting <= aheadBytes) this.#resume?.();
    });
  }

  get blocked(): boolean {
    return this.#failed !== undefined || this.#waiting > aheadBytes;
  }

  /** Resolves when more may be written. @throws what the stream threw */
  async drained(): Promise<void> {
    if (this.blocked && this.#failed === undefined && !this.#sink.closed)
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    this.#resume = undefined;
    if (this.#failed !== undefined) throw databaseError(this.#failed);
  }

  /** Ends the stream; resolves when the server has taken all. @throws what the server refused */
  async end(last?: Buffer): Promise<void> {
    await this.drained();
    const finished = new Promise<void>((resolve, reject) => {
      this.#sink.once('finish', () => resolve());
      this.#sink.once('error', reject);
    });
    this.#sink.end(last);
    try {
      await finished;
    } catch (error) {
      throw databaseError(error);
    }
  }
}

/** Writes rows of fixed-width NOT NULL columns as a binary COPY stream. */
export class BinaryWriter {
  readonly #out: Outflow;
  readonly #offsets: number[];
  readonly #rowBytes: number;
  readonly #types: readonly ColumnType[];
  #page: Buffer;
  #view: DataView;
  #row = 0;
  readonly #template: Buffer;
  /**
   * Pages that were sent: they are filled anew, since a fresh one costs more than the rows in it. A full page is longer than what a socket
   * takes into a buffer of its own, so that the sink calls back when the system has it; the last, shorter one is not used again.
   */
  readonly #sent: Buffer[] = [];

  constructor(sink: Writable, columns: readonly ColumnType[]) {
    this.#out = new Outflow(sink);
    this.#types = columns;
    const { offsets, rowBytes } = layout(columns);
    this.#offsets = offsets;
    this.#rowBytes = rowBytes;
    this.#template = Buffer.alloc(rowBytes * rowsPerPage);
    for (let r = 0; r < rowsPerPage; r += 1) {
      this.#template.writeInt16BE(columns.length, r * rowBytes);
      columns.forEach((type, c) => {
        this.#template.writeInt32BE(sizes[type], r * rowBytes + offsets[c]! - 4);
      });
    }
    this.#page = Buffer.from(this.#template);
    this.#view = new DataView(this.#page.buffer, this.#page.byteOffset, this.#page.byteLength);
    this.#out.write(Buffer.concat([signature, Buffer.alloc(8)]));
  }

  /** Sets an int2, int4 or date of the current row. */
  int(column: number, value: number): void {
    const at = this.#row * this.#rowBytes + this.#offsets[column]!;
    if (this.#types[column] === 'int2') this.#view.setInt16(at, value);
    else this.#view.setInt32(at, value);
  }

  /** Sets an int8 of the current row. */
  big(column: number, value: number): void {
    const at = this.#row * this.#rowBytes + this.#offsets[column]!;
    const high = Math.floor(value / 4_294_967_296);
    this.#view.setInt32(at, high);
    this.#view.setUint32(at + 4, value - high * 4_294_967_296);
  }

  /** Ends the current row. The caller awaits `drained` now and then. */
  next(): void {
    this.#row += 1;
    if (this.#row === rowsPerPage) this.#flush();
  }

  /** Resolves when the server has taken enough that memory stays bounded. @throws what the stream threw */
  drained(): Promise<void> {
    return this.#out.drained();
  }

  get blocked(): boolean {
    return this.#out.blocked;
  }

  #flush(): void {
    const bytes = this.#row * this.#rowBytes;
    if (bytes === 0) return;
    const page = this.#page;
    this.#out.write(page.subarray(0, bytes), () => this.#sent.push(page));
    // Lengths and counts stay as they are in a page that was sent: only the values are written again.
    this.#page = this.#sent.pop() ?? Buffer.from(this.#template);
    this.#view = new DataView(this.#page.buffer, this.#page.byteOffset, this.#page.byteLength);
    this.#row = 0;
  }

  /** Ends the stream; resolves when the server has taken all rows. @throws what the server refused */
  async end(): Promise<void> {
    this.#flush();
    const trailer = Buffer.alloc(2);
    trailer.writeInt16BE(-1);
    await this.#out.end(trailer);
  }
}

/** Values of a row of a text COPY: numbers, text without control characters, or null. */
export type TextRow = readonly (number | string | null)[];

/** Text COPY of rows with nullable columns. */
export function copyRows(sink: Writable, rows: Iterable<TextRow>): Promise<void> {
  return copyText(sink, textOf(rows));
}

/** Sends the text of rows, see `textOf`. */
export async function copyText(sink: Writable, blocks: Iterable<Buffer>): Promise<void> {
  const out = new Outflow(sink);
  for (const block of blocks) {
    out.write(block);
    if (out.blocked) await out.drained();
  }
  await out.end();
}

/** Rows as blocks of a text COPY. */
export function* textOf(rows: Iterable<TextRow>): Generator<Buffer> {
  let block = '';
  for (const row of rows) {
    block += `${row.map(field).join('\t')}\n`;
    if (block.length > 65_536) {
      yield Buffer.from(block);
      block = '';
    }
  }
  if (block !== '') yield Buffer.from(block);
}

/**
 * Does `work` while the server is busy with what was `asked`; answers with what both brought. Statements that `work` sends wait for their turn.
 * @throws what either threw
 */
export async function meanwhile<A, B>(
  asked: Promise<A>,
  work: () => B | Promise<B>,
): Promise<[A, B]> {
  // What throws is told below, when the work is done.
  asked.catch(() => undefined);
  // A statement goes out when its turn comes, after what runs now.
  await turn();
  const done = await work();
  return [await asked, done];
}

/** The same blocks, the first of them made while the server is busy with `asked`, up to `aheadBytes`; with what that brought. @throws what `asked` threw */
export function madeAhead<T>(
  asked: Promise<T>,
  blocks: Generator<Buffer>,
): Promise<[T, Iterable<Buffer>]> {
  return meanwhile(asked, () => firstMade(blocks));
}

function firstMade(blocks: Generator<Buffer>): Iterable<Buffer> {
  const made: Buffer[] = [];
  for (let bytes = 0; bytes < aheadBytes; ) {
    const { value, done } = blocks.next();
    if (done === true) return made;
    made.push(value);
    bytes += value.length;
  }
  return chain(made, blocks);
}

function* chain<T>(first: Iterable<T>, then: Iterable<T>): Generator<T> {
  yield* first;
  yield* then;
}

function field(value: number | string | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return value.replace(
    /[\\\t\n\r]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c]!,
  );
}
