import { filesByNumber, personsNamed } from '../../../engines/registry/index.ts';
import type { Tx } from '../../../kernel/database/index.ts';
import { sumOf } from '../../../kernel/index.ts';
import { foundOn, type RosterCheck, type RosterFault } from './check.ts';

/** A checked roster beside the registry. */
export interface MatchedRoster extends RosterCheck {
  /** The file of each citizen number that has one: number → person id; those on rows with a fault included. */
  readonly files: ReadonlyMap<string, number>;
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
  const names = new Map(check.rows.map((r) => [r.number, r.name]));
  for (const { name, number } of check.faulty) {
    if (number !== null) names.set(number, name ?? '');
  }
  const found = await filesByNumber(tx, names);
  const differing = check.rows.filter((r) => {
    const file = found.get(r.number);
    return file !== undefined && plainName(file.name) !== plainName(r.name);
  });
  const own = await everAt(
    tx,
    employer,
    differing.map((r) => found.get(r.number)!.id),
  );
  const warnings: RosterFault[] = differing.map((r) => {
    const file = found.get(r.number)!;
    // Of somebody who was never here the employer has no right to the name.
    const registry = own.has(file.id) ? file.name : maskedName(file.name);
    return foundOn(check, r.line, 'name', r.name, 'name-differs', { registry });
  });
  const faults: RosterFault[] = [];
  const lines = new Map<number, number>();
  const rows = check.rows.filter((r) => {
    const file = found.get(r.number);
    if (file === undefined) return true;
    const first = lines.get(file.id);
    if (first !== undefined) {
      faults.push(foundOn(check, r.line, 'number', r.number, 'duplicate-person', { first }));
      return false;
    }
    lines.set(file.id, r.line);
    if (file.replaced)
      warnings.push(foundOn(check, r.line, 'number', r.number, 'number-replaced', {}));
    return true;
  });
  return {
    ...check,
    rows,
    wageFen: faults.length === 0 ? check.wageFen : sumOf(rows, (r) => r.wage),
    faults: faults.length === 0 ? check.faults : byLine([...check.faults, ...faults]),
    warnings: warnings.length === 0 ? check.warnings : byLine([...check.warnings, ...warnings]),
    files: new Map([...found].map(([number, file]) => [number, file.id])),
  };
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
  const taken = new Set(roster.rows.map((r) => roster.files.get(r.number)));
  const missing = [...enrolled].filter((person) => !taken.has(person));
  const byName = await personsNamed(
    tx,
    missing,
    roster.faulty.flatMap((f) => (f.name === null ? [] : [f.name])),
  );
  for (const { name, number } of roster.faulty) {
    const file = number === null ? undefined : roster.files.get(number);
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

function maskedName(name: string): string {
  const [first = '', ...rest] = name;
  return first + '*'.repeat(rest.length);
}

function byLine(faults: RosterFault[]): RosterFault[] {
  return faults.sort((a, b) => a.line - b.line);
}
