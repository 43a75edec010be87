import { z } from 'zod';
import { receivableKeys } from '../../engines/fund/index.ts';
import { areaByCode, areaNames } from '../../engines/jurisdiction/index.ts';
import { type EmployerRow, employersByIds, searchEmployers } from '../../engines/registry/index.ts';
import {
  addMonths,
  defineQuery,
  lastDay,
  monthOfPeriod,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
} from '../../kernel/index.ts';
import { type Enforcement, endedEarly, enforcementOf } from './arrears/deferrals.ts';
import { standingOf } from './arrears/standing.ts';
import { lineKind } from './codes.ts';
import type { Page, UndeclaredRow, UnpaidPage, UnpaidRow } from './views.ts';

/** Rows of a page of any list. */
export const pageRows = 50;

export const cursorInput = z
  .string()
  .regex(/^\d{1,15}$/)
  .optional();

/** Cuts a page out of one row more than it holds; `next` is the cursor after its last row, or null at the end. */
export function cut<R extends { readonly id: number }>(
  found: readonly R[],
): { readonly rows: readonly R[]; readonly next: string | null } {
  const rows = found.slice(0, pageRows);
  return { rows, next: found.length > pageRows ? String(rows.at(-1)!.id) : null };
}

/** Declarations that make a month declared. */
export const declaring = "('full', 'changes', 'late')";

/** Employers registered at the end of $1::date's month without a declaration for month $2. */
export const undeclaredSql = `from employer_fact f where upper_inf(f.known) and f.valid @> $1::date
  and not exists (select from declaration d where d.employer_id = f.employer_id and d.period = $2
    and d.kind in ${declaring})`;

/** Which employers of a list are asked for: by the beginning of name, code or initials, and by area. */
const wanted = { search: z.string().max(100).default(''), area: z.string().optional() };

interface Wanted {
  readonly text: readonly [string, string, string];
  readonly lo: number;
  readonly hi: number;
}

async function wantedOf(
  context: QueryContext,
  input: { readonly search: string; readonly area?: string | undefined },
): Promise<Wanted> {
  const text = input.search.trim();
  const words = [text, text.toLowerCase(), text.toUpperCase()] as const;
  if (input.area === undefined) return { text: words, lo: 0, hi: Number.MAX_SAFE_INTEGER };
  const area = await areaByCode(context.tx, input.area, context.today);
  return { text: words, lo: area.key, hi: area.last };
}

/** Whether an employer's name, code or initials begin with the texts at $at, $at + 1 and $at + 2. */
function namedSql(employer: string, at: number): string {
  return `($${at} = '' or exists (select from employer_fact w
    join employer_code c on c.employer_id = w.employer_id and upper_inf(c.known) and upper_inf(c.valid)
    where w.employer_id = ${employer} and upper_inf(w.known) and upper_inf(w.valid)
      and (w.name ^@ $${at} or w.initials ^@ $${at + 1} or c.code ^@ $${at + 2} or (char_length($${at}) > 1
        and (position($${at} in w.name) > 0 or position($${at + 1} in w.initials) > 0)))))`;
}

interface Undeclared {
  readonly id: number;
  readonly last: number | null;
  readonly persons: number | null;
  readonly provisional: number | null;
  readonly before: boolean;
}

// Billed for the month itself ($2), provisionally, and for the month before ($3).
const undeclaredWanted = `${undeclaredSql} and ${namedSql('f.employer_id', 4)} and f.area between $7 and $8`;
const amounts = `left join lateral (select sum(l.amount)::bigint as amount from bill k
    join bill_line l on l.bill_id = k.id and l.period = k.period
    where k.employer_id = u.id and k.period = $2 and l.kind = 2) p on true
  cross join lateral (select exists (select from bill k join bill_line l on l.bill_id = k.id
      where k.employer_id = u.id and l.fee_period = $3 and l.amount > 0 and l.kind <> ${lineKind.opening})
    and not exists (select from month_step where period = $2 and step = 'assess') as before) b
  where not $9 or (p.amount is null and not b.before)`;

