import { z } from 'zod';
import { receivableKeys as r } from '../../engines/fund/index.ts';
import { areaNames } from '../../engines/jurisdiction/index.ts';
import { type EmployerRow, employersByIds, searchEmployers } from '../../engines/registry/index.ts';
import {
  addMonths,
  defineQuery,
  lastDay,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
} from '../../kernel/index.ts';
import {
  agreementOf,
  daysLate,
  deferredUntil,
  type Enforcement,
  enforcementOf,
} from './deferrals.ts';
import type { Page, UndeclaredRow, UnpaidRow } from './views.ts';

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

interface Undeclared {
  readonly id: number;
  readonly last: number | null;
  readonly persons: number | null;
  readonly provisional: number | null;
  readonly before: boolean;
}

/** Employers that did not declare a month, with the actor's own eyes. */
export const undeclaredQuery = defineQuery({
  name: 'insurance.undeclared',
  title: { zh: '未申报单位', en: 'Employers that did not declare' },
  input: z.object({ month: z.string(), cursor: cursorInput }),
  async run(context, input): Promise<Page<UndeclaredRow>> {
    const month = readMonth(input.month);
    const end = lastDay(month);
    const { total } = await context.tx.one<{ total: number }>(
      `select count(*)::int as total ${undeclaredSql}`,
      [end, period(month)],
    );
    const found = await undeclaredAfter(context, month, Number(input.cursor ?? 0));
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

async function undeclaredAfter(
  context: QueryContext,
  month: Month,
  after: number,
): Promise<Undeclared[]> {
  return context.tx.rows<Undeclared>(
    `select u.id, d.period as last, d.rows as persons, p.amount as provisional, b.before from (
       select f.employer_id as id ${undeclaredSql} and f.employer_id > $3 order by 1 limit $4) u
     left join lateral (select period, rows from declaration
       where employer_id = u.id and period < $2 and kind <> 'correction' order by period desc, id desc limit 1) d on true
     left join lateral (select sum(l.amount)::bigint as amount from bill k
       join bill_line l on l.bill_id = k.id and l.period = k.period
       where k.employer_id = u.id and k.period = $2 and l.kind = 2) p on true
     cross join lateral (select exists (select from bill k join bill_line l on l.bill_id = k.id
         where k.employer_id = u.id and l.fee_period = $5 and l.amount > 0)
       and not exists (select from month_step where period = $2 and step = 'assess') as before) b order by u.id`,
    [lastDay(month), period(month), after, pageRows + 1, period(addMonths(month, -1))],
  );
}

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

const unpaidSql = `from bill b join (select bill_id, sum(amount)::bigint as open from entry
    where book = 2 and account = $2 and period >= $3 and employer_id is not null
    group by 1 having sum(amount) > 0) o on o.bill_id = b.id
  where b.period <= $1 and b.period >= $3`;

/**
 * Bills of a month that are not paid in full, with the actor's own eyes; `earlier` adds those of the months before and
 * those taken over. Amounts in fen.
 */
export const unpaidQuery = defineQuery({
  name: 'insurance.unpaid',
  title: { zh: '未缴清单位', en: 'Bills not paid in full' },
  input: z.object({ month: z.string(), cursor: cursorInput, earlier: z.boolean().default(false) }),
  async run(context, input): Promise<Page<UnpaidRow>> {
    const ofPeriod = period(readMonth(input.month));
    const values = [ofPeriod, r.contributionsDue, input.earlier ? 0 : ofPeriod];
    const { total } = await context.tx.one<{ total: number }>(
      `select count(*)::int as total ${unpaidSql}`,
      values,
    );
    const found = await context.tx.rows<Unpaid>(
      `select b.id, b.employer_id as employer, b.number, b.period, b.due_on::text as "dueOn", o.open
       ${unpaidSql} and b.id > $4 order by b.id limit $5`,
      [...values, Number(input.cursor ?? 0), pageRows + 1],
    );
    const { rows, next } = cut(found);
    const employers = [...new Set(rows.map((u) => u.employer))];
    const names = await employerNames(context, employers);
    const enforcement = await enforcementOf(context, employers);
    return {
      rows: rows.map((u) => unpaidRow(context, u, names(u.employer), enforcement)),
      total,
      next,
    };
  },
});

function unpaidRow(
  context: QueryContext,
  unpaid: Unpaid,
  names: Named,
  enforcement: Enforcement,
): UnpaidRow {
  const order = enforcement.orders.get(unpaid.id)?.at(-1);
  const { endedOn, instalments } = agreementOf(unpaid.id, enforcement, context.today);
  return {
    ...names,
    billNumber: unpaid.number,
    month: monthOfPeriod(unpaid.period),
    dueDate: unpaid.dueOn,
    openFen: unpaid.open,
    daysLate:
      unpaid.dueOn === null ? 0 : daysLate(unpaid.id, unpaid.dueOn, enforcement, context.today),
    order: order === undefined ? null : { givenOn: order.givenOn, payBy: order.payBy },
    deferredUntil: deferredUntil(unpaid.id, enforcement, context.today),
    deferralEndedOn: endedOn,
    instalments,
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
       and ($1 = '' or f.name ^@ $1 or f.initials ^@ $2 or c.code ^@ $3)`,
    [text, text.toLowerCase(), text.toUpperCase()],
  );
  return total;
}
