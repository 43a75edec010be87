import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { bankFile, citizen, organisation, roster } from '../city/harness.ts';
import { handlerAccount, openSite, personAccount } from './site.ts';

const site = await openSite('2008-01-05T09:00');
const { city } = site;
const e = organisation(1);
await city.run('registry.employer.register', {
  code: e,
  name: '衡阳湘水机械有限公司',
  area: '430407',
  injuryClass: 2,
});
const names = ['张伟', '李娜', '王敏', '唐然', '谢然', '欧阳红超', '赵艳浩', '冯洋'];
const persons = names.map((name, i) => ({
  name,
  number: citizen(i * 2 + 2),
  wage: String(1800 + i * 333 - (i === 2 ? 2000 : 0)),
  residence: i % 3 === 1 ? ('农业' as const) : ('城镇' as const),
}));
const declare = (month: string, list = persons) =>
  city.run('insurance.declare', { employer: e, month, full: true, content: roster(month, list) });
await declare('2008-01');
await city.run('insurance.assess', { month: '2008-01' });
await city.clock('2008-01-20T10:00');
const bill = await city.run<{ number: string }>('insurance.bill', {
  employer: e,
  month: '2008-01',
});
await city.run('insurance.collect', {
  content: bankFile([{ on: '2008-01-07', reference: 'J1', bill: bill.number, amount: '4000.00' }]),
});
await city.run('insurance.credit', { month: '2008-01' });
await city.clock('2008-02-01T09:00');
await city.run('insurance.close', { month: '2008-01' });
await declare('2008-02');
await city.clock('2008-02-05T09:00');
await city.run('insurance.assess', { month: '2008-02' });
await handlerAccount(city, e, {
  login: e,
  name: '衡阳湘水机械有限公司',
  password: 'a long password',
});
await personAccount(city, persons[3]!.number, {
  login: persons[3]!.number,
  name: '唐然',
  password: 'a long password',
});
console.log('ready', site.base);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const login = async (who: string, size: { width: number; height: number }) => {
  const context = await browser.newContext({ viewport: size, javaScriptEnabled: true });
  const page = await context.newPage();
  page.on('console', (m) => console.log('console', m.text()));
  await page.goto(site.base + '/sign-in');
  await page.fill('#login', who);
  await page.fill('#password', 'a long password');
  await page.click('button.btn');
  return page;
};
const shots = process.argv[2]!;
for (const [w, h] of [
  [1366, 768],
  [390, 844],
] as const) {
  const size = { width: w, height: h };
  const anon = await (await browser.newContext({ viewport: size })).newPage();
  for (const [name, url] of [
    ['home', '/'],
    ['search', '/?q=' + encodeURIComponent('账单')],
    ['sign-in', '/sign-in?next=/employer'],
    ['check', '/check'],
    ['missing', '/nowhere'],
  ] as const) {
    await anon.goto(site.base + url);
    { const { violations } = await new AxeBuilder({ page: anon }).analyze(); for (const v of violations) console.log('AXE', name, v.id, v.nodes.map((n) => n.html).join(' | ').slice(0, 400)); } await anon.screenshot({ path: `${shots}/${name}-${w}.png`, fullPage: true });
  }
  const emp = await login(e, size);
  for (const [name, url] of [
    ['employer', '/employer'],
    ['roster', '/employer/roster'],
    ['bill', '/employer/bill/2008-02'],
    ['bill-why', '/employer/bill/2008-02?why=medical-employer'],
    ['bill-paid', '/employer/bill/2008-01?why=pension'],
    ['bill-late', '/employer/bill/2008-02?why=late-fee'],
  ] as const) {
    const r = await emp.goto(site.base + url);
    console.log(name, r!.status(), (await r!.body()).length);
    { const { violations } = await new AxeBuilder({ page: emp }).analyze(); for (const v of violations) console.log('AXE', name, v.id, v.nodes.map((n) => n.html).join(' | ').slice(0, 400)); } await emp.screenshot({ path: `${shots}/${name}-${w}.png`, fullPage: true });
    const wide = await emp.evaluate('document.documentElement.scrollWidth');
    if (Number(wide) > w) console.log('WIDE', name, wide);
  }
  const per = await login(persons[3]!.number, size);
  for (const [name, url] of [
    ['record', '/record'],
    ['record-why', '/record?why=2008-01'],
    ['record-en', '/record?lang=en'],
    ['record-large', '/record?lang=zh&type=large'],
  ] as const) {
    const r = await per.goto(site.base + url);
    console.log(name, r!.status(), (await r!.body()).length);
    { const { violations } = await new AxeBuilder({ page: per }).analyze(); for (const v of violations) console.log('AXE', name, v.id, v.nodes.map((n) => n.html).join(' | ').slice(0, 400)); } await per.screenshot({ path: `${shots}/${name}-${w}.png`, fullPage: true });
    const wide = await per.evaluate('document.documentElement.scrollWidth');
    if (Number(wide) > w) console.log('WIDE', name, wide);
  }
}
await browser.close();
await site.close();
