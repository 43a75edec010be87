import type { z } from 'zod';
import type { ActorRole, Reach, Tx } from './database/index.ts';
import { defineErrors } from './errors.ts';
import type { Language, Text } from './text.ts';
import type { Moment, PlainDate } from './time.ts';

defineErrors({
  'not-permitted': {
    message: { zh: '您没有这项权限：{what}', en: 'You are not permitted to do this: {what}' },
    mend: {
      zh: '工作人员需要的话，请管理员授权；单位和个人请换有这项权限的账号登录，或者到社保经办窗口办。',
      en: 'Staff ask their administrator for the right; employers and persons sign in with an account that has it, or go to an insurance window.',
    },
    status: 403,
  },
  'sign-in-needed': {
    message: { zh: '请先登录', en: 'Sign in first' },
    mend: { zh: '登录后再试。', en: 'Sign in and try again.' },
    status: 401,
  },
  'key-reused': {
    message: {
      zh: '同一个编号已经用在另一件事上：{key}',
      en: 'The key was used before for something else: {key}',
    },
    mend: { zh: '请换一个新的编号。', en: 'Use a new key.' },
    status: 409,
  },
  'clock-backwards': {
    message: {
      zh: '业务时间只能向前：现在是 {now}',
      en: 'Business time only moves forward: it is {now}',
    },
    mend: { zh: '请给一个更晚的时间。', en: 'Give a later time.' },
    status: 400,
  },
  'city-live': {
    message: { zh: '正式运行的城市不能拨动时间', en: 'The clock of a live city cannot be moved' },
    mend: { zh: '去掉 --at 再试。', en: 'Leave out --at.' },
    status: 400,
  },
});

/** Who acts. Made by the access engine from a session, an API key or the local operator's account. */
export interface Actor {
  readonly accountId: number;
  readonly publicId: string;
  readonly kind: 'person' | 'employer' | 'staff' | 'auditor' | 'operator' | 'system';
  readonly name: string;
  readonly reach: Reach;
  readonly permissions: ReadonlySet<string>;
  /** Of staff, each grant by itself: a right reaches as far as the grant that gives it, not as far as another. */
  readonly grants?: readonly { readonly permissions: ReadonlySet<string>; readonly reach: Reach }[];
  /** Public id of the person or employer that the account stands for. */
  readonly subject: string | null;
  /** Public id of the session that the actor came by; accounts of the machine itself have none. */
  readonly session?: string;
  /** Of a session: whether its last proof of who sits there is fresh. */
  readonly steppedUp?: boolean;
  /** The password was told by somebody else: a new one goes before everything. */
  readonly passwordTold?: boolean;
}

/** One call: who, why, in which language, and (for commands) once under which key. */
export interface Caller {
  readonly actor: Actor;
  /** A code of `purposes`; empty: none was stated. */
  readonly purpose: string;
  readonly language: Language;
  readonly key?: string;
  /** Where the public reaches the pages, as the door is configured: never what a request says of its host. */
  readonly address?: string;
  /** Business time as the door read it from the store for this very request: queries answer as of it. */
  readonly at?: Moment;
}

export interface CityInfo {
  readonly code: string;
  readonly name: Text;
  readonly kind: 'live' | 'simulated';
  /** First month that the city runs here, as 200803. */
  readonly firstPeriod: number;
  /** Whether the pack of assumed sample values is loaded beside the law. */
  readonly sampleLaw: boolean;
}

interface AnyContext {
  readonly city: CityInfo;
  readonly tx: Tx;
  readonly caller: Caller;
  readonly at: Moment;
  readonly today: PlainDate;
  /** Runs `work` as the system role in the same transaction. Only after the actor's right to the subject was proved. */
  elevate<T>(work: () => Promise<T>): Promise<T>;
  /** A read-only look from a second connection, for streams: sees what is committed, with the system's eyes. */
  aside<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Asks another query inside this call. */
  ask<I, O>(query: QueryDefinition<I, O>, input: I): Promise<O>;
}

