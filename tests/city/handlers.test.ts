import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin, readSession, signIn } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import type { HandlerDeeds, HandlerRow, NewLogin } from '../../src/services/accounts/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const a = organisation(171);
const b = organisation(172);
const worker = citizen(171);
const reason = '持营业执照到窗口';
const month = '2008-01';
let city: TestCity;

const as = async (login: string): Promise<Caller> => ({
  actor: await actorByLogin(city.house.store, login),
  purpose: 'own-matter',
  language: 'zh',
});
const principalOf = (code: string) => as(`${code}-fr`.toLowerCase());
const authorise = async (short: string, more: object, by = a): Promise<NewLogin> =>
  city.run<NewLogin>(
    'access.handler.authorise',
    { short, name: `${short}某`, parts: ['handler-roster'], ...more },
    await principalOf(by),
  );
const list = async (by = a): Promise<readonly HandlerRow[]> =>
  (await city.run<{ rows: HandlerRow[] }>('access.handlers', {}, await principalOf(by))).rows;
const rights = async (login: string) => [...(await as(login)).actor.permissions];

beforeAll(async () => {
  city = await testCity();
  for (const code of [a, b]) {
    await city.run('registry.employer.register', {
      code,
      name: code,
      area: '430407',
      injuryClass: 1,
    });
    await city.run('access.account.open', {
      kind: 'employer',
      employer: code,
      principal: true,
      login: `${code}-fr`,
      reason,
    });
  }
});
afterAll(async () => city?.close());

