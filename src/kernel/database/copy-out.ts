import { type ColumnType, layout, signature } from './copy.ts';
import { databaseError } from './faults.ts';

/** Where the reader's columns stand: `take` reads column `column` of the current row. */
export interface RowReader {
  /** int2, int4 and date (days since 2000-01-01) */
  int(column: number): number;
  /** int8, exact below 2^53 */
  big(column: number): number;
}

/** What a reader of rows is: `row` is called for each, `between` awaited after each chunk, so that a slow consumer holds the server back. */
export interface RowSink {
  readonly columns: readonly ColumnType[];
  row(reader: RowReader): void;
  between?(): Promise<void> | undefined;
}

/** What reads the messages of a binary COPY: the server sends each row as a message of its own. */
interface Messages {
  readonly count: number;
  /** What stands in `view` from `from` to `to`. */
  message(view: DataView, from: number, to: number): void;
  /** @throws Error when the trailer has not come */
  end(): void;
  between?: (() => Promise<void> | undefined) | undefined;
}

/** The head of a binary COPY is behind; where the first message's rows begin. @throws Error when it is none */
function passHead(view: DataView, from: number, to: number): number {
  const begins = Buffer.from(view.buffer, view.byteOffset + from, Math.min(11, to - from));
  if (to - from < 19 || !begins.equals(signature)) throw new Error('not a binary COPY stream');
  return from + 19 + view.getInt32(from + 15);
}

/** Rows as the bytes that the server sent, whatever their columns: a count of fields, and each field's length and bytes. */
class RawRows implements Messages {
  readonly #row: (bytes: Buffer) => void;
  #headed = false;
  #ended = false;
  count = 0;

  constructor(row: (bytes: Buffer) => void) {
    this.#row = row;
  }

  message(view: DataView, from: number, to: number): void {
    const at = this.#headed ? from : passHead(view, from, to);
    this.#headed = true;
    if (at === to) return;
    if (to - at === 2 && view.getInt16(at) === -1) {
      this.#ended = true;
      return;
    }
    this.#row(Buffer.from(view.buffer, view.byteOffset + at, to - at));
    this.count += 1;
  }

  end(): void {
    if (!this.#ended) throw new Error('a COPY without its end');
  }
}

/** Rows of a binary COPY whose columns are fixed-width and NOT NULL. They are all of one width, so a NULL would shift them: it is refused. */
class Rows implements Messages {
  readonly #sink: RowSink;
  readonly #rowBytes: number;
  readonly #first: number;
  readonly #reader: RowReader;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base = 0;
  #headed = false;
  #ended = false;
  readonly between: RowSink['between'];
  count = 0;

  constructor(sink: RowSink) {
    this.between = sink.between?.bind(sink);
    const { offsets, rowBytes } = layout(sink.columns);
    const int16 = sink.columns.map((c) => c === 'int2');
    this.#sink = sink;
    this.#rowBytes = rowBytes;
    this.#first = offsets[0]! - 4;
    this.#reader = {
      int: (c) =>
        int16[c]
          ? this.#view.getInt16(this.#base + offsets[c]!)
          : this.#view.getInt32(this.#base + offsets[c]!),
      big: (c) =>
        this.#view.getInt32(this.#base + offsets[c]!) * 4_294_967_296 +
        this.#view.getUint32(this.#base + offsets[c]! + 4),
    };
  }

