import { z } from 'zod';
import { type AuditFinding, type Root, walkAudit } from '../../engines/access/index.ts';
import { personBy, personIds } from '../../engines/registry/index.ts';
import {
  defineErrors,
  defineQuery,
  MindunError,
  type QueryContext,
  registered,
  type Text,
} from '../../kernel/index.ts';

defineErrors({
  'days-reversed': {
    message: {
      zh: '开始日期 {from} 在结束日期 {to} 之后',
      en: 'The days run backwards: {from} to {to}',
    },
    mend: { zh: '请把两个日期换过来。', en: 'Exchange the two days.' },
    status: 400,
  },
});

const days = { from: z.iso.date(), to: z.iso.date() };
const cursor = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional();
const pageRows = 100;

function assertOrder({ from, to }: { from: string; to: string }): void {
  if (from > to) throw new MindunError('days-reversed', { from, to });
}

/** A look as an auditor sees it: who and what for, nothing of what was shown. */
export interface AuditLook {
  readonly id: number;
  readonly at: string;
  /** Wall clock in Asia/Shanghai. */
  readonly wall: string;
  readonly account: string;
  /** Empty of an insured person, who mostly is whose file it is: the auditor sees nothing of that. */
  readonly name: string;
  readonly role: string | null;
  readonly area: string | null;
  readonly query: string;
  readonly what: Text;
  readonly purpose: string;
  readonly matter: string | null;
  readonly matterKind: string | null;
  /** In a list with others: how many it showed. */
  readonly listed: number | null;
  readonly refused: string | null;
}

const lookColumns = `l.id, to_char(l.at, 'YYYY-MM-DD"T"HH24:MI:SS') as at,
    to_char(l.wall at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS') as wall, a.public_id as account,
    case a.kind when 'person' then '' else a.name end as name, l.role,
    (select n.name from area_name n where n.area = l.area order by n.valid desc limit 1) as area, l.query, l.purpose,
    m.public_id as matter, m.kind as "matterKind", l.listed, l.refused`;
const lookJoins =
  'look l join account a on a.id = l.account_id left join matter m on m.id = l.matter';

function titled<T extends { readonly query: string }>(rows: readonly T[]): (T & { what: Text })[] {
  return rows.map((r) => ({ ...r, what: titleOf(r.query) }));
}

function titleOf(name: string): Text {
  return registered().get(name)?.title ?? { zh: name, en: name };
}

/**
 * Who looked at a person's data between two days of business time, the newest first: hidden looks, refused ones and lists among them. The person is
 * named by number or public id; nothing of the person's data is in the answer.
 * @throws MindunError unknown-person, days-reversed, purpose-missing
 */
export const looksAtPerson = defineQuery({
  name: 'access.audit.person',
  title: { zh: '审计：谁看过这个人', en: 'Audit: who looked at a person' },
  personal: true,
  input: z.object({
    person: z.string().trim().min(1).max(60),
    ...days,
    query: z.string().max(60).optional(),
    cursor,
  }),
  async run(
    context,
    input,
  ): Promise<{ rows: readonly AuditLook[]; total: number; next: string | null }> {
    assertOrder(input);
    return context.elevate(async () => {
      const person = await personBy(context.tx, input.person);
      context.looked({ personId: person.id });
      const ids = await personIds(context.tx, person.id);
      const where = `(l.person_id = any ($1) or l.persons && $1) and l.at >= $2::date and l.at < $3::date + 1
        and ($4::text is null or l.query = $4)`;
      const values = [ids, input.from, input.to, input.query ?? null];
      const [rows, { total }] = await Promise.all([
        context.tx.rows<Omit<AuditLook, 'what'>>(
          `select ${lookColumns} from ${lookJoins} where ${where} and ($5::bigint is null or l.id < $5)
           order by l.id desc limit ${pageRows + 1}`,
          [...values, input.cursor ?? null],
        ),
        context.tx.one<{ total: number }>(
          `select count(*)::int as total from look l where ${where}`,
          values,
        ),
      ]);
      return { ...paged(titled(rows)), total };
    });
  },
});

