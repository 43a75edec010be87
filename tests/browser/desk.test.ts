import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import type { BillListView, BillView } from '../../src/services/insurance/index.ts';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';
import { pdfLines } from '../pdf-text.ts';
import { openBrowser } from './browser.ts';
import { heading, main, password, says, signIn } from './desk-page.ts';
import { openSite, type Site, staffAccount } from './site.ts';

const browser = await openBrowser();
const desk = { width: 1366, height: 768 };
const phone = { width: 390, height: 844 };
const shots = process.env['MINDUN_SHOTS'];
const county = [430_407_000_000, 430_407_999_999] as const;
const neighbour = [430_405_000_000, 430_405_999_999] as const;
const whole = [430_400_000_000, 430_499_999_999] as const;
const month = '2008-03';

const paying = { code: organisation(1), name: '衡阳湘水机械有限公司' };
const nameless = { code: organisation(2), name: '雁城商场' };
const late = { code: organisation(3), name: '石鼓印刷厂' };
const deferred = { code: organisation(4), name: '青草桥饭店' };
const silent = { code: organisation(5), name: '来雁塔旅馆' };
const employers = [paying, nameless, late, deferred, silent];
const elsewhere = { code: organisation(6), name: '珠晖面粉厂' };
let site: Site;
const complaints: string[] = [];

