import path from 'node:path';
import { month } from '../../../kernel/index.ts';
import type {
  AssessAnswer,
  CloseAnswer,
  CollectAnswer,
  CreditAnswer,
  DeclareAnswer,
} from '../../../services/insurance/index.ts';
import { simulateNext } from '../../../services/simulation/index.ts';
import { type CliCommand, required } from '../command.ts';
import { tableContent } from '../files.ts';
import { type MonthAnswer, monthSheet, stepSheet } from '../month-sheet.ts';
import { progressBar } from '../progress.ts';

const declare: CliCommand = {
  name: 'declare',
  usage: 'FILE --employer C --month M [--full] [--dry-run] [--accept-valid]',
  summary: {
    zh: '申报名册（CSV 或 XLSX）；--full 是全员名册，否则是上月的变动',
    en: 'Declares a roster (CSV or XLSX); --full: the whole roster, else changes on last month’s',
  },
  example: 'declare roster.csv --employer 43100002-9 --month 2008-03 --full',
  options: {
    employer: { type: 'string' },
    month: { type: 'string' },
    full: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    'accept-valid': { type: 'boolean' },
  },
  words: [1, 1],
  async run(call) {
    const input = {
      employer: required(call, 'employer'),
      month: required(call, 'month'),
      full: call.values['full'] === true,
      fileName: path.basename(call.words[0]!),
      content: tableContent(call.words[0]!),
      acceptValid: call.values['accept-valid'] === true,
    };
    const dry = call.values['dry-run'] === true;
    const answer = (await (dry
      ? call.ask('insurance.check-roster', input)
      : call.execute('insurance.declare', input))) as DeclareAnswer;
    const refused = answer.errors.length > 0 && !input.acceptValid;
    return { json: { ...answer }, exit: refused ? 1 : 0 };
  },
};

function step(name: string, zh: string, en: string): CliCommand {
  return {
    name,
    usage: 'M',
    summary: { zh, en },
    example: `${name} 2008-03`,
    words: [1, 1],
    async run(call) {
      const json = await call.execute(`insurance.${name}`, { month: call.words[0]! });
      return { json, text: stepSheet(json as object, call.language) };
    },
  };
}

const collect: CliCommand = {
  name: 'collect',
  usage: 'FILE',
  summary: { zh: '银行到账文件（CSV 或 camt.053）', en: 'Takes a bank file (CSV or camt.053)' },
  example: 'collect bank-2008-03-14.csv',
  words: [1, 1],
  async run(call) {
    const json = (await call.execute('insurance.collect', {
      fileName: path.basename(call.words[0]!),
      content: tableContent(call.words[0]!),
    })) as CollectAnswer;
    // A document that is missing for a late fee is named line by line.
    if (json.feesWithoutLaw.length > 0) return { json };
    return { json, text: stepSheet(json, call.language) };
  },
};

const monthCommand: CliCommand = {
  name: 'month',
  usage: 'M',
  summary: { zh: '办完一个月里还没办的各步', en: 'All steps of the month that are not done' },
  example: 'month 2008-03',
  words: [1, 1],
  async run(call) {
    const house = await call.house();
    const asked = { month: call.words[0]! };
    // In a city that was built by the simulation its employers declare and pay, too.
    const bar = progressBar();
    const { key: _key, ...caller } = await call.session.caller();
    const played = await simulateNext(house, caller, month(asked.month), bar.show);
    bar.end();
    const simulated = played?.months.at(-1) ?? null;
    const assess = (await call.executeStep('insurance.assess', asked)) as AssessAnswer;
    const credit = (await call.executeStep('insurance.credit', asked)) as CreditAnswer;
    const done = { ...asked, simulated, assess, credit };
    const told = (json: MonthAnswer) => ({ json, text: monthSheet(json, call.language) });
    if (house.city.kind === 'live') {
      // Who runs the month and who closes its books are two persons.
      const waitingFor = { step: 'close', role: 'fund-accountant' } as const;
      return told({ ...done, close: null, waitingFor });
    }
    const close = (await call.executeStep('insurance.close', asked)) as CloseAnswer;
    return told({ ...done, close, waitingFor: null });
  },
};

export const monthCommands: readonly CliCommand[] = [
  declare,
  step('assess', '核定一个月', 'Assesses a month'),
  collect,
  step('credit', '个人账户记入', 'Credits the individual accounts'),
  step('close', '月末关账', 'Closes a month'),
  monthCommand,
];
