import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { citizenCheck } from '../../../kernel/identity.ts';
import { month, parseYuan, yuan } from '../../../kernel/index.ts';
import { checkRoster, rosterColumns } from './check.ts';

const folder = new URL('../../../../tests/fixtures/rosters/', import.meta.url);
const file = (name: string) => readFileSync(new URL(name, folder));
const march = month('2008-03');
const expected = JSON.parse(file('expected.json').toString('utf8')) as {
  rows: number;
  goodUtf8WageFen: number;
  goodGb18030WageFen: number;
  titledXlsxWageFen: number;
  bad: { line: number; column: string; error: string }[];
};

describe('the rosters as windows receive them', () => {
  it.each([
    ['good-utf8.csv', expected.goodUtf8WageFen],
    ['good-gb18030.csv', expected.goodGb18030WageFen],
    ['titled.xlsx', expected.titledXlsxWageFen],
  ])('%s is read whole', async (name, wageFen) => {
    const read = await checkRoster(file(name), march);
    expect(read.faults).toEqual([]);
    expect(read.lines).toBe(expected.rows);
    expect(read.rows).toHaveLength(expected.rows);
    expect(read.wageFen).toBe(wageFen);
    for (const row of read.rows) {
      expect(row.number).toHaveLength(18);
      expect(citizenCheck(row.number)).toBe(row.number[17]);
      expect(row.name).toMatch(/^[\u2e80-\u9fff\u{20000}-\u{3ffff}]{2,4}$/u);
      expect(row.changeOn === null).toBe(row.change === 'stays');
    }
  });

  it('bad.csv shows exactly its faults', async () => {
    const read = await checkRoster(file('bad.csv'), march);
    const found = read.faults.map(({ line, column, code }) => ({ line, column, error: code }));
    expect(found).toEqual(expected.bad);
    expect(read.lines).toBe(expected.rows);
    expect(read.rows).toHaveLength(expected.rows - expected.bad.length);
  });
});

const header = Object.values(rosterColumns);
const good = {
  name: '唐然',
  number: '430499195712021018',
  residence: '城镇',
  employment: '合同制',
  hired: '1989-02-18',
  wage: '2045.14',
  change: '续保',
  changeOn: '',
};
type Line = Partial<typeof good>;
const roster = (...lines: Line[]) => checkRoster(Buffer.from(csv(lines)), march);

function csv(lines: readonly Line[], names: readonly string[] = header): string {
  const rows = lines.map((l) => Object.values({ ...good, ...l }));
  return [names, ...rows].map((r) => r.map((c) => `"${c}"`).join(',')).join('\n');
}

async function faultsOf(...lines: Line[]): Promise<string[]> {
  const { faults } = await roster(...lines);
  return faults.map((f) => `${f.line} ${f.column} ${f.code}`);
}

