import { z } from 'zod';
import { tableBytesMax } from '../../engines/documents/tables/index.ts';
import { type EmployerRow, employerBy, ensurePersons } from '../../engines/registry/index.ts';
import { copyRows } from '../../kernel/database/index.ts';
import { citizenBirth, citizenSex } from '../../kernel/identity.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  defineQuery,
  firstDay,
  type Language,
  MindunError,
  type Month,
  type PlainDate,
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
  const spells = await spellsIn(context.tx, employer.id, month);
  const declared = await declaredLines(context, employer, check, spells);
  const lines = full ? declared : await withLastMonth(context.tx, employer.id, month, declared);
  const kind = full ? 'full' : 'changes';
  await writeDeclaration(context, employer, month, lines, {
    kind,
    upload,
    bill: month,
    reason: '',
  });
  await updateSpells(context, employer, month, lines, spells);
}

/** The lines of a checked file, with the files of persons who are new opened. Runs with the system's eyes. */
export async function declaredLines(
  context: Context,
  employer: EmployerRow,
  check: RosterCheck,
  spells: Spells,
): Promise<Line[]> {
  const persons = await ensurePersons(
    context.tx,
    check.rows.map((r) => ({
      name: r.name,
      number: r.number,
      birth: citizenBirth(r.number),
      sex: citizenSex(r.number),
      residence: r.residence,
      area: employer.area,
    })),
    context.act,
  );
  return check.rows.map((row, i) => lineOf(row, persons[i]!, employer, spells));
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

function lineOf(row: RosterRow, person: number, employer: EmployerRow, spells: Spells): Line {
  const rural =
    employer.category === category.enterprise &&
    row.residence === 'rural' &&
    row.employment !== 'dispatch';
  const of = rural ? category.rural : employer.category;
  return {
    person,
    category: of,
    schemes: spells.schemes.get(person) ?? usualSchemes(of),
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

// From so many on a stream into the leaf is faster than what it costs to begin one.
const linesForCopy = 2000;

async function writeLines(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
  declaration: number,
  lines: readonly Line[],
): Promise<void> {
  if (lines.length >= linesForCopy) return copyLines(tx, employer, month, declaration, lines);
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

async function copyLines(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
  declaration: number,
  lines: readonly Line[],
): Promise<void> {
  const rows = function* (): Generator<number[]> {
    for (const l of lines) {
      yield [
        period(month),
        employer.id,
        l.person,
        declaration,
        employer.area,
        l.category,
        employer.injuryClass,
        l.schemes,
        l.change,
        l.wage,
      ];
    }
  };
  const columns =
    'period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage';
  await tx.as('bulk', () =>
    copyRows(tx.copyIn(`copy roster_line_${period(month)} (${columns}) from stdin`), rows()),
  );
}

/** An employer's enrolments, as they stand before a declaration. */
export interface Spells {
  /** Id of each person's enrolment without an end. */
  readonly open: ReadonlyMap<number, number>;
  /** What each person is insured in in the month, those included whom an earlier roster of it already let go. */
  readonly schemes: ReadonlyMap<number, number>;
  /** Whose enrolment ended in the month or is known to end later. */
  readonly ended: ReadonlySet<number>;
}

/** The enrolments at an employer from the beginning of a month on. */
export async function spellsIn(tx: Context['tx'], employer: number, month: Month): Promise<Spells> {
  const rows = await tx.rows<{
    id: number;
    person: number;
    schemes: number;
    open: boolean;
    here: boolean;
  }>(
    `select id, person_id as person, schemes::int, upper_inf(valid) as open, valid && daterange($2::date, $3::date) as here
     from spell where employer_id = $1 and upper_inf(known) and valid && daterange($2::date, null)
     order by lower(valid)`,
    [employer, firstDay(month), firstDay(addMonths(month, 1))],
  );
  return {
    open: new Map(rows.filter((r) => r.open).map((r) => [r.person, r.id])),
    schemes: new Map(rows.filter((r) => r.here).map((r) => [r.person, r.schemes])),
    ended: new Set(rows.filter((r) => !r.open).map((r) => r.person)),
  };
}

/** Opens the enrolments of those who joined; ends those of leavers with the month, by a correction of what is known. */
async function updateSpells(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  spells: Spells,
): Promise<void> {
  const { tx, act } = context;
  const here = new Set(lines.filter((l) => l.change !== 2).map((l) => l.person));
  const joining = lines.filter((l) => l.change !== 2 && !spells.open.has(l.person));
  const leaving = [...spells.open].filter(([person]) => !here.has(person)).map(([, id]) => id);
  if (leaving.length > 0) await endSpells(tx, leaving, firstDay(addMonths(month, 1)), act);
  if (joining.length === 0) return;
  // Who is declared anew after an end in this very month: the end is no longer what is known.
  const back = joining.map((l) => l.person).filter((p) => spells.ended.has(p));
  if (back.length > 0) {
    await tx.execute(
      `with ended as (
         update spell set known = int8range(lower(known), $4) where employer_id = $1 and person_id = any ($2)
           and upper_inf(known) and valid && daterange($3::date, null) returning *)
       insert into spell (person_id, employer_id, area, category, schemes, valid, known)
       select person_id, employer_id, area, category, schemes, daterange(lower(valid), $3::date), int8range($4, null)
       from ended where lower(valid) < $3::date`,
      [employer.id, back, firstDay(month), act],
    );
  }
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

/** Ends open enrolments before a day; those that begin on it or later never were. */
async function endSpells(
  tx: Context['tx'],
  ids: readonly number[],
  end: PlainDate,
  act: number,
): Promise<void> {
  await tx.execute('update spell set known = int8range(lower(known), $2) where id = any ($1)', [
    ids,
    act,
  ]);
  await tx.execute(
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select person_id, employer_id, area, category, schemes, daterange(lower(valid), $2::date), int8range($3, null)
     from spell where id = any ($1) and lower(valid) < $2::date`,
    [ids, end, act],
  );
}
