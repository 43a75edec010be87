import type { PayoutSet, PayoutView } from '../../../engines/registry/index.ts';
import { type CliCall, type CliCommand, required } from '../command.ts';
import { facts } from '../print.ts';

function accountText(account: PayoutView, language: CliCall['language']): string {
  const [bank, number, holder, from] = {
    zh: ['开户银行', '账号', '户名', '从哪天起'],
    en: ['bank', 'number', 'holder', 'from'],
  }[language] as [string, string, string, string];
  return facts([
    [bank, account.bank],
    [number, account.number],
    [holder, account.holder],
    [from, account.from],
  ]);
}

const set: CliCommand = {
  name: 'payout-account set',
  usage: 'PERSON --bank B --number N [--holder H --reason WHY] [--from DAY]',
  summary: {
    zh: '登记个人的发放账户（养老金、退费打到哪里）',
    en: 'Sets where a person’s pension and refunds are paid to',
  },
  example:
    'payout-account set 430499197001011234 --bank 中国工商银行衡阳分行 --number 6222020200012345678',
  options: {
    bank: { type: 'string' },
    number: { type: 'string' },
    holder: { type: 'string' },
    reason: { type: 'string' },
    from: { type: 'string' },
  },
  words: [1, 1],
  async run(call) {
    const more = ['holder', 'reason', 'from'].flatMap((n) =>
      typeof call.values[n] === 'string' ? [[n, call.values[n]] as const] : [],
    );
    const json = (await call.execute('registry.person.payout-account', {
      person: call.words[0],
      bank: required(call, 'bank'),
      number: required(call, 'number'),
      ...Object.fromEntries(more),
    })) as PayoutSet;
    const told = json.warnings.map((w) => `${w.message} (${w.code})`);
    return { json, text: [accountText(json.account, call.language), ...told].join('\n') };
  },
};

const show: CliCommand = {
  name: 'payout-account',
  usage: 'PERSON [--full]',
  summary: {
    zh: '个人的发放账户；--full 显示完整账号，要有这项权限',
    en: 'A person’s payout account; --full shows the whole number to who has that right',
  },
  example: 'payout-account 430499197001011234 --purpose counter-visit',
  options: { full: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const name =
      call.values['full'] === true ? 'registry.payout-account.full' : 'registry.payout-account';
    const json = (await call.ask(name, { person: call.words[0] })) as {
      account: PayoutView | null;
    };
    const none = { zh: '还没有登记。', en: 'None is set.' }[call.language];
    return { json, text: json.account === null ? none : accountText(json.account, call.language) };
  },
};

export const payoutCommands: readonly CliCommand[] = [set, show];
