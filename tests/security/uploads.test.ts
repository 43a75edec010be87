import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerAccount, openSite, type Site } from '../browser/site.ts';
import { citizen, organisation } from '../city/harness.ts';
import { type Part, zip } from '../zip.ts';

const employer = organisation(1);
const password = 'a long password';
const month = '2008-01';
let site: Site;
let cookie: string;
beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  const works = { code: employer, name: '湘江铸造厂', area: '430407', injuryClass: 1 };
  await site.city.run('registry.employer.register', works);
  await handlerAccount(site.city, employer, { login: employer, name: '湘江铸造厂', password });
  const signedIn = await post('access/sign-in', { login: employer, password });
  cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
});
afterAll(async () => site?.close());

const post = (path: string, body: object) =>
  fetch(`${site.base}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: cookie ?? '' },
    body: JSON.stringify(body),
  });

interface Checked {
  readonly errors?: readonly { readonly code: string }[];
  readonly faults?: readonly { readonly code: string }[];
}

/** What is said of a file that is handed in as a roster; nothing of one that can be taken. */
async function codes(bytes: Buffer | string, fileName = 'roster.xlsx'): Promise<readonly string[]> {
  const content = Buffer.from(bytes as string).toString('base64');
  const asked = { employer, month, full: true, content, fileName };
  const answer = await post('insurance/check-roster', asked);
  expect(answer.status).toBeLessThan(500);
  const told = (await answer.json()) as Checked;
  return [...(told.errors ?? []), ...(told.faults ?? [])].map((e) => e.code);
}

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';
const line = (name: string): string =>
  `${header}\n${name},${citizen(9)},城镇,合同制,2005-01-01,2000,续保,\n`;
const rels = '<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>';
const book = '<workbook><sheets><sheet name="s" r:id="r1"/></sheets></workbook>';
const titles = header
  .split(',')
  .map((t) => `<c t="inlineStr"><is><t>${t}</t></is></c>`)
  .join('');

function workbook(rows: string, more: readonly Part[] = [], before = ''): Buffer {
  const sheet = `${before}<worksheet><sheetData><row r="1">${titles}</row>${rows}</sheetData></worksheet>`;
  return zip([
    { name: 'xl/_rels/workbook.xml.rels', bytes: Buffer.from(rels) },
    { name: 'xl/workbook.xml', bytes: Buffer.from(book) },
    { name: 'xl/worksheets/s.xml', bytes: Buffer.from(sheet) },
    ...more,
  ]);
}
const cell = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;

/** Refused by this code, in less time than a visitor would wait, and nobody else waits meanwhile. */
async function refusedSoon(code: string, bytes: Buffer | string): Promise<void> {
  const began = performance.now();
  const got = await codes(bytes);
  expect(got).toEqual([code]);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect((await fetch(`${site.base}/health`)).status).toBe(200);
}

describe('a file that is handed in', () => {
  it('is read as what its bytes are, whatever its name says', async () => {
    const rows = `<row>${['张三', citizen(9), '城镇', '合同制', '2005-01-01', '2000', '续保', ''].map(cell).join('')}</row>`;
    for (const name of ['roster.csv', 'roster.xlsx', 'roster.exe', 'roster', '../../etc/passwd']) {
      expect(await codes(workbook(rows), name)).toEqual(await codes(workbook(rows)));
      expect(await codes(line('张三'), name)).toEqual(await codes(line('张三')));
    }
    const kinds: Readonly<Record<string, Buffer>> = {
      png: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
      pdf: Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\0', 'latin1'),
      xls: Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', 'latin1'),
      exe: Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'),
      'zip of something else': zip([{ name: 'a.txt', bytes: Buffer.from('a') }]),
      'zip cut off': workbook(rows).subarray(0, 400),
    };
    for (const [kind, bytes] of Object.entries(kinds))
      expect([kind, await codes(bytes)]).toEqual([kind, ['file-unreadable']]);
    for (const text of ['<html><script>alert(1)</script></html>', '{"rows":[]}', 'MZ'])
      expect([text, await codes(text)]).toEqual([text, ['header-missing']]);
  });

  it('may not unpack to what it is not worth', async () => {
    const large = Buffer.alloc(200 * 1024 * 1024, '<row></row>');
    await refusedSoon('file-expands-too-much', workbook(large.toString('latin1')));
    const strings = Buffer.concat([Buffer.from('<sst>'), large]);
    const lies = { name: 'xl/sharedStrings.xml', bytes: strings, claimed: 100 };
    await refusedSoon('file-expands-too-much', workbook('', [lies]));
    const many = Array.from({ length: 2100 }, (_, i) => ({
      name: `p${i}`,
      bytes: Buffer.from('x'),
    }));
    await refusedSoon('file-expands-too-much', workbook('', many));
  });

  it('may not point from a few bytes to cells and text without measure', async () => {
    // 35 kB: 600,000 rows whose only cell stands a thousand columns to the right.
    await refusedSoon(
      'file-expands-too-much',
      workbook('<row><c r="ALL1"/></row>'.repeat(600_000)),
    );
    const shared = (text: string): Part => ({
      name: 'xl/sharedStrings.xml',
      bytes: Buffer.from(`<sst><si><t>${text}</t></si></sst>`),
    });
    const pointing = '<row><c t="s"><v>0</v></c></row>'.repeat(100_000);
    await refusedSoon('file-expands-too-much', workbook(pointing, [shared('A'.repeat(5_000_000))]));
    await refusedSoon('file-expands-too-much', workbook(pointing, [shared('A'.repeat(30_000))]));
    expect(await codes(`${header}${','.repeat(3_000_000)}\n`)).toEqual(['file-empty']);
  });

  it('may not declare entities, take in files, nor be deeper than a workbook is', async () => {
    const laughs = Array.from(
      { length: 9 },
      (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`,
    ).join('');
    const bomb = `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>`;
    await refusedSoon('file-unreadable', workbook(`<row>${cell('&l9;')}</row>`, [], bomb));
    const outside = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>';
    await refusedSoon('file-unreadable', workbook(`<row>${cell('&f;')}</row>`, [], outside));
    const remote = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">';
    await refusedSoon('file-unreadable', workbook('', [], remote));
    await refusedSoon('file-unreadable', workbook(`<row>${cell('&undeclared;')}</row>`));
    await refusedSoon('file-unreadable', workbook('<a>'.repeat(3_000_000)));
  });

  it('may not name paths outside of itself', async () => {
    for (const name of ['../../etc/cron.d/x', '/etc/passwd/../x', 'C:\\x', '..\\..\\x']) {
      const inside = workbook('', [{ name, bytes: Buffer.from('x') }]);
      expect([name, await codes(inside)]).toEqual([name, [expect.stringMatching(/^file-/)]]);
    }
    const target = rels.replace('worksheets/s.xml', '../../../../etc/passwd');
    const pointing = zip([
      { name: 'xl/_rels/workbook.xml.rels', bytes: Buffer.from(target) },
      { name: 'xl/workbook.xml', bytes: Buffer.from(book) },
    ]);
    expect(await codes(pointing)).toEqual(['file-unreadable']);
  });

  it('may hold no formula, in a CSV or in a workbook, whatever stands before it', async () => {
    for (const name of ['=cmd|calc', '@SUM(1)', '+A1', '-A1+2', ' =1+1', '\t=1'])
      expect([name, await codes(line(name))]).toEqual([
        name,
        expect.arrayContaining(['formula-not-allowed']),
      ]);
    const formula = `<row><c><f>HYPERLINK("http://evil.example")</f><v>1</v></c>${cell(citizen(9))}</row>`;
    expect(await codes(workbook(formula))).toContain('formula-not-allowed');
  });

  it('is refused when it is no base64, nothing, or not there', async () => {
    for (const content of ['%%%', '====', '\0', '', 'AAAA\ud800'])
      expect([
        content,
        (await post('insurance/check-roster', { employer, month, content })).status,
      ]).toEqual([content, 400]);
  });
});
