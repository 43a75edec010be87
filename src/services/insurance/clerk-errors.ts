import { defineErrors } from '../../kernel/index.ts';

/** Refusals of what a clerk does with bills and money beside the run of the month. */
defineErrors({
  'unknown-bill': {
    message: { zh: '没有这张缴费单：{bill}', en: 'There is no such bill: {bill}' },
    mend: {
      zh: '请核对账单号，例如 衡社缴〔2008〕000001。',
      en: 'Check the number, for example 衡社缴〔2008〕000001.',
    },
    status: 404,
  },
  'already-resolved': {
    message: {
      zh: '这笔收款已经查明付款单位：{reference}',
      en: 'The payer of this receipt is known already: {reference}',
    },
    mend: {
      zh: '到该单位的缴费单里看这笔钱用在哪里。',
      en: 'See on the employer’s bills where the money went.',
    },
    status: 409,
  },
  'more-than-unapplied': {
    message: {
      zh: '要退 {asked} 元，多缴款只有 {held} 元',
      en: '{asked} is asked back, but only {held} is held unapplied',
    },
    mend: { zh: '请改小金额。', en: 'Ask for less.' },
    status: 409,
  },
  'nothing-open': {
    message: { zh: '{bill}已经缴清', en: 'Nothing is open on {bill}' },
    mend: { zh: '不用再办。', en: 'There is nothing to do.' },
    status: 409,
  },
  'bill-not-due': {
    message: {
      zh: '{bill}还没有逾期，缴费期限：{due}',
      en: '{bill} is not overdue; due day: {due}',
    },
    mend: { zh: '过了缴费期限再责令。', en: 'Give the order after the due day.' },
    status: 409,
  },
  'order-runs': {
    message: {
      zh: '{bill}已经责令在 {day} 前缴清，期限还没到',
      en: '{bill} is already ordered to be paid by {day}, which is not over',
    },
    mend: {
      zh: '不用再责令：过了这一天没缴，就算责令期限已过。',
      en: 'No further order is needed: the order is missed when that day is over.',
    },
    status: 409,
  },
  'unknown-order': {
    message: { zh: '没有这张责令书：{order}', en: 'There is no such order: {order}' },
    mend: {
      zh: '请核对责令书号，例如 衡社责〔2008〕000001。',
      en: 'Check the number, for example 衡社责〔2008〕000001.',
    },
    status: 404,
  },
  'order-over': {
    message: {
      zh: '{order} 的期限 {day} 已经过了，不能撤回',
      en: 'The day of {order}, {day}, is over: it cannot be withdrawn',
    },
    mend: {
      zh: '期限过后的滞纳金按这张责令书计算；单位有困难的，可以办缓缴。',
      en: 'Late fees go by this order now; an employer in difficulty may be granted a deferral.',
    },
    status: 409,
  },
  'order-withdrawn': {
    message: { zh: '{order} 已经撤回过', en: '{order} was withdrawn already' },
    mend: { zh: '不用再办。', en: 'There is nothing to do.' },
    status: 409,
  },
  'day-not-ahead': {
    message: { zh: '{day}不在今天（{today}）之后', en: '{day} is not after today ({today})' },
    mend: { zh: '请给今天以后的日期。', en: 'Give a day after today.' },
    status: 400,
  },
  'order-lapsed': {
    message: {
      zh: '{bill}已责令限期缴纳，期限 {day} 已过',
      en: 'An order to pay {bill} by {day} was missed',
    },
    mend: { zh: '过了责令期限不能再缓缴。', en: 'It can no longer be deferred.' },
    status: 409,
  },
  'instalments-wrong': {
    message: {
      zh: '分期不对：{what}',
      en: 'The instalments are wrong: {what}',
    },
    mend: { zh: '请改分期的金额或日期。', en: 'Correct the amounts or the days.' },
    status: 400,
  },
});
