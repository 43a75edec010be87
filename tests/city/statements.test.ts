import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeApp } from '../../src/doors/http/app.ts';
import { openAccount } from '../../src/engines/access/index.ts';
import { type Report, reportPdf } from '../../src/engines/documents/report/index.ts';
import { xlsxRows } from '../../src/engines/documents/tables/xlsx.ts';
import { openLog, parseYuan, plainDate, yuan } from '../../src/kernel/index.ts';
import {
  type BillView,
  type EntriesView,
  reports,
  type StatementView,
  type TrialBalanceView,
} from '../../src/services/insurance/index.ts';
import { pdfLines } from '../pdf-text.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const funds = ['pension', 'public-pension', 'medical', 'unemployment', 'injury', 'maternity'];
const employers = [organisation(501), organisation(502)];
const months = ['2008-01', '2008-02'];
let city: TestCity;
let app: ReturnType<typeof makeApp>;
let accountant: string;
let countyClerk: string;
let handler: string;

/** Two employers: one pays in time and too much, the other late, short, and its late fee with the rest. */
beforeAll(async () => {
  city = await testCity();
  app = makeApp({ house: city.house, log: openLog(), version: '0', address: () => '' });
  for (const [i, code] of employers.entries())
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: i === 0 ? '430407' : '430405',
      injuryClass: 1,
    });
  for (const [m, month] of months.entries()) {
    await city.clock(`${month}-05T09:00`);
    for (const [i, employer] of employers.entries())
      await city.run('insurance.declare', {
        employer,
        month,
        full: true,
        content: roster(month, [{ number: citizen(10 + i * 2), wage: '1803.37' }]),
      });
    await city.run('insurance.assess', { month });
    await city.clock(`${month}-25T09:00`);
    const [first, second] = await Promise.all(employers.map((e) => bill(e, month)));
    await city.run('insurance.collect', {
      content: bankFile([
        row(`${month}-07`, `A${m}`, first!, first!.total.payableFen + 1234),
        row(`${month}-20`, `B${m}`, second!, second!.total.payableFen - (m === 0 ? 30_011 : 0)),
        { on: `${month}-21`, reference: `C${m}`, payer: '谁', amount: '77.07' },
      ]),
    });
    if (m > 0) continue;
    await city.run('insurance.credit', { month });
    await city.clock(`${months[m + 1]}-01T09:00`);
    await city.run('insurance.close', { month });
  }
  await account('kuaiji', 'staff', 'fund-accountant');
  await account('xianban', 'staff', 'collection-clerk', [430_407_000_000, 430_407_999_999]);
  await account('danwei', 'employer', 'handler');
  accountant = await session('kuaiji');
  countyClerk = await session('xianban');
  handler = await session('danwei');
});
afterAll(async () => city?.close());

const bill = (employer: string, month: string) =>
  city.run<BillView>('insurance.bill', { employer, month });
const row = (on: string, reference: string, of: BillView, fen: number) => ({
  on,
  reference,
  bill: of.number,
  amount: yuan(fen),
});

async function account(
  login: string,
  kind: 'staff' | 'employer',
  role: string,
  [areaLo, areaHi] = [430_400_000_000, 430_499_999_999],
): Promise<void> {
  const place = { areaLo, areaHi, reason: 'test' };
  await city.house.store.transaction({ role: 'system' }, async (tx) => {
    const { act } = await tx.one<{ act: number }>(
      `insert into act (id, at, account_id, command, purpose)
       values (nextval('act_id'), '2008-01-01', 0, 'access.open-account', 'test') returning id as act`,
    );
    const { id } = await tx.one<{ id: number }>('select min(id) as id from employer');
    await openAccount(
      tx,
      {
        login,
        name: '周会计',
        password: 'a long password',
        kind,
        role,
        ...place,
        ...(kind === 'employer' ? { employerId: id } : {}),
      },
      act,
      plainDate('2000-01-01'),
    );
  });
}

