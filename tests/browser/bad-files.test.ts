import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badFiles } from '../city/bad-files.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { handlerAccount, openSite, type Site } from './site.ts';

const code = organisation(1);
const password = 'a long password';
let site: Site;
let cookie: string;

beforeAll(async () => {
  site = await openSite('2008-01-05T09:00');
  await site.city.run('registry.employer.register', {
    code,
    name: '湘江铸造厂',
    area: '430407',
    injuryClass: 2,
  });
  await handlerAccount(site.city, code, { login: code, name: '湘江铸造厂', password });
  const answer = await post('access/sign-in', { login: code, password }, {});
  cookie = answer.headers.getSetCookie()[0]!.split(';')[0]!;
});
afterAll(async () => site?.close());

function post(path: string, body: object, headers: Record<string, string> = { Cookie: cookie }) {
  return fetch(`${site.base}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const declare = (content: string, more: object = {}) =>
  post('insurance/declare', { employer: code, month: '2008-01', full: true, content, ...more });

interface Answer {
  readonly accepted?: number;
  readonly errors: { code: string; line?: number; column?: string; mend?: string }[];
}

/** The roster's form as a browser sends it, without script. */
async function upload(name: string, bytes: Buffer): Promise<Response> {
  const page = await fetch(`${site.base}/employer/roster`, { headers: { Cookie: cookie } });
  const fields = [...(await page.text()).matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)];
  const form = new FormData();
  for (const [, field, value] of fields) if (!form.has(field!)) form.append(field!, value!);
  form.set('file', new Blob([new Uint8Array(bytes)]), name);
  return fetch(`${site.base}/employer/roster`, {
    method: 'POST',
    headers: { Cookie: cookie },
    body: form,
    redirect: 'follow',
  });
}

describe('files that cannot be a roster, over HTTP', () => {
  it.each(badFiles().map((f) => [f.name, f] as const))('%s', async (name, file) => {
    const answer = await declare(file.bytes.toString('base64'));
    const told = (await answer.json()) as Answer;
    expect(told.errors.map((e) => e.code)).toEqual([file.code]);
    expect(answer.status).toBe(file.row === true ? 200 : 400);
    if (file.row === true) {
      expect(told).toMatchObject({ accepted: 0, errors: [{ line: 2, column: '月工资(元)' }] });
    } else expect(told.errors[0]!.mend).not.toBe('');
    // An empty file is no file to a browser's form.
    if (file.bytes.length === 0) return;
    const page = await upload(name, file.bytes);
    const html = await page.text();
    expect(html).toContain('<html lang="zh-CN"');
    const words = { 'formula-not-allowed': '公式', 'header-missing': '表头' }[file.code];
    if (words !== undefined) expect(html).toContain(words);
    expect(page.status).toBeLessThan(500);
    const rows = await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows('select 1 from declaration'),
    );
    expect(rows).toEqual([]);
  });

  it('an employer of another city, a month that is not the next, and one that is closed', async () => {
    const content = roster('2008-01', [{ number: citizen(2), wage: '1800.00' }]);
    const refused = async (more: object): Promise<string> =>
      ((await (await declare(content, more)).json()) as Answer).errors[0]!.code;
    expect(await refused({ employer: organisation(7) })).toBe('unknown-employer');
    expect(await refused({ month: '2008-02' })).toBe('month-not-next');
    expect(await refused({ month: '2007-12' })).toBe('month-not-next');
    expect(await refused({ month: '2008-13' })).toBe('month-impossible');
    expect((await declare(content)).status).toBe(200);
    await site.city.run('insurance.assess', { month: '2008-01' });
    expect(await refused({})).toBe('already-assessed');
    await site.city.run('insurance.credit', { month: '2008-01' });
    await site.city.run('insurance.close', { month: '2008-01' });
    expect(await refused({})).toBe('month-closed');
  });
});
