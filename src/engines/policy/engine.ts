import { MindunError } from '../../kernel/index.ts';
import { Call, derivationOf, type Given, type Outputs, type RuleDefinition } from './call.ts';
import type { Derivation } from './explain.ts';
import type { Law, Question, Version } from './law.ts';
import { deathGrants, interest } from './rules/accounts.ts';
import { lateFee } from './rules/arrears.ts';
import { baseLimits, flexible, injury, levy, provisional } from './rules/contributions.ts';
import { deferralEnd } from './rules/deferral.ts';
import { dueDate } from './rules/due.ts';
import { citizen, organisation, unified } from './rules/identity.ts';

const all: readonly RuleDefinition[] = [
  baseLimits,
  levy,
  flexible,
  injury,
  provisional,
  lateFee,
  deferralEnd,
  dueDate,
  interest,
  deathGrants,
  citizen,
  unified,
  organisation,
];
const byId = new Map(all.map((r) => [r.id, r]));

/** The rules of the catalogue, in order of id. */
export function rules(): RuleDefinition[] {
  return [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Calls a rule: its outputs, the derivation that tells how they came, the versions it read.
 * @throws MindunError rule-unknown, rule-not-in-force, parameter-unset, input-invalid and what the rule names
 */
export function callRule(
  law: Law,
  id: string,
  question: Question,
  given: Given,
): { outputs: Outputs; derivation: Derivation; versions: readonly Version[] } {
  const rule = byId.get(id);
  if (rule === undefined) throw new MindunError('rule-unknown', { rule: id });
  if (rule.whileBased === true && law.cite(rule.basis, question) === null) {
    throw new MindunError('rule-not-in-force', { rule: rule.label.zh, on: question.on });
  }
  const call = new Call(law, question, given);
  const outputs = rule.run(call);
  return { outputs, derivation: derivationOf(rule, call, outputs), versions: call.versions };
}
