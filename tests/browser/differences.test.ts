import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { texts } from '../../src/doors/portal/texts.ts';
import { billPdf, type PrintedBill } from '../../src/services/insurance/index.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { handlerAccount, openSite, type Site } from './site.ts';

const browser = await openBrowser();
const employer = organisation(61);
const worker = citizen(62);
const password = 'a long password';
const sizes = [
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
];
const shots = process.env['MINDUN_SHOTS'];
let site: Site;

beforeAll(async () => {
  if (browser === null) return;
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  await city.run('registry.employer.register', {
    code: employer,
    name: '衡阳湘水机械有限公司',
    area: '430407',
    injuryClass: 2,
  });
  await handlerAccount(city, employer, { login: employer, name: '经办', password });
  const declare = (month: string) =>
    city.run('insurance.declare', {
      employer,
      month,
      full: true,
      content: roster(month, [
        { number: worker, wage: '2000' },
        { number: citizen(64), wage: '2500', name: '李四' },
      ]),
    });
  await declare('2008-01');
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-02-01T09:00');
  await city.run('insurance.close', { month: '2008-01' });
  await city.run('insurance.correct-wage', {
    employer,
    person: worker,
    months: ['2008-01'],
    wageFen: 230_000,
    reason: '漏算奖金',
  });
  await declare('2008-02');
  await city.run('insurance.assess', { month: '2008-02' });
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const said = async (part: Locator) => (await part.textContent()) ?? '';

async function signedIn(viewport: (typeof sizes)[number]): Promise<Page> {
  const page = await (await browser!.newContext({ viewport, locale: 'zh-CN' })).newPage();
  await page.goto(`${site.base}/sign-in`);
  await page.getByLabel('登录名').fill(employer);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
  return page;
}

describe.skipIf(browser === null)('a bill that settles an earlier month', () => {
  for (const viewport of sizes) {
    it(`says why, tags what is assumed and opens each share, ${viewport.width} wide`, async () => {
      const page = await signedIn(viewport);
      await page.goto(`${site.base}/employer/bill/2008-02`);
      const figures = page.locator('#figures');
      expect(await said(figures)).toContain('工资更正（1 人）：漏算奖金');
      const medical = page.locator('#figures tr', { hasText: '2008年1月结算、差额' }).nth(1);
      expect(await said(medical)).toContain('医疗保险');
      expect(await medical.locator('.assumed').count()).toBe(1);
      expect(await said(figures)).toContain('本月核定，含以前月份的差额');
      // 20 % and 8 % of 300.00 that were not declared.
      for (const [share, amount] of [
        ['employer', '60.00'],
        ['employee', '24.00'],
      ] as const) {
        const link = page.locator(`#figures a[href*="why=pension-2008-01-${share}"]`);
        expect(await said(link)).toBe(amount);
        await link.click();
        const why = await said(page.locator('#why'));
        expect(why).toContain(`¥${amount}：怎么算出来的`);
        expect(why).toContain('工资更正（1 人）：漏算奖金');
        expect(why).not.toContain(share === 'employer' ? '个人，2008-01' : '单位，2008-01');
      }
      expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(viewport.width);
      if (shots !== undefined && shots !== '') {
        const file = path.join(shots, `differences-${viewport.width}`);
        await page.screenshot({ path: `${file}.png`, fullPage: true });
        const printed = await site.city.run<PrintedBill>('insurance.bill.print', {
          employer,
          month: '2008-02',
        });
        writeFileSync(`${file}.pdf`, await billPdf(printed, `${site.base}/check`));
      }
      await page.context().close();
    });
  }

  it('fits a screen of 320 px in large type and English, and so does the employer’s page', async () => {
    const page = await signedIn({ width: 320, height: 640 });
    await site.city.clock('2008-03-01T09:00');
    await page.goto(`${site.base}/employer?lang=en&type=large`);
    for (const address of [
      '',
      '/bill/2008-01',
      '/bill/2008-02',
      '/bill/2008-02?why=payable',
      '/bill/2008-02?why=late-fee',
      '/bill/2008-02?why=pension-2008-01-employer',
      '/roster',
      '/certificates',
    ]) {
      await page.goto(`${site.base}/employer${address}`);
      // The widest words that a bill's state has; this city does not come to them.
      if (address === '')
        await page.evaluate(`for (const e of document.querySelectorAll('.stack .st'))
          e.textContent = ${JSON.stringify(texts['state.fee-open'].en.replace('{amount}', '¥12,345.67'))}`);
      const beyond = await page.evaluate(`[...document.querySelectorAll('body *')]
        .filter((e) => e.getBoundingClientRect().right > 320.5 && e.closest('.sr, .scroll') === null)
        .map((e) => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 40))`);
      expect([address, beyond]).toEqual([address, []]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        address,
      ).toBeLessThanOrEqual(320);
      if (shots !== undefined && shots !== '')
        await page.screenshot({
          path: path.join(shots, `small${address.replace(/\W+/g, '-')}.png`),
          fullPage: true,
        });
    }
    await page.context().close();
  });
});
