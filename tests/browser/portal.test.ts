import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BillView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';
import { pdfLines } from '../pdf-text.ts';
import { openBrowser } from './browser.ts';
import { handlerAccount, openSite, personAccount, type Site } from './site.ts';

const browser = await openBrowser();
// Each employer goes the whole way once: the first without JavaScript, the second with it.
const employers = [
  { code: organisation(1), name: '衡阳湘水机械有限公司', javaScript: false },
  { code: organisation(2), name: '雁城商场', javaScript: true },
] as const;
const worker = { number: citizen(2), name: '张伟', wage: '1800.00' };
const password = 'a long password';
const sizes = [
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
];
const fixtures = path.join(import.meta.dirname, '../fixtures/rosters');
const shots = process.env['MINDUN_SHOTS'];
let site: Site;

beforeAll(async () => {
  if (browser === null) return;
  site = await openSite('2008-03-05T09:00');
  for (const { code, name } of employers) {
    await site.city.run('registry.employer.register', {
      code,
      name,
      area: '430407',
      injuryClass: 2,
    });
    await handlerAccount(site.city, code, { login: code, name: `${name} 经办`, password });
  }
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(javaScript: boolean, viewport = sizes[0]!): Promise<Page> {
  const context: BrowserContext = await browser!.newContext({
    viewport,
    javaScriptEnabled: javaScript,
    locale: 'zh-CN',
  });
  return context.newPage();
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto(`${site.base}/sign-in`);
  await page.getByLabel('登录名').fill(login);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
}

async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.goto(`${site.base}/employer/roster`);
  await page.getByLabel('名册文件').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: '上传并检查' }).click();
}

/** The bytes behind a link of the page. */
async function bytesOf(page: Page, href: string): Promise<Buffer> {
  const answer = await page.request.get(`${site.base}${href}`);
  expect([href, answer.status()]).toEqual([href, 200]);
  return answer.body();
}

const said = async (part: Locator) => (await part.textContent()) ?? '';
const heading = (page: Page) => said(page.getByRole('heading', { level: 1 }));

