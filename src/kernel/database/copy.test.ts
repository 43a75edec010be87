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

/** Reads what comes in chunks of some size; answers with the rows and with what was left to the driver. */
function read(bytes: Buffer, chunk: number): { rows: number[][]; driver: Buffer } {
  const rows: number[][] = [];
  const handed: Buffer[] = [];
  const listeners = [(data: Buffer): void => void handed.push(Buffer.from(data))];
  const stream = {
    listeners: () => listeners,
    on: (_: 'data', listener: (data: Buffer) => void) => void listeners.push(listener),
    removeListener: (_: 'data', listener: (data: Buffer) => void) =>
      void listeners.splice(listeners.indexOf(listener), 1),
    pause: () => undefined,
    resume: () => undefined,
  };
  const sink = {
    columns,
    row: (row: { int(c: number): number; big(c: number): number }) =>
      void rows.push([row.big(0), row.int(1), row.int(2)]),
  };
  new CopyOut('copy', sink, () => undefined).submit({ stream, query: () => undefined });
  for (let at = 0; at < bytes.length; at += chunk)
    listeners[0]!(bytes.subarray(at, Math.min(at + chunk, bytes.length)));
  return { rows, driver: Buffer.concat(handed) };
}

describe('binary COPY', () => {
  it('sends each row as it was when pages are filled anew after they were sent', async () => {
    const rows = 40_000;
    const stream = await written(rows);
    const { rows: got } = read(messages(stream), 65_536);
    expect(got.length).toBe(rows);
    expect(got.every((row, n) => row.join() === valuesOf(n).join())).toBe(true);
  });

  it('reads rows that chunks cut anywhere, and leaves the end to the driver', async () => {
    const stream = await written(20);
    const bytes = messages(stream);
    for (let chunk = 1; chunk <= 120; chunk += 1) {
      const { rows, driver } = read(bytes, chunk);
      expect(rows, `chunks of ${chunk}`).toEqual(Array.from({ length: 20 }, (_, n) => valuesOf(n)));
      expect(driver, `chunks of ${chunk}`).toEqual(framed('c', Buffer.alloc(0)));
    }
  });
});
