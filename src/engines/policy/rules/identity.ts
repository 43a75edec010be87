import { citizenNumber, organisationCode, unifiedCode } from '../../../kernel/identity.ts';
import { type Call, invalid, type RuleDefinition } from '../call.ts';

function text(call: Call, name: string): string {
  const value = call.given[name];
  if (typeof value !== 'string') throw invalid(name);
  return value;
}

export const citizen: RuleDefinition = {
  id: 'identity.citizenNumber',
  label: { zh: '公民身份号码', en: 'Citizen number' },
  basis: 'basis.citizenNumber',
  inputs: ['number'],
  run: (call) => ({ ...citizenNumber(text(call, 'number'), call.question.on) }),
};

export const unified: RuleDefinition = {
  id: 'identity.unifiedCode',
  label: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  basis: 'basis.unifiedCode',
  inputs: ['code'],
  run: (call) => ({ ...unifiedCode(text(call, 'code')) }),
};

export const organisation: RuleDefinition = {
  id: 'identity.organisationCode',
  label: { zh: '组织机构代码', en: 'Organisation code' },
  basis: 'basis.organisationCode',
  inputs: ['code'],
  run: (call) => ({ code: organisationCode(text(call, 'code')) }),
};
