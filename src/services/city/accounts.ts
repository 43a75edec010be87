import { z } from 'zod';
import {
  type AccountFacts,
  accountBy,
  addGrant,
  changePassword,
  endAccount,
  endGrant,
  type GrantPlace,
  type NewAccount,
  openAccount,
  roles,
  setPassword,
  unlock,
} from '../../engines/access/index.ts';
import { areaByCode } from '../../engines/jurisdiction/index.ts';
import { employerBy, employersByIds, personBy } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineQuery,
  MindunError,
  randomText,
} from '../../kernel/index.ts';

const staffRoles = [
  'collection-clerk',
  'fund-accountant',
  'cashier',
  'contribution-checker',
] as const;
const grantable = [...staffRoles, 'auditor'] as const;
const login = z.string().trim().min(2).max(60);
const reason = z.string().trim().min(1).max(200);
const passwordLength = 12;

/** A log-in as it is handed over: the password is told once, the store keeps its hash. */
export interface NewLogin {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  readonly password: string;
}

/**
 * Opens an account: an employer's handler (its log-in is the employer's code unless told), an insured person (the citizen number), a member
 * of staff with a role in an area, an auditor. Clerks open those of employers and persons of their own area, the operator all.
 * @throws MindunError account-exists, not-permitted, unknown-employer, unknown-person, unknown-area, input-invalid
 */
export const openAccountCommand = defineCommand({
  name: 'access.account.open',
  title: { zh: '开账号', en: 'Open an account' },
  secret: true,
  input: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('employer'),
      employer: z.string().min(1),
      login: login.optional(),
      name: z.string().trim().min(1).max(60).optional(),
      reason,
    }),
    z.object({ kind: z.literal('person'), person: z.string().min(1), reason }),
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
      openAccount(context.tx, { ...account, password }, context.act, context.today),
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
      name: input.name ?? `${employer.name} 经办`,
      employerId: employer.id,
      role: 'handler',
      areaLo: employer.area,
      areaHi: employer.area,
      reason,
    };
  }
  if (kind === 'person') {
    const person = await personBy(context.tx, input.person);
    context.subject({ person: person.publicId });
    return {
      kind,
      login: person.number.toLowerCase(),
      name: person.name,
      personId: person.id,
      role: 'insured-person',
      areaLo: person.area,
      areaHi: person.area,
      reason,
    };
  }
  needOperator(context);
  const role = kind === 'staff' ? input.role : 'auditor';
  const place = await placeOf(context, role, input.area);
  return { kind, login: input.login.toLowerCase(), name: input.name, ...place, reason };
}

/** @throws MindunError not-permitted */
function needOperator(context: Context): void {
  if (context.caller.actor.kind !== 'operator')
    throw new MindunError('not-permitted', { what: roles['operator']!.title });
}

async function placeOf(
  context: Context,
  role: string,
  area: string | undefined,
): Promise<GrantPlace> {
  const { key, last } = await areaByCode(context.tx, area ?? context.city.code, context.today);
  const city = area === undefined || area === context.city.code;
  if (role === 'auditor' && !city) throw new MindunError('auditor-sees-all');
  return { role, areaLo: key, areaHi: last };
}

/** The account, when the actor may look after it. @throws MindunError unknown-account, not-permitted, conflict-of-interest */
async function lookedAfter(context: Context, name: string): Promise<AccountFacts> {
  const account = await context.elevate(() => accountBy(context.tx, name));
  context.subject({ account: account.publicId });
  if (context.caller.actor.kind === 'operator') return account;
  const whose = await whoseOf(context, account);
  if (whose === undefined) throw new MindunError('unknown-account', { login: name });
  context.subject(whose);
  return account;
}

/** The one that the account stands for, when that lies within the actor's reach; staff do not look after staff. */
async function whoseOf(
  { tx }: Context,
  { kind, employerId, personId }: AccountFacts,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (employerId !== null) {
    const employer = (await employersByIds(tx, [employerId])).get(employerId);
    return employer === undefined ? undefined : { employer: employer.publicId };
  }
  // A member of staff's own file makes the account nobody's to look after.
  if (kind !== 'person' || personId === null) return undefined;
  const file = await tx.maybe<{ person: string }>(
    'select public_id as person from person where id = $1',
    [personId],
  );
  return file && { person: file.person };
}

const ofAccount = z.object({ login, reason });

/** A new password for who forgot theirs: told once, all sessions end, a lock is lifted. @throws MindunError unknown-account */
export const resetPassword = defineCommand({
  name: 'access.account.reset',
  title: { zh: '重置密码', en: 'Reset a password' },
  secret: true,
  input: ofAccount,
  async run(context, input): Promise<NewLogin> {
    const account = await lookedAfter(context, input.login);
    const password = randomText(passwordLength);
    await context.elevate(() => setPassword(context.tx, account.id, password));
    return { account: account.publicId, login: account.login, name: account.name, password };
  },
});

