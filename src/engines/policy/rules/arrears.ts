import { daysBetween, type PlainDate, plainDate, Rational } from '../../../kernel/index.ts';
import { type Call, type RuleDefinition, yuanText } from '../call.ts';

const lawStart = plainDate('2011-07-01');
const lastOldDay = plainDate('2011-06-30');
const injuryStart = plainDate('2011-01-01');
const insurances = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;

interface Segments {
  readonly oldDays: number;
  readonly newDays: number;
}

/**
 * Late fee on arrears (征缴暂行条例 art. 13; 社会保险法 art. 86; 工伤保险条例 art. 62): simple, per day after the due day, the day
 * of payment counted. Before 2011-07-01 only after an order to pay was given and missed.
 */
export const lateFee: RuleDefinition = {
  id: 'arrears.lateFee',
  label: { zh: '滞纳金', en: 'Late fee on arrears' },
  cite: { document: '社会保险费征缴暂行条例', article: '第十三条' },
  from: '1999-01-22',
  inputs: ['principal', 'scheme', 'dueDate', 'paidDate', 'orderLapsed'],
  run(call) {
    const principal = call.money('principal');
    const scheme = call.code('scheme', insurances);
    const due = call.date('dueDate');
    const paid = call.date('paidDate');
    const ordered = call.flag('orderLapsed');
    const days = Math.max(0, daysBetween(due, paid));
    const { oldDays, newDays } =
      days === 0
        ? { oldDays: 0, newDays: 0 }
        : scheme === 'injury'
          ? injurySegments(call, due, days)
          : segments(call, due, paid, ordered);
    const oldFee = fee(
      principal,
      oldDays,
      oldDays === 0 ? null : call.rate('arrears.oldRate', oldOn(due)),
    );
    const newRate =
      newDays === 0
        ? null
        : scheme === 'injury'
          ? call.rate('arrears.injuryRate', due)
          : call.rate('arrears.newRate', later(due));
    const newFee = fee(principal, newDays, newRate);
    const sum = oldFee.plus(newFee);
    const capped =
      call.setting('arrears.lateFeeCap', ['none', 'principal']) === 'principal' &&
      sum.compare(principal) > 0;
    call.step(
      `迟 ${days} 天：${oldDays} 天按旧率 ${yuanText(oldFee)}，${newDays} 天按新率 ${yuanText(newFee)}`,
      `${days} days late: ${oldDays} at the old rate ${yuanText(oldFee)}, ${newDays} at the new ${yuanText(newFee)}`,
    );
    return {
      days,
      oldRateDays: oldDays,
      oldRateFee: yuanText(oldFee),
      newRateDays: newDays,
      newRateFee: yuanText(newFee),
      lateFee: yuanText(capped ? principal : sum),
    };
  },
};

function later(due: PlainDate): PlainDate {
  return due < lawStart ? lawStart : due;
}

function oldOn(due: PlainDate): PlainDate {
  return due > lastOldDay ? lastOldDay : due;
}

function injurySegments(call: Call, due: PlainDate, days: number): Segments {
  // Asked on the due day: arrears from before 2011 have no rate but an assumed one of a sample city.
  if (due < injuryStart) call.parameter('arrears.injuryRate', due);
  return { oldDays: 0, newDays: days };
}

function segments(call: Call, due: PlainDate, paid: PlainDate, ordered: boolean): Segments {
  const days = daysBetween(due, paid);
  if (due >= lawStart) return { oldDays: 0, newDays: days };
  const way = call.setting('arrears.lateFeeTransition', ['split', 'old', 'new']);
  if (way === 'new') return { oldDays: 0, newDays: days };
  if (way === 'old') return { oldDays: ordered ? days : 0, newDays: 0 };
  const before = Math.max(0, daysBetween(due, paid < lastOldDay ? paid : lastOldDay));
  return { oldDays: ordered ? before : 0, newDays: days - before };
}

function fee(principal: Rational, days: number, rate: Rational | null): Rational {
  if (rate === null) return Rational.zero;
  const exact = principal.times(rate).times(Rational.of(days)).times(Rational.of(100));
  return Rational.of(exact.roundHalfUp(), 100);
}
