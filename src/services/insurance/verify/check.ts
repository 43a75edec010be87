import type { QueryContext } from '../../../kernel/index.ts';

/** What a check found: how many things it looked at, how many of them are wrong. */
export interface Finding {
  readonly counted: number;
  readonly wrong: number;
}

export interface CheckDefinition {
  readonly name: string;
  /** Runs with the system's eyes. */
  run(context: QueryContext): Promise<Finding>;
}

/** A check that one statement makes; it answers one row: counted, wrong. */
export function sqlCheck(
  name: string,
  sql: string,
  values: readonly unknown[] = [],
): CheckDefinition {
  return { name, run: ({ tx }) => tx.one<{ counted: number; wrong: number }>(sql, values) };
}

/** The month before a period (200801) in SQL. */
export function monthBefore(period: string): string {
  return `case when ${period} % 100 = 1 then ${period} - 89 else ${period} - 1 end`;
}
