import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Provider, providerSettings, senderOf } from '../../../engines/access/index.ts';
import type { House, Text } from '../../../kernel/index.ts';
import { MindunError, monthOfPeriod } from '../../../kernel/index.ts';
import { citiesOf, type DemoAccount, migrateAll } from '../../../services/city/index.ts';
import { prepareDesk } from '../../desk/serve.ts';
import { Proxies } from '../../http/address.ts';
import { isContact } from '../../http/contact.ts';
import { startDelivery } from '../../http/delivery.ts';
import { type ServeOptions, serve } from '../../http/server.ts';
import { readTlsPair } from '../../http/tls.ts';
import { keepSealed, rootsFile } from '../../jobs/audit.ts';
import { type CliCall, type CliCommand, UsageError } from '../command.ts';
import { table } from '../print.ts';
import { supervise } from '../supervise.ts';
import { buildSimulation } from './simulate.ts';

const defaultPort = 8686;
const defaultScale = 0.01;

const start: CliCommand = {
  name: 'start',
  usage:
    '[--port 8686] [--host 127.0.0.1] [--tls-cert FILE --tls-key FILE] [--trusted-proxy ADDR[,ADDR/BITS]] [--security-contact URI] [--scale 0.01]',
  summary: {
    zh: '准备好缺的（数据库、法规、空库时建模拟城市），打开网页',
    en: 'Sets up what is missing (on an empty store the simulated city) and serves the pages',
  },
  example: 'start --port 8686',
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'trusted-proxy': { type: 'string' },
    'security-contact': { type: 'string' },
    scale: { type: 'string' },
  },
  words: [0, 0],
  async run(call) {
    const port = Number(call.values['port'] ?? defaultPort);
    const scale = Number(call.values['scale'] ?? defaultScale);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--port');
    if (!(scale >= 0.0005 && scale <= 1)) throw new UsageError('--scale 0.0005–1');
    const door = doorOf(call);
    const server = await call.session.server();
    if (server.note !== undefined) call.say(server.note);
    await deskFor(call);
    await prepare(call, scale);
    const house = await call.house();
    const accounts = await demoAccounts(call, house);
    const sender = senderOf(process.env);
    const settings = providerSettings(process.env);
    const { log } = call.session;
    const provider = settings === null ? undefined : new Provider(settings, log);
    const open = await serve({ ...door, house, port, log, provider });
    const endDelivery = startDelivery(house, sender, log);
    const unseal = keepSealed(house, rootsFile(call.session.folder, house.city.code));
    const unwatch = supervise(server, log, call.say);
    const local = `${door.tls === undefined ? 'http' : 'https'}://localhost:${open.port}`;
    call.say(welcome(house, local, accounts, call.language));
    if (inTheClear(door)) call.say(clearWarning);
    await call.untilStopped();
    await unwatch();
    await unseal();
    await endDelivery();
    await open.close();
    return { json: { port: open.port, stopped: true }, text: '' };
  },
};

/** The pages for employers and persons are served also when the clerks' desk cannot be built. */
async function deskFor(call: CliCall): Promise<void> {
  try {
    await prepareDesk();
  } catch (error) {
    if (!(error instanceof MindunError)) throw error;
    call.say({
      zh: `${error.text('zh')}。${error.mend('zh')}`,
      en: `${error.text('en')}. ${error.mend('en')}`,
    });
  }
}

type Door = Pick<ServeOptions, 'host' | 'address' | 'tls' | 'proxies' | 'contact'>;

