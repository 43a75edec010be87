import { Rational } from '../../../kernel/index.ts';
import { type Call, countOf, invalid, moneyOf, type RuleDefinition, yuanText } from '../call.ts';
import '../errors.ts';

const n = (value: number): Rational => Rational.of(value);

/** Yearly interest of the personal account (劳办发〔1997〕116号; 人社部发〔2017〕31号). `on` is 31 December of the year. */
export const interest: RuleDefinition = {
  id: 'account.interest',
  label: { zh: '个人账户年利息', en: 'Yearly interest of the personal account' },
  basis: 'basis.interest',
  inputs: ['opening', 'credits'],
  run(call) {
    const opening = call.money('opening');
    const credits = call.list('credits').map((c) => {
      const month = countOf(c['month'], 'credits.month');
      if (month < 1 || month > 12) throw invalid('credits.month');
      return { month, amount: moneyOf(c['amount'], 'credits.amount') };
    });
    const rate = call.rate('account.interestRate');
    const method = call.setting('account.interestMethod', ['monthly-product', 'annual']);
    const sum = credits.reduce((s, c) => s.plus(c.amount), Rational.zero);
    const product = credits.reduce(
      (s, c) => s.plus(c.amount.times(n(13 - c.month))),
      Rational.zero,
    );
    const grown = opening.times(Rational.one.plus(rate));
    const exact =
      method === 'monthly-product'
        ? grown.plus(sum).plus(product.times(rate).over(n(12)))
        : grown.plus(
            sum.times(
              Rational.one.plus(rate.times(call.rate('account.annualMethodFactor')).over(n(2))),
            ),
          );
    const closing = Rational.of(exact.times(n(100)).roundHalfUp(), 100);
    call.step(
      `${yuanText(opening)} 加当年记入 ${yuanText(sum)}，利率 ${rate.toDecimal()}`,
      `${yuanText(opening)} and the year’s credits ${yuanText(sum)} at ${rate.toDecimal()}`,
    );
    return {
      closing: yuanText(closing),
      interest: yuanText(closing.minus(opening).minus(sum)),
      product: yuanText(product),
    };
  },
};

/** Funeral subsidy and survivors' grant from the pension fund (社会保险法 art. 17; 人社部发〔2021〕18号). */
export const deathGrants: RuleDefinition = {
  id: 'death.pensionFund',
  label: { zh: '丧葬补助金和抚恤金', en: 'Funeral subsidy and survivors’ grant' },
  basis: 'basis.deathGrants',
  inputs: ['status', 'contributionMonths', 'pensionMonths'],
  run(call) {
    // The rounding's first version starts with the rule: before it the provincial amounts are unknown.
    const rounding = grantRounding(call);
    const status = call.code('status', ['employee', 'retiree']);
    const months = call.count('contributionMonths');
    const pensionYears = status === 'retiree' ? Math.floor(call.count('pensionMonths') / 12) : 0;
    const income = call.rate('death.urbanIncome').over(n(12));
    if (income.compare(Rational.zero) < 0) throw invalid('death.urbanIncome');
    const own = grantMonths(call, Math.floor(months / 12));
    const grantCount =
      status === 'retiree'
        ? Math.max(whole(call, 'death.grantRetireeMinimumMonths'), own - pensionYears)
        : own;
    const cut = (amount: Rational): Rational =>
      rounding === 'yuan-down'
        ? Rational.of(amount.floor())
        : Rational.of(amount.times(n(100)).roundHalfUp(), 100);
    const grant = cut(income.times(n(grantCount)));
    call.step(`抚恤金 ${grantCount} 个月`, `grant of ${grantCount} months`);
    return {
      funeral: yuanText(cut(income.times(n(whole(call, 'death.funeralMonths'))))),
      grantMonths: grantCount,
      grant: yuanText(grant),
    };
  },
};

function grantRounding(call: Call): 'fen-half-up' | 'yuan-down' {
  const plain = call.law.version('death.grantRounding', {
    place: call.question.place,
    on: call.question.on,
  });
  call.versions.push(plain);
  return call.setting('death.grantRounding', ['fen-half-up', 'yuan-down']);
}

/** Months of income by completed years of contribution: the step of the scale, and a month more for each year beyond it. */
function grantMonths(call: Call, years: number): number {
  const from = (call.parameter('death.grantFromYears').table ?? []).map(Number);
  const months = (call.parameter('death.grantMonths').table ?? []).map(Number);
  const step = months[from.filter((y) => y <= years).length - 1];
  if (step === undefined) throw invalid('death.grantMonths');
  const more = Math.max(0, years - whole(call, 'death.grantGrowsAfterYears'));
  return Math.min(whole(call, 'death.grantMaximumMonths'), step + more);
}

function whole(call: Call, id: string): number {
  const { value } = call.parameter(id);
  if (!/^\d{1,3}$/.test(value)) throw invalid(`${id} = ${value}`);
  return Number(value);
}
