import { floatsIn, type Law, type Question, type Version } from '../../../engines/policy/index.ts';
import type { PlainDate, QueryContext } from '../../../kernel/index.ts';
import { lineChange, monthColumns } from '../codes.ts';
import { lawOf, question } from '../law.ts';
import { type Ratings, ratingsOf } from '../ratings.ts';

/** One run of the rules over a fee month, with the law as it found it. */
export interface Assessed {
  readonly law: Law;
  readonly asked: Question;
  /** Funds without a parameter, each with the document that is missing. */
  readonly notComputed: readonly MissingDocument[];
  /** Funds whose employer share goes by the employer's size. */
  readonly bySize: readonly MissingDocument[];
  /** What the employers were rated in, as far as the bill knew. */
  readonly ratings: Ratings;
}

interface MissingDocument {
  readonly fund: number;
  readonly document: string;
}

interface AssessedRow {
  readonly billPeriod: number;
  readonly feePeriod: number;
  readonly onDay: PlainDate;
  readonly versions: readonly Version[];
  readonly funds: readonly MissingDocument[];
  readonly bySize: readonly MissingDocument[];
}

/** The assessments of fee months for some employers, by `billPeriod feePeriod`: the bill's month settles an earlier one at most once. */
export async function assessments(
  context: QueryContext,
  feePeriods: readonly number[],
  employers: readonly number[],
): Promise<(billPeriod: number, feePeriod: number) => Assessed> {
  const rows = await context.tx.rows<AssessedRow>(
    `select period as "billPeriod", fee_period as "feePeriod", on_day::text as "onDay", versions, not_computed -> 'funds' as funds,
       not_computed -> 'bySize' as "bySize"
     from assessment where fee_period = any ($1)`,
    [feePeriods],
  );
  const known = new Map<string, Assessed>();
  for (const r of rows) {
    const by = { floats: floatsIn(r.versions), bySize: r.bySize };
    known.set(`${r.billPeriod} ${r.feePeriod}`, {
      law: lawOf(context.city).asKept(r.versions),
      asked: question(context.city, r.onDay),
      notComputed: r.funds,
      bySize: r.bySize,
      ratings: await ratingsOf(context.tx, r.feePeriod, r.billPeriod, by, employers),
    });
  }
  return (billPeriod, feePeriod) => {
    const found = known.get(`${billPeriod} ${feePeriod}`);
    if (found === undefined) throw new Error(`no assessment of ${feePeriod} for ${billPeriod}`);
    return found;
  };
}

/** A row of a person's month, with what it was made from. Amounts in fen, in the order of `monthColumns`. */
export interface PersonRow {
  readonly person: number;
  readonly name: string;
  readonly employer: number;
  readonly billPeriod: number;
  readonly feePeriod: number;
  readonly category: number;
  /** This row's amounts: the month's, or differences to what stood. */
  readonly amounts: readonly number[];
  /** The sum of the person's earlier rows of the month. */
  readonly before: readonly number[];
  /** The roster line that counted; null: the person is not on the roster any more. */
  readonly line: {
    readonly wage: number;
    readonly category: number;
    readonly injuryClass: number;
    readonly schemes: number;
  } | null;
}

const values = (of: (column: string) => string): string =>
  `array[${monthColumns.map(of).join(', ')}]::int[]`;

// The roster that counted when a row was made is the latest that its bill knew, with the corrections over it.
const rowsSql = `select m.person_id as person, n.name, m.employer_id as employer, b.period as "billPeriod", m.period as "feePeriod",
    m.category::int, ${values((c) => `m.${c}`)} as amounts, s.before,
    case when r.change <> ${lineChange.struck} then json_build_object('wage', r.wage, 'category', r.category, 'injuryClass', r.injury_class,
      'schemes', r.schemes) end as line
  from person_month m
  join bill b on b.id = m.bill_id
  left join lateral (select name from person_fact where person_id = m.person_id order by upper_inf(known) desc, id desc limit 1) n
    on true
  cross join lateral (select ${values((c) => `coalesce(sum(x.${c}), 0)`)} as before from person_month x
    where x.period = m.period and x.person_id = m.person_id and x.employer_id = m.employer_id and x.assessment < m.assessment) s
  cross join lateral (select max(d.id) as id from declaration d where d.employer_id = m.employer_id and d.period = m.period
    and d.kind in ('full', 'changes', 'late') and d.bill_period <= b.period) base
  left join lateral (select l.* from roster_line l join declaration d on d.id = l.declaration_id
    where l.period = m.period and l.employer_id = m.employer_id and l.person_id = m.person_id
      and (d.id = base.id or (d.kind = 'correction' and d.id > base.id and d.bill_period <= b.period))
    order by d.id desc limit 1) r on true`;

/** The rows that one bill holds of an employer's fee month, in the order of persons. */
export async function rowsOfBill(
  context: QueryContext,
  bill: { readonly id: number; readonly employer: number },
  feePeriod: number,
): Promise<PersonRow[]> {
  return context.tx.rows<PersonRow>(
    `${rowsSql} where m.period = $1 and m.employer_id = $2 and m.bill_id = $3
       and m.person_id in (select person_id from roster_line where period = $1 and employer_id = $2) order by m.person_id`,
    [feePeriod, bill.employer, bill.id],
  );
}

/** The latest row of each of a person's files and employers in a month: with it stands what is right now. */
export async function latestRows(
  context: QueryContext,
  persons: readonly number[],
  feePeriod: number,
): Promise<PersonRow[]> {
  const rows = await context.tx.rows<PersonRow>(
    `${rowsSql} where m.period = $1 and m.person_id = any ($2) order by m.employer_id, m.person_id, m.assessment desc`,
    [feePeriod, persons],
  );
  return rows.filter(
    (r, i) => rows[i - 1]?.employer !== r.employer || rows[i - 1]?.person !== r.person,
  );
}