describe.skipIf(browser === null)('declaring a roster', () => {
  for (const { code, name, javaScript } of employers) {
    const how = javaScript ? 'with JavaScript' : 'without JavaScript';

    it(`shows what is wrong and takes the good file, ${how}`, async () => {
      const page = await open(javaScript);
      await signIn(page, code);
      expect(await heading(page)).toBe(name);
      await page.getByRole('link', { name: '申报 2008年3月名册' }).click();
      expect(
        (await bytesOf(page, '/employer/roster/template.xlsx')).subarray(0, 2).toString(),
      ).toBe('PK');

      await upload(page, '三月名册.csv', readFileSync(path.join(fixtures, 'bad.csv')));
      expect(await page.title()).toMatch(/^错误：核对申报表/);
      const summary = page.getByRole('alert');
      expect(await said(summary)).toContain('400 行里有 13 行要改，现在什么都还没有交上去');
      const row = page.locator('.faults tr', { has: page.getByRole('rowheader', { name: '106' }) });
      expect(await said(row)).toContain('一千二百');
      expect(await said(row)).toContain('月工资');
      const marked = await page.getByRole('link', { name: '下载标好错的表' }).getAttribute('href');
      expect((await bytesOf(page, marked!)).subarray(0, 2).toString()).toBe('PK');
      const button = page.getByRole('button', { name: /^申报 387 行，工资 ¥1,2/ });
      expect(await button.count()).toBe(1);
      expect(await said(page.locator('#choose'))).toContain('这些人本月算没有申报：第 45、66');

      const faulty = page.url();
      const good = roster('2008-03', [worker, { number: citizen(4), wage: '500', name: '李娜' }]);
      await upload(page, '名册.csv', Buffer.from(good, 'base64'));
      expect(await heading(page)).toBe('核对申报表');
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(await said(page.getByRole('main'))).not.toContain('换掉');
      expect(await said(page.locator('.gist'))).toContain('本月参保2 人');
      await page.getByRole('button', { name: '申报 2 行，工资 ¥2,300.00' }).click();
      expect(await heading(page)).toBe('2008年3月名册已经申报');
      await page.goto(faulty);
      expect(await said(page.getByRole('status'))).toContain('这一份没有申报，后来申报的是另一份');
      await page.goBack();
      await page.getByRole('link', { name: '回单位首页' }).click();
      expect(await said(page.getByRole('main'))).toContain('2 人，月工资合计 ¥2,300.00');
      await page.context().close();
    });
  }

  it('asks for a look at what is odd, and for nothing to be mended', async () => {
    const page = await open(false);
    await signIn(page, employers[0].code);
    const odd = [
      { ...worker, change: '新增' as const },
      { number: citizen(4), wage: '0', name: '李娜' },
    ];
    await upload(page, '名册.csv', Buffer.from(roster('2008-02', odd), 'base64'));
    const table = page.locator('.faults');
    expect(await said(table.locator('caption'))).toBe('请看一眼的 2 处，没有错就不用改');
    for (const row of await table.locator('tbody tr').all())
      expect(await said(row)).toContain('就不用改');
    expect(await said(table)).not.toContain('请改正');
    expect(await page.getByRole('button', { name: /^申报 2 行/ }).count()).toBe(1);
    // Many of them stand folded behind the first, so that the way on stays in sight.
    const many = Array.from({ length: 13 }, (_, i) => ({ number: citizen(30 + i), wage: '0' }));
    await upload(page, '名册.csv', Buffer.from(roster('2008-02', many), 'base64'));
    expect(await page.locator('.faults').first().locator('tbody tr').count()).toBe(10);
    await page.locator('summary').click();
    expect(await said(page.locator('details'))).toContain('就不用改');
    await page.context().close();
  });

  it('says before it is confirmed which declaration of the month a file replaces', async () => {
    const page = await open(false);
    await signIn(page, employers[0].code);
    await upload(page, '第二份.csv', Buffer.from(roster('2008-03', [worker]), 'base64'));
    const note = page.getByRole('status').filter({ hasText: '换掉' });
    const declared = /这个月在 2008年3月\d+日 \d\d:\d\d 申报过一份，2 人，月工资合计 ¥2,300\.00/;
    expect(await said(note)).toMatch(declared);
    expect(await said(note)).not.toContain('上个月');
    await page.goto(`${site.base}/employer/roster`);
    await page.getByText('只有变动的人员').click();
    const buffer = Buffer.from(roster('2008-03', [worker]), 'base64');
    await page
      .getByLabel('名册文件')
      .setInputFiles({ name: '变动.csv', mimeType: 'text/csv', buffer });
    await page.getByRole('button', { name: '上传并检查' }).click();
    expect(await said(note)).toContain('变动从上个月的名册算起');
    await page.context().close();
  });

  it('keeps the form and says what to do when the file cannot be read', async () => {
    const page = await open(false);
    await signIn(page, employers[0].code);
    await upload(page, '空.csv', Buffer.alloc(0));
    expect(await said(page.getByRole('alert'))).toContain('有 1 处要改');
    expect(await page.getByLabel('名册文件').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: '上传并检查' }).click();
    expect(await said(page.getByRole('alert'))).toContain('还没有选文件');
    await page.context().close();
  });

  it('shows only one’s own uploads', async () => {
    const page = await open(false);
    await signIn(page, employers[0].code);
    await upload(page, '空行.csv', Buffer.from(roster('2008-03', [worker]), 'base64'));
    const address = page.url();
    const other = await open(false);
    await signIn(other, employers[1].code);
    expect((await other.goto(address))!.status()).toBe(404);
    await page.context().close();
    await other.context().close();
  });
});

