import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { addMonths, month } from '../../kernel/index.ts';
import { type Lived, live, rates, settleLeavers } from './month.ts';
import { People, populate } from './population.ts';

const people = new People(5);
const { employers } = populate(5, 0.01, people);
const play: Lived = { seed: 5, people, employers, left: [] };

/** Twelve months of a city at 1:100, counted. */
function year() {
  const sums = { there: 0, left: 0, joined: 0, back: 0, second: 0 };
  for (let i = 0; i < 12; i += 1) {
    const gone = new Set(play.left.map((p) => p.number));
    const working = new Set(employers.flatMap((e) => e.jobs.map((j) => j.person.number)));
    sums.there += employers.reduce((s, e) => s + e.jobs.length, 0);
    const changes = live(play, addMonths(month('2008-01'), i));
    for (const { job, kind } of [...changes.values()].flat()) {
      if (kind === '减少') sums.left += 1;
      if (kind !== '新增') continue;
      sums.joined += 1;
      if (working.has(job.person.number)) sums.second += 1;
      else if (gone.has(job.person.number)) sums.back += 1;
    }
    settleLeavers(play, changes);
  }
  return sums;
}

const page = readFileSync(
  new URL('../../../docs/reference/simulation.md', import.meta.url),
  'utf8',
);

describe('the stated rates', () => {
  it('are those of the page', () => {
    const told = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, n]) => [
      name,
      Number(n),
    ]);
    expect(Object.fromEntries(told)).toEqual(rates);
  });
});

describe('a simulated year', () => {
  it('has leavers, joiners, returners and persons of two jobs at the stated rates', () => {
    const { there, left, joined, back, second } = year();
    const per1000 = (part: number, whole: number): number => (1000 * part) / whole;
    // Within a quarter of the stated rate: some five hundred and a hundred events.
    for (const [rate, found] of [
      [rates.leaves, per1000(left, there)],
      [rates.joins, per1000(joined, there)],
      [rates.secondJob, per1000(second, joined)],
      [rates.returns, per1000(back, joined)],
    ] as const) {
      expect(found).toBeGreaterThan(rate * 0.75);
      expect(found).toBeLessThan(rate * 1.25);
    }
  });
});
