import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amount } from '../../src/doors/desk/app/format.ts';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import type { BillView, StatementView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { heading, main, password, says, signIn } from './desk-page.ts';
import { openSite, type Site, staffAccount } from './site.ts';

const browser = await openBrowser();
const desk = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
const whole = [430_400_000_000, 430_499_999_999] as const;
const month = '2008-03';
// One page of a list holds 50 rows.
const employers = 60;
let site: Site;

beforeAll(async () => {
  if (browser === null) return;
  await prepareDesk();
  site = await openSite('2008-03-05T09:00');
  const { city } = site;
  for (let i = 1; i <= employers; i += 1) {
    const code = organisation(i);
    const name = `衡阳市石鼓区名字很长的第${i}机械制造有限责任公司`;
    await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 2 });
    const content = roster(month, [{ number: citizen(i * 2), wage: String(1000 + i * 10) }]);
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  await city.run('insurance.assess', { month });
  const rows = [];
  for (const i of [1, 2]) {
    const bill = await city.run<BillView>('insurance.bill', { employer: organisation(i), month });
    rows.push({ on: '2008-03-05', reference: `L${i}`, bill: bill.number, amount: '123.45' });
  }
  await city.run('insurance.collect', { fileName: 'bank.csv', content: bankFile(rows) });
  await staffAccount(city, { login: 'clerk', name: '陈静', password }, 'collection-clerk', whole);
  await staffAccount(city, { login: 'books', name: '刘芳', password }, 'fund-accountant', whole);
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(login: string, address: string, viewport = desk): Promise<Page> {
  const context = await browser!.newContext({ viewport, locale: 'zh-CN' });
  context.setDefaultTimeout(40_000);
  const page = await context.newPage();
  await page.goto(`${site.base}/desk${address}`);
  await signIn(page, login);
  await main(page).getByRole('heading', { level: 1 }).waitFor();
  return page;
}

const amounts = (text: string | null) => text?.match(/[\d,]+\.\d\d/g) ?? [];

describe.skipIf(browser === null)('a figure of the books', () => {
  it('opens its lines under its own name, and their sum is the figure', async () => {
    const page = await open('books', `/statement?fund=pension&month=${month}`);
    const link = page.getByRole('link', { name: /^基金收入合计 .*看分录/ }).first();
    const [figure] = amounts(await link.textContent());
    const { rows } = await site.city.run<StatementView>('insurance.statement', {
      fund: 'pension',
      month,
    });
    const income = rows.find((r) => r.key === 'income-total')!.monthFen;
    expect(income).toBeGreaterThan(0);
    expect(figure).toBe(amount(income));
    await link.click();
    await heading(page, '2008年3月的分录');
    const facts = await main(page).locator('.facts').textContent();
    for (const word of [
      '基金收入合计',
      '企业职工基本养老保险基金',
      '衡阳市',
      '基金会计账',
      `¥${figure}`,
    ])
      expect(facts).toContain(word);
    const total = await main(page).locator('tfoot').textContent();
    expect([...amounts(total)]).toEqual(['0.00', figure]);
    await page.context().close();
  });

  it('is an account by its name; the sum stands on every page of its lines', async () => {
    const page = await open('books', `/trial-balance?fund=pension&month=${month}&book=receivable`);
    const row = main(page).locator('tbody tr').filter({ hasText: '应收' }).first();
    const name = await row.getByRole('rowheader').textContent();
    const [debit, credit] = await row.getByRole('link').allInnerTexts();
    await row.getByRole('link').first().click();
    await heading(page, '2008年3月的分录');
    const facts = await main(page).locator('.facts').textContent();
    for (const word of [name, '应收账', `借方 ¥${debit}，贷方 ¥${credit}`])
      expect(facts).toContain(word);
    const totals = async () => amounts(await main(page).locator('tfoot').textContent());
    expect(await totals()).toEqual([debit, credit]);
    await main(page).getByRole('button', { name: '下一页' }).click();
    await says(page, /第 51–/);
    expect(await totals()).toEqual([debit, credit]);
    await page.context().close();
  });
});

describe.skipIf(browser === null)('a month that cannot be closed yet', () => {
  it('says why on the page of closing, and offers no button', async () => {
    const page = await open('books', '/month/2008-04/close');
    await says(page, '先把 2008-03 关账');
    expect(await main(page).getByRole('button').count()).toBe(0);
    await page.goto(`${site.base}/desk/month/${month}/close`);
    await main(page).getByRole('button', { name: '关 3 月的账' }).waitFor();
    await page.context().close();
  });
});

describe.skipIf(browser === null)('a list', () => {
  it('is rows with names on a phone, with nothing to scroll sideways', async () => {
    const page = await open('clerk', `/unpaid?month=${month}`, phone);
    const card = main(page).locator('tbody tr').first();
    await card.waitFor();
    const { width } = (await card.boundingBox())!;
    for (const cell of await card.locator('> *').all()) {
      const box = await cell.boundingBox();
      if (box === null) continue;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(phone.width);
    }
    expect(width).toBeLessThanOrEqual(phone.width);
    const label = `getComputedStyle(document.querySelector('tbody td[data-l="欠（元）"]'), '::before').content`;
    expect(await page.evaluate(label)).toBe('"欠（元）"');
    await page.context().close();
  });

  it('says since when it is old while the server is away, and goes on when it is back', async () => {
    const page = await open('clerk', `/unpaid?month=${month}`);
    await says(page, '第 1–50 行');
    await page.route('**/api/v1/**', (route) => route.abort());
    const told = main(page).getByRole('alert');
    await told.getByText(/下面是 \d\d:\d\d 读到的，可能已经变了。/).waitFor();
    expect(await told.textContent()).toContain('连不上服务器');
    expect(await main(page).locator('tbody tr').count()).toBe(50);
    // Another page of it was never read: nothing old stands in its place.
    await main(page).getByRole('button', { name: '下一页' }).click();
    await says(page, 'no-network');
    expect(await main(page).locator('tbody tr').count()).toBe(0);
    await page.unroute('**/api/v1/**');
    await main(page).getByRole('button', { name: '再试一次' }).click();
    await says(page, '第 51–');
    expect(await told.count()).toBe(0);
    await page.context().close();
  });

  it('is said to be old at once when the network goes', async () => {
    const page = await open('clerk', '/month');
    const shown = () => page.getByRole('link', { name: '全部' }).first().waitFor();
    await shown();
    // One part of the page is still unread when that happens.
    let away = false;
    await page.route('**/api/v1/insurance/suspense*', (route) =>
      away ? route.abort() : undefined,
    );
    await page.reload();
    await shown();
    away = true;
    await page.context().setOffline(true);
    await main(page)
      .getByText(/下面是 \d\d:\d\d 读到的/)
      .first()
      .waitFor({ timeout: 5000 });
    // Each part of the page notices by itself; once the page has noticed, it alone says so.
    const alerts = () => main(page).getByRole('alert').count();
    await expect.poll(alerts, { timeout: 5000 }).toBe(1);
    await main(page).locator('.errs').getByText('连不上服务器').waitFor();
    await page.unroute('**/api/v1/insurance/suspense*');
    await page.context().setOffline(false);
    await main(page).getByRole('alert').waitFor({ state: 'detached', timeout: 5000 });
    await page.context().close();
  });
});
