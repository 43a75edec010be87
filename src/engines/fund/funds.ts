import type { Text } from '../../kernel/index.ts';

/** The six funds whose books the city keeps. Pension has two: enterprises and public institutions never mix. */
export const funds = [
  { id: 1, key: 'pension', insurance: 'pension' },
  { id: 2, key: 'public-pension', insurance: 'pension' },
  { id: 3, key: 'medical', insurance: 'medical' },
  { id: 4, key: 'unemployment', insurance: 'unemployment' },
  { id: 5, key: 'injury', insurance: 'injury' },
  { id: 6, key: 'maternity', insurance: 'maternity' },
] as const;

/** The one fund whose book is parted into a pool and individual accounts. */
export const medicalFund = 3;

export type FundId = (typeof funds)[number]['id'];
export type FundInsurance = (typeof funds)[number]['insurance'];

export const fundNames: Readonly<Record<FundId, Text>> = {
  1: { zh: '企业职工基本养老保险基金', en: 'Enterprise employees’ basic pension fund' },
  2: { zh: '机关事业单位养老保险基金', en: 'Public institutions’ pension fund' },
  3: { zh: '城镇职工基本医疗保险基金', en: 'Employee basic medical fund' },
  4: { zh: '失业保险基金', en: 'Unemployment fund' },
  5: { zh: '工伤保险基金', en: 'Work injury fund' },
  6: { zh: '生育保险基金', en: 'Maternity fund' },
};

export function insuranceOf(fund: number): FundInsurance {
  return funds[fund - 1]!.insurance;
}

/** The fund with this key or of this insurance (pension: the enterprises'), or undefined. */
export function fundBy(key: string): (typeof funds)[number] | undefined {
  return funds.find((f) => f.key === key);
}
