import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../src/kernel/index.ts';
import { Dice } from '../model/random.ts';
import { below, brokenBody, chance, object, one, shaped, variant, wrong } from './broken.ts';
import { asked, type Operation, operations, type Pool, pool, type Question } from './questions.ts';
import {
  type ActorName,
  type Answered,
  a,
  actorNames,
  b,
  insiders,
  openTown,
  overSocket,
  type Town,
  told,
} from './town.ts';

/** MINDUN_FUZZ_SEED and MINDUN_FUZZ_REQUESTS play another row, or one again. */
const seed = Number(process.env['MINDUN_FUZZ_SEED'] ?? 20_080_105);
const requests = Number(process.env['MINDUN_FUZZ_REQUESTS'] ?? 10_500);
const atOnce = 4;

const faults: string[] = [];
const log: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (message, fields) => {
    faults.push(`${message} ${fields?.reference ?? ''} ${fields?.error ?? ''}`);
  },
};
let town: Town;
let before: unknown[];
beforeAll(async () => {
  town = await openTown(log);
  before = await unsound();
});
afterAll(async () => town?.site.close());

// Clerks may do most; those of the whole city see what is of `b`, and must bring forth no fault either.
const visitors: readonly ActorName[] = [...actorNames, 'clerk', ...insiders, ...insiders];

/** What `verify` finds: accounts of tests were opened by no recorded act. */
async function unsound(): Promise<unknown[]> {
  const { checks } = await town.site.city.run<{
    checks: { name: string; ok: boolean; wrong: number }[];
  }>('insurance.verify', {});
  expect(checks.length).toBeGreaterThan(20);
  return checks.filter((c) => !c.ok).map(({ name, wrong: rows }) => ({ name, rows }));
}

/** An input for an operation: of each field what finds something of `a` or `b`, what is as it should be, or what is not. */
function input(dice: Dice, operation: Operation, pools: readonly Pool[]): Record<string, unknown> {
  const spoilt = chance(dice, 35);
  return object(dice, variant(dice, operation), (field, name) => {
    if (spoilt && chance(dice, 35)) return wrong(dice);
    const known = one(dice, pools)[name];
    const strange = pools.length > 1 && chance(dice, 20);
    return known === undefined || known.length === 0 || strange
      ? shaped(dice, field)
      : one(dice, known);
  });
}

const purposes = ['own-matter', 'counter-visit', 'open-matter', 'check-benefits', 'public'];

function headers(dice: Dice): Record<string, string> {
  const purpose = chance(dice, 85)
    ? one(dice, purposes)
    : one(dice, ['', '%E6%9F', 'x'.repeat(400)]);
  return {
    'Mindun-Purpose': purpose,
    'Accept-Language': one(dice, ['zh-CN', 'en', '*', '']),
    ...(chance(dice, 15) ? { 'Idempotency-Key': one(dice, ['1', 'k'.repeat(300), 'ÿ', '2']) } : {}),
    ...(chance(dice, 10) ? { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'https' } : {}),
    ...(chance(dice, 3) ? { 'Sec-Fetch-Site': 'cross-site' } : {}),
    ...(chance(dice, 3) ? { 'Content-Type': 'text/plain' } : {}),
  };
}

function request(dice: Dice, all: readonly Operation[], pools: readonly Pool[]): Question {
  const operation = one(dice, all);
  const { path, asked: well } = asked(operation, input(dice, operation, pools));
  const { method, body } = well;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = text !== undefined && chance(dice, 8) ? brokenBody(dice, text) : text;
  const verb = chance(dice, 3) ? one(dice, ['PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']) : method;
  const bodiless = verb === 'HEAD' || verb === undefined;
  const place = chance(dice, 2)
    ? `${path}/${new URLSearchParams({ '': String(wrong(dice)) }).toString().slice(1)}`
    : path;
  return {
    path: place,
    asked: {
      ...(verb === undefined ? {} : { method: verb }),
      headers: headers(dice),
      ...(sent === undefined || bodiless ? {} : { body: sent }),
    },
  };
}

