import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { ActivationSlip } from '../../src/services/accounts/index.ts';
import { citizen, organisation, refusal, roster } from '../city/harness.ts';
import { pdfLines } from '../pdf-text.ts';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const worker = citizen(41);
const second = citizen(43);
const password = 'teapot umbrella rails';
const reason = '窗口核验身份';
let site: Site;
let owner: pg.Client;

beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  const employer = organisation(4);
  await city.run('registry.employer.register', {
    code: employer,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 1,
  });
  await city.run('insurance.declare', {
    employer,
    month: '2008-01',
    full: true,
    content: roster('2008-01', [
      { number: worker, wage: '2000', name: '张伟' },
      { number: second, wage: '2000', name: '李娜' },
    ]),
  });
  const near = [430_407_000_000, 430_407_999_999] as const;
  const far = [430_405_000_000, 430_405_999_999] as const;
  await staffAccount(city, { login: 'near', name: '近', password }, 'collection-clerk', near);
  await staffAccount(city, { login: 'far', name: '远', password }, 'collection-clerk', far);
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400,public' });
  await owner.connect();
});
afterAll(async () => {
  await owner?.end();
  await site?.close();
});
beforeEach(async () => {
  await owner.query('delete from sign_in_login');
  await owner.query('delete from sign_in_address');
});

async function issue(person: string, login = 'near'): Promise<{ text: string; code: string }> {
  const actor = await actorByLogin(site.city.house.store, login);
  const answer = await site.city.run<ActivationSlip>(
    'access.activation.issue',
    { person, reason },
    { actor, purpose: 'counter-visit', language: 'zh', address: 'https://shebao.example' },
  );
  // A pair of letters that is drawn closer stands in pieces.
  const lines = pdfLines(Buffer.from(answer.slip, 'base64')).flat();
  const text = lines.map((line) => line.join('')).join('\n');
  return { text, code: /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(text)![0] };
}

async function activate(number: string, code: string, next = password): Promise<Visitor> {
  const visitor = new Visitor(site);
  await visitor.get('/activate');
  return visitor.send('/activate', { number, code, next, again: next });
}

it('is a paper with a code, which stands nowhere else', async () => {
  expect(await refusal(issue(worker, 'far'))).toBe('unknown-person');
  const { text, code } = await issue(worker);
  expect(text).toContain('张伟');
  expect(text).toContain('https://shebao.example/activate');
  expect(text).not.toContain(worker);
  expect(text).toContain(worker.slice(-4));
  const kept = await owner.query(
    `select (select string_agg(a::text, ' ') from act a) || (select string_agg(v::text, ' ') from activation v)
       || coalesce((select string_agg(r::text, ' ') from act_answer r), '') as all`,
  );
  expect(kept.rows[0].all).not.toContain(code);
  expect(kept.rows[0].all).not.toContain(code.replace('-', ''));
});

it('sets a password of one’s own and signs in, once; a later slip voids the former', async () => {
  const former = await issue(worker);
  const { code } = await issue(worker);
  expect((await activate(worker, former.code)).status).toBe(401);
  const refused = await activate(worker, code, 'zhangwei1970');
  expect([refused.status, refused.page.includes('认识您的人猜得到')]).toEqual([400, true]);
  const visitor = await activate(worker.toLowerCase(), code.toLowerCase().replace('-', ' '));
  expect([visitor.status, visitor.location]).toEqual([303, '/record']);
  expect((await visitor.follow()).page).toContain('张伟');
  expect((await visitor.get('/account')).page).toContain('激活码');
  expect((await activate(worker, code)).status).toBe(401);
  expect((await new Visitor(site).signIn(worker, password)).location).toBe('/record');
});

it('sets a forgotten password anew, and ends every session', async () => {
  const before = await new Visitor(site).signIn(worker, password);
  const { code } = await issue(worker);
  // Handing out a code changes nothing yet.
  expect((await before.get('/account')).status).toBe(200);
  const next = 'lantern river bamboo';
  expect((await activate(worker, code, next)).status).toBe(303);
  expect((await before.get('/account')).location).toBe('/sign-in?next=%2Faccount');
  expect((await new Visitor(site).signIn(worker, password)).status).toBe(401);
  expect((await new Visitor(site).signIn(worker, next)).status).toBe(303);
});

it('says the same of a number that is nobody’s, of an account without a code, and of a wrong code', async () => {
  const { code } = await issue(second);
  const pages: string[] = [];
  for (const [number, given] of [
    [second, 'AAAAA-AAAAA'],
    [worker, code],
    [citizen(45), code],
    ['near', code],
  ] as const) {
    const visitor = await activate(number, given);
    expect(visitor.status).toBe(401);
    pages.push(
      visitor.page
        .replaceAll(number, '')
        .replaceAll(given, '')
        .replace(/name="token" value="[^"]+"/g, ''),
    );
  }
  expect(new Set(pages).size).toBe(1);
});

it('expires, and is void after ten wrong tries, from wherever they come', async () => {
  const { code } = await issue(second);
  await owner.query("update activation set expires = expires - interval '31 days'");
  expect((await activate(second, code)).status).toBe(401);
  const fresh = await issue(second);
  for (let i = 0; i < 10; i += 1) {
    await owner.query('delete from sign_in_login');
    await activate(second, 'AAAAA-AAAAA');
  }
  await owner.query('delete from sign_in_login');
  expect((await activate(second, fresh.code)).status).toBe(401);
  // And before that the number is locked, which says nothing of whose it is.
  const said: number[] = [];
  for (let i = 0; i < 6; i += 1) said.push((await activate(citizen(47), 'AAAAA-AAAAA')).status);
  expect(said).toEqual([401, 401, 401, 401, 401, 429]);
});

it('is how a person’s password is reset: no clerk sets one', async () => {
  const actor = await actorByLogin(site.city.house.store, 'near');
  const caller = { actor, purpose: 'counter-visit', language: 'zh' } as const;
  expect(
    await refusal(site.city.run('access.account.reset', { login: worker, reason }, caller)),
  ).toBe('activation-instead');
});
