import {
  classRate,
  type Fens,
  factor,
  input,
  money,
  prefer,
  type RateNode,
  rate,
  reliefFactor,
  rule,
  stepFactor,
  when,
  zero,
} from '../graph.ts';

/**
 * The monthly levy of one person (社会保险费征缴暂行条例; 社会保险法 arts. 12, 23, 35, 44, 53): one graph for one person's
 * explanation and for the batch of a city. Category: 1 enterprise, 2 public institution, 3 flexible, 4 rural
 * contract worker. Schemes: bits 1 pension, 2 medical, 4 unemployment, 8 injury, 16 maternity. Amounts in fen.
 * Of the employer: `injuryFloat` is the step of its floating injury rate, `employerSize` its size as in `employerSizes`.
 */
const wageMax = 2_000_000_000;
const wage = input('wage', { zh: '月工资', en: 'Monthly wage' }, 'fen', 0, wageMax);

const limits = 'basis.baseLimits';
const half = { parameter: 'contribution.limitsRounding' } as const;
export const floor = rule(
  'contribution.floor',
  { zh: '基数下限', en: 'Floor' },
  limits,
  prefer(
    'contribution.floor',
    money('contribution.reference').times(rate('contribution.floorRate')).round(half),
  ),
);
export const cap = rule(
  'contribution.cap',
  { zh: '基数上限', en: 'Cap' },
  limits,
  prefer(
    'contribution.cap',
    money('contribution.reference').times(rate('contribution.capRate')).round(half),
  ),
);
export const base = rule(
  'contribution.base',
  { zh: '缴费基数', en: 'Contribution base' },
  'basis.base',
  wage.clamp(floor, cap),
);

const part = (
  id: string,
  zh: string,
  en: string,
  basis: string,
  bit: number,
  formula: Fens,
): Fens => rule(id, { zh, en }, basis, when({ input: 'schemes', bit }, formula, zero));
const of = (parameter: string, ...more: RateNode[]): Fens =>
  base.times(rate(parameter), ...more).round('fen-half-up');

/** Sizes of an employer in the order of the relief's table; 0: not known. */
export const employerSizes = ['not-covered', 'large', 'medium', 'small', 'micro'] as const;

/** Relief of an employer's share, while there is one. */
export const relief = 'contribution.relief.employerFactor';
const relieved = reliefFactor(relief, 'employerSize');
const classes = classRate('contribution.injury.classRates', 'injuryClass');

const isPublic = { input: 'category', in: [2] };
const isFlexible = { input: 'category', in: [3] };
const isRural = { input: 'category', in: [4] };
const notPublic = (formula: Fens): Fens => when(isPublic, zero, formula);
const onlyPublic = (formula: Fens): Fens => when(isPublic, formula, zero);
const employed = (formula: Fens): Fens => when(isFlexible, zero, formula);

export const medicalEmployer = part(
  'levy.medicalEmployer',
  '医疗保险（单位）',
  'Medical, employer',
  'basis.medical',
  2,
  employed(of('contribution.medical.employerRate')),
);
export const medicalEmployee = part(
  'levy.medicalEmployee',
  '医疗保险（个人）',
  'Medical, employee',
  'basis.medical',
  2,
  employed(of('contribution.medical.employeeRate')),
);

/** The employer's shares that depend on the employer itself: with its floating step and relief, or by the general rate alone. */
const employerParts = (more: readonly RateNode[], injury: readonly RateNode[]) => ({
  pensionEmployer: part(
    'levy.pensionEmployer',
    '养老保险（单位）',
    'Pension, employer',
    'basis.pension',
    1,
    notPublic(employed(of('contribution.pension.employerRate', ...more))),
  ),
  unemploymentEmployer: part(
    'levy.unemploymentEmployer',
    '失业保险（单位）',
    'Unemployment, employer',
    'basis.unemployment',
    4,
    employed(of('contribution.unemployment.employerRate', ...more)),
  ),
  injuryEmployer: part(
    'levy.injuryEmployer',
    '工伤保险（单位）',
    'Work injury, employer',
    'basis.injury',
    8,
    employed(base.times(classes, ...injury, ...more).round('fen-half-up')),
  ),
});

const own = employerParts(
  [relieved],
  [
    stepFactor('contribution.injury.floatFactors', 'injuryFloat'),
    factor('contribution.injury.phaseFactor'),
  ],
);

/** By the general rates, whatever holds for one employer. */
export const generalLevy: Readonly<Record<string, Fens>> = employerParts([], []);

/** Formulas by fund: a fund whose parameter is not set is left out, the others proceed. */
export const levyByFund: Readonly<Record<number, Readonly<Record<string, Fens>>>> = {
  1: {
    pensionEmployer: own.pensionEmployer,
    pensionEmployee: part(
      'levy.pensionEmployee',
      '养老保险（个人）',
      'Pension, employee',
      'basis.pension',
      1,
      notPublic(
        when(isFlexible, of('contribution.flexible.rate'), of('contribution.pension.employeeRate')),
      ),
    ),
    pensionAccount: part(
      'levy.pensionAccount',
      '记入养老个人账户',
      'To the pension account',
      'basis.pensionAccount',
      1,
      notPublic(
        when(
          isFlexible,
          of('contribution.flexible.accountRate'),
          of('contribution.pension.accountRate'),
        ),
      ),
    ),
  },
  2: {
    publicPensionEmployer: part(
      'levy.publicPensionEmployer',
      '机关事业养老（单位）',
      'Public pension, employer',
      'basis.publicPension',
      1,
      onlyPublic(of('contribution.publicPension.employerRate')),
    ),
    publicPensionEmployee: part(
      'levy.publicPensionEmployee',
      '机关事业养老（个人）',
      'Public pension, employee',
      'basis.publicPension',
      1,
      onlyPublic(of('contribution.publicPension.employeeRate')),
    ),
  },
  3: {
    medicalEmployer,
    medicalEmployee,
    medicalAccount: rule(
      'levy.medicalAccount',
      { zh: '记入医疗个人账户', en: 'To the medical account' },
      'basis.medicalAccount',
      medicalEmployee.plus(
        medicalEmployer
          .times(rate('contribution.medical.employerAccountShare'))
          .round('fen-half-up'),
      ),
    ),
  },
  4: {
    unemploymentEmployer: own.unemploymentEmployer,
    unemploymentEmployee: part(
      'levy.unemploymentEmployee',
      '失业保险（个人）',
      'Unemployment, employee',
      'basis.unemployment',
      4,
      employed(
        when(
          isRural,
          base
            .times(
              rate('contribution.unemployment.employeeRate'),
              rate('contribution.unemployment.ruralEmployeeFactor'),
            )
            .round('fen-half-up'),
          of('contribution.unemployment.employeeRate'),
        ),
      ),
    ),
  },
  5: {
    injuryEmployer: own.injuryEmployer,
  },
  6: {
    maternityEmployer: part(
      'levy.maternityEmployer',
      '生育保险（单位）',
      'Maternity, employer',
      'basis.maternity',
      16,
      employed(of('contribution.maternity.employerRate')),
    ),
  },
};

export const levyInputs = [
  'wage',
  'category',
  'injuryClass',
  'schemes',
  'injuryFloat',
  'employerSize',
] as const;
