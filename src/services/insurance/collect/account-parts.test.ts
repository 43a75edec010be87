import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../bills/claims.ts';
import { accountsOf, type ClaimMoney, type PersonPart } from './account-parts.ts';

const [employer, employee] = [1, 2];
const claim = (bill: number, account: number, received: number, share = employee): ClaimMoney => ({
  bill,
  share,
  account,
  received,
});
const part = (person: number, bill: number, fen: number, share = employee): PersonPart => ({
  person,
  bill,
  share,
  part: fen,
});
const has = (claims: readonly ClaimMoney[], parts: readonly PersonPart[]) => [
  ...accountsOf(claims, parts).values(),
];

describe('accountOf', () => {
  it('gives the account part as it is paid', () => {
    expect(accountOf({ amount: 800, account: 800 }, 300)).toBe(300);
    expect(accountOf({ amount: 1000, account: 300 }, 999)).toBe(299);
    expect(accountOf({ amount: 1000, account: 300 }, 1000)).toBe(300);
    expect(accountOf({ amount: 1000, account: 0 }, 500)).toBe(0);
  });

  it('grows with what is paid and stays within it', () => {
    const anyClaim = fc
      .tuple(fc.integer({ min: 1, max: 10 ** 13 }), fc.nat(1000))
      .map(([amount, part]) => ({ amount, account: Math.floor(amount / 1000) * part }));
    const paid = fc.tuple(fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(anyClaim, paid, (c, parts) => {
        const [low, high] = parts
          .sort((a, b) => a - b)
          .map((p) => Number((BigInt(c.amount) * BigInt(p)) / 1000n)) as [number, number];
        expect(accountOf(c, low)).toBeLessThanOrEqual(accountOf(c, high));
        expect(accountOf(c, high)).toBeLessThanOrEqual(Math.min(high, c.account));
        expect(accountOf(c, low)).toBeGreaterThanOrEqual(0);
        expect(accountOf(c, c.amount)).toBe(c.account);
      }),
    );
  });
});

describe('accountsOf', () => {
  it('divides what came in on a claim in proportion, by largest remainders', () => {
    const parts = [part(1, 1, 100), part(2, 1, 50)];
    expect(has([claim(1, 150, 0)], parts)).toEqual([0, 0]);
    expect(has([claim(1, 150, 100)], parts)).toEqual([67, 33]);
    expect(has([claim(1, 150, 150)], parts)).toEqual([100, 50]);
  });

  it('keeps the two shares apart', () => {
    const parts = [
      part(1, 1, 100),
      part(1, 1, 20, employer),
      part(2, 1, 100),
      part(2, 1, 80, employer),
    ];
    expect(has([claim(1, 200, 200), claim(1, 100, 0, employer)], parts)).toEqual([100, 100]);
    expect(has([claim(1, 200, 200), claim(1, 100, 50, employer)], parts)).toEqual([110, 140]);
  });

  it('gives the money of each bill to its own persons', () => {
    const parts = [part(1, 1, 100), part(2, 2, 60)];
    expect(has([claim(1, 100, 100), claim(2, 60, 0)], parts)).toEqual([100, 0]);
    expect(has([claim(1, 100, 100), claim(2, 60, 30)], parts)).toEqual([100, 30]);
  });

  it('gives the place of who was taken off to who was added, on one bill or on two', () => {
    const exchanged = [part(1, 1, 100), part(2, 1, 100), part(1, 2, -100), part(3, 2, 108)];
    expect(has([claim(1, 200, 200), claim(2, 8, 0)], exchanged)).toEqual([0, 100, 100]);
    expect(has([claim(1, 200, 100), claim(2, 8, 0)], exchanged)).toEqual([0, 50, 50]);
    const inTurn = [part(1, 1, 100), part(2, 1, 100), part(3, 2, 100), part(1, 3, -100)];
    // The claim that was open fell away; the one that was paid stands for who was added.
    expect(has([claim(1, 200, 200), claim(2, 0, 0)], inTurn)).toEqual([0, 100, 100]);
  });

  it('takes what is taken back off the newest part of the person', () => {
    const parts = [part(1, 1, 100), part(1, 2, 60), part(1, 3, -40), part(2, 2, 20)];
    expect(has([claim(1, 100, 100), claim(2, 40, 20)], parts)).toEqual([110, 10]);
  });

  it('gives what parts of a fen leave over to somebody who lacks it', () => {
    expect(
      has([claim(1, 99, 99), claim(1, 101, 0, employer)], [part(1, 1, 100), part(2, 1, 100)]),
    ).toEqual([50, 49]);
  });

  const fens = fc.integer({ min: 1, max: 100_000 });

  it('gives all that came in, nobody more than his part and nobody less than nothing', () => {
    const scene = fc
      .record({
        first: fc.array(fens, { minLength: 1, maxLength: 6 }),
        added: fc.array(fens, { maxLength: 3 }),
        struck: fc.array(fc.nat(5), { maxLength: 4 }),
        of: fc.nat(1000),
      })
      .map(({ first, added, struck, of }) => {
        const gone = new Set(struck.filter((i) => i < first.length));
        const parts = [
          ...first.map((fen, i) => part(i, 1, fen)),
          ...added.map((fen, i) => part(100 + i, 2, fen)),
          ...[...gone].map((i) => part(i, 3, -first[i]!)),
        ];
        const sum = (list: readonly number[]) => list.reduce((s, n) => s + n, 0);
        const off = sum([...gone].map((i) => first[i]!));
        // What falls away is off the newest claim first.
        const second = Math.max(0, sum(added) - off);
        const claims = [
          claim(1, sum(first) - Math.max(0, off - sum(added)), 0),
          claim(2, second, 0),
        ].map((c) => ({ ...c, received: Math.floor((c.account * of) / 1000) }));
        return { claims, parts, gone };
      });
    fc.assert(
      fc.property(scene, ({ claims, parts, gone }) => {
        const accounts = accountsOf(claims, parts);
        const received = claims.reduce((s, c) => s + c.received, 0);
        expect([...accounts.values()].reduce((s, n) => s + n, 0)).toBe(received);
        for (const [person, fen] of accounts) {
          const own = parts.filter((p) => p.person === person).reduce((s, p) => s + p.part, 0);
          expect(fen).toBeGreaterThanOrEqual(0);
          expect(fen).toBeLessThanOrEqual(own);
          if (gone.has(person)) expect(fen).toBe(0);
        }
      }),
    );
  });
});
