import { type EmployerRow, keptFiles, personIds } from '../../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  firstDay,
  groupBy,
  type Month,
  type PlainDate,
} from '../../../kernel/index.ts';
import type { Changed, Enrolment } from './enrolments.ts';

/** A month's days, the first of the next not included. */
export const monthSpan = (month: Month): { from: PlainDate; to: PlainDate } => ({
  from: firstDay(month),
  to: firstDay(addMonths(month, 1)),
});

const columns = `id, person_id as person, category::int, schemes::int, lower(valid)::text as "from", upper(valid)::text as "to"`;

/** A person's enrolments at an employer, under each of his files, the earliest first. */
export async function enrolmentsOf(
  { tx }: Context,
  employer: EmployerRow,
  person: number,
): Promise<Enrolment[]> {
  return tx.rows<Enrolment>(
    `select ${columns} from spell where employer_id = $1 and person_id = any ($2) and upper_inf(known) order by lower(valid)`,
    [employer.id, await personIds(tx, person)],
  );
}

/** An employer's enrolments that reach a month or are over with the one before, the earliest first: by the file of the person that goes on. */
export async function enrolmentsFrom(
  { tx }: Context,
  employer: EmployerRow,
  month: Month,
): Promise<Map<number, Enrolment[]>> {
  const rows = await tx.rows<Enrolment>(
    `select ${columns} from spell where employer_id = $1 and upper_inf(known) and (upper_inf(valid) or upper(valid) >= $2::date)
     order by lower(valid)`,
    [employer.id, firstDay(month)],
  );
  const kept = await keptFiles(
    tx,
    rows.map((r) => r.person),
  );
  return groupBy(rows, (r) => kept.get(r.person) ?? r.person);
}

/** Writes what became of enrolments, by a correction of what is known. */
export async function writeEnrolments(
  { tx, act }: Context,
  employer: EmployerRow,
  { closed, opened }: Changed,
): Promise<void> {
  if (closed.length > 0)
    await tx.execute('update spell set known = int8range(lower(known), $2) where id = any ($1)', [
      closed,
      act,
    ]);
  if (opened.length === 0) return;
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
