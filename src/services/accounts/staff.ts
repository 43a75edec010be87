import { z } from 'zod';
import {
  type AccountFacts,
  accountBy,
  addGrant,
  endGrant,
  type GrantPlace,
  grantsWithin,
  leaveAll,
  lockedSql,
  permits,
  roles,
} from '../../engines/access/index.ts';
import { areaByCode } from '../../engines/jurisdiction/index.ts';
import {
  type Actor,
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type PlainDate,
  plainDate,
  publicId,
  type Text,
} from '../../kernel/index.ts';

defineErrors({
  'grant-beyond-reach': {
    message: {
      zh: '只能在自己辖区以内授权，也不能授出和自己一样大的管理权',
      en: 'You grant roles within your own area only, and no administration as wide as your own',
    },
    mend: {
      zh: '请选自己辖区以内的区划；同级和上级的授权请上级办。',
      en: 'Choose an area within your own; what is beside or above is granted from above.',
    },
    status: 403,
  },
  'role-by-grant': {
    message: {
      zh: '{role}要第二人同意，不能随开账号一起给',
      en: 'The role of {role} needs a second person and does not come with a new account',
    },
    mend: {
      zh: '先用别的岗位开账号，再授权；授权会等第二人复核。',
      en: 'Open the account with another role, then grant this one: the grant waits for a second person.',
    },
    status: 409,
  },
  'grant-own': {
    message: {
      zh: '不能给自己授权，也不能收回自己的',
      en: 'Nobody grants or ends roles of their own',
    },
    mend: { zh: '请另一位管理员办。', en: 'Ask another administrator.' },
    status: 403,
  },
  'unknown-post': {
    message: { zh: '没有这个岗位：{post}', en: 'There is no such post: {post}' },
    mend: {
      zh: '请看岗位清单；撤销了的岗位不能再给人。',
      en: 'See the list of posts; one that was ended is given to nobody.',
    },
    status: 404,
  },
});

export const staffRoles = [
  'collection-clerk',
  'fund-accountant',
  'cashier',
  'contribution-checker',
  'privacy-officer',
  'staff-administrator',
] as const;
const grantable = [...staffRoles, 'auditor'] as const;
/** Roles that move money, investigate or give rights: in a live city a second person agrees. */
const sensitive: ReadonlySet<string> = new Set([
  'fund-accountant',
  'cashier',
  'contribution-checker',
  'privacy-officer',
  'staff-administrator',
  'auditor',
]);
const right = 'access.grant.add';
const login = z.string().trim().min(2).max(60);
const reason = z.string().trim().min(1).max(200);

interface Range {
  readonly areaLo: number;
  readonly areaHi: number;
}

/** How far the actor administers: by the grants that give this very right, not by wider ones that give others. */
function administered(actor: Actor): Range | null {
  const ranges = (actor.grants ?? [])
    .filter((g) => permits(g.permissions, right))
    .map(({ reach }) => ({ areaLo: reach.areaLo ?? 0, areaHi: reach.areaHi ?? -1 }));
  return ranges.reduce<Range | null>(
    (w, r) => (w === null || r.areaHi - r.areaLo > w.areaHi - w.areaLo ? r : w),
    null,
  );
}

function within(inner: Range, outer: Range): boolean {
  return inner.areaLo >= outer.areaLo && inner.areaHi <= outer.areaHi;
}

/**
 * Whether the actor may give this role there: the operator any; an administrator within the own area, another administrator only of a smaller one, an
 * auditor never. @throws MindunError not-permitted, grant-beyond-reach
 */
export function assertMayGrant({ caller }: Pick<Context, 'caller'>, place: GrantPlace): void {
  if (caller.actor.kind === 'operator') return;
  const own = administered(caller.actor);
  if (own === null)
    throw new MindunError('not-permitted', { what: titleOf('staff-administrator') });
  if (place.role === 'auditor')
    throw new MindunError('not-permitted', { what: titleOf('auditor') });
  const whole = place.areaLo === own.areaLo && place.areaHi === own.areaHi;
  if (!within(place, own) || (place.role === 'staff-administrator' && whole))
    throw new MindunError('grant-beyond-reach');
}