function paged<T extends { readonly id: number }>(
  rows: readonly T[],
): { rows: T[]; next: string | null } {
  const page = rows.slice(0, pageRows);
  return { rows: page, next: rows.length > pageRows ? String(page.at(-1)!.id) : null };
}

/** Something an account did: an act or a look. Whom it concerned stands as public ids. */
export interface AccountDeed {
  readonly at: string;
  readonly wall: string;
  readonly kind: 'act' | 'look';
  readonly name: string;
  readonly what: Text;
  readonly purpose: string;
  readonly matter: string | null;
  readonly role: string | null;
  readonly area: string | null;
  readonly subject: Readonly<Record<string, string | number>>;
  readonly refused: string | null;
}

const deedsSql = `select * from (
    select 'act' as kind, c.id, c.at, c.wall, c.command as name, c.purpose, c.matter, c.role, c.area, c.subject, null as refused
    from act c where c.account_id = $1 and c.at >= $2::date and c.at < $3::date + 1
    union all
    select 'look', l.id, l.at, l.wall, l.query, l.purpose, l.matter, l.role, l.area,
      jsonb_strip_nulls(jsonb_build_object('person', (select public_id from person p where p.id = l.person_id),
        'employer', (select public_id from employer e where e.id = l.employer_id), 'listed', l.listed)), l.refused
    from look l where l.account_id = $1 and l.at >= $2::date and l.at < $3::date + 1) d
  order by wall desc, kind, id desc offset $4 limit ${pageRows + 1}`;

/**
 * Everything that an account did and looked at between two days of business time, the newest first.
 * @throws MindunError unknown-account, days-reversed
 */
export const deedsOfAccount = defineQuery({
  name: 'access.audit.account',
  title: { zh: '审计：这个账号做过什么', en: 'Audit: what an account did' },
  input: z.object({ account: z.string().trim().min(1).max(60), ...days, cursor }),
  async run(
    context,
    input,
  ): Promise<{ name: string; rows: readonly AccountDeed[]; next: string | null }> {
    assertOrder(input);
    return context.elevate(async () => {
      const account = await accountOf(context, input.account);
      const from = Number(input.cursor ?? 0);
      const found = await context.tx.rows<Omit<AccountDeed, 'what'> & { id: number }>(
        `select kind, id, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS') as at,
           to_char(wall at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS') as wall, name, purpose,
           (select public_id from matter m where m.id = d.matter) as matter, role,
           (select n.name from area_name n where n.area = d.area order by n.valid desc limit 1) as area, subject, refused
         from (${deedsSql}) d order by d.wall desc, kind, id desc`,
        [account.id, input.from, input.to, from],
      );
      const rows = found
        .slice(0, pageRows)
        .map(({ id: _, ...r }) => ({ ...r, what: titleOf(r.name) }));
      const next = found.length > pageRows ? String(from + pageRows) : null;
      return { name: account.name, rows, next };
    });
  },
});

async function accountOf({ tx }: QueryContext, key: string): Promise<{ id: number; name: string }> {
  const found = await tx.maybe<{ id: number; name: string }>(
    `select id, name from account where kind <> 'person' and (public_id = $1 or login = lower($1) and ended is null) order by id desc limit 1`,
    [key],
  );
  if (found === undefined) throw new MindunError('unknown-account', { login: key });
  return found;
}

/** A person's file that was opened more than usual, or an account that opened more than its like. */
export interface Unusual {
  /** Public id of the file; of an account its public id. */
  readonly id: string;
  /** Name of the account; a file has none here. */
  readonly name: string | null;
  readonly role: string | null;
  /** Looks within the days asked for. */
  readonly looks: number;
  /** Different accounts that looked; of an account different files. */
  readonly others: number;
  /** Looks that would have been usual in as many days: the file's own before, or the median of accounts with the same role. */
  readonly usual: number;
}

