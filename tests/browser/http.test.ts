import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Proxies } from '../../src/doors/http/address.ts';
import { tableBytesMax } from '../../src/engines/documents/tables/index.ts';
import { registered } from '../../src/kernel/index.ts';
import { citizen, organisation, roster } from '../city/harness.ts';
import { handlerAccount, openSite, personAccount, type Site } from './site.ts';

const code = organisation(1);
const other = organisation(2);
const worker = citizen(2);
const password = 'a long password';
let site: Site;
let handler: string;
let person: string;

beforeAll(async () => {
  // A proxy in front, on this machine, whose word is believed.
  const proxies = Proxies.parse('127.0.0.1')!;
  site = await openSite('2008-01-05T09:00', { proxies });
  const { city } = site;
  const register = (employer: string, name: string) =>
    city.run('registry.employer.register', {
      code: employer,
      name,
      area: '430407',
      injuryClass: 2,
    });
  await register(code, '湘江铸造厂');
  await register(other, '雁城商场');
  await city.run('insurance.declare', {
    employer: code,
    month: '2008-01',
    full: true,
    content: roster('2008-01', [{ number: worker, wage: '1800.00', name: '张伟' }]),
  });
  await city.run('insurance.assess', { month: '2008-01' });
  await handlerAccount(city, code, { login: code, name: '湘江铸造厂', password });
  await personAccount(city, worker, { login: worker, name: '张伟', password });
  handler = await session(code);
  person = await session(worker);
});
afterAll(async () => site?.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${site.base}${path}`, { headers, redirect: 'manual' });

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${site.base}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function signInByForm(address: string, login: string, word: string): Promise<Response> {
  const form = await get('/sign-in');
  const guest = form.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
  const token = /name="token" value="([^"]+)"/.exec(await form.text())![1]!;
  return fetch(`${site.base}/sign-in`, {
    method: 'POST',
    headers: { Cookie: guest.join('; '), 'X-Forwarded-For': address, 'Accept-Language': 'zh-CN' },
    body: new URLSearchParams({ token, login, password: word }),
    redirect: 'manual',
  });
}

async function session(login: string): Promise<string> {
  const answer = await post('/api/v1/access/sign-in', { login, password });
  expect(answer.status).toBe(200);
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

const codeOf = async (answer: Response) =>
  ((await answer.json()) as { errors: { code: string }[] }).errors[0]!.code;

/** Sends the head of a request and no body; answers what comes back. */
function headOnly(lines: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    const socket = net.connect(site.served.port, '127.0.0.1', () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      if (text.includes('</html>') || text.includes('"errors"')) socket.destroy();
    });
    socket.on('close', () => done(text));
    socket.on('error', failed);
  });
}

describe('headers', () => {
  it('allow nothing but our own style and images, and are on every kind of answer', async () => {
    for (const path of ['/', '/nowhere', '/api/v1/openapi.json', '/health']) {
      const { headers } = await get(path);
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('X-Frame-Options')).toBe('DENY');
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(headers.get('Strict-Transport-Security')).toBeNull();
    }
  });

  it('serve the style under a name that holds its hash, for ever', async () => {
    const page = await (await get('/')).text();
    expect(page).not.toMatch(/<script|style="|<style/);
    const path = /href="(\/static\/style\.[0-9a-f]{12}\.css)"/.exec(page)![1]!;
    const answer = await get(path);
    expect(answer.headers.get('Cache-Control')).toContain('immutable');
    const both = page.length + (await answer.text()).length;
    expect(both).toBeLessThan(30_000);
  });

  it('mark the session cookie, secure behind TLS', async () => {
    const plain = await post('/api/v1/access/sign-in', { login: code, password });
    expect(plain.headers.getSetCookie()[0]).toMatch(/^mindun=.*HttpOnly; SameSite=Lax$/);
    const tls = await post(
      '/api/v1/access/sign-in',
      { login: code, password },
      { 'X-Forwarded-Proto': 'https' },
    );
    expect(tls.headers.getSetCookie()[0]).toMatch(/^__Host-mindun=.*Secure/);
    expect(tls.headers.get('Strict-Transport-Security')).toContain('max-age');
  });
});

describe('forms', () => {
  it('without the token of this visitor are refused', async () => {
    const forged = (token: string, headers: Record<string, string> = {}) =>
      fetch(`${site.base}/sign-out`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          Cookie: handler,
          ...headers,
        },
        body: new URLSearchParams({ token }),
        redirect: 'manual',
      });
    expect((await forged('')).status).toBe(403);
    expect((await forged('x'.repeat(43))).status).toBe(403);
    // The token of another's session is no token of this one.
    const page = await (await get('/', { Cookie: person })).text();
    const theirs = /name="token" value="([^"]+)"/.exec(page)![1]!;
    expect((await forged(theirs)).status).toBe(403);
    const own = await (await get('/', { Cookie: handler })).text();
    const token = /name="token" value="([^"]+)"/.exec(own)![1]!;
    expect((await forged(token, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await get('/employer', { Cookie: handler })).status).toBe(200);
    const signedOut = await session(code);
    const mine = await (await get('/', { Cookie: signedOut })).text();
    const right = /name="token" value="([^"]+)"/.exec(mine)![1]!;
    expect((await forged(right, { Cookie: signedOut })).status).toBe(303);
    expect((await get('/employer', { Cookie: signedOut })).status).toBe(303);
  });

  it('refuse a table that is too large by its length, before a byte of it is sent', async () => {
    const head = [
      'POST /employer/roster HTTP/1.1',
      'Host: 127.0.0.1',
      `Cookie: ${handler}`,
      'Content-Type: multipart/form-data; boundary=x',
      `Content-Length: ${tableBytesMax * 2}`,
    ];
    const answer = await headOnly(head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('50 MB');
    // The form is there to go on in.
    expect(answer).toContain('name="file"');
    const stranger = await headOnly(head.filter((line) => !line.startsWith('Cookie')));
    expect(stranger).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('refuse what streams on without a length, and large forms', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(32 * 1024));
      },
    });
    const streamed = await fetch(`${site.base}/sign-in`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: endless,
      duplex: 'half',
    } as RequestInit).then(
      (answer) => answer.status,
      // The server may hang up while the sender still sends.
      () => 413,
    );
    expect(streamed).toBe(413);
    const large = await post(
      '/api/v1/insurance/assess',
      { month: 'x'.repeat(70_000) },
      { Cookie: handler },
    );
    expect(large.status).toBe(413);
    expect(await codeOf(large)).toBe('form-too-large');
    expect((await get('/health')).status).toBe(200);
  });

  it('change one’s password, say what is wrong with it, and end every other session', async () => {
    const login = citizen(6);
    await handlerAccount(site.city, other, { login, name: '雁城商场', password });
    const mine = await session(login);
    const elsewhere = await session(login);
    const page = await (await get('/password', { Cookie: mine })).text();
    const token = /name="token" value="([^"]+)"/.exec(page)![1]!;
    const change = async (present: string, next: string, again = next) => {
      const answer = await fetch(`${site.base}/password`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: mine },
        body: new URLSearchParams({ token, present, next, again }),
        redirect: 'manual',
      });
      return [answer.status, await answer.text()] as const;
    };
    const fresh = 'four unrelated words';
    for (const [given, status, words] of [
      [['wrong', fresh], 403, '现在的密码不对'],
      [[password, 'short'], 400, '密码至少 10 个字'],
      [[password, fresh, 'another'], 400, '两遍新密码不一样'],
    ] as const) {
      const [got, text] = await change(...(given as unknown as [string, string]));
      expect([got, text.includes(words)], words).toEqual([status, true]);
    }
    const changed = await fetch(`${site.base}/password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: mine },
      body: new URLSearchParams({ token, present: password, next: fresh, again: fresh }),
      redirect: 'manual',
    });
    expect([changed.status, changed.headers.get('Location')]).toEqual([
      303,
      '/account?done=password',
    ]);
    const renewed = changed.headers.getSetCookie()[0]!.split(';')[0]!;
    expect(renewed).not.toBe(mine);
    const account = await (await get('/account?done=password', { Cookie: renewed })).text();
    expect(account).toContain('密码改好了');
    expect(account).toContain('正在使用');
    expect((await get('/employer', { Cookie: elsewhere })).status).toBe(303);
    const again = await post('/api/v1/access/sign-in', { login, password: fresh });
    expect(again.status).toBe(200);
  });

  it('take nobody to another site after the log-in', async () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
      const page = await (await get(`/sign-in?next=${encodeURIComponent(next)}`)).text();
      expect(page).toContain('name="next" value=""');
    }
  });
});

