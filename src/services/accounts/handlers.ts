import { z } from 'zod';
import {
  addGrant,
  endAccount,
  endGrants,
  type HandlerPart,
  handlerParts,
  openAccount,
} from '../../engines/access/index.ts';
import { employerById } from '../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type Moment,
  momentOfWall,
  type PlainDate,
  plainDate,
  randomText,
  registered,
  type Text,
} from '../../kernel/index.ts';
import type { NewLogin } from './new-login.ts';

defineErrors({
  'unknown-handler': {
    message: { zh: '本单位没有这个经办人', en: 'Your employer has no such handler' },
    mend: {
      zh: '请看经办人名单；负责人的账号到社保窗口办。',
      en: 'See the list of handlers; accounts of principals are looked after at a window.',
    },
    status: 404,
  },
  'handler-short': {
    message: {
      zh: '登录名后半段要是 1 到 20 个字母或数字',
      en: 'The second half of the log-in is 1 to 20 letters or figures',
    },
    mend: { zh: '请改一下，例如 wangli。', en: 'Change it, for example to wangli.' },
    status: 400,
  },
  'handler-parts': {
    message: { zh: '还没有选能办什么', en: 'Nothing was chosen that may be done' },
    mend: { zh: '请至少选一项。', en: 'Choose at least one.' },
    status: 400,
  },
  'handler-days': {
    message: {
      zh: '授权的最后一天 {until} 要在第一天 {from} 或者以后，也要在今天或者以后',
      en: 'The last day {until} must not lie before the first, {from}, or before today',
    },
    mend: { zh: '请改最后一天。', en: 'Change the last day.' },
    status: 400,
  },
});

const right = 'access.handlers';
const title: Text = { zh: '管理单位经办人', en: 'Look after the employer’s handlers' };
const passwordLength = 12;
const pageRows = 50;
const account = z.string().trim().min(1).max(60);
/** Days and parts are read where what is wrong with them can be said in words. */
const day = z.string().trim().max(20).optional();
export const partsInput = z
  .array(z.enum(handlerParts as [HandlerPart, ...HandlerPart[]]))
  .max(handlerParts.length);

/** Each part once. @throws MindunError handler-parts */
export function chosen(parts: readonly HandlerPart[]): [HandlerPart, ...HandlerPart[]] {
  const [first, ...others] = new Set(parts);
  if (first === undefined) throw new MindunError('handler-parts');
  return [first, ...others];
}

/** The employer that the caller's account stands for: nobody looks after handlers of another. @throws MindunError not-permitted */
export function ownEmployer({ caller }: Pick<Context, 'caller'>): number {
  const { kind, reach } = caller.actor;
  if (kind !== 'employer' || reach.employer === undefined)
    throw new MindunError('not-permitted', { what: title });
  return reach.employer;
}

/**
 * Authorises somebody to handle parts of the employer's matters from a day to a day, both counted. The log-in is the employer's code, a
 * hyphen and a short name: so it is nobody else's, and shows whose it is. The password is told once and changed at the first sign-in.
 * @throws MindunError account-exists, handler-short, handler-parts, handler-days, date-impossible, not-permitted
 */
export const authoriseHandler = defineCommand({
  name: 'access.handler.authorise',
  title: { zh: '授权经办人', en: 'Authorise a handler' },
  permission: right,
  stepUp: true,
  secret: true,
  input: z.object({
    short: z.string().trim().max(60),
    name: z.string().trim().min(1).max(60),
    parts: partsInput,
    from: day,
    until: day,
  }),
  async run(context, input): Promise<NewLogin> {
    const employer = await employerById(context.tx, ownEmployer(context));
    if (!/^[A-Za-z0-9]{1,20}$/.test(input.short)) throw new MindunError('handler-short');
    const asked = input.from === undefined ? context.today : plainDate(input.from);
    // What lies behind was done without the right: it does not begin before today.
    const past = asked < context.today;
    const from = past ? context.today : asked;
    const until = lastDay(context, from, input.until);
    const password = randomText(passwordLength);
    const login = `${employer.code}-${input.short}`.toLowerCase();
    const place = { areaLo: employer.area, areaHi: employer.area, reason: '单位负责人授权' };
    const [first, ...others] = chosen(input.parts);
    const opened = await context.elevate(async () => {
      const { id, publicId } = await openAccount(
        context.tx,
        {
          ...place,
          kind: 'employer',
          login,
          name: input.name,
          password,
          told: true,
          employerId: employer.id,
          role: first,
          until: until ?? undefined,
        },
        context.act,
        from,
      );
      for (const role of others)
        await addGrant(context.tx, id, { ...place, role }, { from, until }, context.act);
      return publicId;
    });
    context.subject({ account: opened, employer: employer.publicId });
    return { account: opened, login, name: input.name, password };
  },
});

