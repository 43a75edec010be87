import { z } from 'zod';
import { roles } from '../../engines/access/index.ts';
import { personBy, personIds } from '../../engines/registry/index.ts';
import { defineQuery, type PersonalContext, registered, type Text } from '../../kernel/index.ts';

/** One look at a person's data, as the person sees it. */
export interface LookView {
  readonly id: number;
  readonly at: string;
  /** `self`: the person's own account; `proxy`: who acts for the person, named; an employer is named; of an office its area and role are told, not the clerk's name. */
  readonly by: 'self' | 'proxy' | 'employer' | 'office' | 'auditor';
  readonly name: string;
  readonly role: Text;
  /** What was asked. */
  readonly what: Text;
  /** Why: a code of `purposes`. */
  readonly purpose: string;
  /** The matter that the purpose belongs to; the reason of an emergency. */
  readonly matter: { readonly id: string; readonly reason: string | null } | null;
  /** Seen in a list of so many persons. */
  readonly listed: number | null;
  /** Nothing was shown: who asked had to keep away. */
  readonly refused: boolean;
  /** The day on which the person objected. */
  readonly objected: string | null;
}

export interface LooksView {
  readonly rows: readonly LookView[];
  /** How many are listed in all. */
  readonly total: number;
  /** One's own looks, which are left out unless asked for. */
  readonly own: number;
  /** Looks within investigations that are not closed. */
  readonly hidden: number;
  readonly next: string | null;
}

const pageRows = 50;

interface Row {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly name: string;
  readonly own: boolean;
  readonly role: string | null;
  readonly office: string | null;
  readonly query: string;
  readonly purpose: string;
  readonly matter: string | null;
  readonly reason: string | null;
  readonly listed: number | null;
  readonly refused: string | null;
  readonly objected: string | null;
}

const ofPerson = '(l.person_id = any ($1) or l.persons && $1)';
const hidden = `(m.kind = 'investigation' and not exists (select from matter_end e where e.matter = m.id))`;

const own = "coalesce(a.kind = 'person' and a.person_id = any ($1), false)";

const rowsSql = `select l.id, to_char(l.at, 'YYYY-MM-DD"T"HH24:MI:SS') as at, a.kind, a.name,
    ${own} as own, l.query, l.purpose, l.listed, l.refused,
    coalesce(l.role, (select g.role from access_grant g where g.account_id = a.id order by g.id desc limit 1)) as role,
    (select n.name from area_name n where n.area = l.area order by n.valid desc limit 1) as office,
    m.public_id as matter, case when m.kind = 'emergency' then m.reason end as reason,
    (select to_char(o.at, 'YYYY-MM-DD') from objection o where o.look = l.id and o.person_id = any ($1)) as objected
  from look l join account a on a.id = l.account_id left join matter m on m.id = l.matter
  where ${ofPerson} and not coalesce(${hidden}, false) and ($2::bigint is null or l.id < $2) and ($3 or not ${own})
  order by l.id desc limit ${pageRows + 1}`;

const countSql = `select count(*) filter (where not coalesce(${hidden}, false) and ($2 or not ${own}))::int as total,
    count(*) filter (where ${own})::int as own, count(*) filter (where ${hidden})::int as hidden
  from look l join account a on a.id = l.account_id left join matter m on m.id = l.matter where ${ofPerson}`;

/**
 * Who looked at a person's data, and why, the newest first. What is hidden while an investigation is open is counted.
 * @throws MindunError unknown-person
 */
export const looksQuery = defineQuery({
  name: 'access.looks',
  title: { zh: '谁看过我的档案', en: 'Who looked at my file' },
  personal: true,
  input: z.object({
    person: z.string().min(1),
    /** With one's own looks. */
    own: z.boolean().default(false),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
  }),
  async run(context, input): Promise<LooksView> {
    const person = await personBy(context.tx, input.person);
    context.looked({ personId: person.id });
    // The person was found with the actor's own eyes.
    return context.elevate(() => looksOf(context, person.id, input.own, input.cursor ?? null));
  },
});

async function looksOf(
  context: PersonalContext,
  person: number,
  own: boolean,
  cursor: string | null,
): Promise<LooksView> {
  const ids = await personIds(context.tx, person);
  const [found, counts] = await Promise.all([
    context.tx.rows<Row>(rowsSql, [ids, cursor, own]),
    context.tx.one<{ total: number; own: number; hidden: number }>(countSql, [ids, own]),
  ]);
  const rows = found.slice(0, pageRows);
  return {
    rows: rows.map(viewOf),
    ...counts,
    next: found.length > pageRows ? String(rows.at(-1)!.id) : null,
  };
}

function viewOf(row: Row): LookView {
  const by = byOf(row);
  return {
    id: row.id,
    at: row.at,
    by,
    name: by === 'office' ? (row.office ?? '') : by === 'auditor' ? '' : row.name,
    role: roles[row.role ?? '']?.title ?? { zh: '', en: '' },
    what: registered().get(row.query)?.title ?? { zh: row.query, en: row.query },
    purpose: row.purpose,
    matter: row.matter === null ? null : { id: row.matter, reason: row.reason },
    listed: row.listed,
    refused: row.refused !== null,
    objected: row.objected,
  };
}

function byOf(row: Row): LookView['by'] {
  if (row.own) return 'self';
  if (row.kind === 'person') return 'proxy';
  if (row.kind === 'employer' || row.kind === 'auditor') return row.kind;
  return 'office';
}
