import { MindunError } from '../../kernel/index.ts';
import { type Arena, type Compiled, compile } from './compile.ts';
import type { Fens } from './graph.ts';
import type { Law, Question, Version } from './law.ts';
import { base, levyByFund, levyInputs, relief } from './rules/levy.ts';
import './errors.ts';

const floats = 'contribution.injury.floatFactors';

/** The factors of the floating injury rate among versions that were used, step by step from 1. */
export function floatsIn(versions: readonly Version[]): readonly string[] {
  return versions.find((v) => v.parameter === floats)?.table ?? ['1'];
}

/** The amounts of one person and month, in the order in which they are stored. */
export const levyColumns = [
  'pensionEmployer',
  'pensionEmployee',
  'pensionAccount',
  'medicalEmployer',
  'medicalEmployee',
  'medicalAccount',
  'unemploymentEmployer',
  'unemploymentEmployee',
  'injuryEmployer',
  'maternityEmployer',
] as const;

export interface NotComputed {
  readonly fund: number;
  readonly parameter: string;
  readonly document: string;
}

export interface LevyBatch {
  readonly compiled: Compiled;
  /** Input and output columns of the arena. */
  readonly columns: readonly string[];
  /** Funds left out, each with the document that is missing. */
  readonly notComputed: readonly NotComputed[];
  readonly versions: readonly Version[];
  /** Funds with an assumed value in them. */
  readonly assumed: readonly number[];
  readonly provisional: readonly number[];
  /** Funds whose employer share goes by the employer's size this month, with the document that tells it. */
  readonly bySize: readonly NotComputed[];
  /** Factors of the floating injury rate, step by step from 1. */
  readonly floats: readonly string[];
  run(arena: Arena, n: number): void;
}

/**
 * The levy of a month as one fused loop over persons and what holds for their employers (`levyInputs`). A fund whose parameter no
 * document sets is left out and named; the others proceed. Public institutions' pension stands in its own columns.
 * @throws MindunError parameter-unset when the base itself cannot be computed
 */
export function levyBatch(law: Law, question: Question): LevyBatch {
  const outputs: Record<string, Fens> = { base };
  const notComputed: NotComputed[] = [];
  const assumed: number[] = [];
  const provisional: number[] = [];
  const bySize: NotComputed[] = [];
  for (const [fund, formulas] of Object.entries(levyByFund)) {
    try {
      const { versions } = compile(formulas, law, question);
      if (versions.some((v) => v.assumed)) assumed.push(Number(fund));
      if (versions.some((v) => v.provisional)) provisional.push(Number(fund));
      if (versions.some((v) => v.parameter === relief))
        bySize.push({ fund: Number(fund), parameter: relief, document: law.missing(relief) });
      Object.assign(outputs, formulas);
    } catch (error) {
      if (!(error instanceof MindunError) || error.code !== 'parameter-unset') throw error;
      notComputed.push({
        fund: Number(fund),
        parameter: String(error.details['parameter']),
        document: String(error.details['document']),
      });
    }
  }
  const compiled = compile(outputs, law, question);
  const all = ['base', ...Object.values(levyByFund).flatMap((f) => Object.keys(f))];
  return {
    compiled,
    notComputed,
    assumed,
    provisional,
    bySize,
    floats: floatsIn(compiled.versions),
    versions: compiled.versions,
    columns: [...levyInputs, ...all],
    run: (arena, n) => compiled.run(arena, n),
  };
}
