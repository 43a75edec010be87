import type { LevyBatch } from '../../engines/policy/index.ts';
import { BinaryWriter, type ColumnType, type RowReader } from '../../kernel/database/index.ts';
import { type Context, type Month, period } from '../../kernel/index.ts';
import { amountColumns, arenaRows, LevyPage } from './bills/levy.ts';
import type { BillSection } from './bills/lines.ts';
import { cells, goesBySize, lineKind, monthColumns } from './codes.ts';
import type { Rated, Ratings } from './ratings.ts';

/** An employer whose persons are assessed, and the declaration that counts. */
export interface Declared {
  readonly employer: number;
  readonly area: number;
  readonly declaration: number;
}

const rosterColumns: readonly ColumnType[] = [
  'int8',
  'int8',
  'int8',
  'int2',
  'int2',
  'int2',
  'int4',
];
const rowColumns: readonly ColumnType[] = [
  'int4',
  'int8',
  'int8',
  'int2',
  'int8',
  'int8',
  'int2',
  ...monthColumns.map(() => 'int4' as const),
];

/** Where a cell's account money is summed, among those that have some; -1: it has none. */
const accountAt = cells.map((c, at) =>
  c.account.length === 0 ? -1 : cells.slice(0, at).filter((x) => x.account.length > 0).length,
);
const accountCells = accountAt.filter((at) => at >= 0).length;

/** Sums by employer and bill cell, as flat numbers: some bytes an employer, whatever the number of persons. Amounts in fen. */
export class Sums {
  readonly employers: readonly Declared[];
  /** The employers' bills and ratings, in their order. */
  readonly bills: readonly number[];
  readonly rated: readonly Rated[];
  readonly #index: Map<number, number>;
  readonly #amount: Float64Array;
  readonly #account: Float64Array;
  readonly #base: Float64Array;
  readonly #persons: Uint32Array;

  constructor(
    employers: readonly Declared[],
    bills: readonly number[],
    ratings: Pick<Ratings, 'of'>,
  ) {
    this.employers = employers;
    this.bills = bills;
    this.rated = employers.map((e) => ratings.of(e.employer));
    this.#index = new Map(employers.map((e, i) => [e.employer, i]));
    const size = employers.length * cells.length;
    this.#amount = new Float64Array(size);
    this.#account = new Float64Array(employers.length * accountCells);
    this.#base = new Float64Array(size);
    this.#persons = new Uint32Array(size);
  }

  indexOf(employer: number): number {
    return this.#index.get(employer) ?? -1;
  }

  /** Adds row i of a page to its employer's cells. */
  add(employer: number, page: LevyPage, i: number): void {
    const columns = page.columnsOf(i);
    const schemes = page.schemes[i]!;
    const base = columns[0]![i]!;
    for (const { cell, at } of page.cellsOf(i)) {
      if ((schemes & cell.scheme) === 0) continue;
      const place = employer * cells.length + at;
      this.#amount[place]! += columns[cell.column]![i]!;
      this.#base[place]! += base;
      this.#persons[place]! += 1;
      if (cell.account.length === 0) continue;
      const account = employer * accountCells + accountAt[at]!;
      this.#account[account]! += columns[cell.account[0]!]![i]!;
      if (cell.account.length > 1) this.#account[account]! -= columns[cell.account[1]!]![i]!;
    }
  }

