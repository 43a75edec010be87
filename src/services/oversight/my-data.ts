import { z } from 'zod';
import { payoutFullQuery, personBy, personIds } from '../../engines/registry/index.ts';
import { defineQuery, type PersonalContext, type Text } from '../../kernel/index.ts';
import { disclosurePolicy } from './disclosure.ts';

/** A part of what is held: its name in words, and its rows as they are stored. */
export interface Holding {
  readonly part: string;
  readonly title: Text;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export interface MyData {
  readonly person: string;
  readonly at: string;
  readonly parts: readonly Holding[];
}

/**
 * All that is held about a person, part by part, as it is stored: what the person's own role may read, whatever tables there are, and the account. Looks have
 * a query of their own. 个人信息保护法 art. 45: to see and copy one's data, and to take them elsewhere.
 * @throws MindunError unknown-person
 */
export const myData = defineQuery({
  name: 'access.my-data',
  title: { zh: '下载我的全部资料', en: 'Download all my data' },
  personal: true,
  input: z.object({ person: z.string().min(1).max(60) }),
  async run(context, input): Promise<MyData> {
    const person = await personBy(context.tx, input.person);
    context.looked({ personId: person.id });
    const tables = await context.tx.rows<{ name: string }>(
      `select c.relname as name from pg_policy p join pg_class c on c.oid = p.polrelid
       where p.polname = 'own_person' and c.relnamespace = current_schema()::regnamespace order by 1`,
    );
    // With the person's own eyes: the policies say what is the person's, not this list.
    const parts = await Promise.all(tables.map(({ name }) => partOf(context, name)));
    return {
      person: person.publicId,
      at: context.at,
      parts: [
        ...parts,
        await payoutPart(context, person.publicId),
        await accountPart(context, person.id),
      ].filter((p) => p.rows.length > 0),
    };
  },
});

async function partOf({ tx }: PersonalContext, table: string): Promise<Holding> {
  const title = disclosurePolicy().holdings[table] ?? { zh: table, en: table };
  // The name comes from the database's own catalogue.
  const rows = await tx.rows(`select * from "${table}"`);
  return { part: table, title, rows: rows.map(readable) };
}

/** What is sealed is no use to anybody as it is stored: the payout account is told in clear as a part of its own. */
function readable(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).filter(([, v]) => !Buffer.isBuffer(v)));
}

async function payoutPart(context: PersonalContext, person: string): Promise<Holding> {
  const { account } = await context.ask(payoutFullQuery, { person });
  const title = { zh: '现在的发放账户', en: 'Payout account now' };
  return { part: 'payout', title, rows: account === null ? [] : [{ ...account }] };
}

async function accountPart(context: PersonalContext, person: number): Promise<Holding> {
  const rows = await context.elevate(async () => {
    const ids = await personIds(context.tx, person);
    return context.tx.rows(
      `select public_id, login, name, ended, (select count(*)::int from session s where s.account_id = a.id) as sessions
       from account a where kind = 'person' and person_id = any ($1) order by id`,
      [ids],
    );
  });
  return { part: 'account', title: { zh: '登录账号', en: 'Log-in accounts' }, rows };
}
