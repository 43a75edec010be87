import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/doors/http/limits.ts';
import { openSite, type Site } from '../browser/site.ts';
import { raw, request } from './raw.ts';
import { openApp, postRoutes } from './town.ts';

// As the server has them, with a clock that runs faster.
const limits = {
  headersMs: 800,
  requestMs: 20_000,
  bodyMs: 800,
  bytesPerSecond: 1_000_000,
  keepAliveMs: 500,
  connectionsOfOne: 40,
};
let site: Site;
let port: number;
beforeAll(async () => {
  site = await openSite('2008-01-05T09:00', { limits });
  port = site.served.port;
});
afterAll(async () => site?.close());

const healthy = async (): Promise<void> => {
  expect((await fetch(`${site.base}/health`)).status).toBe(200);
};
const head = 'Host: rs.example\r\nContent-Type: application/json\r\n';

describe('who takes more than his share of the server', () => {
  it('is hung up on when the head of his request dribbles in', async () => {
    const dribble = [
      'GET / HTTP/1.1\r\n',
      ...Array.from({ length: 60 }, (_, i) => `X-${i}: a\r\n`),
    ];
    const slow = await raw(port, dribble, { pauseMs: 100, waitMs: 5000 });
    expect(slow.ended).toBe(true);
    expect(slow.text).toMatch(/^(HTTP\/1\.1 408 |$)/);
    expect(slow.ms).toBeLessThan(5000);
    await healthy();
  });

  it('is told so and hung up on when a body dribbles in', async () => {
    for (const length of ['Content-Length: 500', 'Transfer-Encoding: chunked']) {
      const start = `POST /api/v1/access/sign-in HTTP/1.1\r\n${head}${length}\r\n\r\n`;
      const piece = length.startsWith('C') ? '{' : '1\r\n{\r\n';
      const drops = Array.from({ length: 40 }, () => piece);
      const slow = await raw(port, [start, ...drops], { pauseMs: 100, waitMs: 5000 });
      expect([length, slow.ended]).toEqual([length, true]);
      expect(slow.text).toMatch(/^HTTP\/1\.1 408 /);
      expect(slow.text).toContain('body-too-slow');
    }
    await healthy();
  });

  it('is refused a head without measure', async () => {
    const large = await raw(port, [request('GET / HTTP/1.1', [`Cookie: a=${'x'.repeat(20_000)}`])]);
    expect(large.text).toMatch(/^HTTP\/1\.1 431 /);
    const long = await raw(port, [request(`GET /${'x'.repeat(20_000)} HTTP/1.1`)]);
    expect(long.text).toMatch(/^HTTP\/1\.1 431 /);
    await healthy();
  });

  it('keeps no idle connection for long', async () => {
    const idle = await raw(port, ['GET /health HTTP/1.1\r\nHost: rs.example\r\n\r\n'], {
      waitMs: 5000,
    });
    expect(idle.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(idle.ended).toBe(true);
  });

  it('has so many connections of one address and no more, and they are free again afterwards', async () => {
    const sockets = Array.from({ length: 60 }, () => net.connect(port, '127.0.0.1'));
    let over = 0;
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        over += 1;
      });
    }
    await sleep(500);
    expect(over).toBeGreaterThanOrEqual(20);
    expect(over).toBeLessThan(30);
    for (const socket of sockets) socket.destroy();
    await sleep(300);
    await healthy();
  });

  it('cannot end a request that the server takes for two', async () => {
    const both = 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n';
    const twice = await raw(port, [
      `POST /api/v1/access/sign-out HTTP/1.1\r\n${head}${both}\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n`,
    ]);
    expect(twice.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(twice.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    const lengths = 'Content-Length: 4\r\nContent-Length: 5\r\n';
    const unsure = await raw(port, [`POST / HTTP/1.1\r\n${head}${lengths}\r\nabcde`]);
    expect(unsure.text).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('finds these limits at work where nobody sets others', () => {
    expect(defaultLimits).toMatchObject({ headersMs: 10_000, bodyMs: 20_000, headerBytes: 16_384 });
    expect(defaultLimits.requestMs).toBeLessThanOrEqual(330_000);
    expect(defaultLimits.connectionsOfOne).toBeLessThan(defaultLimits.connections);
  });

  it('is refused a large body by every route that takes one, before it is read', async () => {
    const paths = postRoutes(openApp(site.city.house));
    expect(paths.length).toBeGreaterThan(70);
    for (const path of paths) {
      const lines = [`POST ${path} HTTP/1.1`, 'Content-Length: 900000000', 'Connection: close'];
      const { text } = await raw(port, [`${lines.join('\r\n')}\r\n${head}\r\n`], { waitMs: 4000 });
      expect([path, text.slice(0, 12)]).toEqual([path, expect.stringMatching(/ 4(01|03|13)$/)]);
    }
    await healthy();
  });
});