  /** What each employer's bill says, in the order of the employers; one without anything to say has none. */
  *sections(month: Month): Generator<BillSection> {
    const feePeriod = period(month);
    for (let e = 0; e < this.employers.length; e += 1) {
      const { employer, area } = this.employers[e]!;
      const bill = this.bills[e]!;
      const sized = this.rated[e]!.employerSize !== 0;
      // Named one by one: an object that is spread into another costs many times as much, and outlives its use.
      const section = {
        employer,
        area,
        bill,
        kind: lineKind.current,
        claim: bill,
        feePeriod,
        lateFrom: null,
        cells: [] as number[],
        persons: [] as number[],
        bases: [] as number[],
        amounts: [] as number[],
        accounts: [] as number[],
      };
      for (let c = 0; c < cells.length; c += 1) {
        const at = e * cells.length + c;
        const cell = cells[c]!;
        if (this.#persons[at] === 0 || (!sized && goesBySize(cell))) continue;
        section.cells.push(cell.fund * 10 + cell.share);
        section.persons.push(this.#persons[at]!);
        section.bases.push(this.#base[at]!);
        section.amounts.push(this.#amount[at]!);
        const account = accountAt[c]!;
        section.accounts.push(account < 0 ? 0 : this.#account[e * accountCells + account]!);
      }
      if (section.cells.length > 0) yield section;
    }
  }
}

interface Current {
  readonly employer: Float64Array;
  readonly person: Float64Array;
  readonly index: Int32Array;
}

/** Builds the key of a month's rows and makes them a leaf. */
export async function finishMonth({ tx }: Pick<Context, 'tx'>, month: Month): Promise<void> {
  await tx.execute(`call finish_person_month(${period(month)})`);
}

/**
 * Streams the roster leaf through the compiled rules into the month's rows, adding up each employer's bill; `tell` hears how many are done. Nobody
 * can read the rows before `finishMonth`.
 */
export async function writeRows(
  context: Pick<Context, 'tx' | 'aside'>,
  month: Month,
  batch: LevyBatch,
  sums: Sums,
  tell: (done: number) => void = () => undefined,
): Promise<number> {
  const { tx } = context;
  const page = new LevyPage(batch);
  const rows: Current = {
    employer: new Float64Array(arenaRows),
    person: new Float64Array(arenaRows),
    index: new Int32Array(arenaRows),
  };
  return tx.as('bulk', async () => {
    const writer = new BinaryWriter(
      tx.copyIn(`copy person_month_${period(month)} from stdin (format binary)`),
      rowColumns,
    );
    const flush = rowWriter(period(month), page, rows, sums, writer);
    let held = 0;
    let written = 0;
    const sink = {
      columns: rosterColumns,
      row: (row: RowReader): void => {
        const index = sums.indexOf(row.big(0));
        // Lines of a declaration that a later one replaced stay in the leaf and are passed over.
        const employer = sums.employers[index];
        if (employer === undefined || employer.declaration !== row.big(2)) return;
        rows.employer[held] = row.big(0);
        rows.person[held] = row.big(1);
        rows.index[held] = index;
        page.category[held] = row.int(3);
        page.injuryClass[held] = row.int(4);
        page.schemes[held] = row.int(5);
        page.wage[held] = row.int(6);
        const { injuryFloat, employerSize } = sums.rated[index]!;
        page.injuryFloat[held] = injuryFloat;
        page.employerSize[held] = employerSize;
        held += 1;
        if (held === arenaRows) {
          flush(held);
          written += held;
          held = 0;
        }
      },
      between: (): Promise<void> | undefined => {
        tell(written);
        return writer.blocked ? writer.drained() : undefined;
      },
    };
    await context.aside((reader) =>
      reader.readRows(
        `copy (select employer_id, person_id, declaration_id, category, injury_class, schemes, wage
           from roster_line where period = ${period(month)}) to stdout (format binary)`,
        sink,
      ),
    );
    flush(held);
    await writer.end();
    return written + held;
  });
}

function rowWriter(
  ofPeriod: number,
  page: LevyPage,
  rows: Current,
  sums: Sums,
  writer: BinaryWriter,
): (n: number) => void {
  return (n) => {
    page.run(n);
    for (let i = 0; i < n; i += 1) {
      const index = rows.index[i]!;
      const employer = sums.employers[index]!;
      writer.int(0, ofPeriod);
      writer.big(1, rows.person[i]!);
      writer.big(2, rows.employer[i]!);
      writer.int(3, 1);
      writer.big(4, employer.area);
      writer.big(5, sums.bills[index]!);
      writer.int(6, page.category[i]!);
      const columns = page.columnsOf(i);
      for (let c = 0; c < amountColumns; c += 1) writer.int(7 + c, columns[c]![i]!);
      writer.next();
      sums.add(index, page, i);
    }
  };
}
