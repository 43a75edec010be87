import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  BillView,
  Page,
  RecordView,
  UndeclaredRow,
} from '../../src/services/insurance/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

// What stands for the month before changes with the city's own notices; so does the order of payment, and when a month counts.
const notices = `- id: collection.provisionalBase
  zh: 未申报月份的上月数额
  en: What stands for the month before of an undeclared month
  unit: code
  versions:
    - { from: '2008-04-01', to: '2008-04-30', value: month-before, document: 测试通知, article: '', confidence: found }
    - { from: '2008-05-01', to: '2008-05-31', value: last-paid, document: 测试通知, article: '', confidence: found }
    - { from: '2008-06-01', value: by-feeling, document: 测试通知, article: '', confidence: found }
- id: collection.strategy
  zh: 缴费分配次序
  en: Order in which money is applied
  unit: code
  versions:
    - { from: '2008-02-01', to: '2008-02-29', value: oldest-month-pro-rata-principal-first, document: 测试通知, article: '', confidence: found }
- id: collection.contributionMonth
  zh: 缴费月数何时算一个月
  en: When a contribution month counts
  unit: code
  versions:
    - { from: '2008-03-01', value: assessed, document: 测试通知, article: '', confidence: found }
`;
const silent = organisation(81);
const short = [organisation(82), organisation(83)] as const;
const person = citizen(21);
let city: TestCity;

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
  mkdirSync(path.join(folder, '4304'));
  writeFileSync(path.join(folder, '4304', 'parameters.yaml'), notices);
  process.env['MINDUN_LAW'] = folder;
  city = await testCity();
  for (const code of [silent, ...short]) {
    await city.run('registry.employer.register', {
      code,
      name: `厂${code}`,
      area: '430407',
      injuryClass: 1,
    });
  }
});
afterAll(async () => city?.close());

const bill = (code: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer: code, month });
const pensionOf = async (code: string, month: string) =>
  (await bill(code, month)).lines.find(
    (l) => l.insurance === 'pension' && l.share === 'employer' && l.feeMonth === month,
  )!.amountFen;
const finish = async (month: string, next: string) => {
  await city.run('insurance.credit', { month });
  await city.clock(`${next}-11T09:00`);
  await city.run('insurance.close', { month });
};

describe('the ways that the law names', () => {
  it('divides a short payment by the order in force on the day of payment', async () => {
    for (const [i, code] of [silent, ...short].entries()) {
      await city.run('insurance.declare', {
        employer: code,
        month: '2008-01',
        full: true,
        content: roster('2008-01', [
          { number: i === 0 ? person : citizen(21 + 2 * i), wage: '4000' },
        ]),
      });
    }
    await city.run('insurance.assess', { month: '2008-01' });
    await city.clock('2008-02-10T09:00');
    for (const [i, on] of ['2008-01-08', '2008-02-08'].entries()) {
      const { number } = await bill(short[i]!, '2008-01');
      await city.run('insurance.collect', {
        content: bankFile([{ on, reference: `短${i}`, bill: number, amount: '100.00' }]),
      });
    }
    const paid = async (code: string, share: string) =>
      (await bill(code, '2008-01')).lines
        .filter((l) => l.share === share)
        .reduce((s, l) => s + l.amountFen - l.openFen, 0);
    expect(await paid(short[0], 'employee')).toBe(10_000);
    expect(await paid(short[1], 'employee')).toBeLessThan(5000);
    expect((await paid(short[1], 'employee')) + (await paid(short[1], 'employer'))).toBe(10_000);
  });

  it('counts a month only when it is paid in full, while the law says so', async () => {
    const { months } = await city.run<RecordView>('insurance.record', { person });
    expect(months[0]).toMatchObject({ month: '2008-01', counts: false });
  });

  it('passes over provisional months that nobody paid: 110 % once, not twice', async () => {
    expect(await pensionOf(silent, '2008-01')).toBe(80_000);
    await finish('2008-01', '2008-02');
    await city.run('insurance.assess', { month: '2008-02' });
    expect(await pensionOf(silent, '2008-02')).toBe(88_000);
    await finish('2008-02', '2008-03');
    await city.run('insurance.assess', { month: '2008-03' });
    expect(await pensionOf(silent, '2008-03')).toBe(88_000);
    const { months } = await city.run<RecordView>('insurance.record', { person });
    expect(months[0]).toMatchObject({ month: '2008-01', counts: true });
    await finish('2008-03', '2008-04');
  });

  it('takes the month before whatever it was where the law says so', async () => {
    await city.run('insurance.assess', { month: '2008-04' });
    expect(await pensionOf(silent, '2008-04')).toBe(96_800);
    await finish('2008-04', '2008-05');
  });

  it('leaves to the clerk who never paid where only a paid month counts', async () => {
    await city.run('insurance.assess', { month: '2008-05' });
    expect(await refusal(bill(silent, '2008-05'))).toBe('not-found');
    expect((await bill(short[0], '2008-05')).lines.length).toBeGreaterThan(0);
    const list = await city.run<Page<UndeclaredRow>>('insurance.undeclared', { month: '2008-05' });
    expect(list.rows.find((r) => r.code === silent)).toMatchObject({
      provisionalFen: null,
      needsClerk: true,
    });
    await finish('2008-05', '2008-06');
  });

  it('refuses to compute by a way it does not know', async () => {
    expect(await refusal(city.run('insurance.assess', { month: '2008-06' }))).toBe(
      'strategy-unknown',
    );
  });
});
