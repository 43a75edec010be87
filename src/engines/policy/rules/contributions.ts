import { MindunError, Rational, yuan } from '../../../kernel/index.ts';
import {
  type Call,
  decimal,
  invalid,
  type Outputs,
  type RuleDefinition,
  yuanText,
} from '../call.ts';
import { classValue, evaluate, explain } from '../explain.ts';
import type { Fens } from '../graph.ts';
import { base, cap, floor, generalLevy, levyByFund } from './levy.ts';

const schemes = ['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const;
const fundsOf: Readonly<Record<(typeof schemes)[number], number>> = {
  pension: 1,
  medical: 3,
  unemployment: 4,
  injury: 5,
  maternity: 6,
};
const outputsOf: Readonly<Record<(typeof schemes)[number], readonly string[]>> = {
  pension: ['pensionEmployer', 'pensionEmployee'],
  medical: ['medicalEmployer', 'medicalEmployee'],
  unemployment: ['unemploymentEmployer', 'unemploymentEmployee'],
  injury: ['injuryEmployer'],
  maternity: ['maternityEmployer'],
};

function graph(call: Call, formula: Fens, inputs: Record<string, number>): number {
  const value = evaluate(formula, call.law, call.question, inputs);
  call.because.push(explain(formula, call.law, call.question, inputs));
  return value;
}

export const baseLimits: RuleDefinition = {
  id: 'contribution.baseLimits',
  label: { zh: '缴费基数上下限', en: 'Floor and cap of the contribution base' },
  basis: 'basis.baseLimits',
  inputs: [],
  run: (call) => ({ floor: yuan(graph(call, floor, {})), cap: yuan(graph(call, cap, {})) }),
};

export const levy: RuleDefinition = {
  id: 'contribution.levy',
  label: { zh: '一名职工的月缴费', en: 'Monthly contributions of one employee' },
  basis: 'basis.levy',
  inputs: ['wage', 'schemes', 'injuryClass', 'worker'],
  run(call) {
    const wage = Number(call.money('wage').times(Rational.of(100)).num);
    const asked = call.given['schemes'];
    if (!Array.isArray(asked)) throw invalid('schemes');
    const worker = call.code('worker', ['employee', 'rural-contract'], 'employee');
    const injuryClass =
      asked.includes('injury') || call.has('injuryClass') ? call.count('injuryClass') : 1;
    const inputs = { wage, category: worker === 'employee' ? 1 : 4, injuryClass, schemes: 31 };
    const low = evaluate(floor, call.law, call.question, inputs);
    const high = evaluate(cap, call.law, call.question, inputs);
    if (low > high) throw invalid('contribution.floor');
    const outputs: Record<string, string> = {
      base: yuan(graph(call, base, inputs)),
      limitedBy: wage < low ? 'floor' : wage > high ? 'cap' : 'none',
    };
    for (const name of asked) {
      const scheme = schemes.find((s) => s === name);
      if (scheme === undefined) throw invalid('schemes');
      for (const output of outputsOf[scheme]) {
        const formula = generalLevy[output] ?? levyByFund[fundsOf[scheme]]![output]!;
        outputs[output] = yuan(graph(call, formula, inputs));
      }
    }
    return outputs;
  },
};

export const flexible: RuleDefinition = {
  id: 'contribution.flexible',
  label: { zh: '灵活就业人员缴费', en: 'Contribution of a flexibly employed person' },
  basis: 'basis.flexible',
  inputs: ['base'],
  run(call) {
    const amount = call.money('base');
    const total = round(amount.times(call.rate('contribution.flexible.rate')));
    const account = round(amount.times(call.rate('contribution.flexible.accountRate')));
    call.step(
      `${yuanText(amount)} → ${yuanText(total)}，其中个人账户 ${yuanText(account)}`,
      `${yuanText(amount)} → ${yuanText(total)}, of which to the account ${yuanText(account)}`,
    );
    return {
      total: yuanText(total),
      account: yuanText(account),
      pool: yuanText(total.minus(account)),
    };
  },
};

function round(amount: Rational): Rational {
  return Rational.of(amount.times(Rational.of(100)).roundHalfUp(), 100);
}

/** The steps that an industry class may have: the first class has a list of its own. */
export function classFloats(industryClass: number): string {
  return industryClass === 1
    ? 'contribution.injury.firstClassFloats'
    : 'contribution.injury.floatFactors';
}

export const injury: RuleDefinition = {
  id: 'contribution.injury',
  label: { zh: '按行业类别的工伤保险费', en: 'Work-injury contribution by industry class' },
  basis: 'basis.injuryClass',
  whileBased: true,
  inputs: ['payroll', 'industryClass', 'floatFactor'],
  run(call) {
    const payroll = call.money('payroll');
    const version = call.parameter('contribution.injury.classRates');
    const industry = call.count('industryClass');
    const baseRate = Rational.parse(classValue(version, industry));
    const factor = decimal(call.given['floatFactor'] ?? '1', 'floatFactor');
    const id = classFloats(industry);
    const { table } = call.parameter(id);
    if (!(table ?? []).some((f) => Rational.parse(f).equals(factor))) {
      throw new MindunError('float-not-allowed', { value: factor.toDecimal() });
    }
    const amount = payroll.times(baseRate).times(factor);
    call.step(
      `${yuanText(payroll)} × ${baseRate.toDecimal()} × ${factor.toDecimal()}`,
      `${yuanText(payroll)} × ${baseRate.toDecimal()} × ${factor.toDecimal()}`,
    );
    return { baseRate: baseRate.toDecimal(), amount: yuanText(amount) };
  },
};

export const provisional: RuleDefinition = {
  id: 'contribution.provisional',
  label: { zh: '未申报月份的暂缴数额', en: 'Provisional amount of an undeclared month' },
  basis: 'basis.provisional',
  whileBased: true,
  inputs: ['lastMonthPaid', 'verified'],
  run(call) {
    if (!call.has('lastMonthPaid')) throw new MindunError('no-previous-month');
    const last = call.money('lastMonthPaid');
    const factor = call.rate('contribution.provisionalFactor');
    const amount = round(last.times(factor));
    call.step(
      `上月 ${yuanText(last)} × ${factor.toDecimal()} = ${yuanText(amount)}`,
      `month before ${yuanText(last)} × ${factor.toDecimal()} = ${yuanText(amount)}`,
    );
    const outputs: Record<string, string> = { provisional: yuanText(amount) };
    if (call.has('verified'))
      outputs['settlement'] = yuanText(call.money('verified').minus(amount));
    return outputs as Outputs;
  },
};
