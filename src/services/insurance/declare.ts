import { z } from 'zod';
import { tableBytesMax } from '../../engines/documents/tables/index.ts';
import { type EmployerRow, employerBy, ensurePersons } from '../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  defineQuery,
  firstDay,
  type Language,
  MindunError,
  type Month,
  period,
  publicId,
  month as readMonth,
} from '../../kernel/index.ts';
import { category, usualSchemes } from './codes.ts';
import { assertOpen, lockMonth, stepsDone } from './period.ts';
import { checkRoster, type RosterCheck, type RosterFault, type RosterRow } from './roster/index.ts';
import { storeUpload } from './uploads/store.ts';
import type { DeclareAnswer } from './views.ts';

const input = z.object({
  employer: z.string().min(1),
  month: z.string(),
  full: z.boolean().default(false),
  fileName: z.string().max(200).default('roster'),
  /** Base64 of the file's bytes. */
  content: z.string(),
  acceptValid: z.boolean().default(false),
});

/** Checks a roster without taking it. @throws MindunError what reading the file refuses, month-closed, month-not-next, already-assessed */
export const checkDeclaration = defineQuery({
  name: 'insurance.check-roster',
  title: { zh: '检查名册', en: 'Check a roster' },
  permission: 'insurance.declare',
  input,
  async run(context, asked): Promise<DeclareAnswer> {
    const employer = await employerBy(context.tx, asked.employer);
    const month = readMonth(asked.month);
    await context.elevate(() => assertDeclarable(context, month));
    context.looked({ employerId: employer.id });
    return answer(await checkRoster(decode(asked.content), month), false, context.caller);
  },
});

/**
 * Takes an employer's roster of the open month: the whole roster, or changes on the month before. A second declaration
 * replaces the first until the month is assessed. With a fault nothing is taken, unless the good rows are wanted.
 * @throws MindunError unknown-employer, month-closed, month-not-next, already-assessed, what reading the file refuses
 */
export const declare = defineCommand({
  name: 'insurance.declare',
  title: { zh: '申报名册', en: 'Declare a roster' },
  input,
  async run(context, asked): Promise<DeclareAnswer> {
    const employer = await employerBy(context.tx, asked.employer);
    const month = readMonth(asked.month);
    const bytes = decode(asked.content);
    const check = await checkRoster(bytes, month);
    const refused = check.faults.length > 0 && !asked.acceptValid;
    await context.elevate(async () => {
      await lockMonth(context.tx, month, false);
      await assertDeclarable(context, month);
      if (refused) return;
      const upload = await storeUpload(context, { ...asked, employer, month, bytes }, check);
      await take(context, employer, month, asked.full, check, upload.id);
    });
    context.subject({ employer: employer.publicId, month });
    return answer(check, !refused, context.caller);
  },
});

/** @throws MindunError file-too-large */
export function decode(content: string): Buffer {
  // Four characters of base64 stand for three bytes: too long a text is refused before it is decoded.
  if (content.length > Math.ceil(tableBytesMax / 3) * 4) {
    throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
  }
  return Buffer.from(content, 'base64');
}

/** @throws MindunError month-closed, month-not-next, already-assessed */
export async function assertDeclarable(
  context: Pick<Context, 'tx' | 'city'>,
  month: Month,
): Promise<void> {
  await assertOpen(context.tx, context.city, month);
  if ((await stepsDone(context.tx, month)).has('assess'))
    throw new MindunError('already-assessed', { month });
}

/** What a declaration answers, in the caller's language. */
export function answer(
  check: RosterCheck,
  taken: boolean,
  { language }: { readonly language: Language },
): DeclareAnswer {
  const plain = (f: RosterFault) => ({
    line: f.line,
    column: f.column,
    code: f.code,
    value: f.value,
    message: f.message[language],
  });
  return {
    rows: check.lines,
    accepted: taken ? check.rows.length : 0,
    wageFen: check.wageFen,
    errors: check.faults.map(plain),
    warnings: check.warnings.map(plain),
  };
}

/** One person on a roster as it is stored. Wage in fen. */
export interface Line {
  readonly person: number;
  readonly category: number;
  readonly schemes: number;
  readonly change: number;
  readonly wage: number;
}

/** Writes a checked roster as the employer's declaration of the month. Runs with the system's eyes. */
export async function take(
  context: Context,
  employer: EmployerRow,
  month: Month,
  full: boolean,
  check: RosterCheck,
  upload: number,
): Promise<void> {
  const known = await openSpells(context.tx, employer.id);
  const declared = await declaredLines(context, employer, month, check);
  const lines = full ? declared : await withLastMonth(context.tx, employer.id, month, declared);
  const kind = full ? 'full' : 'changes';
  await writeDeclaration(context, employer, month, lines, {
    kind,
    upload,
    bill: month,
    reason: '',
  });
  await updateSpells(context, employer, month, lines, known);
}

/** The lines of a checked file, with the files of persons who are new opened. Runs with the system's eyes. */
export async function declaredLines(
  context: Context,
  employer: EmployerRow,
  month: Month,
  check: RosterCheck,
): Promise<Line[]> {
  const persons = await ensurePersons(
    context.tx,
    check.rows.map((r) => ({
      name: r.name,
      number: r.number,
      birth: r.birth,
      sex: r.sex,
      residence: r.residence,
      area: employer.area,
    })),
    context.act,
  );
  const schemes = await schemesIn(context.tx, employer.id, month);
  return check.rows.map((row, i) => lineOf(row, persons[i]!, employer, schemes));
}