beforeAll(async () => {
  if (browser === null) return;
  await prepareDesk();
  site = await openSite('2008-03-05T09:00');
  const { city } = site;
  for (const { code, name } of employers)
    await city.run('registry.employer.register', { code, name, area: '430407', injuryClass: 2 });
  const there = { ...elsewhere, area: '430405', injuryClass: 2 };
  await city.run('registry.employer.register', there);
  for (const [i, { code }] of [...employers.slice(0, 4), elsewhere].entries()) {
    const content = roster(month, [{ number: citizen(2 + i * 2), wage: '1800.00' }]);
    await city.run('insurance.declare', { employer: code, month, full: true, content });
  }
  const staff = [
    ['clerk', '陈静', 'collection-clerk', whole],
    ['accountant', '刘芳', 'fund-accountant', whole],
    ['neighbour', '何平', 'collection-clerk', neighbour],
    ['auditor', '审计员', 'auditor', whole],
    ['duty', '周明', 'operator', county],
  ] as const;
  for (const [login, name, role, areas] of staff)
    await staffAccount(city, { login, name, password }, role, areas);
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** A window of somebody; what the browser complains of is kept. */
async function open(login: string, viewport = desk): Promise<Page> {
  const context: BrowserContext = await browser!.newContext({ viewport, locale: 'zh-CN' });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on('console', (m) => {
    // Who is not signed in is told so with a status that the browser logs.
    if (m.type() === 'error' && !/status of 401/.test(m.text())) complaints.push(m.text());
  });
  page.on('pageerror', (e) => complaints.push(e.message));
  await page.goto(`${site.base}/desk`);
  await signIn(page, login);
  await page.getByRole('navigation', { name: '民盾 工作台' }).waitFor();
  return page;
}

const go = (page: Page, address: string) => page.goto(`${site.base}/desk${address}`);
/** A file that comes of what is done: its name and what is written in it. */
async function downloaded(page: Page, act: () => Promise<void>) {
  const [file] = await Promise.all([page.waitForEvent('download'), act()]);
  const lines = pdfLines(await readFile(await file.path()));
  return { name: file.suggestedFilename(), text: lines.flat(2).join('\n') };
}
const publicId = async (code: string) =>
  (await site.city.run<BillView>('insurance.bill', { employer: code, month })).employer.publicId;
const bills = (code: string) => site.city.run<BillListView>('insurance.bills', { employer: code });

describe.skipIf(browser === null)('a clerk', () => {
  it('signs in by number and password, and is told when they are wrong', async () => {
    const context = await browser!.newContext({ viewport: desk });
    const page = await context.newPage();
    await page.goto(`${site.base}/desk/unpaid`);
    await heading(page, '登录工作台');
    await page.getByText('模拟城市 · 2008年3月5日（星期三）').waitFor();
    await page.getByLabel('工号').fill('clerk');
    await page.getByLabel('密码').fill('wrong');
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByRole('alert').getByText('账号或密码不对').waitFor();
    expect(await page.getByLabel('工号').inputValue()).toBe('clerk');
    await signIn(page, 'clerk');
    await heading(page, '2008年3月没缴清的单位');
    await page.getByRole('button', { name: '退出' }).click();
    await heading(page, '登录工作台');
    await context.close();
  });

  it('assesses the month after seeing who did not declare', async () => {
    const page = await open('clerk');
    await heading(page, '2008年3月 月度征缴');
    await page.getByRole('link', { name: silent.name }).waitFor();
    await says(page, '5 / 6 家');
    await page.getByRole('button', { name: '核定…' }).click();
    await heading(page, '核定 3 月');
    await says(page, '给 5 家申报了的单位、5 人出五险合一缴费单。');
    await page.keyboard.press('Control+Enter');
    await says(page, /核定好了：5 张缴费单，5 人/);
    // The lists and the side follow at once: nobody reads that all is paid where bills were just made.
    await page.getByRole('link', { name: late.name }).waitFor({ timeout: 5000 });
    await page
      .getByRole('navigation', { name: '民盾 工作台' })
      .getByRole('link', { name: /没缴清 ?[1-9]/ })
      .waitFor({ timeout: 5000 });
    await page.context().close();
  });

  it('takes a bank file by upload: what is known pays, the rest waits', async () => {
    await site.city.clock('2008-03-20T10:00');
    const bill = await site.city.run<BillView>('insurance.bill', { employer: paying.code, month });
    const rows = [
      { on: '2008-03-07', reference: 'D1', bill: bill.number, amount: '2000.00' },
      { on: '2008-03-07', reference: 'D2', payer: nameless.name, amount: '600.00' },
    ];
    const page = await open('clerk');
    await page.getByRole('button', { name: '收银行文件…' }).click();
    await page.getByRole('button', { name: '收这份文件' }).click();
    await says(page, '还没有选文件');
    const other = { name: 'roster.csv', mimeType: 'text/csv', buffer: Buffer.from('姓名\n张伟\n') };
    await page.getByLabel('银行文件').setInputFiles(other);
    await page.getByRole('button', { name: '收这份文件' }).click();
    await says(page, '收款没有办成');
    await page.getByRole('alert').getByText('header-missing').waitFor();
    // What was refused pushes the lists down; the closing part lies below them, not over them.
    const lists = (await main(page).locator('.todo').boundingBox())!;
    const closing = (await main(page).locator('.close').boundingBox())!;
    expect(closing.y).toBeGreaterThanOrEqual(lists.y + lists.height);
    await page.getByRole('button', { name: '收银行文件…' }).click();
    const buffer = Buffer.from(bankFile(rows), 'base64');
    const file = { name: 'bank.csv', mimeType: 'text/csv', buffer };
    await page.getByLabel('银行文件').setInputFiles(file);
    await page.getByRole('button', { name: '收这份文件' }).click();
    await says(page, /收到 2 笔 ¥2,600\.00：对上 1 笔，待查 1 笔/);
    await page.context().close();
  });

  it('finds the payer of a receipt in suspense', async () => {
    const page = await open('clerk');
    await says(page, '没有写账单号');
    await page.getByRole('link', { name: '核对这一笔' }).click();
    await heading(page, '一笔待查款');
    expect(await page.getByRole('radio', { name: nameless.name }).isChecked()).toBe(true);
    await page.getByRole('button', { name: '记到这家单位' }).click();
    await says(page, '请写理由，它要进档案。');
    await page.getByLabel('理由').fill('电话问过');
    await page.keyboard.press('Control+Enter');
    await says(page, /抵欠费 ¥[\d,.]+，滞纳金 ¥0\.00/);
    await page.getByRole('link', { name: '下一笔待查款' }).click();
    await says(page, '没有待查的款。');
    await page.context().close();
  });

  it('orders a late payer to pay', async () => {
    const page = await open('clerk');
    await go(page, '/unpaid?state=to-order');
    await page.getByRole('link', { name: `责令${late.name}缴纳` }).click();
    await heading(page, '责令限期缴纳');
    await page.getByLabel('理由').fill('催缴两次');
    await page.getByRole('button', { name: '开出责令书' }).click();
    await says(page, '还没有填');
    await page.getByLabel('限哪天前缴清').fill('2008-03-32');
    await page.getByRole('button', { name: '开出责令书' }).click();
    await says(page, /没有这一天：2008-03-32/);
    await page.getByLabel('限哪天前缴清').fill('2008-03-20');
    await page.getByRole('button', { name: '开出责令书' }).click();
    await page.getByRole('alert').getByText('day-not-ahead').waitFor();
    await page.getByLabel('限哪天前缴清').fill('2008-03-31');
    await page.getByRole('button', { name: '开出责令书' }).click();
    await says(page, '衡社责〔2008〕000001 开出了，限 2008年3月31日（星期一）前缴清');
    expect(await page.evaluate("document.activeElement?.getAttribute('role')")).toBe('status');
    await page.getByRole('link', { name: '回这个单位' }).click();
    await says(page, /衡社责〔2008〕000001：2008年3月20日责令缴清/);
    // One order is enough: none is offered while it runs.
    await says(page, '责令 3月31日前');
    expect(await page.getByRole('link', { name: /^责令缴纳/ }).count()).toBe(0);
    await page.context().close();
  });

  it('opens every figure of a bill', async () => {
    const page = await open('clerk');
    const { month } = (await bills(late.code)).rows[0]!;
    await go(page, `/employers/${await publicId(late.code)}/bills/${month}`);
    await page.locator('button.why').first().waitFor();
    const figures = page.locator('button.why');
    // Persons, bases and amounts of five insurances, three sums of them, and the rows to what is to be paid.
    expect(await figures.count()).toBeGreaterThan(25);
    for (let i = 0; i < (await figures.count()); i += 1) {
      await figures.nth(i).click();
      await page.locator('.deriv dl').waitFor();
      expect(await page.locator('.deriv .errs').count(), String(i)).toBe(0);
      await figures.nth(i).click();
      await page.locator('.deriv').waitFor({ state: 'detached' });
    }
    await page.context().close();
  });

  it('agrees a deferral by instalments that sum to what is open', async () => {
    const page = await open('clerk');
    const open_ = (await bills(deferred.code)).openFen;
    await go(page, `/employers/${await publicId(deferred.code)}`);
    await page.getByRole('link', { name: /^缓缴/ }).click();
    await page.getByLabel('缓缴到哪天').fill('2008-06-30');
    await page.getByRole('button', { name: '加一期' }).click();
    await page.getByLabel('第 1 期日期').fill('2008-05-31');
    await page.getByLabel('第 1 期金额（元）').fill('100.00');
    await page.getByLabel('理由').fill('停产检修');
    await page.getByRole('button', { name: '同意缓缴' }).click();
    await page.getByRole('alert').getByText('instalments-wrong').waitFor();
    await page.getByRole('button', { name: '加一期' }).click();
    // The last one is filled in with what is left.
    await says(page, /合计 ¥[\d,.]+，正好/);
    expect(await page.getByLabel('第 2 期日期').inputValue()).toBe('2008-06-30');
    await page.getByRole('button', { name: '同意缓缴' }).click();
    await says(page, /缓缴到 2008年6月30日（星期一）/);
    await page.getByRole('link', { name: '回这个单位' }).click();
    await says(page, '2008年5月31日　¥100.00');
    const [held] = await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ instalments: { amountFen: number }[] }>('select instalments from deferral'),
    );
    expect(held!.instalments.reduce((s, i) => s + i.amountFen, 0)).toBe(open_);
    await page.context().close();
  });

  it('opens a bill down to the wage, the rate and the article', async () => {
    const page = await open('clerk');
    await go(page, `/employers/${await publicId(late.code)}/bills/${month}`);
    await page.getByRole('button', { name: '养老 单位 360.00，看由来' }).click();
    await says(page, '缴费基数 ¥1,800.00 × 20%');
    await says(page, /社会保险费征缴暂行条例/);
    await page.keyboard.press('Escape');
    expect(await page.locator('.deriv').count()).toBe(0);
    await page.context().close();
  });

  it('prints the bill that lies before it, once more each time it is asked', async () => {
    const page = await open('clerk');
    await go(page, `/employers/${await publicId(late.code)}/bills/${month}`);
    const paper = await downloaded(page, () =>
      page.getByRole('button', { name: '打印缴费单' }).click(),
    );
    await says(page, /打好了，核对码 [0-9A-Z]{16}/);
    const code = /核对码 ([0-9A-Z]{16})/.exec((await main(page).textContent()) ?? '')![1]!;
    expect(paper.name).toMatch(/^缴费单衡社缴〔2008〕\d{6}\.pdf$/);
    expect(paper.text).toContain(late.name);
    expect(paper.text).toContain(`核对码 ${code.replace(/(.{4})(?=.)/g, '$1 ')}`);
    expect(paper.text).toContain('打印时间 2008-03-20 10:00　打印人 陈静');
    const again = await downloaded(page, () =>
      page.getByRole('link', { name: '下载 PDF' }).click(),
    );
    expect(again.text).toBe(paper.text);
    await page.context().close();
  });

  it('issues a certificate of an employer, and has an earlier one again', async () => {
    const page = await open('clerk');
    await go(page, `/employers/${await publicId(paying.code)}`);
    await page.getByLabel('从哪个月').fill('2008-13');
    await page.getByRole('button', { name: '开证明' }).click();
    await page.locator('#certificate-from-error').waitFor();
    await page.getByLabel('从哪个月').fill('2007-01');
    await page.getByLabel('到哪个月').fill('2007-12');
    await page.getByRole('button', { name: '开证明' }).click();
    await page.getByRole('alert').getByText('nothing-to-certify').waitFor();
    await page.getByLabel('到哪个月').fill(month);
    const paper = await downloaded(page, () =>
      page.getByRole('button', { name: '开证明' }).click(),
    );
    expect(paper.text).toContain('社会保险参保缴费证明');
    expect(paper.text).toContain('打印时间 2008-03-20 10:00　打印人 陈静');
    const again = await downloaded(page, () =>
      page.getByRole('link', { name: /^证明 [0-9A-Z]{16} 的 PDF$/ }).click(),
    );
    expect(again).toEqual(paper);
    await page.context().close();
  });

  it('finds a person for a purpose, whose look and certificate the person sees', async () => {
    const page = await open('clerk');
    await page.keyboard.press('/');
    await page.keyboard.type(citizen(2));
    await page.keyboard.press('Enter');
    await heading(page, '人员');
    // The number stands neither in the address nor in the bar.
    expect(page.url()).not.toContain(citizen(2));
    expect(await page.locator('#search').inputValue()).toBe('');
    await main(page).locator('tbody a').click();
    await page.getByText('为了什么事 · 窗口办理').waitFor();
    await says(page, paying.name);
    const paper = await downloaded(page, () =>
      page.getByRole('button', { name: '开证明' }).click(),
    );
    expect(paper.text).toContain(`4304${'*'.repeat(10)}${citizen(2).slice(-4)}`);
    const looks = await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ query: string; purpose: string }>(
        `select distinct query, purpose from look l join person_fact f on f.person_id = l.person_id
         where f.number = $1 and query in ('insurance.record', 'insurance.certificate-own')`,
        [citizen(2)],
      ),
    );
    expect(looks.map((l) => `${l.query} ${l.purpose}`).sort()).toEqual([
      'insurance.certificate-own counter-visit',
      'insurance.record counter-visit',
    ]);
    await go(page, '/persons');
    await page.getByLabel(/^公民身份号码/).fill('张');
    await page.getByRole('button', { name: '查找' }).click();
    await says(page, '至少写两个字。');
    await page.getByLabel(/^公民身份号码/).fill('不存在的人');
    await page.getByRole('button', { name: '查找' }).click();
    await says(page, /没有查到/);
    await page.context().close();
  });

  it('credits the accounts but leaves closing to the fund accountant', async () => {
    const page = await open('clerk');
    await page.getByRole('button', { name: '记入账户' }).click();
    await says(page, /记入 \d+ 人的账户，共 ¥/);
    const close = page.getByRole('button', { name: '关 3 月的账' });
    expect(await close.isDisabled()).toBe(true);
    await says(page, '关账由基金会计办');
    await page.getByRole('button', { name: '办完剩下的…' }).click();
    await says(page, '停在关账前：关账由基金会计办，和经办人不是同一个人。');
    await page.context().close();
  });

  it('as fund accountant closes the month and reads its statement', async () => {
    const page = await open('accountant');
    await page.getByRole('button', { name: '关 3 月的账' }).click();
    await heading(page, '关 3 月的账');
    await page.getByRole('button', { name: '关 3 月的账' }).click();
    await says(page, /关账了，¥[\d,.]+ 划入财政专户/);
    await go(page, '/statement');
    await heading(page, '2008年3月基金收支表');
    await page
      .getByRole('link', { name: /^基金收入合计 .*看分录/ })
      .first()
      .click();
    await heading(page, '2008年3月的分录');
    await says(page, /收款 D1/);
    await page.getByRole('link', { name: '收支表' }).first().click();
    const paper = await downloaded(page, () =>
      page.getByRole('link', { name: '下载 PDF' }).click(),
    );
    expect(paper.name).toBe('基金收支表 企业职工基本养老保险基金 衡阳市 2008年3月.pdf');
    expect(paper.text).toContain('打印人 刘芳');
    await page.context().close();
  });

  it('sees a step that runs, whoever started it: done, total, time left', async () => {
    const run = (sql: string) =>
      site.city.house.store.transaction({ role: 'system' }, (tx) => tx.execute(sql));
    await site.city.clock('2008-04-01T08:00');
    await run(
      `insert into run (kind, period, state, done, total) values ('assess', 200804, 'running', 300, 1200)`,
    );
    const page = await open('clerk');
    await says(page, '300 / 1,200 人 · 25.0%');
    await says(page, /断电也不要紧/);
    const bar = page.getByRole('progressbar', { name: '核定进度' });
    expect([await bar.getAttribute('value'), await bar.getAttribute('max')]).toEqual([
      '300',
      '1200',
    ]);
    await run(`update run set done = 900, touched = clock_timestamp() where state = 'running'`);
    await says(page, /900 \/ 1,200 人 · 75\.0% · 约剩 \d+ 秒/);
    if (shots !== undefined && shots !== '')
      await page.screenshot({ path: path.join(shots, 'desk-progress.png') });
    await run(`update run set state = 'failed' where state = 'running'`);
    await page.getByRole('button', { name: '核定…' }).waitFor();
    await page.context().close();
  });

  it('works by the keyboard', async () => {
    const page = await open('clerk');
    await page.keyboard.press('/');
    await page.keyboard.type('石鼓');
    await page.keyboard.press('Enter');
    await says(page, '第 1–1 行，共 1 行');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await heading(page, late.name);
    // The link is gone with its page: the focus is where the other one begins.
    expect(await main(page).evaluate((e) => e === e.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: '按键' }).waitFor();
    await page.getByLabel('使用按键').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    expect(await page.locator('#search').evaluate((e) => e === e.ownerDocument.activeElement)).toBe(
      false,
    );
    await page.context().close();
  });

  it('keeps what was filled in when the session is over', async () => {
    const page = await open('clerk');
    const number = encodeURIComponent((await bills(late.code)).rows[0]!.number);
    await go(page, `/employers/${await publicId(late.code)}/order?bill=${number}`);
    await page.getByLabel('限哪天前缴清').fill('2008-04-30');
    await page.getByLabel('理由').fill('再次责令');
    await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.execute('update session set ended = clock_timestamp() where ended is null'),
    );
    await page.getByRole('button', { name: '开出责令书' }).click();
    await page.getByText('离开 30 分钟了，请再登录一次。填的内容还在。').waitFor();
    await signIn(page, 'clerk');
    await heading(page, '责令限期缴纳');
    expect(await page.getByLabel('理由').inputValue()).toBe('再次责令');
    await page.context().close();
  });

  it('shows a missed order on the bill, which is not offered for deferral any more', async () => {
    const page = await open('clerk');
    await go(page, `/employers/${await publicId(late.code)}/bills/${month}`);
    await says(page, /2008年3月20日责令，限2008年3月31日前缴/);
    await says(page, /到2008年3月31日没缴 过了责令期限，不能再缓缴/);
    expect(await page.getByRole('link', { name: /^缓缴/ }).count()).toBe(0);
    await page.getByRole('link', { name: /^责令缴纳/ }).waitFor();
    if (shots !== undefined)
      for (const size of [desk, phone]) {
        await page.setViewportSize(size);
        await page.screenshot({
          path: path.join(shots, `missed-${size.width}.png`),
          fullPage: true,
        });
      }
    await page.context().close();
  });

  it('shows an auditor figures and no button', async () => {
    const page = await open('auditor');
    await heading(page, '查看比平常多的');
    await go(page, '/month');
    await heading(page, '2008年4月 月度征缴');
    expect(await page.getByRole('link', { name: '单位', exact: true }).count()).toBe(0);
    const close = page.getByRole('button', { name: '关 4 月的账' });
    await close.waitFor();
    expect(await close.isDisabled()).toBe(true);
    expect(await main(page).getByRole('button').count()).toBe(1);
    await go(page, '/entries');
    await says(page, '还没有选数。请在基金收支表或试算平衡表里点开一个数');
    expect(await page.getByRole('alert').count()).toBe(0);
    await go(page, `/month/${month}/close`);
    await says(page, '您的岗位办不了这一步。需要的话，请管理员授权。');
    expect(await main(page).getByRole('button').count()).toBe(0);
    await page.context().close();
  });

  it('of another county sees nothing of it', async () => {
    const page = await open('neighbour');
    await page.getByText('Hengyang').or(page.getByText('衡阳市 › 珠晖区')).waitFor();
    await go(page, '/employers');
    await page.getByRole('link', { name: elsewhere.name }).waitFor();
    expect(await main(page).getByRole('row').count()).toBe(2);
    await go(page, `/employers/${await publicId(late.code)}`);
    await page.getByRole('alert').getByText('unknown-employer').waitFor();
    expect(await page.content()).not.toContain(late.name);
    await page.context().close();
  });

  it('reads it in English, and the desk remembers that', async () => {
    const page = await open('clerk');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'Collection of April 2008' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Collection of April 2008' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.context().close();
  });

  it('moves the clock of a simulated city only as an operator', async () => {
    const page = await open('clerk');
    expect(await page.getByRole('link', { name: '模拟时间' }).count()).toBe(0);
    await page.context().close();
    const operator = await open('duty');
    await operator.getByRole('link', { name: '模拟时间' }).click();
    await operator.getByLabel('拨到').fill('2008-03-01T09:00');
    await operator.getByRole('button', { name: '拨快时间' }).click();
    await operator.getByRole('alert').getByText('clock-backwards').waitFor();
    await operator.getByLabel('拨到').fill('2008-04-01T09:00');
    await operator.getByRole('button', { name: '拨快时间' }).click();
    await operator.getByText('模拟城市 · 2008年4月1日（星期二）').waitFor();
    await operator.context().close();
  });
});

