import type { Tx } from '../../kernel/database/index.ts';
import { citizenNumber } from '../../kernel/identity.ts';
import { defineErrors, MindunError, type PlainDate, publicId } from '../../kernel/index.ts';
import { initials } from './initials.ts';

defineErrors({
  'unknown-person': {
    message: { zh: '没有这个人的档案：{person}', en: 'There is no file of this person: {person}' },
    mend: { zh: '请核对号码，或先登记。', en: 'Check the number, or register the person first.' },
    status: 404,
  },
  'number-taken': {
    message: { zh: '这个号码已经在另一份档案上', en: 'Another file has this number already' },
    mend: { zh: '是同一个人就合并两份档案。', en: 'If it is one person, merge the two files.' },
    status: 409,
  },
  'same-person': {
    message: { zh: '这两份是同一份档案', en: 'Both are the same file' },
    mend: { zh: '请选另一份。', en: 'Choose another file.' },
    status: 400,
  },
});

export type Residence = 'urban' | 'rural' | 'unknown';

export interface PersonInput {
  readonly name: string;
  /** 18 characters, checked. */
  readonly number: string;
  readonly birth: PlainDate;
  readonly sex: 'male' | 'female';
  readonly residence: Residence;
  readonly area: number;
}

export interface PersonRow {
  readonly id: number;
  readonly publicId: string;
  readonly area: number;
  readonly name: string;
  readonly number: string;
  readonly birth: PlainDate;
  readonly sex: 'male' | 'female';
}

const current = `f.person_id as id, p.public_id as "publicId", f.area, f.name, f.number, f.birth, f.sex
  from person_fact f join person p on p.id = f.person_id
  where upper_inf(f.known) and upper_inf(f.valid)`;

/** Files by citizen number (18 characters): number → person id. Runs with the system's eyes. */
export async function personsByNumber(
  tx: Tx,
  numbers: readonly string[],
): Promise<Map<string, number>> {
  // Long texts instead of a row for each, and a join instead of `= any`, whose list the planner would look through: a roster of
  // hundreds of thousands is matched in one go.
  const found = await tx.one<{ numbers: string | null; ids: number[] }>(
    `select string_agg(f.number, ',') as numbers, array_agg(coalesce(m.kept, f.person_id)) as ids
     from unnest(string_to_array($1, ',')) as u (number)
       join person_fact f on f.number = u.number and upper_inf(f.known) and upper_inf(f.valid)
       left join person_merge m on m.merged = f.person_id`,
    [numbers.join(',')],
  );
  if (found.numbers === null) return new Map();
  return new Map(found.numbers.split(',').map((number, i) => [number, found.ids[i]!]));
}

/**
 * Finds or opens the files of these persons; answers person ids in the order given. Runs with the system's eyes.
 * @param act recorded order of the act that opens new files
 */
export async function ensurePersons(
  tx: Tx,
  persons: readonly PersonInput[],
  act: number,
): Promise<number[]> {
  const found = await personsByNumber(
    tx,
    persons.map((p) => p.number),
  );
  const missing = persons.filter((p) => !found.has(p.number));
  if (missing.length > 0) {
    const ids = await insertPersons(tx, missing, act);
    missing.forEach((p, i) => {
      found.set(p.number, ids[i]!);
    });
  }
  return persons.map((p) => found.get(p.number)!);
}

// So many rows go in one statement: its texts stay some megabytes, however many persons there are.
const rowsAtOnce = 20_000;

/** Opens files without looking for old ones; answers their ids in the order given. */
export async function insertPersons(
  tx: Tx,
  persons: readonly PersonInput[],
  act: number,
): Promise<number[]> {
  const ids: number[] = [];
  for (let from = 0; from < persons.length; from += rowsAtOnce) {
    ids.push(...(await insertSome(tx, persons.slice(from, from + rowsAtOnce), act)));
  }
  return ids;
}

async function insertSome(tx: Tx, persons: readonly PersonInput[], act: number): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    `insert into person (id, public_id, area, act)
     select nextval('person_id_seq'), u.public_id, u.area, $3
     from unnest($1::text[], $2::bigint[]) with ordinality as u (public_id, area, n) order by u.n returning id`,
    [persons.map(() => publicId()), persons.map((p) => p.area), act],
  );
  const ids = rows.map((r) => r.id).sort((a, b) => a - b);
  await tx.execute(
    `insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known)
     select u.person_id, u.area, u.name, u.initials, u.number, u.birth, u.sex, u.residence, daterange(u.birth, null),
       int8range($9, null)
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[])
       as u (person_id, area, name, initials, number, birth, sex, residence)`,
    [
      ids,
      persons.map((p) => p.area),
      persons.map((p) => p.name),
      persons.map((p) => initials(p.name)),
      persons.map((p) => p.number),
      persons.map((p) => p.birth),
      persons.map((p) => p.sex),
      persons.map((p) => p.residence),
      act,
    ],
  );
  return ids;
}

/** A file by its public id or citizen number. @throws MindunError unknown-person */
export async function personBy(tx: Tx, key: string): Promise<PersonRow> {
  const text = key.trim().toUpperCase();
  const found = await tx.maybe<PersonRow>(
    // Two index look-ups: an OR over both tables would read them whole.
    `select ${current} and f.person_id in (select person_id from person_fact where number = $1
       union all select id from person where public_id = $1) and (f.number = $1 or p.public_id = $1) limit 1`,
    [text.length === 15 ? toEighteen(text) : text],
  );
  if (found === undefined) throw new MindunError('unknown-person', { person: shortKey(key) });
  return found;
}

// An error message is logged and shown: it must not carry a whole citizen number.
function shortKey(key: string): string {
  return key.length >= 15 ? `${key.slice(0, 4)}…${key.slice(-4)}` : key;
}

function toEighteen(text: string): string {
  try {
    return citizenNumber(text, '2999-12-31' as PlainDate).number;
  } catch {
    return text;
  }
}

/** The ids under which a person's past may stand: the kept file and those merged into it. */
export async function personIds(tx: Tx, id: number): Promise<number[]> {
  const rows = await tx.rows<{ merged: number }>(
    `with recursive chain (merged) as (
       select merged from person_merge where kept = $1
       union select m.merged from person_merge m join chain c on m.kept = c.merged)
     select merged from chain`,
    [id],
  );
  return [id, ...rows.map((r) => r.merged)];
}

/** Names by person id. Runs with the eyes of the transaction. */
export async function personNames(
  tx: Tx,
  ids: readonly number[],
): Promise<Map<number, { name: string; number: string; publicId: string }>> {
  const rows = await tx.rows<PersonRow>(`select ${current} and f.person_id = any ($1)`, [ids]);
  return new Map(rows.map((r) => [r.id, r]));
}
