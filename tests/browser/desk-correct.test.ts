import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import type { BillView } from '../../src/services/insurance/index.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { heading, password, says, signIn } from './desk-page.ts';
import { openSite, type Site, staffAccount } from './site.ts';

const browser = await openBrowser();
const desk = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
const shots = process.env['MINDUN_SHOTS'];
const factory = { code: organisation(971), name: '湘江铸造厂' };
const stays = citizen(971);
const forgotten = citizen(972);
let site: Site;
let employer: string;

beforeAll(async () => {
  if (browser === null) return;
  await prepareDesk();
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  const { code, name } = factory;
  await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 2 });
  const content = roster('2008-01', [{ number: stays, wage: '2000' }]);
  await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  await city.run('insurance.assess', { month: '2008-01' });
  const whole: [number, number] = [430400000000, 430499999999];
  for (const [login, role] of [
    ['clerk', 'collection-clerk'],
    ['accountant', 'fund-accountant'],
  ] as const)
    await staffAccount(city, { login, name: '陈静', password }, role, whole);
  const january = await city.run<BillView>('insurance.bill', { employer: code, month: '2008-01' });
  employer = january.employer.publicId;
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

async function open(login: string, viewport = desk): Promise<Page> {
  const context = await browser!.newContext({ viewport, locale: 'zh-CN' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${site.base}/desk`);
  await signIn(page, login);
  await page.getByRole('navigation', { name: '民盾 工作台' }).waitFor();
  return page;
}
/** Nothing stands beyond the page's side, and axe finds nothing. */
const isSound = async (page: Page, name: string) => {
  if (shots !== undefined)
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(page.viewportSize()!.width);
  expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
};
const fill = async (page: Page, fields: Record<string, string>) => {
  for (const [label, value] of Object.entries(fields))
    await page.getByRole('textbox', { name: label, exact: true }).fill(value);
};

describe.skipIf(browser === null)('a month that was assessed', () => {
  it('gains a person who was left off, with every field that is wrong told at its place', async () => {
    const page = await open('clerk');
    await page.goto(`${site.base}/desk/employers/${employer}`);
    await page.getByRole('link', { name: '2008年1月', exact: true }).waitFor();
    await isSound(page, 'correct-employer');
    await page.getByRole('link', { name: '更正以前月份…' }).click();
    await heading(page, '更正以前月份的名册');
    await page.getByLabel('这个人漏报了').check();
    await page.getByRole('button', { name: '补进名册' }).click();
    expect(await page.locator('.field.bad').count()).toBe(4);
    await isSound(page, 'correct-empty');
    await fill(page, { 公民身份号码: forgotten, 从哪个月: '2008-01', 应该报的月工资: '2000' });
    await fill(page, { 理由: '漏报' });
    await page.getByRole('button', { name: '补进名册' }).click();
    await says(page, '这个号码还没有您能看到的个人档案');
    await fill(page, { '姓名（还没有个人档案才填）': '李四' });
    await page.getByLabel('农业').check();
    await isSound(page, 'correct-adds');
    await page.getByRole('button', { name: '补进名册' }).click();
    await says(page, '补进了 1 个月的名册，差额在 2008年2月的缴费单上');
    await page.context().close();
  });

  it('changes a wage and loses a person; who is not there is said to be on no roster', async () => {
    const page = await open('clerk', phone);
    const correct = async (kind: string, more: Record<string, string>, send: string) => {
      await page.goto(`${site.base}/desk/employers/${employer}/correct`);
      await page.getByLabel(kind).check();
      await fill(page, { 公民身份号码: stays, 从哪个月: '2008-01', 理由: '抄错', ...more });
      await page.getByRole('button', { name: send }).click();
    };
    await correct('月工资报错了', { 应该报的月工资: '2500' }, '更正工资');
    await says(page, '工资更正了 1 个月');
    await correct('这个人不该在名册上', { 到哪个月: '2007-12' }, '从名册除去');
    await says(page, '比开始的月份早');
    await fill(page, { 到哪个月: '' });
    await page.getByRole('button', { name: '从名册除去' }).click();
    await says(page, '从 1 个月的名册上除去了');
    await correct('月工资报错了', { 应该报的月工资: '2600' }, '更正工资');
    await says(page, '这个人不在单位2008年1月的名册上');
    await isSound(page, 'correct-phone');
    await page.context().close();
  });

  it('shows on the next bill why an earlier month is in it', async () => {
    const { city } = site;
    await city.run('insurance.credit', { month: '2008-01' });
    await city.clock('2008-02-05T09:00');
    await city.run('insurance.close', { month: '2008-01' });
    await city.run('insurance.assess', { month: '2008-02' });
    for (const [viewport, name] of [
      [desk, 'correct-bill'],
      [phone, 'correct-bill-phone'],
    ] as const) {
      const page = await open('clerk', viewport);
      await page.goto(`${site.base}/desk/employers/${employer}/bills/2008-02`);
      await says(page, '2008年1月重新核定');
      await says(page, '补进名册（1 人）：漏报');
      await says(page, '从名册除去（1 人）：抄错');
      await isSound(page, name);
      await page.context().close();
    }
  });

  it('is late: an order with a wrong day is withdrawn', async () => {
    const january = await site.city.run<BillView>('insurance.bill', {
      employer: factory.code,
      month: '2008-01',
    });
    const about = { bill: january.number, payBy: '2018-02-20', reason: '催缴' };
    await site.city.run('insurance.order-payment', about);
    const page = await open('clerk');
    await page.goto(`${site.base}/desk/employers/${employer}`);
    await page.getByRole('link', { name: /^撤回… 衡社责/ }).click();
    await heading(page, '撤回责令书');
    await page.getByRole('button', { name: '撤回这张责令书' }).click();
    await says(page, '请写理由');
    await fill(page, { 理由: '年份写错' });
    await isSound(page, 'withdraw');
    await page.setViewportSize(phone);
    await isSound(page, 'withdraw-phone');
    await page.getByRole('button', { name: '撤回这张责令书' }).click();
    await says(page, /衡社责〔2008〕\d{6} 撤回了/);
    await page.getByRole('link', { name: '回这个单位' }).click();
    await says(page, '2月5日撤回');
    await isSound(page, 'withdrawn');
    expect(await page.getByRole('link', { name: /^撤回…/ }).count()).toBe(0);
    await page.context().close();
  });

  it('is not offered to who may not correct it', async () => {
    const page = await open('accountant');
    await page.goto(`${site.base}/desk/employers/${employer}`);
    await page.getByRole('link', { name: '2008年1月', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: '更正以前月份…' }).count()).toBe(0);
    await page.context().close();
  });
});
