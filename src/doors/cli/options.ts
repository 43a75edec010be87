import { parseArgs } from 'node:util';
import type { Language, Text } from '../../kernel/index.ts';
import { type OptionsConfig, UsageError } from './command.ts';

/** What stands on a command line: words, and options by name. */
export interface OptionsRead {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

/**
 * Reads a command line that may hold these options and no others.
 * @throws UsageError in the reader's language: an option that is not there, lacks its value, or has one that it does not take
 */
export function readOptions(
  args: readonly string[],
  options: OptionsConfig,
  language: Language,
): OptionsRead {
  // Not strict: what the parser itself would say is English alone.
  const read = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of read.tokens) {
    if (token.kind !== 'option') continue;
    const wrong = faultOf(token, Object.hasOwn(options, token.name) ? options[token.name] : null);
    if (wrong !== null) throw new UsageError(wrong[language]);
  }
  return { words: read.positionals, values: read.values as OptionsRead['values'] };
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function faultOf(
  { rawName, value, inlineValue }: OptionToken,
  option: OptionsConfig[string] | null | undefined,
): Text | null {
  if (option === null || option === undefined)
    return { zh: `没有这个选项：${rawName}`, en: `no such option: ${rawName}` };
  if (option.type === 'boolean')
    return value === undefined
      ? null
      : { zh: `选项 ${rawName} 不带值`, en: `option ${rawName} takes no value` };
  // What begins with a dash is the next option, unless it was written with =.
  const missing = value === undefined || (inlineValue !== true && /^-./.test(value));
  return missing
    ? { zh: `选项 ${rawName} 后面要写值`, en: `option ${rawName} needs a value` }
    : null;
}