function lastDay(context: Context, from: PlainDate, text: string | undefined): PlainDate | null {
  if (text === undefined) return null;
  const until = plainDate(text);
  if (until < from || until < context.today) throw new MindunError('handler-days', { from, until });
  return until;
}

/** A handler of the caller's own employer, never a principal. @throws MindunError unknown-handler, not-permitted */
async function handlerBy(
  context: Context,
  publicId: string,
): Promise<{ id: number; begins: PlainDate | null }> {
  const employer = await employerById(context.tx, ownEmployer(context));
  const found = await context.elevate(() =>
    context.tx.maybe<{ id: number; begins: PlainDate | null }>(
      `select a.id, (select min(lower(g.valid))::text from access_grant g where g.account_id = a.id and ${standing}) as begins
       from account a where a.public_id = $1 and a.employer_id = $2 and a.kind = 'employer' and a.ended is null
         and not exists (select from api_key k where k.account_id = a.id)
         and not exists (select from access_grant g where g.account_id = a.id and g.role = 'employer-principal' and ${standing})`,
      [publicId, employer.id, context.today],
    ),
  );
  if (found === undefined) throw new MindunError('unknown-handler');
  context.subject({ account: publicId, employer: employer.publicId });
  return found;
}

/** Of a grant `g`: held on the day $3 or later. */
const standing = `not isempty(g.valid) and (upper_inf(g.valid) or upper(g.valid) > $3::date)`;

/**
 * Gives a handler other parts, or another last day: what was authorised ends with yesterday, what is authorised now goes on from today, or
 * from the first day when that is still to come. @throws MindunError unknown-handler, handler-parts, handler-days, date-impossible, not-permitted
 */
export const changeHandler = defineCommand({
  name: 'access.handler.change',
  title: { zh: '更改经办人的授权', en: 'Change what a handler may do' },
  permission: right,
  stepUp: true,
  input: z.object({ account, parts: partsInput, until: day }),
  async run(context, input): Promise<{ account: string }> {
    const handler = await handlerBy(context, input.account);
    const { area } = await employerById(context.tx, ownEmployer(context));
    const from =
      handler.begins === null || handler.begins < context.today ? context.today : handler.begins;
    const until = lastDay(context, from, input.until);
    const place = { areaLo: area, areaHi: area, reason: '单位负责人更改授权' };
    await context.elevate(async () => {
      await endGrants(context.tx, handler.id, context.today);
      for (const role of chosen(input.parts))
        await addGrant(context.tx, handler.id, { ...place, role }, { from, until }, context.act);
    });
    return { account: input.account };
  },
});

/** Ends a handler's account with its sessions, at once; what was done stays readable. @throws MindunError unknown-handler, not-permitted */
export const endHandler = defineCommand({
  name: 'access.handler.end',
  title: { zh: '停用经办人', en: 'End a handler' },
  permission: right,
  input: z.object({ account }),
  async run(context, input): Promise<{ account: string }> {
    const handler = await handlerBy(context, input.account);
    await context.elevate(async () => {
      await endGrants(context.tx, handler.id, context.today);
      await endAccount(context.tx, handler.id);
    });
    return { account: input.account };
  },
});

/** An account of the employer. Days are business days, both counted; `seenAt` is the wall's, in Asia/Shanghai. */
export interface HandlerRow {
  readonly account: string;
  readonly login: string;
  readonly name: string;
  /** Roles held today or later; of a counter's account `handler`: all parts. */
  readonly parts: readonly string[];
  readonly principal: boolean;
  /** The account of an API key. */
  readonly key: boolean;
  /** The asker's own account. */
  readonly own: boolean;
  readonly from: PlainDate | null;
  readonly until: PlainDate | null;
  readonly state: 'active' | 'to-come' | 'over' | 'ended';
  readonly seenAt: Moment | null;
}

type Stored = Omit<HandlerRow, 'seenAt' | 'principal' | 'own' | 'state'> & {
  readonly id: number;
  readonly ended: boolean;
  readonly seen: number | null;
};

