import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stopServer } from '../../src/kernel/database/server/index.ts';
import { dataFolder, organisation, removeData } from './harness.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = dataFolder('mindun-cli-');
const rosters = path.join(root, 'tests/fixtures/rosters');
const code = organisation(61);

interface Ran {
  readonly status: number | null;
  readonly json: Record<string, unknown> & { errors?: { code: string; line?: number }[] };
  readonly err: string;
}

/** One command line of its own process, on a data folder of its own. */
function mindun(...args: string[]): Ran {
  const done = spawnSync(process.execPath, [path.join(root, 'bin/mindun.mjs'), ...args, '--json'], {
    cwd: tmpdir(),
    env: { ...process.env, MINDUN_DATA: folder, DATABASE_URL: '', MINDUN_LAW: '', LANG: 'C.UTF-8' },
    encoding: 'utf8',
  });
  const json = done.stdout.trim() === '' ? {} : (JSON.parse(done.stdout) as Ran['json']);
  return { status: done.status, json, err: done.stderr };
}

/** The same for a reader: text in a terminal's language. */
function said(...args: string[]): string {
  const done = spawnSync(process.execPath, [path.join(root, 'bin/mindun.mjs'), ...args], {
    cwd: tmpdir(),
    env: {
      ...process.env,
      MINDUN_DATA: folder,
      DATABASE_URL: '',
      MINDUN_LAW: '',
      LANG: 'zh_CN.UTF-8',
    },
    encoding: 'utf8',
  });
  return done.stdout;
}

const codesOf = (ran: Ran): string[] => (ran.json.errors ?? []).map((e) => e.code);
const declare = (file: string, ...more: string[]) =>
  mindun(
    'declare',
    path.join(rosters, file),
    '--employer',
    code,
    '--month',
    '2008-03',
    '--full',
    ...more,
  );

