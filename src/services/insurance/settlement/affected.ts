import { type LevyBatch, levyBatch, type Version } from '../../../engines/policy/index.ts';
import {
  type Context,
  firstDay,
  groupBy,
  MindunError,
  type Month,
  monthOfPeriod,
  period,
} from '../../../kernel/index.ts';
import { lawOf, question } from '../law.ts';
import { type Ratings, ratedAnew, ratingsOf } from '../ratings.ts';

/** A fee month that is computed anew, for some employers, by the law as it is known today. */
export interface Anew {
  readonly feePeriod: number;
  /** Number of this assessment of the month. */
  readonly number: number;
  readonly employers: readonly number[];
  /** Those for whom nothing but what they declared late or corrected makes it different. */
  readonly ownDoing: ReadonlySet<number>;
  readonly batch: LevyBatch;
  readonly ratings: Ratings;
}

interface Assessed {
  readonly feePeriod: number;
  readonly number: number;
  readonly versions: readonly StoredVersion[];
}

/** What an assessment keeps of a version (see `versionKey`). */
export type StoredVersion = Pick<Version, 'parameter' | 'place' | 'from' | 'value' | 'table'>;

/** What tells one version from another, whatever order its fields were stored in. */
export function fingerprint(versions: readonly StoredVersion[]): string {
  return versions
    .map((v) => [v.parameter, v.place, v.from, v.value, (v.table ?? []).join(' ')].join('|'))
    .sort()
    .join('\n');
}

/**
 * The earlier fee months to be settled with this month's bill: those that employers corrected or declared late, those for which
 * an employer was rated anew, and every month whose law was published after it was assessed.
 */
export async function anewWith(context: Context, month: Month): Promise<Anew[]> {
  const { tx } = context;
  const assessed = await tx.rows<Assessed>(
    `select distinct on (fee_period) fee_period as "feePeriod", number::int, versions from assessment
     where fee_period < $1 order by fee_period, number desc`,
    [period(month)],
  );
  const declared = await tx.rows<{ feePeriod: number; employers: number[] }>(
    `select period as "feePeriod", array_agg(distinct employer_id) as employers from declaration
     where bill_period = $1 and kind in ('late', 'correction') group by 1`,
    [period(month)],
  );
  const byMonth = new Map(declared.map((d) => [d.feePeriod, d.employers]));
  const rated = groupBy(await ratedAnew(tx, period(month)), (r) => r.feePeriod);
  const found: Anew[] = [];
  for (const a of assessed) {
    const batch = batchOf(context, a.feePeriod);
    if (batch === undefined) continue;
    const changed = fingerprint(batch.versions) !== fingerprint(a.versions);
    const employers = changed ? await allOf(context, a.feePeriod) : [];
    const others = (rated.get(a.feePeriod) ?? [])
      .filter((r) => r.kind !== 'size' || batch.bySize.length > 0)
      .map((r) => r.employer);
    const all = [...new Set([...employers, ...(byMonth.get(a.feePeriod) ?? []), ...others])].sort(
      (x, y) => x - y,
    );
    if (all.length === 0) continue;
    const ratings = await ratingsOf(tx, a.feePeriod, period(month), batch);
    const ownDoing = new Set(changed ? [] : byMonth.get(a.feePeriod));
    for (const employer of others) ownDoing.delete(employer);
    const { feePeriod } = a;
    found.push({ feePeriod, number: a.number + 1, employers: all, ownDoing, batch, ratings });
  }
  return found;
}

function batchOf(context: Context, feePeriod: number): LevyBatch | undefined {
  const on = firstDay(monthOfPeriod(feePeriod));
  try {
    return levyBatch(lawOf(context.city), question(context.city, on, context.today));
  } catch (error) {
    if (error instanceof MindunError && error.code === 'parameter-unset') return undefined;
    throw error;
  }
}

async function allOf(context: Context, feePeriod: number): Promise<number[]> {
  const rows = await context.tx.rows<{ employer: number }>(
    `select distinct employer_id as employer from declaration
     where period = $1 and kind in ('full', 'changes', 'late')`,
    [feePeriod],
  );
  return rows.map((r) => r.employer);
}