/** Where and how the pages are served: by options, else by the environment. @throws UsageError; MindunError of `readTlsPair` */
function doorOf(call: CliCall): Door {
  const given = (option: string, variable: string): string | undefined => {
    const value = call.values[option] ?? process.env[variable];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [cert, key] = [call.values['tls-cert'], call.values['tls-key']];
  if ((cert === undefined) !== (key === undefined)) {
    const both = {
      zh: '--tls-cert 和 --tls-key 要一起写',
      en: '--tls-cert and --tls-key go together',
    };
    throw new UsageError(both[call.language]);
  }
  const named = given('trusted-proxy', 'MINDUN_TRUSTED_PROXY');
  const proxies = named === undefined ? undefined : Proxies.parse(named);
  if (proxies === null) throw new UsageError(`--trusted-proxy ${named}`);
  const contact = given('security-contact', 'MINDUN_SECURITY_CONTACT');
  if (contact !== undefined && !isContact(contact))
    throw new UsageError(`--security-contact ${contact}`);
  const host = call.values['host'];
  return {
    ...(typeof host === 'string' ? { host } : {}),
    address: publicAddress(),
    tls: cert === undefined ? undefined : readTlsPair(String(cert), String(key)),
    proxies,
    contact,
  };
}

/** Whether others than this machine reach the pages with nothing that is known to encrypt in between. */
function inTheClear({ host, tls, proxies }: Door): boolean {
  const own = host === undefined || /^(localhost|127\..*|::1)$/.test(host);
  return !own && tls === undefined && proxies === undefined;
}

const clearWarning: Text = {
  zh: '注意：别的机器可以连到这些网页，而传输没有加密，密码会明文经过网络。请加 --tls-cert 和 --tls-key，或者放在代理后面（docs/operating/web.md）。',
  en: 'Beware: other machines reach these pages, and nothing is encrypted: passwords cross the network in the clear. Add --tls-cert and --tls-key, or stand behind a proxy (docs/operating/web.md).',
};

/** Where the public reaches the pages (MINDUN_ADDRESS), without a slash at its end. @throws UsageError */
function publicAddress(): string | undefined {
  const given = process.env['MINDUN_ADDRESS'] ?? '';
  if (given === '') return undefined;
  if (!/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/.test(given)) throw new UsageError('MINDUN_ADDRESS');
  return given.replace(/\/+$/, '');
}

/**
 * An empty store gets the simulated city with its first three months; a build that was cut off goes on where it stood; what
 * stands is brought to this version.
 */
async function prepare(call: CliCall, scale: number): Promise<void> {
  const { connection } = await call.session.server();
  await migrateAll(connection);
  const mark = path.join(call.session.folder, 'building.json');
  const begun = existsSync(mark);
  if (!begun && (await citiesOf(connection)).length > 0) return;
  if (!begun) {
    mkdirSync(call.session.folder, { recursive: true });
    writeFileSync(mark, JSON.stringify({ scale }));
  }
  const asked = (JSON.parse(readFileSync(mark, 'utf8')) as { scale: number }).scale;
  call.say({
    zh: `正在建一座模拟城市（真实规模的 ${asked} 倍），运行 2008年1月到3月…`,
    en: `Building a simulated city (${asked} of the real size) and running January to March 2008…`,
  });
  await buildSimulation(call, { seed: 1, scale: asked, from: monthOfPeriod(200801), months: 3 });
  rmSync(mark);
}

async function demoAccounts(call: CliCall, house: House): Promise<readonly DemoAccount[]> {
  if (house.city.kind === 'live') return [];
  const answer = (await call.execute('city.open-demo-accounts', {})) as { accounts: DemoAccount[] };
  return answer.accounts;
}

function welcome(
  house: House,
  address: string,
  accounts: readonly DemoAccount[],
  language: CliCall['language'],
) {
  const rows = accounts.map((a) => [a.name, a.login, a.password]);
  const head = { zh: ['账号', '登录名', '密码'], en: ['account', 'log-in', 'password'] }[language];
  const logins = rows.length === 0 ? '' : `\n${table(head, rows)}\n`;
  return {
    zh: `${house.city.name.zh} 民盾已打开。\n  单位和个人：${address}/\n  经办工作台：${address}/desk\n${
      rows.length === 0 ? '' : `演示账号（密码只显示这一次）：${logins}`
    }按 Ctrl-C 停止。`,
    en: `Mindun serves ${house.city.name.en}.\n  employers and persons: ${address}/\n  clerks' desk: ${address}/desk\n${
      rows.length === 0 ? '' : `Demo log-ins (passwords are shown this once):${logins}`
    }Ctrl-C stops.`,
  };
}

export const startCommands: readonly CliCommand[] = [start];
