import { describe, expect, it } from 'vitest';
import { statutory } from '../../../engines/fund/index.ts';
import type { Claim } from '../bills/claims.ts';
import { type CellChange, type IncomeOf, settleCell } from './lines.ts';

const claim: Claim = {
  employer: 1,
  area: 430407,
  bill: 7,
  billNumber: '衡社缴〔2008〕000007',
  dueOn: null,
  lateFrom: null,
  period: 200812,
  fund: 3,
  share: 1,
  feePeriod: 200812,
  amount: 17_600,
  account: 0,
  open: 0,
};

/** A provisional 176.00 of the medical fund that was paid, and 160.00, of it 48.00 to accounts, that is due. */
const settled = (income: readonly IncomeOf[], ever = income) => {
  const change: CellChange = {
    employer: 1,
    area: 430407,
    bill: 8,
    fund: 3,
    share: 1,
    feePeriod: 200812,
    lateFrom: null,
    difference: { amount: 16_000, account: 4800, base: 200_000, persons: 1 },
    provisional: 17_600,
    claims: [claim],
    incomeThisYear: (_bill, account) => (account === 400101 ? income : []),
    incomeEver: (_bill, account) => (account === 400101 ? ever : []),
  };
  return settleCell(change, 1)
    .money.filter((e) => e.book === statutory && e.account >= 400_000)
    .map((e) => [e.account, e.amount, e.nature]);
};

describe('settleCell of medical money that was paid provisionally', () => {
  it('gives back of the kind that came in, and moves the rest within it', () => {
    expect(settled([{ nature: 2, fen: 17_600 }])).toEqual([
      [400101, 1600, 2],
      [400101, 4800, 2],
      [400102, -4800, 2],
    ]);
  });

  it('takes what came last first', () => {
    const kinds = [
      { nature: 2, fen: 1000 },
      { nature: 1, fen: 16_600 },
    ];
    expect(settled(kinds)).toEqual([
      [400101, 1000, 2],
      [400101, 600, 1],
      [400101, 4800, 1],
      [400102, -4800, 1],
    ]);
  });

  it('spends what was income of an earlier year; what moves is neither spent nor come in anew', () => {
    expect(settled([], [{ nature: 2, fen: 17_600 }])).toEqual([
      [540101, 1600, undefined],
      [400101, 4800, 2],
      [400102, -4800, 2],
    ]);
  });

  it('moves of an earlier year’s kinds what is left of each after what is spent', () => {
    const kinds = [
      { nature: 2, fen: 3000 },
      { nature: 1, fen: 14_600 },
    ];
    expect(settled([], kinds)).toEqual([
      [540101, 1600, undefined],
      [400101, 1400, 2],
      [400102, -1400, 2],
      [400101, 3400, 1],
      [400102, -3400, 1],
    ]);
  });

  it('calls what moves 当期 where the books never had it', () => {
    expect(settled([])).toEqual([
      [540101, 1600, undefined],
      [400101, 4800, 1],
      [400102, -4800, 1],
    ]);
  });
});
