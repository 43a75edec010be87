import { z } from 'zod';
import { type FundInsurance, insuranceOf } from '../../engines/fund/index.ts';
import { areaNames } from '../../engines/jurisdiction/index.ts';
import { type PersonRow, personBy } from '../../engines/registry/index.ts';
import {
  addDays,
  addMonths,
  type CityInfo,
  defineQuery,
  groupBy,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  type QueryContext,
  sumOf,
} from '../../kernel/index.ts';
import { type AssumedIn, assumedIn } from './assumed.ts';
import { categoryNames, lineChange, schemeBits } from './codes.ts';
import { countingBy, type PensionMonth } from './collect/counting.ts';
import { lawOf, question } from './law.ts';
import { openMonth } from './period.ts';
import { insurances, type RecordMonth, type RecordView } from './views.ts';

/** A person's record: enrolments, months, accounts. @throws MindunError unknown-person, purpose-missing */
export const recordQuery = defineQuery({
  name: 'insurance.record',
  title: { zh: '个人参保记录', en: 'A person’s record' },
  personal: true,
  input: z.object({ person: z.string().min(1) }),
  async run(context, input): Promise<RecordView> {
    const { tx, city } = context;
    const [person, open] = await Promise.all([personBy(tx, input.person), openMonth(tx, city)]);
    context.looked({ personId: person.id });
    // The person was found with the actor's own eyes; what belongs to his file is read from there.
    return context.elevate(() => recordOf(context, person, open));
  },
});

// The person's own file and those merged into it; each statement finds them itself, so that all go out together.
const file = `with recursive file (id) as (
  select $1::bigint union select g.merged from person_merge g join file on g.kept = file.id)`;
const ids = 'any (array(select id from file))';

interface MonthRow {
  readonly period: number;
  readonly employer: number;
  readonly employerId: string;
  readonly employerName: string;
  readonly category: number;
  readonly assessment: number;
  readonly base: number;
  readonly amounts: number[];
  readonly wage: number | null;
  /** Credited account money: of bills that were credited whole as assessed; what persons have by shares stands with the month's first bill. */
  readonly pension: number | null;
  readonly medical: number | null;
  /** Funds of which nothing is open on the bill. */
  readonly paid: number[] | null;
}

// A row for each month, employer and bill. The leaves are named one by one: a month's key begins with its period, and the
// leaves made ahead are not opened. The wage is the one last declared.
const monthsSql = `${file}, months as materialized (
  select m.period, m.employer_id, m.bill_id, max(m.category) as category, max(m.assessment) as assessment, sum(m.base) as base,
    array[sum(pension_employer), sum(pension_employee), sum(pension_account), sum(medical_employer),
      sum(medical_employee), sum(medical_account), sum(unemployment_employer), sum(unemployment_employee),
      sum(injury_employer), sum(maternity_employer)]::int[] as amounts,
    m.bill_id = min(m.bill_id) over (partition by m.period, m.employer_id) as leads
  from unnest($2::int[]) p join person_month m on m.period = p
  where m.period between $3 and $4 and m.person_id = ${ids} group by 1, 2, 3)
select m.period, m.employer_id as employer, e.public_id as "employerId", f.name as "employerName", m.category::int,
  m.assessment::int, m.base::int, m.amounts, wage.wage::bigint, credit.pension::bigint, credit.medical::bigint,
  paid.funds as paid
from months m
join employer e on e.id = m.employer_id
join employer_fact f on f.employer_id = m.employer_id and upper_inf(f.known) and upper_inf(f.valid)
left join lateral (
  select sum(wage) as wage from (
    select distinct on (r.person_id) r.wage, r.change from roster_line r
    where r.period = m.period and r.period between $3 and $4 and r.employer_id = m.employer_id and r.person_id = ${ids}
    order by r.person_id, r.declaration_id desc) of_file where change <> ${lineChange.struck}) wage on true
left join lateral (
  select sum(amount) filter (where fund <> 3) as pension, sum(amount) filter (where fund = 3) as medical from (
    select distinct c.fund, case when c.fund = 3 then m.amounts[6] else m.amounts[3] end as amount
    from account_credit c where c.employer_id = m.employer_id and c.fee_period = m.period and c.bill_id = m.bill_id
      and c.whole and (c.fund = 3 or (c.fund = 2) = (m.category = 2))
    union all
    select c.fund, (select sum(s.amount) from account_credit_share s where s.credit_id = c.id and s.person_id = ${ids})
    from account_credit c where m.leads and c.employer_id = m.employer_id and c.fee_period = m.period) of_fund) credit on true
left join lateral (
  select array_agg(fund::int) filter (where paid) as funds from (
    select distinct on (fund) fund, paid from month_paid
    where employer_id = m.employer_id and fee_period = m.period and bill_id = m.bill_id order by fund, id desc) latest) paid on true
order by m.period desc, m.employer_id`;

