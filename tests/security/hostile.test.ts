import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDesk } from '../../src/doors/desk/serve.ts';
import { isContact } from '../../src/doors/http/contact.ts';
import { wallNow } from '../../src/kernel/index.ts';
import { operations } from './questions.ts';
import { raw, request } from './raw.ts';
import { type ActorName, a, b, month, openTown, password, postRoutes, type Town } from './town.ts';

let town: Town;
beforeAll(async () => {
  await prepareDesk();
  town = await openTown();
}, 600_000);
afterAll(async () => town?.site.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${town.site.base}${path}`, { headers, redirect: 'manual' });
const form = (path: string, fields: Record<string, string>, headers: Record<string, string>) =>
  fetch(`${town.site.base}${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
const sent = (...lines: Parameters<typeof request>) =>
  raw(town.site.served.port, [request(...lines)]);
const tokenIn = (html: string): string => /name="token" value="([^"]+)"/.exec(html)![1]!;

describe('every kind of answer', () => {
  it('allows no inline script or style, no framing and no sniffing', async () => {
    const { employer } = town.cookies;
    const desk = await (await get('/desk')).text();
    const script = /src="(\/desk\/assets\/[^"]+)"/.exec(desk)![1]!;
    const style = /href="(\/static\/style[^"]+)"/.exec(await (await get('/')).text())![1]!;
    const paper = town.of.a.papers;
    const answers: Record<string, Response> = {
      page: await get('/'),
      'page of a visitor': await get('/employer', { Cookie: employer }),
      redirect: await get('/employer'),
      missing: await get('/nowhere'),
      refused: await get('/record', { Cookie: employer }),
      style: await get(style),
      desk: await get('/desk'),
      'page below the desk': await get('/desk/months'),
      script: await get(script),
      'missing script': await get('/desk/assets/none.js'),
      document: await get('/api/v1/openapi.json'),
      answer: await get('/api/v1/access/me', { Cookie: employer }),
      refusal: await get('/api/v1/access/me'),
      'missing operation': await get('/api/v1/none'),
      health: await get('/health'),
      contact: await get('/.well-known/security.txt'),
      workbook: await get('/employer/roster/template.xlsx', { Cookie: employer }),
      'wrong form': await form('/sign-in', { token: '' }, {}),
      'large form': await form('/sign-in', { token: 'x'.repeat(70_000) }, {}),
    };
    for (const code of paper)
      answers[`paper ${code}`] = await get(`/api/v1/insurance/bill-printed.pdf?code=${code}`, {
        Cookie: employer,
      });
    for (const [kind, { headers, status }] of Object.entries(answers)) {
      const policy = headers.get('Content-Security-Policy') ?? '';
      expect([kind, policy]).toEqual([kind, expect.stringContaining("default-src 'none'")]);
      expect([kind, policy]).toEqual([kind, expect.stringContaining("frame-ancestors 'none'")]);
      expect([kind, policy]).toEqual([kind, expect.not.stringMatching(/unsafe|\*|data:|https?:/)]);
      expect([kind, headers.get('X-Content-Type-Options')]).toEqual([kind, 'nosniff']);
      expect([kind, headers.get('X-Frame-Options')]).toEqual([kind, 'DENY']);
      const others = [...headers.keys()].filter((n) => n.startsWith('access-control'));
      expect([kind, others]).toEqual([kind, []]);
      expect([kind, headers.get('Server') ?? headers.get('X-Powered-By')]).toEqual([kind, null]);
      expect(status, kind).toBeLessThan(500);
    }
    for (const html of [desk, await answers['page of a visitor']!.text()])
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle="|\son\w+="|javascript:/i);
  });

  it('is nothing that another site’s script could read', async () => {
    const origin = { Origin: 'https://evil.example', Cookie: town.cookies.employer };
    for (const path of ['/', '/api/v1/access/me', '/api/v1/openapi.json', '/desk']) {
      const answer = await get(path, origin);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
      expect(answer.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
    }
    const asked = ['Origin: https://evil.example', 'Access-Control-Request-Method: POST'];
    const { text } = await sent('OPTIONS /api/v1/insurance/assess HTTP/1.1', asked);
    expect(text).toMatch(/^HTTP\/1\.1 405 /);
    expect(text).not.toMatch(/access-control/i);
  });

  it('has cookies that no script reads and no other site sends', async () => {
    const cookies = [
      ...(await get('/sign-in')).headers.getSetCookie(),
      ...(await get('/?lang=en&type=large')).headers.getSetCookie(),
      ...(await signInAs('employer')).headers.getSetCookie(),
    ];
    expect(cookies).toHaveLength(4);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; SameSite=Lax/);
      expect(cookie).toMatch(/; Path=\//);
      expect(cookie).not.toMatch(/Domain/i);
    }
  });
});

const signInAs = (actor: 'employer', headers: Record<string, string> = {}) =>
  town.ask('nobody', '/api/v1/access/sign-in', {
    body: { login: actor === 'employer' ? a.code : '', password },
    headers,
  });

