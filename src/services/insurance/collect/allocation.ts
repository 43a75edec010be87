import type { Law, Question } from '../../../engines/policy/index.ts';
import { apportion, fen, sumOf } from '../../../kernel/index.ts';
import { employeeShare, employerShare } from '../codes.ts';

export interface Open {
  readonly feePeriod: number;
  readonly share: number;
  readonly open: number;
}

/** How money is divided; the oldest fee month comes first in all of them. */
export interface Strategy {
  /** Shares that are paid together, in their turn, within a month. */
  readonly turns: readonly (readonly number[])[];
  /** Late fees that were determined before are paid before principal. */
  readonly lateFeesFirst: boolean;
}

const employeeFirst = [[employeeShare], [employerShare]];
const strategies = {
  'oldest-month-employee-first-pro-rata-principal-first': {
    turns: employeeFirst,
    lateFeesFirst: false,
  },
  'oldest-month-employee-first-pro-rata-late-fee-first': {
    turns: employeeFirst,
    lateFeesFirst: true,
  },
  'oldest-month-pro-rata-principal-first': {
    turns: [[employeeShare, employerShare]],
    lateFeesFirst: false,
  },
} as const satisfies Record<string, Strategy>;
const ways = Object.keys(strategies) as (keyof typeof strategies)[];

/** The order in which money is applied (parameter `collection.strategy`). @throws MindunError strategy-unknown */
export function strategyOf(law: Law, asked: Question): Strategy {
  return strategies[law.way('collection.strategy', asked, ways).way];
}

/**
 * Applies money to open claims: the oldest fee month first; within a month the shares in their turns (usually the employees' before
 * the employer's, 劳社部令第2号); what does not suffice for a turn is divided in proportion to what is open, by largest remainders.
 * @param money fen, not negative
 * @returns fen taken by each claim, in the order given
 */
export function allocate(
  money: number,
  claims: readonly Open[],
  { turns }: Pick<Strategy, 'turns'>,
): number[] {
  // Who pays all that is open leaves nothing to divide.
  if (money >= sumOf(claims, (c) => Math.max(0, c.open)))
    return claims.map((c) => Math.max(0, c.open));
  const taken = claims.map(() => 0);
  const months = [...new Set(claims.map((c) => c.feePeriod))].sort((a, b) => a - b);
  let left = money;
  for (const feePeriod of months) {
    for (const shares of turns) {
      const group = claims
        .map((c, i) => ({ ...c, i }))
        .filter((c) => c.feePeriod === feePeriod && shares.includes(c.share) && c.open > 0);
      const due = group.reduce((s, c) => s + c.open, 0);
      const now = Math.min(left, due);
      if (now === 0) continue;
      const parts = apportion(
        fen(now),
        group.map((c) => c.open),
      );
      group.forEach((c, n) => {
        taken[c.i] = parts[n]!;
      });
      left -= now;
    }
  }
  return taken;
}
