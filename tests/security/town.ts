import { inflateRawSync } from 'node:zlib';
import type { Hono } from 'hono';
import { makeApp } from '../../src/doors/http/app.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import { type House, type Log, openLog } from '../../src/kernel/index.ts';
import {
  handlerAccount,
  openSite,
  personAccount,
  type Site,
  staffAccount,
} from '../browser/site.ts';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';

/** One of two who have nothing to do with each other: an employer of a county and an insured person on its roster. */
export interface Party {
  readonly code: string;
  readonly name: string;
  readonly area: string;
  readonly number: string;
  readonly person: string;
}

export const a: Party = {
  code: organisation(1),
  name: '湘江铸造厂',
  area: '430407',
  number: citizen(2),
  person: '张伟民',
};
export const b: Party = {
  code: organisation(2),
  name: '雁城百货商场',
  area: '430405',
  number: citizen(3, '19811119'),
  person: '欧阳秋菊',
};
/** On the roster of `b`, too. */
export const colleague = { number: citizen(5, '19791023'), name: '司徒建国' };
export const month = '2008-01';
export const password = 'a long password';

export type ActorName =
  | 'nobody'
  | 'person'
  | 'employer'
  | 'clerk'
  | 'auditor'
  | 'city-clerk'
  | 'city-accountant';
export const actorNames: readonly ActorName[] = [
  'nobody',
  'person',
  'employer',
  'clerk',
  'auditor',
];
/** Who works for the whole city and may see what is of `b`. */
export const insiders: readonly ActorName[] = ['city-clerk', 'city-accountant'];
const logins: Readonly<Record<Exclude<ActorName, 'nobody'>, string>> = {
  person: a.number,
  employer: a.code,
  clerk: 'clerk-a',
  auditor: 'auditor',
  'city-clerk': 'city-clerk',
  'city-accountant': 'city-accountant',
};

/** What is known of `b`, each as somebody may type it. */
export interface Known {
  readonly employers: readonly string[];
  readonly persons: readonly string[];
  readonly bills: readonly string[];
  readonly orders: readonly string[];
  readonly papers: readonly string[];
  readonly uploads: readonly string[];
  readonly receipts: readonly string[];
  readonly logins: readonly string[];
}

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was answered: its text, of files what is written in them. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
}

export interface Town {
  readonly site: Site;
  readonly app: Hono;
  readonly of: Readonly<Record<'a' | 'b', Known>>;
  readonly cookies: Record<ActorName, string>;
  ask(actor: ActorName, path: string, asked?: Asked): Promise<Answered>;
  signIn(actor: ActorName): Promise<void>;
  rows<T = Record<string, string>>(sql: string): Promise<T[]>;
}

const system: Reach = { role: 'system' };

/** A city with two counties in which `a` and `b` declared, were billed, paid, got papers; and who asks for what is of `b`. */
export async function openTown(log: Log = openLog()): Promise<Town> {
  const site = await openSite('2008-01-05T09:00', { log });
  await history(site);
  await accounts(site);
  const app = openApp(site.city.house, log);
  const rows = <T>(sql: string): Promise<T[]> =>
    site.city.house.store.transaction(system, (tx) => tx.rows(sql)) as Promise<T[]>;
  const cookies: Record<string, string> = { nobody: '' };
  const ids: Record<string, string> = {};
  for (const [actor, login] of Object.entries(logins)) {
    const of = `select public_id as id from account where login = '${login.toLowerCase()}'`;
    ids[actor] = (await rows<{ id: string }>(of))[0]!.id;
  }
  const ask = (actor: ActorName, path: string, asked: Asked = {}): Promise<Answered> =>
    askIn(app, path, asked, cookies[actor]!, actor);
  const town: Town = {
    site,
    app,
    of: { a: await known(rows, a), b: await known(rows, b) },
    cookies: cookies as Town['cookies'],
    ask,
    rows,
    signIn: async (actor) => {
      if (actor === 'nobody') return;
      // Guesses before, and a number that was corrected, do not keep him out.
      await rows('delete from sign_in_login');
      await rows('delete from sign_in_address');
      const [account] = await rows<{ login: string }>(
        `select login from account where public_id = '${ids[actor]}'`,
      );
      const body = { login: account!.login, password };
      cookies[actor] = '';
      const answer = await ask(actor, '/api/v1/access/sign-in', { body });
      if (answer.status !== 200) throw new Error(`${actor}: ${answer.text}`);
      cookies[actor] = answer.headers.getSetCookie()[0]!.split(';')[0]!;
    },
  };
  for (const actor of [...actorNames, ...insiders]) await town.signIn(actor);
  return town;
}

