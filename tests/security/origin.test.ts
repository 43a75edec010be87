import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, knowOrigin, Proxies } from '../../src/doors/http/address.ts';
import { behindTls } from '../../src/doors/http/headers.ts';
import { type Served, serve } from '../../src/doors/http/server.ts';
import { readTlsPair } from '../../src/doors/http/tls.ts';
import { openLog } from '../../src/kernel/index.ts';
import { handlerAccount, openSite, type Site } from '../browser/site.ts';
import { organisation } from '../city/harness.ts';
import { makePair } from './certificate.ts';
import { raw, request } from './raw.ts';

const code = organisation(1);
const password = 'a long password';
const pair = makePair();
let folder: string;
let site: Site;
let secure: Served;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mindun-tls-'));
  writeFileSync(path.join(folder, 'cert.pem'), pair.cert);
  writeFileSync(path.join(folder, 'key.pem'), pair.key);
  writeFileSync(path.join(folder, 'other.pem'), makePair().key);
  site = await openSite('2008-01-05T09:00');
  const { city } = site;
  const works = { code, name: '湘江铸造厂', area: '430407', injuryClass: 1 };
  await city.run('registry.employer.register', works);
  await handlerAccount(city, code, { login: code, name: '湘江铸造厂', password });
  const tls = readTlsPair(path.join(folder, 'cert.pem'), path.join(folder, 'key.pem'));
  secure = await serve({ house: city.house, port: 0, log: openLog(), tls });
});
afterAll(async () => {
  await secure?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a request from this peer with these headers is taken for. */
async function taken(
  proxies: Proxies,
  remoteAddress: string,
  headers: Record<string, string>,
): Promise<{ address: string; tls: boolean }> {
  const app = new Hono();
  app.use(knowOrigin(proxies));
  app.get('/', (c) => c.json({ address: addressOf(c), tls: behindTls(c) }));
  const answer = await app.request('/', { headers }, { incoming: { socket: { remoteAddress } } });
  return (await answer.json()) as { address: string; tls: boolean };
}

const forged = { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' };

describe('what a request says of where it comes from', () => {
  it('changes nothing from any peer, this machine too, while no proxy is named', async () => {
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.5', '198.51.100.7']) {
      const plain = peer.replace('::ffff:', '');
      const told = plain === '::1' ? '0:0:0:0' : plain;
      expect(await taken(Proxies.none, peer, forged)).toEqual({ address: told, tls: false });
    }
  });

  it('counts from a named proxy alone, by the right-most address that is none', async () => {
    const proxies = Proxies.parse('10.0.0.5, 10.1.0.0/16,fd00::/8')!;
    const by = async (peer: string, list: string): Promise<string> =>
      (await taken(proxies, peer, { 'X-Forwarded-For': list })).address;
    expect(await by('10.0.0.5', '203.0.113.9')).toBe('203.0.113.9');
    expect(await by('::ffff:10.0.0.5', '203.0.113.9')).toBe('203.0.113.9');
    expect(await by('10.0.0.6', '203.0.113.9')).toBe('10.0.0.6');
    expect(await by('127.0.0.1', '203.0.113.9')).toBe('127.0.0.1');
    // What the visitor wrote stands on the left.
    expect(await by('10.0.0.5', '1.2.3.4, 203.0.113.9')).toBe('203.0.113.9');
    expect(await by('10.0.0.5', '1.2.3.4, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(await by('10.0.0.5', '10.1.0.1, 10.1.2.3')).toBe('10.1.0.1');
    expect(await by('10.0.0.5', 'unknown')).toBe('10.0.0.5');
    expect(await by('10.0.0.5', '203.0.113.9, nonsense, 10.1.2.3')).toBe('10.1.2.3');
    expect(await by('10.0.0.5', '')).toBe('10.0.0.5');
    expect(await by('fd00::1', '2001:db8:0:1:2::5')).toBe('2001:db8:0:1');
  });

  it('says TLS only by the last word of a named proxy, or by the socket itself', async () => {
    const proxies = Proxies.parse('10.0.0.5')!;
    const tls = async (peer: string, proto: string): Promise<boolean> =>
      (await taken(proxies, peer, { 'X-Forwarded-Proto': proto })).tls;
    expect(await tls('10.0.0.5', 'https')).toBe(true);
    expect(await tls('10.0.0.5', 'https, http')).toBe(false);
    expect(await tls('10.0.0.6', 'https')).toBe(false);
    const { port } = site.served;
    const line = 'GET https://rs.example/ HTTP/1.1';
    const { text } = await raw(port, [request(line, ['X-Forwarded-Proto: https'])]);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toMatch(/Strict-Transport-Security|; Secure/i);
  });

  it('names no proxy that is nobody, or everybody', () => {
    for (const wrong of ['', 'proxy', '10.0.0.0/0', '0.0.0.0/0', '::/0', '10.0.0.5/33', '1.2.3.4/'])
      expect([wrong, Proxies.parse(wrong)]).toEqual([wrong, null]);
    expect(Proxies.parse('10.0.0.5,x')).toBeNull();
  });

  it('does not spread guesses over invented addresses: all of them count as the one peer', async () => {
    const guess = (i: number) =>
      fetch(`${site.base}/api/v1/access/sign-in`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': `198.51.100.${i}` },
        body: JSON.stringify({ login: `nobody-${i}`, password: 'guess' }),
      }).then((answer) => answer.status);
    const answers = await Promise.all(Array.from({ length: 33 }, (_, i) => guess(i)));
    expect(answers.filter((s) => s === 401)).toHaveLength(30);
    expect(answers.filter((s) => s === 429)).toHaveLength(3);
    await site.city.house.store.transaction({ role: 'system' }, (tx) =>
      tx.execute('delete from sign_in_address'),
    );
  });
});

interface TlsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function overTls(where: string, method = 'GET', body = '', cookie = ''): Promise<TlsAnswer> {
  return new Promise((done, failed) => {
    const asking = https.request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port: secure.port,
        path: where,
        method,
        ca: pair.cert,
        headers: {
          ...(body === '' ? {} : { 'Content-Type': 'application/json' }),
          ...(cookie === '' ? {} : { Cookie: cookie }),
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode!, headers: answer.headers, text }));
      },
    );
    asking.on('error', failed);
    asking.end(body);
  });
}

