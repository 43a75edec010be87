import http from 'node:http';
import net from 'node:net';
import OidcProvider from 'oidc-provider';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Provider, providerSettings } from '../../src/engines/access/index.ts';
import { openLog } from '../../src/kernel/index.ts';
import { refusal } from '../city/harness.ts';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const password = 'four unrelated words';
const whole = [430_400_000_000, 430_499_999_999] as const;
const client = { client: 'mindun', secret: 'a secret of the provider and ours' };
let site: Site;
let owner: pg.Client;
let sso: { server: http.Server; issuer: string };
/** Who signs in at the provider. */
let who = 'clerk';

async function freePort(): Promise<number> {
  const probe = net.createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as net.AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

/** A real provider on this machine; whoever comes to its page is signed in as `who`. */
async function openProvider(port: number, back: string): Promise<typeof sso> {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new OidcProvider(issuer, {
    clients: [{ client_id: client.client, client_secret: client.secret, redirect_uris: [back] }],
    claims: { openid: ['sub'], profile: ['staff_number'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...(id === 'nameless' ? {} : { staff_number: id }) }),
    }),
    interactions: { url: () => '/interaction' },
    async loadExistingGrant(context: {
      oidc: { client: { clientId: string }; session: { accountId: string } };
    }) {
      const { oidc } = context;
      const grant = new provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const server = http.createServer((request, response) => {
    if (request.url?.startsWith('/interaction'))
      void provider.interactionFinished(request, response, { login: { accountId: who } });
    else answer(request, response);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return { server, issuer };
}

beforeAll(async () => {
  const port = await freePort();
  const settings = { issuer: `http://127.0.0.1:${port}`, ...client, claim: 'staff_number' };
  site = await openSite('2008-01-05T09:00', {
    provider: new Provider(settings, openLog()),
  });
  for (const login of ['clerk', 'ended', 'other'])
    await staffAccount(site.city, { login, name: login, password }, 'collection-clerk', whole);
  owner = new pg.Client({
    ...site.city.server.connection,
    options: '-c search_path=c430400,public',
  });
  await owner.connect();
  await owner.query("update account set ended = clock_timestamp() where login = 'ended'");
  // Nobody listens there yet: it must be found once it does.
  const early = await new Visitor(site).get('/sign-in/provider');
  expect([early.status, early.page.includes('统一登录现在连不上')]).toEqual([503, true]);
  const back = `${site.base.replace('127.0.0.1', 'localhost')}/sign-in/provider/callback`;
  sso = await openProvider(port, back);
}, 60_000);
afterAll(async () => {
  sso?.server.closeAllConnections();
  sso?.server.close();
  await owner?.end();
  await site?.close();
});
beforeEach(async () => {
  who = 'clerk';
  await owner.query('delete from sign_in_address');
});

/** Goes through the provider's pages with a browser's cookies; answers the address by which it comes back. */
async function through(address: string, jar = new Map<string, string>()): Promise<URL> {
  let at = new URL(address);
  for (let hop = 0; hop < 8; hop += 1) {
    if (at.pathname === '/sign-in/provider/callback') return at;
    const cookie = [...jar].map(([n, v]) => `${n}=${v}`).join('; ');
    const answer = await fetch(at, { redirect: 'manual', headers: { Cookie: cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set) as unknown as [string, string, string];
      jar.set(name, value);
    }
    const next = answer.headers.get('Location');
    if (next === null) throw new Error(`${answer.status} ${await answer.text()}`);
    at = new URL(next, at);
  }
  throw new Error('too many hops');
}

async function begin(query = ''): Promise<{ visitor: Visitor; back: URL }> {
  const visitor = new Visitor(site);
  await visitor.get(`/sign-in/provider${query}`);
  expect(visitor.status, visitor.page).toBe(303);
  return { visitor, back: await through(visitor.location!) };
}
const land = (visitor: Visitor, back: URL) => visitor.get(`${back.pathname}${back.search}`);
const refused = (visitor: Visitor) => [
  visitor.status,
  visitor.cookies.has('mindun'),
  visitor.page.includes('统一登录没有通过'),
];
const out = [401, false, true];

it('signs staff in by the provider’s word for the staff number, with PKCE, state and nonce', async () => {
  const visitor = new Visitor(site);
  await visitor.get('/sign-in');
  expect(visitor.page).toContain('工作人员用统一登录');
  await visitor.get('/sign-in/provider?next=%2Fdesk%2Fmonths');
  const asked = new URL(visitor.location!).searchParams;
  expect(asked.get('code_challenge_method')).toBe('S256');
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect((asked.get(name) ?? '').length).toBeGreaterThan(30);
  await land(visitor, await through(visitor.location!));
  expect([visitor.status, visitor.location]).toEqual([303, '/desk/months']);
  expect((await visitor.get('/account')).page).toContain('统一登录');
  expect([visitor.status, visitor.cookies.has('mindun-provider')]).toEqual([200, false]);
});

it('refuses a state that is another’s, made up, or used', async () => {
  const { visitor, back } = await begin();
  // Somebody else's browser: the link alone signs nobody in.
  expect(refused(await land(new Visitor(site), back))).toEqual(out);
  const forged = new URL(back);
  forged.searchParams.set('state', 'x'.repeat(43));
  const other = new Visitor(site);
  other.cookies.set('mindun-provider', 'x'.repeat(43));
  expect(refused(await land(other, forged))).toEqual(out);
  const kept = visitor.cookies.get('mindun-provider')!;
  expect((await land(visitor, back)).status).toBe(303);
  const again = new Visitor(site);
  again.cookies.set('mindun-provider', kept);
  expect(refused(await land(again, back))).toEqual(out);
});

it('refuses a nonce that is not of this sign-in', async () => {
  const { visitor, back } = await begin();
  await owner.query("update provider_try set nonce = 'another'");
  expect(refused(await land(visitor, back))).toEqual(out);
});

it('refuses a verifier that is not of this sign-in', async () => {
  const { visitor, back } = await begin();
  await owner.query("update provider_try set verifier = repeat('v', 50)");
  expect(refused(await land(visitor, back))).toEqual(out);
});

it('refuses a code that was used, under a sign-in of its own, too', async () => {
  const first = await begin();
  expect((await land(first.visitor, first.back)).status).toBe(303);
  const second = await begin();
  second.back.searchParams.set('code', first.back.searchParams.get('code')!);
  expect(refused(await land(second.visitor, second.back))).toEqual(out);
});

it('refuses an answer in another issuer’s name, and a provider that is not who it should be', async () => {
  const { visitor, back } = await begin();
  expect(back.searchParams.get('iss')).toBe(sso.issuer);
  back.searchParams.set('iss', 'https://sso.example');
  expect(refused(await land(visitor, back))).toEqual(out);
  // The same server under another name says whose it is.
  const issuer = sso.issuer.replace('127.0.0.1', 'localhost');
  const other = new Provider({ issuer, ...client, claim: 'staff_number' }, openLog());
  const from = { address: '192.0.2.1', device: '' };
  const asked = { back: 'https://shebao.example/x', next: '', fresh: false };
  expect(await refusal(other.begin(site.city.house.store, from, asked))).toBe('provider-away');
});

it('knows no account that is not here, has ended, or is not of staff, and makes none', async () => {
  const count = async () => (await owner.query('select count(*)::int as n from account')).rows[0].n;
  const before = await count();
  for (const name of ['stranger', 'ended', 'operator', 'nameless']) {
    who = name;
    const { visitor, back } = await begin();
    await land(visitor, back);
    expect([name, visitor.status, visitor.cookies.has('mindun')]).toEqual([name, 403, false]);
    expect(visitor.page).toContain('这里没有您的工作账号');
  }
  expect(await count()).toBe(before);
});

it('proves as fresh what was fresh at the provider', async () => {
  await owner.query("update account set password_hash = null where login = 'other'");
  who = 'other';
  const { visitor, back } = await begin('?again=1&next=%2Faccount');
  await land(visitor, back);
  expect(visitor.location).toBe('/account');
  const end = () => visitor.call('/api/v1/access/account/end', { login: 'nobody', reason: 'x' });
  expect(await end()).toMatchObject({ errors: [{ code: 'unknown-account' }] });
  await owner.query("update session set proved = proved - interval '15 minutes'");
  expect(await end()).toMatchObject({ errors: [{ code: 'step-up-needed' }] });
  expect((await visitor.get('/step-up?next=%2Faccount')).page).toContain(
    '/sign-in/provider?again=1&amp;next=%2Faccount',
  );
});

it('is set up by settings that are checked, and is not there without', async () => {
  const said = (more: Record<string, string>) =>
    refusal(Promise.resolve().then(() => providerSettings(more)));
  expect(await said({ MINDUN_OIDC_ISSUER: 'http://sso.example' })).toBe('provider-setting');
  expect(await said({ MINDUN_OIDC_ISSUER: 'https://sso.example' })).toBe('provider-setting');
  expect(providerSettings({})).toBeNull();
});
