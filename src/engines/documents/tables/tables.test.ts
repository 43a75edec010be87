import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, zip } from '../../../../tests/zip.ts';
import { MindunError } from '../../../kernel/index.ts';
import {
  csvRows,
  decodeText,
  narrow,
  readDate,
  readTable,
  trimName,
  word,
  writtenAsDate,
} from './index.ts';
import { decimalText } from './xlsx.ts';

const shape = { required: ['姓名', '月工资(元)'], optional: ['备注'] };
type Row = { line: number; name: string; wage: string; note: string; formula: boolean };

async function table(bytes: Buffer | string): Promise<Row[]> {
  const rows: Row[] = [];
  await readTable(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, shape, (row) => {
    const wage = row.cell('月工资(元)');
    rows.push({
      line: row.line,
      name: row.cell('姓名').text,
      wage: wage.text,
      note: row.cell('备注').text,
      formula: wage.formula,
    });
  });
  return rows;
}

async function refusal(bytes: Buffer | string): Promise<MindunError> {
  try {
    await table(bytes);
  } catch (error) {
    if (error instanceof MindunError) return error;
    throw error;
  }
  throw new Error('the table was read');
}

const part = (name: string, text: string): Part => ({ name, bytes: Buffer.from(text) });
const text = (reference: string, value: string) =>
  `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`;

/** Parts of a workbook with the given sheets; a sheet is the XML of its rows. */
function workbook(sheets: readonly string[], options: { hidden?: number; shared?: string } = {}) {
  const names = sheets.map(
    (_, i) =>
      `<sheet name="s${i}" ${
        options.hidden === i ? 'state="hidden" ' : ''
      }sheetId="${i + 1}" r:id="r${i}"/>`,
  );
  const relations = sheets.map(
    (_, i) => `<Relationship Id="r${i}" Target="worksheets/s${i}.xml"/>`,
  );
  return [
    part('xl/workbook.xml', `<workbook xmlns:r="r"><sheets>${names.join('')}</sheets></workbook>`),
    part('xl/_rels/workbook.xml.rels', `<Relationships>${relations.join('')}</Relationships>`),
    ...(options.shared === undefined ? [] : [part('xl/sharedStrings.xml', options.shared)]),
    ...sheets.map((rows, i) =>
      part(`xl/worksheets/s${i}.xml`, `<worksheet><sheetData>${rows}</sheetData></worksheet>`),
    ),
  ];
}

const headerRow = `<row r="1">${text('A1', '姓名')}${text('B1', '月工资（元）')}</row>`;

describe('decodeText', () => {
  it('knows the encoding by the bytes', () => {
    const plain = '姓名,㛃䶮\r\n';
    const gb = Buffer.from('d0d5c3fb2c', 'hex');
    expect(decodeText(Buffer.from(`\ufeff${plain}`))).toBe(plain);
    expect(decodeText(Buffer.from(plain))).toBe(plain);
    expect(decodeText(gb)).toBe('姓名,');
    expect(decodeText(Buffer.from(`\ufeff${plain}`, 'utf16le'))).toBe(plain);
    expect(decodeText(Buffer.from(`\ufeff${plain}`, 'utf16le').swap16())).toBe(plain);
  });

  it('refuses bytes of no encoding', () => {
    expect(() => decodeText(Buffer.from([0xd0, 0xd5, 0xff, 0xff]))).toThrow(/file-unreadable/);
    expect(() => decodeText(Buffer.from('a\0b'))).toThrow(/file-unreadable/);
  });
});

