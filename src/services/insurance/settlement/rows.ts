import { type Columns, settleRow } from '../../../engines/policy/index.ts';
import { BinaryWriter, type ColumnType, type RowReader } from '../../../kernel/database/index.ts';
import type { Context } from '../../../kernel/index.ts';
import { amountColumns, arenaRows, LevyPage } from '../bills/levy.ts';
import { category, cells, lineChange, monthColumns } from '../codes.ts';
import type { Anew } from './affected.ts';

/** Differences of one employer and bill cell, summed over its persons. */
export interface CellDifference {
  amount: number;
  account: number;
  base: number;
  persons: number;
}

/** Of a cell in which nothing is different. */
export const noDifference = (): CellDifference => ({ amount: 0, account: 0, base: 0, persons: 0 });

/** Where an employer's differences go. */
export interface Target {
  readonly bill: number;
  readonly area: number;
}

const lineColumns: readonly ColumnType[] = [
  'int8',
  'int8',
  'int2',
  'int2',
  'int2',
  'int4',
  'int2',
  ...monthColumns.map(() => 'int4' as const),
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
const listedMax = 2000;

/**
 * Each person's month as it should be beside what stands: the roster that counts (the latest declaration with the corrections
 * after it) and the sum of the person's rows so far. Wage −1: not on the roster any more. Number 1 is the month's own
 * assessment, also for who has no row of it.
 */
function linesSql(anew: Anew): string {
  const p = anew.feePeriod;
  const listed = anew.employers.length <= listedMax;
  const mine = (alias: string): string =>
    listed ? `and ${alias}.employer_id = any ('{${anew.employers.join(',')}}'::bigint[])` : '';
  const sums = monthColumns.map((c) => `sum(${c})::int as ${c}`).join(', ');
  const standing = monthColumns.map((c) => `coalesce(s.${c}, 0)`).join(', ');
  return `copy (
    with base as (select d.employer_id, max(d.id) as id from declaration d
        where d.period = ${p} and d.kind in ('full', 'changes', 'late') ${mine('d')} group by 1),
      declared as (select r.* from roster_line r join base on base.employer_id = r.employer_id and base.id = r.declaration_id
        where r.period = ${p}),
      corrected as (select distinct on (r.employer_id, r.person_id) r.* from roster_line r
        join declaration d on d.id = r.declaration_id and d.kind = 'correction'
        join base on base.employer_id = r.employer_id and d.id > base.id
        where r.period = ${p} order by r.employer_id, r.person_id, r.declaration_id desc),
      lines as (select employer_id, person_id, coalesce(c.category, b.category) as category,
          coalesce(c.injury_class, b.injury_class) as injury_class, coalesce(c.schemes, b.schemes) as schemes,
          coalesce(c.wage, b.wage) as wage
        from declared b full join corrected c using (employer_id, person_id)
        where coalesce(c.change, b.change) <> ${lineChange.struck}),
      standing as (select m.employer_id, m.person_id, max(m.assessment) as n, max(m.category) as category, ${sums}
        from person_month m where m.period = ${p} ${mine('m')} group by 1, 2)
    select employer_id, person_id, coalesce(l.category, s.category), coalesce(l.injury_class, 1::smallint),
      coalesce(l.schemes, 0::smallint), coalesce(l.wage, -1), coalesce(s.n, 1::smallint), ${standing}
    from lines l full join standing s using (employer_id, person_id)
    order by employer_id, person_id) to stdout (format binary)`;
}

/**
 * Writes the differences of a fee month, person by person, under the bills of `targets`; answers the sums by employer, cell
 * by cell in the order of `cells`.
 */
export async function writeDifferences(
  context: Context,
  anew: Anew,
  targets: ReadonlyMap<number, Target>,
): Promise<Map<number, CellDifference[]>> {
  const { tx } = context;
  const sums = new Map<number, CellDifference[]>();
  await tx.as('bulk', async () => {
    const writer = new BinaryWriter(
      tx.copyIn(`copy person_month_${anew.feePeriod} from stdin (format binary)`),
      rowColumns,
    );
    const page = new DifferencePage(anew, targets, sums, writer);
    // Corrections were committed before this month is assessed, and nothing of this month is read here.
    await context.aside(async (reader) => {
      await reader.readRows(linesSql(anew), {
        columns: lineColumns,
        row: (row) => page.take(row),
        between: () => (writer.blocked ? writer.drained() : undefined),
      });
    });
    page.flush();
    await writer.end();
  });
  return sums;
}

/** Amounts of persons who should have none. */
const nothing: Columns = monthColumns.map(() => new Int32Array(arenaRows));

class DifferencePage {
  readonly #anew: Anew;
  readonly #targets: ReadonlyMap<number, Target>;
  readonly #sums: Map<number, CellDifference[]>;
  readonly #writer: BinaryWriter;
  readonly #page: LevyPage;
  readonly #employer = new Float64Array(arenaRows);
  readonly #person = new Float64Array(arenaRows);
  readonly #number = new Int32Array(arenaRows);
  readonly #gone = new Uint8Array(arenaRows);
  readonly #standing = Array.from({ length: amountColumns }, () => new Int32Array(arenaRows));
  /** The amounts of a row that is settled. */
  readonly #difference = new Int32Array(amountColumns);
  #held = 0;

  constructor(
    anew: Anew,
    targets: ReadonlyMap<number, Target>,
    sums: Map<number, CellDifference[]>,
    writer: BinaryWriter,
  ) {
    this.#anew = anew;
    this.#targets = targets;
    this.#sums = sums;
    this.#writer = writer;
    this.#page = new LevyPage(anew.batch);
  }

  take(row: RowReader): void {
    if (!this.#targets.has(row.big(0))) return;
    const i = this.#held;
    const wage = row.int(5);
    this.#employer[i] = row.big(0);
    this.#person[i] = row.big(1);
    this.#page.category[i] = row.int(2);
    this.#page.injuryClass[i] = row.int(3);
    this.#page.schemes[i] = row.int(4);
    this.#page.wage[i] = Math.max(0, wage);
    const rated = this.#anew.ratings.of(row.big(0));
    this.#page.injuryFloat[i] = rated.injuryFloat;
    this.#page.employerSize[i] = rated.employerSize;
    this.#gone[i] = wage < 0 ? 1 : 0;
    this.#number[i] = row.int(6);
    for (let c = 0; c < amountColumns; c += 1) this.#standing[c]![i] = row.int(7 + c);
    this.#held += 1;
    if (this.#held === arenaRows) this.flush();
  }

  flush(): void {
    this.#page.run(this.#held);
    for (let i = 0; i < this.#held; i += 1) this.#settle(i);
    this.#held = 0;
  }

  #settle(i: number): void {
    const renewed = this.#gone[i] === 1 ? nothing : this.#page.columnsOf(i);
    const difference = this.#difference;
    if (!settleRow(this.#standing, renewed, i, difference)) return;
    const employer = this.#employer[i]!;
    const target = this.#targets.get(employer)!;
    const writer = this.#writer;
    writer.int(0, this.#anew.feePeriod);
    writer.big(1, this.#person[i]!);
    writer.big(2, employer);
    writer.int(3, this.#number[i]! + 1);
    writer.big(4, target.area);
    writer.big(5, target.bill);
    writer.int(6, this.#page.category[i]!);
    for (let c = 0; c < amountColumns; c += 1) writer.int(7 + c, difference[c]!);
    writer.next();
    this.#add(employer, i);
  }

  #add(employer: number, i: number): void {
    let sums = this.#sums.get(employer);
    if (sums === undefined) {
      sums = cells.map(noDifference);
      this.#sums.set(employer, sums);
    }
    const isPublic = this.#page.category[i] === category.public;
    const difference = this.#difference;
    for (const [c, cell] of cells.entries()) {
      if ((cell.fund === 1 && isPublic) || (cell.fund === 2 && !isPublic)) continue;
      const amount = difference[cell.column]!;
      const [plus, minus] = cell.account.map((column) => difference[column]!);
      const account = (plus ?? 0) - (minus ?? 0);
      if (amount === 0 && account === 0) continue;
      const sum = sums[c]!;
      sum.amount += amount;
      sum.account += account;
      sum.base += difference[0]!;
      sum.persons += 1;
    }
  }
}
