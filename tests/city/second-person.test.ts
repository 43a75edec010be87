import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import { takeDuty } from '../../src/kernel/duties.ts';
import { MindunError, month } from '../../src/kernel/index.ts';
import { booksOf } from '../../src/services/insurance/period.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const employer = organisation(73);
let city: TestCity;

beforeAll(async () => {
  city = await testCity();
  const place = { area: '430407', injuryClass: 1 };
  await city.run('registry.employer.register', { code: employer, name: '甲厂', ...place });
  const content = roster('2008-01', [{ number: citizen(73), wage: '2000' }]);
  await city.run('insurance.declare', { employer, month: '2008-01', full: true, content });
  for (const [login, role] of [
    ['li', 'collection-clerk'],
    ['wang', 'collection-clerk'],
    ['zhao', 'fund-accountant'],
  ])
    await city.run('access.account.open', { kind: 'staff', login, name: '某', role, reason: '测' });
});
afterAll(async () => city?.close());

const as = async (login: string) => ({
  ...city.operator,
  actor: await actorByLogin(city.house.store, login),
});
/** What the rule of a live city says to this account. */
const told = async (login: string) => {
  const caller = await as(login);
  const live = { ...city.house.city, kind: 'live' as const };
  return refusal(
    city.house.store.transaction({ role: 'system' }, async (tx) => {
      const matter = booksOf(month('2008-01'));
      await takeDuty(tx, live, { part: 'review', matter, act: 1, caller });
      // Only asked: nothing of it stays.
      throw new MindunError('not-found', { what: 'rolled back' });
    }),
  );
};

describe('who closes the books of a live city', () => {
  it('is nobody who assessed the month or took its bank files', async () => {
    expect(await told('li')).toBe('not-found');
    await city.run('insurance.assess', { month: '2008-01' }, await as('li'));
    expect([await told('li'), await told('wang'), await told('zhao')]).toEqual([
      'second-person-needed',
      'not-found',
      'not-found',
    ]);
    await city.clock('2008-01-20T09:00');
    const row = { on: '2008-01-19', reference: 'S1', amount: '1.00' };
    await city.run('insurance.collect', { content: bankFile([row]) }, await as('wang'));
    expect([await told('wang'), await told('zhao')]).toEqual(['second-person-needed', 'not-found']);
  });
});
