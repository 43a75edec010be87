import { expect } from 'vitest';
import type { TestCity } from './harness.ts';

/** Every check of the books passes. */
export async function allVerified(city: TestCity): Promise<void> {
  const { checks } = await city.run<{ checks: { name: string; wrong: number }[] }>(
    'insurance.verify',
    {},
  );
  expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
}
