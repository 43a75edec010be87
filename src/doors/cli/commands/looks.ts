import type { Derivation } from '../../../engines/policy/index.ts';
import type { BillDerivation, BillView, RecordView } from '../../../services/insurance/index.ts';
import type { CliCommand } from '../command.ts';
import { table } from '../print.ts';
import { billSheet, recordSheet } from '../sheets.ts';
import { tree } from '../tree.ts';

const bill: CliCommand = {
  name: 'bill',
  usage: 'C M',
  summary: { zh: '五险合一缴费单', en: 'The unified bill' },
  example: 'bill 43100002-9 2008-03',
  words: [2, 2],
  async run(call) {
    const [employer, month] = call.words;
    const json = await call.ask('insurance.bill', { employer, month });
    return { json, text: billSheet(json as BillView, call.language) };
  },
};

const person: CliCommand = {
  name: 'person',
  usage: 'NUMBER',
  summary: { zh: '个人参保记录', en: 'A person’s record' },
  example: 'person 430499197001011234 --purpose counter-visit',
  words: [1, 1],
  async run(call) {
    const json = await call.ask('insurance.record', { person: call.words[0]! });
    return { json, text: recordSheet(json as RecordView, call.language) };
  },
};

const explainBill: CliCommand = {
  name: 'explain bill',
  usage: 'C M [--insurance I]',
  summary: { zh: '缴费单的由来，带条文', en: 'How a bill came, with articles' },
  example: 'explain bill 43100002-9 2008-03 --insurance pension',
  options: { insurance: { type: 'string' } },
  words: [2, 2],
  async run(call) {
    const [employer, month] = call.words;
    const insurance = call.values['insurance'];
    const json = await call.ask('insurance.explain-bill', { employer, month, insurance });
    const bill = json as Derivation & Partial<BillDerivation>;
    const trees = bill.payable === undefined ? [bill] : [bill, bill.payable];
    return { json, text: trees.map((t) => tree(t, call.language)).join('\n\n') };
  },
};

const explainPerson: CliCommand = {
  name: 'explain person',
  usage: 'NUMBER M',
  summary: { zh: '个人一个月缴费的由来', en: 'How a person’s month came' },
  example: 'explain person 430499197001011234 2008-03',
  words: [2, 2],
  async run(call) {
    const [number, month] = call.words;
    const json = await call.ask('insurance.explain-person', { person: number, month });
    return { json, text: tree(json as Derivation, call.language) };
  },
};

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
      text: table(
        {
          zh: ['', '核对', '数', '不符'],
          en: ['', 'check', 'counted', 'wrong'],
        }[call.language],
        rows,
      ),
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
