import { type Arena, type LevyBatch, makeArena } from '../../engines/policy/index.ts';
import { type BillCell, category, cells, monthColumns } from './codes.ts';

/** Rows that one pass of the compiled rules takes. */
export const arenaRows = 8192;

/** A page of persons under a month's compiled rules: inputs to fill, amounts by stored column, the bill's cells. */
export class LevyPage {
  readonly wage: Int32Array;
  readonly category: Int32Array;
  readonly injuryClass: Int32Array;
  readonly schemes: Int32Array;
  readonly #batch: LevyBatch;
  readonly #arena: Arena;
  readonly #plain: readonly Int32Array[];
  readonly #publicEmployer: Int32Array;
  readonly #publicEmployee: Int32Array;
  readonly #computed: ReadonlySet<number>;

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
    this.#plain = [
      out('base'),
      out('pensionEmployer'),
      out('pensionEmployee'),
      out('pensionAccount'),
      out('medicalEmployer'),
      out('medicalEmployee'),
      out('medicalAccount'),
      out('unemploymentEmployer'),
      out('unemploymentEmployee'),
      out('injuryEmployer'),
      out('maternityEmployer'),
    ];
    this.#publicEmployer = out('publicPensionEmployer');
    this.#publicEmployee = out('publicPensionEmployee');
    this.#computed = new Set(
      cells.map((c) => c.fund).filter((f) => !batch.notComputed.some((x) => x.fund === f)),
    );
  }

  /** Computes the first `n` rows. */
  run(n: number): void {
    this.#batch.run(this.#arena, n);
  }

  /** Fen of a stored column (see `monthColumns`) in row i. */
  value(column: number, i: number): number {
    if (this.category[i] === category.public && column >= 1 && column <= 3)
      return column === 1 ? this.#publicEmployer[i]! : this.#publicEmployee[i]!;
    return this.#plain[column]![i]!;
  }

  /** Whether row i has a place in a bill's cell: its fund, insured in it, and computed. */
  has(cell: BillCell, i: number): boolean {
    if (cell.fund === 1 && this.category[i] === category.public) return false;
    if (cell.fund === 2 && this.category[i] !== category.public) return false;
    return (this.schemes[i]! & cell.scheme) !== 0 && this.#computed.has(cell.fund);
  }

  /** What of a cell's amount goes to row i's individual account. */
  account(cell: BillCell, i: number): number {
    return accountPart(cell, (column) => this.value(column, i));
  }
}

/** What of a bill cell goes to the individual account, from the columns of a person's month. */
export function accountPart(cell: BillCell, value: (column: number) => number): number {
  if (cell.account === -1) return 0;
  if (cell.account === -2) return value(cell.column);
  return cell.account === -3 ? value(6) - value(5) : value(cell.account);
}

export const amountColumns = monthColumns.length;
