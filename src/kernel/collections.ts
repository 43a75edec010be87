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
