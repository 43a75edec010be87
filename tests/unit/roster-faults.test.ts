import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import writeExcelFile from 'write-excel-file/node';
import { citizenOf, gb18030, habits, rosterText } from '../../bench/roster-file.ts';
import { citizenCheck } from '../../src/kernel/identity.ts';
import { month, parseYuan } from '../../src/kernel/index.ts';
import { checkRoster, rosterColumns } from '../../src/services/insurance/roster/index.ts';

// Faults planted at random into a good roster, in any of its file forms: exactly these are found, all at once.

const march = month('2008-03');
type Column = keyof typeof rosterColumns;
const columns = Object.keys(rosterColumns) as Column[];
type Cells = Record<Column, string>;

const wide = (text: string): string =>
  text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const fifteen = (number: string): string => number.slice(0, 6) + number.slice(8, 17);
const withCheck = (seventeen: string): string => seventeen + citizenCheck(seventeen);
const blanks = ['', ' ', '\u3000', '\u00a0', ' \u3000 '];

/** One way to spoil a cell, from what stood in it. */
interface Spoiler {
  readonly column: Column;
  readonly code: string;
  readonly spoil: (good: string) => string;
}
const spoil = (column: Column, code: string, ...ways: (string | ((good: string) => string))[]) =>
  ways.map((w): Spoiler => ({ column, code, spoil: typeof w === 'string' ? () => w : w }));

const eighteen = (n: string): string =>
  n.length === 18 ? n : withCheck(`${n.slice(0, 6)}19${n.slice(6)}`);
const otherDigit = (c: string): string => String((Number(c) + 3) % 10);
const badDays = ['2008-02-30', '2007/2/29', '2008年4月31日', '20080230', '2008-13-01'];
const noDays = ['昨天', '08-3-1', '2008-3', '2008-02-30上午'];
const laterDays = ['2008-04-01', '2008/4/1', '2009年1月1日', '20081231', wide('2008-04-01')];
const spoilers: readonly Spoiler[] = [
  ...columns
    .filter((c) => c !== 'changeOn')
    .flatMap((c) => blanks.flatMap((b) => spoil(c, 'required', b))),
  ...spoil('name', 'name-too-long', '长'.repeat(51), '𠮷'.repeat(51)),
  ...spoil(
    'number',
    'id-number-length',
    (n) => n.slice(0, -1),
    (n) => `${n}0`,
    (n) => wide(n.slice(0, 10)),
    '无',
    (n) => `𠮷${eighteen(n).slice(0, 16)}`,
  ),
  ...spoil(
    'number',
    'id-number-characters',
    (n) => `${eighteen(n).slice(0, 17)}A`,
    (n) => `X${eighteen(n).slice(1)}`,
    (n) => `${fifteen(eighteen(n)).slice(0, 14)}x`,
    (n) => wide(`${eighteen(n).slice(0, 9)}O${eighteen(n).slice(10)}`),
  ),
  ...spoil(
    'number',
    'id-number-birth-date',
    (n) => withCheck(`${eighteen(n).slice(0, 10)}1301${eighteen(n).slice(14, 17)}`),
    (n) => withCheck(`${eighteen(n).slice(0, 6)}19870229${eighteen(n).slice(14, 17)}`),
    (n) => withCheck(`${eighteen(n).slice(0, 6)}20080401${eighteen(n).slice(14, 17)}`),
    (n) => `${eighteen(n).slice(0, 6)}870230${eighteen(n).slice(14, 17)}`,
  ),
  ...spoil(
    'number',
    'id-number-check-digit',
    (n) => eighteen(n).slice(0, 17) + (eighteen(n)[17] === 'X' ? '7' : 'x'),
    (n) => eighteen(n).slice(0, 16) + otherDigit(eighteen(n)[16]!) + eighteen(n)[17],
    (n) => wide(eighteen(n).slice(0, 17) + (eighteen(n)[17] === '0' ? '1' : '0')),
  ),
  ...spoil('residence', 'unknown-residence', '乡村', '城市', '城镇农业', '1'),
  ...spoil('employment', 'unknown-employment', '正式', '合同', '派遣'),
  ...spoil('change', 'unknown-change-kind', '增加', '在职', '续保新增'),
  ...badDays.flatMap((d) => spoil('hired', 'date-invalid', d)),
  ...noDays.flatMap((d) => spoil('hired', 'date-unreadable', d)),
  ...laterDays.flatMap((d) => spoil('hired', 'date-in-future', d)),
  ...badDays.flatMap((d) => spoil('changeOn', 'date-invalid', d)),
  ...noDays.flatMap((d) => spoil('changeOn', 'date-unreadable', d)),
  ...laterDays.flatMap((d) => spoil('changeOn', 'date-in-future', d)),
  ...spoil(
    'wage',
    'amount-not-a-number',
    '一千',
    '12,34',
    '1.2.3',
    '¥100',
    '12元',
    '1e3',
    '.5',
    '5.',
  ),
  ...spoil('wage', 'amount-precision', '1.005', wide('1.005'), '1,200.123', '0.000'),
  ...spoil('wage', 'amount-negative', '-1', '-1,200.00', wide('-5.5'), '\u22121.00'),
  ...spoil('wage', 'amount-out-of-range', '20000000.01', '99,999,999'),
];

