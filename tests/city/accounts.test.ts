import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin, signIn } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import type { AccountRow, NewLogin } from '../../src/services/accounts/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const near = organisation(71);
const far = organisation(72);
const worker = citizen(71);
const reason = '测试';
let city: TestCity;

const as = async (login: string): Promise<Caller> => ({
  actor: await actorByLogin(city.house.store, login),
  purpose: 'counter-visit',
  language: 'zh',
});
const open = (input: object, caller?: Caller): Promise<NewLogin> =>
  city.run<NewLogin>('access.account.open', { reason, ...input }, caller);
async function enter({ login, password }: Pick<NewLogin, 'login' | 'password'>) {
  const from = { address: '192.0.2.1', device: '' };
  const answer = await signIn(city.house.store, login, password, from);
  if ('half' in answer) throw new Error('a second factor is wanted');
  return answer;
}

beforeAll(async () => {
  city = await testCity();
  for (const [code, area] of [
    [near, '430407'],
    [far, '430405'],
  ] as const)
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
  await city.run('insurance.declare', {
    employer: near,
    month: '2008-01',
    full: true,
    content: roster('2008-01', [{ number: worker, wage: '2000' }]),
  });
});
afterAll(async () => city?.close());

describe('accounts', () => {
  it('of every kind are opened by the operator, each with its role, and sign in', async () => {
    const clerk = { kind: 'staff', name: '张丽', role: 'collection-clerk', area: '430407' };
    const opened = await open({ ...clerk, login: 'ZhangLi' });
    expect(opened).toMatchObject({ login: 'zhangli', name: '张丽' });
    expect(opened.password).toHaveLength(12);
    const { actor } = await enter(opened);
    expect([actor.kind, actor.permissions.has('insurance.collect')]).toEqual(['staff', true]);
    const handler = await enter(await open({ kind: 'employer', employer: near }));
    expect(handler.actor.permissions.has('insurance.declare')).toBe(true);
    expect(await refusal(open({ kind: 'person', person: worker }))).toBe('input-invalid');
    const auditor = await enter(await open({ kind: 'auditor', login: 'shenji', name: '李明' }));
    expect(auditor.actor.permissions.has('insurance.collect')).toBe(false);
    const audit = { kind: 'auditor', login: 'xianshen', name: '县审' };
    expect(await refusal(open({ ...audit, area: '430407' }))).toBe('auditor-sees-all');
    expect(await refusal(open({ ...clerk, login: 'zhangli' }))).toBe('account-exists');
    const { rows } = await city.run<{ rows: AccountRow[] }>('access.accounts', {});
    expect(rows.find((r) => r.login === 'zhangli')?.roles).toMatchObject([
      { role: 'collection-clerk' },
    ]);
  });

  it('of employers and persons are a clerk’s matter in the own area, of staff the operator’s alone', async () => {
    const clerk = await as('zhangli');
    expect(await refusal(open({ kind: 'employer', employer: far }, clerk))).toBe(
      'unknown-employer',
    );
    const second = await open({ kind: 'employer', employer: near, login: 'near-2' }, clerk);
    await enter(second);
    const staff = { kind: 'staff', login: 'wangwu', name: '王五', role: 'fund-accountant' };
    expect(await refusal(open(staff, clerk))).toBe('not-permitted');
    await open({ kind: 'employer', employer: far });
    for (const login of [far, 'shenji', 'zhangli'])
      expect(await refusal(city.run('access.account.reset', { login, reason }, clerk))).toBe(
        'unknown-account',
      );
  });

  it('get a new password, which ends sessions and lifts a lock; or are only unlocked', async () => {
    const clerk = await as('zhangli');
    const lock = async (login: string) => {
      for (let i = 0; i < 5; i += 1)
        expect(await refusal(enter({ login, password: 'no' }))).toBe('sign-in-refused');
    };
    await lock('near-2');
    expect(await refusal(enter({ login: 'near-2', password: 'no' }))).toBe('account-locked');
    const login = { login: 'near-2', reason };
    const fresh = await city.run<NewLogin>('access.account.reset', login, clerk);
    await enter(fresh);
    await lock('near-2');
    await city.run('access.account.unlock', login, clerk);
    await enter(fresh);
  });

  it('keep no password in the store, whatever the key', async () => {
    const clerk = { ...(await as('zhangli')), key: 'reset-1' };
    const input = { login: 'near-2', reason };
    const first = await city.run<NewLogin>('access.account.reset', input, clerk);
    const again = await city.run<NewLogin>('access.account.reset', input, clerk);
    expect(again.password).not.toBe(first.password);
    const kept = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ text: string }>(
        `select a.subject::text || coalesce(r.input_hash, '') || coalesce(r.body::text, '') as text
         from act a left join act_answer r on r.act = a.id where a.command = 'access.account.reset'`,
      ),
    );
    expect(kept).toHaveLength(3);
    for (const { text } of kept)
      expect(text).toMatch(/^\{"account": "[^"]+"(, "(employer|person)": "[^"]+")?\}$/);
  });

  it('change their own password by the present one', async () => {
    const { password } = await city.run<NewLogin>('access.account.reset', {
      login: 'near-2',
      reason,
    });
    const me = await as('near-2');
    const change = (present: string, next: string) =>
      city.run('access.account.change-password', { present, next }, me);
    expect(await refusal(change('wrong', 'teapot umbrella'))).toBe('password-wrong');
    expect(await refusal(change(password, 'short'))).toBe('password-short');
    expect(await refusal(change(password, 'near-2-hengyang'))).toBe('password-personal');
    expect(await refusal(change(password, 'Password-2008'))).toBe('password-common');
    const session = await enter({ login: 'near-2', password });
    expect(session.actor.kind).toBe('employer');
    await change(password, 'teapot umbrella');
    expect(await refusal(enter({ login: 'near-2', password }))).toBe('sign-in-refused');
    await enter({ login: 'near-2', password: 'teapot umbrella' });
  });

  it('gain and lose roles, and end', async () => {
    const role = { login: 'zhangli', role: 'fund-accountant', reason };
    await city.run('access.grant.add', role);
    expect(await refusal(city.run('access.grant.add', role))).toBe('grant-exists');
    expect((await as('zhangli')).actor.permissions.has('insurance.close')).toBe(true);
    await city.run('access.grant.end', role);
    expect((await as('zhangli')).actor.permissions.has('insurance.close')).toBe(false);
    expect(await refusal(city.run('access.grant.end', role))).toBe('grant-missing');
    const audit = { login: 'zhangli', role: 'auditor', reason };
    expect(await refusal(city.run('access.grant.add', audit))).toBe('not-permitted');
    await city.run('access.account.end', { login: 'zhangli', reason });
    expect(await refusal(city.run('access.account.end', { login: 'zhangli', reason }))).toBe(
      'unknown-account',
    );
  });
});
