import { z } from 'zod';
import { defineQuery } from '../../../kernel/index.ts';
import { bookChecks } from './books.ts';
import { factChecks } from './facts.ts';
import { moneyChecks } from './money.ts';
import { monthChecks } from './month.ts';
import { personChecks } from './persons.ts';
import { sealedChecks } from './sealed.ts';
import { trailChecks } from './trail.ts';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** How many things were looked at. */
  readonly counted: number;
  /** How many of them are wrong. */
  readonly wrong: number;
}

/**
 * Every invariant of the store, each with what it counted. Nothing stored is trusted: amounts are computed again from rosters, receipts and the law, balances from
 * entries. Personal data is read and not shown.
 */
export const verifyQuery = defineQuery({
  name: 'insurance.verify',
  title: { zh: '核对账簿与明细', en: 'Verify the store' },
  wholeCity: true,
  input: z.object({}),
  async run(context): Promise<{ checks: Check[] }> {
    const all = [
      ...bookChecks,
      ...monthChecks,
      ...personChecks(),
      ...moneyChecks,
      ...factChecks,
      ...trailChecks,
      ...sealedChecks,
    ];
    return context.elevate(async () => {
      const checks: Check[] = [];
      for (const { name, run } of all) {
        const { counted, wrong } = await run(context);
        checks.push({ name, ok: wrong === 0, counted, wrong });
      }
      return { checks };
    });
  },
});
