import type { Text } from '../text.ts';

/** A column whose values are sealed, and the one beside it by which equal values are found. */
export interface SealedColumn {
  readonly table: string;
  /** Of type bytea; null where there is no value. */
  readonly column: string;
  /** Of type bytea: what is looked for by equality. Without it the column is not searched. */
  readonly index?: string;
  /** What it holds, for messages. */
  readonly title: Text;
  /** Ways of writing the same become one before the index is made of it. */
  normal?(text: string): string;
}

const columns = new Map<string, SealedColumn>();

/** `receipt.payer_account`: the name of a column in `sealed_key`. */
export function columnName(column: SealedColumn): string {
  return `${column.table}.${column.column}`;
}

/**
 * Declares a sealed column: rotation, status and `verify` walk over them. Its table's rows have a key `id`.
 * @throws Error when it was declared already: a fault of the program
 */
export function defineSealed(column: SealedColumn): SealedColumn {
  const name = columnName(column);
  if (columns.has(name)) throw new Error(`sealed column declared twice: ${name}`);
  columns.set(name, column);
  return column;
}

/** All sealed columns by name. */
export function sealedColumns(): ReadonlyMap<string, SealedColumn> {
  return columns;
}