describe('methods and requests that no page sends', () => {
  it('echo nothing, run nothing and bring forth no fault', async () => {
    const marked = ['X-Secret: echo-me', `Cookie: ${town.cookies.employer}`];
    for (const method of ['TRACE', 'TRACK', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS'])
      for (const path of ['/', '/employer', '/api/v1/insurance/assess', '/desk', '/health']) {
        const { text } = await sent(`${method} ${path} HTTP/1.1`, marked);
        expect([method, path, text]).toEqual([
          method,
          path,
          expect.stringMatching(/^HTTP\/1\.1 4/),
        ]);
        expect(text).not.toContain('echo-me');
      }
    const through = await sent('CONNECT rs.example:443 HTTP/1.1');
    expect(through.text).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it('HEAD tells what GET would, without a body, and moves nothing', async () => {
    for (const path of ['/', '/health', '/api/v1/openapi.json', '/nowhere', '/api/v1/access/me']) {
      const head = await fetch(`${town.site.base}${path}`, { method: 'HEAD' });
      expect([path, head.status]).toEqual([path, (await get(path)).status]);
      expect(await head.text()).toBe('');
    }
    for (const path of ['/sign-out', '/api/v1/access/sign-out']) {
      const headers = { Cookie: town.cookies.employer };
      const head = await fetch(`${town.site.base}${path}`, { method: 'HEAD', headers });
      expect(head.status).toBeGreaterThanOrEqual(404);
    }
    expect((await town.ask('employer', '/api/v1/access/me')).status).toBe(200);
  });

  it('with a host or an address that is none are refused as JSON, with the same headers', async () => {
    for (const [line, host] of [
      ['GET / HTTP/1.1', 'evil.example/x?'],
      ['GET / HTTP/1.1', 'a b'],
      ['GET / HTTP/1.1', '[::1'],
      ['GET http://[ HTTP/1.1', 'rs.example'],
      ['GET /\\evil HTTP/1.1', 'rs.example'],
    ] as const) {
      const { text } = await raw(town.site.served.port, [
        `${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      ]);
      expect([line, host, text]).toEqual([line, host, expect.stringMatching(/^HTTP\/1\.1 400 /)]);
      if (text.includes('{')) expect(text).toContain("default-src 'none'");
    }
  });

  it('name another host and are answered with no word of it', async () => {
    const host = `GET /employer HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n`;
    const { text } = await raw(town.site.served.port, [`${host}Connection: close\r\n\r\n`]);
    expect(text).toMatch(/Location: \/sign-in\?next=%2Femployer/i);
    expect(text).not.toContain('evil.example');
    const contact = await raw(town.site.served.port, [
      'GET /.well-known/security.txt HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    ]);
    expect(contact.text).not.toContain('evil.example');
  });

  it('put no header into an answer', async () => {
    const line = '%0d%0aSet-Cookie:%20a=b%0d%0a';
    for (const path of [
      `/check?lang=en&x=${line}`,
      `/employer?x=${line}`,
      `/sign-in?next=/${line}`,
    ]) {
      const { text } = await sent(`GET ${path} HTTP/1.1`, [`Cookie: ${town.cookies.person}`]);
      expect([path, text]).toEqual([path, expect.not.stringMatching(/^Set-Cookie: a=b/im)]);
    }
    const marked = await get(`/employer/roster/${town.of.a.uploads[0]}/marked.xlsx`, {
      Cookie: town.cookies.employer,
    });
    expect([marked.status, marked.headers.getSetCookie()]).toEqual([200, []]);
    expect(marked.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename\*=UTF-8''[\w%.!'()*~-]+$/,
    );
  });

  it('reach no file beside those that are served', async () => {
    const up = ['..', '%2e%2e', '..%2f..', '%2e%2e%2f%2e%2e', '..%5c..', '....//', '%c0%ae%c0%ae'];
    for (const base of ['/static', '/desk/assets', '/desk', ''])
      for (const step of up)
        for (const file of ['package.json', 'index.html', 'sources.sha256', 'etc/passwd']) {
          const path = `${base}/${step}/${step}/${file}`;
          const { text } = await sent(`GET ${path} HTTP/1.1`);
          expect([path, text]).toEqual([
            path,
            expect.stringMatching(/^HTTP\/1\.1 (200|30\d|40\d) /),
          ]);
          expect(text).not.toMatch(/"dependencies"|root:x:|^[0-9a-f]{64}$/m);
          // What lies below the desk is its one page.
          if (/^HTTP\/1\.1 200 /.test(text)) expect(text, path).toContain('<div id="desk">');
        }
  });
});

describe('what another site can make a visitor’s browser do', () => {
  it('moves no form: each wants the token of this very visitor, and a browser that says the page was ours', async () => {
    const forms = postRoutes(town.app).filter((p) => !p.startsWith('/api/'));
    expect(forms.length).toBeGreaterThanOrEqual(8);
    const others = tokenIn(await (await get('/', { Cookie: town.cookies.clerk })).text());
    const stale = new Set<string>();
    const before = await acts();
    for (const actor of ['employer', 'person'] as const) {
      const Cookie = town.cookies[actor];
      const own = tokenIn(await (await get('/', { Cookie })).text());
      for (const path of forms) {
        const real = path.replace('/x', `/${town.of.a.uploads[0]}`);
        for (const [token, site] of [
          ['', undefined],
          ['x'.repeat(43), undefined],
          [others, undefined],
          [own, 'cross-site'],
          [own, 'same-site'],
        ] as const) {
          const headers = { Cookie, ...(site === undefined ? {} : { 'Sec-Fetch-Site': site }) };
          const answer = await form(real, { token, login: b.code, password }, headers);
          const text = await answer.text();
          expect([actor, path, answer.status]).toEqual([actor, path, 403]);
          if (text.includes('这张表单已经过期')) stale.add(path);
        }
      }
    }
    expect([...stale].sort()).toEqual([...forms].sort());
    expect(await acts()).toEqual(before);
    for (const actor of ['employer', 'person'] as const)
      expect((await town.ask(actor, '/api/v1/access/me')).status).toBe(200);
  });

  it('moves nothing through the interface with the cookie alone', async () => {
    const before = await acts();
    let asked = 0;
    for (const { method, path } of await operations(town)) {
      if (method !== 'POST') continue;
      asked += 1;
      for (const actor of ['employer', 'person', 'clerk'] as ActorName[]) {
        const body = JSON.stringify({ employer: a.code, person: a.number, month, reason: 'x' });
        const plain = { body, headers: { 'Content-Type': 'text/plain;application/json' } };
        expect([path, (await town.ask(actor, path, plain)).status]).toEqual([path, 415]);
        const site = { body, headers: { 'Sec-Fetch-Site': 'cross-site' } };
        expect([path, (await town.ask(actor, path, site)).status]).toEqual([path, 403]);
      }
    }
    expect(asked).toBeGreaterThan(60);
    expect(await acts()).toEqual(before);
  });

  it('leads nobody away after the log-in', async () => {
    const leads = [
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      'https://evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
      '\n//evil.example',
      ' //evil.example',
      '/%2f/evil.example'.replace('%2f', '/'),
      'evil.example',
      '@evil.example',
    ];
    for (const next of leads) {
      const page = await get(`/sign-in?next=${encodeURIComponent(next)}`);
      const guest = page.headers.getSetCookie().map((c) => c.split(';')[0]!);
      const token = tokenIn(await page.text());
      const fields = { token, next, login: a.code, password };
      const signed = await form('/sign-in', fields, { Cookie: guest.join('; ') });
      expect([next, signed.status, signed.headers.get('Location')]).toEqual([
        next,
        303,
        '/employer',
      ]);
      const again = await get(`/sign-in?next=${encodeURIComponent(next)}`, {
        Cookie: town.cookies.employer,
      });
      expect([next, again.headers.get('Location')]).toEqual([next, '/employer']);
    }
    const own = await get('/sign-in?next=%2Femployer%2Froster', { Cookie: town.cookies.employer });
    expect(own.headers.get('Location')).toBe('/employer/roster');
  });

  it('does not choose the visitor’s session: a token from before the log-in is never kept', async () => {
    const planted = 'A'.repeat(43);
    const answer = await signInAs('employer', { Cookie: `mindun=${planted}` });
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^mindun=[\w-]{43};/);
    expect(cookie).not.toContain(planted);
    expect((await get('/api/v1/access/me', { Cookie: `mindun=${planted}` })).status).toBe(401);
    // Nor does the cookie that a sign-in form was bound to open a form of the session.
    const page = await get('/sign-in');
    const [guest] = page.headers.getSetCookie();
    const token = tokenIn(await page.text());
    const session = cookie!.split(';')[0]!;
    const out = await form(
      '/sign-out',
      { token },
      { Cookie: `${session}; ${guest!.split(';')[0]}` },
    );
    expect(out.status).toBe(403);
    expect((await get('/api/v1/access/me', { Cookie: session })).status).toBe(200);
  });
});

describe('where a fault of security is told', () => {
  it('stands in security.txt, with a day of expiry that always lies ahead', async () => {
    const answer = await get('/.well-known/security.txt');
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; ?charset=utf-8/i);
    const text = await answer.text();
    const field = (name: string): string => new RegExp(`^${name}: (.+)$`, 'm').exec(text)![1]!;
    expect(field('Contact')).toBe('mailto:security@localhost');
    const ahead = Date.parse(field('Expires')) - wallNow();
    expect(ahead).toBeGreaterThan(170 * 86_400_000);
    expect(ahead).toBeLessThan(365 * 86_400_000);
    expect(field('Canonical')).toBe(
      `http://localhost:${town.site.served.port}/.well-known/security.txt`,
    );
    expect(['mailto:a@b.cn', 'https://b.cn/x', 'tel:+86-734-1'].map(isContact)).not.toContain(
      false,
    );
    for (const wrong of ['a@b.cn', 'http://b.cn', 'mailto:a@b.cn\nX: y', 'javascript:x'])
      expect([wrong, isContact(wrong)]).toEqual([wrong, false]);
  });
});

/** How much was done so far, and by whom; signing in is no act. */
async function acts(): Promise<unknown> {
  return town.rows('select count(*)::int as acts, max(id)::int as last from act');
}
