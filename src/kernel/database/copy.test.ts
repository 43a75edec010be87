import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BinaryWriter, type ColumnType } from './copy.ts';
import { CopyOut } from './copy-out.ts';

const columns: readonly ColumnType[] = ['int8', 'int4', 'int2'];
const valuesOf = (row: number): [number, number, number] => [
  row * 1_000_003,
  row - 7,
  (row % 60_000) - 30_000,
];

/** A sink that looks at what it was given only when it calls back, as a socket does that has not sent it yet. */
class Late extends Writable {
  readonly taken: Buffer[] = [];

  override _write(data: Buffer, _: BufferEncoding, sent: () => void): void {
    setTimeout(() => {
      this.taken.push(Buffer.from(data));
      sent();
    }, 1);
  }
}

async function written(rows: number): Promise<Buffer> {
  const sink = new Late();
  const writer = new BinaryWriter(sink, columns);
  for (let row = 0; row < rows; row += 1) {
    const [a, b, c] = valuesOf(row);
    writer.big(0, a);
    writer.int(1, b);
    writer.int(2, c);
    writer.next();
    if (row % 1000 === 0) await new Promise((turn) => setTimeout(turn, 1));
  }
  await writer.end();
  return Buffer.concat(sink.taken);
}

/** The bytes as the server sends them back: the head, each row and the trailer as a message of its own, then the end and the ready sign. */
function messages(stream: Buffer): Buffer {
  const rowBytes = 2 + 3 * 4 + 8 + 4 + 2;
  const parts: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const bytes = Math.min(at === 0 ? 19 : rowBytes, stream.length - at);
    parts.push(framed('d', stream.subarray(at, at + bytes)));
    at += bytes;
  }
  return Buffer.concat([framed('H', Buffer.alloc(3)), ...parts, framed('c', Buffer.alloc(0))]);
}

function framed(code: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(code, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

type Listener = (data: Buffer) => void;

/** A connection's stream: it brings the next chunk only while nobody holds it back. */
class Chunks {
  readonly #listeners: Listener[] = [];
  #paused = false;

  constructor(driver: Listener) {
    this.#listeners.push(driver);
  }

  listeners(): Listener[] {
    return this.#listeners;
  }

  on(_: 'data', listener: Listener): void {
    this.#listeners.push(listener);
  }

  removeListener(_: 'data', listener: Listener): void {
    this.#listeners.splice(this.#listeners.indexOf(listener), 1);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  /** Brings all, or what comes until it has `ended` otherwise. */
  async bring(bytes: Buffer, chunk: number, ended: () => boolean): Promise<void> {
    for (let at = 0; at < bytes.length; at += chunk) {
      for (const listener of [...this.#listeners]) listener(bytes.subarray(at, at + chunk));
      while (this.#paused && !ended()) await new Promise((turn) => setImmediate(turn));
    }
  }
}

interface Reading {
  readonly rows: number[][];
  readonly driver: Buffer;
  readonly done: Promise<number>;
}

/** Reads what comes in chunks of some size; answers with the rows and with what was left to the driver. */
async function read(
  bytes: Buffer,
  chunk: number,
  between: (rows: number) => Promise<void> | undefined = () => undefined,
): Promise<Reading> {
  const rows: number[][] = [];
  const handed: Buffer[] = [];
  const stream = new Chunks((data) => void handed.push(Buffer.from(data)));
  const sink = {
    columns,
    row: (row: { int(c: number): number; big(c: number): number }) =>
      void rows.push([row.big(0), row.int(1), row.int(2)]),
    between: () => between(rows.length),
  };
  const copy = new CopyOut('copy', sink, () => undefined);
  let failed = false;
  copy.done.catch(() => {
    failed = true;
  });
  copy.submit({ stream, query: () => undefined });
  await stream.bring(bytes, chunk, () => failed);
  return { rows, driver: Buffer.concat(handed), done: copy.done };
}

describe('binary COPY', () => {
  it('sends each row as it was when pages are filled anew after they were sent', async () => {
    const rows = 40_000;
    const stream = await written(rows);
    const { rows: got } = await read(messages(stream), 65_536);
    expect(got.length).toBe(rows);
    expect(got.every((row, n) => row.join() === valuesOf(n).join())).toBe(true);
  });

  it('reads rows that chunks cut anywhere, and leaves the end to the driver', async () => {
    const stream = await written(20);
    const bytes = messages(stream);
    for (let chunk = 1; chunk <= 120; chunk += 1) {
      const { rows, driver } = await read(bytes, chunk);
      expect(rows, `chunks of ${chunk}`).toEqual(Array.from({ length: 20 }, (_, n) => valuesOf(n)));
      expect(driver, `chunks of ${chunk}`).toEqual(framed('c', Buffer.alloc(0)));
    }
  });

  it('reads a long chunk in turns, and leaves the rest behind its end to the driver', async () => {
    const end = framed('Z', Buffer.from('T'));
    const bytes = Buffer.concat([messages(await written(5000)), end]);
    let turns = 0;
    const { rows, driver } = await read(bytes, bytes.length, () => {
      turns += 1;
      return undefined;
    });
    expect(turns).toBeGreaterThan(5);
    expect(rows).toEqual(Array.from({ length: 5000 }, (_, n) => valuesOf(n)));
    expect(driver).toEqual(Buffer.concat([framed('c', Buffer.alloc(0)), end]));
  });

  it('takes nothing more while the sink waits, and nothing at all when it threw', async () => {
    const bytes = messages(await written(5000));
    let waiting = false;
    const seen: number[] = [];
    const slow = await read(bytes, 4000, (rows) => {
      expect(waiting).toBe(false);
      waiting = true;
      seen.push(rows);
      return new Promise((on) =>
        setTimeout(() => {
          waiting = false;
          on();
        }, 1),
      );
    });
    expect(slow.rows).toHaveLength(5000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));

    const refused = await read(bytes, 4000, (rows) =>
      rows > 1000 ? Promise.reject(new Error('full')) : undefined,
    );
    await expect(refused.done).rejects.toThrow('full');
    expect(refused.rows.length).toBeLessThan(1500);
  });
});
