import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle } from './settle.ts';

const amounts = fc.dictionary(
  fc.constantFrom('pensionEmployer', 'pensionEmployee', 'medicalEmployer', 'injuryEmployer'),
  fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
  { noNullPrototype: true },
);

describe('settle', () => {
  it('gives what changes, with names that come and go', () => {
    expect(settle({ a: 100, b: 5, c: 7 }, { a: 120, b: 5, d: 3 })).toEqual([
      { name: 'a', fen: 20 },
      { name: 'c', fen: -7 },
      { name: 'd', fen: 3 },
    ]);
  });

  it('brings what stands to what should stand, and then nothing more', () => {
    fc.assert(
      fc.property(amounts, amounts, (former, renewed) => {
        const standing: Record<string, number> = { ...former };
        for (const d of settle(former, renewed)) {
          expect(d.fen).not.toBe(0);
          standing[d.name] = (standing[d.name] ?? 0) + d.fen;
        }
        for (const name of Object.keys(standing)) expect(standing[name]).toBe(renewed[name] ?? 0);
        expect(settle(standing, renewed)).toEqual([]);
      }),
    );
  });
});
