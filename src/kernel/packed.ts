const pageItems = 1000;

/**
 * A long list of plain records, kept as pages of text beside the heap: hundreds of thousands of objects would make the heap grow by half as
 * much again, and every cleaning go through them. A record that is read is a new one; values are those of JSON, and one that is not there is
 * not kept.
 */
export class Packed<T extends object> implements Iterable<T> {
  readonly #keys: readonly (keyof T & string)[];
  readonly #pages: Buffer[] = [];
  #open: unknown[][] = [];
  #length = 0;

  /** @param keys of all that a record may have: others are dropped */
  constructor(keys: readonly (keyof T & string)[]) {
    this.#keys = keys;
  }

  get length(): number {
    return this.#length;
  }

  add(item: T): void {
    this.#length += 1;
    this.#open.push(this.#keys.map((key) => item[key]));
    if (this.#open.length < pageItems) return;
    this.#pages.push(Buffer.from(JSON.stringify(this.#open)));
    this.#open = [];
  }

  *[Symbol.iterator](): Generator<T> {
    for (const page of this.#pages)
      for (const values of JSON.parse(page.toString()) as unknown[][]) yield this.#record(values);
    for (const values of this.#open) yield this.#record(values);
  }

  #record(values: readonly unknown[]): T {
    const record: Record<string, unknown> = {};
    this.#keys.forEach((key, i) => {
      const value = values[i];
      if (value !== undefined && value !== null) record[key] = value;
    });
    return record as T;
  }
}
