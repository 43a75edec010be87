import { fundBy, funds } from '../../../engines/fund/index.ts';
import { type Area, areaByCode, areaWithin } from '../../../engines/jurisdiction/index.ts';
import {
  MindunError,
  type Month,
  period,
  type QueryContext,
  month as readMonth,
} from '../../../kernel/index.ts';

/** Which books a reading is of: one fund, one month, one area. */
export interface Scope {
  readonly fund: number;
  readonly fundKey: (typeof funds)[number]['key'];
  readonly month: Month;
  readonly lo: number;
  readonly hi: number;
  readonly areaName: string;
  /** Kept balances stand by county: an area below one is summed from its entries. */
  readonly keptBalances: boolean;
}

/** @throws MindunError input-invalid, unknown-area, not-permitted */
export async function scopeOf(
  context: QueryContext,
  input: { readonly fund: string; readonly month: string; readonly area?: string | undefined },
): Promise<Scope> {
  const fund = fundBy(input.fund);
  if (fund === undefined) {
    const known = funds.map((f) => f.key).join(', ');
    throw new MindunError('input-invalid', { what: `fund: ${input.fund} (${known})` });
  }
  const area = await areaAsked(context, input.area);
  return {
    fund: fund.id,
    fundKey: fund.key,
    month: readMonth(input.month),
    lo: area.key,
    hi: area.last,
    areaName: area.name,
    keptBalances: area.tier === 'city' || area.tier === 'county',
  };
}

/**
 * The area whose figures the asker gets: what was asked for, as far as his right reaches. Row-level security leaves the rest out of
 * every sum, so a heading that named more would be untrue.
 */
async function areaAsked(context: QueryContext, code: string | undefined): Promise<Area> {
  const { tx, city, today } = context;
  const { areaLo, areaHi } = context.caller.actor.reach;
  const own =
    areaLo === undefined || areaHi === undefined
      ? undefined
      : await areaWithin(tx, areaLo, areaHi, today);
  if (own !== undefined && code === undefined) return own;
  const area = await areaByCode(tx, code ?? city.code, today);
  if (own === undefined || (area.key >= own.key && area.last <= own.last)) return area;
  if (area.key <= own.key && area.last >= own.last) return own;
  throw new MindunError('not-permitted', { what: area.name });
}

/**
 * Debit balances in fen of a book's accounts between two keys before a month: the last kept balances and what was
 * posted since.
 */
export async function balancesBefore(
  context: QueryContext,
  scope: Scope,
  book: number,
  month: Month,
  accounts: readonly [number, number],
): Promise<Map<number, number>> {
  const { kept } = await context.tx.one<{ kept: number }>(
    'select coalesce(max(period), 0) as kept from balance where period < $1 and $2',
    [period(month), scope.keptBalances],
  );
  const rows = await context.tx.rows<{ account: number; amount: number }>(
    `select account, sum(amount)::bigint as amount from (
       select account, closing as amount from balance
       where period = $1 and book = $3 and fund = $4 and area between $5 and $6 and account between $7 and $8
       union all
       select account, amount from entry
       where period > $1 and period < $2 and book = $3 and fund = $4 and area between $5 and $6
         and account between $7 and $8) b group by 1`,
    [kept, period(month), book, scope.fund, scope.lo, scope.hi, ...accounts],
  );
  return new Map(rows.map((r) => [r.account, r.amount]));
}
