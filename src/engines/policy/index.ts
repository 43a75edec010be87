export type { Given, Outputs, RuleDefinition, Value } from './call.ts';
export { type CaseResult, runCases } from './cases.ts';
export { lawOf, question } from './city.ts';
export { type Arena, type Compiled, compile, makeArena } from './compile.ts';
export { callRule, rules } from './engine.ts';
export {
  type Derivation,
  type DerivationParameter,
  derivationParameter,
  evaluate,
  explain,
  type Inputs,
} from './explain.ts';
export type { Exact, Fens } from './graph.ts';
export { citeOf, Law, loadLaw, type PackEntry, type Question, type Version } from './law.ts';
export { floatsIn, type LevyBatch, levyBatch, levyColumns, type NotComputed } from './month.ts';
export { classFloats } from './rules/contributions.ts';
export { base as contributionBase, employerSizes, levyByFund } from './rules/levy.ts';
export { type Amounts, type Columns, type Difference, settle, settleRow } from './settle.ts';
