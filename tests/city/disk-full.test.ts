import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { singleClient } from '../../src/kernel/database/index.ts';
import {
  openServer,
  postmasterPid,
  type Server,
  stopServer,
} from '../../src/kernel/database/server/index.ts';
import { type Caller, type House, openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import { leftOut } from '../left-out.ts';
import { type EndState, endState } from './end-state.ts';
import { refusal } from './harness.ts';
import { play, prepare, type Step } from './january.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const base = mkdtempSync(path.join(tmpdir(), 'mindun-full-'));
spawnSync('chmod', ['755', base]);
const small = path.join(base, 'small');
const ballast = path.join(small, 'ballast');

/** A small disk of its own; not to be had in every container. */
function mounted(): boolean {
  mkdirSync(small);
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=320m,mode=755', 'tmpfs', small]);
  return done.status === 0;
}
const disk = process.platform === 'linux' && process.getuid?.() === 0 && mounted();

/** Takes what room there is, but for some kilobytes. */
function fill(leaveKilobytes: number): void {
  const file = openSync(ballast, 'w');
  try {
    for (let block = 1024 * 1024; block >= 4096; block /= 4) {
      const bytes = Buffer.alloc(block, 1);
      try {
        for (;;) writeSync(file, bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (leaveKilobytes > 0) spawnSync('truncate', ['-s', `-${leaveKilobytes}K`, ballast]);
}

async function callerOf(house: House): Promise<Caller> {
  return { actor: await localActor(house), purpose: 'operation', language: 'zh' };
}

async function opened<T>(
  folder: string,
  work: (house: House, caller: Caller, server: Server) => Promise<T>,
): Promise<T> {
  const server = await openServer(folder);
  const house = await openCity(server.connection, '430400', openLog());
  try {
    return await work(house, await callerOf(house), server);
  } finally {
    await house.store.end();
    await server.close();
  }
}

/** Plays January to its end and tells the end state. */
const finish = (folder: string): Promise<EndState> =>
  opened(folder, async (house, caller, server) => {
    await play(house, caller, base);
    return endState(server, '430400');
  });

/** The log begins a segment that has room, so that it is the tables that find the disk full, not the log. */
async function freshSegment(server: Server): Promise<void> {
  const client = await singleClient(server.connection);
  await client.query('checkpoint');
  await client.query('select pg_switch_wal()');
  await client.query("select pg_logical_emit_message(false, 'test', 'room')");
  await client.end();
}

function copyOf(name: string): string {
  const folder = path.join(small, name);
  expect(spawnSync('cp', ['-a', path.join(base, 'prepared'), folder]).status).toBe(0);
  return folder;
}

async function gone(folder: string): Promise<void> {
  rmSync(ballast, { force: true });
  await stopServer(folder);
  rmSync(folder, { recursive: true, force: true });
}

let expected: EndState | undefined;

const noDisk = disk ? null : 'mounting a small disk needs Linux and root';
describe.skipIf(leftOut('a full disk', noDisk))('a full disk', () => {
  beforeAll(async () => {
    const prepared = path.join(base, 'prepared');
    mkdirSync(prepared, { mode: 0o755 });
    const server = await openServer(prepared);
    await prepare(server, base);
    await server.close();
    await stopServer(prepared);
    const whole = copyOf('whole');
    expected = await finish(whole);
    await gone(whole);
  });

  const steps: readonly Step[] = ['upload', 'assess', 'collect', 'close'];
  it.each(steps)(
    'at %s: disk-full, nothing half done; with room again it ends the same',
    async (step) => {
      const folder = copyOf(step);
      await opened(folder, async (house, caller, server) => {
        const stopped = play(house, caller, base, async (next) => {
          if (next !== step) return;
          await freshSegment(server);
          fill(0);
        });
        expect(await refusal(stopped)).toBe('disk-full');
        // It is still there, and what was done can be read.
        const { checks } = (await house.call('insurance.verify', {}, caller)) as {
          checks: { name: string; wrong: number }[];
        };
        expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
      });
      rmSync(ballast);
      expect(await finish(folder)).toEqual(expected);
      await gone(folder);
    },
  );

  it('without room for the log itself: the server falls, says why, and comes back', async () => {
    const folder = copyOf('log');
    const server = await openServer(folder);
    const house = await openCity(server.connection, '430400', openLog());
    const caller = await callerOf(house);
    const client = await singleClient(server.connection);
    await client.query('checkpoint');
    fill(0);
    // More than the log has segments for.
    const flood = client.query(
      "select pg_logical_emit_message(true, 'test', repeat('x', 1000000)) from generate_series(1, 200)",
    );
    await expect(flood).rejects.toThrow();
    expect(server.full()).toBe(true);
    const code = await refusal(play(house, caller, base));
    expect(['disk-full', 'database-gone']).toContain(code);
    await client.end().catch(() => undefined);
    await house.store.end();
    rmSync(ballast);
    await server.ensure();
    await server.close();
    expect(await finish(folder)).toEqual(expected);
    await gone(folder);
  });

  it('while a city is built by the command line: exit 1, and the same document after', async () => {
    const simulate = (name: string) => {
      const args = ['simulate', '--scale', '0.0005', '--months', '1', '--seed', '5', '--json'];
      return spawnSync(process.execPath, [path.join(root, 'bin/mindun.mjs'), ...args], {
        encoding: 'utf8',
        env: {
          ...process.env,
          MINDUN_DATA: path.join(small, name),
          DATABASE_URL: '',
          MINDUN_LAW: '',
          LANG: 'C',
        },
      });
    };
    const whole = simulate('built');
    expect(whole.status, whole.stderr).toBe(0);
    const { stdout } = spawnSync('du', ['-sk', path.join(small, 'built')], { encoding: 'utf8' });
    await gone(path.join(small, 'built'));
    fill(Math.floor(Number.parseInt(stdout, 10) * 0.8));
    const cut = simulate('cut');
    expect(cut.status, cut.stderr).toBe(1);
    expect(JSON.parse(cut.stdout)).toMatchObject({ errors: [{ code: 'disk-full' }] });
    expect(cut.stderr).toContain('Make room');
    rmSync(ballast);
    const again = simulate('cut');
    expect(again.status, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(JSON.parse(whole.stdout));
    await gone(path.join(small, 'cut'));
  });
});

const noLimit = process.platform === 'linux' ? null : 'a limit on files needs prlimit of Linux';
describe.skipIf(leftOut('files that may not grow', noLimit))('files that may not grow', () => {
  it('are a full disk to the server, too: it says so, and a server without the limit goes on', async () => {
    const folder = path.join(base, 'limited');
    mkdirSync(folder, { mode: 0o755 });
    const server = await openServer(folder);
    await prepare(server, base);
    const house = await openCity(server.connection, '430400', openLog());
    const caller = await callerOf(house);
    const pid = String(postmasterPid(folder));
    // Connections that begin from now on may not write a file beyond a few kilobytes.
    // Asked as the server's own user: root may lack the right over another's limits.
    const { uid, gid } = statSync(`/proc/${pid}`);
    const limited = spawnSync('prlimit', ['--pid', pid, '--fsize=8192:'], { uid, gid });
    expect(limited.status, String(limited.stderr)).toBe(0);
    await house.store.end();
    const anew = await openCity(server.connection, '430400', openLog()).catch((e: unknown) => e);
    const code =
      anew instanceof Error
        ? (anew as { code?: string }).code
        : await refusal(play(anew as House, caller, base));
    expect(['disk-full', 'database-gone']).toContain(code);
    if (!(anew instanceof Error)) await (anew as House).store.end();
    await stopServer(folder);
    await server.ensure();
    await server.close();
    const state = await finish(folder);
    expect(state['bill']).toHaveLength(2);
    // Where the small disk was to be had, its uninterrupted run is the measure.
    if (expected !== undefined) expect(state).toEqual(expected);
    await stopServer(folder);
  });
});

afterAll(() => {
  if (disk) spawnSync('umount', ['-l', small]);
  rmSync(base, { recursive: true, force: true });
});
