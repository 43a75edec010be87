import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordView } from '../../src/services/insurance/index.ts';
import { citizen, organisation, roster, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const [mill, works, shop] = [organisation(941), organisation(942), organisation(943)];
const people = Array.from({ length: 12 }, (_, i) => citizen(640 + i));
let city: TestCity;

type Person = Parameters<typeof roster>[1][number];
const plain = (...who: readonly number[]): Person[] =>
  who.map((i) => ({ number: people[i]!, wage: '2000' }));
const declare = (employer: string, month: string, persons: readonly Person[], full = true) =>
  city.run('insurance.declare', { employer, month, full, content: roster(month, persons) });
const late = (employer: string, month: string, persons: readonly Person[], more = {}) =>
  city.run('insurance.declare-late', {
    employer,
    month,
    content: roster(month, persons),
    reason: '漏报',
    ...more,
  });
const step = async (month: string, next: string) => {
  await city.run('insurance.assess', { month });
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-05T09:00`);
  await city.run('insurance.close', { month });
};
const enrolled = async (person: number) =>
  (await city.run<RecordView>('insurance.record', { person: people[person]! })).enrolments.map(
    (e) => `${e.from}..${e.to ?? ''}`,
  );

beforeAll(async () => {
  city = await testCity({ at: '2008-10-05T09:00' });
  for (const code of [mill, works, shop])
    await city.run('registry.employer.register', {
      code,
      name: code,
      area: '430407',
      injuryClass: 1,
    });
  await declare(mill, '2008-10', plain(0, 1, 2));
  await declare(works, '2008-10', plain(5, 6, 7, 8, 9));
  await declare(shop, '2008-10', plain(11));
  await step('2008-10', '2008-11');
});
afterAll(async () => city?.close());

describe('a late roster after which nothing was declared', () => {
  it('is the roster of the month: who is not on it was not there, who left in it left', async () => {
    await step('2008-11', '2008-12');
    await city.run('registry.person.merge', {
      keep: people[11]!,
      merge: people[9]!,
      reason: '一人两档',
    });
    const rows: Person[] = [
      ...plain(5, 10),
      { number: people[6]!, wage: '2000', change: '减少' },
      // A fault in his wage makes nobody a leaver.
      { number: people[8]!, wage: '二千x' },
      // Enrolled under the file that was merged.
      { number: people[11]!, wage: '2000' },
    ];
    await late(works, '2008-11', rows, { acceptValid: true });
    expect(await enrolled(5)).toEqual(['2008-10-01..']);
    expect(await enrolled(6)).toEqual(['2008-10-01..2008-11-30']);
    expect(await enrolled(7)).toEqual(['2008-10-01..2008-10-31']);
    expect(await enrolled(8)).toEqual(['2008-10-01..']);
    expect(await enrolled(11)).toEqual(['2008-10-01..', '2008-10-01..']);
    expect(await enrolled(10)).toEqual(['2008-11-01..']);
  });

  it('is carried on by the changes of the next month', async () => {
    await declare(works, '2008-12', plain(5), false);
    for (const person of [5, 8, 10]) expect((await enrolled(person)).at(-1)).toMatch(/\.\.$/);
    for (const person of [6, 7]) expect((await enrolled(person)).at(-1)).not.toMatch(/\.\.$/);
  });
});

describe('a late roster of a month before others that were declared', () => {
  it('covers the month of who is enrolled later, and leaves the later months as their rosters say', async () => {
    await declare(mill, '2008-12', plain(0, 1, 3));
    expect(await enrolled(3)).toEqual(['2008-12-01..']);
    await step('2008-12', '2009-01');
    // 1 was not there in November, 2 had been let go with it, 4 was there in November alone.
    await late(mill, '2008-11', [
      ...plain(0, 3),
      { number: people[4]!, wage: '2000', change: '减少' },
    ]);
    expect(await enrolled(0)).toEqual(['2008-10-01..']);
    expect((await enrolled(1)).sort()).toEqual(['2008-10-01..2008-10-31', '2008-12-01..']);
    expect(await enrolled(2)).toEqual(['2008-10-01..2008-10-31']);
    expect(await enrolled(3)).toEqual(['2008-11-01..']);
    expect(await enrolled(4)).toEqual(['2008-11-01..2008-11-30']);
  });

  it('is settled on the next bill, and the books hold', async () => {
    await declare(mill, '2009-01', plain(0, 1, 3));
    await declare(works, '2009-01', plain(5), false);
    await step('2009-01', '2009-02');
    await allVerified(city);
  });
});
