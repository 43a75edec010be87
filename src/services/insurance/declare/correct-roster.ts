import { z } from 'zod';
import { trimName } from '../../../engines/documents/tables/index.ts';
import {
  type EmployerRow,
  employerBy,
  insertPersons,
  personBy,
  personIds,
  type Residence,
} from '../../../engines/registry/index.ts';
import { citizenNumber } from '../../../kernel/identity.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  defineErrors,
  firstDay,
  groupBy,
  MindunError,
  type Month,
  monthOfDate,
  type PlainDate,
  period,
} from '../../../kernel/index.ts';
import { assertBackPayment } from '../arrears/back-payment.ts';
import { category, lineChange, usualSchemes } from '../codes.ts';
import { type CorrectAnswer, correctionInput, nextBill } from './correct.ts';
import { type Changed, type Enrolment, withMonths, withoutMonths } from './enrolments.ts';
import {
  type Correction,
  eachMonth,
  isDeclared,
  linesOf,
  type RosterLine,
  writeCorrection,
} from './roster-lines.ts';

defineErrors({
  'on-roster-already': {
    message: {
      zh: '这个人已经在单位{month}的名册上',
      en: 'The person stands on the employer’s roster of {month} already',
    },
    mend: { zh: '要改工资，请办工资更正。', en: 'To change the wage, correct the wage.' },
    status: 409,
  },
  'person-needs-name': {
    message: {
      zh: '这个号码还没有个人档案：{person}',
      en: 'Nobody has a file under this number yet: {person}',
    },
    mend: {
      zh: '请核对号码；确实是新参保的人，请同时填姓名和户口性质。',
      en: 'Check the number; for somebody who is new, give the name and the kind of residence too.',
    },
    status: 422,
  },
  'name-of-another': {
    message: {
      zh: '这个号码的档案是另一个姓名：{person}',
      en: 'The file of this number bears another name: {person}',
    },
    mend: {
      zh: '请核对号码和姓名；已有档案的人可以不填姓名。',
      en: 'Check number and name; for who has a file the name may be left out.',
    },
    status: 422,
  },
});

const input = z
  .object({
    ...correctionInput,
    change: z.enum(['adds', 'removes']),
    /** Monthly wage in fen, of one who is added. */
    wageFen: z.number().int().min(0).max(2_000_000_000).optional(),
    /** Whether one who is added left in the last of the months. */
    leaves: z.boolean().default(false),
    /** Of one who has no file yet. */
    name: z.string().transform(trimName).pipe(z.string().min(1).max(50)).optional(),
    residence: z.enum(['urban', 'rural', 'unknown']).default('unknown'),
  })
  .refine((i) => i.change === 'removes' || i.wageFen !== undefined, {
    path: ['wageFen'],
    message: '没有写 || is missing',
  });
type Input = z.output<typeof input>;

/**
 * Adds a person who was left off the rosters of months that were assessed, or takes one off who should not have stood there; his enrolment
 * follows. The differences stand on the next bill, line by line; what of it was paid is given back, and his account moves with it.
 * @throws MindunError unknown-employer, unknown-person, input-invalid (adds without a wage), person-needs-name, name-of-another,
 * month-undeclared, on-roster-already, not-on-roster, month-not-assessed-yet, month-before-books, back-payment-document-needed, and what
 * reading a citizen number refuses
 */
export const correctRoster = defineCommand({
  name: 'insurance.correct-roster',
  title: { zh: '更正以前月份的名册', en: 'Correct an assessed month’s roster' },
  input,
  async run(context, asked): Promise<CorrectAnswer> {
    const employer = await employerBy(context.tx, asked.employer);
    return context.elevate(async () => {
      const how: Correction = { ...asked, bill: await nextBill(context) };
      return asked.change === 'adds'
        ? adds(context, employer, asked, how)
        : removes(context, employer, asked, how);
    });
  },
});

