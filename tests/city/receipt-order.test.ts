import { afterAll, beforeAll, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, CollectAnswer } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

/** A bank writes its newest receipts first: what came in by the due day is no arrear all the same. */
const [oldestFirst, newestFirst] = [organisation(995), organisation(996)];
const month = '2011-08';
let city: TestCity;

const bill = (employer: string) => city.run<BillView>('insurance.bill', { employer, month });

beforeAll(async () => {
  city = await testCity({ at: '2011-08-05T09:00' });
  for (const [i, code] of [oldestFirst, newestFirst].entries()) {
    const of = { name: `厂${i}`, area: '430407', injuryClass: 1 };
    await city.run('registry.employer.register', { code, ...of });
    const content = roster(month, [{ number: citizen(9950 + i), wage: '3000.00' }]);
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  await city.run('insurance.assess', { month });
  await city.clock('2011-08-28T09:00');
});
afterAll(async () => city?.close());

it('the receipts of a file count by their days, whatever their order in it', async () => {
  const seen = [];
  for (const employer of [oldestFirst, newestFirst]) {
    const { number, dueDate, total } = await bill(employer);
    expect(dueDate).toBe('2011-08-08');
    // Twice what was assessed: once on the due day, once after it.
    const owed = total.employerFen + total.employeeFen;
    const rows = ['2011-08-08', '2011-08-25'].map((on) => ({
      on,
      reference: `${employer} ${on}`,
      bill: number,
      amount: yuan(owed),
    }));
    const content = bankFile(employer === newestFirst ? rows.reverse() : rows);
    const answer = await city.run<CollectAnswer>('insurance.collect', { content });
    seen.push([answer.lateFeeFen, answer.allocatedFen === owed, answer.creditFen === owed]);
  }
  expect(seen).toEqual([
    [0, true, true],
    [0, true, true],
  ]);
});