/** Who asks: wrong tries to sign in are counted by address. */
const peer = {
  incoming: { socket: { remoteAddress: '127.0.0.1', remotePort: 1, remoteFamily: 'IPv4' } },
};

async function session(login: string): Promise<string> {
  const answer = await app.request(
    '/api/v1/access/sign-in',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password: 'a long password' }),
    },
    peer,
  );
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

const get = (path: string, cookie = accountant) =>
  app.request(`/api/v1/insurance/${path}`, { headers: { Cookie: cookie } });
const bytesOf = async (path: string) => {
  const answer = await get(path);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
};

type Line = readonly (string | number)[];

/** The body of a report as its workbook holds it, money in fen; empty cells left out. */
async function workbookLines(bytes: Buffer, report: Report): Promise<Line[]> {
  const lines: Line[] = [];
  await xlsxRows(bytes, (_sheet, _line, cells) => {
    const told = cells.flatMap((c, i) => {
      if (c === undefined || c.text === '') return [];
      return [c.numeric && report.columns[i]?.kind === 'money' ? parseYuan(c.text) : c.text];
    });
    lines.push(told);
    return true;
  });
  return afterHead(lines, report);
}

/** Every number of a workbook, in its order. */
async function numbersOf(bytes: Buffer): Promise<string[]> {
  const numbers: string[] = [];
  await xlsxRows(bytes, (_sheet, _line, cells) => {
    numbers.push(...cells.flatMap((c) => (c?.numeric ? [c.text] : [])));
    return true;
  });
  return numbers;
}

/** The body of a report as its paper shows it; the head of every page is passed over, and must be there. */
function paperLines(bytes: Buffer, report: Report): Line[] {
  const pages = pdfLines(bytes);
  return pages.flatMap((page) => {
    const body = afterHead(page, report);
    const foot = body.findIndex((l) => /^打印时间/.test(l[0]!));
    const signed = body.findIndex((l) => /签章/.test(l[0]!));
    expect(foot).toBeGreaterThan(0);
    return body
      .slice(0, signed < 0 ? foot : signed)
      .map((line) => line.map((t) => (/^−?[\d,]+\.\d\d$/.test(t) ? fenOf(t) : t)));
  });
}

const fenOf = (text: string) => parseYuan(text.replace('−', '-').replaceAll(',', ''));

function afterHead<T extends Line>(lines: readonly T[], report: Report): T[] {
  const head = report.columns.map((c) => c.label.zh).join(' ');
  const at = lines.findIndex((l) => l.join(' ') === head);
  expect(at).toBeGreaterThanOrEqual(0);
  return lines.slice(at + 1);
}

/** The body of a report out of the query's answer. */
const pageLines = (report: Report): Line[] =>
  report.rows.map((r) =>
    r.cells.flatMap((c) => {
      if (c === null || c === '') return [];
      return [typeof c === 'object' ? c.zh : c];
    }),
  );

const report = (query: string, view: unknown) => reports[query]!(view as never, city.house.city);

