import { z } from 'zod';
import { roles } from '../../engines/access/index.ts';
import { personBy, personIds } from '../../engines/registry/index.ts';
import { defineQuery, type QueryContext, registered, type Text } from '../../kernel/index.ts';

/** One look at a person's data. */
export interface LookView {
  readonly at: string;
  /** `self`: the person's own account; an employer is named; of the office its role is told, not the clerk's name. */
  readonly by: 'self' | 'employer' | 'office';
  readonly name: string;
  readonly role: Text;
  /** What was asked. */
  readonly what: Text;
  /** Why: a code of `purposes`; before that list was closed, whatever was stated. */
  readonly purpose: string;
}

export interface LooksView {
  readonly rows: readonly LookView[];
  readonly total: number;
}

const shown = 200;

interface Row {
  readonly at: string;
  readonly kind: string;
  readonly name: string;
  readonly own: boolean;
  readonly role: string | null;
  readonly query: string;
  readonly purpose: string;
}

const sql = `select to_char(l.at, 'YYYY-MM-DD"T"HH24:MI:SS') as at, a.kind, a.name,
    coalesce(a.person_id = any ($1), false) as own, l.query, l.purpose,
    (select g.role from access_grant g where g.account_id = a.id order by g.id desc limit 1) as role
  from look l join account a on a.id = l.account_id where l.person_id = any ($1)
  order by l.id desc limit ${shown}`;

/** Who looked at a person's data, and why, the newest first. @throws MindunError unknown-person */
export const looksQuery = defineQuery({
  name: 'access.looks',
  title: { zh: '谁看过我的档案', en: 'Who looked at my file' },
  personal: true,
  input: z.object({ person: z.string().min(1) }),
  async run(context, input): Promise<LooksView> {
    const person = await personBy(context.tx, input.person);
    // The person was found with the actor's own eyes.
    return context.elevate(() => looksOf(context, person.id));
  },
});

async function looksOf(context: QueryContext, person: number): Promise<LooksView> {
  const ids = await personIds(context.tx, person);
  const rows = await context.tx.rows<Row>(sql, [ids]);
  const { total } = await context.tx.one<{ total: number }>(
    'select count(*) as total from look where person_id = any ($1)',
    [ids],
  );
  return { rows: rows.map(viewOf), total };
}

function viewOf(row: Row): LookView {
  const by = row.own ? 'self' : row.kind === 'employer' ? 'employer' : 'office';
  return {
    at: row.at,
    by,
    name: by === 'office' ? '' : row.name,
    role: roles[row.role ?? '']?.title ?? { zh: '', en: '' },
    what: registered().get(row.query)?.title ?? { zh: row.query, en: row.query },
    purpose: row.purpose,
  };
}
