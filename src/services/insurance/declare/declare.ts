import { z } from 'zod';
import { tableBytesMax } from '../../../engines/documents/tables/index.ts';
import { type EmployerRow, employerBy, insertPersons } from '../../../engines/registry/index.ts';
import { copyRows } from '../../../kernel/database/index.ts';
import { citizenBirth, citizenSex } from '../../../kernel/identity.ts';
import {
  type Context,
  defineCommand,
  defineQuery,
  type Language,
  MindunError,
  type Month,
  period,
  publicId,
  month as readMonth,
} from '../../../kernel/index.ts';
import { category, lineChange, usualSchemes } from '../codes.ts';
import { assertOpen, lockMonth, stepsDone } from '../period.ts';
import {
  checkRoster,
  leftBefore,
  type MatchedRoster,
  matchRoster,
  namedOnFaults,
  type RosterCheck,
  type RosterFault,
  type RosterRow,
} from '../roster/index.ts';
import { storeUpload } from '../uploads/store.ts';
import type { DeclareAnswer } from '../views.ts';
import { lastMonthLines } from './last-month.ts';
import { type Line, type Spells, spellsIn, updateSpells } from './spells.ts';

const input = z.object({
  employer: z.string().min(1),
  month: z.string(),
  full: z.boolean().default(false),
  fileName: z.string().max(200).default('roster'),
  /** Base64 of the file's bytes. */
  content: z.string(),
  acceptValid: z.boolean().default(false),
});

/** Checks a roster without taking it; `accepted` is how many rows would be taken. @throws MindunError what reading the file refuses, month-closed, month-not-next, already-assessed */
export const checkDeclaration = defineQuery({
  name: 'insurance.check-roster',
  title: { zh: '检查名册', en: 'Check a roster' },
  permission: 'insurance.declare',
  input,
  async run(context, asked): Promise<DeclareAnswer> {
    const employer = await employerBy(context.tx, asked.employer);
    const month = readMonth(asked.month);
    context.looked({ employerId: employer.id });
    await context.elevate(() => assertDeclarable(context, month));
    const check = await checkRoster(decode(asked.content), month);
    const { matched, replaced } = await context.elevate(async () => ({
      matched: await matchRoster(context.tx, employer.id, check),
      replaced: await declaredNow(context.tx, employer, month),
    }));
    const taken = matched.faults.length === 0 || asked.acceptValid;
    return replacing(answer(matched, taken, context.caller), replaced);
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
    context.subject({ employer: employer.publicId, month });
    return context.elevate(async () => {
      await lockMonth(context.tx, month, false);
      await assertDeclarable(context, month);
      const matched = await matchRoster(context.tx, employer.id, check);
      const refused = matched.faults.length > 0 && !asked.acceptValid;
      const replaced = await declaredNow(context.tx, employer, month);
      if (!refused) {
        const upload = await storeUpload(context, { ...asked, employer, month, bytes }, matched);
        await take(context, employer, month, asked.full, matched, upload.id);
      }
      return replacing(answer(matched, !refused, context.caller), replaced);
    });
  },
});

function replacing(
  answered: DeclareAnswer,
  replaced: DeclareAnswer['replaces'] | undefined,
): DeclareAnswer {
  return replaced === undefined ? answered : { ...answered, replaces: replaced };
}

/** What the employer declared last for a month, as a roster of it or as changes; wage in fen. Runs with the system's eyes. */
export function declaredNow(
  tx: Context['tx'],
  employer: EmployerRow,
  month: Month,
): Promise<{ rows: number; wageFen: number; at: string } | undefined> {
  return tx.maybe(
    `select d.rows, d.wage_fen as "wageFen", to_char(a.at, 'YYYY-MM-DD"T"HH24:MI:SS') as at
     from declaration d join act a on a.id = d.act
     where d.period = $1 and d.employer_id = $2 and d.kind in ('full', 'changes') order by d.id desc limit 1`,
    [period(month), employer.id],
  );
}

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

/** Writes a checked roster as the employer's declaration of the month. Runs with the system's eyes. */
export async function take(
  context: Context,
  employer: EmployerRow,
  month: Month,
  full: boolean,
  roster: MatchedRoster,
  upload: number,
): Promise<void> {
  const spells = await spellsIn(context.tx, employer.id, month);
  const named = await namedOnFaults(context.tx, roster, new Set(spells.open.keys()));
  const declared = await declaredLines(context, employer, month, roster, spells);
  const { left } = declared;
  const lines = full
    ? declared.lines
    : await withLastMonth(context.tx, employer.id, month, declared);
  const kind = full ? 'full' : 'changes';
  await writeDeclaration(context, employer, month, lines, {
    kind,
    upload,
    bill: month,
    reason: '',
  });
  // Changes let go whom they name, and whom an earlier roster of this very month let in.
  const stays = (person: number): boolean =>
    !left.has(person) &&
    (named === 'anyone' || named.has(person) || (!full && !spells.begun.has(person)));
  await updateSpells(context, employer, month, lines, spells, stays);
}

/** What a file declares of a month. */
export interface Declared {
  readonly lines: Line[];
  /** Who left before the month: nothing is due for him in it. */
  readonly left: ReadonlySet<number>;
}

/** The lines of a checked file, with the files of persons who are new opened. Runs with the system's eyes. */
export async function declaredLines(
  context: Context,
  employer: EmployerRow,
  month: Month,
  roster: MatchedRoster,
  spells: Spells,
): Promise<Declared> {
  const rows: RosterRow[] = [];
  const unknown: RosterRow[] = [];
  const left = new Set<number>();
  for (const row of roster.rows) {
    const id = roster.files.id(row.number);
    if (leftBefore(row.change, row.changeOn, month)) {
      if (id !== undefined) left.add(id);
      continue;
    }
    rows.push(row);
    if (id === undefined) unknown.push(row);
  }
  const opened = await insertPersons(
    context.tx,
    unknown.map((r) => ({
      name: r.name,
      number: r.number,
      birth: citizenBirth(r.number),
      sex: citizenSex(r.number),
      residence: r.residence,
      area: employer.area,
    })),
    context.act,
  );
  // The new ones come in the order of the file.
  let fresh = 0;
  const lines = rows.map((row) => {
    const person = roster.files.id(row.number) ?? opened[fresh++]!;
    return lineOf(row, person, employer, spells);
  });
  return { lines, left };
}

/** Writes a declaration with its lines; `bill` is the month whose bill carries what it makes. */
export async function writeDeclaration(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  how: {
    kind: 'full' | 'changes' | 'late';
    upload: number;
    bill: Month;
    reason: string;
    document?: string | undefined;
  },
): Promise<void> {
  const { id } = await context.tx.one<{ id: number }>(
    `insert into declaration (public_id, period, employer_id, area, kind, upload_id, rows, wage_fen, bill_period, reason, document, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id`,
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
      how.document ?? '',
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
    change: lineChange[row.change],
    wage: row.wage,
  };
}

/** The roster of the month before under the lines of this file. */
async function withLastMonth(
  tx: Context['tx'],
  employer: number,
  month: Month,
  declared: Declared,
): Promise<Line[]> {
  const before = await lastMonthLines(tx, employer, month);
  for (const line of declared.lines) before.delete(line.person);
  for (const person of declared.left) before.delete(person);
  return [...before.values(), ...declared.lines];
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
