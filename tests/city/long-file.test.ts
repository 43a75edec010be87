import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, CollectAnswer } from '../../src/services/insurance/index.ts';
import {
  type BankRow,
  bankFile,
  citizen,
  organisation,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const month = '2008-01';
const often = organisation(61);
const once = organisation(62);
let city: TestCity;

const bill = (employer: string): Promise<BillView> =>
  city.run<BillView>('insurance.bill', { employer, month });

beforeAll(async () => {
  city = await testCity();
  for (const [i, code] of [often, once].entries()) {
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: '430407',
      injuryClass: 1,
    });
    const person = { number: citizen(301 + i * 2), wage: '2000' };
    await city.run('insurance.declare', {
      employer: code,
      month,
      full: true,
      content: roster(month, [person]),
    });
  }
  await city.run('insurance.assess', { month });
  await city.clock(`${month}-20T09:00`);
});
afterAll(async () => city?.close());

describe('a bank file of many lines', () => {
  it('pays what an employer still owes, however far apart its receipts stand', async () => {
    const [first, second] = [await bill(often), await bill(once)];
    const owed = first.total.payableFen;
    const half = Math.floor(owed / 2);
    const over = 10_000;
    const line = (reference: string, amount: number, of?: BillView): BankRow => ({
      on: `${month}-20`,
      reference,
      amount: yuan(amount),
      ...(of === undefined ? {} : { bill: of.number }),
    });
    const unknown = Array.from({ length: 1500 }, (_, i) => line(`U${i}`, 100 + i));
    const lines = [...unknown];
    lines[0] = line('half', half, first);
    lines[1] = line('other', second.total.payableFen, second);
    lines[700] = line('rest', owed - half, first);
    lines[1300] = line('over', over, first);
    lines[1301] = line('over again', over, second);
    const answer = await city.run<CollectAnswer>('insurance.collect', {
      content: bankFile(lines),
    });
    const strange = lines.filter((l) => l.bill === undefined);
    expect(answer).toMatchObject({
      receipts: 1500,
      matched: 5,
      suspense: strange.length,
      allocatedFen: owed + second.total.payableFen,
      creditFen: 2 * over,
      amountFen: owed + second.total.payableFen + 2 * over + answer.suspenseFen,
    });
    for (const code of [often, once]) {
      const now = await bill(code);
      expect(now.total.payableFen, code).toBe(0);
    }
    type Check = { readonly ok: boolean };
    const { checks } = await city.run<{ checks: Check[] }>('insurance.verify', {});
    expect(checks.filter((c) => !c.ok)).toEqual([]);
  });
});
