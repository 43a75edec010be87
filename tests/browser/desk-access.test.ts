import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import { actorByLogin, sealAudit } from '../../src/engines/access/index.ts';
import { singleClient } from '../../src/kernel/database/index.ts';
import type { Purpose } from '../../src/kernel/index.ts';
import type { BillView } from '../../src/services/insurance/index.ts';
import type { LooksView } from '../../src/services/oversight/index.ts';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { heading, main, password, says, signIn } from './desk-page.ts';
import { openSite, personAccount, type Site, staffAccount } from './site.ts';

const browser = await openBrowser();
const desk = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
const shots = process.env['MINDUN_SHOTS'];
const whole = [430_400_000_000, 430_499_999_999] as const;
const county = [430_407_000_000, 430_407_999_999] as const;
const month = '2008-01';
const [mei, hua, far] = [citizen(81), citizen(83), citizen(87)];
const near = organisation(81);
// One city is played, one has real time: only there a second person is needed.
let played: Site;
let live: Site;
const overpaid = { code: organisation(71), name: '衡阳湘水机械有限公司' };

async function openPlayed(): Promise<void> {
  played = await openSite('2008-01-05T09:00');
  const { city } = played;
  for (const [code, area, persons] of [
    [near, '430407', { [mei]: '李梅', [hua]: '王华' }],
    [organisation(82), '430405', { [far]: '赵远' }],
  ] as const) {
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
    const rows = Object.entries(persons).map(([number, name]) => ({ number, name, wage: '2000' }));
    const content = roster(month, rows);
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  for (const [login, name, role, area] of [
    ['wang', '王芳', 'collection-clerk', county],
    ['zhao', '赵敏', 'contribution-checker', county],
    ['qian', '钱进', 'privacy-officer', county],
    ['shen', '沈正', 'auditor', whole],
  ] as const)
    await staffAccount(city, { login, name, password }, role, area);
  await personAccount(city, mei, { login: mei, name: '李梅', password });
}

async function openLive(): Promise<void> {
  live = await openSite('', { simulated: false });
  const { city } = live;
  const { code, name } = overpaid;
  await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 1 });
  const { at } = await city.run<{ at: string }>('city.now', {});
  const now = at.slice(0, 7);
  const content = roster(now, [{ number: citizen(71), wage: '8000' }]);
  await city.run('insurance.declare', { employer: code, month: now, full: true, content });
  await city.run('insurance.assess', { month: now });
  const bill = await city.run<BillView>('insurance.bill', { employer: code, month: now });
  const row = { on: at.slice(0, 10), reference: 'O1', bill: bill.number, amount: '9000.00' };
  await city.run('insurance.collect', { fileName: 'bank.csv', content: bankFile([row]) });
  for (const [login, person, role] of [
    ['clerk', '陈静', 'collection-clerk'],
    ['books', '刘芳', 'fund-accountant'],
    ['cash', '周明', 'cashier'],
  ] as const)
    await staffAccount(city, { login, name: person, password }, role, whole);
}

beforeAll(async () => {
  if (browser === null) return;
  await prepareDesk();
  await openPlayed();
  await openLive();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await played?.close();
  await live?.close();
});