/** Writes a declaration with its lines; `bill` is the month whose bill carries what it makes. */
export async function writeDeclaration(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  how: { kind: 'full' | 'changes' | 'late'; upload: number; bill: Month; reason: string },
): Promise<void> {
  const { id } = await context.tx.one<{ id: number }>(
    `insert into declaration (public_id, period, employer_id, area, kind, upload_id, rows, wage_fen, bill_period, reason, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
    [
      publicId(),
      period(month),
      employer.id,
      employer.area,
      how.kind,
      how.upload,
      lines.length,
      lines.reduce((s, l) => s + l.wage, 0),
      period(how.bill),
      how.reason,
      context.act,
    ],
  );
  await writeLines(context.tx, employer, month, id, lines);
}

function lineOf(
  row: RosterRow,
  person: number,
  employer: EmployerRow,
  known: ReadonlyMap<number, number>,
): Line {
  const rural =
    employer.category === category.enterprise &&
    row.residence === 'rural' &&
    row.employment !== 'dispatch';
  const of = rural ? category.rural : employer.category;
  return {
    person,
    category: of,
    schemes: known.get(person) ?? usualSchemes(of),
    change: { stays: 0, joins: 1, leaves: 2 }[row.change],
    wage: row.wage,
  };
}

/** The roster last declared before the month, without those who left in it, under the lines of this file. */
async function withLastMonth(
  tx: Context['tx'],
  employer: number,
  month: Month,
  declared: readonly Line[],
): Promise<Line[]> {
  const before = period(addMonths(month, -1));
  const last = await tx.rows<Line>(
    `select person_id as person, category::int, schemes::int, 0 as change, wage from roster_line
     where employer_id = $2 and change <> 2 and (period, declaration_id) = (select period, id from declaration
       where period <= $1 and employer_id = $2 and kind in ('opening', 'full', 'changes') order by period desc, id desc limit 1)`,
    [before, employer],
  );
  const named = new Set(declared.map((l) => l.person));
  return [...last.filter((l) => !named.has(l.person)), ...declared];
}

async function writeLines(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
  declaration: number,
  lines: readonly Line[],
): Promise<void> {
  await tx.execute(
    `insert into roster_line (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     select $1, $2, u.person, $3, $4, u.category, $5, u.schemes, u.change, u.wage
     from unnest($6::bigint[], $7::smallint[], $8::smallint[], $9::smallint[], $10::int[]) as u (person, category, schemes, change, wage)`,
    [
      period(month),
      employer.id,
      declaration,
      employer.area,
      employer.injuryClass,
      lines.map((l) => l.person),
      lines.map((l) => l.category),
      lines.map((l) => l.schemes),
      lines.map((l) => l.change),
      lines.map((l) => l.wage),
    ],
  );
}

export interface OpenSpell {
  readonly id: number;
  readonly person: number;
  readonly schemes: number;
  readonly since: string;
}

/**
 * What each person is insured in at an employer in a month, those included whom an earlier roster of this month already let
 * go.
 */
async function schemesIn(
  tx: Context['tx'],
  employer: number,
  month: Month,
): Promise<Map<number, number>> {
  const rows = await tx.rows<{ person: number; schemes: number }>(
    `select person_id as person, schemes::int from spell
     where employer_id = $1 and upper_inf(known) and valid && daterange($2::date, $3::date) order by lower(valid)`,
    [employer, firstDay(month), firstDay(addMonths(month, 1))],
  );
  return new Map(rows.map((r) => [r.person, r.schemes]));
}

/** Open enrolments at an employer, by person. */
export async function openSpells(
  tx: Context['tx'],
  employer: number,
): Promise<Map<number, OpenSpell>> {
  const rows = await tx.rows<OpenSpell>(
    `select id, person_id as person, schemes::int, lower(valid)::text as since from spell
     where employer_id = $1 and upper_inf(valid) and upper_inf(known)`,
    [employer],
  );
  return new Map(rows.map((r) => [r.person, r]));
}

/** Opens the enrolments of those who joined; ends those of leavers with the month, by a correction of what is known. */
async function updateSpells(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  known: ReadonlyMap<number, OpenSpell>,
): Promise<void> {
  const { tx, act } = context;
  const here = new Set(lines.filter((l) => l.change !== 2).map((l) => l.person));
  const joining = lines.filter((l) => l.change !== 2 && !known.has(l.person));
  const leaving = [...known.values()].filter((s) => !here.has(s.person));
  const end = firstDay(addMonths(month, 1));
  if (leaving.length > 0) {
    await tx.execute('update spell set known = int8range(lower(known), $2) where id = any ($1)', [
      leaving.map((s) => s.id),
      act,
    ]);
    await tx.execute(
      `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
       select person_id, employer_id, area, category, schemes, daterange(lower(valid), $2::date), int8range($3, null)
       from spell where id = any ($1) and lower(valid) < $2::date`,
      [leaving.map((s) => s.id), end, act],
    );
  }
  // Who is declared anew after an end in this very month: the end is no longer what is known.
  await tx.execute(
    `with ended as (
       update spell set known = int8range(lower(known), $4) where employer_id = $1 and person_id = any ($2)
         and upper_inf(known) and valid && daterange($3::date, null) returning *)
     insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select person_id, employer_id, area, category, schemes, daterange(lower(valid), $3::date), int8range($4, null)
     from ended where lower(valid) < $3::date`,
    [employer.id, joining.map((l) => l.person), firstDay(month), act],
  );
  await tx.execute(
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select u.person, $1, $2, u.category, u.schemes, daterange($3::date, null), int8range($4, null)
     from unnest($5::bigint[], $6::smallint[], $7::smallint[]) as u (person, category, schemes)`,
    [
      employer.id,
      employer.area,
      firstDay(month),
      act,
      joining.map((l) => l.person),
      joining.map((l) => l.category),
      joining.map((l) => l.schemes),
    ],
  );
}
