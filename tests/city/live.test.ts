import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { MonthView } from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const month = '2026-11';
const employer = organisation(7);
let city: TestCity;

/** The wall clock, which is a live city's business time; nothing but the date is moved. */
const wall = (moment: string) => vi.setSystemTime(new Date(`${moment}+08:00`));

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  wall('2026-11-24T09:00:00');
  city = await testCity({ simulated: false });
});
afterAll(async () => {
  vi.useRealTimers();
  await city?.close();
});

it('a live month is not closed before its last day has come, nor by who ran it', async () => {
  const area = '430407';
  await city.run('registry.employer.register', {
    code: employer,
    name: '甲厂',
    area,
    injuryClass: 1,
  });
  await city.run('access.account.open', {
    kind: 'staff',
    login: 'wang',
    name: '王芳',
    role: 'fund-accountant',
    reason: '任职通知',
  });
  const content = roster(month, [{ number: citizen(4), wage: '6000.00' }]);
  await city.run('insurance.declare', { employer, month, full: true, content });
  await city.run('insurance.assess', { month });
  const closing = async () => {
    const view = await city.run<MonthView>('insurance.month', { month });
    return view.steps.find((s) => s.step === 'close')!;
  };
  expect(await refusal(city.run('insurance.close', { month }))).toBe('month-not-over');
  expect(await closing()).toMatchObject({
    state: 'blocked',
    blockedBy: { zh: '还没有过完，2026-11-30 起才能关账' },
  });
  wall('2026-11-30T00:00:01');
  expect(await closing()).toMatchObject({ state: 'waiting', blockedBy: null });
  expect(await refusal(city.run('insurance.close', { month }))).toBe('second-person-needed');
  const accountant = { ...city.operator, actor: await actorByLogin(city.house.store, 'wang') };
  expect(await city.run('insurance.close', { month }, accountant)).toMatchObject({
    state: 'closed',
  });
});

it('the next month is declared as soon as the one before is closed, and assessed when it has begun', async () => {
  const next = '2026-12';
  const content = roster(next, [{ number: citizen(4), wage: '6100.00' }]);
  await city.run('insurance.declare', { employer, month: next, full: true, content });
  expect(await refusal(city.run('insurance.assess', { month: next }))).toBe('month-not-begun');
  const view = await city.run<MonthView>('insurance.month', { month: next });
  const { state, steps, blockers } = view;
  expect(blockers.map((b) => b.zh)).toEqual(['还没有核定']);
  expect([state, steps.find((s) => s.step === 'assess')]).toMatchObject([
    'future',
    { state: 'blocked', blockedBy: { zh: '还没有到，2026-12-01 起才能核定' } },
  ]);
  wall('2026-12-01T00:00:01');
  expect(await city.run('insurance.assess', { month: next })).toMatchObject({ persons: 1 });
});
