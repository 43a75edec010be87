import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Proxies } from '../../src/doors/http/address.ts';
import { Tx } from '../../src/kernel/database/tx.ts';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

// What a try to sign in costs is counted, not timed: passwords that are verified, and statements in their order.
const verified = vi.hoisted(() => ({ count: 0 }));
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  return {
    ...real,
    verify: (...given: Parameters<typeof real.verify>) => {
      verified.count += 1;
      return real.verify(...given);
    },
  };
});
const statements: string[] = [];
for (const way of ['rows', 'execute'] as const) {
  const real = Tx.prototype[way] as (sql: string, values?: readonly unknown[]) => Promise<never>;
  vi.spyOn(Tx.prototype, way).mockImplementation(function (this: Tx, sql, values) {
    statements.push(sql);
    return real.call(this, sql, values);
  });
}

const password = 'four unrelated words';
const whole = [430_400_000_000, 430_499_999_999] as const;
let site: Site;
let owner: pg.Client;

beforeAll(async () => {
  const proxies = Proxies.parse('127.0.0.1')!;
  site = await openSite('2008-01-05T09:00', { proxies });
  for (const login of ['clerk', 'ended', 'without', 'told'])
    await staffAccount(site.city, { login, name: login, password }, 'collection-clerk', whole);
  owner = new pg.Client({
    ...site.city.server.connection,
    options: '-c search_path=c430400,public',
  });
  await owner.connect();
  await owner.query("update account set ended = clock_timestamp() where login = 'ended'");
  await owner.query("update account set password_hash = null where login = 'without'");
});
afterAll(async () => {
  await owner?.end();
  await site?.close();
});
beforeEach(async () => {
  await owner.query('delete from sign_in_login');
  await owner.query('delete from sign_in_address');
});

interface Tried {
  readonly status: number;
  readonly answer: unknown;
  readonly verified: number;
  readonly statements: readonly string[];
}

async function tryIn(login: string, word: string, address = '192.0.2.9'): Promise<Tried> {
  verified.count = 0;
  statements.length = 0;
  const visitor = new Visitor(site, { 'X-Forwarded-For': address });
  const answer = await visitor.call('/api/v1/access/sign-in', { login, password: word });
  return {
    status: visitor.status,
    answer,
    verified: verified.count,
    statements: [...statements],
  };
}

describe('a sign-in that is refused', () => {
  it('says and costs the same whether the account is there, has ended, has no password, or the password is wrong', async () => {
    // The first try of all makes the decoy.
    await tryIn('nobody-at-all', 'no');
    const known = await tryIn('clerk', 'wrong');
    expect([known.status, known.verified]).toEqual([401, 1]);
    for (const login of ['nobody', 'ended', 'without', '', '430404198502170019', "x' or 1=1 --"])
      expect(await tryIn(login, 'wrong'), login).toEqual(known);
    // Also with the password that the account had.
    for (const login of ['ended', 'without'])
      expect(await tryIn(login, password), login).toEqual(known);
  });

  it('locks a log-in that nobody has like one that somebody has, after the same work', async () => {
    const through = async (login: string): Promise<Tried[]> => {
      const tries: Tried[] = [];
      for (let i = 0; i < 7; i += 1) tries.push(await tryIn(login, 'wrong', `198.51.100.${i}`));
      return tries;
    };
    const known = await through('clerk');
    const told = known.map((t) => t.status);
    expect(told).toEqual([401, 401, 401, 401, 401, 429, 429]);
    for (const login of ['nobody', 'ended', 'without']) {
      await owner.query('delete from sign_in_address');
      const others = await through(login);
      expect(others.map((t) => [t.status, t.verified, t.statements])).toEqual(
        known.map((t) => [t.status, t.verified, t.statements]),
      );
    }
    // The right password does not open what is locked, and is not looked at.
    expect(await tryIn('clerk', password)).toMatchObject({ status: 429, verified: 0 });
    const kept = await owner.query('select * from sign_in_login');
    expect(JSON.stringify(kept.rows)).not.toContain('clerk');
  });

  it('holds up one password sprayed over many log-ins from one address', async () => {
    const said: number[] = [];
    for (let i = 0; i < 32; i += 1)
      said.push((await tryIn(`spray-${i}`, 'Spring-2026', '203.0.113.7')).status);
    expect([said.filter((s) => s === 401).length, said.at(-1)]).toEqual([30, 429]);
    // Waiting, the address locks nobody else out, and cannot try the right one.
    expect((await tryIn('clerk', password, '203.0.113.7')).status).toBe(429);
    expect((await tryIn('clerk', password)).status).toBe(200);
  });

  it('counts tries that come together one by one', async () => {
    const together = await Promise.all(
      Array.from({ length: 12 }, (_, i) => tryIn('clerk', `no ${i}`, `198.51.100.${i}`)),
    );
    const through = together.filter((t) => t.status === 401).length;
    expect(through).toBe(5);
  });
});

