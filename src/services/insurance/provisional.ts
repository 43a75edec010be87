import { receivableKeys } from '../../engines/fund/index.ts';
import { callRule } from '../../engines/policy/index.ts';
import {
  addMonths,
  type Context,
  firstDay,
  type Month,
  parseYuan,
  period,
  yuan,
} from '../../kernel/index.ts';
import { lawOf, question } from './law.ts';

export interface ProvisionalLine {
  readonly employer: number;
  readonly area: number;
  readonly amounts: readonly {
    readonly fund: number;
    readonly share: number;
    readonly fen: number;
  }[];
}

interface LastMonth {
  readonly employer: number;
  readonly area: number;
  readonly fund: number;
  readonly share: number;
  readonly assessed: number;
  readonly open: number;
}

/**
 * Provisional amounts of employers who did not declare the month: 110 % of what they paid for the month before
 * (征缴暂行条例 art. 10), of what was verified where nothing was paid (strategy `collection.provisionalBase`). Employers
 * without a month before are left for the clerk.
 */
export async function provisionalLines(
  context: Context,
  month: Month,
  declared: ReadonlySet<number>,
): Promise<ProvisionalLine[]> {
  const before = period(addMonths(month, -1));
  const rows = await context.tx.rows<LastMonth>(
    `with billed as (select l.employer_id, max(l.area) as area, l.fund, l.share, sum(l.amount)::bigint as assessed
         from bill_line l where l.fee_period = $1 and l.period >= $1
           and not exists (select from unnest($3::bigint[]) as d (employer) where d.employer = l.employer_id) group by 1, 3, 4),
       owed as (select n.employer_id, n.fund, n.share, sum(n.amount)::bigint as open
         from (select distinct employer_id from billed) b join receivable_now n on n.employer_id = b.employer_id
         where n.account = $2 and n.fee_period = $1 group by 1, 2, 3)
     select b.employer_id as employer, b.area, b.fund::int, b.share::int, b.assessed, coalesce(o.open, 0)::bigint as open
     from billed b left join owed o using (employer_id, fund, share) order by 1, 3, 4`,
    [before, receivableKeys.contributionsDue, [...declared]],
  );
  const law = lawOf(context.city);
  const asked = question(context.city, firstDay(month), context.today);
  const byEmployer = new Map<number, LastMonth[]>();
  for (const row of rows) {
    if (declared.has(row.employer)) continue;
    byEmployer.set(row.employer, [...(byEmployer.get(row.employer) ?? []), row]);
  }
  return [...byEmployer.entries()].flatMap(([employer, last]) => {
    const paidAny = last.some((l) => l.assessed > l.open);
    const amounts = last.map((l) => {
      const basis = paidAny ? l.assessed - l.open : l.assessed;
      const { outputs } = callRule(law, 'contribution.provisional', asked, {
        lastMonthPaid: yuan(Math.max(0, basis)),
      });
      return { fund: l.fund, share: l.share, fen: parseYuan(String(outputs['provisional'])) };
    });
    const owed = amounts.filter((a) => a.fen > 0);
    return owed.length === 0 ? [] : [{ employer, area: last[0]!.area, amounts: owed }];
  });
}