describe('checkRoster', () => {
  it('reads a row into its parts', async () => {
    const { rows, warnings } = await roster({
      name: ' 彭 涵敏\u3000',
      number: '430499571202101',
      residence: ' 农业',
      employment: '临时',
      hired: '2008年3月4日',
      wage: '７,６８１．２３',
      change: '新增',
      changeOn: '2008/3/4',
    });
    expect([...rows]).toEqual([
      {
        line: 2,
        name: '彭涵敏',
        number: '430499195712021018',
        residence: 'rural',
        employment: 'temporary',
        hiredOn: '2008-03-04',
        wage: 768123,
        change: 'joins',
        changeOn: '2008-03-04',
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('finds every faulty cell of a row at once', async () => {
    const line = {
      name: '',
      number: '43049919571202101A',
      residence: '乡村',
      employment: '正式',
      hired: '昨天',
      wage: '-1',
      change: '增加',
    };
    expect(await faultsOf(line)).toEqual([
      '2 姓名 required',
      '2 公民身份号码 id-number-characters',
      '2 户籍性质 unknown-residence',
      '2 用工形式 unknown-employment',
      '2 入职日期 date-unreadable',
      '2 月工资(元) amount-negative',
      '2 变动类型 unknown-change-kind',
    ]);
  });

  it('asks for the day of a change', async () => {
    expect(
      await faultsOf({ change: '新增' }, { number: '430499197805061026', change: '减少' }),
    ).toEqual(['2 变动日期 required', '3 变动日期 required']);
    expect(await faultsOf({ change: '减少', changeOn: '2008-04-01' })).toEqual([
      '2 变动日期 date-in-future',
    ]);
  });

  it('takes the last day of the month, not the day after', async () => {
    expect(await faultsOf({ hired: '2008-03-31' })).toEqual([]);
    expect(await faultsOf({ hired: '2008-04-01' })).toEqual(['2 入职日期 date-in-future']);
    expect(await faultsOf({ number: '430499200804011018' })).toEqual([
      '2 公民身份号码 id-number-birth-date',
    ]);
  });

  it('reads a day with midnight behind it, as databases export it', async () => {
    const line = { hired: '2005-03-01 00:00:00', change: '减少', changeOn: '2008/3/14 0:00' };
    const { faults, rows } = await roster(line);
    expect(faults).toEqual([]);
    expect([...rows]).toMatchObject([{ hiredOn: '2005-03-01', changeOn: '2008-03-14' }]);
    expect(await faultsOf({ hired: '2005-03-01 08:30:00' })).toEqual([
      '2 入职日期 date-unreadable',
    ]);
  });

  it('knows the same person by the old number, too', async () => {
    const { faults } = await roster({}, { number: '430499571202101' });
    expect(faults).toMatchObject([{ line: 3, code: 'duplicate-person' }]);
    expect(faults[0]!.message.zh).toBe('与第 2 行是同一个人');
  });

  it('refuses formulas and amounts without sense', async () => {
    expect(await faultsOf({ wage: '=1+1' })).toEqual(['2 月工资(元) formula-not-allowed']);
    expect(await faultsOf({ wage: '20000000.01' })).toEqual(['2 月工资(元) amount-out-of-range']);
    expect(await faultsOf({ name: '长'.repeat(51) })).toEqual(['2 姓名 name-too-long']);
    expect(await faultsOf({ wage: '20000000', name: '长'.repeat(50) })).toEqual([]);
  });

  it('warns of what is odd but can be', async () => {
    const { rows, warnings } = await roster({
      number: '43049919840905104X',
      hired: '2000-09-04',
      wage: '0',
      change: '减少',
      changeOn: '2008-02-28',
    });
    expect(rows).toHaveLength(1);
    expect(warnings.map((w) => w.code)).toEqual(['age-under-16', 'wage-zero', 'left-before-month']);
    const joined = await roster({ change: '新增', changeOn: '2008-02-28' });
    expect(joined.warnings.map((w) => w.code)).toEqual(['change-outside-month']);
    const birthday = await roster({ number: '43049919840905104X', hired: '2000-09-05' });
    expect(birthday.warnings).toEqual([]);
  });

  it('names columns as they stand in the file', async () => {
    const names = header.map((h) => (h === '月工资(元)' ? ' 月工资（元）' : h));
    const { faults } = await checkRoster(Buffer.from(csv([{ wage: 'x' }], names)), march);
    expect(faults).toMatchObject([
      { column: '月工资（元）', code: 'amount-not-a-number', value: 'x' },
    ]);
  });

  it('counts rows as a spreadsheet does: a line break in a cell begins none, a blank row is one', async () => {
    const [first, ...rest] = csv([{}, { number: '43049919840905104X' }]).split('\n');
    const text = [
      `${first},"备注"`,
      `${rest[0]},"调入\r\n自长沙\n2008年"`,
      '',
      `${rest[1]!.replace('2045.14', 'abc')},""`,
    ].join('\n');
    const { faults } = await checkRoster(Buffer.from(text), march);
    expect(faults.map((f) => `${f.line} ${f.code}`)).toEqual(['4 amount-not-a-number']);
  });

  it('refuses a file without rows or columns', async () => {
    await expect(roster()).rejects.toMatchObject({ code: 'file-empty' });
    const lacking = checkRoster(Buffer.from('姓名,公民身份号码\n唐然,1\n'), march);
    await expect(lacking).rejects.toMatchObject({ code: 'header-missing' });
  });

  it('sums the wages of the good rows, each line good or faulty', async () => {
    const line = fc.record({
      wage: fc.oneof(
        fc.nat(2_000_000_000).map((n) => yuan(n)),
        fc.constantFrom('', '-1', '1.005', '一千'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (lines) => {
        const numbered = lines.map((l, i) => {
          const body = `43049919700101${String(i).padStart(3, '0')}`;
          return { ...l, number: body + citizenCheck(body) };
        });
        const read = await roster(...numbered);
        const fine = lines.filter((l) => /^\d+\.\d\d$/.test(l.wage));
        expect(read.rows).toHaveLength(fine.length);
        expect(read.faults).toHaveLength(lines.length - fine.length);
        expect(read.wageFen).toBe(fine.reduce((s, l) => s + parseYuan(l.wage), 0));
      }),
    );
  });
});
