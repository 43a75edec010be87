import { derivationParameter, type Version } from '../../../engines/policy/index.ts';
import {
  type Month,
  monthOfPeriod,
  period,
  type QueryContext,
  Rational,
} from '../../../kernel/index.ts';
import { basisNames, type KeptProvisional } from '../explain/cells.ts';
import { lawOf } from '../law.ts';
import type { ProvisionalBasis } from '../views.ts';

export const factorParameter = 'contribution.provisionalFactor';

/** A factor as a percentage: 1.10 is 110%. */
export function percentOf(factor: string): string {
  return `${Rational.parse(factor).times(Rational.of(100)).toDecimal()}%`;
}

/** By what an employer's undeclared month goes, as it was kept; null where nothing was kept. Runs with the system's eyes. */
export async function provisionalBasisOf(
  context: QueryContext,
  employer: number,
  month: Month,
): Promise<ProvisionalBasis | null> {
  const kept = await context.tx.maybe<{
    inputs: KeptProvisional['inputs'];
    versions: readonly Version[];
  }>(
    `select inputs, versions from determination where employer_id = $1 and period = $2 and kind = 'provisional'
     order by id desc limit 1`,
    [employer, period(month)],
  );
  if (kept === undefined) return null;
  const law = lawOf(context.city).asKept(kept.versions);
  const parameters = kept.versions.map((v) => derivationParameter(law, v));
  const factor = percentOf(parameters.find((p) => p.id === factorParameter)!.value);
  const basis = basisNames[kept.inputs.basis];
  const of = monthOfPeriod(kept.inputs.basisPeriod);
  return {
    how: {
      zh: `没有申报名册，暂按${Number(of.slice(0, 4))}年${Number(of.slice(5))}月${basis.zh}数额的 ${factor} 收`,
      en: `Not declared: ${factor} of the amount of ${of} (${basis.en.toLowerCase()})`,
    },
    parameters,
  };
}