const rowsSql = `select a.id, a.public_id as account, a.login, a.name, a.ended is not null as ended, g.parts, g."from", g.until, k.id is not null as key,
    (extract(epoch from coalesce(k.used, (select max(s.seen) from session s where s.account_id = a.id))) * 1000)::bigint as seen
  from account a left join api_key k on k.account_id = a.id cross join lateral (
    select coalesce(json_agg(distinct g.role), '[]') as parts, min(lower(g.valid))::text as "from",
      case when bool_and(not upper_inf(g.valid)) then (max(upper(g.valid)) - 1)::text end as until
    from (select role, valid from access_grant where account_id = a.id
      union all select unnest(k.parts), daterange(k.made::date, k.until, '[]')) g
    where a.ended is null and ${standing}) g
  where a.employer_id = $1 and a.kind = 'employer' and (a.public_id = $2 or $2::text is null and k.id is null)
  order by a.ended is not null, a.id`;

/** The employer's accounts: handlers and principals, those that ended last. */
export const handlers = defineQuery({
  name: 'access.handlers',
  title: { zh: '单位经办人', en: 'The employer’s handlers' },
  permission: right,
  input: z.object({}),
  async run(context): Promise<{ code: string; rows: readonly HandlerRow[] }> {
    const employer = await employerById(context.tx, ownEmployer(context));
    const rows = await context.elevate(() =>
      context.tx.rows<Stored>(rowsSql, [employer.id, null, context.today]),
    );
    return { code: employer.code, rows: rows.map((row) => rowOf(context, row)) };
  },
});

function rowOf({ caller, today }: Pick<Context, 'caller' | 'today'>, stored: Stored): HandlerRow {
  const { id, ended, seen, ...row } = stored;
  const begun = row.from !== null && row.from <= today ? 'active' : 'to-come';
  return {
    ...row,
    principal: row.parts.includes('employer-principal'),
    own: id === caller.actor.accountId,
    state: ended ? 'ended' : row.parts.length === 0 ? 'over' : begun,
    seenAt: seen === null ? null : momentOfWall(seen),
  };
}

/** Something a handler did or looked at, in words. */
export interface DeedRow {
  readonly at: Moment;
  readonly kind: 'act' | 'look';
  readonly what: Text;
  /** In a list: how many it showed. */
  readonly listed: number | null;
  readonly refused: boolean;
}

export interface HandlerDeeds {
  readonly handler: HandlerRow;
  readonly rows: readonly DeedRow[];
  readonly next: string | null;
}

const deedsSql = `select * from (
    select 'act' as kind, c.id, c.at, c.wall, c.command as name, null::int as listed, false as refused from act c where c.account_id = $1
    union all
    select 'look', l.id, l.at, l.wall, l.query, l.listed, l.refused is not null from look l where l.account_id = $1) d
  order by wall desc, kind, id desc offset $2 limit ${pageRows + 1}`;

/**
 * What one of the employer's accounts did and looked at, the newest first, fifty a page: also of one that ended.
 * @throws MindunError unknown-handler, not-permitted
 */
export const handlerDeeds = defineQuery({
  name: 'access.handler.deeds',
  title: { zh: '经办人做过什么', en: 'What a handler did' },
  permission: right,
  input: z.object({
    account,
    cursor: z
      .string()
      .regex(/^\d{1,9}$/)
      .optional(),
  }),
  async run(context, input): Promise<HandlerDeeds> {
    const employer = ownEmployer(context);
    const first = Number(input.cursor ?? 0);
    return context.elevate(async () => {
      const of = [employer, input.account, context.today];
      const stored = await context.tx.maybe<Stored>(rowsSql, of);
      if (stored === undefined) throw new MindunError('unknown-handler');
      const found = await context.tx.rows<Omit<DeedRow, 'what'> & { name: string }>(
        `select kind, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS') as at, name, listed, refused
         from (${deedsSql}) d order by d.wall desc, kind, id desc`,
        [stored.id, first],
      );
      const rows = found
        .slice(0, pageRows)
        .map(({ name, ...row }) => ({ ...row, what: titleOf(name) }));
      const next = found.length > pageRows ? String(first + pageRows) : null;
      return { handler: rowOf(context, stored), rows, next };
    });
  },
});

/** Words for a command or query; of one that the house has no more its name. */
function titleOf(name: string): Text {
  return registered().get(name)?.title ?? { zh: name, en: name };
}
