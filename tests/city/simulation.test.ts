import { afterEach, describe, expect, it } from 'vitest';
import { month } from '../../src/kernel/index.ts';
import { simulate, simulateNext } from '../../src/services/simulation/index.ts';
import { refusal, type TestCity, testCity } from './harness.ts';

const options = { seed: 7, scale: 0.001, from: month('2008-01') };
const quiet = (): void => undefined;
const open: TestCity[] = [];

async function city(): Promise<TestCity> {
  const made = await testCity({ at: '2008-01-01T08:00' });
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const verified = async (of: TestCity) => {
  const { checks } = await of.run<{ checks: { name: string; wrong: number }[] }>(
    'insurance.verify',
    {},
  );
  expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
};

describe('the simulated city', () => {
  it('is the same for the same seed, month after month, in one go or in two', async () => {
    const one = await city();
    const first = await simulate(one.house, one.operator, { ...options, months: 2 }, quiet);
    expect(first).toMatchObject({ retirees: 136 });
    expect(first.months.map((m) => m.month)).toEqual(['2008-01', '2008-02']);
    expect(first.months[0]!.bills).toBeGreaterThan(10);
    await verified(one);
    const two = await city();
    const begun = await simulate(two.house, two.operator, { ...options, months: 1 }, quiet);
    expect(begun.months).toEqual(first.months.slice(0, 1));
    const next = await simulateNext(two.house, two.operator, month('2008-02'), quiet);
    expect(next).toEqual(first);
    // A month further than the next is not played.
    expect(await simulateNext(two.house, two.operator, month('2008-06'), quiet)).toBeUndefined();
    expect(
      await refusal(simulate(two.house, two.operator, { ...options, seed: 8, months: 1 }, quiet)),
    ).toBe('simulation-differs');
  });

  it('goes on where it was cut off in the middle of a month', async () => {
    const whole = await city();
    const expected = await simulate(whole.house, whole.operator, { ...options, months: 1 }, quiet);
    const cut = await city();
    let told = 0;
    const stop = (): void => {
      told += 1;
      if (told === 9) throw new Error('cut off');
    };
    await expect(
      simulate(cut.house, cut.operator, { ...options, months: 1 }, stop),
    ).rejects.toThrow('cut off');
    expect(await simulate(cut.house, cut.operator, { ...options, months: 1 }, quiet)).toEqual(
      expected,
    );
    await verified(cut);
  });
});
