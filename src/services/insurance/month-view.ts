import { z } from 'zod';
import { receivableKeys as r } from '../../engines/fund/index.ts';
import {
  defineQuery,
  lastDay,
  type Month,
  monthOfDate,
  type PlainDate,
  period,
  type QueryContext,
  month as readMonth,
  sumOf,
  type Text,
} from '../../kernel/index.ts';
import { suspenseSql } from './collect/suspense-list.ts';
import { insuranceNames } from './explain/explain.ts';
import { declaring, undeclaredSql } from './lists.ts';
import { assessedFrom, closesFrom, openMonth, type Step, stepsDone } from './period.ts';
import { insurances, type MonthStep, type MonthView, monthSteps } from './views.ts';

type StepView = MonthView['steps'][number];

/**
 * How a month stands: its steps with what a run is at, and its sums with the actor's own eyes. Collected and open are
 * those of the month's own bills. Amounts in fen.
 */
export const monthQuery = defineQuery({
  name: 'insurance.month',
  title: { zh: '一个月的征缴', en: 'How a month stands' },
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<MonthView> {
    const month = readMonth(input.month);
    const open = await openMonth(context.tx, context.city);
    const done = await stepsDone(context.tx, month);
    const state = stateOf(context, month, open, done);
    const counts = await countsOf(context, month);
    const lines = await linesOf(context, month);
    const computed = await computedOf(context, month);
    const byInsurance = insurancesOf(lines, computed);
    const assessedFen = sumOf(lines, (l) => l.assessed);
    const collectedFen = sumOf(lines, (l) => l.collected);
    const progress = await progressOf(context, month);
    return {
      month,
      state,
      steps: stepsOf({
        state,
        month,
        open,
        done,
        counts,
        progress,
        assessedFrom: assessedFrom(context, month),
        closesFrom: closesFrom(context, month),
      }),
      employers: counts.employers,
      declared: counts.declared,
      undeclared: counts.undeclared,
      provisional: counts.provisional,
      persons: counts.persons,
      assessedFen,
      collectedFen,
      openFen: sumOf(lines, (l) => l.open),
      unpaidEmployers: counts.unpaid,
      suspenseCount: counts.suspense,
      suspenseFen: counts.suspenseFen,
      byInsurance,
      blockers: blockersOf(state, month, open, counts, byInsurance),
    };
  },
});

function stateOf(
  context: QueryContext,
  month: Month,
  open: Month,
  done: ReadonlyMap<Step, unknown>,
): MonthView['state'] {
  if (done.has('close') || month < open) return 'closed';
  if (month > open || month > monthOfDate(context.today)) return 'future';
  return done.has('assess') ? 'assessed' : 'open';
}

interface Counts {
  readonly employers: number;
  readonly declared: number;
  readonly undeclared: number;
  readonly provisional: number;
  readonly persons: number;
  readonly bills: number;
  readonly unpaid: number;
  readonly suspense: number;
  readonly suspenseFen: number;
}

async function countsOf(context: QueryContext, month: Month): Promise<Counts> {
  const { tx } = context;
  const values = [lastDay(month), period(month)];
  const employers = await tx.one<{ employers: number; undeclared: number }>(
    `select (select count(*) from employer_fact where upper_inf(known) and valid @> $1::date)::int as employers,
       (select count(*) ${undeclaredSql})::int as undeclared`,
    values,
  );
  const declared = await tx.one<{ declared: number; rows: number }>(
    `select count(*)::int as declared, coalesce(sum(rows), 0)::int as rows from (
       select distinct on (employer_id) employer_id, rows from declaration
       where period = $1 and kind in ${declaring} order by employer_id, id desc) d`,
    [period(month)],
  );
  const bills = await tx.one<{ bills: number; provisional: number; unpaid: number }>(
    `select (select count(*) from bill where period = $1 and kind = 'month')::int as bills,
       (select count(distinct bill_id) from bill_line where period = $1 and kind = 2)::int as provisional,
       (select count(distinct employer_id) from (select e.employer_id, e.bill_id from entry e
          join bill b on b.id = e.bill_id and b.period = $1
          where e.book = 2 and e.account = $2 and e.period >= $1 group by 1, 2 having sum(e.amount) > 0) o)::int as unpaid`,
    [period(month), r.contributionsDue],
  );
  const suspense = await tx.one<{ suspense: number; fen: number }>(
    `select count(*)::int as suspense, coalesce(sum(r.amount), 0)::bigint as fen ${suspenseSql}`,
  );
  return {
    ...employers,
    declared: declared.declared,
    persons: declared.rows,
    ...bills,
    suspense: suspense.suspense,
    suspenseFen: suspense.fen,
  };
}

