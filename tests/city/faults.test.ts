import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, postmasterPid, stopServer } from '../../src/kernel/database/server/index.ts';
import { type Caller, type House, openLog } from '../../src/kernel/index.ts';
import { citiesOf, localActor, openCity } from '../../src/services/city/index.ts';
import { Draw } from '../../src/services/simulation/index.ts';
import { type EndState, endState } from './end-state.ts';
import { refusal } from './harness.ts';
import { prepareSimulated } from './january-by-command.ts';
import type { Job, Told } from './kill-child.ts';

// Other points at each run; MINDUN_KILL_SEED plays one run's points again, MINDUN_KILLS draws more.
const seed = Number(process.env['MINDUN_KILL_SEED'] ?? Date.now() % 100_000_000);
const kills = Number(process.env['MINDUN_KILLS'] ?? 20);
const base = mkdtempSync(path.join(tmpdir(), 'mindun-kill-'));
// The server's own user has to enter the folders below.
spawnSync('chmod', ['755', base]);
const prepared = path.join(base, 'prepared');
const child = fileURLToPath(new URL('kill-child.ts', import.meta.url));

/** A program that types January when it is told to, until it is killed. */
function program(): ChildProcess {
  return fork(child, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, DATABASE_URL: '', MINDUN_LAW: '' },
  });
}

interface Ended {
  readonly signal: string | null;
  readonly told: Told | undefined;
  readonly err: string;
}

/** What became of a job: told when it came to an end, a signal when the program was killed over it. */
function ended(running: ChildProcess, job: Omit<Job, 'files'>): Promise<Ended> {
  let err = '';
  const listen = (text: Buffer): void => {
    err = (err + text.toString()).slice(-900);
  };
  running.stderr!.on('data', listen);
  running.send({ ...job, files: base });
  return new Promise<Ended>((resolve) => {
    running.once('message', (told: Told) => resolve({ signal: null, told, err }));
    running.once('exit', (_, signal) => resolve({ signal, told: undefined, err }));
  }).finally(() => {
    running.stderr!.off('data', listen);
    running.removeAllListeners('message').removeAllListeners('exit');
  });
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

/** Types January anew, wherever it stands, and tells what is there by business keys. */
async function finish(folder: string): Promise<{ told: Told; state: EndState }> {
  const { told, err } = await ended(finisher, { folder, who: 'nobody', when: 'before', at: 0 });
  expect(told, err).toBeDefined();
  expect(told!.refused, err).toBeUndefined();
  const server = await openServer(folder);
  const house = await openCity(server.connection, '430400', openLog());
  try {
    const verified = (await house.call('insurance.verify', {}, await callerOf(house))) as {
      checks: { wrong: number }[];
    };
    expect(verified.checks.filter((c) => c.wrong !== 0)).toEqual([]);
    return { told: told!, state: await endState(server, '430400') };
  } finally {
    await house.store.end();
    await server.close();
  }
}

let expected: EndState;
const finisher = program();
let whole: Told;

// A fifth of the points lies anywhere, the others each in a step, so that the many statements of the rosters do not draw all of them.
const steps = ['insurance.assess', 'insurance.collect', 'insurance.credit', 'insurance.close'];
const places = ['anywhere', ...steps];

/** Numbers of the statements that the uninterrupted run sent at a place. */
function statementsAt(place: string): number[] {
  const all = Array.from({ length: whole.count }, (_, i) => i + 1);
  if (place === 'anywhere') return all;
  const ranges = whole.calls
    .map(([name, before], i) => ({ name, before, to: whole.calls[i + 1]?.[1] ?? whole.count }))
    .filter((c) => c.name === place);
  return all.filter((n) => ranges.some((c) => n > c.before && n <= c.to));
}

beforeAll(async () => {
  mkdirSync(prepared, { mode: 0o755 });
  const server = await openServer(prepared);
  await prepareSimulated(server, base);
  await server.close();
  await stopServer(prepared);
  const uninterrupted = await finish(copyOf('whole'));
  whole = uninterrupted.told;
  expected = uninterrupted.state;
});
afterAll(async () => {
  finisher.kill('SIGKILL');
  for (const name of ['whole', 'gone'])
    await stopServer(path.join(base, name)).catch(() => undefined);
  rmSync(base, { recursive: true, force: true });
});

const draw = new Draw(seed, 'kills');
const points = Array.from({ length: kills }, (_, i) => ({
  i,
  who: draw.int(0, 9) < 7 ? ('program' as const) : ('database' as const),
  when: draw.int(0, 1) === 0 ? ('before' as const) : ('during' as const),
  place: places[i % places.length]!,
  share: draw.int(0, 999_999) / 1_000_000,
}));

describe(`kill -9 anywhere in the month as it is typed (MINDUN_KILL_SEED=${seed})`, () => {
  it('has statements to be killed at in each step, and every table to be compared', () => {
    expect(whole.count).toBeGreaterThan(500);
    for (const step of steps) expect(statementsAt(step).length, step).toBeGreaterThan(20);
    for (const table of ['upload', 'file_chunk', 'declaration', 'roster_line', 'person_month'])
      expect(expected[table]!.length, table).toBeGreaterThan(0);
    for (const table of ['journal', 'posting', 'account_credit_share', 'paid_change', 'late_fee'])
      expect(Object.keys(expected), table).toContain(table);
    expect(expected['simulated_month']).toHaveLength(1);
  });

  it.each(points)(
    'of the $who, $when the statement at $share of $place: the run after it ends as if nothing had been',
    async ({ who, when, place, share, i }) => {
      const among = statementsAt(place);
      const at = among[Math.floor(share * among.length)]!;
      const folder = copyOf(`kill-${i}`);
      const killed = program();
      const { signal, told, err } = await ended(killed, { folder, who, when, at });
      killed.kill('SIGKILL');
      if (who === 'program') expect(signal, err).toBe('SIGKILL');
      else {
        expect(told, err).toBeDefined();
        // The last statements may have been answered before the database fell.
        expect([undefined, 'database-gone'], `statement ${at} ${err}`).toContain(told!.refused);
      }
      expect((await finish(folder)).state, `statement ${at} of ${whole.count}`).toEqual(expected);
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
    // A connection that stands may answer once more before it notices that its server was killed.
    let told = await refusal(callerOf(house));
    for (let tries = 0; told === 'none' && tries < 100; tries += 1) {
      await delay(50);
      told = await refusal(callerOf(house));
    }
    expect(told).toBe('database-gone');
    // What is asked before a city is open says the same.
    expect(await refusal(citiesOf(server.connection))).toBe('database-gone');
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
