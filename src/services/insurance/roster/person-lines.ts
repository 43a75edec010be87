/**
 * On which line of a file each citizen number stands first. A table of numbers, not a Map of texts: a roster of hundreds of
 * thousands leaves nothing for the collector of memory. 17 digits with a date among them are fewer than 2^53 (the eighteenth
 * follows from them), so that a key is exact.
 */
export class PersonLines {
  #keys = new Float64Array(1024);
  #lines = new Uint32Array(1024);
  #count = 0;

  /** Keeps the line of a number of 18 characters without a flaw; answers the line where it stood before, 0 when it is new. */
  add(number: string, line: number): number {
    if (this.#count * 2 >= this.#keys.length) this.#grow();
    const key = keyOf(number);
    const at = placeOf(this.#keys, this.#lines, key);
    if (this.#lines[at] !== 0) return this.#lines[at]!;
    this.#keys[at] = key;
    this.#lines[at] = line;
    this.#count += 1;
    return 0;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const lines = new Uint32Array(keys.length);
    this.#keys.forEach((key, i) => {
      if (this.#lines[i] === 0) return;
      const at = placeOf(keys, lines, key);
      keys[at] = key;
      lines[at] = this.#lines[i]!;
    });
    this.#keys = keys;
    this.#lines = lines;
  }
}

/** Where a key stands or belongs; a line of 0 is a free place. */
function placeOf(keys: Float64Array, lines: Uint32Array, key: number): number {
  const mask = keys.length - 1;
  let hash = Math.imul(key | 0, 0x9e3779b1) ^ Math.imul((key / 4_294_967_296) | 0, 0x85ebca6b);
  hash ^= hash >>> 15;
  let at = hash & mask;
  while (lines[at] !== 0 && keys[at] !== key) at = (at + 1) & mask;
  return at;
}

/** Division, day of birth (from 1800 on) and order as one whole number. */
function keyOf(number: string): number {
  const day =
    ((figures(number, 6, 10) - 1800) * 12 + figures(number, 10, 12) - 1) * 31 +
    figures(number, 12, 14) -
    1;
  return (figures(number, 0, 6) * 446_400 + day) * 1000 + figures(number, 14, 17);
}

function figures(text: string, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i += 1) n = n * 10 + text.charCodeAt(i) - 48;
  return n;
}