describe.skipIf(browser === null)('after the assessment', () => {
  beforeAll(async () => {
    if (browser === null) return;
    await site.city.run('insurance.assess', { month: '2008-03' });
    const bill = await site.city.run<BillView>('insurance.bill', {
      employer: employers[0].code,
      month: '2008-03',
    });
    await site.city.clock('2008-03-20T10:00');
    await site.city.run('insurance.collect', {
      content: bankFile([
        { on: '2008-03-07', reference: 'M1', bill: bill.number, amount: '400.00' },
      ]),
    });
    await site.city.run('insurance.credit', { month: '2008-03' });
    await personAccount(site.city, worker.number, { login: worker.number, name: '张伟', password });
  });

  for (const { code, name, javaScript } of employers) {
    const how = javaScript ? 'with JavaScript' : 'without JavaScript';

    it(`opens each figure of the bill and gives the paper, ${how}`, async () => {
      const page = await open(javaScript);
      await signIn(page, code);
      await page.getByRole('link', { name: '2008年3月', exact: true }).click();
      expect(await heading(page)).toBe('2008年3月社会保险费缴费单');
      const pension = page.locator('.bill tr', { hasText: '养老保险' }).first();
      // 1800.00 and the floor 1077.00, 20 % and 8 %
      expect(await said(pension)).toContain('575.40');
      await pension.getByRole('link', { name: '575.40' }).click();
      expect(page.url()).toContain('?why=pension-employer#why');
      const why = await said(page.locator('#why'));
      expect(why).toContain('张伟');
      expect(why).toContain('缴费基数 ¥1,077.00 × 20%');
      expect(why).toContain('社会保险费征缴暂行条例');
      expect(await said(page.locator('#why'))).toContain('各按各的工资定。以“张伟');
      await page.getByRole('link', { name: '收起' }).click();
      expect(await page.locator('#why').count()).toBe(0);
      const figures = page.locator('#figures a.why');
      const addresses = await figures.evaluateAll((all) =>
        all.map((a) => (a as unknown as { href: string }).href),
      );
      expect(new Set(addresses).size).toBeGreaterThan(20);
      for (const address of new Set(addresses)) {
        await page.goto(address);
        expect(await said(page.locator('#why')), address).toContain('怎么算出来的');
      }
      await page.getByRole('link', { name: '收起' }).click();
      const coming = page.waitForEvent('download');
      await page.getByRole('button', { name: '下载缴费单（PDF）' }).click();
      const download = await coming;
      expect(download.suggestedFilename()).toMatch(/^缴费单衡社缴〔2008〕\d{6}\.pdf$/);
      const pdf = readFileSync(await download.path());
      const lines = pdfLines(pdf).flat(2).join('\n');
      const [, printed] = /核对码 ((?:\w{4} ){3}\w{4})/.exec(lines) ?? [];
      expect(lines).toContain(`打印人 ${name} 经办`);
      expect(lines).toContain(`任何人可在 http://localhost:${site.served.port}/check 核对`);
      if (shots !== undefined && shots !== '') writeFileSync(path.join(shots, 'bill.pdf'), pdf);
      const stranger = await open(javaScript);
      await stranger.goto(`${site.base}/check`);
      await stranger.getByLabel('核对码').fill(printed!);
      await stranger.getByRole('button', { name: '核对' }).click();
      expect(await heading(stranger)).toBe('这张缴费单是真的');
      const told = await said(stranger.getByRole('main'));
      for (const words of [name, code, '575.40', '打印时应缴']) expect(told).toContain(words);
      if (javaScript) await examine(stranger, 'check-bill');
      await stranger.context().close();
      await page.context().close();
    });

    it(`issues a certificate that anyone can check, ${how}`, async () => {
      const page = await open(javaScript);
      await signIn(page, code);
      await page.goto(`${site.base}/employer/certificates`);
      await page.getByLabel('从哪个月').fill('三月');
      await page.getByRole('button', { name: '开证明' }).click();
      expect(await page.getByLabel('从哪个月').getAttribute('aria-invalid')).toBe('true');
      expect(await said(page.getByRole('alert'))).toContain('请写成 2008-03 这样的月份');
      await page.getByLabel('从哪个月').fill('2008-03');
      await page.getByLabel('到哪个月').fill('四月');
      await page.getByRole('button', { name: '开证明' }).click();
      expect(await page.getByLabel('从哪个月').getAttribute('aria-invalid')).toBe(null);
      expect(await page.getByLabel('到哪个月').getAttribute('aria-invalid')).toBe('true');
      for (const last of ['2008-02', '2009-01']) {
        await page.getByLabel('到哪个月').fill(last);
        await page.getByRole('button', { name: '开证明' }).click();
        expect(await page.getByLabel('从哪个月').getAttribute('aria-invalid')).toBe(null);
        expect(await page.getByLabel('到哪个月').getAttribute('aria-invalid')).toBe('true');
      }
      await page.getByLabel('到哪个月').fill('2008-03');
      await page.getByRole('button', { name: '开证明' }).click();
      const link = page.locator('#list ~ table tbody tr').first();
      const number = (await said(link.getByRole('rowheader'))).trim();
      const pdf = await link.getByRole('link', { name: /PDF/ }).getAttribute('href');
      expect((await bytesOf(page, pdf!)).subarray(0, 5).toString()).toBe('%PDF-');
      const stranger = await open(javaScript);
      await stranger.goto(`${site.base}/check`);
      await stranger.getByLabel('核对码').fill(` ${number.toLowerCase()} `);
      await stranger.getByRole('button', { name: '核对' }).click();
      expect(await heading(stranger)).toBe('这份证明是真的');
      await stranger.goto(`${site.base}/check/ABCDEFGHJKLM`);
      expect(await stranger.getByRole('alert').count()).toBe(1);
      await page.context().close();
      await stranger.context().close();
    });

    it(`shows a worker what was paid for him, ${how}`, async () => {
      const page = await open(javaScript);
      await page.goto(`${site.base}/record`);
      expect(await heading(page)).toBe('登录');
      await page.getByLabel('登录名').fill(worker.number);
      await page.getByLabel('密码').fill('wrong');
      await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
      expect(await said(page.getByRole('alert'))).toContain('账号或密码不对');
      expect(await page.getByLabel('登录名').inputValue()).toBe(worker.number);
      await page.getByLabel('密码').fill(password);
      await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
      expect(page.url()).toBe(`${site.base}/record`);
      const main = await said(page.getByRole('main'));
      expect(main).toContain(`4304**********${worker.number.slice(-4)}`);
      expect(main).not.toContain(worker.number);
      await page.getByRole('link', { name: '198.00' }).first().click();
      expect(await said(page.locator('#why'))).toContain('缴费基数 ¥1,800.00 × 8%');
      await page.locator('.accounts dd.now a').first().click();
      const balance = await said(page.locator('.accounts #why'));
      for (const words of ['养老保险个人账户', '2008-03', '社会保险费申报缴纳管理暂行办法', '利息'])
        expect(balance).toContain(words);
      await page.getByRole('button', { name: '退出' }).click();
      await page.goto(`${site.base}/record`);
      expect(await heading(page)).toBe('登录');
      await page.context().close();
    });
  }

  for (const size of sizes) {
    it(`has pages without a barrier at ${size.width}×${size.height}, each under 30 kB`, async () => {
      const stranger = await open(true, size);
      await look(stranger, [
        '/',
        '/?q=账单',
        '/sign-in',
        '/activate',
        '/check',
        '/check/NOSUCHCODE',
        '/nowhere',
      ]);
      const employer = await open(true, size);
      await signIn(employer, employers[0].code);
      await upload(employer, '三月名册.csv', readFileSync(path.join(fixtures, 'bad.csv')));
      // Refused since the month is assessed: the form with its fault is a page too.
      await examine(employer, 'roster-refused');
      const own = `employer=${employers[0].code}`;
      const rows = await rowsOf(employer, `/api/v1/insurance/uploads?${own}`);
      const papers = await rowsOf(employer, `/api/v1/insurance/certificates?${own}`);
      expect(papers.length).toBeGreaterThan(0);
      expect(rows.length).toBeGreaterThan(1);
      await look(employer, [
        '/',
        '/employer',
        '/employer/roster',
        ...rows.slice(0, 4).map((r) => `/employer/roster/${r['publicId']}`),
        '/employer/bill/2008-03',
        '/employer/bill/2008-03?why=medical',
        '/employer/bill/2008-03?why=late-fee',
        '/employer/bill/2008-03?why=payable',
        '/employer/bill/2008-03?why=pension-base',
        '/employer/certificates',
        `/check/${papers[0]!['code']}`,
        '/record',
      ]);
      const person = await open(true, size);
      await signIn(person, worker.number);
      await look(person, [
        '/record',
        '/record?why=2008-03',
        '/record?why=account-pension',
        '/record/certificate',
        '/looks',
        '/password',
        '/account',
        '/account/totp',
        '/account/messages',
        '/step-up',
        '/record?lang=en&type=large',
      ]);
      for (const page of [stranger, employer, person]) await page.context().close();
    });
  }
});

