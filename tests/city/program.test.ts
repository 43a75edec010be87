import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { singleClient } from '../../src/kernel/database/index.ts';
import { openServer, postmasterPid, stopServer } from '../../src/kernel/database/server/index.ts';
import { makePair } from '../security/certificate.ts';
import { badFiles } from './bad-files.ts';
import { organisation, removeData } from './harness.ts';

const bin = fileURLToPath(new URL('../../bin/mindun.mjs', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'mindun-program-'));
const code = organisation(71);

const env = (data: string) => ({
  ...process.env,
  MINDUN_DATA: data,
  DATABASE_URL: '',
  MINDUN_LAW: '',
  LC_ALL: '',
  LANG: 'C',
});

/** One command line, started from a folder that is not the program's. */
function mindun(...args: string[]) {
  const done = spawnSync(process.execPath, [bin, ...args], {
    cwd: tmpdir(),
    env: env(folder),
    encoding: 'utf8',
  });
  return { status: done.status, out: done.stdout, err: done.stderr };
}

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

function begin(...args: string[]): Running {
  const child = spawn(process.execPath, [bin, ...args], { cwd: tmpdir(), env: env(folder) });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  const ended = new Promise<number | null>((done) => child.once('close', (status) => done(status)));
  return { child, ended, said: () => text };
}

async function until(ok: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    if (await ok()) return;
    await sleep(100);
  }
  throw new Error('it did not come about in a minute');
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => done(port));
    });
  });
}

