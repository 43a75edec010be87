import { z } from 'zod';
import { type FundInsurance, insuranceOf } from '../../engines/fund/index.ts';
import { areaNames } from '../../engines/jurisdiction/index.ts';
import {
  employersByIds,
  type PersonRow,
  personBy,
  personIds,
} from '../../engines/registry/index.ts';
import {
  defineQuery,
  groupBy,
  monthOfPeriod,
  type QueryContext,
  sumOf,
} from '../../kernel/index.ts';
import { categoryNames, lineKind, schemeBits } from './codes.ts';
import { insurances, type RecordMonth, type RecordView } from './views.ts';

/** A person's record: enrolments, months, accounts. @throws MindunError unknown-person, purpose-missing */
export const recordQuery = defineQuery({
  name: 'insurance.record',
  title: { zh: '个人参保记录', en: 'A person’s record' },
  personal: true,
  input: z.object({ person: z.string().min(1) }),
  async run(context, input): Promise<RecordView> {
    const person = await personBy(context.tx, input.person);
    context.looked({ personId: person.id });
    // The person was found with the actor's own eyes; what belongs to his file is read from there.
    return context.elevate(() => recordOf(context, person));
  },
});

interface MonthRow {
  readonly period: number;
  readonly employer: number;
  readonly category: number;
  readonly assessment: number;
  /** Number of the first of the person's assessments of the month: after 1 where the month was assessed without him. */
  readonly first: number;
  /** The bills that carry his rows, times 32, with a bit for each of `parts` in which something is due for him. */
  readonly bills: readonly number[];
  readonly base: number;
  readonly amounts: number[];
}

const monthsSql = `select period, employer_id as employer, max(category)::int as category, max(assessment)::int as assessment,
    min(assessment)::int as first, array_agg(bill_id * 32 + (greatest(pension_employer, pension_employee) > 0)::int
      + (greatest(medical_employer, medical_employee) > 0)::int * 2 + (greatest(unemployment_employer, unemployment_employee) > 0)::int * 4
      + (injury_employer > 0)::int * 8 + (maternity_employer > 0)::int * 16) as bills, sum(base)::int as base,
    array[sum(pension_employer), sum(pension_employee), sum(pension_account), sum(medical_employer),
      sum(medical_employee), sum(medical_account), sum(unemployment_employer), sum(unemployment_employee),
      sum(injury_employer), sum(maternity_employer)]::int[] as amounts
  from person_month where person_id = any ($1) group by 1, 2 order by 1 desc, 2`;

async function recordOf(context: QueryContext, person: PersonRow): Promise<RecordView> {
  const { tx } = context;
  const ids = await personIds(tx, person.id);
  const months = await tx.rows<MonthRow>(monthsSql, [ids]);
  const spells = await tx.rows<{
    employer: number;
    category: number;
    schemes: number;
    from: string;
    to: string | null;
  }>(
    `select employer_id as employer, category::int, schemes::int, lower(valid)::text as "from",
       (upper(valid) - 1)::text as "to" from spell
     where person_id = any ($1) and upper_inf(known) order by lower(valid) desc, id desc`,
    [ids],
  );
  const employers = await employersByIds(tx, [
    ...new Set([...months.map((m) => m.employer), ...spells.map((s) => s.employer)]),
  ]);
  const wages = await wagesOf(context, ids);
  const credits = await creditsOf(context, ids, months);
  const paid = await paidOf(context, months);
  const rows = months.map((m) => {
    const employer = employers.get(m.employer)!;
    return monthOf(m, employer, wages.get(`${m.period} ${m.employer}`) ?? null, credits, paid);
  });
  const deemed = await tx.one<{ months: number }>(
    'select coalesce(sum(months), 0)::int as months from deemed_service where person_id = any ($1)',
    [ids],
  );
  const names = await areaNames(tx, [person.area], context.today);
  return {
    publicId: person.publicId,
    name: person.name,
    number: `${person.number.slice(0, 4)}${'*'.repeat(10)}${person.number.slice(-4)}`,
    area: names.get(person.area) ?? '',
    enrolments: spells.map((s) => ({
      employer: employers.get(s.employer)!.publicId,
      employerName: employers.get(s.employer)!.name,
      category: categoryNames[s.category - 1]!,
      insurances: insurances.filter((i) => (s.schemes & schemeBits[i]) !== 0),
      from: s.from,
      to: s.to,
    })),
    months: rows,
    countedMonths: new Set(rows.filter((r) => r.counts).map((r) => r.month)).size,
    deemedMonths: deemed.months,
    accounts: await accountsOf(context, ids, rows),
    asOf: context.at,
  };
}

/** The wage last declared for each month and employer; of files that were merged, together. */
async function wagesOf(
  context: QueryContext,
  ids: readonly number[],
): Promise<Map<string, number>> {
  const rows = await context.tx.rows<{ key: string; wage: number }>(
    `select period || ' ' || employer_id as key, sum(wage)::bigint as wage from (
       select distinct on (period, employer_id, person_id) period, employer_id, wage from roster_line
       where person_id = any ($1) order by period, employer_id, person_id, declaration_id desc) w group by 1`,
    [ids],
  );
  return new Map(rows.map((r) => [r.key, r.wage]));
}