async function adds(
  context: Context,
  employer: EmployerRow,
  asked: Input,
  how: Correction,
): Promise<CorrectAnswer> {
  const person = await personOrNew(context, employer, asked);
  const last = [...asked.months].sort().at(-1);
  const lines: (RosterLine & { readonly month: Month })[] = [];
  const months = await eachMonth(context, employer, asked.months, how, async (month) => {
    assertBackPayment(context, month, how.bill, asked.document);
    if (!(await isDeclared(context, employer, month)))
      throw new MindunError('month-undeclared', { month });
    if ((await linesOf(context, employer, person.id, month)).length > 0)
      throw new MindunError('on-roster-already', { month });
    const was = await lineAsItWas(context, employer, person, month);
    const leaves = asked.leaves && month === last ? { change: lineChange.leaves } : {};
    const line = { ...was, ...leaves, person: person.id, wage: asked.wageFen! };
    await writeCorrection(context, employer, month, [line], how);
    lines.push({ ...line, month });
  });
  const { declared } = await lastMonths(context, employer, person.id);
  const left = new Set(
    lines.filter((l) => l.change === lineChange.leaves).map((l) => spanOf(l.month).to),
  );
  const goesOn = (day: PlainDate): boolean => monthOfDate(day) > declared && !left.has(day);
  for (const same of groupBy(lines, (l) => `${l.category} ${l.schemes}`).values()) {
    const standing = await enrolmentsOf(context, employer, person.id);
    const spans = same.map((l) => spanOf(l.month));
    await change(context, employer, withMonths(standing, spans, same[0]!, goesOn));
  }
  return { billMonth: how.bill, months: months.length };
}

async function removes(
  context: Context,
  employer: EmployerRow,
  asked: Input,
  how: Correction,
): Promise<CorrectAnswer> {
  const person = await personBy(context.tx, asked.person);
  context.subject({ employer: employer.publicId, person: person.publicId });
  const struck = (line: RosterLine): RosterLine => ({
    ...line,
    change: lineChange.struck,
    wage: 0,
  });
  const months = await eachMonth(context, employer, asked.months, how, async (month) => {
    const lines = await linesOf(context, employer, person.id, month);
    if (lines.length === 0) throw new MindunError('not-on-roster', { month });
    await writeCorrection(context, employer, month, lines.map(struck), how);
  });
  const standing = await enrolmentsOf(context, employer, person.id);
  const { named } = await lastMonths(context, employer, person.id);
  const stays = (day: PlainDate): boolean => monthOfDate(day) <= named;
  await change(context, employer, withoutMonths(standing, months.map(spanOf), stays));
  const goesOn = await linesOf(context, employer, person.id, how.bill);
  const still = goesOn.length === 0 ? {} : { stillOn: how.bill };
  return { billMonth: how.bill, months: months.length, ...still };
}

const spanOf = (month: Month): { from: PlainDate; to: PlainDate } => ({
  from: firstDay(month),
  to: firstDay(addMonths(month, 1)),
});

/** Who is added, and what kind of residence he has. */
interface Added {
  readonly id: number;
  readonly residence: Residence;
}

/** The person's file; of one who has none, opened with what was given of him. */
async function personOrNew(
  context: Context,
  employer: EmployerRow,
  { person: key, name, residence }: Input,
): Promise<Added> {
  const found = await personBy(context.tx, key).catch((error: unknown) => {
    if (error instanceof MindunError && error.code === 'unknown-person') return error;
    throw error;
  });
  if (!(found instanceof MindunError)) {
    context.subject({ employer: employer.publicId, person: found.publicId });
    if (name !== undefined && name !== found.name)
      throw new MindunError('name-of-another', { person: found.publicId });
    const { of } = await context.tx.one<{ of: Residence }>(
      `select residence as of from person_fact where person_id = $1 and upper_inf(known) and upper_inf(valid) order by id desc limit 1`,
      [found.id],
    );
    return { id: found.id, residence: of === 'unknown' ? residence : of };
  }
  // No number: somebody's public id was meant.
  if (!/^\d{15}(\d\d[\dXx])?$/.test(key.trim())) throw found;
  const { number, birthDate: birth, sex } = citizenNumber(key, context.today);
  if (name === undefined) throw new MindunError('person-needs-name', found.details);
  const { area } = employer;
  const opened = { name, number, birth, sex, residence, area };
  const [id] = await insertPersons(context.tx, [opened], context.act);
  context.subject({ employer: employer.publicId, personId: id! });
  return { id: id!, residence };
}