/** All lines behind a cell, page by page; their sums must be those that the answer names. */
async function behind(input: object): Promise<{ debit: number; credit: number }> {
  let [debit, credit] = [0, 0];
  let cursor: string | null | undefined;
  for (;;) {
    const view = await city.run<EntriesView>('insurance.entries', {
      ...input,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const l of view.rows) {
      debit += l.debitFen;
      credit += l.creditFen;
    }
    cursor = view.next;
    if (cursor === null) {
      expect([debit, credit]).toEqual([view.debitFen, view.creditFen]);
      return { debit, credit };
    }
  }
}

describe('the income and expenditure statement', () => {
  it('is the same on the page, in the workbook and on paper', async () => {
    let figures = 0;
    for (const month of months)
      for (const fund of funds) {
        const view = await city.run<StatementView>('insurance.statement', { fund, month });
        const page = report('insurance.statement', view);
        const lines = pageLines(page);
        const query = `fund=${fund}&month=${month}`;
        const xlsx = await workbookLines(await bytesOf(`statement.xlsx?${query}`), page);
        const pdf = paperLines(await bytesOf(`statement.pdf?${query}`), page);
        expect(xlsx).toEqual(lines);
        expect(pdf).toEqual(lines);
        const english = await bytesOf(`statement.xlsx?${query}&lang=en`);
        expect(await numbersOf(english)).toEqual(
          await numbersOf(await bytesOf(`statement.xlsx?${query}`)),
        );
        expect(lines).toHaveLength(view.rows.length);
        figures += lines.flat().filter((c) => typeof c === 'number' && c !== 0).length;
      }
    expect(figures).toBeGreaterThan(150);
  });

  it('opens each cell of both columns to lines that sum to it', async () => {
    let cells = 0;
    for (const month of months)
      for (const fund of funds) {
        const view = await city.run<StatementView>('insurance.statement', { fund, month });
        for (const r of view.rows.filter((x) => x.kind !== 'heading'))
          for (const column of ['month', 'year'] as const) {
            const sums = await behind({ fund, month, row: r.key, column });
            const onDebit = r.kind === 'expenditure' || r.key === 'expenditure-total';
            const sum = onDebit ? sums.debit - sums.credit : sums.credit - sums.debit;
            expect([fund, month, r.key, column, sum]).toEqual([
              fund,
              month,
              r.key,
              column,
              column === 'month' ? r.monthFen : r.yearFen,
            ]);
            cells += 1;
          }
      }
    expect(cells).toBeGreaterThan(400);
  });

  it('adds up: the rows of the form to the totals, the surplus to the closing balance', async () => {
    for (const month of [...months, '2018-03'])
      for (const fund of funds) {
        const { rows } = await city.run<StatementView>('insurance.statement', { fund, month });
        const of = (key: string) => rows.find((r) => r.key === key)!.monthFen;
        const sum = (kind: string) =>
          rows.filter((r) => r.kind === kind && r.level === 1).reduce((s, r) => s + r.monthFen, 0);
        expect(sum('income')).toBe(of('income-total'));
        expect(sum('expenditure')).toBe(of('expenditure-total'));
        expect(of('opening') + of('surplus')).toBe(of('closing'));
        if (fund !== 'medical') continue;
        expect(of('pool-surplus') + of('accounts-surplus')).toBe(of('surplus'));
      }
  });

  it('stands on books that verify', async () => {
    const { checks } = await city.run<{ checks: { wrong: number }[] }>('insurance.verify', {});
    expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
  });

  it('follows the form of its day: names and order, and no number that is not known', async () => {
    const level1 = async (fund: string, month: string) => {
      const view = await city.run<StatementView>('insurance.statement', { fund, month });
      return {
        form: view.form,
        labels: view.rows.filter((r) => r.level === 1).map((r) => r.label.zh),
      };
    };
    expect(await level1('pension', '2008-01')).toEqual({
      form: null,
      labels: [
        '基本养老保险费收入',
        '利息收入',
        '财政补贴收入',
        '转移收入',
        '上级补助收入',
        '下级上解收入',
        '其他收入',
        '基本养老金支出',
        '医疗补助金支出',
        '丧葬抚恤补助支出',
        '转移支出',
        '补助下级支出',
        '上解上级支出',
        '其他支出',
      ],
    });
    expect(await level1('injury', '2018-01')).toEqual({
      form: '会社保02表',
      labels: [
        '社会保险费收入',
        '财政补贴收入',
        '利息收入',
        '上级补助收入',
        '下级上解收入',
        '其他收入',
        '社会保险待遇支出',
        '劳动能力鉴定支出',
        '工伤预防费用支出',
        '上解上级支出',
        '补助下级支出',
        '其他支出',
      ],
    });
    expect((await level1('medical', '2008-01')).labels).toEqual([
      '统筹基金收入',
      '个人账户基金收入',
      '统筹基金支出',
      '个人账户基金支出',
      '其中：统筹基金结余',
      '其中：个人账户基金结余',
    ]);
  });
});

describe('the trial balance', () => {
  it('is the same on the page, in the workbook and on paper; its sides agree', async () => {
    for (const month of months)
      for (const fund of funds)
        for (const book of ['statutory', 'receivable']) {
          const view = await city.run<TrialBalanceView>('insurance.trial-balance', {
            fund,
            month,
            book,
          });
          const page = report('insurance.trial-balance', view);
          const lines = pageLines(page);
          const query = `fund=${fund}&month=${month}&book=${book}`;
          expect(await workbookLines(await bytesOf(`trial-balance.xlsx?${query}`), page)).toEqual(
            lines,
          );
          expect(paperLines(await bytesOf(`trial-balance.pdf?${query}`), page)).toEqual(lines);
          const [, od, oc, d, c, cd, cc] = lines.at(-1)!;
          expect([od, d, cd]).toEqual([oc, c, cc]);
        }
  });

  it('calls accounts by the names of the fund and the day; unknown codes stay out', async () => {
    const view = await city.run<TrialBalanceView>('insurance.trial-balance', {
      fund: 'pension',
      month: '2008-02',
    });
    const names = Object.fromEntries(view.rows.map((r) => [r.account, [r.code, r.name.zh]]));
    expect(names).toMatchObject({
      100200: [null, '收入户存款'],
      300100: [null, '基本养老保险基金'],
      400100: [null, '基本养老保险费收入'],
    });
    expect(view.rows).toHaveLength(new Set(view.rows.map((r) => r.account)).size);
    const later = await city.run<TrialBalanceView>('insurance.trial-balance', {
      fund: 'pension',
      month: '2018-01',
    });
    const now = Object.fromEntries(later.rows.map((r) => [r.account, [r.code, r.name.zh]]));
    expect(now).toMatchObject({ 300100: ['3001', '一般基金结余'] });
  });

  it('opens each of its cells to lines that sum to it', async () => {
    for (const book of ['statutory', 'receivable'] as const)
      for (const fund of ['pension', 'medical']) {
        const input = { fund, month: '2008-02', book };
        const view = await city.run<TrialBalanceView>('insurance.trial-balance', input);
        for (const r of view.rows) {
          const month = await behind({ ...input, row: r.account });
          const before = await behind({ ...input, row: r.account, column: 'before' });
          expect([month.debit, month.credit]).toEqual([r.debitFen, r.creditFen]);
          expect(before.debit - before.credit).toBe(r.openingFen);
        }
      }
  });
});

describe('whose figures they are', () => {
  const question = 'fund=pension&month=2008-01';
  const view = async (path: string, cookie: string) =>
    (await (await get(`${path}&${question}`, cookie)).json()) as StatementView & TrialBalanceView;
  const told = async (path: string, cookie: string): Promise<string[]> => {
    const bytes = Buffer.from(await (await get(`${path}?${question}`, cookie)).arrayBuffer());
    if (path.endsWith('.pdf'))
      return pdfLines(bytes).flatMap((page) => page.map((l) => l.join(' ')));
    const lines: string[] = [];
    await xlsxRows(bytes, (_sheet, _line, cells) => {
      lines.push(cells.map((c) => c?.text ?? '').join(' '));
      return true;
    });
    return lines;
  };
  const headed = async (path: string, cookie: string) =>
    (await told(path, cookie)).filter((l) => l.includes('范围')).join();

  it('is said by every heading: a county’s clerk is told his county, the city’s the city', async () => {
    for (const what of ['statement', 'trial-balance', 'entries?row=opening']) {
      const path = what.includes('?') ? what : `${what}?`;
      expect((await view(path, countyClerk)).area).toBe('石鼓区');
      expect((await view(path, accountant)).area).toBe('衡阳市');
      expect((await view(`${path}&area=430405`, accountant)).area).toBe('珠晖区');
    }
    for (const path of [
      'statement.xlsx',
      'statement.pdf',
      'trial-balance.xlsx',
      'trial-balance.pdf',
    ]) {
      expect(await headed(path, countyClerk)).toContain('石鼓区');
      expect(await headed(path, countyClerk)).not.toContain('衡阳市');
      expect(await headed(path, accountant)).toContain('衡阳市');
    }
    const balances = await get('balances?fund=pension&day=2008-01-31', countyClerk);
    expect(((await balances.json()) as { area: string }).area).toBe('石鼓区');
  });

  it('holds the county’s figures, of the whole city when it is asked for, too; no other county’s', async () => {
    const own = await view('statement?', countyClerk);
    expect(own.rows).toEqual((await view('statement?area=430407', accountant)).rows);
    expect(own.rows).not.toEqual((await view('statement?', accountant)).rows);
    expect(await view('statement?area=430400', countyClerk)).toEqual(own);
    for (const path of ['statement?', 'trial-balance?', 'balances?day=2008-01-31&'])
      expect((await get(`${path}area=430405&${question}`, countyClerk)).status).toBe(403);
  });
});

describe('reports as files', () => {
  it('ageing and the counties are the same on the page, in the workbook and on paper', async () => {
    for (const query of ['ageing', 'by-county']) {
      const view = await city.run(`insurance.${query}`, { month: '2008-01' });
      const page = report(`insurance.${query}`, view);
      const lines = pageLines(page).map((l) => l.map(String));
      expect(lines.length).toBeGreaterThan(0);
      const told = (found: Line[]) => found.map((l) => l.map(String));
      const path = `${query}.xlsx?month=2008-01`;
      expect(told(await workbookLines(await bytesOf(path), page))).toEqual(lines);
      const pdf = await bytesOf(`${query}.pdf?month=2008-01`);
      expect(told(paperLines(pdf, page))).toEqual(lines);
    }
  });

  it('need the query’s own right', async () => {
    for (const path of ['statement.pdf', 'statement.xlsx', 'trial-balance.pdf']) {
      const asked = `${path}?fund=pension&month=2008-01`;
      expect((await get(asked, '')).status).toBe(401);
      expect((await get(asked, handler)).status).toBe(403);
      expect((await get(asked)).status).toBe(200);
    }
    const wrong = await get('statement.pdf?fund=none&month=2008-01');
    expect(wrong.status).toBe(400);
    const answer = await get('statement.pdf?fund=pension&month=2008-01');
    expect(answer.headers.get('Content-Type')).toBe('application/pdf');
    expect(decodeURIComponent(answer.headers.get('Content-Disposition')!)).toContain(
      '基金收支表 企业职工基本养老保险基金 衡阳市 2008年1月.pdf',
    );
    expect((await app.request('/api/v1/insurance/statement.pdf', { method: 'POST' })).status).toBe(
      405,
    );
  });

  it('are written in English for a link that asks so', async () => {
    const bytes = await bytesOf('statement.pdf?fund=pension&month=2008-01&lang=en');
    const text = pdfLines(bytes).flat(2).join('\n');
    expect(text).toContain('Income and expenditure statement');
    expect(text).toContain('Page 1 of');
  });

  it('repeat their head on every page and part no row', async () => {
    const view = await city.run<StatementView>('insurance.statement', {
      fund: 'medical',
      month: '2008-01',
    });
    const once = report('insurance.statement', view);
    const rows = Array.from({ length: 4 }, () => once.rows).flat();
    const long = { ...once, rows };
    const bytes = await reportPdf(long, { at: '2008-02-01T09:00:00', by: '周会计' }, 'zh');
    expect(pdfLines(bytes).length).toBeGreaterThan(3);
    expect(paperLines(bytes, long)).toEqual(pageLines(long));
  });
});
