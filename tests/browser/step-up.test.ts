import { AxeBuilder } from '@axe-core/playwright';
import { generate } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import { registered } from '../../src/kernel/index.ts';
import { organisation } from '../city/harness.ts';
import { openBrowser } from './browser.ts';
import { openSite, type Site, staffAccount } from './site.ts';
import { Visitor } from './visitor.ts';

const browser = await openBrowser();
const password = 'four unrelated words';
const whole = [430_400_000_000, 430_499_999_999] as const;
const employer = organisation(3);
let site: Site;
let owner: pg.Client;

beforeAll(async () => {
  if (browser !== null) await prepareDesk();
  site = await openSite('2008-01-05T09:00');
  await site.city.run('registry.employer.register', {
    code: employer,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 1,
  });
  for (const [login, role] of [
    ['clerk', 'collection-clerk'],
    ['kuaiji', 'fund-accountant'],
  ] as const)
    await staffAccount(site.city, { login, name: login, password }, role, whole);
  owner = new pg.Client({
    ...site.city.server.connection,
    options: '-c search_path=c430400,public',
  });
  await owner.connect();
});
afterAll(async () => {
  await browser?.close();
  await owner?.end();
  await site?.close();
});
beforeEach(() => owner.query('delete from sign_in_login'));

/** As if everybody's last proof had been a quarter of an hour ago. */
const old = () => owner.query("update session set proved = proved - interval '15 minutes'");
const refund = { employer, amountFen: 100, reason: '单位来函' };
const path = '/api/v1/insurance/refund';
const step = '/api/v1/access/step-up';
const codeOf = (answer: unknown) =>
  (answer as { errors?: { code: string }[] }).errors?.[0]?.code ?? 'done';

it('is needed for what signs or pays, and for what hands out ways in', () => {
  const marked = [...registered().values()].filter(
    (d) => d.kind === 'command' && d.stepUp === true,
  );
  expect(marked.map((d) => d.name)).toEqual(
    expect.arrayContaining([
      'insurance.refund',
      'insurance.close',
      'access.account.reset',
      'access.account.end',
      'access.account.drop-factors',
      'access.grant.add',
      'access.grant.end',
      'access.totp.begin',
      'access.passkey.begin',
    ]),
  );
});

it('is asked for when the last proof is old, and holds under a new token', async () => {
  const clerk = new Visitor(site);
  await clerk.signIn('kuaiji', password);
  expect(codeOf(await clerk.call(path, refund))).not.toBe('step-up-needed');
  await old();
  const [before] = [clerk.cookies.get('mindun')];
  expect([codeOf(await clerk.call(path, refund)), clerk.status]).toEqual(['step-up-needed', 403]);
  expect(codeOf(await clerk.call(step, { password: 'wrong' }))).toBe('password-wrong');
  expect(codeOf(await clerk.call(path, refund))).toBe('step-up-needed');
  expect(codeOf(await clerk.call(step, { password }))).toBe('done');
  expect(clerk.cookies.get('mindun')).not.toBe(before);
  expect(codeOf(await clerk.call(path, refund))).not.toBe('step-up-needed');
  // Whoever holds the token of before the proof has not proved anything.
  clerk.cookies.set('mindun', before!);
  expect(codeOf(await clerk.call(path, refund))).toBe('step-up-needed');
});

it('takes no other account’s proof, none without a session, and wrong ones lock', async () => {
  expect(codeOf(await new Visitor(site).call(step, { password }))).toBe('sign-in-needed');
  const clerk = new Visitor(site);
  await clerk.signIn('clerk', password);
  await old();
  expect(codeOf(await clerk.call(step, { passkey: {} }))).toBe('passkey-refused');
  expect(codeOf(await clerk.call(step, { code: '123456' }))).toBe('code-refused');
  const said: string[] = [];
  for (let i = 0; i < 6; i += 1) said.push(codeOf(await clerk.call(step, { password: `no ${i}` })));
  expect(said.slice(-2)).toEqual(['password-wrong', 'account-locked']);
  expect(codeOf(await clerk.call(step, { password }))).toBe('account-locked');
});

it('is not asked of the machine’s own accounts', async () => {
  const refused = await site.city
    .run('insurance.refund', refund)
    .catch((e: { code: string }) => e.code);
  expect(refused).not.toBe('step-up-needed');
});

it('leads by a page that works without a script back to where one was, and asks for the code of who has one', async () => {
  const clerk = new Visitor(site, { Referer: `${site.base}/account/totp` });
  await clerk.signIn('clerk', password);
  await clerk.get('/account/totp');
  await old();
  await clerk.send('/account/totp/begin', {});
  expect(clerk.location).toBe('/step-up?next=%2Faccount%2Ftotp');
  await clerk.follow();
  expect((await clerk.send('/step-up', { proof: 'wrong' })).page).toContain('现在的密码不对');
  await clerk.send('/step-up', { proof: password, next: '//evil.example' });
  expect(clerk.location).toBe('/account');
  await clerk.get('/account/totp');
  await (await clerk.send('/account/totp/begin', {})).follow();
  const secret = /<code>([A-Z2-7 ]+)<\/code>/.exec(clerk.page)![1]!.replaceAll(' ', '');
  await clerk.send('/account/totp/confirm', { code: await generate({ secret }) });
  expect(clerk.status).toBe(200);
  await old();
  await owner.query('update totp set last_step = last_step - 5');
  await clerk.get('/step-up?next=%2Faccount');
  expect(clerk.page).toContain('动态码或恢复码');
  // Who has a second factor proves nothing by the first.
  expect(codeOf(await clerk.call(step, { password }))).toBe('password-wrong');
  await clerk.get('/step-up?next=%2Faccount');
  await clerk.send('/step-up', { proof: await generate({ secret }) });
  expect(clerk.location).toBe('/account');
  await owner.query('delete from totp');
});

describe.skipIf(browser === null)('at the desk', () => {
  it('asks in front of the page, and then does what was sent', async () => {
    const { employer: publicId } = await site.city.run<{ employer: string }>('insurance.employer', {
      employer,
    });
    const page = await (await browser!.newContext({ locale: 'zh-CN' })).newPage();
    await page.goto(`${site.base}/desk`);
    await page.getByLabel('工号').fill('kuaiji');
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录', exact: true }).click();
    await page.getByRole('navigation', { name: '民盾 工作台' }).waitFor();
    await page.goto(`${site.base}/desk/employers/${publicId}/refund`);
    await page.getByLabel('退多少').fill('1.00');
    await page.getByLabel('理由').fill('单位来函');
    await old();
    const send = page.getByRole('button', { name: '退还这笔钱' });
    await send.click();
    const dialog = page.getByRole('dialog', { name: '再确认一次是您本人' });
    await dialog.waitFor();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await dialog.getByLabel('密码').fill('wrong');
    await dialog.getByRole('button', { name: '确认' }).click();
    await dialog.getByText('现在的密码不对').waitFor();
    await dialog.getByRole('button', { name: '不办了' }).click();
    await page.getByRole('main').getByText('要再确认一次是您本人').waitFor();
    await send.click();
    await dialog.getByLabel('密码').fill(password);
    await dialog.getByRole('button', { name: '确认' }).click();
    // Nothing is held: the refusal is the command's own.
    await page.getByRole('main').getByRole('alert').getByText('more-than-unapplied').waitFor();
    expect(await dialog.count()).toBe(0);
    await page.context().close();
  });
});
