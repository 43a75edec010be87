import { z } from 'zod';
import {
  type AccountFacts,
  accountBy,
  dropPasskeys,
  dropTotp,
  endAccount,
  endSessions,
  type NewAccount,
  openAccount,
  resetTo,
  unlock,
} from '../../engines/access/index.ts';
import { employerBy, employersByIds } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  MindunError,
  randomText,
} from '../../kernel/index.ts';

defineErrors({
  'activation-instead': {
    message: {
      zh: '个人的密码不由别人设',
      en: 'A person’s password is set by nobody else',
    },
    mend: {
      zh: '核验证件后打印激活码，请他自己设新密码。',
      en: 'See the papers and print an activation code: the person sets a new password.',
    },
    status: 400,
  },
  'auditor-sees-all': {
    message: {
      zh: '审计看全市，不能只给一个辖区',
      en: 'An auditor sees the whole city, not one area',
    },
    mend: { zh: '请去掉辖区。', en: 'Leave the area out.' },
    status: 400,
  },
});

export { type ActivationSlip, issueActivationSlip } from './activation.ts';

import type { NewLogin } from './new-login.ts';
import {
  assertMayGrant,
  assertOpensWith,
  leaveCommand,
  managesStaff,
  placeOf,
  staffRoles,
} from './staff.ts';

export {
  beginOwnPasskey,
  beginOwnTotp,
  confirmOwnTotp,
  endOwnTotp,
  type FactorsView,
  ownFactors,
  pendingOwnTotp,
  registerOwnPasskey,
  removeOwnPasskey,
  renewOwnCodes,
} from './factors.ts';
export {
  authoriseHandler,
  changeHandler,
  type DeedRow,
  endHandler,
  type HandlerDeeds,
  type HandlerRow,
  handlerDeeds,
  handlers,
} from './handlers.ts';
export {
  createKey,
  endKeyCommand,
  type KeyRow,
  keys,
  rotateKeyCommand,
  type ToldKey,
} from './keys.ts';
export type { NewLogin } from './new-login.ts';
export {
  changeOwnPassword,
  endOwnSession,
  type MessagesView,
  ownMessages,
  ownSessions,
  setOwnEmail,
} from './own.ts';

const login = z.string().trim().min(2).max(60);
const reason = z.string().trim().min(1).max(200);
const passwordLength = 12;

/**
 * Opens an account: an employer's handler for all parts (its log-in is the employer's code unless told), or its principal, who authorises
 * handlers himself; a member of staff with a role in an area; an auditor. Clerks open those of employers of their own area, the operator all; persons open their own by an activation code.
 * @throws MindunError account-exists, not-permitted, unknown-employer, unknown-area, input-invalid
 */
export const openAccountCommand = defineCommand({
  name: 'access.account.open',
  stepUp: true,
  title: { zh: '开账号', en: 'Open an account' },
  secret: true,
  input: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('employer'),
      employer: z.string().min(1),
      login: login.optional(),
      name: z.string().trim().min(1).max(60).optional(),
      principal: z.boolean().optional(),
      reason,
    }),
    z.object({
      kind: z.literal('staff'),
      login,
      name: z.string().trim().min(1).max(60),
      role: z.enum(staffRoles),
      area: z.string().optional(),
      reason,
    }),
    z.object({
      kind: z.literal('auditor'),
      login,
      name: z.string().trim().min(1).max(60),
      area: z.string().optional(),
      reason,
    }),
  ]),
  async run(context, input): Promise<NewLogin> {
    const account = await accountFor(context, input);
    const password = randomText(passwordLength);
    const opened = await context.elevate(() =>
      openAccount(context.tx, { ...account, password, told: true }, context.act, context.today),
    );
    context.subject({ account: opened.publicId });
    return { account: opened.publicId, login: account.login, name: account.name, password };
  },
});

type Wanted = z.output<typeof openAccountCommand.input>;

/** With the actor's own eyes: who may not see the employer or the person opens no account of theirs. */
async function accountFor(
  context: Context,
  input: Wanted,
): Promise<Omit<NewAccount, 'password' | 'demo'>> {
  const { kind, reason } = input;
  if (kind === 'employer') {
    const employer = await employerBy(context.tx, input.employer);
    context.subject({ employer: employer.publicId });
    return {
      kind,
      login: (input.login ?? employer.code).toLowerCase(),
      name: input.name ?? `${employer.name} ${input.principal === true ? '负责人' : '经办'}`,
      employerId: employer.id,
      role: input.principal === true ? 'employer-principal' : 'handler',
      areaLo: employer.area,
      areaHi: employer.area,
      reason:
        input.principal === true ? await principalReason(context, employer.id, reason) : reason,
    };
  }
  const role = kind === 'staff' ? input.role : 'auditor';
  const place = await placeOf(context, role, input.area);
  assertMayGrant(context, place);
  assertOpensWith(context, role);
  return { kind, login: input.login.toLowerCase(), name: input.name, ...place, reason };
}