function scratch(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

beforeAll(() => {
  expect(mindun('city', 'create', '430400', '--simulated', '--at', '2008-03-05').json).toEqual({
    city: '430400',
    kind: 'simulated',
    at: '2008-03-05T00:00:00',
  });
});
afterAll(async () => {
  await stopServer(folder);
  removeData(folder);
});

describe('usage', () => {
  it('ends with 2 for what is not there or not whole', () => {
    expect(mindun('pay', '2008-03').status).toBe(2);
    expect(mindun('assess').status).toBe(2);
    expect(mindun('bill', code).status).toBe(2);
    expect(mindun('declare', 'x.csv', '--month', '2008-03').status).toBe(2);
    expect(mindun('assess', '2008-03', '--loud').status).toBe(2);
  });

  it('says what is wrong in the language of the reader', () => {
    const zh = (...args: string[]) => mindun(...args, '--lang', 'zh').err;
    expect(zh('declare', 'x.csv', '--month', '2008-03')).toMatch(/^用法不对：缺 --employer\n/);
    expect(zh('assess', '2008-13')).toMatch(
      /^没有这个月：2008-13 \(month-impossible\)\n请写成 2008-03 这样的月份。\n/,
    );
  });

  it('helps with all, with a group and with one command', () => {
    expect(said('help')).toContain('explain person');
    expect(said('help', 'explain')).toContain('mindun explain rule ID');
    expect(said('help', 'bill')).toContain('npx mindun bill');
    expect(mindun('help', 'pay').status).toBe(2);
    expect(mindun('explain').err).toContain('explain bill | explain person | explain rule');
  });

  it('lists what is built, and no more', () => {
    const help = spawnSync(process.execPath, [path.join(root, 'bin/mindun.mjs'), '--help'], {
      encoding: 'utf8',
    });
    expect(help.status).toBe(0);
    for (const name of [
      'start',
      'migrate',
      'simulate',
      'import',
      'declare',
      'explain rule',
      'verify',
    ])
      expect(help.stdout).toContain(name);
    expect(help.stdout).not.toContain('restore');
  });

  it('refuses with 1 and the code', () => {
    expect(codesOf(mindun('city', 'create', '430400'))).toEqual(['city-exists']);
    expect(codesOf(mindun('city', 'create', '990000'))).toEqual(['city-unknown']);
    expect(codesOf(mindun('status', '--at', 'noon'))).toEqual(['date-impossible']);
    const status = mindun('status', '--at', '2008-03-05T08:00').json as {
      cities: { at: string }[];
    };
    expect(status.cities.map((c) => c.at)).toEqual(['2008-03-05T08:00:00']);
    expect(codesOf(mindun('status', '--at', '2008-03-04'))).toEqual(['clock-backwards']);
    expect(mindun('cases', 'law', '--at', '2008-03-05T08:00').status).toBe(2);
    expect(codesOf(mindun('assess', '2008-03', '--at', '2008-03-01'))).toEqual(['clock-backwards']);
    expect(codesOf(mindun('assess', '2008-04'))).toEqual(['month-not-next']);
    expect(codesOf(mindun('person', '430499197001010020', '--as', 'nobody-here'))).toEqual([
      'not-found',
    ]);
  });
});

describe('a month by hand', () => {
  it('registers an employer once under a key', () => {
    const register = (name: string) =>
      mindun(
        'employer',
        'register',
        '--code',
        code,
        '--name',
        name,
        '--area',
        '430407',
        '--injury-class',
        '2',
        '--key',
        'K1',
      );
    const first = register('甲厂');
    expect(first.status).toBe(0);
    expect(register('甲厂').json).toEqual(first.json);
    expect(codesOf(register('乙厂'))).toEqual(['key-reused']);
  });

  it('tells exactly the faults of the bad file and takes nothing', () => {
    const expected = JSON.parse(
      readFileSync(path.join(rosters, 'expected.json'), 'utf8'),
    ) as Record<string, unknown>;
    const dry = declare('bad.csv', '--dry-run');
    expect(dry.status).toBe(1);
    expect(dry.json['rows']).toBe(400);
    expect(dry.json.errors).toHaveLength(13);
    expect(JSON.stringify(expected)).toContain(dry.json.errors![0]!.code);
    expect(dry.json['accepted']).toBe(0);
    expect(declare('bad.csv').json['accepted']).toBe(0);
    // What would be taken is told without taking it.
    const lines = new Set(dry.json.errors!.map((e) => (e as { line?: number }).line));
    const partly = declare('bad.csv', '--dry-run', '--accept-valid');
    expect([partly.status, partly.json['accepted']]).toEqual([0, 400 - lines.size]);
    const good = declare('good-utf8.csv', '--dry-run');
    expect([good.status, good.json['accepted']]).toEqual([0, good.json['rows']]);
    expect(codesOf(declare('missing.csv'))).toEqual(['file-not-found']);
    for (const command of ['collect', 'cases']) {
      const ran = mindun(command, 'no/such.file');
      expect([ran.status, codesOf(ran)]).toEqual([1, ['file-not-found']]);
      expect(ran.err).toContain('no/such.file');
    }
    const stranger = mindun(
      'declare',
      path.join(rosters, 'good-utf8.csv'),
      '--employer',
      organisation(62),
      '--month',
      '2008-03',
      '--full',
    );
    expect(codesOf(stranger)).toEqual(['unknown-employer']);
  });

  it('runs from the roster to the closed month, each step again without effect', () => {
    expect(declare('good-gb18030.csv').json).toMatchObject({
      rows: 400,
      accepted: 400,
      errors: [],
    });
    expect(declare('titled.xlsx').json).toMatchObject({ rows: 400, accepted: 400, errors: [] });
    const assessed = mindun('assess', '2008-03');
    expect(assessed.json).toMatchObject({ bills: 1, persons: 400 });
    expect(mindun('assess', '2008-03').json).toEqual(assessed.json);
    expect(said('assess', '2008-03')).toMatch(
      /^缴费单 +1\n人数 +400\n暂缴的单位 +0\n单位缴合计 +¥/,
    );
    expect(codesOf(declare('good-utf8.csv'))).toEqual(['already-assessed']);
    const bill = mindun('bill', code, '2008-03').json as {
      number: string;
      total: { payableFen: number };
    };
    const pay = (bill.total.payableFen / 100).toFixed(2);
    const bank = (name: string, reference: string) =>
      scratch(
        name,
        `收款日期,流水号,付款人,付款账号,账单号,金额\n2008-03-07,${reference},甲厂,1,${bill.number},${pay}\n`,
      );
    const first = bank('bank.csv', 'B1');
    expect(codesOf(mindun('collect', first))).toEqual(['receipt-in-future']);
    expect(mindun('collect', first, '--at', '2008-03-10T09:00').json).toMatchObject({
      receipts: 1,
      allocatedFen: bill.total.payableFen,
    });
    expect(mindun('collect', first).json).toMatchObject({ receipts: 0, duplicates: 1 });
    const again = mindun('collect', scratch('bank2.csv', `${readFileSync(first, 'utf8')}\n`));
    expect(codesOf(again)).toEqual(['duplicate-payment']);
    expect(again.status).toBe(1);
    const month = mindun('month', '2008-03');
    expect(month.status).toBe(0);
    expect(month.json).toMatchObject({
      month: '2008-03',
      close: { state: 'closed' },
      waitingFor: null,
    });
    expect(codesOf(declare('good-utf8.csv'))).toEqual(['month-closed']);
    const paid = mindun('bill', code, '2008-03').json as { paidFen: number };
    expect(paid.paidFen).toBe(bill.total.payableFen);
    const verified = mindun('verify');
    expect(verified.status).toBe(0);
  });

  it('explains the bill, the person and a rule', () => {
    expect(mindun('explain', 'bill', code, '2008-03', '--insurance', 'pension').json).toMatchObject(
      { rule: 'bill.total' },
    );
    const told = said('--lang', 'zh', 'explain', 'bill', code, '2008-03', '--insurance', 'medical');
    expect(told).toContain('医疗保险单位费率 6% [假定，没有文件, 1999-01-01 起]');
    expect(told).toContain('医疗保险个人费率 2% [国发〔1998〕44号 二（待核）, 1998-12-14 起]');
    const bill = said('bill', code, '2008-03');
    expect(bill).toMatch(/^险种 +人数 +缴费基数 +单位缴 +个人缴 +说明$/m);
    expect(bill).toMatch(/^现在应缴 +¥0\.00$/m);
    // Of the workbook that was declared last.
    const number = '430499197402181015';
    const person = said('person', number);
    expect(person).toMatch(/^月份 +单位 +缴费基数 +个人缴 +单位缴 +记入账户 +状态 +算月数 +说明$/m);
    expect(person).toMatch(/^2008-03 +甲厂 .* 已缴足 +是 +假定$/m);
    expect(person).toMatch(/^甲厂 +(企业职工|农民合同制职工) +基本养老保险、/m);
    for (const text of [told, bill, person]) expect(text).not.toMatch(/[{}"]/);
    const rule = mindun(
      'explain',
      'rule',
      'arrears.lateFee',
      '--place',
      '4304',
      '--on',
      '2012-01-10',
      '--given',
      '{"principal":"1000.00","scheme":"pension","dueDate":"2012-01-05","paidDate":"2012-01-10"}',
    );
    expect(rule.json).toMatchObject({
      rule: 'arrears.lateFee',
      cite: { document: '中华人民共和国社会保险法', article: '第八十六条' },
    });
    expect(mindun('cases', path.join(root, 'law/cases')).json).toMatchObject({ failed: 0 });
  });
});
