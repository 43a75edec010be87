import type { QueryContext } from '../../kernel/index.ts';

/** Whether a value behind a fund's fee month comes from no document, by the latest assessment of the month. */
export type AssumedIn = (feePeriod: number, fund: number) => boolean;

/** The funds of fee months that were computed with an assumed value. */
export async function assumedIn(
  context: Pick<QueryContext, 'tx'>,
  feePeriods: readonly number[],
): Promise<AssumedIn> {
  const rows = await context.tx.rows<{ feePeriod: number; funds: number[] }>(
    `select distinct on (fee_period) fee_period as "feePeriod", not_computed -> 'assumed' as funds from assessment
     where fee_period = any ($1) order by fee_period, number desc`,
    [[...new Set(feePeriods)]],
  );
  const known = new Map(rows.map((r) => [r.feePeriod, r.funds]));
  return (feePeriod, fund) => known.get(feePeriod)?.includes(fund) ?? false;
}
