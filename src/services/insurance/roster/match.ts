import { filesByNumber, type NumberFiles, personsNamed } from '../../../engines/registry/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { sumOf } from '../../../kernel/index.ts';
import { foundOn, type RosterCheck, type RosterFault } from './check.ts';

/** A checked roster beside the registry. */
export interface MatchedRoster extends RosterCheck {
  /** The files of the citizen numbers on it; those on rows with a fault included. */
  readonly files: NumberFiles;
}

/**
 * Looks the persons of a checked roster up. Two numbers of one person are a fault (`duplicate-person`); another name on a
 * person's file (`name-differs`) and a number that was corrected or merged (`number-replaced`) are warnings. Runs with the system's
 * eyes.
 */
export async function matchRoster(
  tx: Tx,
  employer: number,
  check: RosterCheck,
): Promise<MatchedRoster> {
  const numbers = check.rows.numbers();
  const named = check.faulty.filter((f) => f.number !== null);
  const files = await filesByNumber(
    tx,
    [...numbers, ...named.map((f) => f.number!)],
    [...numbers.map((_, i) => check.rows.name(i)), ...named.map((f) => f.name ?? '')],
  );
  const again = twice(check, numbers, files);
  const warnings = [
    ...(await namesDiffering(tx, employer, check, numbers, files)),
    ...numbers.flatMap((number, i) =>
      files.replaced.has(number) && !again.has(i)
        ? [foundOn(check, check.rows.line(i), 'number', number, 'number-replaced', {})]
        : [],
    ),
  ];
  const faults = [...again].map(([i, first]) =>
    foundOn(check, check.rows.line(i), 'number', numbers[i]!, 'duplicate-person', { first }),
  );
  return {
    ...check,
    rows: again.size === 0 ? check.rows : check.rows.without(new Set(again.keys())),
    wageFen: check.wageFen - sumOf([...again.keys()], (i) => check.rows.wage(i)),
    faults: faults.length === 0 ? check.faults : byLine([...check.faults, ...faults]),
    warnings: warnings.length === 0 ? check.warnings : byLine([...check.warnings, ...warnings]),
    files,
  };
}

/** Places of rows whose person stands on an earlier line under another number, with that line. */
function twice(
  check: RosterCheck,
  numbers: readonly string[],
  files: NumberFiles,
): Map<number, number> {
  const found = new Map<number, number>();
  // Only a number that was corrected or merged leads to a file that has another one.
  if (files.replaced.size === 0) return found;
  const lines = new Map<number, number>();
  numbers.forEach((number, i) => {
    const id = files.id(number);
    if (id === undefined) return;
    const first = lines.get(id);
    if (first === undefined) lines.set(id, check.rows.line(i));
    else found.set(i, first);
  });
  return found;
}

const another = { zh: '另一个名字', en: 'another name' };

async function namesDiffering(
  tx: Tx,
  employer: number,
  check: RosterCheck,
  numbers: readonly string[],
  files: NumberFiles,
): Promise<RosterFault[]> {
  const differing: { place: number; id: number; registry: string }[] = [];
  numbers.forEach((number, place) => {
    const registry = files.name(number);
    const given = check.rows.name(place);
    if (registry === undefined || registry === given || plainName(registry) === plainName(given))
      return;
    differing.push({ place, id: files.id(number)!, registry });
  });
  const own = await everAt(
    tx,
    employer,
    differing.map((d) => d.id),
  );
  return differing.map(({ place, id, registry }) =>
    foundOn(check, check.rows.line(place), 'name', check.rows.name(place), 'name-differs', {
      // Of somebody who was never here the employer has no right to the name, nor to a part of it.
      registry: own.has(id) ? { zh: `“${registry}”`, en: `the name ${registry}` } : another,
    }),
  );
}

/**
 * Whom of those enrolled at an employer a row with a fault names, by number or by name: a slip of the pen makes nobody a leaver.
 * `anyone`: a row names somebody who cannot be told, so that it may be each of them. Runs with the system's eyes.
 */
export async function namedOnFaults(
  tx: Tx,
  roster: MatchedRoster,
  enrolled: ReadonlySet<number>,
): Promise<ReadonlySet<number> | 'anyone'> {
  const named = new Set<number>();
  if (roster.faulty.length === 0) return named;
  const taken = new Set(roster.rows.numbers().map((number) => roster.files.id(number)));
  const missing = [...enrolled].filter((person) => !taken.has(person));
  const byName = await personsNamed(
    tx,
    missing,
    roster.faulty.flatMap((f) => (f.name === null ? [] : [f.name])),
  );
  for (const { name, number } of roster.faulty) {
    const file = number === null ? undefined : roster.files.id(number);
    const namesakes = byName.get(name ?? '') ?? [];
    if (file !== undefined) named.add(file);
    else if (namesakes.length > 0) for (const person of namesakes) named.add(person);
    else if (number === null) return 'anyone';
  }
  return named;
}

/** Which of these persons are or were enrolled at an employer. */
async function everAt(
  tx: Tx,
  employer: number,
  persons: readonly number[],
): Promise<ReadonlySet<number>> {
  if (persons.length === 0) return new Set();
  const rows = await tx.rows<{ person: number }>(
    'select distinct person_id as person from spell where employer_id = $1 and person_id = any ($2)',
    [employer, persons],
  );
  return new Set(rows.map((r) => r.person));
}

// Names of several parts are written with one dot or another, or with none.
function plainName(name: string): string {
  return /^\p{Script=Han}+$/u.test(name)
    ? name
    : name.normalize('NFKC').replace(/[\s·•・‧.]/gu, '');
}

function byLine(faults: RosterFault[]): RosterFault[] {
  return faults.sort((a, b) => a.line - b.line);
}
