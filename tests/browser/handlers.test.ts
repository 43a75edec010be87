import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { organisation } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { openSite, type Site } from './site.ts';
import { Visitor } from './visitor.ts';

const browser = await openBrowser();
const shots = process.env['MINDUN_SHOTS'];
const code = organisation(181);
const password = 'four unrelated words';
let site: Site;

/** Signs in with a told password, and changes it. */
async function enter(login: string, told: string): Promise<Visitor> {
  const visitor = new Visitor(site);
  await visitor.signIn(login, told);
  await visitor.get('/password');
  await visitor.send('/password', { present: told, next: password, again: password });
  expect(visitor.status, visitor.page).toBe(303);
  return visitor;
}

let principal: Visitor;
beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  const name = '湘江铸造厂';
  await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 1 });
  const made = await city.run<{ login: string; password: string }>('access.account.open', {
    kind: 'employer',
    employer: code,
    principal: true,
    name: '王建国',
    reason: '持营业执照到窗口',
  });
  principal = await enter(made.login, made.password);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Authorises a handler on the page. @returns the password told */
async function authorise(short: string, fields: Readonly<Record<string, string>>) {
  await principal.get('/employer/handlers');
  await principal.send('/employer/handlers', {
    short,
    name: '李芳',
    from: '',
    until: '',
    ...fields,
  });
  return /<code>([^<]+)<\/code>/.exec(principal.page)?.[1] ?? '';
}

describe('the page of handlers, without a script', () => {
  it('authorises somebody, who then finds what is authorised and nothing else', async () => {
    expect((await principal.get('/employer')).page).toContain('href="/employer/handlers"');
    const told = await authorise('bills', { 'handler-bills': '1' });
    expect(principal.page).toContain(`${code.toLowerCase()}-bills`);
    const handler = await enter(`${code}-bills`, told);
    const { page } = await handler.get('/employer');
    expect(page).toContain('缴费单');
    for (const link of ['/employer/handlers', '/employer/certificates', '/employer/roster'])
      expect(page).not.toContain(`href="${link}"`);
    for (const link of ['/employer/handlers', '/employer/certificates'])
      expect([link, (await handler.get(link)).status]).toEqual([link, 403]);
    expect((await handler.get('/')).page).not.toContain('href="/employer/roster"');
    // Whoever may hand in rosters only reads no bills, and the page stands.
    const rosters = await enter(`${code}-hr`, await authorise('hr', { 'handler-roster': '1' }));
    await rosters.get('/employer');
    expect([rosters.status, rosters.page.includes('href="/employer/roster"')]).toEqual([200, true]);
    expect((await rosters.get('/employer/bill/2008-01')).status).toBe(403);
  });

  it('says at the field what is wrong, and keeps what was filled in', async () => {
    for (const [field, fields] of [
      ['short', { short: 'a b', 'handler-bills': '1' }],
      ['short', { short: 'bills', 'handler-bills': '1' }],
      ['parts', { short: 'third' }],
      ['until', { short: 'third', 'handler-bills': '1', until: '2007-12-31' }],
      ['from', { short: 'third', 'handler-bills': '1', from: '明天' }],
    ] as const) {
      await authorise(fields.short, fields);
      expect([field, principal.page.includes(`id="${field}-fault"`)]).toEqual([field, true]);
      expect(principal.page).toContain('value="李芳"');
    }
  });

  it('changes what is authorised, shows what was done, and ends an account with its sessions', async () => {
    const handler = new Visitor(site);
    await handler.signIn(`${code}-bills`, password);
    await handler.get('/employer');
    const { page } = await principal.get('/employer/handlers');
    const link = /\/employer\/handlers\/(\w+)"[^>]*>\s*李芳/.exec(page)!;
    const account = link[1]!;
    await principal.get(`/employer/handlers/${account}`);
    expect(principal.page).toContain('参保单位详情');
    const fields = { 'handler-certificates': '1', until: '2008-12-31' };
    await principal.send(`/employer/handlers/${account}`, fields);
    await principal.follow();
    expect(principal.page).toContain('授权改好了');
    expect((await handler.get('/employer/certificates')).status).toBe(200);
    await principal.send('/employer/handlers/end', { account, token: 'forged' });
    expect(principal.status).toBe(403);
    await principal.get('/employer/handlers');
    await (await principal.send('/employer/handlers/end', { account })).follow();
    expect(principal.page).toContain('已停用');
    expect((await handler.get('/employer')).location).toContain('/sign-in');
  });
});

describe.skipIf(browser === null)('the page of handlers', () => {
  const isSound = async (page: Page, name: string) => {
    for (const [width, height] of [
      [1366, 768],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      if (shots !== undefined)
        await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([name, width, wide <= width]).toEqual([name, width, true]);
      expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
    }
  };

  it('is legible on both screens, for a whole visit by the keyboard', async () => {
    await authorise('spare', { 'handler-roster': '1', from: '2008-02-01', until: '2008-12-31' });
    const context = await browser!.newContext({ locale: 'zh-CN', javaScriptEnabled: true });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    await page.goto(`${site.base}/sign-in?next=/employer`);
    await page.getByLabel('登录名').fill(code);
    await page.getByLabel('密码').fill(password);
    await page.getByRole('main').getByRole('button', { name: '登录', exact: true }).click();
    await isSound(page, 'employer');
    await page.getByRole('link', { name: '经办人', exact: true }).click();
    await isSound(page, 'handlers');
    await page.getByLabel('姓名').fill('赵敏');
    await page.getByLabel('登录名后半段').fill('zhaomin');
    await page.getByRole('button', { name: '授权', exact: true }).press('Enter');
    await page.getByRole('alert').waitFor();
    await isSound(page, 'handlers-fault');
    await page.getByRole('checkbox', { name: /名册申报/ }).check();
    await page.getByRole('checkbox', { name: /缴费单/ }).check();
    await page.getByLabel('到哪一天').fill('2008-12-31');
    await page.getByRole('button', { name: '授权', exact: true }).press('Enter');
    await page.getByRole('heading', { name: '已授权：赵敏' }).waitFor();
    await isSound(page, 'handlers-told');
    await page.getByRole('link', { name: '回到经办人' }).click();
    await page.getByRole('link', { name: '王建国' }).click();
    await isSound(page, 'handler-own');
    await page.goBack();
    await page.getByRole('link', { name: '赵敏' }).click();
    await isSound(page, 'handler');
    await context.close();
  });
});