interface SpellRow {
  readonly employerId: string;
  readonly employerName: string;
  readonly category: number;
  readonly schemes: number;
  readonly from: PlainDate;
  readonly to: PlainDate | null;
}

const spellsSql = `${file}
select e.public_id as "employerId", f.name as "employerName", s.category::int, s.schemes::int,
  lower(s.valid)::text as "from", (upper(s.valid) - 1)::text as "to"
from spell s join employer e on e.id = s.employer_id
join employer_fact f on f.employer_id = s.employer_id and upper_inf(f.known) and upper_inf(f.valid)
where s.person_id = ${ids} and upper_inf(s.known) order by lower(s.valid) desc, s.id desc`;

const deemedSql = `${file}
select coalesce(sum(months), 0)::int as months from deemed_service where person_id = ${ids}`;

const yearsSql = `${file}
select fund::int, sum(closing)::bigint as closing from (
  select distinct on (person_id, fund) fund, closing from account_year where person_id = ${ids}
  order by person_id, fund, year desc) y group by 1`;

async function recordOf(
  context: QueryContext,
  person: PersonRow,
  open: Month,
): Promise<RecordView> {
  const { tx } = context;
  const periods = periodsTo(open, context.city);
  const [rows, spells, [deemed], years, names] = await Promise.all([
    tx.rows<MonthRow>(monthsSql, [person.id, periods, periods[0], periods.at(-1)]),
    tx.rows<SpellRow>(spellsSql, [person.id]),
    tx.rows<{ months: number }>(deemedSql, [person.id]),
    tx.rows<{ fund: number; closing: number }>(yearsSql, [person.id]),
    areaNames(tx, [person.area], context.today),
  ]);
  const counts = countingBy(lawOf(context.city), question(context.city, context.today));
  const assumed = await assumedIn(context, [...new Set(rows.map((r) => r.period))]);
  const months = [...groupBy(rows, (r) => `${r.period} ${r.employer}`).values()]
    .map((bills) => monthOf(bills, counts, assumed))
    .filter(stands);
  return {
    publicId: person.publicId,
    name: person.name,
    number: `${person.number.slice(0, 4)}${'*'.repeat(10)}${person.number.slice(-4)}`,
    area: names.get(person.area) ?? '',
    enrolments: joined(spells).map((s) => ({
      employer: s.employerId,
      employerName: s.employerName,
      category: categoryNames[s.category - 1]!,
      insurances: insurances.filter((i) => (s.schemes & schemeBits[i]) !== 0),
      from: s.from,
      to: s.to,
    })),
    months,
    countedMonths: new Set(months.filter((r) => r.counts).map((r) => r.month)).size,
    deemedMonths: deemed!.months,
    accounts: accountsOf(years, months),
    asOf: context.at,
  };
}

/**
 * Enrolments at one employer, alike in category and insurances, that overlap or follow each other without a day between, as one: two files of a person
 * that were merged may each have been enrolled there. The latest first.
 */
function joined(spells: readonly SpellRow[]): SpellRow[] {
  const alike = groupBy(spells, (s) => `${s.employerId} ${s.category} ${s.schemes}`);
  const rows = [...alike.values()].flatMap((list) => {
    const done: SpellRow[] = [];
    for (const s of [...list].reverse()) {
      const last = done.at(-1);
      if (last === undefined || (last.to !== null && s.from > addDays(last.to, 1))) done.push(s);
      else if (last.to !== null && (s.to === null || s.to > last.to))
        done[done.length - 1] = { ...last, to: s.to };
    }
    return done;
  });
  return rows.sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0));
}

