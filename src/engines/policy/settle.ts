/** Amounts by name, whole fen. */
export type Amounts = Readonly<Record<string, number>>;

export interface Difference {
  readonly name: string;
  /** New minus former, never zero. */
  readonly fen: number;
}

/**
 * What changes when a determination is made anew: new outputs minus what stands (the sum of the former determination and
 * its earlier differences). Corrections, late law, late declarations and re-settlements all go through here.
 */
export function settle(former: Amounts, renewed: Amounts): Difference[] {
  const names = new Set([...Object.keys(former), ...Object.keys(renewed)]);
  return [...names]
    .map((name) => ({ name, fen: (renewed[name] ?? 0) - (former[name] ?? 0) }))
    .filter((d) => d.fen !== 0);
}