interface FundLine {
  readonly insurance: (typeof insurances)[number];
  readonly persons: number;
  readonly assessed: number;
  readonly collected: number;
  readonly open: number;
}

async function linesOf(context: QueryContext, month: Month): Promise<FundLine[]> {
  return context.tx.rows<FundLine>(
    `with lines as (select fund, sum(amount) as assessed,
         sum(persons) filter (where share = 1 and kind <= 2) as persons
       from bill_line where period = $1 and kind <> 5 group by 1),
     paid as (select e.fund, -coalesce(sum(e.amount) filter (where j.kind in ('receipt', 'apply')), 0) as collected,
         sum(e.amount) as open
       from entry e join journal j on j.id = e.journal_id join bill b on b.id = e.bill_id and b.period = $1
       where e.book = 2 and e.account = $2 and e.period >= $1 group by 1)
     select f.insurance, coalesce(sum(l.persons), 0)::bigint as persons,
       coalesce(sum(l.assessed), 0)::bigint as assessed, coalesce(sum(p.collected), 0)::bigint as collected,
       coalesce(sum(p.open), 0)::bigint as open
     from fund f left join lines l on l.fund = f.id left join paid p on p.fund = f.id group by 1`,
    [period(month), r.contributionsDue],
  );
}

interface Computed {
  readonly funds: readonly { readonly fund: number; readonly document: string }[];
  readonly assumed: readonly number[];
}

async function computedOf(context: QueryContext, month: Month): Promise<Computed> {
  const row = await context.tx.maybe<{ computed: Computed }>(
    'select not_computed as computed from assessment where fee_period = $1 and number = 1',
    [period(month)],
  );
  return row?.computed ?? { funds: [], assumed: [] };
}

/** Fund numbers by insurance: the enterprises' pension stands for pension. */
const fundOf = { pension: 1, medical: 3, unemployment: 4, injury: 5, maternity: 6 } as const;

function insurancesOf(lines: readonly FundLine[], computed: Computed): MonthView['byInsurance'] {
  return insurances.map((insurance) => {
    const line = lines.find((l) => l.insurance === insurance);
    const missing = computed.funds.find((f) => f.fund === fundOf[insurance]);
    return {
      insurance,
      state: missing === undefined ? 'computed' : 'not-computed',
      ...(missing === undefined ? {} : { missing: missing.document }),
      assumed: computed.assumed.includes(fundOf[insurance]),
      persons: line?.persons ?? 0,
      assessedFen: line?.assessed ?? 0,
      collectedFen: line?.collected ?? 0,
    };
  });
}

interface Progress {
  /** The run that is at work on the month now. */
  readonly run:
    | { readonly kind: string; readonly done: number; readonly total: number }
    | undefined;
  /** When each step was done. */
  readonly at: ReadonlyMap<string, string>;
}

async function progressOf(context: QueryContext, month: Month): Promise<Progress> {
  // Runs and acts hold nobody's data; every desk that may ask for the month sees how far it is.
  return context.elevate(async () => {
    const run = await context.tx.maybe<{
      kind: string;
      state: string;
      done: number;
      total: number;
    }>(
      `select kind, case when touched > clock_timestamp() - interval '2 minutes' then state else 'failed' end as state,
         done, total from run where period = $1 order by id desc limit 1`,
      [period(month)],
    );
    const at = await context.tx.rows<{ step: string; at: string }>(
      // Accounts are credited as often as money came in: the last time counts.
      `select s.step, to_char(a.at, 'YYYY-MM-DD"T"HH24:MI:SS') as at from month_step s
       join act a on a.id = case when s.step = 'credit' then (select max(c.act) from credit_mark c
           where c.act < coalesce((select min(n.act) from month_step n where n.step = 'credit' and n.period > s.period), c.act + 1))
         else s.act end
       where s.period = $1`,
      [period(month)],
    );
    return {
      run: run?.state === 'running' ? run : undefined,
      at: new Map(at.map((a) => [a.step, a.at])),
    };
  });
}

