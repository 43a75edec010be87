import { type LevyBatch, levyBatch } from '../../../engines/policy/index.ts';
import type { ColumnType } from '../../../kernel/database/index.ts';
import {
  firstDay,
  MindunError,
  monthOfPeriod,
  type PlainDate,
  type QueryContext,
} from '../../../kernel/index.ts';
import { amountColumns, arenaRows, LevyPage } from '../bills/levy.ts';
import { lineChange, lineKind, monthColumns } from '../codes.ts';
import { lawOf, question } from '../law.ts';
import { type Declared, Sums } from '../month-rows.ts';
import { type Ratings, ratingsOf } from '../ratings.ts';
import { fingerprint, type StoredVersion } from '../settlement/affected.ts';
import type { CheckDefinition, Finding } from './check.ts';

interface Assessment {
  readonly feePeriod: number;
  readonly period: number;
  readonly number: number;
  readonly knownOn: PlainDate;
  readonly versions: readonly StoredVersion[];
  readonly persons: number;
  readonly found: number;
}

/** Every run of the rules over a month, in order, with the number of persons (month) or employers (settlement) that its rows are of. */
async function assessments({ tx }: QueryContext): Promise<Assessment[]> {
  return tx.rows(
    `select a.fee_period as "feePeriod", a.period, a.number::int, a.known_on::text as "knownOn", a.versions, a.persons,
       coalesce(m.n, 0)::int as found
     from assessment a left join (select m.period as fee_period, b.period,
         case when m.period = b.period then count(*) else count(distinct m.employer_id) end as n
       from person_month m join bill b on b.id = m.bill_id group by 1, 2) m using (fee_period, period)
     order by a.fee_period, a.number`,
  );
}

function batchOf({ city }: QueryContext, a: Assessment): LevyBatch | undefined {
  const on = firstDay(monthOfPeriod(a.feePeriod));
  try {
    return levyBatch(lawOf(city), question(city, on, a.knownOn));
  } catch (error) {
    if (error instanceof MindunError && error.code === 'parameter-unset') return undefined;
    throw error;
  }
}

/** Each run of the rules used the versions that were known on its day, and wrote as many rows as it says. */
async function assessmentsReproduce(context: QueryContext): Promise<Finding> {
  const all = await assessments(context);
  const wrong = all.filter((a) => {
    const batch = batchOf(context, a);
    if (batch === undefined || a.persons !== a.found) return true;
    return fingerprint(batch.versions) !== fingerprint(a.versions);
  });
  return { counted: all.length, wrong: wrong.length };
}

const columns: readonly ColumnType[] = [
  'int8',
  'int8',
  'int2',
  'int2',
  'int2',
  'int4',
  'int2',
  ...monthColumns.map(() => 'int4' as const),
];

/**
 * The roster that counted in an assessment (the declarations that its bill carries, or an earlier one) beside the sum of each person's
 * rows up to it. Wage −1: not on the roster. Category of what stands: 0 where it is the roster's, or rows of several stand.
 */