/** With the representative of the business licence, as far as he is linked: by his file's public id, as reasons hold nobody's data. */
async function principalReason(
  context: Context,
  employer: number,
  reason: string,
): Promise<string> {
  const { tx, today } = context;
  const representative = await context.elevate(() =>
    tx.maybe<{ person: string }>(
      `select p.public_id as person from link l join person p on p.id = person_kept(l.person_id)
       where l.employer_id = $1 and l.kind = 'represented-by' and upper_inf(l.known) and l.valid @> $2::date`,
      [employer, today],
    ),
  );
  return representative === undefined
    ? reason
    : `${reason}（登记的法定代表人：${representative.person}）`;
}

/** The account, when the actor may look after it. @throws MindunError unknown-account, not-permitted, conflict-of-interest */
async function lookedAfter(context: Context, name: string): Promise<AccountFacts> {
  const account = await context.elevate(() => accountBy(context.tx, name));
  // A key has an account for the trail, and no way in but the key.
  if (account.login.startsWith('key:')) throw new MindunError('unknown-account', { login: name });
  context.subject({ account: account.publicId });
  if (context.caller.actor.kind === 'operator') return account;
  const whose = await whoseOf(context, account);
  if (whose === undefined) throw new MindunError('unknown-account', { login: name });
  context.subject(whose);
  return account;
}

/** The one that the account stands for, when that lies within the actor's reach; of staff, whether all that they may do there does. */
async function whoseOf(
  context: Context,
  account: AccountFacts,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { kind, employerId, personId } = account;
  if (kind === 'staff') return (await managesStaff(context, account)) ? {} : undefined;
  if (employerId !== null) {
    const employer = (await employersByIds(context.tx, [employerId])).get(employerId);
    return employer === undefined ? undefined : { employer: employer.publicId };
  }
  if (kind !== 'person' || personId === null) return undefined;
  const file = await context.tx.maybe<{ person: string }>(
    'select public_id as person from person where id = $1',
    [personId],
  );
  return file && { person: file.person };
}

const ofAccount = z.object({ login, reason });

/** A new password for who forgot theirs: told once, all sessions end, a lock is lifted; a second factor stays. @throws MindunError unknown-account, activation-instead */
export const resetPassword = defineCommand({
  name: 'access.account.reset',
  stepUp: true,
  title: { zh: '重置密码', en: 'Reset a password' },
  secret: true,
  input: ofAccount,
  async run(context, input): Promise<NewLogin> {
    const account = await lookedAfter(context, input.login);
    // Nobody but the person knows his password.
    if (account.kind === 'person') throw new MindunError('activation-instead');
    const password = randomText(passwordLength);
    await context.elevate(() => resetTo(context.tx, account, password));
    return { account: account.publicId, login: account.login, name: account.name, password };
  },
});

/**
 * Takes one-time codes and passkeys from who lost what they are made with, after his papers were seen: he signs in by his password alone and
 * sets up new ones. @throws MindunError unknown-account
 */
export const dropFactors = defineCommand({
  name: 'access.account.drop-factors',
  stepUp: true,
  title: { zh: '清除第二道登录', en: 'Take second factors away' },
  input: ofAccount,
  async run(context, input): Promise<{ account: string }> {
    const account = await lookedAfter(context, input.login);
    await context.elevate(async () => {
      await dropTotp(context.tx, account.id);
      await dropPasskeys(context.tx, account.id);
      await endSessions(context.tx, account.id);
    });
    return { account: account.publicId };
  },
});

/** Lets an account that is locked after wrong passwords try again. @throws MindunError unknown-account */
export const unlockAccount = defineCommand({
  name: 'access.account.unlock',
  title: { zh: '解锁账号', en: 'Unlock an account' },
  input: ofAccount,
  async run(context, input): Promise<{ account: string }> {
    const account = await lookedAfter(context, input.login);
    await context.elevate(() => unlock(context.tx, account));
    return { account: account.publicId };
  },
});

/** Ends an account with its sessions; the log-in is free again. Staff leave by a command of their own. @throws MindunError unknown-account, staff-leave */
export const endAccountCommand = defineCommand({
  name: 'access.account.end',
  stepUp: true,
  title: { zh: '停用账号', en: 'End an account' },
  input: ofAccount,
  async run(context, input): Promise<{ account: string }> {
    const account = await lookedAfter(context, input.login);
    // Of staff everything ends at once, and with a record.
    if (account.kind === 'staff') await context.run(leaveCommand, input);
    else await context.elevate(() => endAccount(context.tx, account.id));
    return { account: account.publicId };
  },
});

export { endProxy, giveProxyCommand, type ProxyView, proxies } from './proxies.ts';
export {
  type AccountRow,
  accounts,
  addGrantCommand,
  createPost,
  endGrantCommand,
  endPost,
  givePost,
  leaveCommand,
  managesStaff,
  type PostRow,
  posts,
} from './staff.ts';
