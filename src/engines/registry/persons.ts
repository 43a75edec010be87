import type { Tx } from '../../kernel/database/index.ts';
import { citizenNumber } from '../../kernel/identity.ts';
import {
  defineErrors,
  groupBy,
  MindunError,
  type PlainDate,
  publicId,
} from '../../kernel/index.ts';
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

/** Columns and conditions of files as they are now, to be gone on with. */
export const currentPersons = `f.person_id as id, p.public_id as "publicId", f.area, f.name, f.number, f.birth, f.sex
  from person_fact f join person p on p.id = f.person_id
  where upper_inf(f.known) and upper_inf(f.valid)`;

/** The files that citizen numbers stand for. */
export class NumberFiles {
  readonly #at: Map<string, number>;
  readonly #ids: number[];
  readonly #names: string[];
  readonly #replaced = new Set<string>();

  constructor(numbers: readonly string[], ids: number[], names: string[]) {
    this.#at = new Map(numbers.map((number, i) => [number, i]));
    this.#ids = ids;
    this.#names = names;
  }

  /** Numbers that are no file's any more: they were corrected, or the file that had them was merged. */
  get replaced(): ReadonlySet<string> {
    return this.#replaced;
  }

  /** The person's id; undefined: the number has no file. */
  id(number: string): number | undefined {
    const at = this.#at.get(number);
    return at === undefined ? undefined : this.#ids[at];
  }

  /** The name on the file. */
  name(number: string): string | undefined {
    const at = this.#at.get(number);
    return at === undefined ? undefined : this.#names[at];
  }

  replace(number: string, id: number, name: string): void {
    this.#replaced.add(number);
    this.#at.set(number, this.#ids.push(id) - 1);
    this.#names.push(name);
  }
}

/**
 * Files by citizen number (18 characters). A number that no file has now stands for the file it was corrected on or that its
 * file was merged into; a corrected one only where the name agrees, since it may be the right number of somebody else. Runs with the
 * system's eyes.
 * @param names as they were given beside the numbers
 */
export async function filesByNumber(
  tx: Tx,
  numbers: readonly string[],
  names: readonly string[],
): Promise<NumberFiles> {
  // Long texts instead of a row for each, and a join instead of `= any`, whose list the planner would look through: a roster of
  // hundreds of thousands is matched in one go.
  const found = await tx.one<{ numbers: string | null; ids: number[]; names: string }>(
    `select string_agg(f.number, ',') as numbers, array_agg(f.person_id) as ids, string_agg(f.name, chr(31)) as names
     from unnest(string_to_array($1, ',')) as u (number)
       join person_fact f on f.number = u.number and upper_inf(f.known) and upper_inf(f.valid)`,
    [numbers.join(',')],
  );
  const files =
    found.numbers === null
      ? new NumberFiles([], [], [])
      : new NumberFiles(found.numbers.split(','), found.ids, found.names.split('\u001f'));
  const given = new Map<string, string>();
  numbers.forEach((number, i) => {
    if (files.id(number) === undefined) given.set(number, names[i]!);
  });
  if (given.size === 0) return files;
  for (const c of await closedNumbers(tx, [...given.keys()])) {
    const name = given.get(c.number);
    if (c.merged || name === c.name || name === c.then) files.replace(c.number, c.id, c.name);
  }
  return files;
}

interface ClosedNumber {
  readonly number: string;
  /** The file that goes on, and its name now. */
  readonly id: number;
  readonly name: string;
  /** The name that stood beside the number. */
  readonly then: string;
  readonly merged: boolean;
}

/** Numbers that no file has any more: whose they became. */
function closedNumbers(tx: Tx, numbers: readonly string[]): Promise<ClosedNumber[]> {
  return tx.rows<ClosedNumber>(
    `select distinct on (c.number) c.number, f.person_id as id, f.name, c.name as "then", f.person_id <> c.person_id as merged
     from unnest(string_to_array($1, ',')) as u (number) join person_fact c on c.number = u.number and not upper_inf(c.known)
     join person_fact f on f.person_id = person_kept(c.person_id) and upper_inf(f.known) and upper_inf(f.valid) order by c.number, upper(c.known) desc`,
    [numbers.join(',')],
  );
}

