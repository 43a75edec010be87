import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importSheet } from '../../src/doors/cli/import-sheet.ts';
import { nobody } from '../../src/engines/access/index.ts';
import { MindunError, parseYuan, sumOf } from '../../src/kernel/index.ts';
import type {
  BillView,
  Check,
  Derivation,
  EmployerView,
  RecordView,
  TakeoverAnswer,
} from '../../src/services/insurance/index.ts';
import { bankFile, citizen, refusal, type TestCity, testCity } from './harness.ts';

const [zhang, li] = ['430499197001010020', '430499197001010063'];
const [wang, unborn] = [citizen(71), citizen(73, '20080201')];
const years = [
  'pension,2006,0.00,900.00,100.00,0.00,1000.00',
  'pension,2007,1000.00,1728.00,25.20,0.00,2753.20',
  'medical,2007,0.00,150.00,0.00,50.00,100.00',
];
const items = ['opening', 'credited', 'interest', 'paidOut', 'closing'];
const books = {
  'persons.csv': `number,name,residence,area\n${zhang},张伟,urban,430407\n${li},李娜,rural,430407\n`,
  'employers.csv':
    'code,name,area,injuryClass,category,from\n71234567-2,"湘江,铸造厂",430407,2,enterprise,1998-01-01\n',
  'spells.csv': `number,employer,category,schemes,from,to
${zhang},71234567-2,enterprise,,2000-01-01,
${li},71234567-2,rural,pension;medical,2001-01-01,2007-06-30
`,
  'rosters.csv': `employer,number,category,wage\n71234567-2,${zhang},enterprise,1800.00\n`,
  'balances.csv': `number,insurance,year,opening,credited,interest,paidOut,closing\n${years
    .map((y) => `${zhang},${y}\n`)
    .join('')}`,
  'deemed.csv': `number,months,from,to,basis\n${zhang},60,1990-01-01,1994-12-31,连续工龄\n`,
  'retirees.csv': 'number,since,pension\n',
  'arrears.csv': `employer,feeMonth,insurance,share,amount,dueDate
71234567-2,2007-11,pension,employer,360.00,2007-11-20
71234567-2,2007-12,pension,employer,360.00,2007-12-20
`,
  'ledger.csv': `fund,account,area,amount
pension,100300,430407,50000.00
pension,300100,430407,-50000.00
medical,100300,430407,7100.00
medical,300101,430407,-7000.00
medical,300102,430407,-100.00
`,
  'totals.csv': `table,area,insurance,year,item,count,amount
persons,430407000000,,,,2,
employers,430407000000,,,,1,0
spells,430407000000,pension,,,1,0.00
spells,430407000000,medical,,,1,
spells,430407000000,unemployment,,,1,
spells,430407000000,injury,,,1,
spells,430407000000,maternity,,,1,
rosters,430407000000,,,,1,1800.00
${years
  .flatMap((y) => {
    const [insurance, year, ...amounts] = y.split(',');
    return items.map((item, i) => `balances,430407,${insurance},${year},${item},1,${amounts[i]}`);
  })
  .join('\n')}
deemed,430407000000,,,,1,
arrears,430407000000,pension,2007,employer,2,720.00
ledger,430407000000,pension,,100300.debit,1,50000.00
ledger,430407000000,pension,,300100.credit,1,50000.00
ledger,430407000000,medical,,100300.debit,1,7100.00
ledger,430407000000,medical,,300101.credit,1,7000.00
ledger,430407000000,medical,,300102.credit,1,100.00
`,
} as const;

function folder(
  changes: Partial<Record<keyof typeof books, (text: string) => string>> = {},
): string {
  const made = mkdtempSync(path.join(tmpdir(), 'mindun-books-'));
  for (const [file, text] of Object.entries(books)) {
    const change = changes[file as keyof typeof books];
    const changed = change === undefined ? text : change(text);
    if (change !== undefined) expect(changed).not.toBe(text);
    writeFileSync(path.join(made, file), changed);
  }
  return made;
}

let city: TestCity;
beforeAll(async () => {
  city = await testCity();
});
afterAll(async () => city?.close());