describe('pages', () => {
  it('send strangers to the log-in, and keep each to his own', async () => {
    const stranger = await get('/employer/bill/2008-01');
    expect(stranger.status).toBe(303);
    expect(stranger.headers.get('Location')).toBe('/sign-in?next=%2Femployer%2Fbill%2F2008-01');
    const theirs = await get('/employer', { Cookie: person });
    expect(theirs.status).toBe(403);
    expect(await theirs.text()).toContain('这一页是给单位经办人用的，您登录的账号不是');
    // Signed in, nobody is offered what is of others; a stranger sees all there is.
    const offered = async (who?: string): Promise<boolean[]> => {
      const page = await (await get('/', who === undefined ? {} : { Cookie: who })).text();
      return ['"/employer/roster"', '"/record"'].map((a) => page.includes(a));
    };
    expect(await offered(person)).toEqual([false, true]);
    expect(await offered(handler)).toEqual([true, false]);
    expect(await offered()).toEqual([true, true]);
    expect((await get('/record', { Cookie: handler })).status).toBe(403);
    expect((await get('/nowhere')).status).toBe(404);
    expect((await get('/employer/bill/2009-01', { Cookie: handler })).status).toBe(404);
    expect((await get('/employer/bill/nonsense', { Cookie: handler })).status).toBe(400);
  });

  it('remember language and type size', async () => {
    const answer = await get('/check?lang=en&type=large');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('Location')).toBe('/check');
    const cookies = answer.headers.getSetCookie().map((c) => c.split(';')[0]!);
    const page = await (await get('/check', { Cookie: cookies.join('; ') })).text();
    expect(page).toContain('<html lang="en" data-type="large">');
    expect(page).toContain('Check a certificate');
    expect(await (await get('/check')).text()).toContain('<html lang="zh-CN">');
  });

  it('escape what people write', async () => {
    const page = await (await get(`/?q=${encodeURIComponent('<b onclick="x">')}`)).text();
    expect(page).not.toContain('<b onclick');
  });
});

