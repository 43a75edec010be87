import type { Derivation, DerivationParameter } from '../../../engines/policy/index.ts';
import type { Language } from '../../../kernel/index.ts';
import type { CliCommand } from '../command.ts';
import { table } from '../print.ts';

const bill: CliCommand = {
  name: 'bill',
  usage: 'C M',
  summary: { zh: '五险合一缴费单', en: 'The unified bill' },
  example: 'bill 71234567-8 2008-03',
  words: [2, 2],
  async run(call) {
    const [employer, month] = call.words;
    return { json: await call.ask('insurance.bill', { employer, month }) };
  },
};

const person: CliCommand = {
  name: 'person',
  usage: 'NUMBER',
  summary: { zh: '个人参保记录', en: 'A person’s record' },
  example: 'person 430499197001011236 --purpose counter-visit',
  words: [1, 1],
  async run(call) {
    return { json: await call.ask('insurance.record', { person: call.words[0]! }) };
  },
};

const explainBill: CliCommand = {
  name: 'explain bill',
  usage: 'C M [--insurance I]',
  summary: { zh: '缴费单的由来，带条文', en: 'How a bill came, with articles' },
  example: 'explain bill 71234567-8 2008-03 --insurance pension',
  options: { insurance: { type: 'string' } },
  words: [2, 2],
  async run(call) {
    const [employer, month] = call.words;
    const insurance = call.values['insurance'];
    const json = await call.ask('insurance.explain-bill', { employer, month, insurance });
    return { json, text: tree(json as Derivation, call.language) };
  },
};

const explainPerson: CliCommand = {
  name: 'explain person',
  usage: 'NUMBER M',
  summary: { zh: '个人一个月缴费的由来', en: 'How a person’s month came' },
  example: 'explain person 430499197001011236 2008-03',
  words: [2, 2],
  async run(call) {
    const [number, month] = call.words;
    const json = await call.ask('insurance.explain-person', { person: number, month });
    return { json, text: tree(json as Derivation, call.language) };
  },
};

/** A derivation as an indented tree. */
export function tree(d: Derivation, language: Language, depth = 0): string {
  const indent = '  '.repeat(depth);
  const cite = d.cite === null ? '' : `《${d.cite.document}》${d.cite.article}`;
  const assumed = d.assumed ? { zh: ' [假定]', en: ' [assumed]' }[language] : '';
  return [
    `${indent}${d.label[language]} = ${d.value}${assumed}`,
    ...d.formula[language].split('\n').map((line) => `${indent}  ${line}`),
    ...(cite === '' ? [] : [`${indent}  ${cite}`]),
    ...(d.because.length > 0 ? [] : d.parameters.map((p) => `${indent}  ${shown(p, language)}`)),
    ...d.because.map((b) => tree(b, language, depth + 1)),
  ].join('\n');
}

/** A parameter's value with the document and the day from which it holds. */
function shown(p: DerivationParameter, language: Language): string {
  const from = { zh: `自 ${p.from}`, en: `from ${p.from}` }[language];
  const source = p.assumed ? { zh: '假定', en: 'assumed' }[language] : `${p.document} ${p.article}`;
  return `${p.label[language]} ${p.value} [${source.trim()}, ${from}]`;
}

const verify: CliCommand = {
  name: 'verify',
  usage: '',
  summary: { zh: '核对账簿与明细', en: 'Checks every invariant of the store' },
  example: 'verify',
  words: [0, 0],
  async run(call) {
    const json = (await call.ask('insurance.verify', {})) as {
      checks: { name: string; ok: boolean; counted: number; wrong: number }[];
    };
    const rows = json.checks.map((c) => [
      c.ok ? '✓' : '✗',
      c.name,
      String(c.counted),
      String(c.wrong),
    ]);
    return {
      json,
      exit: json.checks.every((c) => c.ok) ? 0 : 1,
      text: table(['', 'check', 'counted', 'wrong'], rows),
    };
  },
};

export const lookCommands: readonly CliCommand[] = [
  bill,
  person,
  explainBill,
  explainPerson,
  verify,
];
