import { z } from 'zod';
import { receivableKeys as r } from '../../../engines/fund/index.ts';
import { counties } from '../../../engines/jurisdiction/index.ts';
import {
  defineQuery,
  lastDay,
  type Month,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
} from '../../../kernel/index.ts';
import { daysLate, deferredUntil, enforcementOf } from '../arrears/deferrals.ts';
import { bookedOn } from '../bills/key.ts';
import { lineKind, schemeBits } from '../codes.ts';
import { type AgeingView, type CountyFiguresView, type Insurance, insurances } from '../views.ts';

type Figures<T> = T & { readonly county: number };

/** Official code and name of the county of each row; rows keep their order. */
async function withNames<T extends { readonly county: number }>(
  context: QueryContext,
  rows: readonly T[],
): Promise<(Omit<T, 'county'> & { area: string; areaName: string })[]> {
  const known = new Map((await counties(context.tx, context.today)).map((c) => [c.key, c]));
  return rows.map(({ county, ...figures }) => {
    const area = known.get(county);
    return {
      area: area?.code ?? String(Math.floor(county / 1_000_000)),
      areaName: area?.name ?? context.city.name.zh,
      ...figures,
    };
  });
}

/**
 * What was open at the end of a month by county and by how many days late it is; days of a deferral do not count. With the
 * actor's own eyes. Amounts in fen.
 */
export const ageingQuery = defineQuery({
  name: 'insurance.ageing',
  title: { zh: '欠费账龄', en: 'Ageing of arrears' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<AgeingView> {
    const month = readMonth(input.month);
    const asOf = bookedOn(period(month), context.today);
    const deferred = await deferredDays(context, asOf);
    const rows = await context.tx.rows<Figures<Omit<AgeingView['rows'][number], 'area'>>>(
      `select b.area / 1000000 * 1000000 as county, count(distinct b.employer_id)::int as employers,
         coalesce(sum(o.open) filter (where coalesce(d.late, 0) <= 0), 0)::bigint as "notDueFen",
         coalesce(sum(o.open) filter (where d.late between 1 and 30), 0)::bigint as "days30Fen",
         coalesce(sum(o.open) filter (where d.late between 31 and 90), 0)::bigint as "days90Fen",
         coalesce(sum(o.open) filter (where d.late between 91 and 365), 0)::bigint as "days365Fen",
         coalesce(sum(o.open) filter (where d.late > 365), 0)::bigint as "olderFen", sum(o.open)::bigint as "totalFen"
       from (select bill_id, sum(amount) as open from entry
         where book = 2 and account = $3 and period <= $1 group by 1 having sum(amount) > 0) o
       join bill b on b.id = o.bill_id
       left join unnest($4::bigint[], $5::int[]) as x (bill, late) on x.bill = b.id
       cross join lateral (select coalesce(x.late, $2::date - b.due_on) as late) d
       group by 1 order by 1`,
      [period(month), asOf, r.contributionsDue, [...deferred.keys()], [...deferred.values()]],
    );
    return { asOf, rows: await withNames(context, rows) };
  },
});

/** Days late of each bill that has or had a deferral; while one runs the bill is not due. */
async function deferredDays(context: QueryContext, asOf: PlainDate): Promise<Map<number, number>> {
  const enforcement = await enforcementOf(context, null);
  const bills = [...enforcement.deferrals.keys()];
  const due = await context.tx.rows<{ bill: number; dueOn: PlainDate }>(
    'select id as bill, due_on::text as "dueOn" from bill where id = any ($1) and due_on is not null',
    [bills],
  );
  return new Map(
    due.map(({ bill, dueOn }) => [
      bill,
      deferredUntil(bill, enforcement, asOf) === null
        ? daysLate(bill, dueOn, enforcement, asOf)
        : 0,
    ]),
  );
}

interface CountyRow {
  readonly county: number;
  readonly employers: number;
  readonly assessedFen: number;
  readonly collectedFen: number;
  readonly pension: number;
  readonly medical: number;
  readonly unemployment: number;
  readonly injury: number;
  readonly maternity: number;
}

/**
 * Employers with a bill, insured persons by insurance, what was assessed and what came in on the month's bills until today, by
 * county: of employers that declared in time those on the roster, of the others those enrolled at the end of the month. With the
 * actor's own eyes. Amounts in fen.
 */
export const byCountyQuery = defineQuery({
  name: 'insurance.by-county',
  title: { zh: '分县参保和征缴', en: 'Insured and collected by county' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<CountyFiguresView> {
    const month = readMonth(input.month);
    const rows = await context.tx.rows<CountyRow>(countySql, [period(month), r.contributionsDue]);
    const enrolled = await enrolledIn(context, month);
    const named = await withNames(context, rows);
    return {
      month,
      rows: named.map(({ pension, medical, unemployment, injury, maternity, ...figures }) => {
        const onRosters: Record<Insurance, number> = {
          pension,
          medical,
          unemployment,
          injury,
          maternity,
        };
        const others = enrolled.get(figures.area);
        const insured = { ...onRosters };
        for (const i of insurances) insured[i] += others?.[i] ?? 0;
        return { ...figures, insured };
      }),
    };
  },
});

const persons = (funds: string): string =>
  `coalesce(sum(persons) filter (where share = 1 and kind = ${lineKind.current} and fund in (${funds})), 0)::bigint`;

/** Of employers that did not declare in time: whom their enrolments name at the end of the month. Numbers alone, with the system's eyes. */
async function enrolledIn(
  context: QueryContext,
  month: Month,
): Promise<ReadonlyMap<string, Record<Insurance, number>>> {
  const columns = insurances.map(
    (i) => `count(distinct person_id) filter (where schemes & ${schemeBits[i]} <> 0)::int as ${i}`,
  );
  const rows = await context.elevate(() =>
    context.tx.rows<Record<Insurance, number> & { county: number }>(
      `select f.area / 1000000 * 1000000 as county, ${columns.join(', ')}
       from employer_fact f join spell s on s.employer_id = f.employer_id
       where upper_inf(f.known) and f.valid @> $2::date and upper_inf(s.known) and s.valid @> $2::date
         and not exists (select from declaration d where d.employer_id = f.employer_id and d.period = $1
           and d.kind in ('full', 'changes'))
       group by 1`,
      [period(month), lastDay(month)],
    ),
  );
  return new Map((await withNames(context, rows)).map(({ area, ...of }) => [area, of]));
}

const countySql = `select l.*, coalesce(p.collected, 0)::bigint as "collectedFen" from (
    select area / 1000000 * 1000000 as county, count(distinct employer_id)::int as employers,
      sum(amount)::bigint as "assessedFen", ${persons('1, 2')} as pension, ${persons('3')} as medical,
      ${persons('4')} as unemployment, ${persons('5')} as injury, ${persons('6')} as maternity
    from bill_line where period = $1 and kind <> 5 group by 1) l
  left join (select b.area / 1000000 * 1000000 as county, -sum(e.amount) as collected
    from entry e join bill b on b.id = e.bill_id and b.period = $1 join journal j on j.id = e.journal_id
    where e.book = 2 and e.account = $2 and e.period >= $1 and j.kind in ('receipt', 'apply') group by 1) p
    on p.county = l.county order by l.county`;