interface Standing {
  readonly state: MonthView['state'];
  readonly month: Month;
  readonly open: Month;
  readonly done: ReadonlyMap<Step, Readonly<Record<string, number>>>;
  readonly counts: Counts;
  readonly progress: Progress;
  /** The day that assessing waits for; null: none. */
  readonly assessedFrom: PlainDate | null;
  /** The day that closing waits for; null: none. */
  readonly closesFrom: PlainDate | null;
}

function stepsOf(of: Standing): StepView[] {
  return monthSteps.map((step) => {
    const { done, total } = amountOf(step, of);
    const { run } = of.progress;
    const blockedBy = blockOf(step, of);
    const running = run !== undefined && run.kind === step;
    return {
      step,
      state: running ? 'running' : stepState(step, of, blockedBy),
      done: running ? run.done : done,
      total: running ? run.total : total,
      blockedBy: running ? null : blockedBy,
      at: of.progress.at.get(step) ?? null,
    };
  });
}

function stepState(step: MonthStep, of: Standing, blockedBy: Text | null): StepView['state'] {
  if (blockedBy !== null) return 'blocked';
  const { counts, state } = of;
  if (state === 'closed') return 'done';
  if (step === 'declare')
    return state === 'assessed' || counts.undeclared === 0 ? 'done' : 'waiting';
  if (step === 'collect') return counts.bills > 0 && counts.unpaid === 0 ? 'done' : 'waiting';
  return of.done.has(step) ? 'done' : 'waiting';
}

function amountOf(step: MonthStep, of: Standing): { done: number; total: number } {
  const { counts } = of;
  if (step === 'declare') return { done: counts.declared, total: counts.employers };
  if (step === 'collect') return { done: counts.bills - counts.unpaid, total: counts.bills };
  if (step === 'assess') return { done: counts.bills, total: counts.employers };
  return { done: of.done.has(step) ? 1 : 0, total: 1 };
}

/** What must be done before a step can be taken, or null. */
function blockOf(step: MonthStep, of: Standing): Text | null {
  if (of.state === 'closed') return null;
  if (of.month > of.open)
    return { zh: `先把 ${of.open} 关账`, en: `${of.open} must be closed first` };
  if (step === 'assess' && of.assessedFrom !== null)
    return {
      zh: `还没有到，${of.assessedFrom} 起才能核定`,
      en: `The month has not begun: it can be assessed from ${of.assessedFrom} on`,
    };
  if (step === 'close' && of.closesFrom !== null)
    return {
      zh: `还没有过完，${of.closesFrom} 起才能关账`,
      en: `The month is not over: it can be closed from ${of.closesFrom} on`,
    };
  if (step === 'declare' || step === 'assess' || of.done.has('assess')) return null;
  return { zh: '先核定', en: 'The month must be assessed first' };
}

function blockersOf(
  state: MonthView['state'],
  month: Month,
  open: Month,
  counts: Counts,
  byInsurance: MonthView['byInsurance'],
): Text[] {
  if (state === 'closed') return [];
  const blockers: Text[] = [];
  if (month > open) blockers.push({ zh: `${open}还没有关账`, en: `${open} is not closed` });
  if (month === open && state !== 'assessed') {
    if (counts.undeclared > 0)
      blockers.push({
        zh: `${counts.undeclared} 家单位没有申报`,
        en: `${counts.undeclared} employers did not declare`,
      });
    blockers.push({ zh: '还没有核定', en: 'It is not assessed' });
  }
  for (const i of byInsurance.filter((each) => each.state === 'not-computed')) {
    const name = insuranceNames[i.insurance];
    blockers.push({
      zh: `${name.zh}没有计算：缺 ${i.missing ?? ''}`,
      en: `${name.en} is not computed: missing ${i.missing ?? ''}`,
    });
  }
  if (counts.suspense > 0)
    blockers.push({
      zh: `${counts.suspense} 笔收款待查`,
      en: `${counts.suspense} receipts wait for their payer`,
    });
  return blockers;
}
