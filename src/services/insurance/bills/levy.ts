import { type Arena, type LevyBatch, makeArena } from '../../../engines/policy/index.ts';
import { type BillCell, category, cells, monthColumns } from '../codes.ts';

/** Rows that one pass of the compiled rules takes: few, so that what waits to be sent is sent in between. */
export const arenaRows = 256;

/** A page of persons under a month's compiled rules: inputs to fill, amounts by stored column, the bill's cells. */
export class LevyPage {
  readonly wage: Int32Array;
  readonly category: Int32Array;
  readonly injuryClass: Int32Array;
  readonly schemes: Int32Array;
  readonly injuryFloat: Int32Array;
  readonly employerSize: Int32Array;
  readonly #batch: LevyBatch;
  readonly #arena: Arena;
  /** By stored column; public institutions have pension columns of their own. */
  readonly #plain: readonly Int32Array[];
  readonly #public: readonly Int32Array[];
  readonly #plainCells: readonly PlacedCell[];
  readonly #publicCells: readonly PlacedCell[];

  constructor(batch: LevyBatch) {
    const arena = makeArena(batch.columns, arenaRows);
    const none = new Int32Array(arenaRows);
    const out = (name: string): Int32Array =>
      batch.compiled.outputs.includes(name) ? arena.column(name) : none;
    this.#batch = batch;
    this.#arena = arena;
    this.wage = arena.column('wage');
    this.category = arena.column('category');
    this.injuryClass = arena.column('injuryClass');
    this.schemes = arena.column('schemes');
    this.injuryFloat = arena.column('injuryFloat');
    this.employerSize = arena.column('employerSize');
    const [base, ...others] = [
      'base',
      'medicalEmployer',
      'medicalEmployee',
      'medicalAccount',
      'unemploymentEmployer',
      'unemploymentEmployee',
      'injuryEmployer',
      'maternityEmployer',
    ].map(out) as [Int32Array, ...Int32Array[]];
    const employee = out('publicPensionEmployee');
    this.#plain = [
      base,
      out('pensionEmployer'),
      out('pensionEmployee'),
      out('pensionAccount'),
      ...others,
    ];
    // All of a public employee's pension share is his account's.
    this.#public = [base, out('publicPensionEmployer'), employee, employee, ...others];
    const computed = cells
      .map((cell, at) => ({ cell, at }))
      .filter((c) => !batch.notComputed.some((x) => x.fund === c.cell.fund));
    this.#plainCells = computed.filter((c) => c.cell.fund !== publicPension);
    this.#publicCells = computed.filter((c) => c.cell.fund !== enterprisePension);
  }

  /** Computes the first `n` rows. */
  run(n: number): void {
    this.#batch.run(this.#arena, n);
  }

  /** The columns that hold row i's amounts, in the order of `monthColumns`. */
  columnsOf(i: number): readonly Int32Array[] {
    return this.category[i] === category.public ? this.#public : this.#plain;
  }

  /** The computed cells in which row i may have a place: where it is insured in their scheme. */
  cellsOf(i: number): readonly PlacedCell[] {
    return this.category[i] === category.public ? this.#publicCells : this.#plainCells;
  }
}

const enterprisePension = 1;
const publicPension = 2;

/** A cell and its number among the cells of a bill. */
export interface PlacedCell {
  readonly cell: BillCell;
  readonly at: number;
}

export const amountColumns = monthColumns.length;
