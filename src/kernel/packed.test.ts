import { describe, expect, it } from 'vitest';
import { Packed } from './packed.ts';

interface Item {
  readonly n: number;
  readonly text: string;
  readonly maybe?: boolean;
}

const itemOf = (n: number): Item => ({
  n,
  text: `第${n}行 “\\\n\u0000”`,
  ...(n % 3 === 0 ? { maybe: true } : {}),
});

describe('a packed list', () => {
  it.each([0, 1, 999, 1000, 1001, 2500])('gives %i records back as they were', (count) => {
    const items = Array.from({ length: count }, (_, n) => itemOf(n));
    const packed = new Packed<Item>(['n', 'text', 'maybe']);
    for (const item of items) packed.add(item);
    expect(packed.length).toBe(count);
    expect([...packed]).toEqual(items);
    // Once more, from the beginning.
    expect([...packed]).toEqual(items);
  });
});
