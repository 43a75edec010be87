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
  cite: { document: 'GB 11643-1999', article: '' },
  inputs: ['number'],
  run: (call) => ({ ...citizenNumber(text(call, 'number'), call.question.on) }),
};

export const unified: RuleDefinition = {
  id: 'identity.unifiedCode',
  label: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  cite: { document: 'GB 32100-2015', article: '' },
  inputs: ['code'],
  run: (call) => ({ ...unifiedCode(text(call, 'code')) }),
};

export const organisation: RuleDefinition = {
  id: 'identity.organisationCode',
  label: { zh: '组织机构代码', en: 'Organisation code' },
  cite: { document: 'GB 11714-1997', article: '' },
  inputs: ['code'],
  run: (call) => ({ code: organisationCode(text(call, 'code')) }),
};
