import { z } from 'zod';
import { employerBy } from '../../engines/registry/index.ts';
import {
  addMonths,
  defineQuery,
  firstDay,
  type Month,
  monthOfDate,
  monthOfPeriod,
  type QueryContext,
} from '../../kernel/index.ts';
import { declaredNow } from './declare/declare.ts';
import { factorParameter, percentOf } from './declare/provisional-basis.ts';
import { lawOf, question } from './law.ts';
import { openMonth, stepsDone } from './period.ts';
import type { MonthView } from './views.ts';

/** What an employer declared last for the open month. Wage in fen. */
export interface Declared {
  readonly month: Month;
  readonly rows: number;
  readonly wageFen: number;
  readonly at: string;
}

export interface MonthsView {
  /** The month that is being worked on. */
  readonly open: Month;
  /** Newest first, from the first month of the city to the open one. */
  readonly rows: readonly { readonly month: Month; readonly state: MonthView['state'] }[];
  /** Null: nothing declared for the open month, or no employer was asked for. */
  readonly declared: Declared | null;
  /** What the bill of an employer that does not declare goes by; null while no document says. `factor` of an earlier month's amount, as 110%. */
  readonly undeclared: {
    readonly factor: string;
    readonly document: string;
    readonly article: string;
  } | null;
}

/**
 * The city's months and their states; with an employer, also what it declared for the open month.
 * @throws MindunError unknown-employer
 */
export const monthsQuery = defineQuery({
  name: 'insurance.months',
  title: { zh: '月份', en: 'Months' },
  input: z.object({ employer: z.string().min(1).optional() }),
  async run(context, input): Promise<MonthsView> {
    const open = await openMonth(context.tx, context.city);
    const assessed = (await stepsDone(context.tx, open)).has('assess');
    const future = open > monthOfDate(context.today);
    const rows: { month: Month; state: MonthView['state'] }[] = [
      { month: open, state: assessed ? 'assessed' : future ? 'future' : 'open' },
    ];
    const first = monthOfPeriod(context.city.firstPeriod);
    for (let month = addMonths(open, -1); month >= first; month = addMonths(month, -1)) {
      rows.push({ month, state: 'closed' });
    }
    const declared =
      input.employer === undefined ? null : await declaredBy(context, input.employer, open);
    return { open, rows, declared, undeclared: undeclaredBy(context, open) };
  },
});

function undeclaredBy(context: QueryContext, month: Month): MonthsView['undeclared'] {
  const law = lawOf(context.city);
  const asked = question(context.city, firstDay(month), context.today);
  const cite = law.cite('basis.provisional', asked);
  if (cite === null || !law.isSet(factorParameter, asked)) return null;
  return { ...cite, factor: percentOf(law.version(factorParameter, asked).value) };
}

async function declaredBy(
  context: QueryContext,
  key: string,
  month: Month,
): Promise<Declared | null> {
  const employer = await employerBy(context.tx, key);
  context.looked({ employerId: employer.id });
  const row = await context.elevate(() => declaredNow(context.tx, employer, month));
  return row === undefined ? null : { month, ...row };
}
