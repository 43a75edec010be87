import { readFileSync } from 'node:fs';
import type { Language } from '../../kernel/index.ts';
import type { CliCommand } from './command.ts';

const texts = {
  usage: { zh: '用法', en: 'Usage' },
  example: { zh: '例', en: 'Example' },
  commands: { zh: '命令', en: 'Commands' },
  global: {
    zh: `各命令都可用：
  --json            标准输出只有一份 JSON，金额以分计
  --as 账号          以哪个账号办理（默认本机操作员）
  --purpose 用途     查看个人资料的用途
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
  --purpose CODE    why personal data are looked at
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
  ].join('\n');
}

export function helpAll(commands: readonly CliCommand[], language: Language): string {
  const width = Math.max(...commands.map((c) => c.name.length));
  const lines = commands.map((c) => `  ${c.name.padEnd(width)}  ${c.summary[language]}`);
  return [
    'Mindun 民盾',
    `${texts.usage[language]}: npx mindun COMMAND …   npx mindun COMMAND --help`,
    `${texts.commands[language]}:`,
    ...lines,
    texts.global[language],
    `${texts.example[language]}: npx mindun month 2008-03 --json`,
  ].join('\n');
}