const asked = async (port: number, where: string): Promise<{ status: number; text: string }> => {
  try {
    // A connection that was kept may have been closed while a command line ran.
    const answer = await fetch(`http://127.0.0.1:${port}${where}`, {
      headers: { Connection: 'close' },
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return { status: 0, text: '' };
  }
};

beforeAll(() => {
  const made = mindun('city', 'create', '430400', '--simulated', '--at', '2008-01-05', '--json');
  expect(made.status, made.err).toBe(0);
});
afterAll(async () => {
  await stopServer(folder);
  removeData(folder);
});

describe('the program', () => {
  it('serves, is watched over, shares its data folder, and ends when it is told', async () => {
    const port = await freePort();
    const pages = begin('start', '--port', String(port));
    await until(async () => (await asked(port, '/health')).status === 200);
    const page = await asked(port, '/sign-in');
    expect(page.status, page.text).toBe(200);

    const taken = mindun('start', '--port', String(port), '--json');
    expect(taken.status).toBe(1);
    expect(json(taken.out)).toMatchObject({ errors: [{ code: 'port-taken' }] });
    expect(json(mindun('status', '--json').out)).toMatchObject({ running: true, programs: 1 });

    process.kill(postmasterPid(folder)!, 'SIGKILL');
    const gone = await asked(port, '/sign-in');
    expect([200, 503]).toContain(gone.status);
    if (gone.status === 503) {
      expect(gone.text).toContain('数据库连不上了');
      expect(gone.text).toContain('Try again shortly');
    }
    const api = await asked(port, '/api/v1/access/me');
    if (api.status === 503)
      expect(json(api.text)).toMatchObject({ errors: [{ code: 'database-gone' }] });
    await until(() => pages.said().includes('The database was started again.'));
    await until(async () => (await asked(port, '/sign-in')).status === 200);

    const stopped = mindun('stop', '--json');
    expect(stopped.status, stopped.err).toBe(0);
    expect(await pages.ended).toBe(0);
    expect(postmasterPid(folder)).toBeNull();
    expect(json(mindun('status', '--json').out)).toMatchObject({
      running: false,
      cities: [{ city: '430400', kind: 'simulated', at: '2008-01-05T00:00:00', jobs: [] }],
    });
  });

  it('serves over TLS at the address it is given, or says what is wrong with these options', async () => {
    const pair = makePair();
    const at = (name: string): string => path.join(folder, name);
    writeFileSync(at('cert.pem'), pair.cert);
    writeFileSync(at('key.pem'), pair.key);
    const tls = ['--tls-cert', at('cert.pem'), '--tls-key', at('key.pem')];
    for (const [args, status, words] of [
      [['--tls-cert', at('cert.pem')], 2, '--tls-cert and --tls-key go together'],
      [['--trusted-proxy', '0.0.0.0/0'], 2, '--trusted-proxy 0.0.0.0/0'],
      [['--security-contact', 'somebody'], 2, '--security-contact somebody'],
      [['--tls-cert', at('none.pem'), '--tls-key', at('key.pem')], 1, 'tls-file-unreadable'],
      [['--tls-cert', at('key.pem'), '--tls-key', at('key.pem')], 1, 'tls-file-wrong'],
      [['--port', '0', '--host', '192.0.2.1'], 1, 'host-not-here'],
    ] as const) {
      const done = mindun('start', ...args, '--json');
      expect([args, done.status, done.out + done.err]).toEqual([
        args,
        status,
        expect.stringContaining(words),
      ]);
    }
    const port = await freePort();
    const pages = begin('start', '--port', String(port), '--host', '0.0.0.0', ...tls);
    const health = (): Promise<number> =>
      new Promise((done) => {
        const target = { host: '127.0.0.1', servername: 'localhost', port, path: '/health' };
        https
          .get({ ...target, ca: pair.cert }, (answer) => done(answer.resume().statusCode ?? 0))
          .on('error', () => done(0));
      });
    await until(async () => (await health()) === 200);
    expect((await asked(port, '/health')).status).toBe(0);
    await until(() => pages.said().includes(`https://localhost:${port}/`));
    pages.child.kill('SIGTERM');
    expect([0, 143]).toContain(await pages.ended);
  });

  it('adopts the server of a program that was killed', async () => {
    const port = await freePort();
    const pages = begin('start', '--port', String(port));
    await until(async () => (await asked(port, '/health')).status === 200);
    pages.child.kill('SIGKILL');
    await pages.ended;
    const orphan = postmasterPid(folder);
    expect(orphan).not.toBeNull();
    expect(mindun('verify').status).toBe(0);
    // The command was the last one out.
    expect(postmasterPid(folder)).toBeNull();
  });

  it('ends a command in order at SIGTERM; what was cut off goes on', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'mindun-cut-'));
    const args = [bin, 'simulate', '--scale', '0.0005', '--months', '1', '--seed', '3', '--json'];
    const run = () =>
      spawnSync(process.execPath, args, { env: env(other), cwd: tmpdir(), encoding: 'utf8' });
    const child = spawn(process.execPath, args, { env: env(other), cwd: tmpdir() });
    const ended = new Promise<number | null>((done) => child.once('close', done));
    await until(() => postmasterPid(other) !== null);
    await sleep(1500);
    child.kill('SIGTERM');
    expect([0, 143]).toContain(await ended);
    expect(postmasterPid(other)).toBeNull();
    const whole = run();
    expect(whole.status, whole.stderr).toBe(0);
    expect(json(whole.stdout)).toMatchObject({ months: [{ month: '2008-01' }] });
    await stopServer(other);
    removeData(other);
  });

  it('does what was asked though nobody reads the answer', () => {
    const line = `"${process.execPath}" "${bin}" employer register --code ${code} --name 甲厂 --area 430407 --injury-class 2 | true; echo \${PIPESTATUS[0]}`;
    const done = spawnSync('bash', ['-c', line], { env: env(folder), encoding: 'utf8' });
    expect(done.stdout.trim(), done.stderr).toBe('0');
    const again = mindun(
      'employer',
      'register',
      '--code',
      code,
      '--name',
      '甲厂',
      '--area',
      '430407',
      '--injury-class',
      '2',
      '--json',
    );
    expect(json(again.out)).toMatchObject({ errors: [{ code: 'employer-exists' }] });
  });

  it('refuses a store that a newer program made', async () => {
    const server = await openServer(folder);
    const client = await singleClient(server.connection, '430400');
    await client.query('insert into schema_version (version) values (999)');
    for (const args of [['verify'], ['migrate'], ['start', '--port', '0']]) {
      const done = mindun(...args, '--json');
      expect(done.status, done.err).toBe(1);
      expect(json(done.out)).toMatchObject({ errors: [{ code: 'store-newer' }] });
    }
    expect(json(mindun('status', '--json').out)).toMatchObject({ cities: [{ version: 999 }] });
    await client.query('delete from schema_version where version = 999');
    await client.end();
    await server.close();
  });

  it('refuses files that cannot be a roster, each by its code', () => {
    for (const file of badFiles().filter((f) => /bomb|header|encoding|formula/.test(f.name))) {
      const at = path.join(folder, file.name);
      writeFileSync(at, file.bytes);
      const month = ['--employer', code, '--month', '2008-01', '--full', '--json'];
      const done = mindun('declare', at, ...month);
      expect(done.status, file.name).toBe(1);
      expect(json(done.out), file.name).toMatchObject({ errors: [{ code: file.code }] });
    }
  });

  it('tells its version and its language', () => {
    expect(mindun('--version').out.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(mindun('nonsense').err).toContain('no such command: nonsense');
    expect(mindun('nonsense', '--lang', 'zh').err).toContain('没有这个命令：nonsense');
    expect(mindun('assess', '--help', '--lang', 'zh').out).toContain('npx mindun assess 2008-03');
  });
});
