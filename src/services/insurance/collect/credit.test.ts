import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountOf } from '../bills/claims.ts';
import { movementsOf } from './credit.ts';

const common = { employer: 1, area: 430407, fund: 1, feePeriod: 200803, persons: 3 };
const bills = (...accounts: number[]) =>
  accounts.map((account, i) => ({ ...common, bill: i + 1, account }));
type Before = Map<string, { amount: number; whole: boolean }>;

/** Credits what came in, and keeps what was credited as the table does. */
function pay(carried: ReturnType<typeof bills>, received: number, before: Before): number[] {
  for (const m of movementsOf(carried, received, before)) {
    const key = `${m.employer} ${m.fund} ${m.feePeriod} ${m.bill}`;
    const there = before.get(key);
    const whole = m.whole || there?.whole === true;
    before.set(key, { amount: (there?.amount ?? 0) + m.amount, whole });
  }
  return carried.map((c) => before.get(`1 1 200803 ${c.bill}`)?.amount ?? 0);
}

const sum = (list: readonly number[]) => list.reduce((s, n) => s + n, 0);

describe('accountOf', () => {
  it('gives the account part as it is paid', () => {
    expect(accountOf({ amount: 800, account: 800 }, 300)).toBe(300);
    expect(accountOf({ amount: 1000, account: 300 }, 999)).toBe(299);
    expect(accountOf({ amount: 1000, account: 300 }, 1000)).toBe(300);
    expect(accountOf({ amount: 1000, account: 0 }, 500)).toBe(0);
  });

  it('grows with what is paid and stays within it', () => {
    const claim = fc
      .tuple(fc.integer({ min: 1, max: 10 ** 13 }), fc.nat(1000))
      .map(([amount, part]) => ({ amount, account: Math.floor(amount / 1000) * part }));
    const paid = fc.tuple(fc.nat(1000), fc.nat(1000));
    fc.assert(
      fc.property(claim, paid, (c, parts) => {
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

describe('movementsOf', () => {
  it('credits bills in order, the next one with what is left', () => {
    expect(pay(bills(100, 50, 30), 120, new Map())).toEqual([100, 20, 0]);
    expect(pay(bills(100, 50, 30), 180, new Map())).toEqual([100, 50, 30]);
    expect(pay(bills(100, 50, 30), 0, new Map())).toEqual([0, 0, 0]);
  });

  it('takes a difference below zero back once it is covered', () => {
    const before: Before = new Map();
    expect(pay(bills(100), 100, before)).toEqual([100]);
    expect(pay(bills(100, -40), 60, before)).toEqual([100, -40]);
    expect(pay(bills(100, -40, 10), 65, before)).toEqual([100, -40, 5]);
  });

  it('moves nothing when nothing came in since', () => {
    const before: Before = new Map();
    const carried = bills(100, 50, 30);
    pay(carried, 120, before);
    expect(movementsOf(carried, 120, before)).toEqual([]);
    expect(movementsOf(carried, 125, before)).toMatchObject([{ bill: 2, amount: 5, whole: false }]);
    pay(carried, 200, before);
    expect(movementsOf(carried, 200, before)).toEqual([]);
  });

  const accounts = fc.array(
    fc.integer({ min: -1000, max: 5000 }).filter((n) => n !== 0),
    { minLength: 1, maxLength: 8 },
  );

  it('credits neither more than came in nor more than is owed', () => {
    fc.assert(
      fc.property(accounts, fc.nat(20_000), (list, received) => {
        const credited = sum(pay(bills(...list), received, new Map()));
        expect(credited).toBeLessThanOrEqual(received);
        if (list.every((a) => a > 0)) expect(credited).toBe(Math.min(received, sum(list)));
        if (received >= sum(list)) expect(credited).toBe(sum(list));
      }),
    );
  });

  it('comes out the same however the money is cut', () => {
    const receipts = fc.array(fc.nat(4000), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(accounts, receipts, (list, cut) => {
        const before: Before = new Map();
        let received = 0;
        let credited: number[] = [];
        for (const more of cut) {
          received += more;
          credited = pay(bills(...list), received, before);
        }
        expect(credited).toEqual(pay(bills(...list), received, new Map()));
      }),
    );
  });
});
