import { readFileSync } from 'node:fs';
import type { Language } from '../../kernel/index.ts';
import { type CliCommand, UsageError } from './command.ts';

const texts = {
  usage: { zh: '用法', en: 'Usage' },
  example: { zh: '例', en: 'Example' },
  commands: { zh: '命令', en: 'Commands' },
  help: { zh: '说明：全部命令，或一个命令', en: 'Help: all commands, or one of them' },
  more: {
    zh: '各命令共有的选项（--json、--as、--at 等）：npx mindun help',
    en: 'Options of every command (--json, --as, --at …): npx mindun help',
  },
  none: { zh: '没有写命令', en: 'no command' },
  unknown: { zh: '没有这个命令：', en: 'no such command: ' },
  global: {
    zh: `各命令都可用：
  --json            标准输出只有一份 JSON，金额以分计
  --as 账号          以哪个账号办理（默认本机操作员）
  --purpose 用途     查看个人资料的用途：counter-visit、open-matter、emergency、
                    check-contributions、check-benefits、check-controls、
                    own-matter、operation（本机操作员默认）
  --matter 编号      用途是 open-matter 或 emergency 时，是哪一件事
  --key 编号         同一编号只办一次
  --city 430400     哪个城市（只有一个时可不写）
  --at 时刻          拨快模拟城市的时间，如 2008-04-10T09:00
  --lang zh|en      语言
  --help            说明
  --version         版本
退出码：0 办成；1 被拒绝，可以改正；2 用法不对；3 系统的错。`,
    en: `For every command:
  --json            one JSON document on stdout, amounts in fen
  --as ACCOUNT      whose account acts (default: the local operator)
  --purpose CODE    why personal data are looked at: counter-visit, open-matter,
                    emergency, check-contributions, check-benefits,
                    check-controls, own-matter, operation (the local operator's)
  --matter ID       the matter of open-matter and emergency
  --key KEY         the same key acts once
  --city 430400     which city (not needed where there is one)
  --at MOMENT       moves a simulated city's clock forward, as 2008-04-10T09:00
  --lang zh|en      language
  --help            this text
  --version         version of the program
Exit status: 0 done; 1 refused, can be mended; 2 wrong usage; 3 a fault of ours.`,
  },
} as const;

/** Version of the program, of its package. */
export function programVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function helpOf(command: CliCommand, language: Language): string {
  return [
    command.summary[language],
    `${texts.usage[language]}: mindun ${command.name} ${command.usage}`.trimEnd(),
    `${texts.example[language]}: npx mindun ${command.example}`,
    texts.more[language],
  ].join('\n');
}

/** The command whose name the words begin with, the longest first. */
export function commandNamed(
  commands: readonly CliCommand[],
  words: readonly string[],
): CliCommand | undefined {
  return [2, 1]
    .map((n) => commands.find((c) => c.name === words.slice(0, n).join(' ')))
    .find((c) => c !== undefined);
}

/**
 * Help on what the words name: a command, a group of them (`explain`), or all where there are none.
 * @throws UsageError for what is no command
 */
export function helpFor(
  commands: readonly CliCommand[],
  words: readonly string[],
  language: Language,
): string {
  if (words.length === 0) return helpAll(commands, language);
  const command = commandNamed(commands, words);
  if (command !== undefined) return helpOf(command, language);
  const group = groupOf(commands, words[0]!);
  if (group.length === 0) throw notACommand(commands, words, language);
  return group.map((c) => helpOf(c, language)).join('\n\n');
}

/** What is wrong when no command bears the name; a group names its commands. */
export function notACommand(
  commands: readonly CliCommand[],
  words: readonly string[],
  language: Language,
): UsageError {
  const [first] = words;
  if (first === undefined)
    return new UsageError(`${texts.none[language]}\n${helpAll(commands, language)}`);
  const group = groupOf(commands, first).map((c) => c.name);
  return new UsageError(
    group.length > 0 ? group.join(' | ') : `${texts.unknown[language]}${words.join(' ')}`,
  );
}

function groupOf(commands: readonly CliCommand[], word: string): CliCommand[] {
  return commands.filter((c) => c.name.startsWith(`${word} `));
}

function helpAll(commands: readonly CliCommand[], language: Language): string {
  const rows = [
    ...commands.map((c) => [c.name, c.summary[language]] as const),
    ['help', texts.help[language]] as const,
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    'Mindun 民盾',
    `${texts.usage[language]}: npx mindun COMMAND …   npx mindun help COMMAND`,
    `${texts.commands[language]}:`,
    ...rows.map(([name, summary]) => `  ${name.padEnd(width)}  ${summary}`),
    texts.global[language],
    `${texts.example[language]}: npx mindun month 2008-03 --json`,
  ].join('\n');
}
