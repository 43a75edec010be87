import { z } from 'zod';
import { trimName } from '../../../engines/documents/tables/index.ts';
import {
  type EmployerRow,
  employerBy,
  holdNumber,
  insertPersons,
  personBy,
  personGiven,
  personIds,
  type Residence,
  unknownPerson,
} from '../../../engines/registry/index.ts';
import { citizenNumber } from '../../../kernel/identity.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
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
import { withMonths, withoutMonths } from './enrolments.ts';
import { enrolmentsOf, monthSpan, writeEnrolments } from './enrolments-stored.ts';
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
      zh: '这个号码还没有您能看到的个人档案：{person}',
      en: 'There is no file under this number yet that you may see: {person}',
    },
    mend: {
      zh: '请核对号码；确实是新参保的人，或者档案在别的县区的人，请同时填姓名和户口性质。号码更正过的人，请填现在的号码。',
      en: 'Check the number; for somebody who is new, or whose file lies in another county, give the name and the kind of residence too. For somebody whose number was corrected, give the one he has now.',
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
    const seen = asked.change === 'adds' && (await isSeen(context, asked.person));
    return context.elevate(async () => {
      const how: Correction = { ...asked, bill: await nextBill(context) };
      return asked.change === 'adds'
        ? adds(context, employer, { ...asked, seen }, how)
        : removes(context, employer, asked, how);
    });
  },
});

/** Whether the actor himself may see the person's file, by a key of it. */
async function isSeen({ tx }: Context, key: string): Promise<boolean> {
  try {
    await personBy(tx, key);
    return true;
  } catch (error) {
    if (error instanceof MindunError && error.code === 'unknown-person') return false;
    throw error;
  }
}

async function adds(
  context: Context,
  employer: EmployerRow,
  asked: Input & { readonly seen: boolean },
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
    lines.filter((l) => l.change === lineChange.leaves).map((l) => monthSpan(l.month).to),
  );
  const goesOn = (day: PlainDate): boolean => monthOfDate(day) > declared && !left.has(day);
  for (const same of groupBy(lines, (l) => `${l.category} ${l.schemes}`).values()) {
    const standing = await enrolmentsOf(context, employer, person.id);
    const spans = same.map((l) => monthSpan(l.month));
    await writeEnrolments(context, employer, withMonths(standing, spans, same[0]!, goesOn));
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
  await writeEnrolments(context, employer, withoutMonths(standing, months.map(monthSpan), stays));
  const goesOn = await linesOf(context, employer, person.id, how.bill);
  const still = goesOn.length === 0 ? {} : { stillOn: how.bill };
  return { billMonth: how.bill, months: months.length, ...still };
}

/** Who is added, and what kind of residence he has. */
interface Added {
  readonly id: number;
  readonly residence: Residence;
}

/** The person's file; of one who has none, opened with what was given of him. */
async function personOrNew(
  context: Context,
  employer: EmployerRow,
  { person: key, name, residence, seen }: Input & { readonly seen: boolean },
): Promise<Added> {
  const find = () => found(context, employer, { key, name, seen });
  const file = await find();
  if (file !== undefined) return { ...file, residence: file.residence ?? residence };
  const { number, birthDate: birth, sex } = citizenNumber(key, context.today);
  // Another act may open his file at this moment: this one waits for it and finds it.
  await holdNumber(context.tx, number);
  const opened = await find();
  if (opened !== undefined) return { ...opened, residence: opened.residence ?? residence };
  if (name === undefined) throw new MindunError('person-needs-name', unknownPerson(key).details);
  const { area } = employer;
  const fresh = { name, number, birth, sex, residence, area };
  const [id] = await insertPersons(context.tx, [fresh], context.act);
  context.subject({ employer: employer.publicId, personId: id! });
  return { id: id!, residence };
}

/** The file of a key with its kind of residence where that is known; undefined: a citizen number that has no file. @throws MindunError unknown-person, name-of-another */
async function found(
  context: Context,
  employer: EmployerRow,
  { key, name, seen }: { key: string; name: string | undefined; seen: boolean },
): Promise<{ readonly id: number; readonly residence: Residence | undefined } | undefined> {
  const { tx } = context;
  const given = async () => {
    const there = await personGiven(tx, key, name);
    // A number alone opens nobody's file to a clerk who does not see it: who is to be added is named, too.
    if (!seen && name === undefined) throw unknownPerson(key);
    return there;
  };
  const file = await given().catch((error: unknown) => {
    // Without a number somebody's public id was meant.
    const isNumber = /^\d{15}(\d\d[\dXx])?$/.test(key.trim());
    if (isNumber && error instanceof MindunError && error.code === 'unknown-person') return;
    throw error;
  });
  if (file === undefined) return undefined;
  context.subject({ employer: employer.publicId, person: file.publicId });
  if (name !== undefined && name !== file.name)
    throw new MindunError('name-of-another', unknownPerson(key).details);
  const { of } = await tx.one<{ of: Residence }>(
    `select residence as of from person_fact where person_id = $1 and upper_inf(known) and upper_inf(valid) order by id desc limit 1`,
    [file.id],
  );
  return { id: file.id, residence: of === 'unknown' ? undefined : of };
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