describe('csvRows', () => {
  const rows = (csv: string) => [...csvRows(csv)];

  it('reads quotes, their doubles and line breaks inside them, and counts rows as a spreadsheet does', () => {
    expect(rows('a,b\r\n"x, ""y""\nz", 2\r\n\r\nlast,')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['x, "y"\nz', ' 2'] },
      { line: 3, cells: [''] },
      { line: 4, cells: ['last', ''] },
    ]);
  });

  it('keeps a row together when something stands after a closing quote', () => {
    expect(rows('a,b\n"张" ,"三"四,5\n')[1]!.cells).toEqual(['张', '三四', '5']);
  });

  it('takes semicolons, tabs and old line ends', () => {
    expect(rows('a;b\r1;2,5')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2,5'] },
    ]);
    expect(rows('a\tb\n1,0\t2')[1]!.cells).toEqual(['1,0', '2']);
  });

  it('refuses a quote that never closes', () => {
    expect(() => rows('a,b\n"x,2\n3,4\n')).toThrow(/file-unreadable/);
  });

  it('reads back every table that is written by RFC 4180', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '"', ',', '\r\n', '\n', '=1+1', '张 三'),
    );
    const tables = fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 });
    fc.assert(
      fc.property(tables, fc.boolean(), (list, crlf) => {
        const quote = (c: string) => (/^[^",\r\n]*$/.test(c) ? c : `"${c.replaceAll('"', '""')}"`);
        const lines = [['a', 'b', 'c'], ...list].map((r) => r.map(quote).join(','));
        const read = rows(lines.join(crlf ? '\r\n' : '\n')).map((r) => r.cells);
        expect(read).toEqual([['a', 'b', 'c'], ...list]);
      }),
    );
  });
});

describe('cells', () => {
  it('reads the quirks of typing', () => {
    expect(narrow('７,６８１．２３\u3000')).toBe('7,681.23');
    expect(narrow(' 43049919840905104ｘ ')).toBe('43049919840905104x');
    expect(trimName(' 彭 涵敏\u3000')).toBe('彭涵敏');
    expect(trimName(' John  Smith\u00a0')).toBe('John Smith');
    expect(word(' 月工资（元）\n')).toBe('月工资(元)');
    // What nobody sees makes no other name.
    expect(trimName('张\u202e三\u200b\u2067\u0007')).toBe('张三');
    expect(narrow('4304\u200f99\u00ad')).toBe('430499');
    // A variation selector tells which form of a rare character is meant.
    expect(trimName('葛\u{e0101}亮')).toBe('葛\u{e0101}亮');
  });

  it('reads the date styles, and serial numbers only from numeric cells', () => {
    const styles = ['2002-04-29', '2002/4/29', '2002.4.29', '2002年4月29日', '20020429'];
    for (const style of styles) expect(readDate(style, false), style).toBe('2002-04-29');
    expect(readDate('39521', true)).toBe('2008-03-14');
    expect(readDate('39521', false)).toBe(null);
    expect([readDate('1', true), readDate('59', true), readDate('61', true)]).toEqual([
      '1900-01-01',
      '1900-02-28',
      '1900-03-01',
    ]);
    for (const bad of ['2008-02-30', '08-3-1', '2008-3', '0', '昨天', '']) {
      expect(readDate(bad, true), bad).toBe(null);
    }
  });

  it('reads a day with midnight behind it, as databases export it, and with no other time', () => {
    const midnights = [
      '2005-03-01 00:00:00',
      '2005-03-01 00:00:00.000',
      '2005-03-01T00:00:00',
      '2005/3/1 0:00',
      '2005/3/1  0:00:00 ',
      '2005年3月1日 00:00:00',
      '20050301 00:00:00',
      '２００５－０３－０１\u3000００：００：００',
    ];
    for (const text of midnights)
      expect([text, readDate(text, false)]).toEqual([text, '2005-03-01']);
    const others = [
      '2005-03-01 08:30:00',
      '2005-03-01 00:00:01',
      '00:00:00',
      '2005/3/100:00',
      '2005-3 0:00',
    ];
    for (const text of others) expect([text, readDate(text, false)]).toEqual([text, null]);
    expect(writtenAsDate('2005-02-30 00:00:00')).toBe(true);
    expect(writtenAsDate('2005-02-30 08:00:00')).toBe(false);
  });

  it('writes out numbers as they were typed', () => {
    const typed = [
      '8822.5400000000009',
      '1.2E3',
      '4.3E-3',
      '-1200.0050000000001',
      '0.30000000000000004',
    ];
    expect(typed.map(decimalText)).toEqual(['8822.54', '1200', '0.0043', '-1200.005', '0.3']);
    expect(decimalText('0.0000000000000000')).toBe('0');
    expect(decimalText('430499195712021018')).toBe('430499195712021018');
    expect(decimalText('999999999999.99999')).toBe('1000000000000');
    expect(decimalText('4.30499195712021E+17')).toBe('430499195712021000');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 12 }), (n) => {
        const plain = (n / 100).toPrecision(17);
        expect(Math.round(Number(decimalText(plain)) * 100)).toBe(n);
        expect(decimalText(plain)).toMatch(/^\d+(\.\d{1,2})?$/);
      }),
    );
  });
});