function rowsSql(of: Assessment, employers: readonly number[] | null): string {
  const { feePeriod: p, period: q } = of;
  const mine = employers === null ? '' : `and employer_id = any ('{${employers.join(',')}}')`;
  const sums = monthColumns.map((c) => `sum(m.${c})::int as ${c}`).join(', ');
  const standing = monthColumns.map((c) => `coalesce(s.${c}, 0)`).join(', ');
  return `copy (
    with declared as (select * from declaration where period = ${p} and bill_period <= ${q} ${mine}),
      base as (select employer_id, max(id) as id from declared where kind in ('full', 'changes', 'late') group by 1),
      named as (select r.* from roster_line r join base b on b.employer_id = r.employer_id and b.id = r.declaration_id
        where r.period = ${p}),
      corrected as (select distinct on (r.employer_id, r.person_id) r.* from roster_line r
        join declared d on d.id = r.declaration_id and d.kind = 'correction'
        join base b on b.employer_id = r.employer_id and d.id > b.id
        where r.period = ${p} order by r.employer_id, r.person_id, r.declaration_id desc),
      lines as (select employer_id, person_id, coalesce(c.category, n.category) as category,
          coalesce(c.injury_class, n.injury_class) as injury_class, coalesce(c.schemes, n.schemes) as schemes,
          coalesce(c.wage, n.wage) as wage
        from named n full join corrected c using (employer_id, person_id)
        where coalesce(c.change, n.change) <> ${lineChange.struck}),
      stands as (select m.employer_id, m.person_id, case when count(*) = 1 then max(m.category) end as category, ${sums}
        from (select * from person_month where period = ${p} ${mine}) m
        join bill b on b.id = m.bill_id and b.period <= ${q} group by 1, 2)
    select employer_id, person_id, coalesce(l.category, s.category, 1::smallint), coalesce(l.injury_class, 1::smallint),
      coalesce(l.schemes, 0::smallint), coalesce(l.wage, -1),
      case when l.category <> s.category then s.category else 0::smallint end, ${standing}
    from lines l full join stands s using (employer_id, person_id)) to stdout (format binary)`;
}

interface Page {
  readonly levy: LevyPage;
  readonly employer: Float64Array;
  readonly gone: Uint8Array;
  readonly otherCategory: Uint8Array;
  readonly standing: readonly Int32Array[];
}

/** Streams one assessment's rows through the rules it was made by; `sums`, where given, adds up what the employers owe. */
async function compare(
  context: QueryContext,
  of: Assessment,
  by: { readonly batch: LevyBatch; readonly ratings: Ratings },
  employers: readonly number[] | null,
  sums: Sums | undefined,
): Promise<Finding> {
  const page: Page = {
    levy: new LevyPage(by.batch),
    employer: new Float64Array(arenaRows),
    gone: new Uint8Array(arenaRows),
    otherCategory: new Uint8Array(arenaRows),
    standing: Array.from({ length: amountColumns }, () => new Int32Array(arenaRows)),
  };
  let held = 0;
  let counted = 0;
  let wrong = 0;
  const flush = (): void => {
    page.levy.run(held);
    for (let i = 0; i < held; i += 1) {
      if (differs(page, i)) wrong += 1;
      const at = page.gone[i] === 1 ? -1 : (sums?.indexOf(page.employer[i]!) ?? -1);
      if (at >= 0) sums!.add(at, page.levy, i);
    }
    counted += held;
    held = 0;
  };
  await context.aside((reader) =>
    reader.readRows(rowsSql(of, employers), {
      columns,
      row: (row) => {
        const wage = row.int(5);
        page.employer[held] = row.big(0);
        page.levy.category[held] = row.int(2);
        page.levy.injuryClass[held] = row.int(3);
        page.levy.schemes[held] = row.int(4);
        page.levy.wage[held] = Math.max(0, wage);
        const rated = by.ratings.of(row.big(0));
        page.levy.injuryFloat[held] = rated.injuryFloat;
        page.levy.employerSize[held] = rated.employerSize;
        page.gone[held] = wage < 0 ? 1 : 0;
        page.otherCategory[held] = row.int(6) === 0 ? 0 : 1;
        for (let c = 0; c < amountColumns; c += 1) page.standing[c]![held] = row.int(7 + c);
        held += 1;
        if (held === arenaRows) flush();
      },
    }),
  );
  flush();
  return { counted, wrong };
}

function differs(page: Page, i: number): boolean {
  if (page.otherCategory[i] === 1) return true;
  const columns = page.levy.columnsOf(i);
  for (let c = 0; c < amountColumns; c += 1) {
    const should = page.gone[i] === 1 ? 0 : columns[c]![i]!;
    if (should !== page.standing[c]![i]) return true;
  }
  return false;
}

