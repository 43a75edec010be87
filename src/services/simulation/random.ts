/**
 * Numbers drawn from a seed and a name: the same name gives the same numbers whatever was drawn before, so a month can be
 * played again without the months before it. (splitmix32 over a FNV-1a hash.)
 */
export class Draw {
  #state: number;

  constructor(seed: number, ...names: (string | number)[]) {
    let hash = 0x811c9dc5;
    for (const c of `${seed} ${names.join(' ')}`) {
      hash = Math.imul(hash ^ c.codePointAt(0)!, 0x01000193);
    }
    this.#state = hash >>> 0;
  }

  /** 0 ≤ x < 2^32 */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((this.next() / 4_294_967_296) * (high - low + 1));
  }

  /** True in `perMille` of 1,000 draws. */
  chance(perMille: number): boolean {
    return this.int(1, 1000) <= perMille;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }
}
