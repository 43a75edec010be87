import { describe, expect, it } from 'vitest';
import { callRule, type Derivation, loadLaw } from '../../engines/policy/index.ts';
import { plainDate } from '../../kernel/index.ts';
import { noFigure } from '../../services/insurance/index.ts';
import { tree } from './tree.ts';

const fee = callRule(
  loadLaw({ sample: false }),
  'arrears.lateFee',
  { place: '4304', on: plainDate('2012-01-10') },
  { principal: '100.00', scheme: 'pension', dueDate: '2012-01-05', paidDate: '2012-01-10' },
).derivation;
const sum = (because: readonly Derivation[]): Derivation => ({ ...fee, because });

describe('a derivation in a terminal', () => {
  it('names document, article and day of each parameter, once, with rates as percentages', () => {
    const twice = tree({ ...sum([fee, fee]), parameters: fee.parameters }, 'en');
    const rate = fee.parameters.find((p) => p.value === '0.0005')!;
    const told = `${rate.label.en} 0.05% [《${rate.document}》${rate.article}, from ${rate.from}]`;
    expect(twice.split(told)).toHaveLength(2);
    expect(tree(fee, 'zh')).toContain(`《${rate.document}》${rate.article}, ${rate.from} 起]`);
  });

  it('has words, not a sum, where nothing was computed', () => {
    const missing = { zh: '未计算：缺 某文件', en: 'Not computed: missing 某文件' };
    const none = { ...fee, value: noFigure, formula: missing, parameters: [] };
    expect(tree(none, 'zh')).toMatch(/ = 未计算\n {2}未计算：缺 某文件/);
    expect(tree(none, 'en')).toMatch(/ = not computed\n {2}Not computed: missing 某文件/);
    expect(tree(none, 'en')).not.toContain('¥0.00');
  });
});
