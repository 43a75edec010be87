import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import type { AccountRow, PostRow } from '../../src/services/accounts/index.ts';
import type { ProposalRow } from '../../src/services/oversight/index.ts';
import { refusal, type TestCity, testCity } from './harness.ts';

const reason = '任职通知';
const county = '430407';
let city: TestCity;
let live: TestCity;

const as = async (login: string, of = city): Promise<Caller> => ({
  ...of.operator,
  actor: await actorByLogin(of.house.store, login),
  purpose: 'counter-visit',
});
const staff = (login: string, role: string, area?: string) => ({
  kind: 'staff',
  login,
  name: `${login}某`,
  role,
  reason,
  ...(area === undefined ? {} : { area }),
});

beforeAll(async () => {
  city = await testCity();
  live = await testCity({ simulated: false });
  for (const of of [city, live]) {
    await of.run('access.account.open', staff('guan', 'staff-administrator', county));
    await of.run('access.account.open', staff('shi', 'collection-clerk'));
    await of.run('access.account.open', staff('lin', 'collection-clerk', '430405'));
  }
});
afterAll(async () => {
  await city?.close();
  await live?.close();
});

describe('an administrator of a county', () => {
  it('opens accounts and gives roles there, never above or beside, and none of his own', async () => {
    const guan = await as('guan');
    await city.run('access.account.open', staff('zhou', 'collection-clerk', county), guan);
    const grant = { role: 'collection-clerk', reason };
    for (const [login, area] of [
      ['zhou', undefined],
      ['zhou', '430405'],
      ['lin', '430405'],
    ] as const)
      expect(
        await refusal(
          city.run('access.grant.add', { ...grant, login, ...(area && { area }) }, guan),
        ),
      ).toBe('grant-beyond-reach');
    const above = staff('wu', 'staff-administrator', county);
    expect(await refusal(city.run('access.account.open', above, guan))).toBe('grant-beyond-reach');
    await city.run('access.account.open', staff('wu', 'staff-administrator', '430407001'), guan);
    expect(
      await refusal(
        city.run('access.account.open', { ...staff('shen', 'auditor'), kind: 'auditor' }, guan),
      ),
    ).toBe('not-permitted');
    const own = { ...grant, login: 'guan', area: county };
    expect(await refusal(city.run('access.grant.add', own, guan))).toBe('grant-own');
    const fine = { ...grant, login: 'zhou', role: 'fund-accountant', area: county };
    await city.run('access.grant.add', { ...fine, from: '2008-02-01', until: '2008-02-29' }, guan);
    expect(
      await refusal(city.run('access.grant.add', { ...fine, until: '2007-12-31' }, guan)),
    ).toBe('grant-days-reversed');
  });

  it('holds a role on its days only', async () => {
    const may = async () => (await as('zhou')).actor.permissions.has('insurance.refund');
    expect(await may()).toBe(true);
    const closes = async () =>
      (await as('zhou')).actor.grants!.some((g) => g.role === 'fund-accountant');
    expect(await closes()).toBe(false);
    await city.clock('2008-02-10T09:00');
    expect(await closes()).toBe(true);
    await city.clock('2008-03-01T09:00');
    expect(await closes()).toBe(false);
  });

  it('sees and looks after the accounts whose every role lies there', async () => {
    const guan = await as('guan');
    const { rows } = await city.run<{ rows: AccountRow[] }>('access.accounts', {}, guan);
    expect(rows.map((r) => r.login).sort()).toEqual(['guan', 'wu', 'zhou']);
    for (const login of ['shi', 'lin', 'guan'])
      for (const command of ['access.account.reset', 'access.account.leave'])
        expect(await refusal(city.run(command, { login, reason }, guan)), login).toBe(
          'unknown-account',
        );
    await city.run('access.account.reset', { login: 'zhou', reason }, guan);
  });

  it('creates posts there and gives them; who loses a post loses its roles', async () => {
    const guan = await as('guan');
    const post = { title: '石鼓区征缴岗', roles: ['collection-clerk', 'cashier'], reason };
    expect(await refusal(city.run('access.post.create', { ...post, area: '430405' }, guan))).toBe(
      'grant-beyond-reach',
    );
    await city.run('access.account.open', staff('zheng', 'privacy-officer', county), guan);
    const made = await city.run<{ post: string }>(
      'access.post.create',
      { ...post, area: county },
      guan,
    );
    await city.run('access.post.give', { post: made.post, login: 'zheng', reason }, guan);
    const { rows } = await city.run<{ rows: PostRow[] }>('access.posts', {}, guan);
    expect(rows).toMatchObject([{ title: post.title, area: '石鼓区', holders: ['zheng某'] }]);
    expect((await as('zheng')).actor.permissions.has('insurance.collect')).toBe(true);
    const ended = { post: made.post, reason };
    expect(await city.run('access.post.end', ended, guan)).toMatchObject({ ended: 2 });
    expect((await as('zheng')).actor.permissions.has('insurance.collect')).toBe(false);
    expect(await refusal(city.run('access.post.give', { ...ended, login: 'zheng' }, guan))).toBe(
      'unknown-post',
    );
  });

  it('lets somebody leave: roles, matters, sessions and the account end at once', async () => {
    const guan = await as('guan');
    await city.run('access.account.leave', { login: 'zheng', reason: '调离' }, guan);
    expect(await refusal(as('zheng'))).toBe('not-found');
    const left = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.one<{ grants: number; sessions: number }>(
        `select (select count(*)::int from access_grant g where g.account_id = a.id and upper_inf(g.valid) and not isempty(g.valid)) as grants,
           (select count(*)::int from session s where s.account_id = a.id and s.ended is null) as sessions
         from account a where a.login = 'zheng'`,
      ),
    );
    expect(left).toEqual({ grants: 0, sessions: 0 });
  });
});

