import { describe, expect, it } from 'vitest';
import { loadLaw, type Question } from '../../../engines/policy/index.ts';
import { plainDate } from '../../../kernel/index.ts';
import { countingBy } from './counting.ts';

const law = loadLaw({ sample: false });
const asked = (way?: string): Question => ({
  place: '4304',
  on: plainDate('2008-03-31'),
  ...(way === undefined ? {} : { overrides: { 'collection.contributionMonth': way } }),
});
const months = [
  { paid: true, accountFen: 160, creditedFen: 160 },
  { paid: false, accountFen: 160, creditedFen: 160 },
  { paid: false, accountFen: 160, creditedFen: 30 },
];

describe('countingBy', () => {
  it('counts a month by the way that the law names', () => {
    const counted = (way?: string) => months.map(countingBy(law, asked(way)));
    expect(counted()).toEqual([true, false, false]);
    expect(counted('paid-in-full')).toEqual([true, false, false]);
    expect(counted('own-share-credited')).toEqual([true, true, false]);
    expect(counted('assessed')).toEqual([true, true, true]);
  });

  it('refuses a way it does not know', () => {
    expect(() => countingBy(law, asked('sometimes'))).toThrow(
      expect.objectContaining({ code: 'strategy-unknown' }),
    );
  });
});
