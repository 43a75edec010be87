import { writeFileSync } from 'node:fs';
import { roles } from '../../../engines/access/index.ts';
import type { AccountRow, ActivationSlip, NewLogin } from '../../../services/accounts/index.ts';
import { type CliCall, type CliCommand, required, UsageError } from '../command.ts';
import { facts, table } from '../print.ts';

const why = { reason: { type: 'string' } } as const;

function handedOver(login: NewLogin, language: CliCall['language']): string {
  const [name, password, once] = {
    zh: ['登录名', '密码', '密码只显示这一次，请当面交给本人，请他登录后就改。'],
    en: ['log-in', 'password', 'Shown this once: hand it over in person, to be changed at once.'],
  }[language] as [string, string, string];
  return `${facts([
    [name, login.login],
    [password, login.password],
  ])}\n${once}`;
}

function optional(call: CliCall, ...names: readonly string[]): Record<string, string> {
  const given = names.map((n) => [n, call.values[n]] as const);
  return Object.fromEntries(given.filter((g): g is [string, string] => typeof g[1] === 'string'));
}

const open: CliCommand = {
  name: 'account open',
  usage:
    '(employer C [--login L] [--name N] [--principal] | staff LOGIN --name N --role R [--area A] | auditor LOGIN --name N) --reason WHY',
  summary: { zh: '开账号，密码只告诉一次', en: 'Opens an account; its password is told once' },
  example: 'account open staff zhangli --name 张丽 --role collection-clerk --reason 任职通知',
  options: {
    ...why,
    login: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string' },
    area: { type: 'string' },
    principal: { type: 'boolean' },
  },
  words: [2, 2],
  async run(call) {
    const [kind, whom] = call.words as [string, string];
    if (!['employer', 'staff', 'auditor'].includes(kind)) throw new UsageError(kind);
    const subject = kind === 'employer' ? { employer: whom } : { login: whom };
    const more = optional(call, 'login', 'name', 'role', 'area');
    const principal = call.values['principal'] === true ? { principal: true } : {};
    const input = { kind, ...more, ...principal, ...subject, reason: required(call, 'reason') };
    const json = (await call.execute('access.account.open', input)) as NewLogin;
    return { json, text: handedOver(json, call.language) };
  },
};

const reset: CliCommand = {
  name: 'account reset',
  usage: 'LOGIN --reason WHY',
  summary: {
    zh: '重置密码，解锁，结束已登录的',
    en: 'A new password; lifts a lock, ends sessions',
  },
  example: 'account reset 43100002-9 --reason 窗口核验身份',
  options: why,
  words: [1, 1],
  async run(call) {
    const input = { login: call.words[0], reason: required(call, 'reason') };
    const json = (await call.execute('access.account.reset', input)) as NewLogin;
    return { json, text: handedOver(json, call.language) };
  },
};

const activate: CliCommand = {
  name: 'account activate',
  usage: 'NUMBER --reason WHY [--out FILE]',
  summary: {
    zh: '给参保人打印激活码（PDF），请他自己设密码',
    en: 'Prints an insured person’s activation code (PDF): the person sets the password',
  },
  example: 'account activate 430499197001011234 --reason 窗口核验身份 --out slip.pdf',
  options: { ...why, out: { type: 'string' } },
  words: [1, 1],
  async run(call) {
    const input = { person: call.words[0], reason: required(call, 'reason') };
    const answer = (await call.execute('access.activation.issue', input)) as ActivationSlip;
    const given = call.values['out'];
    const out = typeof given === 'string' ? given : 'activation.pdf';
    // Whoever works at this machine beside the operator has no business with it.
    writeFileSync(out, Buffer.from(answer.slip, 'base64'), { mode: 0o600 });
    const { slip: _, ...json } = answer;
    return {
      json: { ...json, file: out },
      text: {
        zh: `激活码打在 ${out} 上，有效到 ${json.until}。请当面交给本人，然后删掉文件。`,
        en: `The code is in ${out}, good until ${json.until}. Hand the paper over in person, then delete the file.`,
      }[call.language],
    };
  },
};

function onAccount(verb: 'unlock' | 'end' | 'drop-factors', zh: string, en: string): CliCommand {
  return {
    name: `account ${verb}`,
    usage: 'LOGIN --reason WHY',
    summary: { zh, en },
    example: `account ${verb} zhangli --reason 离岗`,
    options: why,
    words: [1, 1],
    run: async (call) => ({
      json: await call.execute(`access.account.${verb}`, {
        login: call.words[0],
        reason: required(call, 'reason'),
      }),
    }),
  };
}

function onGrant(name: string, command: string, zh: string, en: string): CliCommand {
  return {
    name,
    usage: 'LOGIN ROLE [--area A] --reason WHY',
    summary: { zh, en },
    example: `${name} zhangli fund-accountant --area 430407 --reason 调岗`,
    options: { ...why, area: { type: 'string' } },
    words: [2, 2],
    run: async (call) => ({
      json: await call.execute(command, {
        login: call.words[0],
        role: call.words[1],
        ...optional(call, 'area'),
        reason: required(call, 'reason'),
      }),
    }),
  };
}

const list: CliCommand = {
  name: 'accounts',
  usage: '',
  summary: { zh: '工作人员的账号和岗位', en: 'Accounts of staff and their roles' },
  example: 'accounts',
  words: [0, 0],
  async run(call) {
    const json = (await call.ask('access.accounts', {})) as { rows: readonly AccountRow[] };
    const head = {
      zh: ['登录名', '姓名', '岗位', '锁定'],
      en: ['log-in', 'name', 'roles', 'locked'],
    }[call.language];
    const rows = json.rows.map((r) => [
      r.login,
      r.name,
      r.roles.map((g) => `${roles[g.role]?.title[call.language] ?? g.role} ${g.area}`).join('; ') ||
        '—',
      r.locked ? '✓' : '',
    ]);
    return { json, text: table(head, rows) };
  },
};

export const accountCommands: readonly CliCommand[] = [
  open,
  reset,
  activate,
  onAccount('unlock', '解锁账号', 'Unlocks an account'),
  onAccount(
    'drop-factors',
    '清除动态码和通行密钥（手机丢了）',
    'Takes one-time codes and passkeys away (a lost phone)',
  ),
  onAccount('end', '停用账号', 'Ends an account'),
  onGrant('grant', 'access.grant.add', '授予岗位', 'Grants a role'),
  onGrant('ungrant', 'access.grant.end', '收回岗位', 'Ends a role'),
  list,
];
