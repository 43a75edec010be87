import pg from 'pg';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import { openBrowser } from './browser.ts';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const browser = await openBrowser();
const password = 'four unrelated words';
const whole = [430_400_000_000, 430_499_999_999] as const;
let site: Site;
let base: string;
let owner: pg.Client;

beforeAll(async () => {
  await prepareDesk();
  site = await openSite('2008-01-05T09:00');
  // Passkeys belong to a name, not to a network address.
  base = site.base.replace('127.0.0.1', 'localhost');
  for (const login of ['clerk', 'other'])
    await staffAccount(site.city, { login, name: login, password }, 'collection-clerk', whole);
  owner = new pg.Client({
    ...site.city.server.connection,
    options: '-c search_path=c430400,public',
  });
  await owner.connect();
});
afterAll(async () => {
  await browser?.close();
  await owner?.end();
  await site?.close();
});

interface Device {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
}

/** A browser whose device has a finger for its owner. */
async function open(): Promise<Device> {
  const context = await browser!.newContext({ locale: 'zh-CN' });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { page, cdp, authenticatorId };
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto(`${base}/sign-in`);
  await page.getByLabel('登录名').fill(login);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL(`${base}/`);
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${base}/account`);
  await page.getByRole('navigation').getByRole('button', { name: '退出', exact: true }).click();
  await page.waitForURL(`${base}/`);
}

const byPasskey = (page: Page) => page.getByRole('button', { name: '用通行密钥登录' });
const way = async () =>
  (await owner.query('select way from session where ended is null order by id desc limit 1'))
    .rows[0]?.way;

describe.skipIf(browser === null)('a passkey', () => {
  let device: Device;

  it('is registered by who is signed in, and signs in without a password', async () => {
    device = await open();
    const { page } = device;
    const complaints: string[] = [];
    page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
    await signIn(page, 'clerk');
    await page.goto(`${base}/account`);
    await page.getByLabel('名称').fill('办公室电脑');
    await page.getByRole('button', { name: '登记这台设备' }).click();
    await page.getByText('通行密钥登记好了').waitFor();
    await page.getByRole('cell', { name: '还没有用过' }).waitFor();
    await signOut(page);
    await page.goto(`${base}/sign-in?next=%2Faccount`);
    await byPasskey(page).click();
    await page.waitForURL(`${base}/account`);
    expect(await way()).toBe('passkey');
    expect(await page.getByRole('cell', { name: '还没有用过' }).count()).toBe(0);
    await signOut(page);
    expect(complaints).toEqual([]);
  });

  it('signs in at the desk, too', async () => {
    const { page } = device;
    await page.goto(`${base}/desk`);
    await byPasskey(page).click();
    await page.getByRole('link', { name: '账号与安全' }).click();
    await page.getByText('通行密钥：1 个').waitFor();
    await page.getByRole('button', { name: '退出', exact: true }).first().click();
    await byPasskey(page).waitFor();
  });

  it('is refused when its count goes back: somebody has a copy', async () => {
    const { page } = device;
    await owner.query('update passkey set counter = counter + 100');
    await page.goto(`${base}/sign-in`);
    await byPasskey(page).click();
    await page.getByRole('alert').getByText('这个通行密钥没有通过').waitFor();
    await owner.query('update passkey set counter = counter - 100');
  });

  it('signs a challenge of ours once; another site’s and a repeated one are refused', async () => {
    const { page } = device;
    await page.goto(`${base}/sign-in`);
    let sent = '';
    await page.route('**/sign-in/passkey', (route) => {
      sent = route.request().postData() ?? '';
      return route.continue();
    });
    await byPasskey(page).click();
    await page.waitForURL(`${base}/`);
    const again = new Visitor(site);
    const refused = { errors: [{ code: 'passkey-refused' }] };
    expect(await again.call('/api/v1/access/sign-in/passkey', JSON.parse(sent))).toMatchObject(
      refused,
    );
    expect(again.cookies.has('mindun')).toBe(false);
    // The same answer under a challenge that is open, as it would come from another site.
    const body = JSON.parse(sent) as { answer: { response: { clientDataJSON: string } } };
    const options = (await again.call('/api/v1/access/sign-in/passkey-options', {})) as {
      challenge: string;
    };
    const client = JSON.parse(
      Buffer.from(body.answer.response.clientDataJSON, 'base64url').toString(),
    ) as object;
    for (const origin of [base, 'https://shebao.example']) {
      const forged = JSON.stringify({ ...client, challenge: options.challenge, origin });
      body.answer.response.clientDataJSON = Buffer.from(forged).toString('base64url');
      expect(await again.call('/api/v1/access/sign-in/passkey', body)).toMatchObject(refused);
    }
    for (const answer of [null, {}, 'x', { id: 'x', response: { clientDataJSON: '%' } }])
      expect(await again.call('/api/v1/access/sign-in/passkey', { answer })).toMatchObject(refused);
  });

  it('is removed by its owner and by nobody else, and then signs nobody in', async () => {
    const { page } = device;
    const { rows } = await owner.query('select public_id as passkey from passkey');
    const other = new Visitor(site);
    await other.signIn('other', password);
    expect(await other.call('/api/v1/access/passkey/remove', rows[0])).toMatchObject({
      errors: [{ code: 'passkey-missing' }],
    });
    await page.goto(`${base}/account`);
    await page.getByRole('button', { name: '去掉' }).click();
    await page.getByText('通行密钥去掉了').waitFor();
    await signOut(page);
    await page.goto(`${base}/sign-in`);
    await byPasskey(page).click();
    await page.getByRole('alert').getByText('这个通行密钥没有通过').waitFor();
    await page.context().close();
  });
});

it('is offered only by a page with its script, which no page has that needs none', async () => {
  const visitor = new Visitor(site);
  await visitor.get('/sign-in');
  const script = /src="(\/static\/passkey\.[0-9a-f]{12}\.js)"/.exec(visitor.page)![1]!;
  expect(visitor.page).toContain('hidden="" data-passkey="sign-in"');
  const answer = await fetch(`${site.base}/sign-in`);
  expect(answer.headers.get('Content-Security-Policy')).toMatch(
    /script-src 'self'; connect-src 'self'$/,
  );
  expect((await visitor.get(script)).status).toBe(200);
  const home = await fetch(`${site.base}/`);
  expect(home.headers.get('Content-Security-Policy')).not.toContain('script-src');
});