/** Credited account money by month, employer and insurance: whole bills as assessed, others by the person's shares. */
async function creditsOf(
  context: QueryContext,
  ids: readonly number[],
  months: readonly MonthRow[],
): Promise<Map<string, number>> {
  const rows = await context.tx.rows<{ key: string; amount: number }>(
    `select c.fee_period || ' ' || c.employer_id || ' ' || case when c.fund = 3 then 'medical' else 'pension' end as key,
       sum(case when c.whole then case when c.fund = 3 then m.medical else m.pension end else 0 end)::bigint
         + sum(case when c.whole then 0 else coalesce(s.amount, 0) end)::bigint as amount
     from (select period, employer_id, bill_id, sum(pension_account) as pension, sum(medical_account) as medical,
         bool_or(category = 2) as public
       from person_month where person_id = any ($1) group by 1, 2, 3) m
     join (select employer_id, fee_period, bill_id, fund, bool_or(whole) as whole,
         array_agg(id) as ids from account_credit where employer_id = any ($2) group by 1, 2, 3, 4) c
       on c.employer_id = m.employer_id and c.fee_period = m.period and c.bill_id = m.bill_id
       and (c.fund = 3 or (c.fund = 2) = m.public)
     left join lateral (select sum(amount) as amount from account_credit_share
       where credit_id = any (c.ids) and person_id = any ($1)) s on true
     group by 1`,
    [ids, [...new Set(months.map((m) => m.employer))]],
  );
  return new Map(rows.map((r) => [r.key, r.amount]));
}

/** What is paid in full, by bill, fee month and fund, and which bills were provisional. */
interface Paid {
  readonly claims: ReadonlySet<string>;
  /** By employer and month; only of months that were assessed without the person. */
  readonly provisional: ReadonlyMap<string, number>;
}

async function paidOf(context: QueryContext, months: readonly MonthRow[]): Promise<Paid> {
  const rows = await context.tx.rows<{ key: string; paid: boolean }>(
    `select distinct on (bill_id, fee_period, fund) bill_id || ' ' || fee_period || ' ' || fund as key, paid
     from month_paid where employer_id = any ($1) and fee_period = any ($2)
     order by bill_id, fee_period, fund, id desc`,
    [[...new Set(months.map((m) => m.employer))], [...new Set(months.map((m) => m.period))]],
  );
  return {
    claims: new Set(rows.filter((r) => r.paid).map((r) => r.key)),
    provisional: await provisionalOf(
      context,
      months.filter((m) => m.first > 1),
    ),
  };
}

/** Bills on which months stood provisionally before they were declared: their money is these months' money. */
async function provisionalOf(
  context: QueryContext,
  months: readonly MonthRow[],
): Promise<Map<string, number>> {
  if (months.length === 0) return new Map();
  const rows = await context.tx.rows<{ key: string; bill: number }>(
    `select distinct w.period || ' ' || w.employer as key, b.id as bill from unnest($1::int[], $2::bigint[]) as w (period, employer)
     join bill b on b.employer_id = w.employer and b.period = w.period and b.kind = 'month'
     join bill_section s on s.bill_id = b.id and s.kind = ${lineKind.provisional} and s.period = w.period`,
    [months.map((m) => m.period), months.map((m) => m.employer)],
  );
  return new Map(rows.map((r) => [r.key, r.bill]));
}

/** Whether every claim that carries rows of the person for a part of a month is paid in full; `bit`: the part's. */
function paidFor(row: MonthRow, fund: number, bit: number, paid: Paid): boolean {
  const mine = row.bills.filter((b) => (b & bit) !== 0).map((b) => Math.floor(b / 32));
  const before = paid.provisional.get(`${row.period} ${row.employer}`);
  return [...mine, ...(before === undefined ? [] : [before])].every((bill) =>
    paid.claims.has(`${bill} ${row.period} ${fund}`),
  );
}

const parts: readonly { fund: number; employer: number; employee: number; account: number }[] = [
  { fund: 1, employer: 0, employee: 1, account: 2 },
  { fund: 3, employer: 3, employee: 4, account: 5 },
  { fund: 4, employer: 6, employee: 7, account: -1 },
  { fund: 5, employer: 8, employee: -1, account: -1 },
  { fund: 6, employer: 9, employee: -1, account: -1 },
];

function monthOf(
  row: MonthRow,
  employer: { publicId: string; name: string },
  wage: number | null,
  credits: ReadonlyMap<string, number>,
  paid: Paid,
): RecordMonth {
  const at = (i: number): number => (i < 0 ? 0 : row.amounts[i]!);
  const amounts = parts
    .map((p, i) => {
      const fund = p.fund === 1 && row.category === 2 ? 2 : p.fund;
      const insurance: FundInsurance = insuranceOf(fund);
      return {
        insurance,
        employerFen: at(p.employer),
        employeeFen: at(p.employee),
        accountFen: at(p.account),
        creditedFen:
          p.account < 0 ? 0 : (credits.get(`${row.period} ${row.employer} ${insurance}`) ?? 0),
        paid: paidFor(row, fund, 1 << i, paid),
      };
    })
    .filter((a) => a.employerFen + a.employeeFen > 0);
  const settled = amounts.filter((a) => a.paid).length;
  return {
    month: monthOfPeriod(row.period),
    employer: employer.publicId,
    employerName: employer.name,
    category: categoryNames[row.category - 1]!,
    assessment: row.assessment,
    baseFen: row.base,
    wageFen: wage,
    amounts,
    state:
      settled === amounts.length
        ? 'paid'
        : settled > 0 || amounts.some((a) => a.creditedFen > 0)
          ? 'partly-paid'
          : 'unpaid',
    counts: amounts.some((a) => a.insurance === 'pension' && a.paid),
  };
}

async function accountsOf(
  context: QueryContext,
  ids: readonly number[],
  months: readonly RecordMonth[],
): Promise<RecordView['accounts']> {
  const years = await context.tx.rows<{ fund: number; closing: number }>(
    `select fund::int, sum(closing)::bigint as closing from (
       select distinct on (person_id, fund) fund, closing from account_year where person_id = any ($1)
       order by person_id, fund, year desc) y group by 1`,
    [ids],
  );
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
