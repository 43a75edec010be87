import type { QueryContext } from '../../../kernel/index.ts';
import { type CheckDefinition, type Finding, sqlCheck } from './check.ts';

/** Tables of this city that have a column: the parents of leaves, no views. */
async function tablesWith({ tx }: QueryContext, column: string): Promise<string[]> {
  const rows = await tx.rows<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attname = $1 and not a.attisdropped
       and not c.relispartition and has_table_privilege(c.oid, 'select') order by 1`,
    [column],
  );
  return rows.map((r) => r.name);
}

const facts: readonly { readonly table: string; readonly subject: readonly string[] }[] = [
  { table: 'person_fact', subject: ['person_id'] },
  { table: 'employer_fact', subject: ['employer_id'] },
  { table: 'employer_code', subject: ['employer_id', 'kind'] },
  { table: 'employer_rating', subject: ['employer_id', 'kind'] },
  { table: 'payout_account', subject: ['person_id'] },
  { table: 'spell', subject: ['person_id', 'employer_id'] },
];

async function actsExist(context: QueryContext): Promise<Finding> {
  const named = (await tablesWith(context, 'act')).map((t) => `select act from "${t}"`);
  const known = facts.map(
    ({ table }) => `select unnest(array[lower(known), upper(known)]) from ${table}`,
  );
  return context.tx.one(
    `select count(*) as counted, count(*) filter (where a.id is null) as wrong
     from (${[...named, ...known, 'select parent from act'].join(' union ')}) x (act) left join act a on a.id = x.act
     where x.act is not null`,
  );
}

async function areasExist(context: QueryContext): Promise<Finding> {
  const used = (await tablesWith(context, 'area')).map((t) => `select area from "${t}"`);
  return context.tx.one(
    `select count(*) as counted, count(*) filter (where a.key is null) as wrong
     from (${used.join(' union ')}) x left join area a on a.key = x.area where x.area is not null`,
  );
}

/** What holds for rows of every kind: acts, areas, dates, numbers, bytes. */
export const factChecks: readonly CheckDefinition[] = [
  { name: 'acts-recorded', run: actsExist },
  { name: 'areas-in-tree', run: areasExist },
  sqlCheck(
    'areas-nest',
    `select count(*) as counted, count(*) filter (where a.last < a.key or a.parent is null and a.tier <> 'city'
        or a.parent is not null and (p.key is null or a.key < p.key or a.last > p.last)) as wrong
      from area a left join area p on p.key = a.parent`,
  ),
  ...facts.map(({ table, subject }) =>
    sqlCheck(
      `${table.replace('_', '-')}s-do-not-overlap`,
      `select (select count(*) from ${table}) as counted, count(*) as wrong
        from ${table} a join ${table} b using (${subject.join(', ')})
        where a.id < b.id and a.valid && b.valid and a.known && b.known`,
    ),
  ),
  sqlCheck(
    'numbers-without-gap',
    `with issued as (select 'bill' as kind, number from bill where kind = 'month'
        union all select 'opening', number from bill where kind = 'opening'
        union all select 'order', number from pay_order),
      serials as (select kind, substring(number from '〔(\\d{4})〕')::int as year, substring(number from '〕(\\d+)$')::int as serial
        from issued),
      found as (select kind, year, count(*) as n, count(distinct serial) as serials, min(serial) as first, max(serial) as last
        from serials group by 1, 2)
      select coalesce(sum(f.n), 0)::bigint as counted, count(*) filter (where f.n is distinct from s.last or f.serials <> f.n
          or f.first <> 1 or f.last <> s.last) as wrong
      from found f full join (select kind, year, sum(last) as last from number_series group by 1, 2) s using (kind, year)`,
  ),
  sqlCheck(
    'file-bytes-unchanged',
    `select count(*) as counted, count(*) filter (where f.bytes <> length(c.data) or f.sha256 <> encode(sha256(c.data), 'hex')) as wrong
      from file f cross join lateral (select coalesce(string_agg(data, ''::bytea order by seq), ''::bytea) as data
        from file_chunk where file_id = f.id) c`,
  ),
];
