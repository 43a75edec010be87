import { apportion, fen, groupBy, sumOf } from '../../../kernel/index.ts';

/** Account money of one claim: what its persons' accounts have of it in all, and what of it came in. Fen. */
export interface ClaimMoney {
  readonly bill: number;
  readonly share: number;
  readonly account: number;
  readonly received: number;
}

/** What a bill has for a person's account out of one share; below zero: what it takes back. Fen. */
export interface PersonPart {
  readonly person: number;
  readonly bill: number;
  readonly share: number;
  readonly part: number;
}

/**
 * What each person's account has of the money that came in for an employer's fund and fee month, in fen: never more than his parts come to
 * and never less than nothing. Money belongs to the persons for whom its claim stands: those of its bill, and, where another was taken off
 * the bill or a later bill lessened the claim, those who took the place. Within a claim it is divided in proportion to what stands there of
 * each, by largest remainders; the two shares apart: an employee's share that came in is his account's also when the employer's did not
 * (劳社部令第2号).
 * @returns by person; the sum is what was received, at most what all parts come to
 */
export function accountsOf(
  claims: readonly ClaimMoney[],
  parts: readonly PersonPart[],
): Map<number, number> {
  const persons = [...new Set(parts.map((p) => p.person))].sort((a, b) => a - b);
  const due = persons.map(() => 0);
  const has = persons.map(() => 0);
  let over = 0;
  for (const [share, of] of groupBy(parts, (p) => p.share)) {
    const left = partsLeft(persons, of);
    const divided = divideShare(
      claims.filter((c) => c.share === share).sort((a, b) => a.bill - b.bill),
      left,
      persons.length,
    );
    over += divided.over;
    for (const list of left.values()) addTo(due, list);
    addTo(has, divided.has);
  }
  // What parts of a fen leave over in one share is still somebody's.
  const lacking = due.map((d, i) => Math.max(0, d - has[i]!));
  addTo(has, spread(Math.min(over, total(lacking)), lacking));
  return new Map(persons.map((person, i) => [person, has[i]!]));
}

/** What is left to each person of his part on each bill: what later bills take back is off his newest parts. By bill, in the persons' order. */
function partsLeft(
  persons: readonly number[],
  parts: readonly PersonPart[],
): Map<number, number[]> {
  const at = new Map(persons.map((person, i) => [person, i]));
  const left = new Map<number, number[]>();
  for (const [person, list] of groupBy(parts, (p) => p.person)) {
    let taken = -sumOf(
      list.filter((p) => p.part < 0),
      (p) => p.part,
    );
    for (const { bill, part } of [...list].sort((a, b) => b.bill - a.bill)) {
      if (part <= 0) continue;
      const off = Math.min(part, taken);
      taken -= off;
      const ofBill = left.get(bill) ?? persons.map(() => 0);
      left.set(bill, ofBill);
      ofBill[at.get(person)!]! += part - off;
    }
  }
  return left;
}

/** One share's claims over the persons, the oldest bill first; `over`: what came in and found nobody there. */
function divideShare(
  claims: readonly ClaimMoney[],
  left: ReadonlyMap<number, readonly number[]>,
  count: number,
): { readonly has: number[]; readonly over: number } {
  const none = (): number[] => Array.from({ length: count }, () => 0);
  const unplaced = none();
  const placed = claims.map(({ bill, account }) => {
    const own = left.get(bill) ?? none();
    const held = spread(Math.min(account, total(own)), own);
    own.forEach((part, i) => {
      unplaced[i]! += part - held[i]!;
    });
    return held;
  });
  for (const [bill, own] of left) if (!claims.some((c) => c.bill === bill)) addTo(unplaced, own);
  // Whose claim is smaller than his part has taken somebody's place: an older claim stands for him.
  claims.forEach(({ account }, c) => {
    const room = Math.min(account - total(placed[c]!), total(unplaced));
    const more = spread(room, unplaced);
    addTo(placed[c]!, more);
    more.forEach((m, i) => {
      unplaced[i]! -= m;
    });
  });
  const has = none();
  let over = 0;
  claims.forEach(({ received }, c) => {
    const given = Math.min(received, total(placed[c]!));
    addTo(has, spread(given, placed[c]!));
    over += received - given;
  });
  return { has, over };
}

/** An amount in proportion to weights; nothing of one that is not above zero. */
function spread(amount: number, weights: readonly number[]): number[] {
  return amount <= 0 ? weights.map(() => 0) : apportion(fen(amount), weights);
}

function total(list: readonly number[]): number {
  return sumOf(list, (n) => n);
}

function addTo(sums: number[], more: readonly number[]): void {
  more.forEach((m, i) => {
    sums[i]! += m;
  });
}