const row = fc.record({
  serial: fc.nat(2_000_000),
  number: fc.constantFrom('18', '15', 'x', 'wide', 'blank'),
  name: fc.constantFrom(
    '张三',
    '欧阳红',
    ' 单 红\u3000',
    '计人',
    'Anna  Li',
    '龙\n飞',
    '𠮷玉',
    '"老"王',
  ),
  residence: fc.constantFrom('城镇', '农业', ' 城镇', '农 业'),
  employment: fc.constantFrom('合同制', '劳务派遣', '临时'),
  hired: fc.constantFrom(
    '1999-12-31',
    '1999/1/2',
    '2001.3.4',
    '1993年7月16日',
    '20020429',
    wide('1999-12-31'),
  ),
  wage: fc.constantFrom('1234.56', '1,234.5', wide('7,681.23'), '800', ' 0.99 ', '12,345,678'),
  change: fc.constantFrom('续保', '新增', '减少'),
  faults: fc.uniqueArray(fc.constantFrom(...spoilers), {
    maxLength: 3,
    selector: (s) => s.column,
  }),
  /** How far up the person is whose number is typed again. */
  repeats: fc.option(fc.record({ up: fc.integer({ min: 1, max: 5 }), short: fc.boolean() }), {
    freq: 6,
  }),
  blankBefore: fc.boolean(),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

interface Planted {
  readonly rows: readonly { cells: Cells; blankBefore: boolean }[];
  /** Faults by row and column. */
  readonly faults: readonly { row: number; column: Column; code: string; value: string }[];
  readonly wageFen: number;
}

function typedNumber(number: string, how: Row['number']): string {
  if (how === '15') return fifteen(number);
  if (how === 'x') return number.toLowerCase();
  if (how === 'wide') return wide(number);
  return how === 'blank' ? ` ${number.slice(0, 6)} ${number.slice(6)}\u3000` : number;
}

function plant(list: readonly Row[]): Planted {
  const rows: { cells: Cells; blankBefore: boolean; number: string | null }[] = [];
  const faults: { row: number; column: Column; code: string; value: string }[] = [];
  let wageFen = 0;
  list.forEach((r, i) => {
    const number = citizenOf(r.serial);
    const cells: Cells = {
      name: r.name,
      number: typedNumber(number, r.number),
      residence: r.residence,
      employment: r.employment,
      hired: r.hired,
      wage: r.wage,
      change: r.change,
      changeOn: r.change === '续保' ? '' : '2008-03-31',
    };
    const kept: { number: string | null } = { number };
    const mine = [...r.faults];
    if (r.change !== '续保' && i % 7 === 3 && !mine.some((f) => /^change/.test(f.column)))
      mine.push({ column: 'changeOn', code: 'required', spoil: () => '\u3000' });
    const first = r.repeats === null ? undefined : rows[i - r.repeats.up];
    if (first?.number != null && !mine.some((f) => f.column === 'number')) {
      const again = r.repeats!.short ? fifteen(first.number) : first.number;
      mine.push({ column: 'number', code: 'duplicate-person', spoil: () => again });
    }
    for (const f of mine) {
      const good = f.column === 'number' ? number : cells[f.column];
      cells[f.column] = f.spoil(good);
      faults.push({ row: i, column: f.column, code: f.code, value: cells[f.column].slice(0, 100) });
    }
    if (mine.some((f) => f.column === 'number')) kept.number = null;
    if (mine.length === 0) wageFen += parseYuan(plain(r.wage));
    rows.push({ cells, blankBefore: r.blankBefore, ...kept });
  });
  const order = (f: { row: number; column: Column }) => f.row * 10 + columns.indexOf(f.column);
  return { rows, faults: faults.toSorted((a, b) => order(a) - order(b)), wageFen };
}

function plain(text: string): string {
  const narrow = (c: string): string => String.fromCharCode(c.charCodeAt(0) - 0xfee0);
  return text.replace(/[\uff01-\uff5e]/g, narrow).trim();
}

interface File {
  readonly bytes: Buffer;
  readonly lines: readonly number[];
}

interface Form {
  readonly encoding: 'UTF-8' | 'GB18030' | 'UTF-16LE' | 'UTF-16BE';
  readonly end: '\n' | '\r\n' | '\r';
  readonly delimiter: ',' | '\t' | ';';
  readonly titles: number;
  readonly footer: boolean;
  readonly lastEnd: boolean;
}

const form: fc.Arbitrary<Form> = fc.record({
  encoding: fc.constantFrom('UTF-8', 'GB18030', 'UTF-16LE', 'UTF-16BE'),
  end: fc.constantFrom('\n', '\r\n', '\r'),
  delimiter: fc.constantFrom(',', '\t', ';'),
  titles: fc.nat(3),
  footer: fc.boolean(),
  lastEnd: fc.boolean(),
});

function csvOf(planted: Planted, how: Form): File {
  const { end, delimiter } = how;
  const cell = (text: string): string =>
    text.includes('"') || text.includes('\n') || text.includes(delimiter) || text.startsWith(' 单')
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  // A title without a delimiter would leave the delimiter unknown: people's titles have the sheet's blank cells.
  const blank = delimiter.repeat(columns.length - 1);
  const texts = [...Array(how.titles)].map((_, i) => `标题${i}${blank}`);
  texts.push(Object.values(rosterColumns).join(delimiter));
  const lines: number[] = [];
  let line = texts.length + 1;
  for (const { cells, blankBefore } of planted.rows) {
    if (blankBefore) {
      texts.push(blank);
      line += 1;
    }
    lines.push(line);
    texts.push(columns.map((c) => cell(cells[c])).join(delimiter));
    // A line break in a cell begins no row.
    line += 1;
  }
  if (how.footer) texts.push(`合　计${blank}`, '', `制表人：李${blank}`);
  const text = texts.join(end) + (how.lastEnd ? end + end : '');
  const bytes = {
    'UTF-8': () => Buffer.from(text),
    GB18030: () => gb18030(text),
    'UTF-16LE': () => Buffer.from(`\ufeff${text}`, 'utf16le'),
    'UTF-16BE': () => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  }[how.encoding]();
  return { bytes, lines };
}

async function xlsxOf(planted: Planted, titles: number): Promise<File> {
  const lines: number[] = [];
  const data: ({ value: string; type: StringConstructor } | null)[][] = [];
  const push = (texts: readonly string[]): void => {
    data.push(texts.map((value) => (value === '' ? null : { value, type: String })));
  };
  for (let i = 0; i < titles; i += 1) push([`标题${i}`]);
  push(Object.values(rosterColumns));
  for (const { cells, blankBefore } of planted.rows) {
    if (blankBefore) push([]);
    lines.push(data.length + 1);
    push(columns.map((c) => cells[c]));
  }
  push(['合计', '', '', '', '', '9']);
  return { bytes: await writeExcelFile(data).toBuffer(), lines };
}

async function expectExactly(planted: Planted, file: File): Promise<void> {
  const read = await checkRoster(file.bytes, march);
  expect(
    read.faults.map(({ line, column, code, value }) => ({ line, column, code, value })),
  ).toEqual(
    planted.faults.map(({ row: r, column, code, value }) => ({
      line: file.lines[r],
      column: rosterColumns[column],
      code,
      value,
    })),
  );
  expect(read.lines).toBe(planted.rows.length);
  expect(read.rows).toHaveLength(
    planted.rows.length - new Set(planted.faults.map((f) => f.row)).size,
  );
  expect(read.wageFen).toBe(planted.wageFen);
}

const planted = fc
  .uniqueArray(row, { minLength: 1, maxLength: 25, selector: (r) => r.serial })
  .map(plant);

describe('faults planted into a good roster', () => {
  it('are found in a CSV of any form', async () => {
    await fc.assert(
      fc.asyncProperty(planted, form, async (p, how) => {
        await expectExactly(p, csvOf(p, how));
      }),
      { numRuns: 300 },
    );
  });

  it('are found in a workbook', async () => {
    await fc.assert(
      fc.asyncProperty(planted, fc.nat(3), async (p, titles) => {
        await expectExactly(p, await xlsxOf(p, titles));
      }),
      { numRuns: 40 },
    );
  });

  it.each(spoilers.map((s, i) => [i, s.column, s.code, s] as const))(
    '%i: %s %s, in the first row and in the last, in both kinds of file',
    async (i, _column, _code, spoiler) => {
      const good = (serial: number, faults: readonly Spoiler[]): Row => ({
        serial,
        number: '18',
        name: '张三',
        residence: '城镇',
        employment: '合同制',
        hired: '1999-12-31',
        wage: '800',
        change: '新增',
        faults: [...faults],
        repeats: null,
        blankBefore: false,
      });
      const serials = [1, 2, 4].map((n) => n * 14_001 + i);
      for (const at of [0, 2]) {
        const p = plant(serials.map((s, r) => good(s, r === at ? [spoiler] : [])));
        const how = { encoding: 'GB18030', end: '\r\n', delimiter: ',', titles: 0 } as const;
        await expectExactly(p, csvOf(p, { ...how, footer: false, lastEnd: false }));
        await expectExactly(p, await xlsxOf(p, 1));
      }
    },
  );

  it('are formulas where they are some, in a CSV and in a workbook', async () => {
    const cells = ['=1+1', '@SUM(A1)', '+A1', '-B2', ' =1'];
    const line = (wage: string, i: number) =>
      `张三,${citizenOf(i)},城镇,合同制,1999-12-31,${wage},续保,`;
    const csv = [Object.values(rosterColumns).join(','), ...cells.map(line)].join('\n');
    const found = await checkRoster(Buffer.from(csv), march);
    expect(found.faults.map((f) => `${f.line} ${f.column} ${f.code} ${f.value}`)).toEqual(
      cells.map((c, i) => `${i + 2} 月工资(元) formula-not-allowed ${c}`),
    );
    const text = (value: string) => ({ value, type: String });
    const sheet = [
      Object.values(rosterColumns).map(text),
      [
        ...['张三', citizenOf(1), '城镇', '合同制', '1999-12-31'].map(text),
        { value: '=1+1', type: 'Formula' as const },
        text('续保'),
      ],
    ];
    const book = await checkRoster(await writeExcelFile(sheet).toBuffer(), march);
    expect(book.faults.map((f) => `${f.line} ${f.code}`)).toEqual(['2 formula-not-allowed']);
  });
});

describe('a file that is no roster', () => {
  const refused = (bytes: Buffer) =>
    checkRoster(bytes, march).then(
      () => 'none',
      (error: { code: string }) => error.code,
    );

  it('is refused by name', async () => {
    const text = rosterText(3, 0);
    const body = text.split('\r\n').slice(1).join('\r\n');
    expect(await refused(Buffer.from(body))).toBe('header-missing');
    expect(await refused(Buffer.from(text.split('\r\n')[0]!))).toBe('file-empty');
    expect(await refused(Buffer.from('\r\n,,,\r\n\r\n'))).toBe('file-empty');
    expect(await refused(Buffer.from(text, 'utf16le'))).toBe('file-unreadable');
    expect(await refused(Buffer.from(text.replaceAll('唐', 'ÿ'), 'latin1'))).not.toBe('none');
    expect(await refused(Buffer.concat([gb18030(text), Buffer.from([0xff, 0xff])]))).toBe(
      'file-unreadable',
    );
  });

  it('is refused when nearly every cell of it is wrong', async () => {
    const bad = `${Object.values(rosterColumns).join(',')}\n${'x,x,x,x,x,x,x,x\n'.repeat(30_000)}`;
    expect(await refused(Buffer.from(bad))).toBe('faults-too-many');
  });
});

describe('a roster of 200,000 rows', () => {
  it('is checked whole; its faults are found wherever they stand', async () => {
    const lines = rosterText(200_000, 0).split('\r\n');
    const spoilAt = (line: number, from: RegExp, to: string): void => {
      lines[line - 1] = lines[line - 1]!.replace(from, to);
    };
    const wageOf = (line: string): string =>
      /(?:"[^"]*"|[^,"]*)(?=,(?:续保|新增|减少),)/.exec(line)![0];
    const typed = lines.slice(1, 200_001).map(wageOf);
    spoilAt(2, /续保|新增|减少/, '增加');
    lines[100_000] = lines[100_000]!.replace(typed[99_999]!, '-1');
    lines[200_000] = lines[200_000]!.replace(
      /,\d{15,17}[\dXx]?,/,
      `,${fifteen(citizenOf(50_000))},`,
    );
    const read = await checkRoster(Buffer.from(lines.join('\r\n')), march);
    expect(read.faults.map((f) => `${f.line} ${f.code}`)).toEqual([
      '2 unknown-change-kind',
      '100001 amount-negative',
      '200001 duplicate-person',
    ]);
    expect(read.faults[2]!.message.zh).toBe('与第 50002 行是同一个人');
    expect(read.rows).toHaveLength(199_997);
    const sum = typed
      .filter((_, i) => ![0, 99_999, 199_999].includes(i))
      .reduce((s, w) => s + parseYuan(plain(w.replaceAll('"', ''))), 0);
    expect(read.wageFen).toBe(sum);
    expect(typed.filter((w) => w.startsWith('"')).length).toBeGreaterThan(
      (200_000 * habits.thousandsSeparator) / 2000,
    );
  });
});
