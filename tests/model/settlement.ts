/**
 * What a closed month's correction changes: the difference between what a month should be and what stands of it, claim by claim. What
 * stands is never made again: more is a claim of the new bill, less takes from the claims that there are.
 */
import { lesser } from './arithmetic.ts';
import type { Employer, Fund, Share } from './types.ts';

/** What one bill claims of an employer for a fee month, fund and share. */
export interface Line {
  readonly employer: Employer;
  /** The fee month. */
  readonly month: string;
  /** Month of the bill that claims it. */
  readonly bill: string;
  readonly dueDay: string;
  readonly fund: Fund;
  readonly share: Share;
  dueFen: bigint;
  paidFen: bigint;
  /** What of it belongs to personal accounts. */
  accountFen: bigint;
  /** What the bill claimed once, whatever became of it. */
  claimedFen: bigint;
  /** What made less of what is open: money that came, and what fell away. */
  readonly payments: { readonly day: string; readonly fen: bigint }[];
}

/** The rules of settling that a planted fault may replace. */
export interface SettlementRules {
  /** Claims in the order in which what fell away is taken from them. */
  lessOrder(oldestFirst: readonly Line[]): readonly Line[];
  /** What is taken from what is open and from what was paid; the second is given back. */
  less(fen: bigint, openFen: bigint, paidFen: bigint): { open: bigint; paid: bigint };
  /** What becomes of the account part of what is different. */
  accountDifference(accountFen: bigint): bigint;
  /** What of a provisional amount counts as account money once the persons are known. */
  provisionalAccount(accountFen: bigint, provisionalFen: bigint, renewedFen: bigint): bigint;
}

/** The rules as the law has them. */
export const lawfulSettlement: SettlementRules = {
  lessOrder: (oldestFirst) => [...oldestFirst].reverse(),
  less: (fen, openFen, paidFen) => {
    const open = lesser(fen, openFen);
    return { open, paid: lesser(fen - open, paidFen) };
  },
  accountDifference: (accountFen) => accountFen,
  provisionalAccount: (accountFen, provisionalFen, renewedFen) =>
    renewedFen === 0n ? 0n : (accountFen * provisionalFen) / renewedFen,
};

/** How much of what was paid on a claim is personal account money so far. */
export function accountReceived(line: Line): bigint {
  if (line.share === 'employee' && line.employer.category !== 'flexible') return line.paidFen;
  if (line.paidFen >= line.dueFen) return line.accountFen;
  return (line.accountFen * line.paidFen) / line.dueFen;
}

/**
 * Takes `fen` from claims of one fee month, fund and share: what is open falls away first, of the newest claim first; then what was
 * paid, which is the answer and the employer's money again. Each claim loses of its account part what belongs to what is taken.
 */
export function takeLess(
  oldestFirst: readonly Line[],
  fen: bigint,
  accountFen: bigint,
  day: string,
  rules: SettlementRules,
): bigint {
  const order = rules.lessOrder(oldestFirst);
  const before = order.map(({ dueFen, paidFen }) => ({ dueFen, paidFen }));
  const openFen = before.reduce((sum, one) => sum + one.dueFen - one.paidFen, 0n);
  const allPaid = before.reduce((sum, one) => sum + one.paidFen, 0n);
  const { open, paid } = rules.less(fen, openFen, allPaid);
  let [openLeft, paidLeft, accountLeft] = [open, paid, accountFen];
  const taken: Line[] = [];
  for (const line of order) {
    const falls = lesser(openLeft, line.dueFen - line.paidFen);
    openLeft -= falls;
    if (falls > 0n) line.payments.push({ day, fen: falls });
    const back = lesser(paidLeft, line.paidFen);
    paidLeft -= back;
    if (falls + back === 0n) continue;
    taken.push(line);
    const account = (line.accountFen * (falls + back)) / line.dueFen;
    line.accountFen -= account;
    accountLeft -= account;
    line.dueFen -= falls + back;
    line.paidFen -= back;
  }
  // What parts of a fen leave over is of the claim that was lessened last; of one that nothing was taken from only without such a one.
  const isLeft = (line: Line) => line.dueFen > 0n;
  const rest = taken.findLast(isLeft) ?? oldestFirst.find(isLeft) ?? oldestFirst[0];
  if (rest !== undefined) rest.accountFen -= accountLeft;
  return paid;
}
