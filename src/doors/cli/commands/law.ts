import { callRule, type Given, loadLaw, runCases } from '../../../engines/policy/index.ts';
import { plainDate } from '../../../kernel/index.ts';
import { type CliCommand, required, UsageError } from '../command.ts';
import { yamlFiles } from '../files.ts';
import { tree } from '../tree.ts';

const explainRule: CliCommand = {
  name: 'explain rule',
  usage: 'ID --place P --on DATE --given JSON',
  summary: { zh: '按法规算一条规则，带由来', en: 'Calls a rule of the law, with its derivation' },
  example: `explain rule arrears.lateFee --place 4304 --on 2012-01-10 --given '{"principal":"100.00","scheme":"pension","dueDate":"2012-01-05","paidDate":"2012-01-10"}'`,
  options: { place: { type: 'string' }, on: { type: 'string' }, given: { type: 'string' } },
  words: [1, 1],
  cityless: true,
  async run(call) {
    const question = { place: required(call, 'place'), on: plainDate(required(call, 'on')) };
    const law = loadLaw({ sample: false });
    const { outputs, derivation } = callRule(
      law,
      call.words[0]!,
      question,
      givenOf(call.values['given']),
    );
    return { json: { ...derivation, outputs }, text: tree(derivation, call.language) };
  },
};

function givenOf(text: string | boolean | undefined): Given {
  try {
    const given: unknown = JSON.parse(typeof text === 'string' ? text : '{}');
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Given;
  } catch {
    // Said below, with what is wanted.
  }
  throw new UsageError('--given {"name": value}');
}

const cases: CliCommand = {
  name: 'cases',
  usage: 'PATH…',
  summary: { zh: '跑算例文件，不需要数据库', en: 'Runs case files; needs no store' },
  example: 'cases law/cases',
  words: [1, 1000],
  cityless: true,
  async run(call) {
    const result = runCases(call.words.flatMap(yamlFiles));
    const failures = result.failures.map(
      (f) => `✗ ${f.id}: ${JSON.stringify(f.expected)} ≠ ${JSON.stringify(f.got)}`,
    );
    return {
      json: result,
      exit: result.failed === 0 ? 0 : 1,
      text: [...failures, `${result.passed} passed, ${result.failed} failed`].join('\n'),
    };
  },
};

export const lawCommands: readonly CliCommand[] = [explainRule, cases];
