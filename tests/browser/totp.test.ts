import { generate } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const password = 'four unrelated words';
const whole = [430_400_000_000, 430_499_999_999] as const;
let site: Site;
let owner: pg.Client;
let secret = '';
let recovery: string[] = [];

beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  for (const login of ['clerk', 'other'])
    await staffAccount(site.city, { login, name: login, password }, 'collection-clerk', whole);
  owner = new pg.Client({
    ...site.city.server.connection,
    options: '-c search_path=c430400,public',
  });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await site?.close();
});

/** A code of the app, so many steps from now. */
const codeAt = (steps: number) =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
/** As if the last code had been taken in an earlier step. */
const waitSteps = () => owner.query('update totp set last_step = last_step - 5');
const sessions = async (): Promise<number> =>
  Number((await owner.query('select count(*) as n from session where ended is null')).rows[0].n);
const codesOf = (page: string) => page.match(/[0-9A-Z]{5}-[0-9A-Z]{5}/g) ?? [];

it('is begun, shown as a square and as text, and counts once a first code is given', async () => {
  const clerk = new Visitor(site);
  await clerk.signIn('clerk', password);
  await clerk.get('/account/totp');
  await (await clerk.send('/account/totp/begin', {})).follow();
  secret = /<code>([A-Z2-7 ]+)<\/code>/.exec(clerk.page)![1]!.replaceAll(' ', '');
  expect(secret).toHaveLength(32);
  const form = clerk.page;
  await clerk.get('/account/totp.svg');
  expect([clerk.status, clerk.page.startsWith('<svg')]).toEqual([200, true]);
  // Not confirmed, it is asked for nowhere.
  expect((await new Visitor(site).signIn('clerk', password)).location).toBe('/');
  clerk.page = form;
  await clerk.send('/account/totp/confirm', { code: '000000' });
  expect([clerk.status, clerk.page.includes('动态码不对')]).toEqual([401, true]);
  await clerk.send('/account/totp/confirm', { code: await codeAt(0) });
  recovery = codesOf(clerk.page);
  expect([clerk.status, new Set(recovery).size]).toEqual([200, 10]);
  expect((await clerk.get('/account')).page).toContain('已经开了，还有 10 个恢复码没用');
  expect((await clerk.get('/account/totp.svg')).status).toBe(404);
  const kept = await owner.query("select encode(code_hash, 'hex') as h from recovery_code");
  expect(kept.rows.some((r) => recovery.includes(r.h))).toBe(false);
});

it('stands between the password and a session, and burns with its step', async () => {
  const clerk = new Visitor(site);
  const before = await sessions();
  await clerk.signIn('clerk', password);
  expect([clerk.location, clerk.cookies.has('mindun'), await sessions()]).toEqual([
    '/sign-in/second',
    false,
    before,
  ]);
  expect((await clerk.get('/account')).location).toBe('/sign-in?next=%2Faccount');
  await clerk.get('/sign-in/second');
  // The code by which it was turned on is burnt, and so are those before.
  for (const step of [0, -1]) {
    await clerk.send('/sign-in/second', { code: await codeAt(step) });
    expect([clerk.status, clerk.page.includes('动态码不对，或者已经用过')]).toEqual([401, true]);
  }
  await waitSteps();
  const code = await codeAt(0);
  await clerk.send('/sign-in/second', { code });
  expect([clerk.status, clerk.cookies.has('mindun'), clerk.cookies.has('mindun-half')]).toEqual([
    303,
    true,
    false,
  ]);
  expect((await clerk.get('/account')).page).toContain('密码和动态码');
  const thief = new Visitor(site);
  await (await thief.signIn('clerk', password)).follow();
  await thief.send('/sign-in/second', { code });
  expect([thief.status, thief.cookies.has('mindun')]).toEqual([401, false]);
});

it('gives way to a recovery code, each once', async () => {
  const clerk = new Visitor(site);
  await (await clerk.signIn('clerk', password)).follow();
  await clerk.send('/sign-in/second', { code: recovery[0]!.toLowerCase() });
  expect(clerk.status).toBe(303);
  expect((await clerk.get('/account')).page).toContain('还有 9 个恢复码没用');
  const again = new Visitor(site);
  await (await again.signIn('clerk', password)).follow();
  expect((await again.send('/sign-in/second', { code: recovery[0]! })).status).toBe(401);
});

it('is of the one whose password was right, once, and not for ever', async () => {
  const clerk = new Visitor(site);
  await (await clerk.signIn('clerk', password)).follow();
  const { half } = { half: clerk.cookies.get('mindun-half')! };
  await owner.query("update sign_in_half set expires = expires - interval '6 minutes'");
  await clerk.send('/sign-in/second', { code: recovery[1]! });
  expect([clerk.status, clerk.page.includes('请从登录名和密码重新开始')]).toEqual([401, true]);
  await (await clerk.signIn('clerk', password)).follow();
  clerk.cookies.set('mindun-half', half);
  await clerk.send('/sign-in/second', { code: recovery[1]! });
  expect(clerk.status).toBe(401);
  const stored = await owner.query(
    "select 1 from sign_in_half where encode(token_hash, 'escape') like $1",
    [`%${half}%`],
  );
  expect(stored.rows).toEqual([]);
});

it('holds up guesses for the account, from wherever they come', async () => {
  const tries: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    const thief = new Visitor(site, { 'X-Forwarded-For': `198.51.100.${i}` });
    await (await thief.signIn('clerk', password)).follow();
    await thief.send('/sign-in/second', { code: '123456' });
    tries.push(thief.status);
  }
  expect(tries.at(-1)).toBe(429);
  await owner.query('delete from sign_in_login');
});

it('works by the interface, too', async () => {
  const desk = new Visitor(site);
  expect(await desk.call('/api/v1/access/sign-in', { login: 'clerk', password })).toEqual({
    second: true,
  });
  await waitSteps();
  const code = await codeAt(0);
  expect(await desk.call('/api/v1/access/sign-in/second', { code })).toMatchObject({
    account: { name: 'clerk' },
  });
});

it('is turned off by the password and a code only, and nobody else’s', async () => {
  const clerk = new Visitor(site);
  await (await clerk.signIn('clerk', password)).follow();
  await clerk.send('/sign-in/second', { code: recovery[2]! });
  await clerk.get('/account/totp');
  await clerk.send('/account/totp/renew', {});
  const fresh = codesOf(clerk.page);
  expect(fresh.some((c) => recovery.includes(c))).toBe(false);
  await clerk.get('/account/totp');
  const end = (word: string, code: string) =>
    clerk.send('/account/totp/end', { password: word, 'end-code': code });
  expect((await end('wrong', fresh[0]!)).page).toContain('现在的密码不对');
  expect((await end(password, recovery[3]!)).page).toContain('动态码不对');
  expect((await end(password, fresh[0]!)).location).toBe('/account?done=totp');
  expect((await new Visitor(site).signIn('clerk', password)).location).toBe('/');
  const other = new Visitor(site);
  await other.signIn('other', password);
  await other.get('/account/totp');
  expect((await other.send('/account/totp/renew', {})).status).toBe(404);
});
