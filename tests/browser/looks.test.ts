import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin } from '../../src/engines/access/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { openSite, personAccount, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const browser = await openBrowser();
const shots = process.env['MINDUN_SHOTS'];
const code = organisation(191);
const mother = citizen(191);
const daughter = citizen(193);
const password = 'four unrelated words';
const county = [430_407_000_000, 430_407_999_999] as const;
let site: Site;
let mine: Visitor;
let hers: Visitor;

async function enter(login: string): Promise<Visitor> {
  const visitor = new Visitor(site);
  await visitor.signIn(login, password);
  expect(visitor.status).toBe(303);
  return visitor;
}

beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  const name = '湘江铸造厂';
  await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 1 });
  const persons = [
    { number: mother, name: '王秀英', wage: '2000' },
    { number: daughter, name: '李芳', wage: '2000' },
  ];
  const content = roster('2008-01', persons);
  await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  await personAccount(city, mother, { login: mother, name: '王秀英', password });
  await personAccount(city, daughter, { login: daughter, name: '李芳', password });
  const clerk = { login: 'chenjing', name: '陈静', password };
  await staffAccount(city, clerk, 'collection-clerk', county);
  await staffAccount(city, { ...clerk, login: 'hejie' }, 'contribution-checker', county);
  const as = async (login: string): Promise<Caller> => ({
    ...city.operator,
    actor: await actorByLogin(city.house.store, login),
    purpose: 'counter-visit',
  });
  await city.run('insurance.record', { person: mother }, await as('chenjing'));
  await city.run('registry.persons', { search: '王秀' }, await as('chenjing'));
  const far = { ...clerk, login: 'yuanfang' };
  await staffAccount(city, far, 'collection-clerk', [430_405_000_000, 430_405_999_999]);
  const urgent = await as('yuanfang');
  const { matter } = await city.run<{ matter: string }>(
    'access.matter.emergency',
    { person: mother, reason: '急救住院，家属在窗口等' },
    urgent,
  );
  await city.run(
    'insurance.record',
    { person: mother },
    { ...urgent, purpose: 'emergency', matter },
  );
  const checker = await as('hejie');
  const asked = { reason: '冒领线索核查', persons: [mother] };
  const hidden = await city.run<{ matter: string }>('access.matter.investigate', asked, checker);
  await city.run(
    'insurance.record',
    { person: mother },
    { ...checker, purpose: 'open-matter', matter: hidden.matter },
  );
  mine = await enter(mother);
  hers = await enter(daughter);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

describe('the page of who looked, without a script', () => {
  it('tells office, role, purpose and the reason of an emergency, and counts what is hidden', async () => {
    const { page } = await mine.get('/looks');
    for (const words of ['石鼓区', '征缴经办', '窗口办理', '珠晖区', '急救住院，家属在窗口等'])
      expect(page).toContain(words);
    expect(page).toContain('还有 1 次在没有办结的调查里');
    expect(page).not.toContain('冒领线索');
    expect(page).not.toContain('陈静');
  });

  it('takes an objection by one button, and shows where it stands', async () => {
    const look = /name="look" value="(\d+)"/.exec(mine.page)![1]!;
    await (await mine.send('/looks/object', { look })).follow();
    expect(mine.page).toContain('2008年1月20日');
    const forged = { look, token: 'forged' };
    expect((await mine.send('/looks/object', forged)).status).toBe(403);
    // Another's entry is none to her.
    await hers.get('/looks');
    expect((await hers.send('/looks/object', { look })).status).toBe(404);
  });

  it('gives all that is held as a file, and the policy to everybody', async () => {
    const { status, page } = await mine.get('/record/data.json');
    expect([status, page.includes(mother), page.includes(daughter)]).toEqual([200, true, false]);
    const anybody = await new Visitor(site).get('/disclosure');
    expect([anybody.status, anybody.page.includes('窗口办理')]).toEqual([200, true]);
  });
});

describe('acting for somebody else', () => {
  it('is given by name and number, done under a notice, and ended', async () => {
    await mine.get('/proxies');
    const fields = { agentNumber: daughter, record: 'yes', until: '2008-12-31' };
    await mine.send('/proxies', { ...fields, agentName: '王五' });
    expect(mine.page).toContain('没有姓名和号码都对得上的参保人');
    expect(mine.page).toContain(`value="${daughter}"`);
    await (await mine.send('/proxies', { ...fields, agentName: '李芳' })).follow();
    expect(mine.page).toContain('李芳');
    await hers.get('/proxies');
    const person = /name="person" value="(\w+)"/.exec(hers.page)![1]!;
    await (await hers.send('/proxies/act', { person })).follow();
    expect(hers.page).toContain('您正在替别人办事');
    expect(hers.page).toContain('王秀英');
    expect((await hers.get('/looks')).status).toBe(403);
    await hers.get('/proxies');
    await (await hers.send('/proxies/act', {})).follow();
    await hers.get('/record');
    expect(hers.page).not.toContain('王秀英');
    expect((await mine.get('/looks')).page).toContain('李芳（您委托的）');
  });
});

describe.skipIf(browser === null)('in a browser', () => {
  it.each([
    [1366, 768],
    [390, 844],
  ])('these pages have no barrier and do not overflow at %i×%i', async (width, height) => {
    const context = await browser!.newContext({
      viewport: { width, height },
      locale: 'zh-CN',
      javaScriptEnabled: true,
    });
    const page = await context.newPage();
    await page.goto(`${site.base}/sign-in`);
    await page.getByLabel('登录名').fill(mother);
    await page.locator('#password').fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    for (const address of ['/looks', '/looks?own=1', '/disclosure', '/proxies', '/record']) {
      await page.goto(`${site.base}${address}`);
      await examined(page, `${address.replace(/\W+/g, '-')}-${width}`);
    }
    await context.close();
  });
});

async function examined(page: Page, name: string): Promise<void> {
  if (shots !== undefined)
    await page.screenshot({ path: path.join(shots, `looks${name}.png`), fullPage: true });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${name}: ${v.id} ${v.nodes[0]?.html}`)).toEqual([]);
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect([name, wide]).toEqual([name, 0]);
}
