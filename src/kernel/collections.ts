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

const gatheredMax = 64;

/**
 * Brings together what is alike while it stands near: a stream of any length in bounded memory. Items whose likes are further off than
 * 64 others start a list of their own. Items are compared and not keyed: a text for each of millions would be most of the work.
 */
export function* gathered<T>(
  items: Iterable<T>,
  alike: (first: T, item: T) => boolean,
): Generator<T[]> {
  let open: T[][] = [];
  for (const item of items) {
    const list = open.findLast(([first]) => alike(first as T, item));
    if (list !== undefined) {
      list.push(item);
      continue;
    }
    if (open.length === gatheredMax) {
      yield* open;
      open = [];
    }
    open.push([item]);
  }
  yield* open;
}

/** Cuts a list into parts of at most `size`. */
export function* parts<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/**
 * Goes through items with what `read` finds for each; the next one is read while the caller works on this one.
 * @throws what `read` throws, at its item
 */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  read: (item: T) => Promise<R>,
): AsyncGenerator<[T, R]> {
  let ahead: { readonly item: T; readonly found: Promise<R> } | undefined;
  const begin = (item: T) => {
    const found = read(item);
    // It is told when its turn comes; until then nobody waits for it.
    found.catch(() => undefined);
    return { item, found };
  };
  try {
    for (const item of items) {
      const now = ahead;
      const found = await now?.found;
      ahead = begin(item);
      if (now !== undefined) yield [now.item, found as R];
    }
    if (ahead !== undefined) yield [ahead.item, await ahead.found];
  } finally {
    // Who leaves early may take the reader's connection with them.
    await ahead?.found.catch(() => undefined);
  }
}
