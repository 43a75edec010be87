import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { month } from '../../kernel/index.ts';
import { writeBooks } from './books.ts';
import { People, populate } from './population.ts';

it('writes books of which no day lies after their last month, whatever the city begins with', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-sim-'));
  writeBooks(folder, populate(1, 0.002, new People(1)), month('2002-12'), 1);
  const rows = (file: string) =>
    readFileSync(path.join(folder, file), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((l) => l.split(','));
  const late = (file: string, column: number) =>
    rows(file).filter((r) => r[column]! > '2002-12-01');
  expect([late('spells.csv', 4), late('retirees.csv', 1)]).toEqual([[], []]);
  // Deemed time is of who was sixteen when it began.
  expect(rows('deemed.csv').filter((r) => Number(r[0]!.slice(6, 10)) > 1968)).toEqual([]);
  expect(rows('deemed.csv').length).toBeGreaterThan(3);
  rmSync(folder, { recursive: true });
});