function titleOf(role: string): Text {
  return roles[role]!.title;
}

/** With a new account comes no role that a second person has to agree to. @throws MindunError role-by-grant */
export function assertOpensWith({ caller, city }: Context, role: string): void {
  if (city.kind === 'live' && handsFor([role], caller.actor) !== 1)
    throw new MindunError('role-by-grant', { role: titleOf(role) });
}

/** Whether an administrator looks after this member of staff: not himself, and nothing that the other may do lies beyond the own area. */
export async function managesStaff(context: Context, account: AccountFacts): Promise<boolean> {
  const { actor } = context.caller;
  const own = administered(actor);
  if (own === null || account.id === actor.accountId) return false;
  return context.elevate(() => grantsWithin(context.tx, account.id, own, context.today));
}

/** The range of an area; the whole city without one. @throws MindunError unknown-area, auditor-sees-all */
export async function placeOf(
  context: Context,
  role: string,
  area: string | undefined,
): Promise<GrantPlace> {
  const { key, last } = await areaByCode(context.tx, area ?? context.city.code, context.today);
  const city = area === undefined || area === context.city.code;
  if (role === 'auditor' && !city) throw new MindunError('auditor-sees-all');
  return { role, areaLo: key, areaHi: last };
}

function handsFor(given: readonly string[], actor: Actor): 1 | 2 {
  // Who works at the machine itself gives the first rights of all: there is nobody else yet.
  return actor.kind !== 'operator' && given.some((r) => sensitive.has(r)) ? 2 : 1;
}

async function grantee(context: Context, name: string, role: string): Promise<AccountFacts> {
  const account = await context.elevate(() => accountBy(context.tx, name));
  // An auditor only reads, and nobody audits what they do themselves.
  const fits = role === 'auditor' ? account.kind === 'auditor' : account.kind === 'staff';
  if (!fits) throw new MindunError('not-permitted', { what: titleOf(role) });
  if (account.id === context.caller.actor.accountId) throw new MindunError('grant-own');
  context.subject({ account: account.publicId });
  return account;
}

const ofGrant = z.object({ login, role: z.enum(grantable), area: z.string().optional(), reason });
const dated = { from: z.iso.date().optional(), until: z.iso.date().optional() };

function daysOf(
  context: Context,
  input: { readonly from?: string | undefined; readonly until?: string | undefined },
): { from: PlainDate; until: PlainDate | null } {
  const asked = input.from === undefined ? context.today : plainDate(input.from);
  // What lies behind was done without the right: it does not begin before today.
  const past = asked < context.today;
  return {
    from: past ? context.today : asked,
    until: input.until === undefined ? null : plainDate(input.until),
  };
}

/**
 * A role for a member of staff or an auditor in an area, for some days, with a reason. In a live city a second person agrees to what is sensitive.
 * @throws MindunError unknown-account, grant-exists, not-permitted, grant-beyond-reach, grant-own, grant-days-reversed
 */
export const addGrantCommand = defineCommand({
  name: 'access.grant.add',
  stepUp: true,
  title: { zh: '授权', en: 'Grant a role' },
  input: ofGrant.extend(dated),
  hands: (input, actor) => handsFor([input.role], actor),
  async run(context, input): Promise<{ account: string }> {
    const account = await grantee(context, input.login, input.role);
    const place = await placeOf(context, input.role, input.area);
    assertMayGrant(context, place);
    await context.elevate(() =>
      addGrant(
        context.tx,
        account.id,
        { ...place, reason: input.reason },
        daysOf(context, input),
        context.act,
      ),
    );
    return { account: account.publicId };
  },
});

/** Ends a role: yesterday was its last day. @throws MindunError unknown-account, grant-missing, not-permitted, grant-beyond-reach, grant-own */
export const endGrantCommand = defineCommand({
  name: 'access.grant.end',
  stepUp: true,
  title: { zh: '收回授权', en: 'End a role' },
  permission: right,
  input: ofGrant,
  async run(context, input): Promise<{ account: string }> {
    const account = await grantee(context, input.login, input.role);
    const place = await placeOf(context, input.role, input.area);
    assertMayGrant(context, place);
    await context.elevate(() => endGrant(context.tx, account.id, place, context.today));
    return { account: account.publicId };
  },
});