  message(view: DataView, from: number, to: number): void {
    let at = this.#headed ? from : passHead(view, from, to);
    this.#headed = true;
    this.#view = view;
    while (to - at >= this.#rowBytes) {
      if (view.getInt16(at) !== this.#sink.columns.length)
        throw new Error('unexpected column count in COPY');
      if (view.getInt32(at + this.#first) < 0) throw new Error('NULL in a bulk column');
      this.#base = at;
      this.#sink.row(this.#reader);
      this.count += 1;
      at += this.#rowBytes;
    }
    if (to - at === 2 && view.getInt16(at) === -1) this.#ended = true;
    else if (at !== to) throw new Error('a COPY row of another width');
  }

  end(): void {
    if (!this.#ended) throw new Error('a COPY without its end');
  }
}

const copyData = 0x64;
const copyDone = 0x63;
const errorResponse = 0x45;
const headBytes = 5;
/** Read in one turn of the program; between two of them what was written meanwhile is sent: the server that takes it must not run dry. */
const turnBytes = 2 ** 14;

/** What of the driver's connection a COPY reads from. */
interface Wire {
  readonly stream: {
    listeners(event: 'data'): ((data: Buffer) => void)[];
    on(event: 'data', listener: (data: Buffer) => void): void;
    removeListener(event: 'data', listener: (data: Buffer) => void): void;
    pause(): void;
    resume(): void;
  };
  query(sql: string): void;
}

/**
 * A COPY … TO STDOUT (FORMAT BINARY) read from the connection's own bytes: a stream of messages handed on one by one costs as much as all
 * else that is done with a row. To be given to a client's `query`.
 */
export class CopyOut {
  /** Resolves with the number of rows. @throws what the server said, `row` or `between` threw; Error when the stream is not of these columns */
  readonly done: Promise<number>;
  readonly #sql: string;
  readonly #rows: Messages;
  readonly #free: () => void;
  #settle!: { resolve: (count: number) => void; reject: (error: unknown) => void };
  #wire!: Wire;
  #driver!: (data: Buffer) => void;
  #carry: Buffer | undefined;
  #over = false;

  /** @param free told when the connection can do something else again: never, when the sink threw */
  constructor(sql: string, sink: RowSink | ((bytes: Buffer) => void), free: () => void) {
    this.#sql = sql;
    this.#free = free;
    this.#rows = typeof sink === 'function' ? new RawRows(sink) : new Rows(sink);
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  /** The driver's call. Its own reader of the connection steps aside until the COPY is over. */
  submit(connection: unknown): void {
    this.#wire = connection as Wire;
    const { stream } = this.#wire;
    this.#driver = stream.listeners('data')[0]!;
    stream.removeListener('data', this.#driver);
    stream.on('data', this.#take);
    this.#wire.query(this.#sql);
  }

  /** Of the server or of the driver, which may also refuse before it submits. */
  handleError(error: unknown): void {
    this.#free();
    this.#over = true;
    this.#settle.reject(databaseError(error));
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#free();
    try {
      this.#rows.end();
      this.#settle.resolve(this.#rows.count);
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #take = (chunk: Buffer): void => {
    if (this.#over) return;
    this.#wire.stream.pause();
    this.#turn(chunk, 0);
  };

  /** Reads the next part of a chunk; the connection brings the next chunk when this one is read. */
  #turn(chunk: Buffer, from: number): void {
    if (this.#over) return;
    try {
      const to = Math.min(from + turnBytes, chunk.length);
      const part = chunk.subarray(from, to);
      const rest = this.#carry === undefined ? this.#messages(part, 0) : this.#joined(part);
      if (rest !== undefined) {
        this.#handBack(to === chunk.length ? rest : Buffer.concat([rest, chunk.subarray(to)]));
        return;
      }
      const next = (): void => {
        if (to < chunk.length) this.#turn(chunk, to);
        else this.#wire.stream.resume();
      };
      const wait = this.#rows.between?.();
      if (wait === undefined) setImmediate(next);
      else wait.then(next, (error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The message that began in the part before is read alone, then the part: to join the two would copy every row. */
  #joined(part: Buffer): Buffer | undefined {
    const begun = this.#carry!;
    const head = Buffer.concat([begun, part.subarray(0, headBytes)]);
    const rest = head.length < headBytes ? part.length : 1 + head.readInt32BE(1) - begun.length;
    if (head[0] !== copyData || rest >= part.length)
      return this.#messages(Buffer.concat([begun, part]), 0);
    this.#messages(Buffer.concat([begun, part.subarray(0, rest)]), 0);
    return this.#messages(part, rest);
  }

  /** Reads whole messages and keeps what is begun; answers with what is for the driver: what follows the rows, or an error. */
  #messages(data: Buffer, from: number): Buffer | undefined {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let at = from;
    while (data.length - at >= headBytes) {
      const code = data[at]!;
      if (code === copyDone || code === errorResponse) return data.subarray(at);
      const next = at + 1 + view.getInt32(at + 1);
      if (next > data.length) break;
      // The others tell that the rows come, or are notices.
      if (code === copyData) this.#rows.message(view, at + headBytes, next);
      at = next;
    }
    this.#carry = at === data.length ? undefined : data.subarray(at);
    return undefined;
  }

  #handBack(rest: Buffer): void {
    const { stream } = this.#wire;
    stream.removeListener('data', this.#take);
    stream.on('data', this.#driver);
    stream.resume();
    this.#driver(rest);
  }

  /** What the connection still brings is heard by nobody: it is given up, see `Store.transaction`. */
  #fail(error: unknown): void {
    this.#over = true;
    this.#settle.reject(error);
  }
}