/**
 * What the month's roster said of him before he was struck off; of one who never stood on it, what he was at the employer when it last
 * named him before the month, else when it first did after it, with the month's work injury class; of one whom it never named, what its people are.
 */
async function lineAsItWas(
  { tx }: Context,
  employer: EmployerRow,
  person: Added,
  month: Month,
): Promise<Omit<RosterLine, 'person' | 'wage'>> {
  const found = await tx.maybe<Omit<RosterLine, 'person' | 'wage'> & { period: number }>(
    `select period, category::int, injury_class::int as "injuryClass", schemes::int, change::int from roster_line
     where employer_id = $1 and person_id = any ($2) and change <> ${lineChange.struck}
     order by period <= $3 desc, abs(period - $3), declaration_id desc limit 1`,
    [employer.id, await personIds(tx, person.id), period(month)],
  );
  if (found?.period === period(month)) return found;
  const change = lineChange.stays;
  const injuryClass = await injuryClassIn(tx, employer, month);
  if (found !== undefined) return { ...found, change, injuryClass };
  const rural = employer.category === category.enterprise && person.residence === 'rural';
  const of = rural ? category.rural : employer.category;
  return { category: of, schemes: usualSchemes(of), change, injuryClass };
}

/** The work injury class that the month's other lines go by. */
async function injuryClassIn(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
): Promise<number> {
  const line = await tx.maybe<{ of: number }>(
    `select injury_class::int as of from roster_line where period = $1 and employer_id = $2
     order by declaration_id desc limit 1`,
    [period(month), employer.id],
  );
  return line?.of ?? employer.injuryClass;
}

async function enrolmentsOf(
  { tx }: Context,
  employer: EmployerRow,
  person: number,
): Promise<Enrolment[]> {
  return tx.rows<Enrolment>(
    `select id, person_id as person, category::int, schemes::int, lower(valid)::text as "from", upper(valid)::text as "to" from spell
     where employer_id = $1 and person_id = any ($2) and upper_inf(known) order by lower(valid)`,
    [employer.id, await personIds(tx, person)],
  );
}

/** The last month that the employer declared, and the last on whose roster the person stands; before all months: none. */
async function lastMonths(
  { tx }: Context,
  employer: EmployerRow,
  person: number,
): Promise<{ declared: string; named: string }> {
  const row = await tx.one<{ declared: string; named: string }>(
    `with base as (select period, max(id) as id from declaration
         where employer_id = $1 and kind in ('full', 'changes', 'late') group by 1),
       last as (select distinct on (l.period, l.person_id) l.period, l.change from base
         join roster_line l on l.period = base.period and l.employer_id = $1 and l.person_id = any ($2)
         join declaration d on d.id = l.declaration_id and (d.id = base.id or (d.kind = 'correction' and d.id > base.id))
         order by l.period, l.person_id, d.id desc)
     select coalesce((select max(period) from base), 0)::text as declared,
       coalesce((select max(period) from last where change <> ${lineChange.struck}), 0)::text as named`,
    [employer.id, await personIds(tx, person)],
  );
  const month = (text: string): string => `${text.slice(0, 4)}-${text.slice(4)}`;
  return { declared: month(row.declared), named: month(row.named) };
}

/** Writes what became of a person's enrolments, by a correction of what is known. */
async function change(
  { tx, act }: Context,
  employer: EmployerRow,
  { closed, opened }: Changed,
): Promise<void> {
  await tx.execute('update spell set known = int8range(lower(known), $2) where id = any ($1)', [
    closed,
    act,
  ]);
  await tx.execute(
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select u.person, $1, $2, u.category, u.schemes, daterange(u.from_day, u.to_day), int8range($3, null)
     from unnest($4::bigint[], $5::smallint[], $6::smallint[], $7::date[], $8::date[])
       as u (person, category, schemes, from_day, to_day)`,
    [
      employer.id,
      employer.area,
      act,
      opened.map((o) => o.person),
      opened.map((o) => o.category),
      opened.map((o) => o.schemes),
      opened.map((o) => o.from),
      opened.map((o) => o.to),
    ],
  );
}
