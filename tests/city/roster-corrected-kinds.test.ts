import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertPersons } from '../../src/engines/registry/index.ts';
import type { PlainDate } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const [first, second] = [organisation(985), organisation(986)];
const [stays, rural, leaver, twin, fresh] = [1, 2, 3, 4, 5].map((n) => citizen(880 + n)) as [
  string,
  string,
  string,
  string,
  string,
];
let city: TestCity;

type Person = Parameters<typeof roster>[1][number];
const declare = (employer: string, month: string, persons: readonly Person[], full = true) =>
  city.run('insurance.declare', { employer, month, full, content: roster(month, persons) });
const correct = (employer: string, person: string, change: string, more = {}) =>
  city.run('insurance.correct-roster', {
    employer,
    person,
    months: ['2008-01'],
    change,
    reason: '测试',
    ...(change === 'adds' ? { wageFen: 200_000 } : {}),
    ...more,
  });
const record = (person: string) => city.run<RecordView>('insurance.record', { person });
const enrolled = async (person: string, employer: number) =>
  (await record(person)).enrolments
    .filter((e) => e.employerName === `厂${employer}`)
    .map((e) => `${e.category} ${e.from}..${e.to ?? ''}`);
const persons = async (employer: string, month: string) =>
  (await city.run<BillView>('insurance.bill', { employer, month })).insurances[0]!.persons;
const verified = () => allVerified(city);

beforeAll(async () => {
  city = await testCity();
  for (const [i, code] of [first, second].entries()) {
    const about = { code, name: `厂${i}`, area: '430407', injuryClass: 2 };
    await city.run('registry.employer.register', about);
  }
  const wage = '2000';
  await declare(first, '2008-01', [
    { number: stays, wage },
    { number: leaver, wage, change: '减少' },
    { number: twin, wage },
  ]);
  await declare(second, '2008-01', [{ number: rural, wage, residence: '农业' }]);
  await city.run('insurance.assess', { month: '2008-01' });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.clock('2008-02-05T09:00');
  await city.run('insurance.close', { month: '2008-01' });
});
afterAll(async () => city?.close());

describe('who is added to an assessed month', () => {
  it('is of the kind that his file says, where the employer never had him', async () => {
    await correct(first, rural, 'adds');
    expect(await enrolled(rural, 0)).toEqual(['rural 2008-01-01..']);
  });

  it('stands there as he did before he was struck off: who left in the month has left', async () => {
    await correct(first, leaver, 'removes');
    await correct(first, leaver, 'adds');
    expect(await enrolled(leaver, 0)).toEqual(['enterprise 2008-01-01..2008-01-31']);
    await declare(first, '2008-02', [{ number: stays, wage: '2000' }], false);
    await city.run('insurance.assess', { month: '2008-02' });
    // Who stays, his twin's file and the rural one; not the leaver.
    expect(await persons(first, '2008-02')).toBe(3);
    await verified();
  });

  it('may have left in it, and his name is read as on a roster', async () => {
    const name = '李  四';
    expect(await refusal(correct(second, fresh, 'adds', { name: ' ' }))).toBe('input-invalid');
    await correct(second, fresh, 'adds', { name, leaves: true });
    expect(await enrolled(fresh, 1)).toEqual(['enterprise 2008-01-01..2008-01-31']);
    expect((await record(fresh)).name).toBe('李四');
    const told = await correct(second, fresh, 'adds', { wageFen: undefined }).catch(String);
    expect(told).toContain('wageFen is missing');
  });
});

describe('a wage that is corrected of a person whose two files stand on one roster', () => {
  it('is the person’s wage, not one of two', async () => {
    await city.run('registry.person.merge', {
      keep: stays,
      merge: twin,
      reason: '一人两档',
    });
    await city.run('insurance.correct-wage', {
      employer: first,
      person: stays,
      months: ['2008-01'],
      wageFen: 300_000,
      reason: '测试',
    });
    await city.run('insurance.credit', { month: '2008-02' });
    await city.clock('2008-03-05T09:00');
    await city.run('insurance.close', { month: '2008-02' });
    await city.run('insurance.assess', { month: '2008-03' });
    const january = (await record(stays)).months.find((m) => m.month === '2008-01')!;
    expect(january).toMatchObject({ wageFen: 300_000, baseFen: 300_000 });
    await verified();
  });
});

describe('who is added under a number that was once wrongly another’s', () => {
  const [wrong, right] = [citizen(886), citizen(887)];
  const other = { name: '李四', residence: 'urban' };

  it('is asked for by name, is the other under the other’s name, else somebody new', async () => {
    await correct(second, wrong, 'adds', { ...other, name: '张三' });
    await city.run('registry.person.correct-number', {
      person: wrong,
      number: right,
      reason: '号码抄错',
    });
    expect(await refusal(correct(second, wrong, 'adds'))).toBe('person-needs-name');
    const there = 'on-roster-already';
    expect(await refusal(correct(second, wrong, 'adds', { ...other, name: '张三' }))).toBe(there);
    const { publicId } = await record(right);
    expect(await refusal(correct(second, publicId, 'adds'))).toBe(there);
    await correct(second, wrong, 'adds', other);
    const found = await record(wrong);
    expect(found.name).toBe('李四');
    expect(found.publicId).not.toBe(publicId);
    expect((await record(right)).name).toBe('张三');
  });

  it('is taken under a number whose file was merged', async () => {
    expect(await refusal(correct(first, twin, 'adds'))).toBe('on-roster-already');
  });
});

describe('one new person at several doors at once', () => {
  it('has one file: of corrections the second waits and finds it', async () => {
    const person = citizen(888);
    const add = (employer: string) => refusal(correct(employer, person, 'adds', { name: '孙三' }));
    const answers = await Promise.all([first, first, second].map(add));
    expect(answers.sort()).toEqual(['none', 'none', 'on-roster-already']);
    await verified();
  });

  it('has one file: of rosters the second is asked to try again, and finds it', async () => {
    await city.run('insurance.credit', { month: '2008-03' });
    await city.clock('2008-04-05T09:00');
    await city.run('insurance.close', { month: '2008-03' });
    const joins: Person = { number: citizen(889), wage: '2000', change: '新增' };
    const hand = (employer: string) => refusal(declare(employer, '2008-04', [joins], false));
    const answers = await Promise.all([first, second].map(hand));
    expect(['none', 'conflict-try-again']).toEqual(expect.arrayContaining(answers));
    expect(answers).toContain('none');
    expect([await hand(first), await hand(second)]).toEqual(['none', 'none']);
  });

  it('is told to try again who opens the file of a number that another just opened', async () => {
    const { store } = city.house;
    const of = { name: '孙三', number: citizen(890), residence: 'urban', area: 430407 } as const;
    const born = { birth: '1970-01-01' as PlainDate, sex: 'male' } as const;
    const open = (tx: Parameters<typeof insertPersons>[0]) =>
      insertPersons(tx, [{ ...of, ...born }], 1);
    const outcomes = await store.transaction({ role: 'system' }, async (tx) => {
      await open(tx);
      // It waits for this transaction.
      const second = refusal(store.transaction({ role: 'system' }, open));
      await delay(300);
      return { second };
    });
    expect(await outcomes.second).toBe('conflict-try-again');
  });
});
