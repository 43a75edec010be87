import { parseArgs } from 'node:util';
import {
  faultPlace,
  keepHeapSmall,
  type Language,
  MindunError,
  randomText,
  type Text,
} from '../../kernel/index.ts';
import { type CliCall, type CliCommand, UsageError } from './command.ts';
import { commands } from './commands/index.ts';
import { Ending } from './ending.ts';
import { commandNamed, helpFor, helpOf, notACommand, programVersion } from './help.ts';
import { type OptionsRead, readOptions } from './options.ts';
import { listing, placeOf } from './print.ts';
import { Session } from './session.ts';

const global = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  lang: { type: 'string' },
  as: { type: 'string' },
  purpose: { type: 'string' },
  matter: { type: 'string' },
  key: { type: 'string' },
  city: { type: 'string' },
  at: { type: 'string' },
} as const;

interface Parsed extends OptionsRead {
  readonly command: CliCommand;
}

/** Runs one command line; the exit status: 0 done, 1 refused, 2 wrong usage, 3 a fault of ours. */
export async function main(args: readonly string[]): Promise<number> {
  keepHeapSmall();
  const language = languageOf(args);
  // Who reads our output may close it early; what was asked is still done.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosed);
  let parsed: Parsed | undefined;
  try {
    parsed = parse(args, language);
  } catch (error) {
    return usage(error, undefined, language);
  }
  if (parsed === undefined) return 0;
  const json = parsed.values['json'] === true;
  const session = new Session(sessionOptions(parsed.values, language));
  const say = (text: Text): void => void process.stderr.write(`${text[language]}\n`);
  const ending = new Ending(() => session.leave(), say);
  process.once('uncaughtException', (error) => {
    const status = refused(error, session, json, language);
    void session.leave().finally(() => process.exit(status));
  });
  try {
    const answer = await parsed.command.run(callOf(parsed, session, language, ending, say));
    process.stdout.write(
      json
        ? `${JSON.stringify(answer.json)}\n`
        : `${answer.text ?? listing(answer.json, language)}\n`,
    );
    return answer.exit ?? 0;
  } catch (error) {
    if (error instanceof UsageError) return usage(error, parsed.command, language);
    return refused(error, session, json, language);
  } finally {
    await session.close();
  }
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ENOSPC') throw error;
}

function languageOf(args: readonly string[]): Language {
  const at = args.indexOf('--lang');
  const asked = at >= 0 ? args[at + 1] : args.find((a) => a.startsWith('--lang='))?.slice(7);
  const word = asked ?? (process.env['LC_ALL'] || process.env['LANG'] || '');
  return word.startsWith('zh') ? 'zh' : 'en';
}

/** Finds the command by its longest name; undefined when help or the version was asked for, which is printed. */
function parse(args: readonly string[], language: Language): Parsed | undefined {
  const loose = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: global,
    strict: false,
  });
  if (loose.values['version'] === true) return said(programVersion());
  const asked = loose.positionals[0] === 'help';
  const named = asked ? loose.positionals.slice(1) : loose.positionals;
  if (asked || loose.values['help'] === true) return said(helpFor(commands, named, language));
  const command = commandNamed(commands, named);
  if (command === undefined) throw notACommand(commands, named, language);
  const read = readOptions(args, { ...command.options, ...global }, language);
  const words = read.words.slice(command.name.split(' ').length);
  if (words.length < command.words[0] || words.length > command.words[1])
    throw new UsageError(helpOf(command, language));
  if (command.cityless === true && read.values['at'] !== undefined)
    throw new UsageError(
      {
        zh: `${command.name} 不办哪个城市的事，没有时间可拨：请去掉 --at`,
        en: `${command.name} is of no city and has no clock to move: leave --at out`,
      }[language],
    );
  return { command, words, values: read.values };
}

function said(text: string): undefined {
  process.stdout.write(`${text}\n`);
  return undefined;
}

function sessionOptions(values: Parsed['values'], language: Language) {
  const text = (name: string): Record<string, string> => {
    const value = values[name];
    return typeof value === 'string' ? { [name]: value } : {};
  };
  return {
    language,
    ...text('as'),
    ...text('purpose'),
    ...text('matter'),
    ...text('key'),
    ...text('city'),
    ...text('at'),
  };
}

function callOf(
  parsed: Parsed,
  session: Session,
  language: Language,
  ending: Ending,
  say: (text: Text) => void,
): CliCall {
  const call = async (name: string, input: unknown): Promise<unknown> =>
    (await session.house()).call(name, input, await session.caller());
  return {
    words: parsed.words,
    values: parsed.values,
    session,
    language,
    house: () => session.house(),
    execute: call,
    ask: call,
    executeStep: async (name, input) => {
      const { key, ...caller } = await session.caller();
      return (await session.house()).call(
        name,
        input,
        key === undefined ? caller : { ...caller, key: `${key} ${name}` },
      );
    },
    untilStopped: () => ending.wait(),
    say,
  };
}

function usage(error: unknown, command: CliCommand | undefined, language: Language): number {
  if (!(error instanceof UsageError)) throw error;
  const lead = { zh: '用法不对：', en: 'Wrong usage: ' }[language];
  process.stderr.write(`${lead}${error.message}\n`);
  if (command !== undefined) process.stderr.write(`${helpOf(command, language)}\n`);
  return 2;
}

const faultsShown = 50;

function refused(thrown: unknown, session: Session, json: boolean, language: Language): number {
  const error = session.cause(thrown);
  if (error instanceof MindunError) {
    const faults = error.faults(language);
    if (json) process.stdout.write(`${JSON.stringify({ errors: faults })}\n`);
    for (const f of faults.slice(0, faultsShown)) {
      const place = placeOf(f);
      process.stderr.write(`${place === '' ? '' : `${place}: `}${f.message} (${f.code})\n`);
    }
    const more = faults.length - faultsShown;
    if (more > 0) {
      const said = {
        zh: `还有 ${more} 处，加 --json 全部列出`,
        en: `${more} more: --json lists all`,
      };
      process.stderr.write(`${said[language]}\n`);
    }
    process.stderr.write(`${error.mend(language)}\n`);
    return 1;
  }
  const reference = randomText(8);
  session.log.error('fault', { reference, error: faultPlace(error) });
  const fault = new MindunError('internal-fault', { reference });
  if (json) process.stdout.write(`${JSON.stringify({ errors: fault.faults(language) })}\n`);
  process.stderr.write(`${fault.text(language)}\n${fault.mend(language)}\n`);
  return 3;
}
