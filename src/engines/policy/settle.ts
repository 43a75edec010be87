/** Amounts by name, whole fen. */
export type Amounts = Readonly<Record<string, number>>;

export interface Difference {
  readonly name: string;
  /** New minus former, never zero. */
  readonly fen: number;
}

/** Amounts of many determinations, column by column. */
export type Columns = readonly ArrayLike<number>[];

/**
 * What changes when a determination is made anew: new amounts minus what stands (the sum of the former determination and
 * its earlier differences), for row i of columns that stand in the same order. Corrections, late law, late declarations and
 * re-settlements all go through here, one by one or by the million.
 * @param differences takes the difference of each column, zeros too
 * @returns whether anything changes
 */
export function settleRow(
  former: Columns,
  renewed: Columns,
  i: number,
  differences: number[] | Int32Array,
): boolean {
  let differs = false;
  for (let c = 0; c < former.length; c += 1) {
    const difference = renewed[c]![i]! - former[c]![i]!;
    differences[c] = difference;
    if (difference !== 0) differs = true;
  }
  return differs;
}

/** `settleRow` for one determination with named amounts; a name that only one of them has counts zero in the other. */
export function settle(former: Amounts, renewed: Amounts): Difference[] {
  const names = [...new Set([...Object.keys(former), ...Object.keys(renewed)])];
  const column = (of: Amounts): Columns => names.map((name) => [of[name] ?? 0]);
  const differences: number[] = [];
  settleRow(column(former), column(renewed), 0, differences);
  return names.map((name, c) => ({ name, fen: differences[c]! })).filter((d) => d.fen !== 0);
}
