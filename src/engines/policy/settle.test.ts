import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settle, settleRow } from './settle.ts';

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

  it('is the same for many rows as for one', () => {
    const row = fc.array(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(row, row), { minLength: 1 }), (rows) => {
        const columns = (at: 0 | 1) =>
          [0, 1, 2].map((c) => Int32Array.from(rows.map((r) => r[at][c]!)));
        const named = (r: readonly number[]) => Object.fromEntries(r.map((v, c) => [`c${c}`, v]));
        const difference = new Int32Array(3);
        rows.forEach(([former, renewed], i) => {
          const differs = settleRow(columns(0), columns(1), i, difference);
          const one = settle(named(former), named(renewed));
          expect(differs).toBe(one.length > 0);
          expect(
            [...difference].flatMap((fen, c) => (fen === 0 ? [] : [{ name: `c${c}`, fen }])),
          ).toEqual(one);
        });
      }),
    );
  });
});
