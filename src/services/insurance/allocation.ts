import { apportion, fen } from '../../kernel/index.ts';
import { employeeShare, employerShare } from './codes.ts';

export interface Open {
  readonly feePeriod: number;
  readonly share: number;
  readonly open: number;
}

/**
 * Applies money to open claims: the oldest fee month first; within a month the employees' shares before the employer's;
 * what does not suffice for a share is divided in proportion to what is open, by largest remainders (劳社部令第2号; the order of
 * months is a strategy).
 * @param money fen, not negative
 * @returns fen taken by each claim, in the order given
 */
export function allocate(money: number, claims: readonly Open[]): number[] {
  const taken = claims.map(() => 0);
  const months = [...new Set(claims.map((c) => c.feePeriod))].sort((a, b) => a - b);
  let left = money;
  for (const feePeriod of months) {
    for (const share of [employeeShare, employerShare]) {
      const group = claims
        .map((c, i) => ({ ...c, i }))
        .filter((c) => c.feePeriod === feePeriod && c.share === share && c.open > 0);
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