export interface UnusualAnswer {
  readonly files: readonly Unusual[];
  readonly accounts: readonly Unusual[];
  /** What counts as more than usual: at least so many looks, and so many times what is usual. */
  readonly least: number;
  readonly times: number;
}

const filesSql = `with span as (select $1::date as first, $2::date as last, $2::date - $1::date + 1 as days),
  staff as (select l.person_id, l.account_id, l.at from look l join account a on a.id = l.account_id and a.kind in ('staff', 'operator')
    where l.person_id is not null and l.refused is null
      and l.at >= (select first - 365 from span) and l.at < (select last + 1 from span)),
  counted as (select s.person_id, count(*) filter (where s.at >= p.first)::int as looks,
      count(distinct s.account_id) filter (where s.at >= p.first)::int as others,
      count(*) filter (where s.at < p.first) * max(p.days) / 365.0 as usual
    from staff s cross join span p group by 1)
  select p.public_id as id, null as name, null as role, c.looks, c.others, round(c.usual, 1)::float8 as usual
  from counted c join person p on p.id = c.person_id
  where c.looks >= $3 and c.looks >= $4 * c.usual order by c.looks desc, p.public_id limit 100`;

const accountsSql = `with counted as (select l.account_id, coalesce(max(l.role), '') as role, count(*)::int as looks,
      count(distinct l.person_id)::int as others
    from look l join account a on a.id = l.account_id and a.kind = 'staff'
    where l.person_id is not null and l.refused is null and l.at >= $1::date and l.at < $2::date + 1 group by 1),
  middle as (select role, percentile_cont(0.5) within group (order by looks) as usual, count(*) as accounts from counted group by 1)
  select a.public_id as id, a.name, c.role, c.looks, c.others, round(m.usual::numeric, 1)::float8 as usual
  from counted c join middle m using (role) join account a on a.id = c.account_id
  where c.looks >= $3 and m.accounts > 1 and c.looks >= $4 * m.usual order by c.looks desc, a.public_id limit 100`;

/**
 * Files that staff opened more often than usual between two days, and accounts that opened more than others with the same role. Both thresholds are
 * the asker's. @throws MindunError days-reversed
 */
export const unusualLooks = defineQuery({
  name: 'access.audit.unusual',
  title: { zh: '审计：查看异常', en: 'Audit: looked at more than usual' },
  input: z.object({
    ...days,
    least: z.number().int().min(1).max(10_000).default(5),
    times: z.number().min(1).max(1000).default(3),
  }),
  async run(context, input): Promise<UnusualAnswer> {
    assertOrder(input);
    const values = [input.from, input.to, input.least, input.times];
    return context.elevate(async () => {
      const [files, accounts] = await Promise.all([
        context.tx.rows<Unusual>(filesSql, values),
        context.tx.rows<Unusual>(accountsSql, values),
      ]);
      return { files, accounts, least: input.least, times: input.times };
    });
  },
});

/** Walks the whole audit trail and its chain. What is wrong is named by kind, month and batch. */
export const verifyAudit = defineQuery({
  name: 'access.audit.verify',
  title: { zh: '审计：核对留痕链', en: 'Audit: verify the trail' },
  wholeCity: true,
  input: z.object({}),
  run: (context): Promise<AuditFinding> => context.aside((tx) => walkAudit(tx)),
});

/** The chain's hash at the end of each day, for whoever wants to keep it: a change of what is older would change it. */
export const auditRoots = defineQuery({
  name: 'access.audit.roots',
  title: { zh: '留痕链每日摘要', en: 'Daily roots of the audit trail' },
  open: true,
  input: z.object({}),
  async run(context): Promise<{ rows: readonly Root[] }> {
    const rows = await context.elevate(() =>
      context.tx.rows<Root>(
        `select day, batch, encode(hash, 'hex') as hash from audit_root order by day desc limit 366`,
      ),
    );
    return { rows };
  },
});