describe('a session', () => {
  it('is never one that was there before the sign-in', async () => {
    const visitor = new Visitor(site);
    const planted = 'A'.repeat(43);
    visitor.cookies.set('mindun', planted);
    await visitor.signIn('clerk', password);
    const mine = visitor.cookies.get('mindun')!;
    expect(mine).not.toBe(planted);
    const thief = new Visitor(site);
    thief.cookies.set('mindun', planted);
    expect((await thief.get('/account')).location).toBe('/sign-in?next=%2Faccount');
    // Signing in again ends the one before in this browser.
    await visitor.call('/api/v1/access/sign-in', { login: 'clerk', password });
    expect(visitor.cookies.get('mindun')).not.toBe(mine);
    thief.cookies.set('mindun', mine);
    expect((await thief.get('/account')).location).toBe('/sign-in?next=%2Faccount');
  });

  it('is kept as a hash, as are all tokens', async () => {
    const visitor = new Visitor(site);
    await visitor.signIn('clerk', password);
    const token = visitor.cookies.get('mindun')!;
    const hashed = createHash('sha256').update(token).digest('hex');
    const { rows } = await owner.query("select encode(token_hash, 'hex') as h from session_token");
    expect(rows.map((r) => r.h)).toContain(hashed);
    const { rows: all } = await owner.query(
      'select s::text, t::text from session s, session_token t',
    );
    expect(JSON.stringify(all)).not.toContain(token);
  });

  it('keeps no address and no more of the device than its kind', async () => {
    const agent =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';
    const visitor = new Visitor(site, { 'User-Agent': agent, 'X-Forwarded-For': '203.0.113.50' });
    await visitor.signIn('clerk', password);
    const { rows } = await owner.query(
      'select s::text as row, device from session s order by id desc limit 1',
    );
    expect(rows[0].device).toBe('Windows · Edge');
    expect(rows[0].row).not.toMatch(/203\.0\.113|Mozilla|140/);
    const addresses = await owner.query('select a::text as row from sign_in_address a');
    expect(JSON.stringify(addresses.rows)).not.toContain('203.0.113');
  });
});

describe('a password that somebody else told', () => {
  it('is changed before anything else, by the pages and by the interface', async () => {
    await site.city.run('access.account.reset', { login: 'told', reason: '窗口核验身份' });
    const { password: word } = await site.city.run<{ password: string }>('access.account.reset', {
      login: 'told',
      reason: '窗口核验身份',
    });
    const clerk = new Visitor(site);
    await clerk.signIn('told', word);
    const asked = await clerk.call('/api/v1/insurance/bills', { employer: 'x' });
    expect(asked).toMatchObject({ errors: [{ code: 'password-change-needed' }] });
    expect((await clerk.get('/account')).location).toBe('/password');
    await clerk.follow();
    expect(clerk.page).toContain('现在的密码是别人告诉您的');
    const next = 'teapot umbrella rails';
    await clerk.send('/password', { present: word, next: 'told-password', again: 'told-password' });
    expect(clerk.status).toBe(400);
    await clerk.send('/password', { present: word, next, again: next });
    expect([clerk.status, clerk.location]).toEqual([303, '/']);
    expect((await clerk.get('/account')).status).toBe(200);
  });
});
