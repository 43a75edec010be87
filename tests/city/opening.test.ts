import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MindunError, parseYuan, sumOf, yuan } from '../../src/kernel/index.ts';
import type {
  BalancesView,
  BillView,
  Check,
  StatementView,
  TakeoverAnswer,
  TrialBalanceView,
} from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const county = '430407000000';
const employer = organisation(5);
const worker = citizen(2);
// What fifteen years leave: money in every place where it may lie, bonds, what was lent, borrowed and is nobody's yet.
const ledger: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pension: {
    '100100': '12.34',
    '100200': '500.00',
    '100300': '40000.00',
    '100400': '6000.00',
    '100500': '700.01',
    '110100': '88.88',
    '120100': '900000.00',
    '200100': '-321.09',
    '210100': '-10000.00',
    '300100': '-936980.14',
  },
  medical: {
    '100200': '1.00',
    '120100': '7999.00',
    '200100': '-50.00',
    '300101': '-7950.00',
  },
  injury: { '120100': '3000.00', '300100': '-1800.00', '320100': '-1200.00' },
};
const lines = Object.entries(ledger).flatMap(([fund, accounts]) =>
  Object.entries(accounts).map(([account, amount]) => ({ fund, account, amount })),
);

function books(rows: readonly { fund: string; account: string; amount: string }[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-opening-'));
  const write = (file: string, text: readonly string[]): void =>
    writeFileSync(path.join(folder, file), `${text.join('\n')}\n`);
  write('ledger.csv', [
    'fund,account,area,amount',
    ...rows.map((r) => `${r.fund},${r.account},430407,${r.amount}`),
  ]);
  write('totals.csv', [
    'table,area,insurance,year,item,count,amount',
    ...rows.map(({ fund, account, amount }) => {
      const side = amount.startsWith('-') ? 'credit' : 'debit';
      return `ledger,430407,${fund},,${account}.${side},1,${amount.replace('-', '')}`;
    }),
  ]);
  return folder;
}

let city: TestCity;
beforeAll(async () => {
  city = await testCity();
});
afterAll(async () => city?.close());

const take = async (folder: string) => {
  try {
    return await city.run<TakeoverAnswer>('insurance.take-over', { folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const balancesOf = async (fund: string, day: string) => {
  const { rows } = await city.run<BalancesView>('insurance.balances', { fund, day });
  return Object.fromEntries(rows.map((r) => [r.account, r.balanceFen]));
};
const opened = (fund: string) =>
  Object.fromEntries(Object.entries(ledger[fund]!).map(([a, amount]) => [a, parseYuan(amount)]));
const verified = async () => {
  const { checks } = await city.run<{ checks: Check[] }>('insurance.verify', {});
  expect(checks.filter((c) => !c.ok)).toEqual([]);
};

describe('an opening ledger', () => {
  it('is refused by line for accounts that no book begins with, with those that it may hold', async () => {
    const wrong = books([
      { fund: 'pension', account: '400100', amount: '-1.00' },
      { fund: 'pension', account: '200101', amount: '-1.00' },
      { fund: 'pension', account: '320100', amount: '2.00' },
      { fund: 'medical', account: '300100', amount: '-1.00' },
      { fund: 'injury', account: '120200', amount: '1.00' },
    ]);
    const error = (await take(wrong).catch((e: unknown) => e)) as MindunError;
    expect(error).toBeInstanceOf(MindunError);
    const faults = error.faults('zh').filter((f) => f.code === 'account-not-taken-over');
    expect(faults.map((f) => f.line)).toEqual([2, 3, 4, 5, 6]);
    const common = '100100 100200 100300 100400 100500 110100 120100 200100 210100';
    expect(faults[0]!.message).toContain(`${common} 300100`);
    expect(faults[3]!.message).toContain(`${common} 300101 300102`);
    expect(faults[4]!.message).toContain(`${common} 300100 320100`);
  });

  it('with bonds, loans, cash and reserve is taken to the fen, each account on its side', async () => {
    const { reconciled, sheet } = await take(books(lines));
    expect(reconciled).toBe(true);
    expect(sheet.find((s) => s.item === '120100.net' && s.insurance === 'pension')).toMatchObject({
      area: county,
      fen: 90_000_000,
      sourceFen: 90_000_000,
    });
    for (const fund of Object.keys(ledger))
      expect(await balancesOf(fund, '2007-12-31')).toEqual(opened(fund));
    await verified();
  });
});

/** One month of one employer; of two receipts one is nobody's. @returns what came in by fund, in fen */
async function month(name: string, bank: string): Promise<BillView> {
  const content = roster(name, [{ number: worker, wage: '2000.00' }]);
  await city.run('insurance.declare', { employer, month: name, full: true, content });
  await city.clock(`${name}-12T09:00`);
  await city.run('insurance.assess', { month: name });
  const bill = await city.run<BillView>('insurance.bill', { employer, month: name });
  const rows = [
    { on: `${name}-12`, reference: `${bank}1`, bill: bill.number, amount: yuan(owed(bill)) },
    { on: `${name}-12`, reference: `${bank}2`, amount: '33.00' },
  ];
  await city.run('insurance.collect', { content: bankFile(rows) });
  await city.run('insurance.close', { month: name });
  return bill;
}
const owed = (bill: BillView): number => sumOf(bill.lines, (l) => l.openFen);
const of = (bill: BillView, insurance: string): number =>
  sumOf(
    bill.lines.filter((l) => l.insurance === insurance),
    (l) => l.openFen,
  );

describe('the months after it', () => {
  let january: BillView;

  it('empty the income accounts, taken over or not, and carry everything else on', async () => {
    await city.run('registry.employer.register', {
      code: employer,
      name: '甲厂',
      area: '430407',
      injuryClass: 1,
    });
    january = await month('2008-01', 'A');
    const came = of(january, 'pension');
    const { '100200': taken, ...rest } = opened('pension');
    expect(await balancesOf('pension', '2008-01-31')).toEqual({
      ...rest,
      '100300': rest['100300']! + taken! + came + 3300,
      // A receipt of the month that is nobody's stands apart from what was taken over.
      '200102': -3300,
      '300100': rest['300100']! - came,
    });
    expect(await balancesOf('injury', '2008-01-31')).toMatchObject({
      '120100': 300_000,
      '320100': -120_000,
    });
    expect(await balancesOf('medical', '2008-01-31')).toMatchObject({
      '100300': 100 + of(january, 'medical'),
      '120100': 799_900,
      '200100': -5000,
    });
    await verified();
  });

  it('show it on trial balance and statement, with the fund balance and the reserve', async () => {
    await city.clock('2008-02-05T09:00');
    await month('2008-02', 'B');
    const trial = await city.run<TrialBalanceView>('insurance.trial-balance', {
      fund: 'pension',
      month: '2008-02',
    });
    const row = (account: string) => trial.rows.find((r) => r.account === account);
    expect(row('120100')).toMatchObject({
      code: null,
      name: { zh: '债券投资' },
      openingFen: 90_000_000,
      closingFen: 90_000_000,
    });
    expect(row('200100')).toMatchObject({ name: { zh: '暂收款——接管' }, closingFen: -32_109 });
    expect(row('200102')).toMatchObject({ openingFen: -3300, closingFen: -6600 });
    expect(sumOf(trial.rows, (r) => r.closingFen)).toBe(0);
    const statement = await city.run<StatementView>('insurance.statement', {
      fund: 'injury',
      month: '2008-02',
    });
    const opening = statement.rows.find((r) => r.key === 'opening')!;
    expect([opening.monthFen, opening.yearFen]).toEqual([300_000 + of(january, 'injury'), 300_000]);
    await verified();
  });
});
