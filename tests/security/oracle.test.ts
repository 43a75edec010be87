import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, MindunError, type Purpose, registered } from '../../src/kernel/index.ts';
import { expected, hasRight, type Outcome, outcomes, type Rule } from './oracle.ts';
import { rules } from './oracle-rules.ts';
import { type Asker, type World, world } from './oracle-world.ts';

const seed = Number(process.env['ORACLE_SEED'] ?? Date.now() % 1_000_000_000);
const decisions = Number(process.env['ORACLE_DECISIONS'] ?? 20_000);
const lanes = 8;
/** What takes long, or has no more to it than the right, is let through so many times: the rest is refused, or is about somebody. */
const slowMost = 25;

/** Numbers by a seed: mulberry32. */
function randomBy(from: number): (below: number) => number {
  let state = from >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** What a command did is given back: carried with its answer to the end of its transaction, and thrown there. */
class GivenBack extends Error {
  readonly answer: unknown;
  constructor(answer: unknown) {
    super('given back');
    this.answer = answer;
  }
}

let town: World;
beforeAll(async () => {
  console.log(`ORACLE_SEED=${seed}`);
  town = await world(randomBy(seed));
  const { store } = town.city.house;
  const transaction = store.transaction.bind(store);
  store.transaction = (async (reach, work, options) => {
    try {
      await transaction(
        reach,
        async (tx) => Promise.reject(new GivenBack(await work(tx))),
        options,
      );
    } catch (error) {
      if (error instanceof GivenBack) return error.answer;
      throw error;
    }
    return undefined;
  }) as typeof store.transaction;
});
afterAll(async () => town?.city.close());

const asNobody = new Set([
  'unknown-person',
  'unknown-employer',
  'unknown-bill',
  'unknown-order',
  'unknown-account',
  'unknown-proposal',
  'unknown-post',
  'unknown-look',
  'unknown-objection',
  'unknown-proxy',
  'proxy-agent-unknown',
  'not-found',
]);

/** What the house says to somebody. */
async function decided(name: string, rule: Rule, input: object, caller: Caller): Promise<Outcome> {
  try {
    const answer = await town.city.house.call(name, input, caller);
    return rule.empty?.(answer) === true ? 'nobody' : 'permitted';
  } catch (error) {
    if (!(error instanceof MindunError)) throw error;
    if (asNobody.has(error.code)) return 'nobody';
    return outcomes.find((o) => o === error.code) ?? 'permitted';
  }
}

interface Asked {
  readonly name: string;
  readonly asker: Asker;
  readonly purpose: string;
  readonly matter: string | undefined;
  readonly input: object;
  readonly due: Outcome;
  /** About nothing in particular: the right is all there is to it. */
  readonly bare: boolean;
}

const names = Object.keys(rules);
/** Those that have more to decide come more often. */
const drawn = names.flatMap((n) =>
  rules[n]!.personal === true || /^access\.(matter|proposal)/.test(n) ? [n, n, n] : [n],
);
const stated = [
  'counter-visit',
  'open-matter',
  'check-contributions',
  'check-benefits',
  'check-controls',
  'emergency',
  'own-matter',
  'operation',
  'public',
];
const usual: Readonly<Record<string, readonly string[]>> = {
  staff: ['counter-visit', 'open-matter', 'emergency', 'check-controls'],
  auditor: ['check-controls'],
  employer: ['own-matter'],
  person: ['own-matter'],
};

function question(pick: (below: number) => number): Asked {
  const name = drawn[pick(drawn.length)]!;
  const rule = rules[name]!;
  const may = town.askers.filter((a) => hasRight(rule, a));
  const among = pick(10) < 7 ? may : town.askers;
  const asker = among[pick(among.length)]!;
  const own = usual[asker.kind] ?? stated;
  const mood = pick(10);
  const purpose =
    mood === 0 ? '' : mood === 1 ? stated[pick(stated.length)]! : own[pick(own.length)]!;
  const { input, steps } = rule.ask(town, pick, asker);
  const matter = matterFor(asker, purpose, pick);
  const due = expected(rule, { world: town, asker, purpose, matter }, steps);
  return { name, asker, purpose, matter, input, due, bare: steps.length === 0 };
}

/** Mostly one's own open matter where the purpose wants one; now and then none, another's or one that is over. */
function matterFor(
  asker: Asker,
  purpose: string,
  pick: (below: number) => number,
): string | undefined {
  const wanted = purpose === 'open-matter' || purpose === 'emergency';
  if (!wanted) return pick(40) === 0 ? town.matters[pick(town.matters.length)]!.id : undefined;
  const mood = pick(10);
  if (mood === 0) return undefined;
  if (mood === 1) return town.matters[pick(town.matters.length)]!.id;
  const own = town.matters.filter(
    (m) => m.owner === asker.login && m.open && m.emergency === (purpose === 'emergency'),
  );
  return own[0]?.id ?? (mood < 6 ? undefined : 'NONE');
}

describe('the permission oracle', () => {
  it('has a rule for every command and query', () => {
    expect([...registered().keys()].filter((n) => !Object.hasOwn(rules, n))).toEqual([]);
    expect(names.filter((n) => !registered().has(n))).toEqual([]);
  });

  it('decides as the house does, whoever asks for what about whom', async () => {
    const pick = randomBy(seed + 1);
    const counts = new Map<Outcome, number>(outcomes.map((o) => [o, 0]));
    const slow = new Map<string, number>();
    const wrong: string[] = [];
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun < decisions && wrong.length < 40) {
        const { name, asker, purpose, matter, input, due, bare } = question(pick);
        const rule = rules[name]!;
        if ((rule.slow === true || bare) && due === 'permitted') {
          const before = slow.get(name) ?? 0;
          if (before >= slowMost) continue;
          slow.set(name, before + 1);
        }
        begun += 1;
        const caller: Caller = {
          actor: asker.actor,
          purpose: purpose as Purpose,
          language: 'zh',
          ...(matter === undefined ? {} : { matter }),
        };
        const said = await decided(name, rule, input, caller);
        counts.set(said, counts.get(said)! + 1);
        if (said !== due)
          wrong.push(
            `${name} by ${asker.kind} ${asker.login} (${JSON.stringify(asker.grants)}) for ${purpose} ${matter ?? ''} ${JSON.stringify(input).slice(0, 150)}: ${said}, due ${due}`,
          );
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    console.log(`${begun} decisions: ${[...counts].map(([o, n]) => `${o} ${n}`).join(', ')}`);
    expect(wrong).toEqual([]);
    expect([...counts].filter(([, n]) => n === 0).map(([o]) => o)).toEqual([]);
  }, 400_000);
});