/** Lets an account that is locked after wrong passwords try again. @throws MindunError unknown-account */
export const unlockAccount = defineCommand({
  name: 'access.account.unlock',
  title: { zh: '解锁账号', en: 'Unlock an account' },
  input: ofAccount,
  async run(context, input): Promise<{ account: string }> {
    const account = await lookedAfter(context, input.login);
    await context.elevate(() => unlock(context.tx, account.id));
    return { account: account.publicId };
  },
});

/** Ends an account with its sessions; the log-in is free again. @throws MindunError unknown-account */
export const endAccountCommand = defineCommand({
  name: 'access.account.end',
  title: { zh: '停用账号', en: 'End an account' },
  input: ofAccount,
  async run(context, input): Promise<{ account: string }> {
    const account = await lookedAfter(context, input.login);
    await context.elevate(() => endAccount(context.tx, account.id));
    return { account: account.publicId };
  },
});

/** One's own password; every session ends. @throws MindunError password-wrong, password-short, sign-in-needed */
export const changeOwnPassword = defineCommand({
  name: 'access.account.change-password',
  title: { zh: '修改密码', en: 'Change one’s password' },
  secret: true,
  input: z.object({ present: z.string().max(200), next: z.string().max(200) }),
  async run(context, input): Promise<{ account: string }> {
    const { actor } = context.caller;
    await context.elevate(() =>
      changePassword(context.tx, actor.accountId, input.present, input.next),
    );
    context.subject({ account: actor.publicId });
    return { account: actor.publicId };
  },
});

const ofGrant = z.object({ login, role: z.enum(grantable), area: z.string().optional(), reason });

/** A further role of a member of staff or an auditor, from today on. @throws MindunError unknown-account, grant-exists, not-permitted */
export const addGrantCommand = defineCommand({
  name: 'access.grant.add',
  title: { zh: '授权', en: 'Grant a role' },
  input: ofGrant,
  async run(context, input): Promise<{ account: string }> {
    const { account, place } = await granted(context, input);
    await context.elevate(() =>
      addGrant(
        context.tx,
        account.id,
        { ...place, reason: input.reason },
        context.today,
        context.act,
      ),
    );
    return { account: account.publicId };
  },
});

/** Ends a role: yesterday was its last day. @throws MindunError unknown-account, grant-missing, not-permitted */
export const endGrantCommand = defineCommand({
  name: 'access.grant.end',
  title: { zh: '收回授权', en: 'End a role' },
  input: ofGrant,
  async run(context, input): Promise<{ account: string }> {
    const { account, place } = await granted(context, input);
    await context.elevate(() => endGrant(context.tx, account.id, place, context.today));
    return { account: account.publicId };
  },
});

async function granted(
  context: Context,
  input: z.output<typeof ofGrant>,
): Promise<{ account: AccountFacts; place: GrantPlace }> {
  needOperator(context);
  const account = await context.elevate(() => accountBy(context.tx, input.login));
  // An auditor only reads, and nobody audits what they do themselves.
  const fits = input.role === 'auditor' ? account.kind === 'auditor' : account.kind === 'staff';
  if (!fits) throw new MindunError('not-permitted', { what: roles[input.role]!.title });
  context.subject({ account: account.publicId });
  return { account, place: await placeOf(context, input.role, input.area) };
}

/** An account with what it may do today. */
export interface AccountRow {
  readonly account: string;
  readonly kind: AccountFacts['kind'];
  readonly login: string;
  readonly name: string;
  readonly locked: boolean;
  readonly roles: readonly { readonly role: string; readonly area: string }[];
}

/** Accounts of staff and auditors, by log-in. @throws nothing of its own */
export const accounts = defineQuery({
  name: 'access.accounts',
  title: { zh: '工作人员账号', en: 'Accounts of staff' },
  input: z.object({}),
  async run(context): Promise<{ rows: readonly AccountRow[] }> {
    const rows = await context.elevate(() =>
      context.tx.rows<AccountRow>(
        `select a.public_id as account, a.kind, a.login, a.name, coalesce(a.locked_until > clock_timestamp(), false) as locked,
           coalesce((select json_agg(json_build_object('role', g.role, 'area', n.name) order by g.id)
             from access_grant g left join area_name n on n.area = g.area_lo and n.valid @> $1::date
             where g.account_id = a.id and g.valid @> $1::date), '[]') as roles
         from account a where a.ended is null and a.kind in ('staff', 'auditor', 'operator') order by a.login`,
        [context.today],
      ),
    );
    return { rows };
  },
});