async function rowsOf(page: Page, address: string): Promise<Record<string, string>[]> {
  const answer = await page.request.get(`${site.base}${address}`, {
    headers: { 'Mindun-Purpose': 'own-matter' },
  });
  return ((await answer.json()) as { rows: Record<string, string>[] }).rows;
}

async function look(page: Page, addresses: readonly string[]): Promise<void> {
  for (const address of addresses) {
    await page.goto(`${site.base}${address}`);
    await examine(page, address);
  }
}

/** No barrier that axe knows, nothing wider than the screen, no script, and light. */
async function examine(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect([
    name,
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`),
  ]).toEqual([name, []]);
  const { width } = page.viewportSize()!;
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  expect([name, Number(wide) <= width]).toEqual([name, true]);
  // One file of ours, where a passkey is offered; nothing else and nothing inline.
  const scripts = await page.locator('script:not([src^="/static/passkey."])').count();
  expect([name, scripts]).toEqual([name, 0]);
  const style = await page.locator('link[rel=stylesheet]').getAttribute('href');
  const weight = Buffer.byteLength(await page.content()) + (await bytesOf(page, style!)).length;
  expect([name, weight < 30_000]).toEqual([name, true]);
  if (shots !== undefined && shots !== '') {
    const file = `${name.replace(/[^\w一-龥]+/g, '-')}-${width}.png`;
    await page.screenshot({ path: path.join(shots, file), fullPage: true });
  }
}
