import type { Fen, PlainDate } from '../../../kernel/index.ts';
import { numberOfKey } from './person-lines.ts';

export interface RosterRow {
  readonly line: number;
  readonly name: string;
  /** 18 characters */
  readonly number: string;
  readonly residence: 'urban' | 'rural';
  readonly employment: 'contract' | 'dispatch' | 'temporary';
  readonly hiredOn: PlainDate;
  readonly wage: Fen;
  readonly change: 'stays' | 'joins' | 'leaves';
  readonly changeOn: PlainDate | null;
}

const residences = ['urban', 'rural'] as const;
const employments = ['contract', 'dispatch', 'temporary'] as const;
const changes = ['stays', 'joins', 'leaves'] as const;

/**
 * The good rows of a roster, column by column: forty bytes and a name for each person, so that a file of hundreds of thousands
 * stays small. A row becomes an object only where somebody looks at it.
 */
export class RosterRows implements Iterable<RosterRow> {
  length = 0;
  readonly #names: string[] = [];
  #room = 0;
  #keys = new Float64Array(0);
  #lines = new Uint32Array(0);
  #wages = new Int32Array(0);
  #hired = new Uint32Array(0);
  #changed = new Uint32Array(0);
  // residence, employment and change as one small number
  #kinds = new Uint8Array(0);

  /** @param key the citizen number's (person-lines.ts) */
  push(
    line: number,
    name: string,
    key: number,
    residence: RosterRow['residence'],
    employment: RosterRow['employment'],
    hiredOn: PlainDate,
    wage: Fen,
    change: RosterRow['change'],
    changeOn: PlainDate | null,
  ): void {
    if (this.length === this.#room) this.#grow();
    const at = this.length;
    this.#names.push(name);
    this.#keys[at] = key;
    this.#lines[at] = line;
    this.#wages[at] = wage;
    this.#hired[at] = dayNumber(hiredOn);
    this.#changed[at] = changeOn === null ? 0 : dayNumber(changeOn);
    this.#kinds[at] =
      residences.indexOf(residence) +
      2 * employments.indexOf(employment) +
      6 * changes.indexOf(change);
    this.length = at + 1;
  }

  #grow(): void {
    this.#room = Math.max(1024, this.#room * 2);
    const wider = <T extends { set(from: T): void }>(now: T, room: T): T => {
      room.set(now);
      return room;
    };
    this.#keys = wider(this.#keys, new Float64Array(this.#room));
    this.#lines = wider(this.#lines, new Uint32Array(this.#room));
    this.#wages = wider(this.#wages, new Int32Array(this.#room));
    this.#hired = wider(this.#hired, new Uint32Array(this.#room));
    this.#changed = wider(this.#changed, new Uint32Array(this.#room));
    this.#kinds = wider(this.#kinds, new Uint8Array(this.#room));
  }

  /** The row at a place from 0 on. */
  at(i: number): RosterRow {
    const kinds = this.#kinds[i]!;
    return {
      line: this.#lines[i]!,
      name: this.#names[i]!,
      number: this.number(i),
      residence: residences[kinds % 2]!,
      employment: employments[Math.floor(kinds / 2) % 3]!,
      hiredOn: dayOf(this.#hired[i]!),
      wage: this.#wages[i]! as Fen,
      change: this.change(i),
      changeOn: this.#changed[i] === 0 ? null : dayOf(this.#changed[i]!),
    };
  }

  number(i: number): string {
    return numberOfKey(this.#keys[i]!);
  }

  change(i: number): RosterRow['change'] {
    return changes[Math.floor(this.#kinds[i]! / 6)]!;
  }

  name(i: number): string {
    return this.#names[i]!;
  }

  line(i: number): number {
    return this.#lines[i]!;
  }

  wage(i: number): Fen {
    return this.#wages[i]! as Fen;
  }

  /** The rows but those at these places. */
  without(places: ReadonlySet<number>): RosterRows {
    const rest = new RosterRows();
    this.#keys.subarray(0, this.length).forEach((key, i) => {
      if (places.has(i)) return;
      const r = this.at(i);
      rest.push(
        r.line,
        r.name,
        key,
        r.residence,
        r.employment,
        r.hiredOn,
        r.wage,
        r.change,
        r.changeOn,
      );
    });
    return rest;
  }

  /** The citizen numbers (18 characters) in the order of the file. */
  numbers(): string[] {
    const all: string[] = [];
    for (let i = 0; i < this.length; i += 1) all.push(this.number(i));
    return all;
  }

  map<T>(of: (row: RosterRow, i: number) => T): T[] {
    const all: T[] = [];
    for (let i = 0; i < this.length; i += 1) all.push(of(this.at(i), i));
    return all;
  }

  *[Symbol.iterator](): Generator<RosterRow> {
    for (let i = 0; i < this.length; i += 1) yield this.at(i);
  }
}

/** 2008-03-14 as 20080314. */
function dayNumber(day: PlainDate): number {
  let n = 0;
  for (let i = 0; i < 10; i += 1) if (i !== 4 && i !== 7) n = n * 10 + day.charCodeAt(i) - 48;
  return n;
}

function dayOf(n: number): PlainDate {
  const text = String(n);
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` as PlainDate;
}