/** The application in this process. */
export function openApp(house: House, log: Log = openLog()): Hono {
  return makeApp({ house, log, version: 'test', address: () => 'https://rs.example' });
}

/** Every address that takes a POST, as the router itself lists them; with something in the place of parameters. */
export function postRoutes(app: Hono): readonly string[] {
  const paths = app.routes.filter((r) => r.method === 'POST').map((r) => r.path);
  return [...new Set(paths)].map((p) => p.replace(':month', month).replaceAll(/:\w+/g, 'x'));
}

/** As the server would hand it over: in this process, from an address of the actor's own. */
async function askIn(
  app: Hono,
  path: string,
  { method, body, headers = {} }: Asked,
  cookie: string,
  actor: ActorName,
): Promise<Answered> {
  const peer = `10.0.0.${[...actorNames, ...insiders].indexOf(actor) + 1}`;
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : json(body);
  const answer = await app.request(
    path,
    {
      method: method ?? (sent === undefined ? 'GET' : 'POST'),
      headers: {
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(cookie === '' ? {} : { Cookie: cookie }),
        ...headers,
      },
      ...(sent === undefined ? {} : { body: sent }),
    },
    { incoming: { socket: { remoteAddress: peer } } },
  );
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('Content-Type') ?? '';
  return { status: answer.status, type, text: written(bytes), headers: answer.headers };
}