describe('a principal', () => {
  it('is opened by who opens accounts; the linked representative is named in the reason by the file', async () => {
    const content = roster(month, [{ number: worker, wage: '2000' }]);
    await city.run('insurance.declare', { employer: a, month, full: true, content });
    const link = { employer: a, kind: 'represented-by', by: worker, from: '2008-01-01', reason };
    await city.run('registry.link.add', link);
    await city.run('access.account.open', {
      kind: 'employer',
      employer: a,
      principal: true,
      login: 'second-principal',
      reason,
    });
    const kept = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.one<{ role: string; reason: string; person: string; name: string }>(
        `select g.role, g.reason, p.public_id as person, a.name from access_grant g join account a on a.id = g.account_id
         join person_fact f on f.number = $1 join person p on p.id = f.person_id where a.login = 'second-principal'`,
        [worker],
      ),
    );
    expect(kept.role).toBe('employer-principal');
    expect(kept.reason).toBe(`${reason}（登记的法定代表人：${kept.person}）`);
    expect(kept.name).toBe(`${a} 负责人`);
    // Without it the account is a handler's for all parts, as before.
    await city.run('access.account.open', { kind: 'employer', employer: a, reason });
    expect(await rights(a)).not.toContain('access.handlers');
    expect(await rights(a)).toContain('insurance.declare');
  });

  it('authorises handlers for parts, under a log-in that begins with the employer’s code', async () => {
    const made = await authoriseAll();
    expect(made.login).toBe(`${a.toLowerCase()}-bills`);
    const of = {
      roster: ['insurance.declare', 'insurance.upload'],
      bills: ['insurance.bill', 'insurance.explain-bill'],
      papers: ['insurance.certificate.issue', 'insurance.certificates'],
    };
    for (const [short, own] of Object.entries(of)) {
      const may = await rights(`${a}-${short}`);
      for (const right of Object.values(of).flat())
        expect([short, right, may.includes(right)]).toEqual([short, right, own.includes(right)]);
      expect(may).not.toContain('access.handlers');
      expect(may).toContain('insurance.months');
    }
    for (const bad of ['', 'a-b', '王丽', 'a b', 'x'.repeat(21)])
      expect(await refusal(authorise(bad, {})), bad).toBe('handler-short');
    expect(await refusal(authorise('bills', {}))).toBe('account-exists');
    expect(await refusal(authorise('more', { parts: ['employer-principal'] }))).toBe(
      'input-invalid',
    );
    expect(await refusal(authorise('more', { parts: [] }))).toBe('handler-parts');
    expect(await refusal(authorise('more', { until: '2008-02-30' }))).toBe('date-impossible');
    expect(await refusal(authorise('more', { until: '2008-01-04' }))).toBe('handler-days');
    expect(await refusal(authorise('more', { from: '2008-02-10', until: '2008-02-09' }))).toBe(
      'handler-days',
    );
  });

  it('tells a password that must be changed first', async () => {
    const made = await authorise('told', {});
    const answer = await signIn(city.house.store, made.login, made.password, {
      address: '192.0.2.7',
      device: '',
    });
    if ('half' in answer) throw new Error('no second factor was set');
    const me: Caller = { actor: answer.actor, purpose: 'own-matter', language: 'zh' };
    expect(await refusal(city.run('insurance.months', { employer: a }, me))).toBe(
      'password-change-needed',
    );
    const next = 'four unrelated words';
    await city.run('access.account.change-password', { present: made.password, next }, me);
    expect(await refusal(city.run('insurance.bills', { employer: a }, await as(made.login)))).toBe(
      'not-permitted',
    );
    await city.run('insurance.months', { employer: a }, await as(made.login));
  });

  it('sees who may do what, on which days, and how it stands', async () => {
    await authorise('later', { from: '2008-03-01', until: '2008-03-31' });
    const rows = await list();
    const of = (short: string) => rows.find((r) => r.login === `${a.toLowerCase()}-${short}`);
    expect(of('fr')).toMatchObject({ principal: true, own: true, state: 'active' });
    expect(of('later')).toMatchObject({
      state: 'to-come',
      from: '2008-03-01',
      until: '2008-03-31',
      seenAt: null,
    });
    expect(of('bills')).toMatchObject({ parts: ['handler-bills'], until: null, own: false });
    expect(of('told')?.seenAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(rows.find((r) => r.login === a.toLowerCase())?.parts).toEqual(['handler']);
    expect(rows.some((r) => r.login.startsWith(b.toLowerCase()))).toBe(false);
  });

  it('changes parts and the last day; a first day to come stays', async () => {
    const caller = await principalOf(a);
    const of = async (short: string) => (await list()).find((r) => r.login.endsWith(`-${short}`))!;
    const change = async (short: string, more: object) =>
      city.run('access.handler.change', { account: (await of(short)).account, ...more }, caller);
    await change('bills', { parts: ['handler-roster', 'handler-bills'], until: '2008-06-30' });
    expect(await of('bills')).toMatchObject({
      parts: ['handler-bills', 'handler-roster'],
      until: '2008-06-30',
    });
    expect(await rights(`${a}-bills`)).toContain('insurance.declare');
    await change('bills', { parts: ['handler-certificates'] });
    expect(await rights(`${a}-bills`)).not.toContain('insurance.bill');
    await change('later', { parts: ['handler-bills'], until: '2008-04-30' });
    expect(await of('later')).toMatchObject({ from: '2008-03-01', until: '2008-04-30' });
    expect(await refusal(change('later', { parts: ['handler-bills'], until: '2008-02-01' }))).toBe(
      'handler-days',
    );
    await change('bills', { parts: ['handler-bills'] });
  });

  it('reads what each did, in words and page by page', async () => {
    const handler = await as(`${a}-bills`);
    for (let i = 0; i < 52; i += 1) await city.run('insurance.employer', { employer: a }, handler);
    const caller = await principalOf(a);
    const account = (await list()).find((r) => r.login.endsWith('-bills'))!.account;
    const ask = (cursor?: string) =>
      city.run<HandlerDeeds>(
        'access.handler.deeds',
        { account, ...(cursor === undefined ? {} : { cursor }) },
        caller,
      );
    const first = await ask();
    expect(first.rows).toHaveLength(50);
    expect(first.rows[0]).toEqual({
      at: '2008-01-05T09:00:00',
      kind: 'look',
      what: { zh: '参保单位详情', en: 'One employer' },
      listed: null,
      refused: false,
    });
    const second = await ask(first.next!);
    expect([second.rows.length, second.next]).toEqual([2, null]);
  });

  it('ends a handler: sessions at once, the log-in is free again, the deeds stay', async () => {
    const made = await authorise('gone', {});
    const from = { address: '192.0.2.8', device: '' };
    const answer = await signIn(city.house.store, made.login, made.password, from);
    if ('half' in answer) throw new Error('no second factor was set');
    expect(await readSession(city.house.store, answer.token)).not.toBeNull();
    const caller = await principalOf(a);
    const { account } = made;
    await city.run('access.handler.end', { account }, caller);
    expect(await readSession(city.house.store, answer.token)).toBeNull();
    expect(await refusal(as(made.login))).toBe('not-found');
    expect((await list()).at(-1)).toMatchObject({ account, state: 'ended', parts: [] });
    await city.run('access.handler.deeds', { account }, caller);
    expect(await refusal(city.run('access.handler.end', { account }, caller))).toBe(
      'unknown-handler',
    );
    await authorise('gone', {});
  });

  it('touches no principal, and no account of another employer', async () => {
    const theirs = await authorise('bills', {}, b);
    const caller = await principalOf(a);
    const others = [theirs.account, (await list(b)).find((r) => r.principal)!.account];
    const own = (await list()).filter((r) => r.principal).map((r) => r.account);
    expect(own).toHaveLength(2);
    const parts = ['handler-bills'];
    for (const account of [...others, ...own]) {
      const change = city.run('access.handler.change', { account, parts }, caller);
      expect(await refusal(change)).toBe('unknown-handler');
      const end = city.run('access.handler.end', { account }, caller);
      expect(await refusal(end)).toBe('unknown-handler');
    }
    for (const account of others)
      expect(await refusal(city.run('access.handler.deeds', { account }, caller))).toBe(
        'unknown-handler',
      );
    expect(await rights(theirs.login)).toContain('insurance.declare');
  });

  it('is the only one: handlers, clerks and whoever works at the machine have no employer of their own here', async () => {
    const account = (await list()).find((r) => r.login.endsWith('-roster'))!.account;
    for (const caller of [await as(a), await as(`${a}-bills`), city.operator])
      for (const [name, input] of [
        ['access.handlers', {}],
        ['access.handler.deeds', { account }],
        ['access.handler.end', { account }],
        ['access.handler.change', { account, parts: ['handler-bills'] }],
        ['access.handler.authorise', { short: 'x', name: 'x', parts: ['handler-bills'] }],
      ] as const)
        expect(await refusal(city.run(name, input, caller)), name).toBe('not-permitted');
  });
});

/** One handler for each part. @returns the one for bills */
async function authoriseAll(): Promise<NewLogin> {
  await authorise('roster', {});
  await authorise('papers', { parts: ['handler-certificates'] });
  return authorise('bills', { parts: ['handler-bills'] });
}