/** Employers that a settlement changed, or that asked for a change: with the law unchanged all others stand as before. */
async function changedIn({ tx }: QueryContext, a: Assessment): Promise<number[]> {
  const rows = await tx.rows<{ employer: number }>(
    `select employer_id as employer from declaration
     where period = $1 and bill_period = $2 and kind in ('late', 'correction')
     union select employer_id from employer_rating where lower(bills) = $2 or upper(bills) = $2
     union select m.employer_id from person_month m join bill b on b.id = m.bill_id where m.period = $1 and b.period = $2`,
    [a.feePeriod, a.period],
  );
  return rows.map((r) => r.employer);
}

/**
 * Every person's month again, from the roster by the rules and the versions known on the day of each assessment, and the current lines
 * of the bills by the same sums.
 */
async function reproduce(
  context: QueryContext,
): Promise<{ readonly persons: Finding; readonly lines: Finding }> {
  const persons = { counted: 0, wrong: 0 };
  const lines = { counted: 0, wrong: 0 };
  let before: Assessment | undefined;
  for (const a of await assessments(context)) {
    const batch = batchOf(context, a);
    // Without its law nothing is recomputed; assessments-reproduce says so.
    if (batch === undefined) continue;
    const first = a.number === 1;
    const sameLaw =
      !first && before !== undefined && fingerprint(before.versions) === fingerprint(a.versions);
    const employers = sameLaw ? await changedIn(context, a) : null;
    before = a;
    const ratings = await ratingsOf(context.tx, a.feePeriod, a.period, batch);
    const sums = first ? await sumsOf(context, a, ratings) : undefined;
    add(persons, await compare(context, a, { batch, ratings }, employers, sums));
    if (sums !== undefined) add(lines, await linesBeside(context, a, sums));
  }
  return { persons, lines };
}

function add(to: { counted: number; wrong: number }, more: Finding): void {
  to.counted += more.counted;
  to.wrong += more.wrong;
}

async function sumsOf({ tx }: QueryContext, a: Assessment, ratings: Ratings): Promise<Sums> {
  const rows = await tx.rows<Declared & { bill: number }>(
    `select employer_id as employer, area, 0 as declaration, id as bill from bill where period = $1 and kind = 'month' order by id`,
    [a.period],
  );
  return new Sums(
    rows,
    rows.map((r) => r.bill),
    ratings,
  );
}

/** The current lines of a month's bills beside what its rosters come to. */
async function linesBeside({ tx }: QueryContext, a: Assessment, sums: Sums): Promise<Finding> {
  const should = new Map<string, string>();
  for (const s of sums.sections(monthOfPeriod(a.feePeriod)))
    s.cells.forEach((cell, i) => {
      const figures = [s.persons, s.bases, s.amounts, s.accounts].map((list) => list[i]);
      should.set(`${s.bill} ${cell}`, [s.employer, ...figures].join(' '));
    });
  const counted = should.size;
  const rows = await tx.rows<{ key: string; value: string }>(
    `select concat_ws(' ', bill_id, fund * 10 + share) as key, concat_ws(' ', employer_id, persons, base, amount, account) as value
     from bill_line where period = $1 and fee_period = $2 and kind = $3 and claim_bill_id = bill_id`,
    [a.period, a.feePeriod, lineKind.current],
  );
  let wrong = 0;
  for (const row of rows) {
    if (should.get(row.key) !== row.value) wrong += 1;
    should.delete(row.key);
  }
  return { counted: Math.max(counted, rows.length), wrong: wrong + should.size };
}

/** The checks that run the rules again; the two that need every person's month share one pass over them. */
export function personChecks(): readonly CheckDefinition[] {
  let pass: ReturnType<typeof reproduce> | undefined;
  const once = (context: QueryContext): ReturnType<typeof reproduce> => {
    pass ??= reproduce(context);
    return pass;
  };
  return [
    { name: 'assessments-reproduce', run: assessmentsReproduce },
    { name: 'person-months-reproduce', run: async (context) => (await once(context)).persons },
    { name: 'bill-lines-reproduce', run: async (context) => (await once(context)).lines },
  ];
}
