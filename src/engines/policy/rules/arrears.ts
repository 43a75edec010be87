import {
  addDays,
  daysBetween,
  type PlainDate,
  plainDate,
  Rational,
  type Text,
} from '../../../kernel/index.ts';
import { type Call, decimal, invalid, type RuleDefinition, yuanText } from '../call.ts';
import type { Version } from '../law.ts';

const insurances = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;

/** What must have happened before a late fee runs: an order to pay that was missed, or nothing but the delay. */
const preconditions = ['missed-order', 'none'] as const;

/** A run of days, its first and its last. */
interface Run {
  readonly from: PlainDate;
  readonly until: PlainDate;
}

/** An arrear, its late days and the law over them. */
interface Delay {
  readonly principal: Rational;
  readonly injury: boolean;
  readonly due: PlainDate;
  readonly runs: readonly Run[];
  /** First day from the due day on which a fee needs no order; undefined: there is none. */
  readonly newFrom: PlainDate | undefined;
  /** The days are not one run under one law: each run is told with its days and article. */
  readonly inParts: boolean;
}

/** What the days of one regime cost, and how that is said. */
interface Part {
  readonly days: number;
  readonly fee: Rational;
  readonly said: Text;
}

/**
 * Late fee on arrears (征缴暂行条例 art. 13; 社会保险法 art. 86; 工伤保险条例 art. 62): simple, per day after the due day, the day of
 * payment counted; the days of a deferral (`deferred`: first and last days) bear none. Each day goes by the law of that day: before
 * 2011-07-01 (work injury: 2011-01-01) a fee needs an order to pay that was given and missed while that law stood (`orderLapsed`, or
 * the last day of the missed order, `orderMissedOn`). `arrears.lateFeeTransition` tells the days of the two regimes apart; each regime
 * is rounded by itself. Work injury arrears due before 2011-01-01 have no answer while no version of `arrears.injuryRate` answers for
 * the due day.
 */
export const lateFee: RuleDefinition = {
  id: 'arrears.lateFee',
  label: { zh: '滞纳金', en: 'Late fee on arrears' },
  basis: 'basis.lateFee',
  whileBased: true,
  inputs: [
    'principal',
    'scheme',
    'dueDate',
    'paidDate',
    'orderLapsed',
    'orderMissedOn',
    'deferred',
  ],
  run(call) {
    const principal = call.money('principal');
    const injury = call.code('scheme', insurances) === 'injury';
    if (injury) call.basis = 'basis.injuryLateFee';
    const due = call.date('dueDate');
    const { runs, deferred } = lateRuns(call, due);
    const days = daysIn(runs);
    // What an old work injury arrear bears no document says, order or not: no answer without one, whatever part of the days is of the new law.
    if (injury && days > 0) call.law.version('arrears.injuryRate', { ...call.question, on: due });
    const newFrom = days === 0 ? due : freeFrom(call, injury, due);
    const [before, since] = apart(call, runs, due, newFrom);
    const inParts = before.length + since.length > 1;
    const delay = { principal, injury, due, runs, newFrom, inParts };
    const old = orderPart(call, delay, before);
    const later = plainPart(call, delay, since);
    const sum = old.fee.plus(later.fee);
    const capped =
      call.setting('arrears.lateFeeCap', ['none', 'principal']) === 'principal' &&
      sum.compare(principal) > 0;
    sayDays(call, days, deferred, [old.said, later.said]);
    return {
      days,
      oldRateDays: old.days,
      oldRateFee: yuanText(old.fee),
      newRateDays: later.days,
      newRateFee: yuanText(later.fee),
      lateFee: yuanText(capped ? principal : sum),
    };
  },
};

/**
 * The runs of late days, and how many days a deferral took out of them. The due day does not count; whether the day of payment does
 * is a parameter, for the law is silent.
 */
function lateRuns(call: Call, due: PlainDate): { runs: Run[]; deferred: number } {
  const paid = call.date('paidDate');
  const deferrals = deferralsOf(call);
  if (paid <= due) return { runs: [], deferred: 0 };
  const way = call.setting('arrears.dayCount', ['payment-day-counts', 'payment-day-free']);
  const last = way === 'payment-day-counts' ? paid : addDays(paid, -1);
  const runs: Run[] = [];
  let from = addDays(due, 1);
  for (const d of deferrals) {
    const until = d.from > last ? last : addDays(d.from, -1);
    if (from <= until) runs.push({ from, until });
    if (d.until >= from) from = addDays(d.until, 1);
  }
  if (from <= last) runs.push({ from, until: last });
  return { runs, deferred: daysBetween(due, last) - daysIn(runs) };
}

/** In the order of their days. @throws MindunError input-invalid */
function deferralsOf(call: Call): Run[] {
  if (!call.has('deferred')) return [];
  const deferrals = call.list('deferred').map((d): Run => {
    const [from, until] = [plainDate(String(d['from'])), plainDate(String(d['until']))];
    if (from > until) throw invalid('deferred');
    return { from, until };
  });
  return deferrals.sort((a, b) => (a.from < b.from ? -1 : 1));
}

function daysIn(runs: readonly Run[]): number {
  return runs.reduce((sum, r) => sum + daysBetween(r.from, r.until) + 1, 0);
}

/** The first day from the due day on which a late fee needs no order; undefined: there is none. */
function freeFrom(call: Call, injury: boolean, due: PlainDate): PlainDate | undefined {
  const id = precondition(injury);
  return [due, ...call.law.changes(id, due)].find((on) => {
    const { way } = call.law.way(id, { ...call.question, on }, preconditions);
    return way === 'none';
  });
}