async function open(site: Site, login: string, address = ''): Promise<Page> {
  const context = await browser!.newContext({ viewport: desk, locale: 'zh-CN' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${site.base}/desk${address}`);
  await signIn(page, login);
  await page.getByRole('navigation', { name: '民盾 工作台' }).waitFor();
  return page;
}
const go = (page: Page, site: Site, address: string) => page.goto(`${site.base}/desk${address}`);
const act = (page: Page, name: string) =>
  main(page).getByRole('button', { name, exact: true }).click();
const link = (page: Page, name: string) =>
  main(page).getByRole('link', { name, exact: true }).first().click();
/** Chooses in one of antd's selects. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await main(page).getByRole('combobox', { name: label }).click();
  await page.locator('.ant-select-item-option', { hasText: option }).click();
}
const field = (page: Page, name: string) => main(page).getByRole('textbox', { name, exact: true });
const side = (page: Page) => page.getByRole('navigation', { name: '民盾 工作台' });
const sideLinks = async (page: Page): Promise<string[]> =>
  (await side(page).getByRole('link').allTextContents()).map((n) => n.replace(/[\d,]+$/, ''));
const callerOf = async (login: string, purpose: Purpose) => ({
  ...played.city.operator,
  actor: await actorByLogin(played.city.house.store, login),
  purpose,
});
const looks = async () =>
  (
    await played.city.run<LooksView>(
      'access.looks',
      { person: mei },
      await callerOf(mei, 'own-matter'),
    )
  ).rows;

describe.skipIf(browser === null)('what waits for a second person', () => {
  let number = '';

  it('is told as information, with its number, and once', async () => {
    const page = await open(live, 'clerk');
    await go(page, live, `/employers/${overpaid.code}/refund`);
    await heading(page, '退还多缴款');
    await page.getByLabel('退多少').fill('100');
    await page.getByLabel('理由').fill('单位重复缴费，来函申请退还');
    await act(page, '退还这笔钱');
    await says(page, /“退还多缴款”已经提交，编号 \w+，要等别的人复核/);
    expect(await main(page).getByText('没有办成').count()).toBe(0);
    number = (await main(page).textContent())!.match(/编号 (\w+)/)![1]!;
    await examine(page, 'proposal-told');
    await act(page, '退还这笔钱');
    await says(page, `编号 ${number}`);
    await link(page, '看它办到哪一步');
    await says(page, '是您提出的，要由别人复核。不办了可以撤回。');
    await go(page, live, '/proposals');
    await says(page, '等别人复核');
    expect(await main(page).locator('tbody tr').count()).toBe(1);
    await page.context().close();
  });

  it('is reviewed by the second and carried out by the third', async () => {
    const second = await open(live, 'books', '/proposals');
    await says(second, '等您的 1 件');
    await side(second)
      .getByRole('link', { name: /^待复核\s*1$/ })
      .waitFor();
    await says(second, overpaid.name);
    await says(second, '¥100.00');
    await examine(second, 'proposals');
    await link(second, '退还多缴款');
    await says(second, '您同意以后还不办理，等第三个人来办。');
    await examine(second, 'proposal');
    await act(second, '同意，交第三人办理');
    await says(second, '已复核，等办理');
    await second.context().close();
    const third = await open(live, 'cash', `/proposals/${number}`);
    await says(third, '您一同意就办理，收不回来。');
    await says(third, '刘芳');
    await act(third, '同意并办理');
    await says(third, '已办理');
    await examine(third, 'proposal-done');
    await third.context().close();
  });

  it('is withdrawn by who put it forward', async () => {
    const page = await open(live, 'clerk');
    await go(page, live, `/employers/${overpaid.code}/refund`);
    await page.getByLabel('退多少').fill('50');
    await page.getByLabel('理由').fill('写错了');
    await act(page, '退还这笔钱');
    await link(page, '看它办到哪一步');
    await act(page, '撤回');
    await says(page, '已撤回');
    await link(page, '回待复核');
    await says(page, '没有要复核的。');
    await choose(page, '看哪些', '全部');
    await says(page, '已办理');
    await examine(page, 'proposals-all');
    await page.context().close();
  });
});

describe.skipIf(browser === null)('a matter', () => {
  it('is opened, is the purpose of looks at its persons alone, and is closed', async () => {
    const page = await open(played, 'wang', '/matters');
    await says(page, '您没有在办的事项。');
    await examine(page, 'matters-none');
    await link(page, '登记在办事项');
    await heading(page, '登记在办事项');
    await act(page, '登记');
    await says(page, '请写是什么事。');
    await page.getByLabel('什么事').fill('补缴申请核对');
    await page.getByLabel('涉及的人').fill(mei);
    await examine(page, 'matter-new');
    await act(page, '登记');
    await says(page, /登记好了，编号 \w+/);
    await link(page, '按号码查这件事的人');
    await link(page, '李梅');
    await heading(page, '李梅');
    await says(page, '为了什么事 · 在办事项');
    expect(page.url()).toMatch(/purpose=open-matter&matter=\w+/);
    await examine(page, 'person-open-matter');
    const [latest] = await looks();
    expect(latest).toMatchObject({ purpose: 'open-matter' });
    await go(page, played, '/matters');
    await link(page, '补缴申请核对');
    await field(page, '公民身份号码').fill(hua);
    await act(page, '加人');
    await says(page, '加上了。');
    await examine(page, 'matter');
    await page.getByLabel('怎么办结的').fill('核对完毕');
    await act(page, '办结这件事');
    await says(page, '办结了。');
    await link(page, '回在办事项');
    await says(page, '已办结');
    await examine(page, 'matters');
    await page.context().close();
  });

  it('is asked for where a purpose needs it', async () => {
    const page = await open(played, 'wang', '/persons');
    await choose(page, '为了什么事', '在办事项');
    await says(page, '您没有在办的，先登记。');
    await examine(page, 'persons-no-matter');
    await played.city.run(
      'access.matter.open',
      { reason: '转移接续', persons: [hua] },
      await callerOf('wang', 'counter-visit'),
    );
    await page.reload();
    await page.getByLabel(/公民身份号码（整个）/).fill(hua);
    await choose(page, '为了什么事', '在办事项');
    await act(page, '查找');
    await says(page, '请选是哪一件事。');
    await examine(page, 'persons-matter-missing');
    await choose(page, '哪一件', '转移接续');
    await act(page, '查找');
    await link(page, '王华');
    await heading(page, '王华');
    await main(page).getByText('换用途').click();
    await choose(page, '为了什么事', '缴费稽核');
    await act(page, '按这个用途看');
    await says(page, '为了什么事 · 缴费稽核');
    expect(page.url()).not.toContain('matter=');
    await page.context().close();
  });

  it('of an emergency reaches beyond the own area for some hours', async () => {
    const page = await open(played, 'wang', '/matters/new?kind=emergency');
    await heading(page, '紧急查看');
    await field(page, '公民身份号码').fill(far);
    await page.getByLabel('理由').fill('医院等着核对参保情况');
    await page.getByLabel('2 小时').check();
    await examine(page, 'emergency');
    await act(page, '开始紧急查看');
    await link(page, '按号码查这件事的人');
    await link(page, '赵远');
    await heading(page, '赵远');
    await says(page, '为了什么事 · 紧急查看');
    await go(page, played, '/matters');
    await says(page, /还剩 1 小时 5\d 分|还剩 2 小时 0 分/);
    await examine(page, 'matters-emergency');
    await page.context().close();
  });

  it('may be an investigation for who has the right', async () => {
    const page = await open(played, 'zhao', '/matters');
    await link(page, '登记调查事项');
    await says(page, '办结以前，本人只看得到查看了几次；办结时逐条告诉本人。');
    await page.getByLabel('什么事').fill('虚报工资举报');
    await page.getByLabel('涉及的人').fill(`${mei}\n${hua}`);
    await act(page, '登记');
    await says(page, /登记好了/);
    await page.context().close();
    const clerk = await open(played, 'wang', '/matters');
    await says(clerk, '紧急查看');
    expect(await main(clerk).getByRole('link', { name: '登记调查事项' }).count()).toBe(0);
    await clerk.context().close();
  });
});

describe.skipIf(browser === null)('the personal data officer', () => {
  it('begins with the objections, sees who looked, and answers', async () => {
    const entry = (await looks()).find((r) => r.purpose === 'open-matter')!;
    await played.city.run(
      'access.objection.make',
      { person: mei, look: entry.id, text: '我没有去过窗口，为什么看我的档案' },
      await callerOf(mei, 'own-matter'),
    );
    const page = await open(played, 'qian');
    await heading(page, '待答复的异议');
    expect(await sideLinks(page)).toEqual(['待复核', '待答复的异议', '谁看过此人', '账号做过什么']);
    await says(page, '没答复 1 件');
    await says(page, '王芳');
    await examine(page, 'objections');
    await main(page).locator('tbody').getByRole('link').first().click();
    await act(page, '答复本人');
    await says(page, '请选一个结论。');
    await page.getByLabel('看得有理由').check();
    await page.getByLabel('答复', { exact: true }).fill('为核对您单位的补缴申请看的，看得有理由。');
    await examine(page, 'objection');
    await act(page, '答复本人');
    await says(page, '答复了，本人在网上看得到。');
    await link(page, '回异议');
    await says(page, '没答复 0 件');
    await page.context().close();
  });
});

describe.skipIf(browser === null)('an auditor', () => {
  it('begins with what stands out, by thresholds of the own choice', async () => {
    const page = await open(played, 'shen');
    await heading(page, '查看比平常多的');
    await says(page, '平常：这份档案过去一年里，同样长的一段时间被看几次。');
    await page.getByLabel('至少几次').fill('x');
    await act(page, '查找');
    await says(page, '写 1 到 10000 的整数');
    await examine(page, 'audit-unusual-wrong');
    await page.getByLabel('至少几次').fill('1');
    await page.getByLabel('至少是平常的几倍').fill('1');
    await act(page, '查找');
    await main(page).getByRole('table').first().waitFor();
    await examine(page, 'audit-unusual');
    await page.context().close();
  });

  it('reads who looked at a person, and nothing of the person', async () => {
    const page = await open(played, 'shen', '/audit/person');
    await says(page, '写号码和日期再查。');
    await field(page, '公民身份号码').fill(mei);
    await act(page, '查找');
    await says(page, '王芳');
    await says(page, '在办事项');
    expect(page.url()).not.toContain(mei);
    expect(await main(page).textContent()).not.toContain('李梅');
    await examine(page, 'audit-person');
    await page.context().close();
  });

  it('reads what an account did, by its staff number', async () => {
    const page = await open(played, 'shen', '/audit/account');
    await page.getByLabel('工号').fill('wang');
    await act(page, '查找');
    await says(page, '登记在办事项');
    await says(page, '查看');
    await examine(page, 'audit-account');
    await page.getByLabel('从哪天').fill('2008-02-30');
    await act(page, '查找');
    await says(page, /不是日期|没有这一天|日期/);
    await page.context().close();
  });

  it('verifies the trail', async () => {
    const page = await open(played, 'shen', '/audit/verify');
    await act(page, '核对整条链');
    await says(page, '还没有封存过，没有可以核对的。');
    await sealAudit(played.city.house.store);
    await act(page, '再核对一次');
    await says(page, /留痕完整：[1-9]\d* 批/);
    await examine(page, 'audit-verify');
    const owner = await singleClient(played.city.server.connection, '430400');
    await owner.query(`update look set refused = 'x' where id = (select min(id) from look)`);
    await owner.end();
    await act(page, '再核对一次');
    await says(page, /留痕有 1 处不对/);
    await says(page, '封存的内容被改过、删过或加过');
    await examine(page, 'audit-verify-fault');
    await page.context().close();
  });
});

describe.skipIf(browser === null)('a member of staff', () => {
  it('declares a relative, whose file is not for the account any more', async () => {
    const page = await open(played, 'zhao', '/account');
    await page.getByLabel('亲属的公民身份号码').fill(hua);
    await page.getByLabel('兄弟姐妹').check();
    await act(page, '申报回避');
    await says(page, '申报好了，您一共申报了 1 人。');
    await examine(page, 'account-relatives');
    await page.context().close();
  });
});

// An expression: the browser's own types are not this program's.
const scrolling = `Array.from(document.querySelectorAll('main *'), (e) =>
  e.querySelector('table') !== null && e.scrollWidth > e.clientWidth + 1 ? e.tagName + ' ' + e.className : '').filter((n) => n !== '')`;

/** On a desk and on a phone: no barrier that axe knows, one h1, nothing wider than the screen. */
async function examine(page: Page, name: string): Promise<void> {
  for (const viewport of [phone, desk]) {
    await page.setViewportSize(viewport);
    if (shots !== undefined && shots !== '') {
      const file = path.join(shots, `${name}-${viewport.width}.png`);
      await page.screenshot({ path: file, fullPage: viewport === phone });
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect([
      name,
      violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`),
    ]).toEqual([name, []]);
    expect([name, await page.getByRole('heading', { level: 1 }).count()]).toEqual([name, 1]);
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect([name, Number(wide) <= viewport.width]).toEqual([name, true]);
    if (viewport === phone) expect([name, await page.evaluate(scrolling)]).toEqual([name, []]);
  }
}
