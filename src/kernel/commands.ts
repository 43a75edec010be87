import type { z } from 'zod';
import type { ActorRole, Reach, Tx } from './database/index.ts';
import { defineErrors } from './errors.ts';
import type { Purpose } from './purposes.ts';
import type { Sealed } from './sealed/index.ts';
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
  'whole-city-only': {
    message: {
      zh: '{what}是全市一起办的，您的权限只到自己的辖区',
      en: '{what} is done for the whole city at once; your right reaches your own area only',
    },
    mend: {
      zh: '请市级经办人员办理。',
      en: 'Let somebody do it whose right reaches the whole city.',
    },
    status: 403,
  },
  'conflict-of-interest': {
    message: {
      zh: '这是您本人、您的亲属或您所在单位的事，您要回避',
      en: 'This concerns yourself, a relative or your own employer: you may not handle it',
    },
    mend: {
      zh: '请交给别的同事办。这次尝试已经记下。自己的事，请用自己的参保人账号办。',
      en: 'Hand it to a colleague. This try was recorded. Your own matters are done with your own account.',
    },
    status: 403,
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

/** A role that an account has in an area: what it may do there. */
export interface ActorGrant {
  readonly role: string;
  readonly permissions: ReadonlySet<string>;
  readonly reach: Reach;
}

/** Whom an account has nothing to do with: himself, relatives, his own employer. By internal and by public id. */
export interface Conflicts {
  readonly persons: ReadonlySet<number>;
  readonly employers: ReadonlySet<number>;
  readonly byPublicId: ReadonlyMap<
    string,
    { readonly personId?: number; readonly employerId?: number }
  >;
}

/** Who acts. Made by the access engine from a session, an API key or the local operator's account. */
export interface Actor {
  readonly accountId: number;
  readonly publicId: string;
  readonly kind: 'person' | 'employer' | 'staff' | 'auditor' | 'operator' | 'system';
  readonly name: string;
  readonly reach: Reach;
  readonly permissions: ReadonlySet<string>;
  /** Of staff, each grant by itself: a right reaches as far as the grant that gives it, not as far as another. */
  readonly grants?: readonly ActorGrant[];
  /** Public id of the person or employer that the account stands for. */
  readonly subject: string | null;
  readonly conflicts?: Conflicts;
  /** Public id of the session that the actor came by; accounts of the machine itself have none. */
  readonly session?: string;
  /** Of a session: whether its last proof of who sits there is fresh. */
  readonly steppedUp?: boolean;
  /** Came by an API key: nobody sits there who could prove that it is he. */
  readonly byKey?: boolean;
  /** The password was told by somebody else: a new one goes before everything. */
  readonly passwordTold?: boolean;
}

/** One call: who, why, in which language, and (for commands) once under which key. */
export interface Caller {
  readonly actor: Actor;
  /** Empty: none was stated. */
  readonly purpose: Purpose | '';
  /** Public id of the matter that the purpose belongs to. */
  readonly matter?: string;
  /** Public id of the person for whom somebody else acts. */
  readonly actsFor?: string;
  readonly language: Language;
  readonly key?: string;
  /** Where the public reaches the pages, as the door is configured: never what a request says of its host. */
  readonly address?: string;
  /** Business time as the door read it from the store for this very request: queries answer as of it. */
  readonly at?: Moment;
}

/** A caller who says why: what shows a person's fields wants one, at compile time and at run time. */
export type PurposedCaller = Caller & { readonly purpose: Purpose };

/** By what right somebody was let in, as the audit trail keeps it. */
export interface Standing {
  readonly role: string | null;
  readonly area: number | null;
  /** The matter of the purpose, and whom it concerns. */
  readonly matter: { readonly id: number; readonly persons: ReadonlySet<number> | null } | null;
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
  /** Seals and opens what the database keeps as ciphertext. */
  readonly sealed: Sealed;
  readonly tx: Tx;
  readonly caller: Caller;
  readonly at: Moment;
  readonly today: PlainDate;
  /** Runs `work` as the system role in the same transaction. Only after the actor's right to the subject was proved. */
  elevate<T>(work: () => Promise<T>): Promise<T>;
  /** A read-only look from a second connection, for streams: sees what is committed, with the system's eyes. */
  aside<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** What a command sees: its transaction, actor, business time and recorded order. */
export interface Context extends AnyContext {
  /** Asks a query inside this command. @throws MindunError purpose-missing when it shows a person and none was stated */
  ask<I, O>(query: QueryDefinition<I, O>, input: I): Promise<O>;
  /** Recorded order of this act: "known" ranges are made of it. */
  readonly act: number;
  /** Runs another command inside this one: same transaction, actor and time; its own act under this one. */
  run<I, O>(command: CommandDefinition<I, O>, input: I): Promise<O>;
  /**
   * Runs by name what somebody else put forward, with the actor's own right to it and as far as that reaches: same transaction, its own act
   * under this one. @throws MindunError what the gate and the command refuse
   */
  carryOut(name: string, input: unknown, proposedBy: number): Promise<unknown>;
  /** Names what is acted on, by public ids, for the audit trail. @throws MindunError conflict-of-interest */
  subject(ids: Readonly<Record<string, string | number>>): void;
  /**
   * Says which part of which matter of money this is. In a live city the parts of one matter are done by different people.
   * @throws MindunError second-person-needed
   */
  duty(part: Duty, matter: DutyMatter): Promise<void>;
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
  /** Asks another query inside this one; none that shows a person. */
  ask<I, O>(query: PlainQuery<I, O>, input: I): Promise<O>;
  /** Names the employer whose data the answer holds, or how many are listed; recorded before the answer leaves. */
  looked(look: { employerId?: number; listed?: number; personId?: never; persons?: never }): void;
}

/** What a query sees that shows persons' fields. */
export interface PersonalContext extends AnyContext {
  readonly caller: PurposedCaller;
  ask<I, O>(query: QueryDefinition<I, O>, input: I): Promise<O>;
  /**
   * Names whose data the answer holds; recorded before the answer leaves. A list is recorded as a list, with those it shows.
   * @throws MindunError conflict-of-interest, matter-of-others
   */
  looked(look: {
    personId?: number;
    persons?: readonly number[];
    employerId?: number;
    listed?: number;
  }): void;
}

/** Who enters, who reviews, who pays. */
export type Duty = 'enter' | 'review' | 'pay';

/** A matter of money: its key, and what it is called to people. */
export interface DutyMatter {
  readonly key: string;
  readonly name: string;
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
  /** Done for all counties at once: needs a right that reaches over the whole city. */
  readonly wholeCity?: boolean;
  /**
   * How many people it takes in a live city: 2: one proposes, another decides; 3: one enters, one reviews, one pays. The kernel keeps the
   * proposal; `run` knows nothing of it. 1: this input needs nobody else.
   */
  hands?(input: I, actor: Actor): 1 | 2 | 3;
  /** Signs or pays: who came by a session proves anew that it is he, when his last proof is not fresh. */
  readonly stepUp?: boolean;
  run(context: Context, input: I): Promise<O>;
}

interface AnyQuery<I> {
  readonly kind: 'query';
  readonly name: string;
  readonly title: Text;
  readonly input: z.ZodType<I>;
  readonly permission: string;
  /** No log-in needed. */
  readonly open?: boolean;
  /** Of all counties at once: needs a right that reaches over the whole city. */
  readonly wholeCity?: boolean;
}

/** A read that shows no person's fields. */
export interface PlainQuery<I, O> extends AnyQuery<I> {
  readonly personal?: false;
  run(context: QueryContext, input: I): Promise<O>;
}

/** A read whose answer holds a person's fields: needs a purpose. */
export interface PersonalQuery<I, O> extends AnyQuery<I> {
  readonly personal: true;
  run(context: PersonalContext, input: I): Promise<O>;
}

/** A read: the only way to see. */
export type QueryDefinition<I, O> = PlainQuery<I, O> | PersonalQuery<I, O>;

type Asked<Q> = Omit<Q, 'kind' | 'permission'> & { permission?: string };

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
export function defineQuery<I, O>(definition: Asked<PersonalQuery<I, O>>): PersonalQuery<I, O>;
export function defineQuery<I, O>(definition: Asked<PlainQuery<I, O>>): PlainQuery<I, O>;
export function defineQuery<I, O>(definition: Asked<QueryDefinition<I, O>>): QueryDefinition<I, O> {
  const query = { permission: definition.name, ...definition, kind: 'query' as const };
  register(query as unknown as Registered);
  return query as QueryDefinition<I, O>;
}

function register(definition: Registered): void {
  if (registry.has(definition.name)) throw new Error(`registered twice: ${definition.name}`);
  registry.set(definition.name, definition);
}

/** Every command and query of the house by name: what doors offer, docs list and tests walk over. */
export function registered(): ReadonlyMap<string, Registered> {
  return registry;
}

/** What is asked of the gate: any command or query. */
export type Gated = Pick<
  CommandDefinition<never, unknown>,
  'title' | 'permission' | 'open' | 'wholeCity' | 'stepUp'
> & { readonly personal?: boolean };

/** What the kernel needs of `access`; the doors wire it. */
export interface Gate {
  /**
   * Whether the actor may, how far this right reaches, and by what it is given.
   * @throws MindunError not-permitted, sign-in-needed, step-up-needed, whole-city-only, purpose-missing, purpose-unknown, purpose-of-others, matter-missing, unknown-matter
   */
  permit(caller: Caller, definition: Gated): Promise<{ reach: Reach; standing: Standing }>;
  /** Records looks durably; resolves when they are committed. */
  record(looks: readonly LookRow[]): Promise<void>;
  /** Records the looks of a command in its own transaction. */
  recordIn(tx: Tx, looks: readonly LookRow[]): Promise<void>;
}

export interface LookRow {
  readonly at: Moment;
  readonly accountId: number;
  readonly role: string | null;
  readonly area: number | null;
  readonly query: string;
  readonly purpose: string;
  readonly matter: number | null;
  readonly personId?: number;
  readonly employerId?: number;
  readonly persons?: readonly number[];
  readonly listed?: number;
  /** The code under which it was refused. */
  readonly refused?: string;
}

export type { ActorRole };