/** Employers that did not declare a month, with the actor's own eyes. @throws MindunError unknown-area */
export const undeclaredQuery = defineQuery({
  name: 'insurance.undeclared',
  title: { zh: '未申报单位', en: 'Employers that did not declare' },
  input: z.object({
    month: z.string(),
    cursor: cursorInput,
    ...wanted,
    /** Only those with no amount of the month before: the clerk must estimate. */
    needsClerk: z.boolean().default(false),
  }),
  async run(context, input): Promise<Page<UndeclaredRow>> {
    const month = readMonth(input.month);
    const { text, lo, hi } = await wantedOf(context, input);
    const before = period(addMonths(month, -1));
    const values = [lastDay(month), period(month), before, ...text, lo, hi, input.needsClerk];
    const { total } = await context.tx.one<{ total: number }>(
      `select count(*)::int as total from (select f.employer_id as id ${undeclaredWanted}) u ${amounts}`,
      values,
    );
    const found = await context.tx.rows<Undeclared>(
      `select u.*, d.period as last, d.rows as persons from (
         select u.id, p.amount as provisional, b.before from (
           select f.employer_id as id ${undeclaredWanted} and f.employer_id > $10) u ${amounts} order by u.id limit $11) u
       left join lateral (select period, rows from declaration
         where employer_id = u.id and period < $2 and kind <> 'correction' order by period desc, id desc limit 1) d on true
       order by u.id`,
      [...values, Number(input.cursor ?? 0), pageRows + 1],
    );
    const { rows, next } = cut(found);
    const names = await employerNames(
      context,
      rows.map((u) => u.id),
    );
    return {
      rows: rows.map((u) => ({
        ...names(u.id),
        lastDeclared: u.last === null ? null : monthOfPeriod(u.last),
        personsLast: u.persons ?? 0,
        provisionalFen: u.provisional,
        needsClerk: !u.before && u.provisional === null,
      })),
      total,
      next,
    };
  },
});

interface Named {
  readonly employer: string;
  readonly code: string;
  readonly name: string;
  readonly area: string;
}

/** Names of the employers of a page; how many are listed is recorded. */
async function employerNames(
  context: QueryContext,
  ids: readonly number[],
): Promise<(id: number) => Named> {
  if (ids.length > 0) context.looked({ listed: ids.length });
  const employers = await employersByIds(context.tx, ids);
  const areas = await areaNames(
    context.tx,
    [...employers.values()].map((e) => e.area),
    context.today,
  );
  return (id) => named(employers.get(id)!, areas);
}

function named(employer: EmployerRow, areas: ReadonlyMap<number, string>): Named {
  return {
    employer: employer.publicId,
    code: employer.code,
    name: employer.name,
    area: areas.get(employer.area) ?? '',
  };
}

interface Unpaid {
  readonly id: number;
  readonly employer: number;
  readonly number: string;
  readonly period: number;
  readonly dueOn: PlainDate | null;
  readonly open: number;
}

// Of the months $3 to $1, as of the day $8; a deferral that runs on it, none of those that a missed instalment ended ($11), puts the due day off.
const unpaidSql = `from bill b join (select bill_id, sum(amount)::bigint as open from entry
    where book = 2 and account = $2 and period >= $3 and employer_id is not null
    group by 1 having sum(amount) > 0) o on o.bill_id = b.id
  cross join lateral (select exists (select from deferral
      where bill_id = b.id and employer_id = b.employer_id and $8::date between from_on and until_on)
      and b.id <> all ($11::bigint[]) as deferred,
    exists (select from pay_order p where bill_id = b.id and employer_id = b.employer_id
      and not exists (select from pay_order_withdrawal where order_id = p.id)) as ordered) f
  where b.period <= $1 and b.period >= $3 and ${namedSql('b.employer_id', 4)} and b.area between $7 and $9 and case $10
    when 'overdue' then b.due_on < $8::date and not f.deferred
    when 'to-order' then b.due_on < $8::date and not f.deferred and not f.ordered
    when 'ordered' then f.ordered when 'deferred' then f.deferred else true end`;

const unpaidStates = ['all', 'overdue', 'to-order', 'ordered', 'deferred'] as const;

/**
 * Bills of a month that are not paid in full, the largest first, with the actor's own eyes; `earlier` adds those of the
 * months before and those taken over. `state` picks those overdue, those of them without an order to pay, those with one, or
 * those deferred today. Amounts in fen.
 * @throws MindunError unknown-area
 */
