import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BalancesView, Page, UndeclaredRow } from '../../src/services/insurance/index.ts';
import { organisation, refusal, type TestCity, testCity } from './harness.ts';
import { allVerified } from './verified.ts';

const employer = organisation(991);
const county = '430407';
let city: TestCity;

/** One employer of the old books, with something still owed for the month before the city's first. */
function books(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-arrears-'));
  const files = {
    'employers.csv': `code,name,area,injuryClass,category,from\n${employer},欠费厂,${county},2,enterprise,2000-01-01\n`,
    'arrears.csv': `employer,feeMonth,insurance,share,amount,dueDate\n${employer},2007-12,medical,employer,55.55,2008-01-05\n`,
    'totals.csv': `table,area,insurance,year,item,count,amount\nemployers,${county},,,,1,\narrears,${county},medical,2007,employer,1,55.55\n`,
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  return folder;
}

beforeAll(async () => {
  city = await testCity();
  const folder = books();
  await city.run('insurance.take-over', { folder });
  rmSync(folder, { recursive: true });
});
afterAll(async () => city?.close());

it('arrears of the old books are no month to go by: who did not declare is left to the clerk', async () => {
  const before = await city.run<Page<UndeclaredRow>>('insurance.undeclared', { month: '2008-01' });
  expect(before.rows).toMatchObject([{ code: employer, needsClerk: true }]);
  const answer = await city.run('insurance.assess', { month: '2008-01' });
  expect(answer).toMatchObject({ bills: 0, provisional: 0 });
  expect(await refusal(city.run('insurance.bill', { employer, month: '2008-01' }))).toBe(
    'not-found',
  );
  const after = await city.run<Page<UndeclaredRow>>('insurance.undeclared', { month: '2008-01' });
  expect(after.rows).toMatchObject([{ code: employer, provisionalFen: null, needsClerk: true }]);
});

it('they stand in the receivable book of the employer with both sides', async () => {
  const asked = { fund: 'medical', book: 'receivable', day: '2008-01-31', employer };
  const view = await city.run<BalancesView>('insurance.balances', asked);
  expect([view.debitFen, view.creditFen]).toEqual([5555, 5555]);
  await allVerified(city);
});