/** Somebody leaves: roles, matters, what was put forward, sessions and the account end at once. @throws MindunError unknown-account, not-permitted */
export const leaveCommand = defineCommand({
  name: 'access.account.leave',
  stepUp: true,
  title: { zh: '离岗', en: 'Leave' },
  permission: right,
  input: z.object({ login, reason }),
  async run(context, input): Promise<{ account: string }> {
    const account = await context.elevate(() => accountBy(context.tx, input.login));
    const operator = context.caller.actor.kind === 'operator';
    const staff = account.kind === 'staff' || account.kind === 'auditor';
    if (!staff || !(operator || (await managesStaff(context, account))))
      throw new MindunError('unknown-account', { login: input.login });
    context.subject({ account: account.publicId });
    const { at, today: on, act } = context;
    await context.elevate(() =>
      leaveAll(context.tx, account.id, { reason: input.reason, at, on, act }),
    );
    return { account: account.publicId };
  },
});

/** Creates a post of an area: the roles that whoever holds it has there. @throws MindunError unknown-area, not-permitted, grant-beyond-reach */
export const createPost = defineCommand({
  name: 'access.post.create',
  title: { zh: '设岗位', en: 'Create a post' },
  permission: right,
  input: z.object({
    title: z.string().trim().min(2).max(60),
    roles: z.array(z.enum(staffRoles)).min(1).max(staffRoles.length),
    area: z.string().optional(),
    reason,
  }),
  async run(context, input): Promise<{ post: string }> {
    const given = [...new Set(input.roles)];
    const places = await Promise.all(given.map((role) => placeOf(context, role, input.area)));
    for (const place of places) assertMayGrant(context, place);
    const post = publicId();
    context.subject({ post });
    await context.elevate(() =>
      context.tx.execute(
        `insert into post (public_id, title, roles, area_lo, area_hi, at, reason, act) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          post,
          input.title,
          given,
          places[0]!.areaLo,
          places[0]!.areaHi,
          context.at,
          input.reason,
          context.act,
        ],
      ),
    );
    return { post };
  },
});

interface Post extends Range {
  readonly id: number;
  readonly roles: string[];
}

/** A post that stands, within what the actor administers. @throws MindunError unknown-post */
async function postBy(context: Context, id: string): Promise<Post> {
  const post = await context.elevate(() =>
    context.tx.maybe<Post>(
      'select id, roles, area_lo as "areaLo", area_hi as "areaHi" from post where public_id = $1 and ended is null',
      [id],
    ),
  );
  const { actor } = context.caller;
  const own = administered(actor);
  const mine =
    actor.kind === 'operator' || (own !== null && post !== undefined && within(post, own));
  if (post === undefined || !mine) throw new MindunError('unknown-post', { post: id });
  return post;
}

/**
 * Gives somebody a post: all its roles, for some days. In a live city a second person agrees.
 * @throws MindunError unknown-post, unknown-account, grant-exists, grant-own, grant-days-reversed
 */
export const givePost = defineCommand({
  name: 'access.post.give',
  stepUp: true,
  title: { zh: '上岗', en: 'Give a post' },
  permission: right,
  input: z.object({ post: z.string().min(1).max(60), login, reason, ...dated }),
  // What the post gives is looked up when it is given: any may be sensitive.
  hands: (_, actor) => (actor.kind === 'operator' ? 1 : 2),
  async run(context, input): Promise<{ account: string }> {
    const post = await postBy(context, input.post);
    const account = await grantee(context, input.login, post.roles[0]!);
    context.subject({ post: input.post });
    for (const role of post.roles) {
      const place = { role, areaLo: post.areaLo, areaHi: post.areaHi };
      assertMayGrant(context, place);
      const grant = { ...place, reason: input.reason, post: post.id };
      await context.elevate(() =>
        addGrant(context.tx, account.id, grant, daysOf(context, input), context.act),
      );
    }
    return { account: account.publicId };
  },
});

/** Ends a post: nobody gets it any more, and who holds it loses its roles today. @throws MindunError unknown-post */
export const endPost = defineCommand({
  name: 'access.post.end',
  stepUp: true,
  title: { zh: '撤岗位', en: 'End a post' },
  permission: right,
  input: z.object({ post: z.string().min(1).max(60), reason }),
  async run(context, input): Promise<{ post: string; ended: number }> {
    const post = await postBy(context, input.post);
    context.subject({ post: input.post });
    return context.elevate(async () => {
      await context.tx.execute('update post set ended = $2 where id = $1', [post.id, context.at]);
      const ended = await context.tx.execute(
        `update access_grant set valid = daterange(lower(valid), greatest(lower(valid), $2::date))
         where post = $1 and not isempty(valid) and (upper_inf(valid) or upper(valid) > $2::date)`,
        [post.id, context.today],
      );
      return { post: input.post, ended };
    });
  },
});

export interface PostRow {
  readonly post: string;
  readonly title: string;
  readonly area: string;
  readonly roles: readonly { readonly role: string; readonly title: Text }[];
  readonly holders: readonly string[];
}

/** Posts that stand within what the asker administers, with who holds them today. */
export const posts = defineQuery({
  name: 'access.posts',
  title: { zh: '岗位', en: 'Posts' },
  permission: right,
  input: z.object({}),
  async run(context): Promise<{ rows: readonly PostRow[] }> {
    const { areaLo, areaHi } = context.caller.actor.reach;
    const rows = await context.elevate(() =>
      context.tx.rows<Omit<PostRow, 'roles'> & { roles: string[] }>(
        `select p.public_id as post, p.title, p.roles, coalesce(n.name, '') as area,
           coalesce((select json_agg(distinct a.name) from access_grant g join account a on a.id = g.account_id
             where g.post = p.id and g.valid @> $1::date), '[]') as holders
         from post p left join area_name n on n.area = p.area_lo and n.valid @> $1::date
         where p.ended is null and p.area_lo >= $2 and p.area_hi <= $3 order by p.area_lo, p.id`,
        [context.today, areaLo ?? null, areaHi ?? null],
      ),
    );
    return {
      rows: rows.map((r) => ({
        ...r,
        roles: r.roles.map((role) => ({ role, title: titleOf(role) })),
      })),
    };
  },
});

/** An account with what it may do today. */
export interface AccountRow {
  readonly account: string;
  readonly kind: AccountFacts['kind'];
  readonly login: string;
  readonly name: string;
  readonly locked: boolean;
  readonly roles: readonly { readonly role: string; readonly area: string }[];
}

/** Accounts of staff and auditors, by log-in: an administrator's are those whose every role lies within the own area. */
export const accounts = defineQuery({
  name: 'access.accounts',
  title: { zh: '工作人员账号', en: 'Accounts of staff' },
  permission: right,
  input: z.object({}),
  async run(context): Promise<{ rows: readonly AccountRow[] }> {
    const { actor } = context.caller;
    const own = administered(actor);
    const rows = await context.elevate(() =>
      context.tx.rows<AccountRow>(
        `select a.public_id as account, a.kind, a.login, a.name, ${lockedSql} as locked,
           coalesce((select json_agg(json_build_object('role', g.role, 'area', n.name) order by g.id)
             from access_grant g left join area_name n on n.area = g.area_lo and n.valid @> $1::date
             where g.account_id = a.id and g.valid @> $1::date), '[]') as roles
         from account a where a.ended is null and ($2::bigint is null and a.kind in ('staff', 'auditor', 'operator')
           or a.kind = 'staff' and not exists (select from access_grant g where g.account_id = a.id and not isempty(g.valid)
             and (upper_inf(g.valid) or upper(g.valid) > $1::date) and (g.area_lo < $2 or g.area_hi > $3)))
         order by a.login`,
        [context.today, own?.areaLo ?? null, own?.areaHi ?? null],
      ),
    );
    return { rows };
  },
});
