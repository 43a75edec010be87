import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { employerCode } from '../../engines/registry/index.ts';
import { citizenNumber } from '../../kernel/identity.ts';
import { plainDate } from '../../kernel/index.ts';
import { commands } from './commands/index.ts';
import { commandNamed, helpFor } from './help.ts';

const page = (name: string): string =>
  readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const examples = [
  ...commands.map((c) => c.example),
  ...['README.md', 'README.zh-CN.md'].flatMap((name) =>
    [...page(name).matchAll(/^npx mindun (.*)$/gm)].map(([, line]) => line!.split('#')[0]!.trim()),
  ),
];

describe('help', () => {
  it('lists every command, and tells of each', () => {
    const all = helpFor(commands, [], 'en');
    for (const c of commands) {
      expect(all).toContain(`  ${c.name} `);
      for (const language of ['zh', 'en'] as const)
        expect(helpFor(commands, c.name.split(' '), language)).toContain(c.example);
    }
    expect(helpFor(commands, ['explain'], 'en').match(/^Usage: mindun explain /gm)).toHaveLength(3);
    expect(() => helpFor(commands, ['pay'], 'en')).toThrow('no such command: pay');
  });

  it('has examples of commands that exist, with codes and numbers whose check digits are right', () => {
    expect(examples.length).toBeGreaterThan(commands.length);
    for (const example of examples) {
      const command = commandNamed(commands, example.split(' '));
      expect([example, command?.name]).toEqual([example, expect.any(String)]);
      for (const [code] of example.matchAll(/\b\d{8}-[\dX]\b/g))
        expect(employerCode(code).code).toBe(code);
      for (const [number] of example.matchAll(/\b\d{17}[\dX]\b/g))
        expect(citizenNumber(number, plainDate('2008-01-01')).number).toBe(number);
    }
  });
});
