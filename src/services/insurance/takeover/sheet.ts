import { countyOf } from '../../../engines/jurisdiction/index.ts';
import { schemeBits } from '../codes.ts';
import type { Insurance } from '../views.ts';
import { insurances } from '../views.ts';
import type { SourceTotal } from './read.ts';
import { schemesOf, type TakeoverRows } from './shapes.ts';

/** One line of the reconciliation sheet: what was read beside what the source says. */
export interface SheetRow {
  readonly table: string;
  /** County's key. */
  readonly area: string;
  readonly insurance: string;
  readonly year: string;
  readonly count: number;
  readonly fen: number;
  readonly sourceCount: number | null;
  readonly sourceFen: number | null;
  readonly agrees: boolean;
}

export interface Areas {
  person(number: string): number;
  employer(code: string): number;
  area(code: string): number;
}

class Sums {
  readonly map = new Map<string, { count: number; fen: number }>();

  add(table: string, area: number, insurance: string, year: number | '', fen: number): void {
    const key = `${table}|${countyOf(area)}|${insurance}|${year}`;
    const sum = this.map.get(key) ?? { count: 0, fen: 0 };
    sum.count += 1;
    sum.fen += fen;
    this.map.set(key, sum);
  }
}

/** Counts and fen by table, county, insurance and year, beside the source's own; every line must agree. */
export function reconcile(
  rows: TakeoverRows,
  areas: Areas,
  totals: readonly SourceTotal[],
): SheetRow[] {
  const sums = sumsOf(rows, areas);
  const source = new Map(totals.map((t) => [t.key, t]));
  const keys = [...new Set([...sums.map.keys(), ...source.keys()])].sort();
  return keys.map((key) => {
    const [table, area, insurance, year] = key.split('|');
    const read = sums.map.get(key) ?? { count: 0, fen: 0 };
    const said = source.get(key);
    return {
      table: table!,
      area: area!,
      insurance: insurance!,
      year: year!,
      ...read,
      sourceCount: said?.count ?? null,
      sourceFen: said?.fen ?? null,
      agrees: said !== undefined && said.count === read.count && said.fen === read.fen,
    };
  });
}

function sumsOf(rows: TakeoverRows, areas: Areas): Sums {
  const sums = new Sums();
  for (const r of rows['persons.csv']) sums.add('persons', areas.area(r.area), '', '', 0);
  for (const r of rows['employers.csv']) sums.add('employers', areas.area(r.area), '', '', 0);
  for (const r of rows['spells.csv']) {
    const bits = schemesOf(r.schemes, r.category);
    for (const i of insurances.filter((x: Insurance) => (bits & schemeBits[x]) !== 0)) {
      if (r.to === null) sums.add('spells', areas.employer(r.employer), i, '', 0);
    }
  }
  for (const r of rows['rosters.csv'])
    sums.add('rosters', areas.employer(r.employer), '', '', r.wage);
  for (const r of rows['balances.csv'])
    sums.add('balances', areas.person(r.number.number), r.insurance, r.year, r.closing);
  for (const r of rows['deemed.csv']) sums.add('deemed', areas.person(r.number.number), '', '', 0);
  for (const r of rows['retirees.csv'])
    sums.add('retirees', areas.person(r.number.number), '', '', r.pension);
  for (const r of rows['arrears.csv'])
    sums.add(
      'arrears',
      areas.employer(r.employer),
      r.insurance,
      Math.floor(r.feeMonth / 100),
      r.amount,
    );
  for (const r of rows['ledger.csv']) sums.add('ledger', areas.area(r.area), r.fund, '', r.amount);
  return sums;
}
