import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadLaw, type Question } from '../../../engines/policy/index.ts';
import { plainDate } from '../../../kernel/index.ts';
import { employeeShare, employerShare } from '../codes.ts';
import { allocate, type Open, strategyOf } from './allocation.ts';

const claim = fc.record({
  feePeriod: fc.constantFrom(200711, 200712, 200801, 200802, 200803),
  share: fc.constantFrom(employerShare, employeeShare),
  open: fc.oneof(fc.nat(10 ** 9), fc.nat(20), fc.constant(0)),
});
const law = loadLaw({ sample: false });
const asked = (way?: string): Question => ({
  place: '4304',
  on: plainDate('2008-03-31'),
  ...(way === undefined ? {} : { overrides: { 'collection.strategy': way } }),
});
const usual = strategyOf(law, asked());
const sum = (list: readonly number[]) => list.reduce((s, n) => s + n, 0);

describe('allocate', () => {
  it('takes the oldest month first, in it the employees before the employer', () => {
    const claims: Open[] = [
      { feePeriod: 200803, share: employeeShare, open: 50 },
      { feePeriod: 200712, share: employerShare, open: 100 },
      { feePeriod: 200712, share: employeeShare, open: 30 },
      { feePeriod: 200712, share: employerShare, open: 200 },
    ];
    expect(allocate(0, claims, usual)).toEqual([0, 0, 0, 0]);
    expect(allocate(20, claims, usual)).toEqual([0, 0, 20, 0]);
    expect(allocate(130, claims, usual)).toEqual([0, 33, 30, 67]);
    expect(allocate(340, claims, usual)).toEqual([10, 100, 30, 200]);
    expect(allocate(9999, claims, usual)).toEqual([50, 100, 30, 200]);
    expect(allocate(5, [], usual)).toEqual([]);
  });

  it('follows the strategy of the law, and refuses one it does not know', () => {
    const claims: Open[] = [
      { feePeriod: 200803, share: employeeShare, open: 50 },
      { feePeriod: 200712, share: employerShare, open: 100 },
      { feePeriod: 200712, share: employeeShare, open: 300 },
    ];
    const together = strategyOf(law, asked('oldest-month-pro-rata-principal-first'));
    expect(allocate(40, claims, usual)).toEqual([0, 0, 40]);
    expect(allocate(40, claims, together)).toEqual([0, 10, 30]);
    expect(usual.lateFeesFirst).toBe(false);
    expect(
      strategyOf(law, asked('oldest-month-employee-first-pro-rata-late-fee-first')).lateFeesFirst,
    ).toBe(true);
    expect(() => strategyOf(law, asked('by-feeling'))).toThrow(
      expect.objectContaining({ code: 'strategy-unknown' }),
    );
  });

  it('spends all the money that is owed, and never more than a claim is open', () => {
    fc.assert(
      fc.property(fc.nat(3 * 10 ** 9), fc.array(claim, { maxLength: 25 }), (money, claims) => {
        const taken = allocate(money, claims, usual);
        expect(sum(taken)).toBe(Math.min(money, sum(claims.map((c) => c.open))));
        taken.forEach((t, i) => {
          expect(t).toBeGreaterThanOrEqual(0);
          expect(t).toBeLessThanOrEqual(claims[i]!.open);
        });
      }),
    );
  });

  it('gives a later claim nothing while an earlier one is open', () => {
    const rank = (c: Open) => c.feePeriod * 2 + (c.share === employeeShare ? 0 : 1);
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.array(claim, { maxLength: 25 }), (money, claims) => {
        const taken = allocate(money, claims, usual);
        const lacking = claims.filter((c, i) => taken[i]! < c.open).map(rank);
        const first = Math.min(...lacking);
        claims.forEach((c, i) => {
          if (rank(c) > first) expect(taken[i]).toBe(0);
        });
      }),
    );
  });

  it('does not hang on how the money is cut into payments of whole ranks', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 15 }), (claims) => {
        const oldest = Math.min(...claims.map((c) => c.feePeriod));
        const first = sum(claims.filter((c) => c.feePeriod === oldest).map((c) => c.open));
        const one = allocate(first, claims, usual);
        const rest = claims.map((c, i) => ({ ...c, open: c.open - one[i]! }));
        const two = allocate(1000, rest, usual);
        expect(one.map((n, i) => n + two[i]!)).toEqual(allocate(first + 1000, claims, usual));
      }),
    );
  });
});
