import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Actor, type Caller, registered } from '../../src/kernel/index.ts';
import { crowd, listen, type Sent } from './planned.ts';
import { Intruder, month, type TwoCounties, twoCounties, zhang } from './two-counties.ts';

const street = { areaLo: 430_407_007_000, areaHi: 430_407_007_999 };
const days = { from: '2008-01-01', to: '2008-01-31' };
/** Lists, and what each is asked for. */
const lists: Readonly<
  Record<string, { readonly as: 'street' | 'person' | 'auditor'; readonly input: object }>
> = {
  'registry.persons': { as: 'street', input: { search: '一1' } },
  'insurance.employers': { as: 'street', input: {} },
  'insurance.bills': { as: 'street', input: { employer: 'E7' } },
  'insurance.entries': {
    as: 'street',
    input: { fund: 'pension', month, row: '1', book: 'receivable' },
  },
  'insurance.undeclared': { as: 'street', input: { month } },
  'insurance.unpaid': { as: 'street', input: { month } },
  'insurance.suspense': { as: 'street', input: {} },
  'insurance.uploads': { as: 'street', input: { employer: 'E7' } },
  'insurance.certificates': { as: 'street', input: { employer: 'E7' } },
  'access.matters': { as: 'street', input: {} },
  'access.proposals': { as: 'street', input: {} },
  'access.looks': { as: 'person', input: { person: zhang } },
  'access.objections': { as: 'person', input: { person: zhang } },
  'access.proxies': { as: 'person', input: { person: zhang } },
  'access.my-data': { as: 'person', input: { person: zhang } },
  'access.sessions': { as: 'person', input: {} },
  'access.messages': { as: 'person', input: {} },
  'access.objections.to-answer': { as: 'street', input: {} },
  'access.audit.person': { as: 'auditor', input: { person: zhang, ...days } },
  'access.audit.account': { as: 'auditor', input: { account: 'A7', ...days } },
};
/** Queries that are no lists, or whose rows are the city's few. */
const others = [
  'access.disclosure',
  'access.factors',
  'access.handler.deeds',
  'access.handlers',
  'access.keys',
  'access.posts',
  'access.totp.pending',
  'city.keys',
  'registry.payout-account',
  'registry.payout-account.full',
  'access.accounts',
  'access.audit.roots',
  'access.audit.unusual',
  'access.audit.verify',
  'city.now',
  'insurance.ageing',
  'insurance.balances',
  'insurance.bill',
  'insurance.bill-printed',
  'insurance.by-county',
  'insurance.certificate',
  'insurance.certificate-own',
  'insurance.check-roster',
  'insurance.employer',
  'insurance.explain-account',
  'insurance.explain-bill',
  'insurance.explain-person',
  'insurance.month',
  'insurance.months',
  'insurance.record',
  'insurance.statement',
  'insurance.trial-balance',
  'insurance.upload-content',
  'insurance.upload-view',
  'insurance.verify',
  'registry.areas',
  'registry.employer.facts',
  'simulation.paid-by-others',
  'simulation.report',
  'simulation.roster-by',
  'simulation.state',
];
/** What may be read whole, and why. */
const known: Readonly<Record<string, string>> = {
  area: 'a city’s areas are some hundred',
  area_name: 'a city’s areas are some hundred',
  posting_200801:
    'what is open of a month is summed from its books: an index by area would cost at every posting',
  journal: 'joined at once to what was found in the books',
};
/** So many rows make a table big. */
const many = 1000;

let town: TwoCounties;
let superuser: pg.Client;
let big: ReadonlySet<string>;

beforeAll(async () => {
  town = await twoCounties();
  superuser = await Intruder.superuser(town);
  for (const sql of crowd) await superuser.query(sql);
  const { rows } = await superuser.query<{ name: string }>(
    'select relname as name from pg_class where reltuples > $1 and relname <> all ($2)',
    [many, Object.keys(known)],
  );
  big = new Set(rows.map((r) => r.name));
});
afterAll(async () => {
  await superuser?.end();
  await town?.city.close();
});

function caller(as: 'street' | 'person' | 'auditor'): Caller {
  const { operator } = town.city;
  const common = { ...operator.actor, accountId: 1007, permissions: new Set(['*']) };
  const actors: Readonly<Record<typeof as, Actor>> = {
    street: { ...common, kind: 'staff', reach: { role: 'staff', ...street } },
    person: { ...common, kind: 'person', reach: { role: 'person', persons: [town.ids.zhang] } },
    auditor: { ...common, kind: 'auditor', reach: { role: 'auditor' } },
  };
  const purposes = {
    street: 'counter-visit',
    person: 'own-matter',
    auditor: 'check-controls',
  } as const;
  return { ...operator, actor: actors[as], purpose: purposes[as] };
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

function nodes(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodes)];
}

/** The plan that the server makes of a statement with these values, with the eyes of its role. */
async function planOf({ role, sql, values }: Sent, reach: Caller['actor']['reach']): Promise<Plan> {
  const login = role.endsWith('_system') ? 'app' : `app_${reach.role}`;
  const intruder = await Intruder.as(town, login as 'app');
  try {
    if (login === 'app' || reach.role === 'auditor')
      await intruder.begin(role.slice('c430400_'.length));
    else await intruder.begin(reach as never);
    const { rows } = await intruder.client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (format json) ${sql}`,
      [...values],
    );
    return rows[0]!['QUERY PLAN'][0].Plan;
  } finally {
    await intruder.end();
  }
}

describe('a list', () => {
  it('reads no big table whole, though policies stand on it', async () => {
    expect([...Object.keys(lists), ...others].sort()).toEqual(
      [...registered().values()]
        .filter((d) => d.kind === 'query')
        .map((d) => d.name)
        .sort(),
    );
    const heard = listen();
    const whole: string[] = [];
    let planned = 0;
    try {
      for (const [name, { as, input }] of Object.entries(lists)) {
        const asker = caller(as);
        heard.taken();
        await town.city.run(name, input, asker);
        for (const sent of heard.taken()) {
          planned += 1;
          for (const node of nodes(await planOf(sent, asker.actor.reach)))
            if (/Seq Scan$/.test(node['Node Type']) && big.has(node['Relation Name'] ?? ''))
              whole.push(
                `${name} ${sent.role}: ${node['Relation Name']} in ${sent.sql.replace(/\s+/g, ' ').slice(0, 60)}`,
              );
        }
      }
    } finally {
      heard.end();
    }
    expect(planned).toBeGreaterThan(40);
    expect(whole).toEqual([]);
  });
});