describe.skipIf(browser === null)('every page', () => {
  for (const [size, language] of [
    [desk, 'zh'],
    [phone, 'zh'],
    [desk, 'en'],
  ] as const) {
    it(`has no barrier at ${size.width}×${size.height} in ${language}`, async () => {
      const page = await open('duty', size);
      await page.evaluate((l) => localStorage.setItem('mindun-desk-language', l), language);
      const employer = `/employers/${await publicId(late.code)}`;
      const bill = encodeURIComponent((await bills(late.code)).rows[0]!.number);
      const found = await site.city.run<{ rows: { publicId: string }[] }>('registry.persons', {
        search: citizen(6),
      });
      const person = `/persons/${found.rows[0]!.publicId}`;
      const addresses = [
        `/month/${month}`,
        '/month',
        '/month/2008-04/assess',
        '/month/2008-04/collect',
        '/month/2008-04/rest',
        '/months',
        '/undeclared',
        `/unpaid?month=${month}`,
        '/suspense',
        '/persons',
        person,
        '/employers',
        employer,
        `${employer}/bills/${month}`,
        `${employer}/order?bill=${bill}`,
        `${employer}/defer?bill=${bill}`,
        `${employer}/refund`,
        '/statement',
        '/trial-balance',
        '/entries?row=contributions&span=year',
        '/ageing',
        '/by-county',
        '/clock',
        '/account',
        '/nowhere',
      ];
      // In English what is new is the width of its words: one page of each kind.
      const kinds = language === 'zh' ? addresses : addresses.filter((_, i) => i % 3 === 0);
      for (const address of kinds) {
        await go(page, address);
        await page.waitForLoadState('networkidle');
        await examine(page, `${language}-${address}`);
      }
      await go(page, `${employer}/bills/${month}`);
      await page.locator('button.why').first().click();
      await page.locator('.deriv dl').waitFor();
      await examine(page, `${language}-opened`);
      await go(page, `${employer}/defer?bill=${bill}`);
      await page.locator('fieldset button').click();
      await page.keyboard.press('Control+Enter');
      await page.locator('.msg').first().waitFor();
      await examine(page, `${language}-faults`);
      await page.context().close();
    }, 600_000);
  }

  it('gave the browser nothing to complain of', () => {
    expect(complaints.filter((c) => !/status of (400|404|409)/.test(c))).toEqual([]);
  });
});

// Run in the page: what is wider inside than outside.
const scrolling = `Array.from(document.querySelectorAll('main *'), (e) =>
  e.querySelector('table') !== null && e.scrollWidth > e.clientWidth + 1 ? e.tagName + ' ' + e.className : '').filter((n) => n !== '')`;

/** No barrier that axe knows, one h1, nothing wider than the screen. */
async function examine(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect([
    name,
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`),
  ]).toEqual([name, []]);
  expect([name, await page.getByRole('heading', { level: 1 }).count()]).toEqual([name, 1]);
  const { width } = page.viewportSize()!;
  const wide = await page.evaluate('document.documentElement.scrollWidth');
  expect([name, Number(wide) <= width]).toEqual([name, true]);
  // On a phone no list scrolls sideways in itself, either.
  if (width < 500) expect([name, await page.evaluate(scrolling)]).toEqual([name, []]);
  if (shots !== undefined && shots !== '') {
    const file = `desk-${name.replace(/[^\w一-龥]+/g, '-')}-${width}.png`;
    await page.screenshot({ path: path.join(shots, file), fullPage: width < 500 });
  }
}
