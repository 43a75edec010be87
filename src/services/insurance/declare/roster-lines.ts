import { type EmployerRow, personIds } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineErrors,
  MindunError,
  type Month,
  monthOfPeriod,
  period,
  publicId,
  month as readMonth,
} from '../../../kernel/index.ts';
import { lineChange } from '../codes.ts';

defineErrors({
  'month-not-assessed-yet': {
    message: {
      zh: '{month}还没有核定，直接重报名册',
      en: '{month} is not assessed yet: declare it again',
    },
    mend: { zh: '更正只用于已核定的月份。', en: 'A correction is for a month that was assessed.' },
    status: 409,
  },
  'month-before-books': {
    message: {
      zh: '{month}在本系统开账以前，名册和账都不在这里',
      en: '{month} lies before the first month of these books: its roster and bill are not here',
    },
    mend: {
      zh: '从 {first} 起的月份可以更正。',
      en: 'Months from {first} on can be corrected.',
    },
    status: 409,
  },
  'month-undeclared': {
    message: { zh: '单位没有申报{month}', en: 'The employer did not declare {month}' },
    mend: {
      zh: '没有申报过的月份，请补报整份名册。',
      en: 'Declare the whole roster of that month late.',
    },
    status: 409,
  },
  'not-on-roster': {
    message: {
      zh: '这个人不在单位{month}的名册上',
      en: 'The person is not on the employer’s roster of {month}',
    },
    mend: {
      zh: '请核对号码和月份；名册上漏了的人，请补进名册。',
      en: 'Check the number and the month; who was left off the roster is to be added.',
    },
    status: 409,
  },
});

/** A person's line on a month's roster as it counts. Wage in fen. */
export interface RosterLine {
  readonly person: number;
  readonly category: number;
  readonly injuryClass: number;
  readonly schemes: number;
  readonly change: number;
  readonly wage: number;
}

/** How a correction is written: why, on whose order, and on which bill. */
export interface Correction {
  readonly bill: Month;
  readonly reason: string;
  readonly document?: string | undefined;
}

/**
 * Does something with the rosters of months that were assessed, the earliest first and each once; answers these months. Each roster is held
 * until the act's end: of two corrections at once the second sees what the first made.
 * @throws MindunError month-not-assessed-yet, month-before-books
 */
export async function eachMonth(
  { tx, city }: Context,
  employer: EmployerRow,
  months: readonly string[],
  { bill }: Correction,
  act: (month: Month) => Promise<void>,
): Promise<Month[]> {
  const sorted = [...new Set(months.map(readMonth))].sort();
  for (const month of sorted) {
    if (month >= bill) throw new MindunError('month-not-assessed-yet', { month });
    if (period(month) < city.firstPeriod)
      throw new MindunError('month-before-books', {
        month,
        first: monthOfPeriod(city.firstPeriod),
      });
    await holdRoster(tx, employer, month);
    await act(month);
  }
  return sorted;
}

/** Holds an employer's roster of an assessed month until the transaction's end. */
export async function holdRoster(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
): Promise<void> {
  await tx.rows('select pg_advisory_xact_lock($1, $2)', [
    period(month),
    employer.id % 2_147_483_647,
  ]);
}

/** Whether a roster of the month was declared, in time or late. */
export async function isDeclared(
  { tx }: Context,
  employer: EmployerRow,
  month: Month,
): Promise<boolean> {
  const there = await tx.maybe(
    `select 1 from declaration where employer_id = $1 and period = $2 and kind in ('full', 'changes', 'late') limit 1`,
    [employer.id, period(month)],
  );
  return there !== undefined;
}

/**
 * What counts of a person on the month's roster, a line for each of his files: that of the latest declaration, or of the latest correction
 * after it. Who was taken off has none.
 */
export async function linesOf(
  { tx }: Context,
  employer: EmployerRow,
  person: number,
  month: Month,
): Promise<RosterLine[]> {
  return tx.rows<RosterLine>(
    `with base as (select max(id) as id from declaration
         where employer_id = $2 and period = $1 and kind in ('full', 'changes', 'late')),
       last as (select distinct on (l.person_id) l.* from base cross join roster_line l join declaration d on d.id = l.declaration_id
         where l.period = $1 and l.employer_id = $2 and l.person_id = any ($3)
           and (d.id = base.id or (d.kind = 'correction' and d.id > base.id))
         order by l.person_id, d.id desc)
     select person_id as person, category::int, injury_class::int as "injuryClass", schemes::int, change::int, wage
     from last where change <> ${lineChange.struck} order by person_id = $4 desc, declaration_id desc`,
    [period(month), employer.id, await personIds(tx, person), person],
  );
}

/** Lays lines over a month's roster. */
export async function writeCorrection(
  { tx, act }: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly RosterLine[],
  how: Correction,
): Promise<void> {
  const { id } = await tx.one<{ id: number }>(
    `insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, reason, document, act)
     values ($1, $2, $3, $4, 'correction', $5, $6, $7, $8, $9, $10) returning id`,
    [
      publicId(),
      period(month),
      employer.id,
      employer.area,
      lines.length,
      lines.reduce((sum, l) => sum + l.wage, 0),
      period(how.bill),
      how.reason,
      how.document ?? '',
      act,
    ],
  );
  await tx.execute(
    `insert into roster_line (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     select $1, $2, u.person, $3, $4, u.category, u.injury_class, u.schemes, u.change, u.wage
     from unnest($5::bigint[], $6::smallint[], $7::smallint[], $8::smallint[], $9::smallint[], $10::int[])
       as u (person, category, injury_class, schemes, change, wage)`,
    [
      period(month),
      employer.id,
      id,
      employer.area,
      lines.map((l) => l.person),
      lines.map((l) => l.category),
      lines.map((l) => l.injuryClass),
      lines.map((l) => l.schemes),
      lines.map((l) => l.change),
      lines.map((l) => l.wage),
    ],
  );
}