/** Of these files those that were merged: file → the one that goes on. Runs with the system's eyes. */
export async function keptFiles(tx: Tx, files: readonly number[]): Promise<Map<number, number>> {
  const rows = await tx.rows<{ merged: number; kept: number }>(
    'select merged, person_kept(merged) as kept from person_merge where merged = any ($1)',
    [files],
  );
  return new Map(rows.map((r) => [r.merged, r.kept]));
}

/** Which of these persons bear one of these names now: name → person ids. Runs with the system's eyes. */
export async function personsNamed(
  tx: Tx,
  ids: readonly number[],
  names: readonly string[],
): Promise<Map<string, number[]>> {
  if (ids.length === 0 || names.length === 0) return new Map();
  const rows = await tx.rows<{ id: number; name: string }>(
    `select person_id as id, name from person_fact
     where person_id = any ($1) and name = any ($2) and upper_inf(known) and upper_inf(valid)`,
    [ids, names],
  );
  return new Map(
    [...groupBy(rows, (r) => r.name)].map(([name, list]) => [name, list.map((r) => r.id)]),
  );
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

/**
 * A file by its public id or citizen number, with the eyes of the transaction. A merged file, and a number that was corrected, lead
 * to the file that goes on.
 * @throws MindunError unknown-person
 */
export async function personBy(tx: Tx, key: string): Promise<PersonRow> {
  const text = key.trim().toUpperCase();
  const plain = text.length === 15 ? toEighteen(text) : text;
  const found = await tx.maybe<PersonRow>(
    // Two index look-ups: an OR over both tables would read them whole.
    `select ${currentPersons} and f.person_id in (
         select person_id from person_fact where number = $1 and upper_inf(known) and upper_inf(valid)
       union all select id from person where public_id = $1) and (f.number = $1 or p.public_id = $1) limit 1`,
    [plain],
  );
  if (found !== undefined) return found;
  // Where the old file led is found with the system's eyes; the file itself only with the actor's own.
  const id = await tx.as('system', () => successorOf(tx, plain));
  const now =
    id === undefined
      ? undefined
      : await tx.maybe<PersonRow>(`select ${currentPersons} and f.person_id = $1`, [id]);
  if (now === undefined) throw unknownPerson(key);
  return now;
}

/**
 * A file by its public id or citizen number, as `personBy` finds it, for somebody who is perhaps new: as on a roster, a number that was corrected leads on only
 * beside a name that agrees, since it may be the right number of somebody else. Runs with the system's eyes.
 * @param name as it was given with the number
 * @throws MindunError unknown-person
 */
export async function personGiven(
  tx: Tx,
  key: string,
  name: string | undefined,
): Promise<PersonRow> {
  const file = await personBy(tx, key);
  const text = key.trim().toUpperCase();
  const plain = text.length === 15 ? toEighteen(text) : text;
  if (file.number === plain) return file;
  const [closed] = await closedNumbers(tx, [plain]);
  if (closed === undefined || closed.merged || name === closed.name || name === closed.then)
    return file;
  throw unknownPerson(key);
}

/**
 * Holds a citizen number that has no file until the transaction's end: of two acts that would open one at once the second waits, and
 * finds the first's.
 */
export async function holdNumber(tx: Tx, number: string): Promise<void> {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`number ${number}`]);
}

async function successorOf(tx: Tx, key: string): Promise<number | undefined> {
  const [closed] = await closedNumbers(tx, [key]);
  if (closed !== undefined) return closed.id;
  const merged = await tx.maybe<{ id: number }>(
    'select person_kept(m.merged) as id from person p join person_merge m on m.merged = p.id where p.public_id = $1',
    [key],
  );
  return merged?.id;
}

/** That nobody is found under a key, without the whole of a citizen number in it. */
export function unknownPerson(key: string): MindunError {
  return new MindunError('unknown-person', { person: shortKey(key) });
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
  const { ids } = await tx.one<{ ids: number[] }>('select person_files($1) as ids', [id]);
  return ids;
}