function precondition(injury: boolean): string {
  return injury ? 'arrears.injuryPrecondition' : 'arrears.precondition';
}

/** The late days of the law that wants an order, and those of the law after it. */
function apart(
  call: Call,
  runs: readonly Run[],
  due: PlainDate,
  newFrom: PlainDate | undefined,
): [readonly Run[], readonly Run[]] {
  if (newFrom === undefined) return [runs, []];
  if (newFrom <= due) return [[], runs];
  const way = call.setting('arrears.lateFeeTransition', ['split', 'old', 'new']);
  if (way === 'new') return [[], runs];
  if (way === 'old') return [runs, []];
  return [
    runs.flatMap((r) => within(r, due, addDays(newFrom, -1))),
    runs.flatMap((r) => within(r, newFrom, r.until)),
  ];
}

/** What of a run lies between two days; nothing when no day does. */
function within(run: Run, first: PlainDate, last: PlainDate): Run[] {
  const from = [run.from, first].sort()[1]!;
  const until = [run.until, last].sort()[0]!;
  return from <= until ? [{ from, until }] : [];
}

const none: Part = { days: 0, fee: Rational.zero, said: { zh: '', en: '' } };

function orderPart(call: Call, delay: Delay, runs: readonly Run[]): Part {
  if (runs.length === 0) return none;
  if (!missedInTime(call, delay)) {
    const wanted = call.parameter(precondition(delay.injury), delay.due);
    return { ...none, said: free(call, delay, runs, wanted) };
  }
  const id = delay.injury ? 'arrears.injuryRate' : 'arrears.oldRate';
  const part = charged(delay, runs, call.parameter(id, delay.due));
  const { zh, en } = part.said;
  return {
    ...part,
    said: { zh: `责令限期缴纳逾期，${zh}`, en: `after a missed order to pay, ${en}` },
  };
}

function plainPart(call: Call, delay: Delay, runs: readonly Run[]): Part {
  if (runs.length === 0) return none;
  const id = delay.injury ? 'arrears.injuryRate' : 'arrears.newRate';
  return charged(delay, runs, call.parameter(id, delay.newFrom ?? delay.due));
}

/** Whether an order was missed while the law stood that wants one. */
function missedInTime(call: Call, { newFrom }: Delay): boolean {
  if (call.flag('orderLapsed')) return true;
  if (!call.has('orderMissedOn')) return false;
  const missed = call.date('orderMissedOn');
  return missed < call.date('paidDate') && (newFrom === undefined || missed < newFrom);
}

/** The fee on all days of one regime, rounded once. */
function charged(delay: Delay, runs: readonly Run[], by: Version): Part {
  const days = daysIn(runs);
  const rate = decimal(by.value, by.parameter);
  const exact = delay.principal.times(rate).times(Rational.of(days)).times(Rational.of(100));
  const fee = Rational.of(exact.roundHalfUp(), 100);
  const product = `${yuanText(delay.principal)} × ${rate.times(Rational.of(100)).toDecimal()}% ×`;
  const of = named(delay, runs, by);
  return {
    days,
    fee,
    said: {
      zh: `${of.zh}${product} ${days} 天 = ${yuanText(fee)}`,
      en: `${of.en}${product} ${days} days = ${yuanText(fee)}`,
    },
  };
}

/** That days of the law that wants an order bear nothing, and why. */
function free(call: Call, delay: Delay, runs: readonly Run[], wanted: Version): Text {
  const days = daysIn(runs);
  const of = named(delay, runs, wanted);
  if (!call.has('orderMissedOn')) {
    return {
      zh: `${of.zh}${days} 天里没有责令限期缴纳并逾期，不加收`,
      en: `${of.en}no order to pay was given and missed for ${days} of them, no fee`,
    };
  }
  const [missed, from] = [call.date('orderMissedOn'), delay.newFrom];
  return {
    zh: `${of.zh}${days} 天：责令的限期是 ${missed}，不在 ${from} 前逾期，不加收`,
    en: `${of.en}${days} of them: the order was to pay by ${missed} and not missed before ${from}, no fee`,
  };
}

/** The runs with what they go by; nothing where all days are one run. */
function named({ inParts }: Delay, runs: readonly Run[], by: Version): Text {
  if (!inParts) return { zh: '', en: '' };
  const told = (to: string, sign: string) =>
    runs.map((r) => (r.from === r.until ? r.from : `${r.from}${to}${r.until}`)).join(sign);
  return {
    zh: `${told(' 至 ', '、')}（${by.document}${by.article}）`,
    en: `${told(' to ', ', ')} (${`${by.document} ${by.article}`.trim()}) `,
  };
}

function sayDays(call: Call, days: number, deferred: number, parts: readonly Text[]): void {
  const said = (language: 'zh' | 'en', colon: string, sign: string) =>
    days === 0
      ? ''
      : `${colon}${parts
          .map((p) => p[language])
          .filter((t) => t !== '')
          .join(sign)}`;
  const zh = deferred === 0 ? '' : `，缓缴的 ${deferred} 天不计`;
  const en = deferred === 0 ? '' : `, ${deferred} days of a deferral left out`;
  call.step(
    `迟 ${days} 天${zh}${said('zh', '：', '；')}`,
    `${days} days late${en}${said('en', ': ', '; ')}`,
  );
}