describe('in a live city', () => {
  it('a second person agrees to a sensitive role; who put it forward does not, and may take it back', async () => {
    const guan = await as('guan', live);
    await live.run('access.account.open', staff('zhou', 'collection-clerk', county), guan);
    const at = staff('wu', 'cashier', county);
    expect(await refusal(live.run('access.account.open', at, guan))).toBe('role-by-grant');
    const ask = { login: 'zhou', role: 'cashier', area: county, reason };
    expect(await refusal(live.run('access.grant.add', ask, guan))).toBe('awaits-second-person');
    const waiting = async (caller: Caller) =>
      (await live.run<{ rows: ProposalRow[] }>('access.proposals', {}, caller)).rows;
    const [row] = await waiting(guan);
    expect(row).toMatchObject({ command: 'access.grant.add', state: 'waiting', yours: 'withdraw' });
    const agree = { proposal: row!.proposal, decision: 'agree' };
    expect(await refusal(live.run('access.proposal.decide', agree, guan))).toBe('proposal-own');
    const clerk = await as('shi', live);
    expect(await refusal(live.run('access.proposal.decide', agree, clerk))).toBe('not-permitted');
    await live.run(
      'access.account.open',
      staff('qi', 'staff-administrator', '430407'),
      live.operator,
    );
    const qi = await as('qi', live);
    expect((await waiting(qi))[0]).toMatchObject({ yours: 'decide' });
    expect(await live.run('access.proposal.decide', agree, qi)).toMatchObject({ step: 'done' });
    expect((await as('zhou', live)).actor.grants!.map((g) => g.role)).toContain('cashier');
    expect(await refusal(live.run('access.proposal.decide', agree, qi))).toBe('unknown-proposal');
    const again = { ...ask, role: 'contribution-checker' };
    await refusal(live.run('access.grant.add', again, guan));
    const [second] = await waiting(guan);
    const back = { proposal: second!.proposal, decision: 'refuse', note: '不办了' };
    expect(await live.run('access.proposal.decide', back, guan)).toMatchObject({
      step: 'withdrawn',
    });
    const acts = await live.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ command: string; by: string; proposed: string | null }>(
        `select c.command, a.login as by, p.login as proposed from act c join account a on a.id = c.account_id
         left join account p on p.id = c.proposed_by where c.command = 'access.grant.add'`,
      ),
    );
    expect(acts).toEqual([{ command: 'access.grant.add', by: 'qi', proposed: 'guan' }]);
  });
});
