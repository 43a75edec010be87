import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../src/doors/http/app.ts';
import { readKey } from '../../src/engines/access/index.ts';
import { type Caller, type House, openLog } from '../../src/kernel/index.ts';
import type { KeyRow, NewLogin } from '../../src/services/accounts/index.ts';
import { citizen, organisation, refusal, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { Visitor } from './visitor.ts';

const browser = await openBrowser();
const shots = process.env['MINDUN_SHOTS'];
const folder = mkdtempSync(path.join(tmpdir(), 'mindun-keys-'));
const logFile = path.join(folder, 'mindun.log');
const a = organisation(191);
const b = organisation(192);
const worker = { a: citizen(191), b: citizen(192) };
const month = '2008-01';
const password = 'four unrelated words';
const all = { 'handler-roster': '1', 'handler-bills': '1', 'handler-certificates': '1' };
let site: Site;
let owner: pg.Client;
let principal: Visitor;
let theirs: string;

async function openPrincipal(employer: string, login: string): Promise<Visitor> {
  const made = await site.city.run<NewLogin>('access.account.open', {
    kind: 'employer',
    employer,
    principal: true,
    login,
    reason: '持营业执照到窗口',
  });
  const visitor = new Visitor(site);
  await visitor.signIn(login, made.password);
  await visitor.get('/password');
  const present = made.password;
  await visitor.send('/password', { present, next: password, again: password });
  return visitor;
}

beforeAll(async () => {
  site = await openSite('2008-01-05T09:00', { log: openLog(logFile) });
  const { city } = site;
  for (const [code, name, number] of [
    [a, '湘江铸造厂', worker.a],
    [b, '蒸水纺织厂', worker.b],
  ] as const) {
    await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 1 });
    const content = roster(month, [{ number, wage: '2000' }]);
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  theirs = (await city.run<{ employer: string }>('insurance.employer', { employer: b })).employer;
  principal = await openPrincipal(a, 'wang');
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400,public' });
  await owner.connect();
});
afterAll(async () => {
  await browser?.close();
  await owner?.end();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly code: string;
}
async function ask(
  key: string,
  where: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const answer = await fetch(`${site.base}/api/v1/${where}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...headers },
  });
  const text = await answer.text();
  const { errors } = JSON.parse(text) as { errors?: { code: string }[] };
  return { status: answer.status, text, code: errors?.[0]?.code ?? 'done' };
}
const months = `insurance/months?employer=${a}`;
const shown = (): string => /<code>(mk_[\w-]{43})<\/code>/.exec(principal.page)?.[1] ?? '';
async function make(name: string, fields: Readonly<Record<string, string>> = all): Promise<string> {
  await principal.get('/employer/keys');
  await principal.send('/employer/keys', { name, until: '2008-12-31', ...fields });
  return shown();
}
async function rowOf(name: string): Promise<KeyRow> {
  const { rows } = (await principal.call('/api/v1/access/keys', {})) as { rows: KeyRow[] };
  return rows.find((r) => r.name === name)!;
}
async function press(act: 'rotate' | 'end', name: string): Promise<string> {
  const { id } = await rowOf(name);
  await principal.get('/employer/keys');
  await principal.send(`/employer/keys/${act}`, { key: id });
  return shown();
}

describe('an API key', () => {
  it('is shown once, and the store has its hash alone', async () => {
    const key = await make('薪酬软件');
    expect(key).toHaveLength(46);
    const { page } = await principal.get('/employer/keys');
    expect([page.includes(key.slice(0, 9)), page.includes(key)]).toEqual([true, false]);
    const { rows } = await owner.query(
      'select * from api_key k join account c on c.id = k.account_id',
    );
    const acts = await owner.query('select * from act left join act_answer n on n.act = act.id');
    expect(JSON.stringify([rows, acts.rows])).not.toContain(key.slice(9));
    expect(rows[0].password_hash).toBeNull();
    // Nobody signs in to its account, and no window gives it a password.
    const login = rows[0].login as string;
    const reset = site.city.run('access.account.reset', { login, reason: '测试' });
    expect(await refusal(reset)).toBe('unknown-account');
  });

  it('does what its parts are, states the own matter by itself, and shows when it was last used', async () => {
    const key = await make('用过的', { 'handler-roster': '1' });
    expect((await rowOf('用过的')).usedAt).toBeNull();
    expect((await ask(key, months)).status).toBe(200);
    const content = roster(month, [{ number: worker.a, wage: '2100' }]);
    const declared = { employer: a, month, full: true, content };
    expect(await ask(key, 'insurance/declare', declared)).toMatchObject({ status: 200 });
    expect((await rowOf('用过的')).usedAt).toMatch(/^20\d\d-/);
    await principal.get(`/employer/handlers/${(await rowOf('用过的')).account}`);
    expect(principal.page).toContain('申报');
    expect((await principal.get('/employer/handlers')).page).not.toContain('用过的');
    const trail = await owner.query(
      `select purpose from act join account on account.id = account_id where name = '用过的'`,
    );
    expect(trail.rows).toEqual([{ purpose: 'own-matter' }]);
    for (const where of [
      `insurance/bills?employer=${a}`,
      `insurance/certificates?employer=${a}`,
      'access/sessions',
      'access/keys',
      'access/handlers',
      `insurance/record?person=${worker.a}`,
    ])
      expect([where, (await ask(key, where)).code]).toEqual([where, 'not-permitted']);
    const change = { present: password, next: 'another four words' };
    expect((await ask(key, 'access/account/change-password', change)).code).toBe('not-permitted');
  });

  it('of one employer never reads another', async () => {
    const key = await make('只看自己');
    for (const employer of [b, theirs]) {
      for (const where of ['months', 'bills', 'certificates', 'uploads', 'employer'])
        expect([where, (await ask(key, `insurance/${where}?employer=${employer}`)).code]).toEqual([
          where,
          'unknown-employer',
        ]);
      const content = roster(month, [{ number: worker.b, wage: '1' }]);
      const write = { employer, month, full: true, content };
      expect((await ask(key, 'insurance/declare', write)).code).toBe('unknown-employer');
      const paper = { employer, from: month, to: month };
      expect((await ask(key, 'insurance/certificate/issue', paper)).code).toBe('unknown-employer');
    }
    const other = await openPrincipal(b, 'zhou');
    const { id } = await rowOf('只看自己');
    for (const act of ['rotate', 'end'])
      expect(await other.call(`/api/v1/access/key/${act}`, { key: id })).toMatchObject({
        errors: [{ code: 'unknown-key' }],
      });
    expect(await other.call('/api/v1/access/keys', {})).toEqual({ rows: [] });
  });

  it('goes never with a session, and weakens no check of one', async () => {
    const key = await make('不带登录');
    const cookie = [...principal.cookies].map(([n, v]) => `${n}=${v}`).join('; ');
    for (const body of [undefined, { employer: a }])
      expect((await ask(key, 'insurance/months', body, { Cookie: cookie })).code).toBe(
        'key-with-session',
      );
    const cross = { 'Sec-Fetch-Site': 'cross-site' };
    expect((await ask(key, 'insurance/months', { employer: a }, cross)).status).toBe(200);
    const forged = await fetch(`${site.base}/api/v1/insurance/months`, {
      method: 'POST',
      body: JSON.stringify({ employer: a }),
      headers: { ...cross, 'Content-Type': 'application/json', Cookie: cookie },
    });
    expect([forged.status, await forged.text()]).toEqual([
      403,
      expect.stringContaining('form-stale'),
    ]);
    // Signing in has no use for it, and the pages neither.
    expect((await ask(key, 'access/me')).code).toBe('sign-in-needed');
    const page = await fetch(`${site.base}/employer`, {
      headers: { Authorization: `Bearer ${key}` },
      redirect: 'manual',
    });
    expect(page.status).toBe(303);
  });

  it('is refused what takes somebody who proves himself', async () => {
    const key = await make('不能付款');
    const [actor] = await readKey(site.city.house.store, key, '192.0.2.9', async () => null);
    const caller: Caller = {
      actor: { ...actor, permissions: new Set(['*']) },
      purpose: 'own-matter',
      language: 'zh',
    };
    const create = { name: 'x', parts: ['handler-bills'], until: '2008-02-01' };
    expect(await refusal(site.city.run('access.key.create', create, caller))).toBe('not-for-keys');
  });

  it('is rotated with a week in which both work, and ended at once', async () => {
    const first = await make('更换的');
    const second = await press('rotate', '更换的');
    expect(principal.page).toContain('原来的密钥还能用 7 天');
    for (const key of [first, second]) expect((await ask(key, months)).status).toBe(200);
    expect((await rowOf('更换的')).prefix).toBe(second.slice(0, 9));
    await owner.query(
      "update api_key set former_until = former_until - interval '7 days 1 minute'",
    );
    expect((await ask(first, months)).code).toBe('key-refused');
    const third = await press('rotate', '更换的');
    const fourth = await press('rotate', '更换的');
    const said = await Promise.all([second, third, fourth].map((key) => ask(key, months)));
    expect(said.map((s) => s.status)).toEqual([401, 200, 200]);
    await press('end', '更换的');
    for (const key of [third, fourth]) expect((await ask(key, months)).code).toBe('key-refused');
    expect(await rowOf('更换的')).toMatchObject({ state: 'ended' });
  });

  it('lasts a year at most', async () => {
    for (const until of ['2009-01-05', '2008-01-04', '明年']) {
      expect(await make('太久', { ...all, until })).toBe('');
      expect(principal.page).toContain('id="until-fault"');
    }
    expect(await make('没有内容', {})).toBe('');
    expect(principal.page).toContain('id="parts-fault"');
  });

  it('wrong ones are held up by address, while right keys and passwords go on', async () => {
    const key = await make('对的');
    await owner.query('delete from sign_in_address');
    const said: string[] = [];
    for (let i = 0; i < 32; i += 1) said.push((await ask(`mk_wrong${i}`, months)).code);
    expect(said.filter((s) => s === 'key-refused')).toHaveLength(30);
    expect(said.slice(30)).toEqual(['address-throttled', 'address-throttled']);
    expect((await ask(key, months)).status).toBe(200);
    const visitor = new Visitor(site);
    await visitor.signIn('wang', password);
    expect(visitor.status).toBe(303);
    await owner.query('delete from sign_in_address');
  });

  it('stands in no line of the log, not even in that of a fault', async () => {
    const key = await make('日志');
    const log = openLog(logFile);
    const failing = Object.create(site.city.house, {
      call: { value: () => Promise.reject(new Error(`no row for ${key}`)) },
    }) as House;
    const app = makeApp({ house: failing, log, version: '0', address: () => site.base });
    const headers = { Authorization: `Bearer ${key}` };
    const answer = await app.request(`/api/v1/${months}`, { headers });
    expect([answer.status, (await answer.text()).includes(key)]).toEqual([500, false]);
    const text = readFileSync(logFile, 'utf8');
    expect([text.includes('fault'), text.includes('mk_')]).toEqual([true, false]);
  });

  it('is told in the interface’s own document', async () => {
    const { components, security, paths } = (await (
      await fetch(`${site.base}/api/v1/openapi.json`)
    ).json()) as {
      components: { securitySchemes: Record<string, object> };
      security: object[];
      paths: Record<string, Record<string, { security?: object[] }>>;
    };
    expect(components.securitySchemes['key']).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(security).toEqual([{ session: [] }, { key: [] }]);
    expect(paths['/api/v1/access/me']!['get']!.security).toEqual([{ session: [] }]);
  });

  it.skipIf(browser === null)('has a page that is legible on both screens', async () => {
    const context = await browser!.newContext({ locale: 'zh-CN' });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const isSound = async (name: string) => {
      for (const [width, height] of [
        [1366, 768],
        [390, 844],
      ] as const) {
        await page.setViewportSize({ width, height });
        if (shots !== undefined)
          await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect([name, width, wide <= width]).toEqual([name, width, true]);
        expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
      }
    };
    await page.goto(`${site.base}/sign-in?next=/employer/keys`);
    await page.getByLabel('登录名').fill('wang');
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByLabel('给哪个软件用').fill('新软件');
    await isSound('keys');
    await page.getByRole('checkbox', { name: /缴费单/ }).check();
    await page.getByLabel('用到哪一天').fill('2008-06-30');
    await page.getByRole('button', { name: '开密钥' }).press('Enter');
    await page.getByRole('heading', { name: '新密钥' }).waitFor();
    await isSound('keys-told');
    await context.close();
  });

  it('stops after its last day, and with the account of who made it', async () => {
    const [short, long] = [await make('短的', { ...all, until: '2008-01-06' }), await make('长的')];
    await site.city.clock('2008-01-06T23:00');
    expect((await ask(short, months)).status).toBe(200);
    await site.city.clock('2008-01-07T00:00');
    expect((await ask(short, months)).code).toBe('key-refused');
    expect((await rowOf('短的')).state).toBe('over');
    expect((await ask(long, months)).status).toBe(200);
    await site.city.run('access.account.end', { login: 'wang', reason: '换了负责人' });
    expect((await ask(long, months)).code).toBe('key-refused');
    principal = await openPrincipal(a, 'new-principal');
    expect((await rowOf('长的')).state).toBe('void');
    await press('end', '长的');
    expect((await rowOf('长的')).state).toBe('ended');
  });
});