describe('readTable of CSV', () => {
  it('finds the header under titles; blank, sum and signature lines are no rows', async () => {
    const csv = `\ufeff2008年3月申报表,,\n单位：元,,\n\n备注,姓名,月工资（元）\n甲,张三,"1,200.00"\n,,\n合计,,1200\n制表人：李,,\n`;
    expect(await table(csv)).toEqual([
      { line: 5, name: '张三', wage: '1,200.00', note: '甲', formula: false },
    ]);
  });

  it('gives blank cells where a row or an optional column ends early', async () => {
    expect(await table('姓名,月工资(元)\n张三\n')).toEqual([
      { line: 2, name: '张三', wage: '', note: '', formula: false },
    ]);
  });

  it('marks formulas, not figures below zero', async () => {
    const cells = ['=1+1', '@SUM(A1)', '+A1', '-B2', ' =1', '-1200.00', '+5', '1=1'];
    const csv = `姓名,月工资(元)\n${cells.map((c) => `张三,${c}`).join('\n')}`;
    expect((await table(csv)).map((r) => r.formula)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('says on which line the header stands and which columns it lacks', async () => {
    const error = await refusal('2008年3月申报表\n\n姓名,工资\n张三,1\n');
    expect([error.code, error.text('zh'), error.text('en')]).toEqual([
      'header-missing',
      '表头在第 3 行，缺：月工资(元)',
      'The header stands on line 3; missing: 月工资(元)',
    ]);
  });

  it('says that no row is a header, and what one must hold', async () => {
    const titles = `${'标题\n'.repeat(20)}姓名,月工资(元)\n张三,1\n`;
    for (const text of ['张三,1\n', titles]) {
      const error = await refusal(text);
      expect([error.code, error.text('zh'), error.text('en')]).toEqual([
        'header-missing',
        '没有找到表头，缺：姓名、月工资(元)',
        'No header row was found; missing: 姓名、月工资(元)',
      ]);
    }
  });

  it('refuses a column that stands twice, however it is written, and names both places', async () => {
    const error = await refusal('申报表\n姓名,月工资(元),备注,月工资（元）,备注\n张三,1,,2,\n');
    expect([error.code, error.text('zh'), error.text('en')]).toEqual([
      'column-repeated',
      '表头（第 2 行）里有重复的列：月工资(元)（B、D 列），备注（C、E 列）',
      'The header (line 2) holds a column more than once: 月工资(元) (columns B, D), 备注 (columns C, E)',
    ]);
    // What the table does not know may stand as often as it likes.
    expect(await table('姓名,说明,,月工资(元),说明,\n张三,,,1,,\n')).toMatchObject([{ wage: '1' }]);
  });

  it('refuses an empty file, and one that is only blank', async () => {
    for (const empty of ['', '\ufeff', ' ,\n\n,,\n']) {
      expect((await refusal(empty)).code).toBe('file-empty');
    }
  });

  it('advises no splitting of a file that is too large: a second roster would replace the first', async () => {
    const error = await refusal(Buffer.alloc(50 * 1024 * 1024 + 1, 32));
    expect(error.code).toBe('file-too-large');
    expect(error.mend('zh')).toContain('名册不要拆开');
    expect(error.mend('en')).toContain('Do not split a roster');
  });
});

describe('readTable of XLSX', () => {
  it('reads strings, numbers and formulas, with the lines of the sheet', async () => {
    const shared =
      '<sst><si><t>张三</t></si><si><r><t>李</t></r><r><t>四</t></r><rPh><t>li</t></rPh></si></sst>';
    const rows = `<row r="3">${text('A3', '姓名')}${text('B3', '月工资（元）')}${text('AA3', '备注')}</row>
      <row r="4"><c r="A4" t="s"><v>0</v></c><c r="B4"><v>8822.5400000000009</v></c>${text('AA4', '远')}</row>
      <row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="b"><v>1</v></c></row>
      <row r="6"><c r="A6" t="s"><v>1</v></c><c r="B6"><f>B4*2</f><v>12</v></c></row>
      <row r="7">${text('A7', '合 计')}<c r="B7"><v>9</v></c></row>`;
    expect(await table(zip(workbook([rows], { shared })))).toEqual([
      { line: 4, name: '张三', wage: '8822.54', note: '远', formula: false },
      { line: 5, name: '张三', wage: 'TRUE', note: '', formula: false },
      { line: 6, name: '李四', wage: '=B4*2', note: '', formula: true },
    ]);
  });

  it('refuses a column that stands twice beyond the twenty-sixth', async () => {
    const rows = `<row r="1">${text('A1', '姓名')}${text('B1', '月工资（元）')}${text('AB1', '姓名')}</row>`;
    const error = await refusal(zip(workbook([rows])));
    expect(error.text('zh')).toContain('姓名（A、AB 列）');
  });

  it('takes the first visible sheet with the header, and no later one', async () => {
    const row = (name: string) => `${headerRow}<row r="2">${text('A2', name)}</row>`;
    const notes = `<row r="1">${text('A1', '说明')}</row>`;
    const bytes = zip(workbook([row('藏'), notes, row('张三'), row('李四')], { hidden: 0 }));
    expect((await table(bytes)).map((r) => r.name)).toEqual(['张三']);
  });

  it('tells of each later sheet that holds such a table, and of no other', async () => {
    const row = (name: string, at = 2) => `<row r="${at}">${text(`A${at}`, name)}</row>`;
    const notes = `<row r="1">${text('A1', '姓名')}</row>${row('张三')}`;
    const titled = `<row r="1">${text('A1', '二月')}</row>${headerRow.replaceAll('1"', '3"')}${row('李四', 4)}`;
    const summed = `${headerRow}${row('合计')}`;
    const sheets = [
      ...[notes, `${headerRow}${row('张三')}`, titled, notes, headerRow, summed],
      ...[`${headerRow}${row('王五')}`, '<row r="1"><c></row>', `${headerRow}${row('赵六')}`],
    ];
    const told: string[] = [];
    const rows: string[] = [];
    await readTable(
      zip(workbook(sheets, { hidden: 6 })),
      shape,
      (r) => rows.push(r.cell('姓名').text),
      (sheet) => told.push(`${sheet.name} ${sheet.line}`),
    );
    // A template that nobody filled in, a sum and a hidden sheet leave nobody out; a broken sheet is no fault of the table.
    expect([rows, told]).toEqual([['张三'], ['s2 3', 's8 1']]);
  });

  it('refuses a broken archive, a broken part and an archive that is no workbook', async () => {
    const good = zip(workbook([headerRow]));
    expect((await refusal(good.subarray(0, good.length - 30))).code).toBe('file-unreadable');
    expect((await refusal(zip([part('readme.txt', 'hello')]))).code).toBe('file-unreadable');
    expect((await refusal(zip(workbook(['<row r="1"><c></row>'])))).code).toBe('file-unreadable');
    const noSheet = zip(workbook([headerRow]).slice(0, 2));
    expect((await refusal(noSheet)).code).toBe('file-unreadable');
    expect((await refusal(zip(workbook([''])))).code).toBe('file-empty');
  });

  it('refuses an archive that expands beyond reason, whatever size it claims', async () => {
    const huge = `${headerRow}<!--${' '.repeat(20 * 1024 * 1024)}-->`;
    const parts = workbook([huge]);
    expect((await refusal(zip(parts))).code).toBe('file-expands-too-much');
    const lying = parts.map((p) => ({ ...p, claimed: Math.min(p.bytes.length, 1000) }));
    expect((await refusal(zip(lying))).code).toBe('file-expands-too-much');
    const many = Array.from({ length: 2001 }, (_, i) => part(`xl/media/${i}`, ''));
    const crowded = zip([...workbook([headerRow]), ...many]);
    expect((await refusal(crowded)).code).toBe('file-expands-too-much');
  });
});
