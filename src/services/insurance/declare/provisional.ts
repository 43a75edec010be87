import { receivableKeys } from '../../../engines/fund/index.ts';
import { callRule, type Law, type Version } from '../../../engines/policy/index.ts';
import {
  addMonths,
  type Context,
  firstDay,
  groupBy,
  type Month,
  parseYuan,
  period,
  sumOf,
  yuan,
} from '../../../kernel/index.ts';
import { lineKind } from '../codes.ts';
import { type Determination, writeDeterminations } from '../determinations.ts';
import { lawOf, question } from '../law.ts';

/** One cell of a provisional bill: what it goes by and what it comes to. Amounts in fen. */
export interface ProvisionalAmount {
  readonly fund: number;
  readonly share: number;
  readonly fen: number;
  readonly basis: Basis;
  readonly basisFen: number;
  /** The month that the basis is of, 200803. */
  readonly basisPeriod: number;
}

export interface ProvisionalLine {
  readonly employer: number;
  readonly area: number;
  readonly amounts: readonly ProvisionalAmount[];
  readonly versions: readonly Version[];
}

/** What was paid for the month; what was assessed from a declaration; what was billed provisionally. */
type Basis = 'paid' | 'verified' | 'provisional';

const ways = ['last-paid-or-verified', 'last-paid', 'month-before'] as const;

/**
 * What stands for "the month before" of an undeclared month (parameter `collection.provisionalBase`):
 * `last-paid-or-verified` the last month for which something was paid or that was declared, provisional months that nobody paid being
 * passed over; `last-paid` the last month for which something was paid; `month-before` the month before whatever it was, so that
 * 110 % of 110 % is taken.
 */
type Way = (typeof ways)[number];

/** A cell of a month that was billed. */
interface Billed {
  readonly employer: number;
  readonly area: number;
  readonly fund: number;
  readonly share: number;
  readonly assessed: number;
  readonly open: number;
  readonly declared: boolean;
}

/**
 * Provisional amounts of employers who did not declare the month: 110 % of what they paid for the month before (征缴暂行条例 art. 10,
 * 社会保险法 art. 62), of what was verified where nothing was paid. Employers without a month to go by are left for the clerk.
 * @throws MindunError strategy-unknown
 */
export async function provisionalLines(
  context: Context,
  month: Month,
  declared: ReadonlySet<number>,
): Promise<ProvisionalLine[]> {
  const law = lawOf(context.city);
  const asked = question(context.city, firstDay(month), context.today);
  const { way, version } = law.way('collection.provisionalBase', asked, ways);
  const lines: ProvisionalLine[] = [];
  let before = addMonths(month, -1);
  let rows = await billedFor(context, before, { except: [...declared] });
  while (rows.length > 0) {
    const passedOver: number[] = [];
    for (const [employer, cells] of groupBy(rows, (r) => r.employer)) {
      const basis = basisOf(cells, way);
      if (basis === undefined) passedOver.push(employer);
      else lines.push(lineOf(law, asked, cells, basis, before, version));
    }
    before = addMonths(before, -1);
    rows = passedOver.length === 0 ? [] : await billedFor(context, before, { only: passedOver });
  }
  return lines.filter((l) => l.amounts.length > 0).sort((a, b) => a.employer - b.employer);
}

/** By what a month can be gone by; undefined: it is passed over. */
function basisOf(cells: readonly Billed[], way: Way): Basis | undefined {
  if (cells.some((c) => c.assessed > c.open)) return 'paid';
  if (way === 'last-paid') return undefined;
  if (cells.some((c) => c.declared)) return 'verified';
  return way === 'month-before' ? 'provisional' : undefined;
}

async function billedFor(
  context: Context,
  month: Month,
  which: { only: readonly number[] } | { except: readonly number[] },
): Promise<Billed[]> {
  const only = 'only' in which;
  return context.tx.rows<Billed>(
    `with billed as (select l.employer_id, max(l.area) as area, l.fund, l.share, sum(l.amount)::bigint as assessed,
         bool_or(l.kind <> $4) as declared
       from bill_line l where l.fee_period = $1 and l.period >= $1 and l.kind <> $5
         and ${only ? '' : 'not'} exists (select from unnest($3::bigint[]) as w (employer) where w.employer = l.employer_id)
       group by 1, 3, 4),
     owed as (select n.employer_id, n.fund, n.share, sum(n.amount)::bigint as open
       from (select distinct employer_id from billed) b join receivable_now n on n.employer_id = b.employer_id
       where n.account = $2 and n.fee_period = $1 group by 1, 2, 3)
     select b.employer_id as employer, b.area, b.fund::int, b.share::int, b.assessed, coalesce(o.open, 0)::bigint as open, b.declared
     from billed b left join owed o using (employer_id, fund, share) order by 1, 3, 4`,
    [
      period(month),
      receivableKeys.contributionsDue,
      only ? which.only : which.except,
      lineKind.provisional,
      // What is still owed of a month of the old books tells nothing of what the month came to.
      lineKind.opening,
    ],
  );
}

function lineOf(
  law: Law,
  asked: ReturnType<typeof question>,
  cells: readonly Billed[],
  basis: Basis,
  month: Month,
  way: Version,
): ProvisionalLine {
  const versions = new Map<string, Version>([[way.parameter, way]]);
  const amounts = cells.flatMap((c): ProvisionalAmount[] => {
    const basisFen = Math.max(0, basis === 'paid' ? c.assessed - c.open : c.assessed);
    const call = callRule(law, 'contribution.provisional', asked, {
      lastMonthPaid: yuan(basisFen),
    });
    for (const v of call.versions) versions.set(v.parameter, v);
    const fen = parseYuan(String(call.outputs['provisional']));
    if (fen === 0) return [];
    const { fund, share } = c;
    const basisPeriod = period(month);
    return [{ fund, share, fen, basis, basisFen, basisPeriod }];
  });
  const { employer, area } = cells[0]!;
  return { employer, area, amounts, versions: [...versions.values()] };
}

/** Keeps what the provisional amounts of a month go by. Runs with the system's eyes. */
export async function keepProvisional(
  context: Context,
  month: Month,
  lines: readonly ProvisionalLine[],
): Promise<void> {
  await writeDeterminations(
    context,
    lines.map(
      (l): Determination => ({
        kind: 'provisional',
        area: l.area,
        employer: l.employer,
        period: period(month),
        rule: 'contribution.provisional',
        onDay: firstDay(month),
        inputs: {
          basis: l.amounts[0]!.basis,
          basisPeriod: l.amounts[0]!.basisPeriod,
          cells: l.amounts.map((a) => ({ fund: a.fund, share: a.share, fen: a.basisFen })),
        },
        versions: l.versions,
        outputs: {
          fen: sumOf(l.amounts, (a) => a.fen),
          cells: l.amounts.map((a) => ({ fund: a.fund, share: a.share, fen: a.fen })),
        },
      }),
    ),
  );
}
