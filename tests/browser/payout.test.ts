import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { heading, main, password, says, signIn } from './desk-page.ts';
import { openSite, personAccount, type Site, staffAccount } from './site.ts';

const browser = await openBrowser();
const shots = process.env['MINDUN_SHOTS'];
const code = organisation(981);
const number = citizen(981);
const card = '6222 0295 1736 4018 250';
let site: Site;
let person: string;

beforeAll(async () => {
  if (browser === null) return;
  await prepareDesk();
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  await city.run('registry.employer.register', {
    code,
    name: code,
    area: '430407',
    injuryClass: 2,
  });
  const content = roster('2008-01', [{ number, wage: '2000', name: '张三' }]);
  await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  const found = await city.run<{ rows: { publicId: string }[] }>('registry.persons', {
    search: number,
  });
  person = found.rows[0]!.publicId;
  await personAccount(city, number, { login: number, name: '张三', password });
  await staffAccount(
    city,
    { login: 'clerk', name: '陈静', password },
    'collection-clerk',
    [430400000000, 430499999999],
  );
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const open = async (address: string, width: number): Promise<Page> => {
  const context = await browser!.newContext({ viewport: { width, height: 800 }, locale: 'zh-CN' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${site.base}${address}`);
  return page;
};
const isSound = async (page: Page, name: string) => {
  if (shots !== undefined)
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(page.viewportSize()!.width);
  expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
};
const record = async (width: number): Promise<Page> => {
  const page = await open('/record', width);
  await page.getByLabel('登录名').fill(number);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
  return page;
};

describe.skipIf(browser === null)('a payout account', () => {
  it('is none at first, and the person reads how it is set', async () => {
    const page = await record(390);
    await says(page, '还没有登记。退休金和退费要打到登记过的账户。');
    await isSound(page, 'payout-none');
    await page.context().close();
  });

  it('is set by a clerk, who is told of empty fields, a wrong number and a doubtful digit', async () => {
    const page = await open('/desk', 1366);
    await signIn(page, 'clerk');
    await page.getByRole('navigation', { name: '民盾 工作台' }).waitFor();
    await page.goto(`${site.base}/desk/persons/${person}?purpose=counter-visit`);
    await heading(page, '张三');
    await page.getByText('登记或更换').click();
    const set = page.getByRole('button', { name: '登记', exact: true });
    const fill = (label: string, value: string) =>
      page.getByRole('textbox', { name: label, exact: true }).fill(value);
    await set.click();
    expect(await page.locator('.field.bad').count()).toBe(2);
    await isSound(page, 'payout-empty');
    await fill('开户银行', '中国农业银行衡阳分行');
    await fill('账号', '1234');
    await set.click();
    await says(page, '银行账号要写 8 到 32 位数字');
    await fill('账号', card);
    await set.click();
    await says(page, `登记好了：${'*'.repeat(15)}8250`);
    await says(page, '中国农业银行衡阳分行');
    expect(await main(page).textContent()).not.toContain(card.replaceAll(' ', ''));
    await isSound(page, 'payout-set');
    await page.setViewportSize({ width: 390, height: 844 });
    await isSound(page, 'payout-set-390');
    await page.context().close();
  });

  it('is shown to the person by its last four digits', async () => {
    const page = await record(1366);
    await says(page, '尾号 8250');
    await says(page, '中国农业银行衡阳分行');
    expect(await page.content()).not.toContain(card.replaceAll(' ', ''));
    await isSound(page, 'payout-record');
    await page.goto(`${site.base}/looks`);
    await says(page, '查看发放账户');
    await page.context().close();
  });
});
