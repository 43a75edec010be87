import { type EmployerRow, keptFiles } from '../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  firstDay,
  type Month,
  type PlainDate,
} from '../../kernel/index.ts';

/** One person on a roster as it is stored. Wage in fen. */
export interface Line {
  readonly person: number;
  readonly category: number;
  readonly schemes: number;
  readonly change: number;
  readonly wage: number;
}

/** An employer's enrolments, as they stand before a declaration. */
export interface Spells {
  /** Ids of each person's enrolments without an end: one, or one of each of his files that were merged. */
  readonly open: ReadonlyMap<number, readonly number[]>;
  /** Whose open enrolment begins in the month. */
  readonly begun: ReadonlySet<number>;
  /** What each person is insured in in the month, those included whom an earlier roster of it already let go. */
  readonly schemes: ReadonlyMap<number, number>;
  /** Ids of each person's enrolments that ended in the month or are known to end later. */
  readonly ended: ReadonlyMap<number, readonly number[]>;
}

/** The enrolments at an employer from the beginning of a month on. */
export async function spellsIn(tx: Context['tx'], employer: number, month: Month): Promise<Spells> {
  const found = await tx.rows<{
    id: number;
    person: number;
    schemes: number;
    open: boolean;
    begun: boolean;
    here: boolean;
  }>(
    `select id, person_id as person, schemes::int, upper_inf(valid) as open, lower(valid) >= $2::date as begun,
       valid && daterange($2::date, $3::date) as here
     from spell where employer_id = $1 and upper_inf(known) and valid && daterange($2::date, null)
     order by lower(valid)`,
    [employer, firstDay(month), firstDay(addMonths(month, 1))],
  );
  const kept = await keptFiles(
    tx,
    found.map((r) => r.person),
  );
  const rows =
    kept.size === 0 ? found : found.map((r) => ({ ...r, person: kept.get(r.person) ?? r.person }));
  const open = rows.filter((r) => r.open);
  return {
    open: idsByPerson(open),
    begun: new Set(open.filter((r) => r.begun).map((r) => r.person)),
    schemes: new Map(rows.filter((r) => r.here).map((r) => [r.person, r.schemes])),
    ended: idsByPerson(rows.filter((r) => !r.open)),
  };
}

function idsByPerson(
  rows: readonly { readonly id: number; readonly person: number }[],
): Map<number, number[]> {
  const ids = new Map<number, number[]>();
  for (const { id, person } of rows) {
    const there = ids.get(person);
    if (there === undefined) ids.set(person, [id]);
    else there.push(id);
  }
  return ids;
}

/**
 * Opens the enrolments of those who joined; ends those of leavers with the month, by a correction of what is known.
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
  const here = new Set(lines.filter((l) => l.change !== 2).map((l) => l.person));
  const gone = new Set(lines.filter((l) => l.change === 2).map((l) => l.person));
  const joining = lines.filter((l) => l.change !== 2 && !spells.open.has(l.person));
  const leaving = [...spells.open]
    .filter(([person]) => gone.has(person) || !(here.has(person) || stays(person)))
    .flatMap(([, ids]) => ids);
  if (leaving.length > 0) await endSpells(tx, leaving, firstDay(addMonths(month, 1)), act);
  if (joining.length === 0) return;
  // Who is declared anew after an end in this very month: the end is no longer what is known.
  const back = joining.flatMap((l) => spells.ended.get(l.person) ?? []);
  if (back.length > 0) {
    await tx.execute(
      `with ended as (update spell set known = int8range(lower(known), $3) where id = any ($1) returning *)
       insert into spell (person_id, employer_id, area, category, schemes, valid, known)
       select person_id, employer_id, area, category, schemes, daterange(lower(valid), $2::date), int8range($3, null)
       from ended where lower(valid) < $2::date`,
      [back, firstDay(month), act],
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