/** The periods of which there can be rows. Books that a bureau brings with it reach one month before the city's first. */
function periodsTo(open: Month, city: CityInfo): number[] {
  const periods: number[] = [];
  let month = addMonths(monthOfPeriod(city.firstPeriod), -1);
  for (; month <= open; month = addMonths(month, 1)) periods.push(period(month));
  return periods;
}

const parts: readonly { fund: number; employer: number; employee: number; account: number }[] = [
  { fund: 1, employer: 0, employee: 1, account: 2 },
  { fund: 3, employer: 3, employee: 4, account: 5 },
  { fund: 4, employer: 6, employee: 7, account: -1 },
  { fund: 5, employer: 8, employee: -1, account: -1 },
  { fund: 6, employer: 9, employee: -1, account: -1 },
];

/**
 * Whether a fund's month is paid in full for the person: each bill on which something is due for him is, see `updatePaid`.
 * @param columns where in the amounts the fund's shares stand
 */
function paidFor(bills: readonly MonthRow[], fund: number, columns: readonly number[]): boolean {
  const mine = bills.filter((b) => columns.some((c) => (b.amounts[c] ?? 0) > 0));
  return mine.every((b) => b.paid?.includes(fund) ?? false);
}

/** A month at one employer; its rows are those of several bills. */
function monthOf(
  bills: readonly MonthRow[],
  counts: (pension: PensionMonth) => boolean,
  assumed: AssumedIn,
): RecordMonth {
  const [row] = bills as readonly [MonthRow, ...MonthRow[]];
  const at = (i: number): number => (i < 0 ? 0 : sumOf(bills, (b) => b.amounts[i]!));
  const category = Math.max(...bills.map((b) => b.category));
  const credited = {
    pension: sumOf(bills, (b) => b.pension ?? 0),
    medical: sumOf(bills, (b) => b.medical ?? 0),
  };
  const amounts = parts
    .map((p) => {
      const fund = p.fund === 1 && category === 2 ? 2 : p.fund;
      const insurance: FundInsurance = insuranceOf(fund);
      return {
        insurance,
        employerFen: at(p.employer),
        employeeFen: at(p.employee),
        accountFen: at(p.account),
        creditedFen:
          p.account < 0 ? 0 : insurance === 'medical' ? credited.medical : credited.pension,
        paid: paidFor(bills, fund, [p.employer, p.employee]),
        assumed: assumed(row.period, fund),
      };
    })
    .filter((a) => isDue(a) || a.creditedFen !== 0);
  // What is credited still, of a month in which he turned out not to have been there, makes it neither paid nor a contribution month.
  const due = amounts.filter(isDue);
  const settled = due.filter((a) => a.paid).length;
  return {
    month: monthOfPeriod(row.period),
    employer: row.employerId,
    employerName: row.employerName,
    category: categoryNames[category - 1]!,
    assessment: Math.max(...bills.map((b) => b.assessment)),
    baseFen: sumOf(bills, (b) => b.base),
    wageFen: row.wage,
    amounts,
    state:
      due.length === 0
        ? 'not-due'
        : settled === due.length
          ? 'paid'
          : settled > 0 || amounts.some((a) => a.creditedFen > 0)
            ? 'partly-paid'
            : 'unpaid',
    counts: due.some((a) => a.insurance === 'pension' && counts(a)),
  };
}

const isDue = (a: { readonly employerFen: number; readonly employeeFen: number }): boolean =>
  a.employerFen + a.employeeFen > 0;

/** Whether anything is told of a month: what was taken back altogether never was. */
const stands = (m: RecordMonth): boolean => m.baseFen > 0 || m.amounts.length > 0;

function accountsOf(
  years: readonly { readonly fund: number; readonly closing: number }[],
  months: readonly RecordMonth[],
): RecordView['accounts'] {
  const opening = groupBy(years, (y) => insuranceOf(y.fund));
  return (['pension', 'medical'] as const).map((insurance) => {
    const openingFen = sumOf(opening.get(insurance) ?? [], (y) => y.closing);
    const creditedFen = sumOf(months, (m) =>
      sumOf(
        m.amounts.filter((a) => a.insurance === insurance),
        (a) => a.creditedFen,
      ),
    );
    return { insurance, openingFen, creditedFen, balanceFen: openingFen + creditedFen };
  });
}
