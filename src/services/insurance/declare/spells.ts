import { type EmployerRow, keptFiles } from '../../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  firstDay,
  groupBy,
  type Month,
  type PlainDate,
  period,
} from '../../../kernel/index.ts';
import { lineChange } from '../codes.ts';
import { writeEnrolments } from './enrolments-stored.ts';

/** One person on a roster as it is stored. Wage in fen. */
export interface Line {
  readonly person: number;
  readonly category: number;
  readonly schemes: number;
  readonly change: number;
  readonly wage: number;
}

/** An enrolment that has an end. */
export interface Ended {
  readonly id: number;
  /** The first day on which it is over. */
  readonly end: PlainDate;
  readonly category: number;
  readonly schemes: number;
}

/** An employer's enrolments, as they stand before a declaration. */
export interface Spells {
  /** Ids of each person's enrolments without an end: one, or one of each of his files that were merged. */
  readonly open: ReadonlyMap<number, readonly number[]>;
  /** Who was enrolled when the month began, those included whom a roster of it already let go. */
  readonly before: ReadonlySet<number>;
  /** Whom a roster of the month let in. */
  readonly begun: ReadonlySet<number>;
  /** What each person is insured in in the month, those included whom an earlier roster of it already let go. */
  readonly schemes: ReadonlyMap<number, number>;
  /** Each person's enrolments that ended in the month, by a roster of it with the month before, or are known to end later. */
  readonly ended: ReadonlyMap<number, readonly Ended[]>;
}

// Known by a roster of the month itself, which another one may replace.
const declared =
  'lower(known) = any (array(select act from declaration where employer_id = $1 and period = $4))';

/** The enrolments at an employer from the beginning of a month on. */
export async function spellsIn(tx: Context['tx'], employer: number, month: Month): Promise<Spells> {
  const found = await tx.rows<{
    id: number;
    person: number;
    category: number;
    schemes: number;
    end: PlainDate | null;
    begun: boolean;
    here: boolean;
    before: boolean;
  }>(
    `select id, person_id as person, category::int, schemes::int, upper(valid)::text as end,
       lower(valid) >= $2::date and ${declared} as begun, lower(valid) < $3::date as here,
       lower(valid) < $2::date as before
     from spell where employer_id = $1 and upper_inf(known)
       and (valid && daterange($2::date, null) or (upper(valid) = $2::date and ${declared})) order by lower(valid)`,
    [employer, firstDay(month), firstDay(addMonths(month, 1)), period(month)],
  );
  const kept = await keptFiles(
    tx,
    found.map((r) => r.person),
  );
  const rows =
    kept.size === 0 ? found : found.map((r) => ({ ...r, person: kept.get(r.person) ?? r.person }));
  const open = rows.filter((r) => r.end === null);
  return {
    open: byPerson(open, (r) => r.id),
    before: new Set(rows.filter((r) => r.before).map((r) => r.person)),
    begun: new Set(rows.filter((r) => r.begun).map((r) => r.person)),
    schemes: new Map(rows.filter((r) => r.here).map((r) => [r.person, r.schemes])),
    ended: byPerson(
      rows.filter((r) => r.end !== null),
      ({ id, end, category, schemes }) => ({ id, end: end!, category, schemes }),
    ),
  };
}

function byPerson<R extends { readonly person: number }, T>(
  rows: readonly R[],
  of: (row: R) => T,
): Map<number, T[]> {
  return new Map(
    [...groupBy(rows, (r) => r.person)].map(([person, list]) => [person, list.map(of)]),
  );
}

/**
 * Opens the enrolments of those who joined, for the month alone of those who leave in it, too; ends, by a correction of what is known, those of leavers with the month, which they still
 * pay, and those of persons who are not on the roster with the month before.
 * @param stays who is no leaver though no line says that he is there
 */
export async function updateSpells(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  spells: Spells,
  stays: (person: number) => boolean,
): Promise<void> {
  const { tx, act } = context;
  const here = new Set(lines.filter((l) => l.change !== lineChange.leaves).map((l) => l.person));
  const gone = new Set(lines.filter((l) => l.change === lineChange.leaves).map((l) => l.person));
  const joining = lines.filter((l) => l.change !== lineChange.leaves && !spells.open.has(l.person));
  // Those whom an earlier roster of the month let go are asked about again: this one replaces it.
  const idsOf = (end: PlainDate, left: (person: number) => boolean): number[] => [
    ...[...spells.open].filter(([person]) => left(person)).flatMap(([, ids]) => ids),
    ...[...spells.ended]
      .filter(([person]) => left(person))
      .flatMap(([, list]) => list.filter((e) => e.end !== end).map((e) => e.id)),
  ];
  const until = firstDay(addMonths(month, 1));
  const leaving = idsOf(until, (person) => gone.has(person));
  const absent = idsOf(
    firstDay(month),
    (person) => !(gone.has(person) || here.has(person) || stays(person)),
  );
  if (leaving.length > 0) await endSpells(tx, leaving, until, act);
  if (absent.length > 0) await endSpells(tx, absent, firstDay(month), act);
  if (joining.length > 0) await openSpells(context, employer, month, joining, spells, null);
  // Who comes and leaves in the month pays it: he is enrolled for it alone.
  const passing = lines.filter(
    (l) =>
      l.change === lineChange.leaves && !spells.open.has(l.person) && !spells.ended.has(l.person),
  );
  if (passing.length > 0) await openSpells(context, employer, month, passing, spells, until);
}

/**
 * Opens enrolments from the month on. Whoever is declared anew after an end in this very month: the end is no longer what is known.
 * @param until the first day on which they are over; null: they are open
 */
async function openSpells(
  context: Context,
  employer: EmployerRow,
  month: Month,
  joining: readonly Line[],
  spells: Spells,
  until: PlainDate | null,
): Promise<void> {
  const { tx, act } = context;
  const goesOn = (l: Line): Ended | undefined => {
    const [ended, ...more] = spells.ended.get(l.person) ?? [];
    const same = ended?.category === l.category && ended.schemes === l.schemes;
    return same && more.length === 0 ? ended : undefined;
  };
  const going = joining.flatMap((l) => goesOn(l)?.id ?? []);
  const others = joining.filter((l) => goesOn(l) === undefined);
  const cut = others.flatMap((l) => (spells.ended.get(l.person) ?? []).map((e) => e.id));
  if (going.length > 0) await endSpells(tx, going, null, act);
  if (cut.length > 0) await endSpells(tx, cut, firstDay(month), act);
  const span = { from: firstDay(month), to: until };
  const opened = others.map(({ person, category, schemes }) => ({
    person,
    category,
    schemes,
    ...span,
  }));
  await writeEnrolments(context, employer, { closed: [], opened });
}

/** Gives enrolments another end, or none, by a correction of what is known; those that begin on it or later never were. */
async function endSpells(
  tx: Context['tx'],
  ids: readonly number[],
  end: PlainDate | null,
  act: number,
): Promise<void> {
  await tx.execute('update spell set known = int8range(lower(known), $2) where id = any ($1)', [
    ids,
    act,
  ]);
  await tx.execute(
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select person_id, employer_id, area, category, schemes, daterange(lower(valid), $2::date), int8range($3, null)
     from spell where id = any ($1) and ($2::date is null or lower(valid) < $2::date)`,
    [ids, end, act],
  );
}
