import { defineErrors, MindunError } from '../errors.ts';

defineErrors({
  'database-gone': {
    message: { zh: '数据库连不上了', en: 'The database cannot be reached' },
    mend: {
      zh: '已经报告完成的都在。请过一会儿再试；还不行请运行 npx mindun status。',
      en: 'All that was reported done is kept. Try again shortly; if it stays, run npx mindun status.',
    },
    status: 503,
  },
  'disk-full': {
    message: { zh: '磁盘满了，这一步没有做', en: 'The disk is full; this step was not done' },
    mend: {
      zh: '请腾出空间后再做一次，已完成的不会重复。',
      en: 'Make room and run it again; what is done is not repeated.',
    },
    status: 507,
  },
  'database-memory-full': {
    message: {
      zh: '数据库内存不够，这一步没有做',
      en: 'The database ran out of memory; this step was not done',
    },
    mend: {
      zh: '请过一会儿再做一次；还不行请加内存。',
      en: 'Run it again shortly; if it stays, add memory.',
    },
    status: 503,
  },
  'conflict-try-again': {
    message: {
      zh: '同时有别人在改同一处',
      en: 'Somebody else changed the same thing at the same time',
    },
    mend: { zh: '请再做一次。', en: 'Do it once more.' },
    status: 409,
  },
  'text-not-storable': {
    message: {
      zh: '内容里有不能保存的字符（空字符，或者残缺的字符）',
      en: 'The text holds a character that cannot be stored (NUL, or half of one)',
    },
    mend: { zh: '请重新输入，不要从别的程序粘贴。', en: 'Type it anew instead of pasting it.' },
    status: 400,
  },
  'fact-overlaps': {
    message: { zh: '与已有的记录时间重叠', en: 'It overlaps a fact that is already there' },
    mend: { zh: '请先更正已有的记录。', en: 'Correct the existing fact first.' },
    status: 409,
  },
  'month-closed': {
    message: { zh: '{month} 已经关账', en: '{month} is closed' },
    mend: {
      zh: '关账后的改动走更正，差额进下一张账单。',
      en: 'Correct it: the difference goes to the next bill.',
    },
    status: 409,
  },
});

const goneCodes = new Set(['57P01', '57P02', '57P03', '08000', '08003', '08006', '08001', '53300']);
// What the server says of a write that a quota or a limit on file sizes refused has no code of its own.
const noSpace = /No space left on device|File too large|Disk quota exceeded/;
const goneSystem = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

/** What the driver threw, as an error that a door can answer; anything else is given back unchanged. */
export function databaseError(error: unknown): unknown {
  if (error instanceof MindunError || !(error instanceof Error)) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  if (goneCodes.has(code) || goneSystem.has(code)) return new MindunError('database-gone');
  if (
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    )
  ) {
    return new MindunError('database-gone');
  }
  if (code === '53100' || code === 'ENOSPC' || noSpace.test(error.message))
    return new MindunError('disk-full');
  if (code === '22021' || code === '22P05') return new MindunError('text-not-storable');
  if (code === '53200') return new MindunError('database-memory-full');
  if (code === '40001' || code === '40P01') return new MindunError('conflict-try-again');
  const constraint = String((error as { constraint?: unknown }).constraint ?? '');
  // Two acts opened a file for one number at once: done once more, the second finds the file.
  if (code === '23505' && constraint === 'person_number_once')
    return new MindunError('conflict-try-again');
  // A second fact without an end is refused by its unique index, any other overlap as an exclusion is.
  if (code === '23P01' || (code === '23505' && constraint.endsWith('_open_once')))
    return new MindunError('fact-overlaps');
  if (code === 'MD003') return new MindunError('month-closed', { month: '' });
  return error;
}