describe('the interface', () => {
  it('names every command and query, and says which are open', async () => {
    const document = (await (await get('/api/v1/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; security?: unknown[] }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const operations = new Map(
      Object.entries(document.paths).flatMap(([path, verbs]) =>
        Object.entries(verbs).map(([verb, o]) => [o.operationId, { path, verb, ...o }] as const),
      ),
    );
    expect(registered().size).toBeGreaterThan(10);
    for (const { name, kind, open } of registered().values()) {
      const operation = operations.get(name);
      expect(operation?.path).toBe(`/api/v1/${name.replaceAll('.', '/')}`);
      expect(operation?.verb).toBe(kind === 'command' ? 'post' : 'get');
      expect(operation?.security).toEqual(open === true ? [] : undefined);
      const body = operations.get(`${name}.post`);
      expect(body?.path).toBe(kind === 'query' ? operation?.path : undefined);
    }
    expect(operations.get('access.sign-out')?.security).toEqual([]);
  });

  it('answers 401 without a log-in for all that is not open, and 405 for the wrong verb', async () => {
    for (const { name, kind, open } of registered().values()) {
      if (open === true) continue;
      const path = `/api/v1/${name.replaceAll('.', '/')}`;
      const answer = kind === 'command' ? await post(path, {}) : await get(path);
      expect([name, answer.status, await codeOf(answer)]).toEqual([name, 401, 'sign-in-needed']);
    }
    expect((await get('/api/v1/insurance/assess')).status).toBe(405);
    expect((await get('/api/v1/no/such')).status).toBe(404);
  });

  it('gives an employer its own bill, no other’s, and no clerk’s work', async () => {
    const own = await get(`/api/v1/insurance/bill?employer=${code}&month=2008-01`, {
      Cookie: handler,
    });
    expect(own.status).toBe(200);
    expect(await own.json()).toMatchObject({ month: '2008-01', employer: { code } });
    const bills = await get(`/api/v1/insurance/bills?employer=${code}`, { Cookie: handler });
    expect(await bills.json()).toMatchObject({ rows: [{ month: '2008-01', state: 'unpaid' }] });
    const theirs = await get(`/api/v1/insurance/bills?employer=${other}`, { Cookie: handler });
    expect([theirs.status, await codeOf(theirs)]).toEqual([404, 'unknown-employer']);
    const work = await post('/api/v1/insurance/assess', { month: '2008-01' }, { Cookie: handler });
    expect([work.status, await codeOf(work)]).toEqual([403, 'not-permitted']);
    const form = await post(
      '/api/v1/insurance/assess',
      { month: '2008-01' },
      { Cookie: handler, 'Content-Type': 'text/plain' },
    );
    expect([form.status, await codeOf(form)]).toEqual([415, 'json-wanted']);
  });

  it('gives a printed paper as a file to who may see it, for the purpose that its link states', async () => {
    const asked = { person: worker, from: '2008-01', to: '2008-01' };
    const headers = { Cookie: person, 'Mindun-Purpose': 'own-matter' };
    const issued = await post('/api/v1/insurance/certificate/issue', asked, headers);
    const paper = (await issued.json()) as { code: string };
    const path = `/api/v1/insurance/certificate-own.pdf?code=${paper.code}`;
    expect((await get(path)).status).toBe(401);
    expect((await get(path, { Cookie: handler })).status).toBe(400);
    const stated = `${path}&purpose=own-matter`;
    expect((await get(stated, { Cookie: handler })).status).toBe(404);
    const mine = await get(`${path}&purpose=own-matter`, { Cookie: person });
    expect(mine.headers.get('Content-Type')).toBe('application/pdf');
    expect(
      Buffer.from(await mine.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    expect((await post(path, {}, { Cookie: person })).status).toBe(405);
    const [look] = await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ purpose: string }>(
        "select purpose from look where query = 'insurance.certificate-own' order by id desc limit 1",
      ),
    );
    expect(look!.purpose).toBe('own-matter');
    const { paths } = (await (await get('/api/v1/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths)).toContain('/api/v1/insurance/bill-printed.pdf');
  });

  it('wants a purpose for personal data, and tells refusals in the asker’s language', async () => {
    const path = `/api/v1/insurance/record?person=${worker}`;
    const without = await get(path, { Cookie: person, 'Accept-Language': 'en' });
    expect(without.status).toBe(400);
    const { errors } = (await without.json()) as { errors: Record<string, string>[] };
    expect(errors[0]).toMatchObject({ code: 'purpose-missing' });
    expect(errors[0]!['mend']).toContain('Name a purpose');
    const free = await get(path, {
      Cookie: person,
      'Mindun-Purpose': encodeURIComponent('本人查询'),
      'Accept-Language': 'en',
    });
    expect([free.status, await codeOf(free.clone())]).toEqual([400, 'purpose-unknown']);
    const told = (await free.json()) as { errors: Record<string, string>[] };
    expect(told.errors[0]!['mend']).toContain('counter-visit (Counter visit)');
    const purpose = 'own-matter';
    const own = await get(path, { Cookie: person, 'Mindun-Purpose': purpose });
    expect(await own.json()).toMatchObject({ name: '张伟' });
    const looks = await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.rows<{ purpose: string }>("select purpose from look where query = 'insurance.record'"),
    );
    expect(looks.map((l) => l.purpose)).toContain('own-matter');
  });

  it('takes a query’s input from the body, so that no address holds a personal number or a file', async () => {
    const purpose = 'own-matter';
    const headers = { Cookie: person, 'Mindun-Purpose': purpose };
    const own = await post('/api/v1/insurance/record', { person: worker }, headers);
    expect(await own.json()).toMatchObject({ name: '张伟' });
    const stranger = await post('/api/v1/insurance/record', { person: worker });
    expect([stranger.status, await codeOf(stranger)]).toEqual([401, 'sign-in-needed']);
    const table = {
      employer: code,
      month: '2008-02',
      content: roster('2008-02', [{ number: worker, wage: '1800.00', name: '张伟' }]),
    };
    // January is assessed and not closed: the question is understood, and answered.
    const checked = await post('/api/v1/insurance/check-roster', table, { Cookie: handler });
    expect([checked.status, await codeOf(checked)]).toEqual([409, 'month-not-next']);
  });

  it('tells what is wrong with an input, and what is not permitted, in the asker’s language', async () => {
    for (const [language, month, title] of [
      ['zh', /^输入有误：月份（month）要写成文字$/, '您没有这项权限：核定月缴费'],
      ['en', /^The input is not valid: month must be text$/, /Assess a month$/],
    ] as const) {
      const headers = { Cookie: handler, 'Accept-Language': language };
      const wrong = await post('/api/v1/insurance/bill', { employer: code, month: 1 }, headers);
      expect(wrong.status).toBe(400);
      const { errors } = (await wrong.json()) as { errors: { message: string }[] };
      expect(errors[0]!.message).toMatch(month);
      const work = await post('/api/v1/insurance/assess', { month: '2008-01' }, headers);
      const told = (await work.json()) as { errors: { message: string }[] };
      expect(told.errors[0]!.message).toMatch(title);
    }
  });

  it('refuses what no store can hold, no form is and no person may have, as the sender’s mistake', async () => {
    expect((await get('/check/%00')).status).toBe(400);
    const nul = await post('/api/v1/insurance/bills', { employer: 'a\0b' }, { Cookie: handler });
    expect([nul.status, await codeOf(nul)]).toEqual([400, 'text-not-storable']);
    const broken = await fetch(`${site.base}/employer/roster`, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/form-data; boundary=x', Cookie: handler },
      body: '--x\r\nnonsense',
    });
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('这张表单没有传完整');
    const range = { from: '2008-01', to: '2008-01' };
    const theirs = await post(
      '/api/v1/insurance/certificate/issue',
      { employer: code, ...range },
      { Cookie: person, 'Mindun-Purpose': 'own-matter' },
    );
    expect([theirs.status, await codeOf(theirs)]).toEqual([404, 'unknown-employer']);
    const listed = await post(
      '/api/v1/insurance/certificates',
      { employer: code },
      { Cookie: person, 'Mindun-Purpose': 'own-matter' },
    );
    expect([listed.status, await codeOf(listed)]).toEqual([404, 'unknown-employer']);
  });

  it('locks an account after five wrong passwords, also when they come together', async () => {
    const login = citizen(4);
    await site.city.run('registry.employer.register', {
      code: organisation(3),
      name: '南岳茶厂',
      area: '430407',
      injuryClass: 1,
    });
    await handlerAccount(site.city, organisation(3), { login, name: '南岳茶厂', password });
    const tries = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        post('/api/v1/access/sign-in', { login, password: `guess ${i}` }).then(codeOf),
      ),
    );
    expect(tries.filter((t) => t === 'sign-in-refused')).toHaveLength(5);
    expect(tries.filter((t) => t === 'account-locked')).toHaveLength(7);
    expect(await codeOf(await post('/api/v1/access/sign-in', { login, password }))).toBe(
      'account-locked',
    );
  });

  it('holds up guesses over many accounts from one address, and no other address', async () => {
    // Told by the trusted proxy in front, who names whom it serves last.
    const from = (address: string, login: string, word: string, language = 'zh-CN') =>
      post(
        '/api/v1/access/sign-in',
        { login, password: word },
        { 'X-Forwarded-For': address, 'Accept-Language': language },
      );
    const guesses = await Promise.all(
      Array.from({ length: 36 }, (_, i) =>
        from('198.51.100.7, 203.0.113.9', `nobody-${i}`, 'guess').then(codeOf),
      ),
    );
    expect(guesses.filter((g) => g === 'sign-in-refused')).toHaveLength(30);
    expect(guesses.filter((g) => g === 'address-throttled')).toHaveLength(6);
    // The right password does not pass either, the answer says from when it does, and the account itself is not locked.
    for (const [language, words] of [
      ['zh-CN', /从您这个网络地址试错太多次，\d\d:\d\d 以后才能再登录/],
      ['en', /Too many wrong tries from your network address: sign in again after \d\d:\d\d/],
    ] as const) {
      const told = await from('203.0.113.9', code, password, language);
      expect(told.status).toBe(429);
      const { errors } = (await told.json()) as { errors: { code: string; message: string }[] };
      expect(errors[0]!.code).toBe('address-throttled');
      expect(errors[0]!.message).toMatch(words);
    }
    // On the page it stands once, above the form, and no field is said to be wrong.
    const page = await signInByForm('203.0.113.9', code, password);
    expect(page.status).toBe(429);
    const html = await page.text();
    expect(html.match(/从您这个网络地址试错太多次/g)).toHaveLength(1);
    expect(html).not.toMatch(/aria-invalid|href="#login"|处要改/);
    // Whom the header names first is what the visitor wrote himself; he is not believed, and nobody suffers for him.
    expect(await codeOf(await from('203.0.113.9, 198.51.100.7', code, 'guess'))).toBe(
      'sign-in-refused',
    );
    expect((await from('198.51.100.7', code, password)).status).toBe(200);
    // A right password is no guess: whoever signs in often is not held up.
    for (let i = 0; i < 35; i += 1)
      expect((await from('2001:db8:0:1::5', code, password)).status).toBe(200);
    // One subscriber has a whole network of IPv6 addresses.
    for (let i = 0; i < 30; i += 1)
      await from(`2001:db8:0:2::${i.toString(16)}`, `no-${i}`, 'guess');
    expect(await codeOf(await from('2001:db8:0:2:ffff::1', code, password))).toBe(
      'address-throttled',
    );
    // The store keeps no address, and forgets the count when the window is over.
    const ask = <T extends object>(sql: string) =>
      site.city.house.store.transaction({ role: 'system' }, (tx) => tx.rows<T>(sql));
    const kept = await ask<{ address_hash: Buffer }>('select * from sign_in_address');
    expect(kept.length).toBeGreaterThan(2);
    for (const row of kept) expect(row.address_hash).toHaveLength(32);
    await ask("update sign_in_address set until = clock_timestamp() - interval '1 second'");
    expect((await from('203.0.113.9', code, password)).status).toBe(200);
    expect(await ask('select * from sign_in_address')).toHaveLength(1);
  }, 180_000);

  it('says that it is well', async () => {
    expect(await (await get('/health')).json()).toMatchObject({ ok: true });
  });
});