/** The same over a connection. */
export async function overSocket(
  town: Town,
  actor: ActorName,
  path: string,
  { method, body, headers = {} }: Asked = {},
): Promise<Answered> {
  const cookie = town.cookies[actor];
  const sent = body === undefined ? undefined : typeof body === 'string' ? body : json(body);
  const answer = await fetch(`${town.site.base}${path}`, {
    method: method ?? (sent === undefined ? 'GET' : 'POST'),
    headers: {
      ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(cookie === '' ? {} : { Cookie: cookie }),
      ...headers,
    },
    redirect: 'manual',
    ...(sent === undefined ? {} : { body: sent }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get('Content-Type') ?? '';
  return { status: answer.status, type, text: written(bytes), headers: answer.headers };
}

function json(body: unknown): string {
  return JSON.stringify(body);
}

/** What is written in an answer; of a workbook in its parts. */
function written(bytes: Buffer): string {
  if (bytes.subarray(0, 4).toString('latin1') !== 'PK\x03\x04') return bytes.toString('utf8');
  let text = '';
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (bytes.subarray(at, at + 4).toString('latin1') === 'PK\x01\x02') {
    const packed = bytes.readUInt32LE(at + 20);
    const from = bytes.readUInt32LE(at + 42);
    const start = from + 30 + bytes.readUInt16LE(from + 26) + bytes.readUInt16LE(from + 28);
    const part = bytes.subarray(start, start + packed);
    text += bytes.readUInt16LE(at + 10) === 8 ? inflateRawSync(part).toString() : part.toString();
    const [name, extra, comment] = [28, 30, 32].map((n) => bytes.readUInt16LE(at + n));
    at += 46 + name! + extra! + comment!;
  }
  return text;
}

async function history({ city }: Site): Promise<void> {
  for (const { code, name, area, number, person } of [a, b]) {
    await city.run('registry.employer.register', { code, name, area, injuryClass: 1 });
    const rating = { employer: code, kind: 'size', value: 'small', from: month };
    await city.run('insurance.rate-employer', { ...rating, document: '认定书' });
    const more = code === b.code ? [{ ...colleague, wage: '2100' }] : [];
    const content = roster(month, [{ number, wage: '2000', name: person }, ...more]);
    // A name that would end the header in which a file goes out again.
    const fileName = '"; filename=x.exe\r\nSet-Cookie: a=b\r\n\r\n名.xlsx';
    await city.run('insurance.upload', { employer: code, month, full: true, content, fileName });
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  await city.run('insurance.assess', { month });
  await city.clock('2008-01-20T09:00');
  const receipts = ['000001', '000002'].map((n, i) => ({
    on: '2008-01-19',
    reference: `RCPT-${i === 0 ? 'A' : 'B'}-77`,
    payer: i === 0 ? a.name : b.name,
    bill: `衡社缴〔2008〕${n}`,
    amount: '333.33',
  }));
  const unnamed = { on: '2008-01-19', reference: 'RCPT-B-88', payer: b.name, amount: '5.00' };
  await city.run('insurance.collect', { content: bankFile([...receipts, unnamed]) });
  await city.run('insurance.credit', { month });
  const range = { from: month, to: month };
  for (const { code, number } of [a, b]) {
    await city.run('insurance.certificate.issue', { employer: code, ...range });
    await city.run('insurance.certificate.issue', { person: number, ...range });
    await city.run('insurance.bill.print', { employer: code, month });
  }
  await city.clock('2008-02-20T09:00');
  for (const { code } of [a, b]) {
    const { rows } = await city.run<{ rows: { number: string }[] }>('insurance.bills', {
      employer: code,
    });
    const order = { bill: rows[0]!.number, payBy: '2008-03-05', reason: '逾期未缴' };
    await city.run('insurance.order-payment', order);
  }
}

async function accounts({ city }: Site): Promise<void> {
  await handlerAccount(city, a.code, { login: a.code, name: a.name, password });
  await handlerAccount(city, b.code, { login: b.code, name: b.name, password });
  await personAccount(city, a.number, { login: a.number, name: a.person, password });
  await personAccount(city, b.number, { login: b.number, name: b.person, password });
  const county = [430_407_000_000, 430_407_999_999] as const;
  const clerk = { login: logins.clerk, name: '陈静', password };
  await staffAccount(city, clerk, 'collection-clerk', county);
  const whole = [430_400_000_000, 430_499_999_999] as const;
  const auditor = { login: logins.auditor, name: '审计员', password };
  await staffAccount(city, auditor, 'auditor', whole);
  for (const [login, role] of [
    ['city-clerk', 'collection-clerk'],
    ['city-accountant', 'fund-accountant'],
  ] as const)
    await staffAccount(city, { login, name: login, password }, role, whole);
}

async function known(
  rows: <T = Record<string, string>>(sql: string) => Promise<T[]>,
  party: Party,
): Promise<Known> {
  const employer = `(select employer_id from employer_code where code = '${party.code}')`;
  const numbers = party === b ? [party.number, colleague.number] : [party.number];
  const person = `(select person_id from person_fact where number in ('${numbers.join("','")}'))`;
  const list = async (sql: string): Promise<string[]> =>
    (await rows<Record<string, string>>(sql)).flatMap((row) => Object.values(row));
  return {
    employers: [
      party.code,
      ...(await list(`select public_id from employer where id = ${employer}`)),
    ],
    persons: [...numbers, ...(await list(`select public_id from person where id in ${person}`))],
    bills: await list(`select public_id, number from bill where employer_id = ${employer}`),
    orders: await list(`select public_id, number from pay_order where employer_id = ${employer}`),
    papers: await list(
      `select code from certificate where employer_id = ${employer} or person_id in ${person}`,
    ),
    uploads: await list(
      `select public_id from upload where employer_id = ${employer}
       union all select public_id from declaration where employer_id = ${employer}`,
    ),
    receipts: await list(
      `select public_id, reference from receipt where reference like 'RCPT-${party === b ? 'B' : 'A'}-%'`,
    ),
    logins: [
      party.code,
      party.number,
      ...(await list(
        `select public_id from account where employer_id = ${employer} or person_id in ${person}`,
      )),
    ],
  };
}

/** Everything by which one of `b` could be known again. */
export function identityOfB(town: Town, who: ActorName): readonly string[] {
  const { of } = town;
  if (insiders.includes(who)) return [];
  const persons = [...of.b.persons, b.person, colleague.name];
  // The auditor audits every employer's books; persons are none of his business.
  if (who === 'auditor') return persons;
  return [...new Set([...persons, b.name, ...Object.values(of.b).flat()])];
}

/** What an answer tells of `b` that was not in the question itself. */
export function told(
  town: Town,
  who: ActorName,
  answer: Answered,
  question: string,
): readonly string[] {
  return identityOfB(town, who).filter((s) => answer.text.includes(s) && !question.includes(s));
}
