import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import { refusal } from '../city/harness.ts';
import {
  commuter,
  li,
  mill,
  month,
  type TwoCounties,
  twoCounties,
  works,
  zhang,
} from './two-counties.ts';

let town: TwoCounties;
const reason = '测试用的理由';

beforeAll(async () => {
  town = await twoCounties();
  const { run } = town.city;
  for (const login of ['clerk-a', 'entangled'])
    await run('access.account.open', {
      kind: 'staff',
      login,
      name: login,
      role: 'collection-clerk',
      area: '430407',
      reason,
    });
  await run('access.account.open', { kind: 'auditor', login: 'auditor', name: 'auditor', reason });
  for (const login of ['entangled', 'auditor'])
    await run('access.account.link-person', { login, person: zhang });
  await run('access.account.open', { kind: 'employer', employer: mill, reason });
});
afterAll(async () => town?.city.close());

async function caller(login: string, more: Partial<Caller> = {}): Promise<Caller> {
  const actor = await actorByLogin(town.city.house.store, login);
  return { actor, purpose: 'counter-visit', language: 'zh', ...more };
}

describe('what the oracle found', () => {
  it('who works at an employer handles no bill, order, certificate or account of it', async () => {
    const { run } = town.city;
    const own = await caller('entangled');
    const bill = '衡社缴〔2008〕000001';
    for (const [name, input] of [
      ['insurance.order-payment', { bill, payBy: '2008-12-31', reason }],
      ['insurance.defer', { bill, until: '2008-12-31', reason }],
      ['insurance.certificate.issue', { employer: mill, from: month, to: month }],
      ['access.account.reset', { login: mill, reason }],
      ['access.account.open', { kind: 'employer', employer: mill, login: 'second', reason }],
      ['access.activation.issue', { person: zhang, reason }],
      ['registry.link.add', { employer: mill, kind: 'represented-by', by: zhang, reason }],
      ['insurance.check-roster', { employer: mill, month: '1999-01', content: '' }],
    ] as const)
      expect(await refusal(run(name, input, own)), name).toBe('conflict-of-interest');
  });

  it('a colleague’s account is nobody’s to reset, though the own file lies in the clerk’s area', async () => {
    const { run } = town.city;
    const clerk = await caller('clerk-a');
    for (const login of ['auditor', 'entangled'])
      for (const name of ['access.account.reset', 'access.account.unlock', 'access.account.end'])
        expect(await refusal(run(name, { login, reason }, clerk)), `${name} ${login}`).toBe(
          'unknown-account',
        );
    expect(await refusal(run('access.account.unlock', { login: mill, reason }, clerk))).toBe(
      'none',
    );
  });

  it('an emergency shows the person’s file, and no roster or certificates of any employer', async () => {
    const { run } = town.city;
    const clerk = await caller('clerk-a');
    const opened = await run<{ matter: string }>(
      'access.matter.emergency',
      { person: li, reason },
      clerk,
    );
    const urgent = await caller('clerk-a', { purpose: 'emergency', matter: opened.matter });
    expect(await refusal(run('insurance.record', { person: li }, urgent))).toBe('none');
    for (const name of ['insurance.uploads', 'insurance.certificates'])
      expect(await refusal(run(name, { employer: works }, urgent)), name).toBe('matter-of-others');
    expect(await refusal(run('insurance.certificates', {}, urgent))).toBe('matter-of-others');
  });

  it('a matter of two persons serves for both, and a certificate wants it as the record does', async () => {
    const { run } = town.city;
    const clerk = await caller('clerk-a');
    const opened = await run<{ matter: string }>(
      'access.matter.open',
      { persons: [zhang, commuter], reason },
      clerk,
    );
    const within = await caller('clerk-a', { purpose: 'open-matter', matter: opened.matter });
    for (const person of [zhang, commuter])
      expect(await refusal(run('insurance.record', { person }, within)), person).toBe('none');
    const without = await caller('clerk-a', { purpose: 'open-matter' });
    const issue = { person: zhang, from: month, to: month };
    expect(await refusal(run('insurance.certificate.issue', issue, without))).toBe(
      'matter-missing',
    );
    expect(await refusal(run('insurance.certificate.issue', issue, within))).toBe('none');
    expect(
      await refusal(
        run('insurance.certificate.issue', issue, { ...without, purpose: 'own-matter' }),
      ),
    ).toBe('purpose-of-others');
  });
});
