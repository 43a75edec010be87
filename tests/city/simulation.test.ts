import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MindunError, month } from '../../src/kernel/index.ts';
import type { RecordView, TakeoverAnswer } from '../../src/services/insurance/index.ts';
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

const books = {
  'persons.csv':
    'number,name,residence,area\n430499197001010020,张伟,urban,430407\n430499197001010063,李娜,rural,430407\n',
  'employers.csv':
    'code,name,area,injuryClass,category,from\n71234567-2,"湘江,铸造厂",430407,2,enterprise,1998-01-01\n',
  'spells.csv':
    'number,employer,category,schemes,from,to\n430499197001010020,71234567-2,enterprise,,2000-01-01,\n430499197001010063,71234567-2,rural,pension;medical,2001-01-01,2007-06-30\n',
  'rosters.csv':
    'employer,number,category,wage\n71234567-2,430499197001010020,enterprise,1800.00\n',
  'balances.csv':
    'number,insurance,year,opening,credited,interest,paidOut,closing\n430499197001010020,pension,2007,1000.00,1728.00,25.20,0.00,2753.20\n',
  'deemed.csv':
    'number,months,from,to,basis\n430499197001010020,60,1990-01-01,1994-12-31,连续工龄\n',
  'retirees.csv': 'number,since,pension\n',
  'arrears.csv':
    'employer,feeMonth,insurance,share,amount,dueDate\n71234567-2,2007-11,pension,employer,360.00,2007-11-20\n71234567-2,2007-12,pension,employer,360.00,2007-12-20\n',
  'ledger.csv':
    'fund,account,area,amount\npension,100300,430407,50000.00\npension,300100,430407,-50000.00\n',
  'totals.csv': `table,area,insurance,year,count,amount
persons,430407000000,,,2,0.00
employers,430407000000,,,1,0.00
spells,430407000000,pension,,1,0.00
spells,430407000000,medical,,1,0.00
spells,430407000000,unemployment,,1,0.00
spells,430407000000,injury,,1,0.00
spells,430407000000,maternity,,1,0.00
rosters,430407000000,,,1,1800.00
balances,430407000000,pension,2007,1,2753.20
deemed,430407000000,,,1,0.00
arrears,430407000000,pension,2007,2,720.00
ledger,430407000000,pension,,2,0.00
`,
} as const;

function folder(
  changes: Partial<Record<keyof typeof books, (text: string) => string>> = {},
): string {
  const made = mkdtempSync(path.join(tmpdir(), 'mindun-books-'));
  for (const [file, text] of Object.entries(books)) {
    const change = changes[file as keyof typeof books];
    writeFileSync(path.join(made, file), change === undefined ? text : change(text));
  }
  return made;
}

describe('taking over books', () => {
  it('tries first, then loads all, and once', async () => {
    const here = await city();
    const take = (input: object) => here.run<TakeoverAnswer>('insurance.take-over', input);
    const where = folder();
    const dry = await take({ folder: where, dryRun: true });
    expect(dry).toMatchObject({ files: 10, reconciled: true, errors: [] });
    expect(dry.sheet.every((s) => s.agrees)).toBe(true);
    expect((await here.run<{ rows: object[] }>('insurance.employers', {})).rows).toHaveLength(0);
    await take({ folder: where });
    expect(await refusal(take({ folder: where }))).toBe('books-begun');
    const record = await here.run<RecordView>('insurance.record', { person: '430499197001010020' });
    expect(record).toMatchObject({ deemedMonths: 60, enrolments: [{ to: null }] });
    expect(record.accounts[0]).toMatchObject({ insurance: 'pension', balanceFen: 275_320 });
    await verified(here);
  });

  it('refuses what does not reconcile, to the fen', async () => {
    const here = await city();
    const where = folder({ 'totals.csv': (t) => t.replace('2753.20', '2753.21') });
    expect(await refusal(here.run('insurance.take-over', { folder: where }))).toBe(
      'not-reconciled',
    );
    const dry = await here.run<TakeoverAnswer>('insurance.take-over', {
      folder: where,
      dryRun: true,
    });
    expect(dry.reconciled).toBe(false);
    expect(dry.sheet.filter((s) => !s.agrees)).toMatchObject([
      { table: 'balances', fen: 275_320, sourceFen: 275_321 },
    ]);
  });

  it('tells every fault by file, line and column', async () => {
    const here = await city();
    const where = folder({
      'persons.csv': (t) => t.replace('430499197001010063', '430499197001010061'),
      'balances.csv': (t) => t.replace('25.20', '25.205'),
      'employers.csv': (t) => t.replace('enterprise', 'firm'),
    });
    appendFileSync(path.join(where, 'rosters.csv'), '71234567-2,430499197001010020,enterprise\n');
    const error = await here.run('insurance.take-over', { folder: where }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MindunError);
    const faults = (error as MindunError).faults('zh');
    expect(faults.map((f) => [f.file, f.line, f.column])).toEqual([
      ['persons.csv', 3, 'number'],
      ['employers.csv', 2, 'category'],
      ['rosters.csv', 3, undefined],
      ['balances.csv', 2, 'interest'],
    ]);
    const unknown = folder({ 'arrears.csv': (t) => t.replaceAll('71234567-2', '71234568-0') });
    const codes = (await here
      .run('insurance.take-over', { folder: unknown })
      .catch((e: MindunError) => e.faults('en'))) as {
      code: string;
    }[];
    expect(codes.map((c) => c.code)).toEqual(['reference-unknown', 'reference-unknown']);
    const gb = folder();
    writeFileSync(
      path.join(gb, 'persons.csv'),
      Buffer.concat([readFileSync(path.join(gb, 'persons.csv')), Buffer.from([0xd5, 0xc5])]),
    );
    expect(await refusal(here.run('insurance.take-over', { folder: gb }))).toBe('not-utf8');
  });
});
