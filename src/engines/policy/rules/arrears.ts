import { daysBetween, type PlainDate, Rational } from '../../../kernel/index.ts';
import { type Call, type RuleDefinition, yuanText } from '../call.ts';

const insurances = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;

/** What must have happened before a late fee runs: an order to pay that was missed, or nothing but the delay. */
const preconditions = ['missed-order', 'none'] as const;

/** Days of one regime, what they cost, and how that is said. */
interface Part {
  readonly days: number;
  readonly fee: Rational;
  readonly zh: string;
  readonly en: string;
}

/**
 * Late fee on arrears (征缴暂行条例 art. 13; 社会保险法 art. 86; 工伤保险条例 art. 62): simple, per day after the due day, the day
 * of payment counted. Before 2011-07-01 (work injury: 2011-01-01) only after an order to pay was given and missed; the days of the two
 * regimes are told apart by `arrears.lateFeeTransition`.
 */
export const lateFee: RuleDefinition = {
  id: 'arrears.lateFee',
  label: { zh: '滞纳金', en: 'Late fee on arrears' },
  basis: 'basis.lateFee',
  whileBased: true,
  inputs: ['principal', 'scheme', 'dueDate', 'paidDate', 'orderLapsed'],
  run(call) {
    const principal = call.money('principal');
    const injury = call.code('scheme', insurances) === 'injury';
    if (injury) call.basis = 'basis.injuryLateFee';
    const due = call.date('dueDate');
    const paid = call.date('paidDate');
    const ordered = call.flag('orderLapsed');
    const days = daysLate(call, due, paid);
    const newFrom = days === 0 ? due : freeFrom(call, injury, due);
    const before = days === 0 ? 0 : daysBefore(call, due, days, newFrom);
    const old = orderPart(call, principal, before, ordered, injury, due);
    const later = plainPart(call, principal, days - before, injury, newFrom ?? due);
    const sum = old.fee.plus(later.fee);
    const capped =
      call.setting('arrears.lateFeeCap', ['none', 'principal']) === 'principal' &&
      sum.compare(principal) > 0;
    const said = (language: 'zh' | 'en', sign: string) =>
      [old[language], later[language]].filter((t) => t !== '').join(sign);
    call.step(
      `迟 ${days} 天${days === 0 ? '' : `：${said('zh', '；')}`}`,
      `${days} days late${days === 0 ? '' : `: ${said('en', '; ')}`}`,
    );
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

/** The first day from the due day on which a late fee needs no order; undefined: there is none. */
function freeFrom(call: Call, injury: boolean, due: PlainDate): PlainDate | undefined {
  const id = injury ? 'arrears.injuryPrecondition' : 'arrears.precondition';
  return [due, ...call.law.changes(id, due)].find((on) => {
    const { way } = call.law.way(id, { ...call.question, on }, preconditions);
    return way === 'none';
  });
}

/** The due day does not count; whether the day of payment does is a parameter, for the law is silent. */
function daysLate(call: Call, due: PlainDate, paid: PlainDate): number {
  const days = daysBetween(due, paid);
  if (days <= 0) return 0;
  const way = call.setting('arrears.dayCount', ['payment-day-counts', 'payment-day-free']);
  return way === 'payment-day-counts' ? days : days - 1;
}

/** How many of the late days are of the law that wants an order. */
function daysBefore(
  call: Call,
  due: PlainDate,
  days: number,
  newFrom: PlainDate | undefined,
): number {
  if (newFrom === undefined) return days;
  if (newFrom <= due) return 0;
  const way = call.setting('arrears.lateFeeTransition', ['split', 'old', 'new']);
  if (way === 'new') return 0;
  return way === 'old' ? days : Math.min(days, daysBetween(due, newFrom) - 1);
}

function orderPart(
  call: Call,
  principal: Rational,
  days: number,
  ordered: boolean,
  injury: boolean,
  due: PlainDate,
): Part {
  if (days === 0) return none;
  if (!ordered) {
    return {
      ...none,
      zh: `${days} 天里没有责令限期缴纳并逾期，不加收`,
      en: `no order to pay was given and missed for ${days} of them, no fee`,
    };
  }
  const rate = call.rate(injury ? 'arrears.injuryRate' : 'arrears.oldRate', due);
  const fee = feeOf(principal, days, rate);
  const how = said(principal, days, rate, fee);
  return {
    days,
    fee,
    zh: `责令限期缴纳逾期，${how.zh}`,
    en: `after a missed order to pay, ${how.en}`,
  };
}

function plainPart(
  call: Call,
  principal: Rational,
  days: number,
  injury: boolean,
  on: PlainDate,
): Part {
  if (days === 0) return none;
  const rate = call.rate(injury ? 'arrears.injuryRate' : 'arrears.newRate', on);
  const fee = feeOf(principal, days, rate);
  return { days, fee, ...said(principal, days, rate, fee) };
}

const none: Part = { days: 0, fee: Rational.zero, zh: '', en: '' };

function said(principal: Rational, days: number, rate: Rational, fee: Rational) {
  const percent = `${rate.times(Rational.of(100)).toDecimal()}%`;
  return {
    zh: `${yuanText(principal)} × ${percent} × ${days} 天 = ${yuanText(fee)}`,
    en: `${yuanText(principal)} × ${percent} × ${days} days = ${yuanText(fee)}`,
  };
}

function feeOf(principal: Rational, days: number, rate: Rational): Rational {
  const exact = principal.times(rate).times(Rational.of(days)).times(Rational.of(100));
  return Rational.of(exact.roundHalfUp(), 100);
}