export const unpaidQuery = defineQuery({
  name: 'insurance.unpaid',
  title: { zh: '未缴清单位', en: 'Bills not paid in full' },
  input: z.object({
    month: z.string(),
    cursor: z
      .string()
      .regex(/^\d{1,16}\.\d{1,15}$/)
      .optional(),
    earlier: z.boolean().default(false),
    ...wanted,
    state: z.enum(unpaidStates).default('all'),
  }),
  async run(context, input): Promise<UnpaidPage> {
    const ofPeriod = period(readMonth(input.month));
    const { text, lo, hi } = await wantedOf(context, input);
    const from = input.earlier ? 0 : ofPeriod;
    const due = receivableKeys.contributionsDue;
    const ended = await endedEarly(context);
    const values = [ofPeriod, due, from, ...text, lo, context.today, hi, input.state, ended];
    const { total, openFen } = await context.tx.one<{ total: number; openFen: number }>(
      `select count(*)::int as total, coalesce(sum(o.open), 0)::bigint as "openFen" ${unpaidSql}`,
      values,
    );
    const [open, id] = (input.cursor ?? `${Number.MAX_SAFE_INTEGER}.0`).split('.').map(Number);
    const found = await context.tx.rows<Unpaid>(
      `select b.id, b.employer_id as employer, b.number, b.period, b.due_on::text as "dueOn", o.open
       ${unpaidSql} and (o.open < $12 or (o.open = $12 and b.id > $13)) order by o.open desc, b.id limit $14`,
      [...values, open, id, pageRows + 1],
    );
    const rows = found.slice(0, pageRows);
    const last = rows.at(-1);
    const more = found.length > pageRows && last !== undefined;
    const employers = [...new Set(rows.map((u) => u.employer))];
    const names = await employerNames(context, employers);
    const enforcement = await enforcementOf(context, employers);
    return {
      rows: rows.map((u) => unpaidRow(context, u, names(u.employer), enforcement)),
      total,
      openFen,
      next: more ? `${last.open}.${last.id}` : null,
    };
  },
});

function unpaidRow(
  context: QueryContext,
  unpaid: Unpaid,
  names: Named,
  enforcement: Enforcement,
): UnpaidRow {
  return {
    ...names,
    ...standingOf(unpaid, enforcement, context.today),
    billNumber: unpaid.number,
    month: monthOfPeriod(unpaid.period),
    openFen: unpaid.open,
  };
}

export interface EmployerListRow extends Named {
  /** Persons enrolled today. */
  readonly persons: number;
}

/** Employers by the beginning of a name, code or initials, with the actor's own eyes. */
export const employersQuery = defineQuery({
  name: 'insurance.employers',
  title: { zh: '参保单位', en: 'Employers' },
  input: z.object({ search: z.string().max(100).default(''), cursor: cursorInput }),
  async run(context, input): Promise<Page<EmployerListRow>> {
    const found = await searchEmployers(
      context.tx,
      input.search,
      Number(input.cursor ?? 0),
      pageRows + 1,
    );
    const { rows, next } = cut(found);
    if (rows.length > 0) context.looked({ listed: rows.length });
    const areas = await areaNames(
      context.tx,
      rows.map((e) => e.area),
      context.today,
    );
    const enrolled = await context.tx.rows<{ id: number; persons: number }>(
      `select employer_id as id, count(distinct person_id)::int as persons from spell
       where employer_id = any ($1) and upper_inf(known) and valid @> $2::date group by 1`,
      [rows.map((e) => e.id), context.today],
    );
    const persons = new Map(enrolled.map((e) => [e.id, e.persons]));
    return {
      rows: rows.map((e) => ({ ...named(e, areas), persons: persons.get(e.id) ?? 0 })),
      total: await employerCount(context, input.search.trim()),
      next,
    };
  },
});

async function employerCount(context: QueryContext, text: string): Promise<number> {
  const { total } = await context.tx.one<{ total: number }>(
    `select count(distinct f.employer_id)::int as total from employer_fact f
     join lateral (select code from employer_code where employer_id = f.employer_id and upper_inf(known)
       and upper_inf(valid) order by kind desc limit 1) c on true
     where upper_inf(f.known) and upper_inf(f.valid)
       and ($1 = '' or f.name ^@ $1 or f.initials ^@ $2 or c.code ^@ $3
         or (char_length($1) > 1 and (position($1 in f.name) > 0 or position($2 in f.initials) > 0)))`,
    [text, text.toLowerCase(), text.toUpperCase()],
  );
  return total;
}
