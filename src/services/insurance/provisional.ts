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
    `select l.employer_id as employer, l.area, l.fund::int, l.share::int, sum(l.amount)::bigint as assessed,
       coalesce(max(e.open), 0)::bigint as open
     from bill_line l
     left join (select employer_id, fund, share, sum(amount)::bigint as open from entry
       where book = 2 and account = $2 and fee_period = $1 and not employer_id = any ($3) group by 1, 2, 3) e
       on e.employer_id = l.employer_id and e.fund = l.fund and e.share = l.share
     where l.fee_period = $1 and not l.employer_id = any ($3) group by 1, 2, 3, 4 order by 1, 3, 4`,
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
