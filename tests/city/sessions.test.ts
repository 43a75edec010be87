import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  openAccount,
  readSession,
  renewSession,
  type SessionView,
  signIn,
} from '../../src/engines/access/index.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import { type Caller, plainDate } from '../../src/kernel/index.ts';
import { refusal, type TestCity, testCity } from './harness.ts';

const password = 'four unrelated words';
const device = 'Windows · Edge';
const system: Reach = { role: 'system' };
let city: TestCity;
let owner: pg.Client;

beforeAll(async () => {
  city = await testCity();
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400,public' });
  await owner.connect();
  await city.house.store.transaction(system, async (tx) => {
    const place = { areaLo: 430_400_000_000, areaHi: 430_499_999_999, reason: '测试' };
    for (const login of ['li', 'zhou'])
      await openAccount(
        tx,
        { ...place, kind: 'staff', login, name: login, password, role: 'collection-clerk' },
        1,
        plainDate('2008-01-01'),
      );
  });
});
afterAll(async () => {
  await owner?.end();
  await city?.close();
});
beforeEach(() => owner.query('update session set ended = clock_timestamp() where ended is null'));

async function enter(login = 'li'): Promise<string> {
  const answer = await signIn(city.house.store, login, password, { address: '192.0.2.1', device });
  if ('half' in answer) throw new Error('a second factor is wanted');
  return answer.token;
}
const read = (token: string) => readSession(city.house.store, token);
const open = async (token: string): Promise<boolean> => (await read(token)) !== null;
/** As if everything of all tokens had happened so much earlier. */
const pass = (minutes: number) =>
  owner.query(
    `update session_token set made = made - $1 * interval '1 minute', followed = followed - $1 * interval '1 minute',
       replaced = replaced - $1 * interval '1 minute'`,
    [minutes],
  );
const as = async (token: string): Promise<Caller> => ({
  actor: (await read(token))!.actor,
  purpose: 'open-matter',
  language: 'zh',
});

it('gives a new token after an hour; the one before is good for requests under way only', async () => {
  const first = await enter();
  expect((await read(first))?.next).toBeUndefined();
  await pass(61);
  const second = (await read(first))!.next!;
  // Another request of the same moment gets no further token.
  expect((await read(first))?.next).toBeUndefined();
  expect((await read(second))?.actor.session).toBe((await read(first))?.actor.session);
  expect((await read(first))?.actor.steppedUp).toBe(false);
  expect((await read(second))?.actor.steppedUp).toBe(true);
});

it('ends for everybody when a former token comes back: one of the two who use it is a thief', async () => {
  const copied = await enter();
  await pass(61);
  const next = (await read(copied))!.next!;
  expect(await open(next)).toBe(true);
  await pass(2);
  expect(await open(copied)).toBe(false);
  expect(await open(next)).toBe(false);
});

it('ends also when the thief took the token that follows, and its owner got another', async () => {
  const copied = await enter();
  await pass(61);
  const thiefs = (await read(copied))!.next!;
  await pass(2);
  const owners = (await read(copied))!.next!;
  expect(await open(owners)).toBe(true);
  await pass(2);
  expect(await open(thiefs)).toBe(false);
  expect(await open(owners)).toBe(false);
});

it('goes on when the answer with the new token was lost on the way', async () => {
  const first = await enter();
  await pass(61);
  await read(first);
  await pass(30);
  const { next } = (await read(first))!;
  expect(await open(next!)).toBe(true);
});

it('goes on under a new token after a proof, which the former ones do not have', async () => {
  const first = await enter();
  await owner.query("update session set proved = proved - interval '11 minutes'");
  const { session, steppedUp } = (await read(first))!.actor;
  expect(steppedUp).toBe(false);
  const next = await city.house.store.transaction(system, (tx) => renewSession(tx, session!));
  expect((await read(next))?.actor.steppedUp).toBe(true);
  expect((await read(first))?.actor.steppedUp).toBe(false);
});

it('is told its owner with its device and times, and ended by nobody else', async () => {
  const [here, there, others] = [await enter(), await enter(), await enter('zhou')];
  const { rows } = await city.run<{ rows: SessionView[] }>('access.sessions', {}, await as(here));
  expect(rows).toMatchObject([
    { current: true, device, way: 'password' },
    { current: false, device, way: 'password' },
  ]);
  expect(rows[0]!.startedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  const session = rows[1]!.session;
  const end = (input: object, token: string) =>
    as(token).then((c) => refusal(city.run('access.session.end', input, c)));
  expect(await end({ session }, others)).toBe('session-missing');
  expect(await end({ session }, here)).toBe('none');
  expect([await open(here), await open(there)]).toEqual([true, false]);
  const further = await enter();
  expect(await end({ others: true }, here)).toBe('none');
  expect([await open(here), await open(further), await open(others)]).toEqual([true, false, true]);
});

it('lasts as long as its kind of account may', async () => {
  const token = await enter();
  const limits = async () =>
    (
      await owner.query(
        `select extract(epoch from idle)::int as idle, round(extract(epoch from expires - started))::int as absolute
         from session where ended is null`,
      )
    ).rows;
  expect(await limits()).toEqual([{ idle: 1800, absolute: 43_200 }]);
  await owner.query("update session set seen = seen - interval '31 minutes' where ended is null");
  expect(await open(token)).toBe(false);
});
