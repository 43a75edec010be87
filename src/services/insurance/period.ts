import type { Tx } from '../../kernel/database/index.ts';
import {
  addMonths,
  type CityInfo,
  type Context,
  type DutyMatter,
  defineErrors,
  firstDay,
  lastDay,
  MindunError,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
} from '../../kernel/index.ts';

defineErrors({
  'month-not-next': {
    message: {
      zh: '{month}不是在办的月份，现在办 {open}',
      en: '{month} is not the open month; {open} is',
    },
    mend: {
      zh: '先办 {open}的；经办机构把它关账以后，才办下一个月。',
      en: 'Do what is of {open} first: the next month opens once the office has closed it.',
    },
    status: 409,
  },
  'already-assessed': {
    message: { zh: '{month} 已经核定', en: '{month} is assessed already' },
    mend: {
      zh: '要改请办更正，差额进下一张账单。',
      en: 'Make a correction: the difference goes to the next bill.',
    },
    status: 409,
  },
  'not-assessed': {
    message: { zh: '{month}还没有核定', en: '{month} is not assessed yet' },
    mend: { zh: '请先核定。', en: 'Assess it first.' },
    status: 409,
  },
  'month-not-begun': {
    message: {
      zh: '{month}还没有到，{day}起才能核定',
      en: '{month} has not begun: it can be assessed from {day} on',
    },
    mend: {
      zh: '到那天再核定；这之前单位照常可以申报。',
      en: 'Assess it then: employers may declare until then.',
    },
    status: 409,
  },
  'month-not-over': {
    message: {
      zh: '{month}还没有过完，{day}起才能关账',
      en: '{month} is not over: it can be closed from {day} on',
    },
    mend: {
      zh: '到那天再关账；当月后面的到账还要记进这个月。',
      en: 'Close it then: what comes in until the end of the month belongs to its books.',
    },
    status: 409,
  },
});

/** A month's books as a matter of money: who assesses, takes money in or credits it does not close them. */
export function booksOf(month: Month): DutyMatter {
  return { key: `books ${period(month)}`, name: month };
}

export type Step = 'assess' | 'credit' | 'close';

/** The month that is being worked on: the first that is not closed. */
export async function openMonth(tx: Tx, city: CityInfo): Promise<Month> {
  const { last } = await tx.one<{ last: number | null }>(
    "select max(period) as last from month_step where step = 'close'",
  );
  return last === null ? monthOfPeriod(city.firstPeriod) : addMonths(monthOfPeriod(last), 1);
}

/** The steps of a month that are done. */
export async function stepsDone(tx: Tx, month: Month): Promise<Map<Step, Record<string, number>>> {
  const rows = await tx.rows<{ step: Step; counts: Record<string, number> }>(
    'select step, counts from month_step where period = $1',
    [period(month)],
  );
  return new Map(rows.map((r) => [r.step, r.counts]));
}

/** @throws MindunError month-closed, month-not-next */
export async function assertOpen(tx: Tx, city: CityInfo, month: Month): Promise<void> {
  const open = await openMonth(tx, city);
  if (month === open) return;
  const closed = month < open && period(month) >= city.firstPeriod;
  throw new MindunError(closed ? 'month-closed' : 'month-not-next', { month, open });
}

/**
 * The day from which a month can be closed, its last one, while that is still to come; null: now. A simulated city's clock is
 * moved by whoever runs it, and its month ends when he says so.
 */
export function closesFrom(
  { city, today }: Pick<Context, 'city' | 'today'>,
  month: Month,
): PlainDate | null {
  const end = lastDay(month);
  return city.kind === 'live' && today < end ? end : null;
}

/** The day from which a month can be assessed, its first one, while that is still to come; null: now. Of a simulated city as for closing. */
export function assessedFrom(
  { city, today }: Pick<Context, 'city' | 'today'>,
  month: Month,
): PlainDate | null {
  const begin = firstDay(month);
  return city.kind === 'live' && today < begin ? begin : null;
}

const lockSpace = 0x6d6f;

/**
 * Takes the month for this transaction: declarations share it, a step has it alone, so that nothing is declared while
 * the rules run over the roster.
 */
export async function lockMonth(tx: Tx, month: Month, alone: boolean): Promise<void> {
  await tx.rows(`select pg_advisory_xact_lock${alone ? '' : '_shared'}($1, $2)`, [
    lockSpace,
    period(month),
  ]);
}

/**
 * Takes a share of the open month for this transaction, so that it is not closed while money is posted into it.
 * @returns the open month
 */
export async function shareOpenMonth(context: Pick<Context, 'tx' | 'city'>): Promise<Month> {
  for (;;) {
    const open = await openMonth(context.tx, context.city);
    await lockMonth(context.tx, open, false);
    // The month may have been closed while we waited.
    if ((await openMonth(context.tx, context.city)) === open) return open;
  }
}

/** Writes a step as done. */
export async function markStep(
  tx: Tx,
  month: Month,
  step: Step,
  counts: Readonly<Record<string, number>>,
  act: number,
): Promise<void> {
  await tx.execute('insert into month_step (period, step, counts, act) values ($1, $2, $3, $4)', [
    period(month),
    step,
    counts,
    act,
  ]);
}
