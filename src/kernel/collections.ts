/** Rows by key, in the order in which they come. */
export function groupBy<K, T>(rows: Iterable<T>, key: (row: T) => K): Map<K, T[]> {
  const map = new Map<K, T[]>();
  for (const row of rows) {
    const of = key(row);
    const list = map.get(of);
    if (list === undefined) map.set(of, [row]);
    else list.push(row);
  }
  return map;
}

/** Sum of a number of each row. */
export function sumOf<T>(rows: Iterable<T>, value: (row: T) => number): number {
  let sum = 0;
  for (const row of rows) sum += value(row);
  return sum;
}

const gatheredMax = 256;

/**
 * Brings together what has the same key while it stands near: a stream of any length in bounded memory. Items whose likes are
 * further off than 256 other keys start a list of their own.
 */
export function* gathered<T>(items: Iterable<T>, keyOf: (item: T) => string): Generator<T[]> {
  const open = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = open.get(key);
    if (list !== undefined) {
      list.push(item);
      continue;
    }
    if (open.size === gatheredMax) {
      yield* open.values();
      open.clear();
    }
    open.set(key, [item]);
  }
  yield* open.values();
}

/** Cuts a list into parts of at most `size`. */
export function* parts<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
