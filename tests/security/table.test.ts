import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));
const page = fileURLToPath(new URL('../../docs/reference/security.md', import.meta.url));

/** Titles of the tests of the files, as they stand in their source. */
function titles(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && name !== 'table.test.ts')
    .flatMap((name) => {
      const source = readFileSync(`${folder}/${name}`, 'utf8');
      return [...source.matchAll(/^ {2}it\(\s*'((?:[^'\\]|\\.)+)'/gm)].map((m) => m[1]!);
    });
}

/** The last cell of every row of the page's tables. */
function named(): readonly string[] {
  return readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| attempt'))
    .map((line) => line.split('|').at(-2)!.trim());
}

describe('the page about security', () => {
  it('names a test in every row, and that test exists', () => {
    const there = new Set(titles());
    expect(named().length).toBeGreaterThan(45);
    expect(named().filter((title) => !there.has(title))).toEqual([]);
  });

  it('has a row for every test', () => {
    const rows = new Set(named());
    expect(titles().length).toBeGreaterThan(45);
    expect(titles().filter((title) => !rows.has(title))).toEqual([]);
  });
});
