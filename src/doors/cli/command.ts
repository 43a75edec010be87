import type { parseArgs } from 'node:util';
import type { House, Language, Text } from '../../kernel/index.ts';
import type { Session } from './session.ts';

export type OptionsConfig = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

/** One command of the command line, as data: what --help prints and what main dispatches on. */
export interface CliCommand {
  /** `assess`, `employer register` */
  readonly name: string;
  /** `M` or `FILE --employer C --month M [--full]` */
  readonly usage: string;
  readonly summary: Text;
  readonly example: string;
  readonly options?: OptionsConfig;
  /** How many words stand after the name: least and most. */
  readonly words: readonly [number, number];
  /** It is of no city: there is no clock that --at could move. */
  readonly cityless?: true;
  run(call: CliCall): Promise<CliAnswer>;
}

export interface CliCall {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly session: Session;
  readonly language: Language;
  /** The city's house; opened once, closed at the end. */
  house(): Promise<House>;
  /** Runs a command as the account of --as, with --purpose and --key. */
  execute(name: string, input: unknown): Promise<unknown>;
  /** One of several commands under one --key: each has a key of its own, made of it. */
  executeStep(name: string, input: unknown): Promise<unknown>;
  ask(name: string, input: unknown): Promise<unknown>;
  /** Resolves when the process is asked to end (Ctrl-C, SIGTERM). */
  untilStopped(): Promise<void>;
  /** A line for the reader, on stderr: never part of the answer. */
  say(text: Text): void;
}

export interface CliAnswer {
  readonly json: unknown;
  /** Exit status, 0 unless told. */
  readonly exit?: number;
  /** How the answer looks in a terminal; without it a plain listing of `json`. */
  readonly text?: string;
}

/** Wrong usage: exit 2 with the command's help. */
export class UsageError extends Error {}

/** A required option's value. @throws UsageError */
export function required(call: CliCall, name: string): string {
  const value = call.values[name];
  if (typeof value !== 'string' || value === '')
    throw new UsageError({ zh: `缺 --${name}`, en: `--${name} is missing` }[call.language]);
  return value;
}
