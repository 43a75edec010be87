import { describe, expect, it } from 'vitest';
import { UsageError } from './command.ts';
import { readOptions } from './options.ts';

const options = {
  month: { type: 'string' },
  full: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
const read = (...args: string[]) => readOptions(args, options, 'zh');

/** What a command line is told in both languages. */
function refused(...args: string[]): string[] {
  return (['zh', 'en'] as const).map((language) => {
    try {
      readOptions(args, options, language);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      return (error as UsageError).message;
    }
    return 'taken';
  });
}

describe('options of a command line', () => {
  it('stand anywhere, their values apart or with =', () => {
    const taken = { words: ['a.csv'], values: { month: '2008-03', full: true } };
    expect(read('a.csv', '--month', '2008-03', '--full')).toEqual(taken);
    expect(read('--full', '--month=2008-03', 'a.csv')).toEqual(taken);
    expect(read('--month=-1', '-h').values).toEqual({ month: '-1', help: true });
    expect(read('--', '--loud').words).toEqual(['--loud']);
  });

  it('are refused in the language of the reader', () => {
    expect(refused('--loud')).toEqual(['没有这个选项：--loud', 'no such option: --loud']);
    expect(refused('-x')).toEqual(['没有这个选项：-x', 'no such option: -x']);
    expect(refused('--toString')).toEqual([
      '没有这个选项：--toString',
      'no such option: --toString',
    ]);
    const missing = ['选项 --month 后面要写值', 'option --month needs a value'];
    expect(refused('--month')).toEqual(missing);
    expect(refused('--month', '--full')).toEqual(missing);
    expect(refused('--full=yes')).toEqual(['选项 --full 不带值', 'option --full takes no value']);
  });
});
