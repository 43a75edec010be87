import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, postmasterPid, stopServer } from '../../src/kernel/database/server/index.ts';
import { type Caller, type House, openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import { Draw } from '../../src/services/simulation/index.ts';
import { type EndState, endState } from './end-state.ts';
import { refusal } from './harness.ts';
import { play, prepare } from './january.ts';

// Other points at each run; MINDUN_KILL_SEED plays one run's points again, MINDUN_KILLS draws more.
const seed = Number(process.env['MINDUN_KILL_SEED'] ?? Date.now() % 100_000_000);
const kills = Number(process.env['MINDUN_KILLS'] ?? 20);
const base = mkdtempSync(path.join(tmpdir(), 'mindun-kill-'));
// The server's own user has to enter the folders below.
spawnSync('chmod', ['755', base]);
const prepared = path.join(base, 'prepared');
const child = fileURLToPath(new URL('kill-child.ts', import.meta.url));

interface Told {
  readonly count?: number;
  readonly code?: string;
}

function january(
  folder: string,
  who: string,
  when: string,
  at: number,
): { signal: string | null; err: string; told: Told } {
  const done = spawnSync(
    process.execPath,
    ['--import', 'tsx', child, folder, base, who, when, String(at)],
    {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: '', MINDUN_LAW: '' },
      timeout: 120_000,
    },
  );
  const line = done.stdout.trim().split('\n').at(-1) ?? '';
  return {
    signal: done.signal,
    err: done.stderr.slice(-900),
    told: line === '' ? {} : (JSON.parse(line) as Told),
  };
}

function copyOf(name: string): string {
  const folder = path.join(base, name);
  const done = spawnSync('cp', ['-a', prepared, folder], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
  return folder;
}

async function callerOf(house: House): Promise<Caller> {
  return { actor: await localActor(house), purpose: 'operation', language: 'zh' };
}

/** Plays January to its end, wherever it stands, and tells what is there by business keys. */
async function finish(folder: string): Promise<EndState> {
  const server = await openServer(folder);
  const house = await openCity(server.connection, '430400', openLog());
  try {
    const caller = await callerOf(house);
    await play(house, caller, base);
    const verified = (await house.call('insurance.verify', {}, caller)) as {
      checks: { wrong: number }[];
    };
    expect(verified.checks.filter((c) => c.wrong !== 0)).toEqual([]);
    return await endState(server, '430400');
  } finally {
    await house.store.end();
    await server.close();
  }
}

let expected: EndState;
let statements = 0;

beforeAll(async () => {
  mkdirSync(prepared, { mode: 0o755 });
  const server = await openServer(prepared);
  await prepare(server, base);
  await server.close();
  await stopServer(prepared);
  const whole = copyOf('whole');
  statements = january(whole, 'nobody', 'before', 0).told.count!;
  expected = await finish(whole);
});
afterAll(async () => {
  for (const name of ['whole', 'gone'])
    await stopServer(path.join(base, name)).catch(() => undefined);
  rmSync(base, { recursive: true, force: true });
});

const draw = new Draw(seed, 'kills');
const points = Array.from({ length: kills }, (_, i) => ({
  i,
  who: draw.int(0, 9) < 7 ? 'program' : 'database',
  when: draw.int(0, 1) === 0 ? 'before' : 'during',
  share: draw.int(0, 999_999) / 1_000_000,
}));

describe(`kill -9 anywhere in the month (MINDUN_KILL_SEED=${seed})`, () => {
  it('has statements to be killed at, and every table to be compared', () => {
    expect(statements).toBeGreaterThan(100);
    for (const table of ['upload', 'file_chunk', 'declaration', 'roster_line', 'person_month'])
      expect(expected[table]!.length, table).toBeGreaterThan(0);
    for (const table of ['journal', 'posting', 'account_credit_share', 'paid_change', 'late_fee'])
      expect(Object.keys(expected), table).toContain(table);
    expect(expected['bill']).toHaveLength(2);
    expect(expected['receipt']).toHaveLength(4);
  });

  it.each(points)(
    'of the $who, $when the statement at $share: the run after it ends as if nothing had been',
    async ({ who, when, share, i }) => {
      const at = 1 + Math.floor(share * statements);
      const folder = copyOf(`kill-${i}`);
      const ran = january(folder, who, when, at);
      if (who === 'program') expect(ran.signal, ran.err).toBe('SIGKILL');
      // The last statements may have been answered before the database fell.
      else if (ran.told.code !== undefined)
        expect(ran.told, `statement ${at} ${ran.err}`).toMatchObject({ code: 'database-gone' });
      expect(await finish(folder), `statement ${at} of ${statements}`).toEqual(expected);
      await stopServer(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe('the database goes away', () => {
  it('says so, and goes on when it is there again', async () => {
    const folder = copyOf('gone');
    const server = await openServer(folder);
    const house = await openCity(server.connection, '430400', openLog());
    process.kill(postmasterPid(folder)!, 'SIGKILL');
    const caller = await callerOf(house).catch((error: unknown) => error);
    expect(caller).toMatchObject({ code: 'database-gone' });
    expect(await server.ensure()).toBe(true);
    expect(await server.ensure()).toBe(false);
    const again = await callerOf(house);
    expect(await refusal(house.call('insurance.credit', { month: '2008-01' }, again))).toBe(
      'not-assessed',
    );
    await house.store.end();
    await server.close();
  });
});