/** What a command sees: its transaction, actor, business time and recorded order. */
export interface Context extends AnyContext {
  /** Recorded order of this act: "known" ranges are made of it. */
  readonly act: number;
  /** Runs another command inside this one: same transaction, actor and time; its own act under this one. */
  run<I, O>(command: CommandDefinition<I, O>, input: I): Promise<O>;
  /** Names what is acted on, by public ids, for the audit trail. */
  subject(ids: Readonly<Record<string, string | number>>): void;
  /**
   * Tells others how far a long step is, while it runs. @param month as 200803
   * @returns a function that takes how much is done
   */
  progress(step: string, month: number, total: number): Promise<(done: number) => void>;
  /** Writes with the system's eyes in a transaction of its own, which stays when this command is refused: counted tries. */
  apart<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** An effect outside the database, sent after the commit. */
  emit(kind: string, body: object): Promise<void>;
}

/** What a query sees. */
export interface QueryContext extends AnyContext {
  /** Names whose data the answer holds; recorded before the answer leaves. */
  looked(look: { personId?: number; employerId?: number; listed?: number }): void;
}

/** A change of state: the only way to write. */
export interface CommandDefinition<I, O> {
  readonly kind: 'command';
  readonly name: string;
  readonly title: Text;
  readonly input: z.ZodType<I>;
  /** Kinds of account that may be given this right at all, and to whom it belongs without a grant. */
  readonly permission: string;
  readonly open?: boolean;
  /** Input or answer holds a password: neither is kept, and so a key makes no repeat answer as before. */
  readonly secret?: boolean;
  /** Signs or pays: who came by a session proves anew that it is he, when his last proof is not fresh. */
  readonly stepUp?: boolean;
  run(context: Context, input: I): Promise<O>;
}

/** A read: the only way to see. `personal` answers need a purpose. */
export interface QueryDefinition<I, O> {
  readonly kind: 'query';
  readonly name: string;
  readonly title: Text;
  readonly input: z.ZodType<I>;
  readonly permission: string;
  /** No log-in needed. */
  readonly open?: boolean;
  /** The answer holds a person's fields. */
  readonly personal?: boolean;
  run(context: QueryContext, input: I): Promise<O>;
}

// The registry is heterogeneous: each entry checks its own input with its own schema.
type Registered = CommandDefinition<unknown, unknown> | QueryDefinition<unknown, unknown>;
const registry = new Map<string, Registered>();

/** Registers a command under its name. @throws Error when the name is taken: a fault of the program */
export function defineCommand<I, O>(
  definition: Omit<CommandDefinition<I, O>, 'kind' | 'permission'> & { permission?: string },
): CommandDefinition<I, O> {
  const command = { permission: definition.name, ...definition, kind: 'command' as const };
  register(command as unknown as Registered);
  return command;
}

/** Registers a query under its name. @throws Error when the name is taken: a fault of the program */
export function defineQuery<I, O>(
  definition: Omit<QueryDefinition<I, O>, 'kind' | 'permission'> & { permission?: string },
): QueryDefinition<I, O> {
  const query = { permission: definition.name, ...definition, kind: 'query' as const };
  register(query as unknown as Registered);
  return query;
}

function register(definition: Registered): void {
  if (registry.has(definition.name)) throw new Error(`registered twice: ${definition.name}`);
  registry.set(definition.name, definition);
}

/** Every command and query of the house by name: what doors offer, docs list and tests walk over. */
export function registered(): ReadonlyMap<string, Registered> {
  return registry;
}

/** What the kernel needs of `access`; the doors wire it. */
export interface Gate {
  /** Whether the actor may, and how far this right reaches. @throws MindunError not-permitted, sign-in-needed, step-up-needed */
  permit(
    actor: Actor,
    definition: { title: Text; permission: string; open?: boolean; stepUp?: boolean },
  ): Reach;
  /** Records looks durably; resolves when they are committed. */
  record(looks: readonly LookRow[]): Promise<void>;
  /** Records the looks of a command in its own transaction. */
  recordIn(tx: Tx, looks: readonly LookRow[]): Promise<void>;
}

export interface LookRow {
  readonly at: Moment;
  readonly accountId: number;
  readonly query: string;
  readonly purpose: string;
  readonly personId?: number;
  readonly employerId?: number;
  readonly listed?: number;
}

export type { ActorRole };
