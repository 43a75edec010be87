import { statutoryKeys } from '../../../engines/fund/index.ts';
import { countyOf } from '../../../engines/jurisdiction/index.ts';
import { sumOf } from '../../../kernel/index.ts';
import { schemeBits } from '../codes.ts';
import { insurances } from '../views.ts';
import type { SourceTotal } from './read.ts';
import { type FileName, schemesOf, type TakeoverRows } from './shapes.ts';

/** One line of the reconciliation sheet: what was read beside what the source says. Amounts in fen. */
export interface SheetRow {
  readonly table: string;
  /** County's key; empty: the city. */
  readonly area: string;
  readonly insurance: string;
  readonly year: string;
  /**
   * A column of the accounts (opening, credited, interest, paidOut, closing) or a side of a ledger account (300102.debit,
   * 300102.credit, and 300102.net of both).
   */
  readonly item: string;
  readonly count: number;
  readonly fen: number;
  readonly sourceCount: number | null;
  readonly sourceFen: number | null;
  readonly agrees: boolean;
  /** Line of totals.csv that says it. */
  readonly sourceLine: number | null;
}

export interface Areas {
  person(number: string): number;
  employer(code: string): number;
  area(code: string): number;
}

class Sums {
  readonly map = new Map<string, { count: number; fen: number }>();

  add(
    table: string,
    area: number,
    of: { insurance?: string; year?: number; item?: string },
    fen = 0,
  ): void {
    const key = [table, countyOf(area), of.insurance ?? '', of.year ?? '', of.item ?? ''].join('|');
    const sum = this.map.get(key) ?? { count: 0, fen: 0 };
    sum.count += 1;
    sum.fen += fen;
    this.map.set(key, sum);
  }
}

/**
 * Counts and fen by table, county, insurance, year and item, beside the source's own, and the individual accounts beside their
 * control account; every line must agree.
 * @param sound files whose tables can be summed up
 */
export function reconcile(
  rows: TakeoverRows,
  areas: Areas,
  totals: readonly SourceTotal[],
  sound: ReadonlySet<FileName>,
): SheetRow[] {
  const sums = sumsOf(rows, areas, sound);
  const broken = new Set([...Object.keys(rows)].filter((f) => !sound.has(f as FileName)));
  const source = new Map(
    totals.filter((t) => !broken.has(`${t.key.split('|')[0]}.csv`)).map((t) => [t.key, t]),
  );
  const keys = [...new Set([...sums.map.keys(), ...source.keys()])].sort();
  const sheet = keys.map((key): SheetRow => {
    const said = source.get(key);
    const read = sums.map.get(key) ?? { count: 0, fen: 0 };
    return {
      ...partsOf(key),
      ...read,
      sourceCount: said?.count ?? null,
      sourceFen: said?.fen ?? null,
      agrees: said !== undefined && said.count === read.count && said.fen === read.fen,
      sourceLine: said?.line ?? null,
    };
  });
  const control = sound.has('balances.csv') && sound.has('ledger.csv') ? controlOf(rows) : [];
  return [...sheet, ...netsOf(sheet), ...control];
}

function partsOf(key: string): Pick<SheetRow, 'table' | 'area' | 'insurance' | 'year' | 'item'> {
  const [table, area, insurance, year, item] = key.split('|') as [string, ...string[]];
  return { table, area: area!, insurance: insurance!, year: year!, item: item! };
}

/** Each ledger account's debit less its credit, on both sides. */
function netsOf(sheet: readonly SheetRow[]): SheetRow[] {
  const nets = new Map<string, SheetRow>();
  for (const row of sheet.filter((r) => r.table === 'ledger')) {
    const [account, side] = row.item.split('.');
    const sign = side === 'credit' ? -1 : 1;
    const key = `${row.area} ${row.insurance} ${account}`;
    const net = nets.get(key) ?? {
      ...row,
      item: `${account}.net`,
      count: 0,
      fen: 0,
      sourceCount: 0,
      sourceFen: 0,
      agrees: true,
      sourceLine: null,
    };
    const fen = net.fen + sign * row.fen;
    const sourceFen = (net.sourceFen ?? 0) + sign * (row.sourceFen ?? 0);
    nets.set(key, {
      ...net,
      fen,
      sourceFen,
      count: net.count + row.count,
      sourceCount: (net.sourceCount ?? 0) + (row.sourceCount ?? 0),
      agrees: fen === sourceFen,
    });
  }
  return [...nets.values()];
}

/**
 * The medical accounts' last closing balances beside 医疗保险个人账户基金 of the ledger, which must cover them. A pension account is a claim
 * and no cash: the total may well exceed the fund, and no ledger account controls it.
 */
function controlOf(rows: TakeoverRows): SheetRow[] {
  const last = new Map<string, { year: number; closing: number }>();
  for (const r of rows['balances.csv']) {
    if (r.insurance !== 'medical') continue;
    const { number } = r.number;
    if ((last.get(number)?.year ?? 0) < r.year) last.set(number, r);
  }
  const kept = rows['ledger.csv'].filter(
    (r) => r.fund === 'medical' && r.account === statutoryKeys.balanceAccounts,
  );
  if (last.size === 0 && kept.length === 0) return [];
  const fen = sumOf(last.values(), (l) => l.closing);
  const sourceFen = 0 - sumOf(kept, (k) => k.amount);
  return [
    {
      ...partsOf(`control||medical||${statutoryKeys.balanceAccounts}`),
      count: last.size,
      fen,
      sourceCount: kept.length,
      sourceFen,
      agrees: fen === sourceFen,
      sourceLine: null,
    },
  ];
}

const accountColumns = ['opening', 'credited', 'interest', 'paidOut', 'closing'] as const;

function sumsOf(rows: TakeoverRows, areas: Areas, sound: ReadonlySet<FileName>): Sums {
  const sums = new Sums();
  const of = <F extends FileName>(file: F): TakeoverRows[F] =>
    sound.has(file) ? rows[file] : ([] as unknown as TakeoverRows[F]);
  for (const r of of('persons.csv')) sums.add('persons', areas.area(r.area), {});
  for (const r of of('employers.csv')) sums.add('employers', areas.area(r.area), {});
  for (const r of of('spells.csv')) {
    const bits = schemesOf(r.schemes, r.category);
    for (const insurance of insurances.filter((x) => (bits & schemeBits[x]) !== 0)) {
      if (r.to === null) sums.add('spells', areas.employer(r.employer), { insurance });
    }
  }
  for (const r of of('rosters.csv')) sums.add('rosters', areas.employer(r.employer), {}, r.wage);
  for (const r of of('balances.csv')) {
    const { insurance, year } = r;
    for (const item of accountColumns)
      sums.add('balances', areas.person(r.number.number), { insurance, year, item }, r[item]);
  }
  for (const r of of('deemed.csv')) sums.add('deemed', areas.person(r.number.number), {});
  for (const r of of('retirees.csv'))
    sums.add('retirees', areas.person(r.number.number), {}, r.pension);
  for (const r of of('arrears.csv')) {
    const year = Math.floor(r.feeMonth / 100);
    const { insurance, share: item } = r;
    sums.add('arrears', areas.employer(r.employer), { insurance, year, item }, r.amount);
  }
  for (const r of of('ledger.csv')) {
    const item = `${r.account}.${r.amount < 0 ? 'credit' : 'debit'}`;
    sums.add('ledger', areas.area(r.area), { insurance: r.fund, item }, Math.abs(r.amount));
  }
  return sums;
}