const counted = () =>
  city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ people: number; times: number }>(
      'select (select count(*)::int from person) as people, (select count(*)::int from take_over) as times',
    ),
  );
const take = (input: object) => city.run<TakeoverAnswer>('insurance.take-over', input);

/** What a folder is refused for: file, line, column and code, in their order. */
async function faultsOf(where: string): Promise<unknown[]> {
  const error = await take({ folder: where }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(MindunError);
  return (error as MindunError).faults('zh').map((f) => [f.file, f.line, f.column, f.code]);
}

const line = (n: number, cell: number, value: string) => (text: string) =>
  text
    .split('\n')
    .map((l, i) =>
      i + 1 === n
        ? l
            .split(',')
            .map((c, j) => (j === cell ? value : c))
            .join(',')
        : l,
    )
    .join('\n');

describe('what a take-over refuses', () => {
  it('a total that differs, to the fen, at its line of the totals', async () => {
    const where = folder({ 'totals.csv': (t) => t.replace('2753.20', '2753.21') });
    expect(await faultsOf(where)).toEqual([
      [undefined, undefined, undefined, 'not-reconciled'],
      ['totals.csv', 19, 'amount', 'total-differs'],
    ]);
    const dry = await take({ folder: where, dryRun: true });
    expect(dry.reconciled).toBe(false);
    expect(dry.errors).toMatchObject([
      { code: 'total-differs', file: 'totals.csv', line: 19, column: 'amount' },
    ]);
    const told = importSheet(dry, 'zh');
    expect(told).toMatch(/^对账 +36 行里 1 行不一致$/m);
    expect(told).toMatch(/^totals\.csv:19 amount: .*（?.*2753\.20.*2753\.21.* \(total-differs\)$/m);
    expect(told).toMatch(/^✗ +个人账户 .*closing .*¥2,753\.20 .*¥2,753\.21$/m);
    expect(dry.sheet.filter((s) => !s.agrees)).toMatchObject([
      { table: 'balances', item: 'closing', fen: 275_320, sourceFen: 275_321 },
    ]);
  });

  it('a ledger of other sides, though each fund nets to nothing', async () => {
    const where = folder({ 'ledger.csv': (t) => t.replaceAll('50000.00', '60000.00') });
    expect(await faultsOf(where)).toEqual([
      [undefined, undefined, undefined, 'not-reconciled'],
      ['totals.csv', 27, 'amount', 'total-differs'],
      ['totals.csv', 28, 'amount', 'total-differs'],
      ['totals.csv', undefined, 'amount', 'total-differs'],
      ['totals.csv', undefined, 'amount', 'total-differs'],
    ]);
  });

  it('medical accounts that their control account does not hold', async () => {
    const ledger = (t: string) =>
      t.replace('-7000.00', '-100.00').replace(/-100\.00\n$/, '-7000.00\n');
    const totals = (t: string) =>
      t
        .replace('300101.credit,1,7000.00', '300101.credit,1,100.00')
        .replace(/100\.00\n$/, '7000.00\n');
    const where = folder({ 'ledger.csv': ledger, 'totals.csv': totals });
    const dry = await take({ folder: where, dryRun: true });
    expect(dry.sheet.filter((s) => !s.agrees)).toMatchObject([
      { table: 'control', insurance: 'medical', item: '300102', fen: 10_000, sourceFen: 700_000 },
    ]);
    expect(dry.errors).toMatchObject([
      { file: 'ledger.csv', column: 'amount', code: 'total-differs' },
    ]);
    expect(await refusal(take({ folder: where }))).toBe('not-reconciled');
  });

  it('a class of work-injury risk that the law of the day does not have, at its cell', async () => {
    const wrong = folder({
      'employers.csv': (t) =>
        `${t.replace(',2,enterprise', ',4,enterprise')}71234568-0,乙厂,430407,0,enterprise,1998-01-01\n`,
    });
    expect(await faultsOf(wrong)).toEqual([
      ['employers.csv', 2, 'injuryClass', 'class-not-in-table'],
      ['employers.csv', 3, 'injuryClass', 'class-not-in-table'],
    ]);
  });

  it('a rural employer: that is a category of persons alone', async () => {
    const where = folder({ 'employers.csv': (t) => t.replace('enterprise', 'rural') });
    expect(await faultsOf(where)).toEqual([['employers.csv', 2, 'category', 'input-invalid']]);
    const told = importSheet(await take({ folder: where, dryRun: true }), 'en');
    expect(told).toMatch(
      /^employers\.csv:2 category “rural”: .*rural: enterprise, public, flexible \(/m,
    );
  });

  it('a year that does not go on from the one before, and a year left out', async () => {
    const opening = folder({ 'balances.csv': line(3, 3, '5000.00') });
    expect(await faultsOf(opening)).toEqual([
      ['balances.csv', 3, 'closing', 'sum-wrong'],
      ['balances.csv', 3, 'opening', 'opening-not-closing'],
    ]);
    const told = importSheet(await take({ folder: opening, dryRun: true }), 'zh');
    expect(told).toMatch(/^balances\.csv:3 opening “5000\.00”: .* \(opening-not-closing\)$/m);
    expect(told).toMatch(/^✓ +人员 +430407 /m);
    const gap = folder({ 'balances.csv': line(2, 2, '2004') });
    expect(await faultsOf(gap)).toEqual([['balances.csv', 3, 'year', 'year-missing']]);
  });

  it('the wrong cell of each file, by line and column, all in one round', async () => {
    const where = folder({
      'persons.csv': (t) => `${line(3, 0, '430499197001010061')(t)}${zhang},张伟,urban,430407\n`,
      'employers.csv': (t) => t.replace('enterprise', 'firm'),
      'spells.csv': (t) =>
        `${line(3, 5, '2000-06-30')(t)}${zhang},71234567-2,enterprise,,2006-01-01,\n`,
      'balances.csv': (t) => `${line(2, 7, '1000.01')(t)}${zhang},medical,2007,0,0,0,0,0\n`,
      'deemed.csv': line(2, 1, 'x'),
      'retirees.csv': (t) => `${t}430499197001010047,2000-01-01,500.00\n`,
      'arrears.csv': (t) => t.replaceAll('71234567-2', '71234568-0'),
      'ledger.csv': (t) => `${line(2, 1, '300102')(t)}pension,100300,999999,1.00\n`,
      'totals.csv': (t) => `${line(3, 5, 'one')(line(4, 6, '1.234')(t))}persons,430407,,,,2,\n`,
    });
    appendFileSync(path.join(where, 'rosters.csv'), `71234567-2,${zhang},enterprise\n`);
    expect(await faultsOf(where)).toEqual([
      ['persons.csv', 3, 'number', expect.any(String)],
      ['persons.csv', 4, 'number', 'row-repeated'],
      ['employers.csv', 2, 'category', 'input-invalid'],
      ['spells.csv', 3, 'number', 'reference-unknown'],
      ['spells.csv', 3, 'to', 'dates-reversed'],
      ['spells.csv', 4, 'from', 'spell-overlaps'],
      ['rosters.csv', 3, undefined, 'cells-differ'],
      ['balances.csv', 2, 'closing', 'sum-wrong'],
      ['balances.csv', 3, 'opening', 'opening-not-closing'],
      ['balances.csv', 5, 'year', 'row-repeated'],
      ['deemed.csv', 2, 'months', 'input-invalid'],
      ['retirees.csv', 2, 'number', 'reference-unknown'],
      ['arrears.csv', 2, 'employer', 'reference-unknown'],
      ['arrears.csv', 3, 'employer', 'reference-unknown'],
      ['ledger.csv', 2, 'account', 'account-not-taken-over'],
      ['ledger.csv', 7, 'area', 'unknown-area'],
      ['totals.csv', 3, 'count', 'input-invalid'],
      ['totals.csv', 4, 'amount', expect.any(String)],
      ['totals.csv', 32, 'table', 'row-repeated'],
    ]);
  });

  it('days, months and years that the books cannot hold: the first month of the new ones is 2008-01', async () => {
    const where = folder({
      'persons.csv': (t) => `${t}${unborn},王芳,urban,430407\n`,
      'employers.csv': (t) => t.replace('1998-01-01', '2008-02-01'),
      'spells.csv': (t) =>
        `${line(3, 5, '2008-02-29')(t)}${wang},71234567-2,enterprise,,2008-02-01,\n`,
      'balances.csv': (t) => `${t}${zhang},medical,2008,100.00,0,0,0,100.00\n`,
      'retirees.csv': (t) => `${t}${wang},2008-02-01,500.00\n`,
      'arrears.csv': (t) =>
        `${line(2, 5, '2007-10-31')(line(3, 1, '2008-01')(t))}71234567-2,2007-10,pension,employer,1.00,2008-02-01\n`,
    });
    appendFileSync(path.join(where, 'persons.csv'), `${wang},王红,urban,430407\n`);
    expect(await faultsOf(where)).toEqual([
      ['persons.csv', 4, 'number', 'date-after-books'],
      ['employers.csv', 2, 'from', 'date-after-books'],
      ['spells.csv', 3, 'to', 'date-after-books'],
      ['spells.csv', 4, 'from', 'date-after-books'],
      ['balances.csv', 5, 'year', 'year-after-books'],
      ['retirees.csv', 2, 'since', 'date-after-books'],
      ['retirees.csv', 2, 'number', 'retiree-insured'],
      ['arrears.csv', 2, 'dueDate', 'due-before-month'],
      ['arrears.csv', 3, 'feeMonth', 'month-not-before-books'],
      ['arrears.csv', 3, 'dueDate', 'due-before-month'],
      ['arrears.csv', 4, 'dueDate', 'date-after-books'],
    ]);
    const told = await take({ folder: where, dryRun: true });
    expect(told.errors[0]?.message).toBe('2008年2月1日晚于新账的第一个月 2008年1月');
  });

  it('a roster line without an enrolment in its month, or in another category than that', async () => {
    const ended = folder({ 'spells.csv': line(2, 5, '2007-11-30') });
    const [found] = await faultsOf(ended);
    expect(found).toEqual(['rosters.csv', 2, 'number', 'roster-not-enrolled']);
    const nobody = folder({ 'rosters.csv': (t) => `${t}71234567-2,${li},rural,900.00\n` });
    expect(await faultsOf(nobody)).toEqual([['rosters.csv', 3, 'number', 'roster-not-enrolled']]);
    const other = folder({ 'rosters.csv': line(2, 2, 'rural') });
    expect(await faultsOf(other)).toEqual([
      ['rosters.csv', 2, 'category', 'roster-category-differs'],
    ]);
    // Where the enrolment itself cannot be read, nothing is said of the roster.
    const unread = folder({ 'spells.csv': line(2, 4, '2000-13-01') });
    expect(await faultsOf(unread)).toEqual([['spells.csv', 2, 'from', 'date-impossible']]);
  });

  it('a retiree who is still insured in the pension insurance', async () => {
    const still = folder({ 'retirees.csv': (t) => `${t}${zhang},2007-06-01,500.00\n` });
    expect(await faultsOf(still)).toEqual([['retirees.csv', 2, 'number', 'retiree-insured']]);
  });

  it('deemed time that is longer than its own, begins in childhood, or stands twice, and arrears twice', async () => {
    const deemed = (rows: string) => folder({ 'deemed.csv': (t) => t + rows });
    const of = (months: number, from: string, to: string, basis: string) =>
      `${zhang},${months},${from},${to},${basis}\n`;
    expect(await faultsOf(folder({ 'deemed.csv': line(2, 1, '61') }))).toEqual([
      ['deemed.csv', 2, 'months', 'deemed-too-long'],
    ]);
    // Both of one time: each may be, both together may not.
    expect(await faultsOf(deemed(of(1, '1990-01-01', '1991-12-31', '军龄')))).toEqual([
      ['deemed.csv', 3, 'months', 'deemed-sum-too-long'],
    ]);
    expect(await faultsOf(deemed(of(1, '1981-12-31', '1982-12-31', '军龄')))).toEqual([
      ['deemed.csv', 3, 'from', 'deemed-too-young'],
    ]);
    expect(await faultsOf(deemed(of(60, '1990-01-01', '1994-12-31', '连续工龄')))).toEqual([
      ['deemed.csv', 3, 'number', 'row-repeated'],
    ]);
    const arrears = '71234567-2,2007-11,pension,employer,1.00,2007-11-20\n';
    expect(await faultsOf(folder({ 'arrears.csv': (t) => t + arrears }))).toEqual([
      ['arrears.csv', 4, 'feeMonth', 'row-repeated'],
    ]);
  });

  it('a ledger that is out of balance, beside a total that differs', async () => {
    const where = folder({
      'ledger.csv': (t) => t.replace('-50000.00', '-49999.99'),
      'totals.csv': (t) => t.replace('1800.00', '1800.01'),
    });
    expect(await faultsOf(where)).toEqual([
      ['ledger.csv', 3, 'amount', 'opening-unbalanced'],
      ['totals.csv', 9, 'amount', 'total-differs'],
    ]);
  });

  it('a step of the floating rate that the class may not have, and an unknown size', async () => {
    const rated = (float: string, size: string) => (t: string) =>
      t.replace('from\n', 'from,injuryFloat,size\n').replace(/01\n$/, `01,${float},${size}\n`);
    const where = folder({ 'employers.csv': rated('1.1', 'huge') });
    expect(await faultsOf(where)).toEqual([
      ['employers.csv', 2, 'size', 'input-invalid'],
      ['employers.csv', 2, 'injuryFloat', 'float-not-allowed'],
    ]);
    const short = folder({ 'employers.csv': (t) => t.replace('from\n', 'from,injuryFloat\n') });
    expect(await faultsOf(short)).toEqual([['employers.csv', 2, undefined, 'cells-differ']]);
  });

  it('other columns, a missing file and another encoding', async () => {
    const columns = folder({ 'deemed.csv': (t) => t.replace('basis', 'reason') });
    expect(await faultsOf(columns)).toEqual([['deemed.csv', 1, undefined, 'columns-differ']]);
    const gb = folder();
    writeFileSync(
      path.join(gb, 'persons.csv'),
      Buffer.concat([readFileSync(path.join(gb, 'persons.csv')), Buffer.from([0xd5, 0xc5])]),
    );
    expect(await faultsOf(gb)).toEqual([['persons.csv', 4, undefined, 'not-utf8']]);
  });
});

const content = (rows: string): string =>
  Buffer.from(
    `姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期\n${rows}`,
  ).toString('base64');

describe('taking over books', () => {
  it('tries first, then loads all, and once', async () => {
    // The last columns of employers.csv may be there, one or both.
    const where = folder({
      'employers.csv': (t) =>
        t.replace('from\n', 'from,injuryFloat\n').replace(/01\n$/, '01,0.8\n'),
      // An enrolment that ends in the month of the roster is the one that its line goes by.
      'spells.csv': line(3, 5, '2007-12-31'),
      'rosters.csv': (t) => `${t}71234567-2,${li},rural,900.00\n`,
      'totals.csv': (t) => t.replace(',,,,1,1800.00', ',,,,2,2700.00'),
    });
    const dry = await take({ folder: where, dryRun: true });
    expect(dry).toMatchObject({ files: 10, reconciled: true, errors: [] });
    expect(dry.sheet.filter((s) => !s.agrees)).toEqual([]);
    expect(dry.sheet.find((s) => s.item === '300101.net')).toMatchObject({
      fen: -700_000,
      sourceFen: -700_000,
    });
    expect((await city.run<{ rows: object[] }>('insurance.employers', {})).rows).toHaveLength(0);
    const done = await take({ folder: where });
    expect(done).toEqual(dry);
    // The same files again count nothing twice; others come too late.
    const { people } = await counted();
    const schemes = await city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ schemes: number }>('select schemes::int from roster_line order by wage'),
    );
    expect(schemes.map((r) => r.schemes)).toEqual([3, 31]);
    expect(await take({ folder: where })).toEqual(done);
    expect(await counted()).toEqual({ people, times: 1 });
    const others = folder({ 'deemed.csv': line(2, 4, '另一份文件') });
    expect(await refusal(take({ folder: others }))).toBe('books-begun');
    const record = await city.run<RecordView>('insurance.record', { person: zhang });
    expect(record).toMatchObject({ deemedMonths: 60, enrolments: [{ to: null }] });
    expect(record.accounts[0]).toMatchObject({ insurance: 'pension', balanceFen: 275_320 });
    const employer = '71234567-2';
    const view = await city.run<EmployerView>('insurance.employer', { employer });
    expect([view.injuryClass, view.injuryFloat, view.size]).toEqual([2, '0.8', null]);
    const { checks } = await city.run<{ checks: Check[] }>('insurance.verify', {});
    expect(checks.filter((c) => !c.ok)).toEqual([]);
  });

  it('is where a balance begins: its why adds the years taken over and what each month brought', async () => {
    const employer = '71234567-2';
    await city.run('insurance.declare', {
      employer,
      month: '2008-01',
      full: true,
      content: content(`张伟,${zhang},城镇,合同制,2000-01-01,1800.00,续保,\n`),
    });
    await city.run('insurance.assess', { month: '2008-01' });
    const why = (insurance: string) =>
      city.run<Derivation>('insurance.explain-account', { person: zhang, insurance });
    const unpaid = await why('pension');
    expect(unpaid.value).toBe('¥2,753.20');
    expect(credits(unpaid)).toMatchObject([{ value: '¥0.00', because: [] }]);
    expect(credits(unpaid)[0]!.formula.zh).toBe('应进账户 ¥144.00，到账记入 ¥0.00');
    const bill = await city.run<BillView>('insurance.bill', { employer, month: '2008-01' });
    await city.run('insurance.collect', {
      content: bankFile([
        { on: '2008-01-05', reference: 'W1', bill: bill.number, amount: '5000.00' },
      ]),
    });
    await city.run('insurance.credit', { month: '2008-01' });
    for (const insurance of ['pension', 'medical'] as const) {
      const told = await why(insurance);
      const record = await city.run<RecordView>('insurance.record', { person: zhang });
      const { balanceFen } = record.accounts.find((a) => a.insurance === insurance)!;
      expect(fenOf(told)).toBe(balanceFen);
      for (const node of below(told))
        if (node.rule.startsWith('account.') && node.because.length > 0)
          expect([node.rule, fenOf(node)]).toEqual([node.rule, sumOf(node.because, fenOf)]);
      expect(told.cite?.document).toBe('社会保险费申报缴纳管理暂行办法');
    }
    const pension = await why('pension');
    const [opening] = pension.because;
    expect(opening!.because.map((n) => [n.label.zh, n.value])).toEqual([
      ['2006年初结存', '¥0.00'],
      ['2006年记入', '¥900.00'],
      ['2006年利息', '¥100.00'],
      ['2007年记入', '¥1,728.00'],
      ['2007年利息', '¥25.20'],
    ]);
    expect(opening!.because[2]!.cite?.document).toBe('劳办发〔1997〕116号');
    expect(credits(pension)).toMatchObject([
      { label: { zh: '2008-01 湘江,铸造厂' }, value: '¥144.00', because: [{ value: '¥144.00' }] },
    ]);
    expect(credits(pension)[0]!.parameters.map((p) => p.document)).toContain('国发〔2005〕38号');
    expect(pension.because.at(-1)).toMatchObject({ rule: 'account.interest', value: '¥0.00' });
    // The medical account's share of the employer's money comes from no document, and says so.
    expect((await why('medical')).assumed).toBe(true);
    const other = { ...city.operator, actor: nobody };
    const asked = city.run(
      'insurance.explain-account',
      { person: zhang, insurance: 'pension' },
      other,
    );
    expect(await refusal(asked)).toBe('sign-in-needed');
  });
});

const credits = (d: Derivation) => d.because.filter((n) => n.rule === 'account.credit');
const below = (d: Derivation): Derivation[] => [d, ...d.because.flatMap(below)];
const fenOf = (d: Derivation): number =>
  parseYuan(d.value.replace('¥', '').replaceAll(',', '').replace('−', '-'));
