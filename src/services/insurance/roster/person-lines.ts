import { citizenCheck } from '../../../kernel/identity.ts';

/**
 * On which line of a file each citizen number stands first. A table of numbers, not a Map of texts: a roster of hundreds of
 * thousands leaves nothing for the collector of memory.
 */
export class PersonLines {
  /** One more than each key: 0 is a free place. */
  #keys = new Float64Array(1024);
  #lines = new Uint32Array(1024);
  #count = 0;

  /** Keeps the line of a number's key; answers the line where it stood before, 0 when it is new. */
  add(key: number, line: number): number {
    if (this.#count * 2 >= this.#keys.length) this.#grow();
    const kept = key + 1;
    const at = placeOf(this.#keys, kept);
    if (this.#keys[at] === kept) return this.#lines[at]!;
    this.#keys[at] = kept;
    this.#lines[at] = line;
    this.#count += 1;
    return 0;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 4);
    const lines = new Uint32Array(keys.length);
    for (let i = 0; i < this.#keys.length; i += 1) {
      const key = this.#keys[i]!;
      if (key === 0) continue;
      const at = placeOf(keys, key);
      keys[at] = key;
      lines[at] = this.#lines[i]!;
    }
    this.#keys = keys;
    this.#lines = lines;
  }
}

/** Where a key stands or belongs. Only the keys are looked at: the lines lie elsewhere in memory. */
function placeOf(keys: Float64Array, key: number): number {
  const mask = keys.length - 1;
  let hash = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4_294_967_296) | 0, 0x85ebca6b);
  hash ^= hash >>> 15;
  let at = hash & mask;
  while (keys[at] !== 0 && keys[at] !== key) at = (at + 1) & mask;
  return at;
}

const daysOfKeys = 446_400;

/**
 * A citizen number of 15 or 18 characters without a flaw as a whole number: division, day of birth (31 a month, from 1800 on) and
 * order. The eighteenth character follows from the others, and these are fewer than 2^53, so that a key is exact.
 */
export function keyOfNumber(text: string): number {
  const short = text.length === 15;
  const year = short ? 1900 + figures(text, 6, 8) : figures(text, 6, 10);
  const at = short ? 8 : 10;
  const day =
    ((year - 1800) * 12 + figures(text, at, at + 2) - 1) * 31 + figures(text, at + 2, at + 4) - 1;
  return (figures(text, 0, 6) * daysOfKeys + day) * 1000 + figures(text, at + 4, at + 7);
}

export function birthYearOfKey(key: number): number {
  return 1800 + Math.floor((Math.floor(key / 1000) % daysOfKeys) / 372);
}

/** The 18 characters of a key. */
export function numberOfKey(key: number): string {
  const order = key % 1000;
  const rest = (key - order) / 1000;
  const day = rest % daysOfKeys;
  const month = Math.floor(day / 31);
  const birth =
    (1800 + Math.floor(month / 12)) * 10_000 + ((month % 12) + 1) * 100 + (day % 31) + 1;
  const division = (rest - day) / daysOfKeys;
  // A one before each part keeps its zeros.
  const body =
    String(1_000_000 + division).slice(1) + String(birth) + String(1000 + order).slice(1);
  return body + citizenCheck(body);
}

function figures(text: string, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i += 1) n = n * 10 + text.charCodeAt(i) - 48;
  return n;
}