describe('TLS by the server itself', () => {
  it('serves pages, tells browsers to stay, and gives a cookie that no other host can set', async () => {
    const page = await overTls('/');
    expect(page.status).toBe(200);
    expect(page.headers['strict-transport-security']).toContain('max-age=');
    const signIn = JSON.stringify({ login: code, password });
    const answer = await overTls('/api/v1/access/sign-in', 'POST', signIn);
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^__Host-mindun=[^;]+;/);
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      expect(cookie).toContain(part);
    expect(cookie).not.toMatch(/Domain/i);
    const [kept] = cookie!.split(';');
    expect((await overTls('/api/v1/access/me', 'GET', '', kept)).status).toBe(200);
    // The same token under the name that a neighbouring site could plant is none.
    const planted = kept!.replace('__Host-', '');
    expect((await overTls('/api/v1/access/me', 'GET', '', planted)).status).toBe(401);
  });

  it('gives nothing to who speaks without it', async () => {
    const { text, ended } = await raw(secure.port, [request('GET / HTTP/1.1')]);
    expect([text, ended]).toEqual(['', true]);
  });

  it('is not begun with files that are missing, are something else or belong to others', () => {
    const at = (name: string): string => path.join(folder, name);
    const refused = (cert: string, key: string): string => {
      try {
        readTlsPair(at(cert), at(key));
        return 'none';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(refused('cert.pem', 'key.pem')).toBe('none');
    expect(refused('nowhere.pem', 'key.pem')).toBe('tls-file-unreadable');
    expect(refused('cert.pem', 'nowhere.pem')).toBe('tls-file-unreadable');
    expect(refused('key.pem', 'key.pem')).toBe('tls-file-wrong');
    expect(refused('cert.pem', 'cert.pem')).toBe('tls-file-wrong');
    expect(refused('cert.pem', 'other.pem')).toBe('tls-pair-mismatched');
  });
});
