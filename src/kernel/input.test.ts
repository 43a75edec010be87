import { expect, it } from 'vitest';
import { z } from 'zod';
import { MindunError } from './errors.ts';
import { readInput } from './input.ts';

const schema = z.strictObject({
  reason: z.string().trim().min(1).max(5),
  insurance: z.enum(['pension', 'medical']).optional(),
  injuryClass: z.number().int().min(1).max(8).default(1),
  months: z.array(z.string()).min(1).max(2).optional(),
  of: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('x') }),
      z.object({ kind: z.literal('y') }),
    ])
    .optional(),
  day: z.string().regex(/^a/).optional(),
  yes: z.boolean().optional(),
});

function said(given: unknown): string[] {
  try {
    readInput(schema, given);
  } catch (error) {
    if (error instanceof MindunError && error.code === 'input-invalid')
      return [error.text('zh'), error.text('en')];
    throw error;
  }
  return [];
}

it('names the field, what is wrong and what it may be, in words of ours', () => {
  const ok = { reason: '好' };
  const cases: [unknown, string, string][] = [
    [undefined, '理由（reason）没有写', 'reason is missing'],
    [{ reason: '  ' }, '理由（reason）不能空着', 'reason must not be empty'],
    [
      { reason: '一二三四五六' },
      '理由（reason）最多 5 个字',
      'reason must be at most 5 characters',
    ],
    [{ reason: 5 }, '理由（reason）要写成文字', 'reason must be text'],
    [
      { ...ok, insurance: 'foo' },
      '险种（insurance）只能是 pension、medical，写的是 foo',
      'insurance must be one of pension, medical, not foo',
    ],
    [
      { ...ok, injuryClass: 9 },
      '行业风险类别（injuryClass）最多 8',
      'injuryClass must be at most 8',
    ],
    [
      { ...ok, injuryClass: 1e17 },
      '行业风险类别（injuryClass）最多 8',
      'injuryClass must be at most 8',
    ],
    [
      { ...ok, injuryClass: 1.5 },
      '行业风险类别（injuryClass）要写成整数',
      'injuryClass must be a whole number',
    ],
    [{ ...ok, months: [] }, '月份（months）不能空着', 'months must not be empty'],
    [
      { ...ok, months: ['a', 'b', 'c'] },
      '月份（months）最多 2 项',
      'months must be at most 2 entries',
    ],
    [{ ...ok, months: [1] }, '月份（months.0）要写成文字', 'months.0 must be text'],
    [
      { ...ok, of: { kind: 'z' } },
      '种类（of.kind）只能是 x、y，写的是 z',
      'of.kind must be one of x, y, not z',
    ],
    [{ ...ok, day: 'b' }, 'day 写法不对', 'day is not written as it must be'],
    [{ ...ok, yes: 'b' }, 'yes 只能是 true 或 false', 'yes must be true or false'],
    [{ ...ok, more: 1 }, '没有这一项：more', 'there is no such field: more'],
  ];
  for (const [given, zh, en] of cases)
    expect(said(given)).toEqual([`输入有误：${zh}`, `The input is not valid: ${en}`]);
  expect(readInput(schema, ok)).toEqual({ ...ok, injuryClass: 1 });
});