/** What is wrong with an answer; null: nothing. */
function complaint(who: ActorName, question: Question, answer: Answered): string | null {
  const said = `${question.path} ${JSON.stringify(question.asked)}`;
  const at = `${who} ${said.slice(0, 600)}`;
  if (answer.status >= 500) return `${at}: ${answer.status} ${answer.text}`;
  const file = /\.(pdf|xlsx)(\?|$)/.test(question.path) && answer.status === 200;
  if (!file && question.asked.method !== 'HEAD' && !isJson(answer))
    return `${at}: no JSON: ${answer.status} ${answer.type}`;
  // The code of a paper is its key: whoever has it reads what is printed on it.
  const paper = question.path.startsWith('/api/v1/insurance/certificate') && answer.status === 200;
  const seen = told(
    town,
    who,
    withoutOwnWords(question.path, answer),
    `${said} ${decoded(question.path)}`,
  );
  const persons = seen.filter((s) => s === b.person || /^\d{17}/.test(s));
  const leaks = paper ? persons : seen;
  return leaks.length === 0
    ? null
    : `${at}: tells ${leaks.join(', ')}: ${answer.text.slice(0, 300)}`;
}

/** All that is held about somebody holds what he wrote himself: an account number of these questions may be another's citizen number. */
function withoutOwnWords(path: string, answer: Answered): Answered {
  if (!path.startsWith('/api/v1/access/my-data') || answer.status !== 200) return answer;
  const data = JSON.parse(answer.text) as { parts: { part: string }[] };
  const parts = data.parts.filter((p) => p.part !== 'payout');
  return { ...answer, text: JSON.stringify({ ...data, parts }) };
}

function isJson({ type, text }: Answered): boolean {
  if (!type.startsWith('application/json')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function decoded(path: string): string {
  return new URLSearchParams(path.split('?')[1] ?? '').toString() === ''
    ? path
    : [...new URLSearchParams(path.split('?')[1])].flat().join(' ');
}

describe('ten thousand requests made of the interface’s own document', () => {
  it('bring forth no fault, tell nothing of others, and are answered in JSON', async () => {
    console.log(`MINDUN_FUZZ_SEED=${seed}`);
    const all = await operations(town);
    // An employer's head office may lie in another county: its name is told to who links it.
    const theirs = { ...pool(town.of.b, b), of: [] };
    const pools = [{ ...pool(town.of.a, a), login: ['nobody-here'] }, theirs];
    const dice = new Dice(seed);
    const wrongs: string[] = [];
    const counts = new Map<number, number>();
    let left = requests;
    const work = async (): Promise<void> => {
      while (left > 0 && wrongs.length < 20) {
        left -= 1;
        const who = one(dice, visitors);
        // Who may bring the two together asks for one of them at a time: a person of both would be no leak.
        const asks = insiders.includes(who) ? [one(dice, pools)] : pools;
        const question = request(dice, all, asks);
        const answer = await (below(dice, 12) === 0
          ? overSocket(town, who, question.path, question.asked)
          : town.ask(who, question.path, question.asked));
        const found = complaint(who, question, answer);
        if (found !== null) wrongs.push(found);
        counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
        if (/access\/sign-(in|out)/.test(question.path)) await town.signIn(who);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    console.log(JSON.stringify(Object.fromEntries(counts)));
    expect([...wrongs, ...faults]).toEqual([]);
    expect(counts.get(200)).toBeGreaterThan(requests / 20);
    expect(counts.get(400)).toBeGreaterThan(requests / 20);
  }, 600_000);

  it('leave the server well and the books in order', async () => {
    const health = await overSocket(town, 'nobody', '/health');
    expect([health.status, JSON.parse(health.text)]).toMatchObject([200, { ok: true }]);
    for (const actor of actorNames.filter((n) => n !== 'nobody')) {
      await town.signIn(actor);
      const me = await overSocket(town, actor, '/api/v1/access/me');
      expect([actor, me.status]).toEqual([actor, 200]);
    }
    expect(await unsound()).toEqual(before);
  });
});
