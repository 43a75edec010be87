import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { plainDate } from '../../kernel/index.ts';
import { runCases } from './cases.ts';
import { callRule, rules } from './engine.ts';
import { loadLaw } from './law.ts';

const folder = new URL('../../../law/cases/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('the cases of the law', () => {
  it('stand in files', () => {
    expect(files).toContain('contributions.yaml');
  });

  it.each(files)('%s', (name) => {
    const result = runCases([fileURLToPath(new URL(name, folder))]);
    expect(result.failures).toEqual([]);
    expect(result.failed).toBe(0);
    expect(result.passed).toBeGreaterThan(0);
  });
});

describe('callRule', () => {
  const law = loadLaw({ sample: false });
  const asked = { place: '4304', on: plainDate('2008-03-31') };

  it('refuses a rule that it does not know', () => {
    expect(() => callRule(law, 'no.such', asked, {})).toThrow(/rule-unknown/);
  });

  it('finds what every rule rests on', () => {
    const day = { ...asked, on: plainDate('2026-01-01') };
    for (const rule of rules()) expect(law.cite(rule.basis, day), rule.id).not.toBeNull();
    const cited = (date: string, id: string, given: Record<string, unknown>) =>
      callRule(law, id, { ...asked, on: plainDate(date) }, given).derivation.cite;
    const last = { lastMonthPaid: '100.00' };
    expect(cited('2011-06-30', 'contribution.provisional', last)?.article).toBe('第十条');
    expect(cited('2011-07-01', 'contribution.provisional', last)).toEqual({
      document: '中华人民共和国社会保险法',
      article: '第六十二条',
      confidence: 'found',
    });
  });

  it('keeps every rule to its own life', () => {
    for (const rule of rules()) {
      if (rule.whileBased !== true) continue;
      const before = { ...asked, on: plainDate('1900-01-01') };
      expect(() => callRule(law, rule.id, before, {}), rule.id).toThrow(/rule-not-in-force/);
    }
  });
});
