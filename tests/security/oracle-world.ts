import { actorByLogin, nobody, openAccount } from '../../src/engines/access/index.ts';
import type { Tx } from '../../src/kernel/database/index.ts';
import type { Actor, PlainDate } from '../../src/kernel/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  roster,
  type TestCity,
  testCity,
} from '../city/harness.ts';

export const month = '2008-01';
export const wholeCity = { lo: 430_400_000_000, hi: 430_499_999_999 };
export const countyA = { lo: 430_407_000_000, hi: 430_407_999_999 };
export const countyB = { lo: 430_405_000_000, hi: 430_405_999_999 };
export const streetA = { lo: 430_407_001_000, hi: 430_407_001_999 };
export const streetB = { lo: 430_405_007_000, hi: 430_405_007_999 };

export interface EmployerFacts {
  readonly code: string;
  readonly publicId: string;
  readonly id: number;
  readonly area: number;
  readonly bill: string;
  readonly upload: string;
  readonly certificate: string;
  readonly printed: string;
  readonly order: string;
  readonly handler: string;
}
export interface PersonFacts {
  readonly number: string;
  readonly id: number;
  readonly area: number;
  readonly certificate: string;
  readonly employers: readonly string[];
}
export interface Matter {
  readonly id: string;
  readonly owner: string;
  readonly open: boolean;
  readonly emergency: boolean;
  readonly persons: readonly string[];
}
export interface Proposal {
  readonly id: string;
  readonly by: string;
  readonly lo: number;
  readonly hi: number;
}
/** Somebody who asks, as the tests set him up. */
export interface Asker {
  readonly login: string;
  readonly actor: Actor;
  readonly kind: Actor['kind'] | 'nobody';
  readonly grants: readonly { readonly role: string; readonly lo: number; readonly hi: number }[];
  /** Citizen number of the person, or code of the employer, that he stands for. */
  readonly stands: string | null;
  /** Whom he must not handle: numbers and codes. */
  readonly conflicts: ReadonlySet<string>;
}
export interface World {
  readonly city: TestCity;
  readonly employers: readonly EmployerFacts[];
  readonly persons: readonly PersonFacts[];
  readonly askers: readonly Asker[];
  readonly matters: readonly Matter[];
  readonly proposals: readonly Proposal[];
  /** A receipt of nobody's, and where it waits. */
  readonly receipt: { readonly id: string; readonly area: number };
}

const employers = [
  [organisation(71), '430407001'],
  [organisation(72), '430407002'],
  [organisation(73), '430405007'],
  [organisation(74), '430405009'],
] as const;
/** Who works where, the first employer first: his file lies there. */
const workers: readonly (readonly [string, readonly number[]])[] = [
  [citizen(11), [0]],
  [citizen(13), [0, 2]],
  [citizen(15), [1]],
  [citizen(17), [2]],
  [citizen(19), [2, 1]],
  [citizen(21), [3]],
  [citizen(23), [3]],
];

export async function world(random: (below: number) => number): Promise<World> {
  const city = await testCity();
  const uploads = await declared(city);
  await city.run('insurance.assess', { month });
  await city.clock('2008-02-20T09:00');
  const unknown = { on: '2008-02-19', reference: 'U1', bill: 'x', amount: '10.00' };
  await city.run('insurance.collect', { content: bankFile([unknown]) });
  const facts: EmployerFacts[] = [];
  for (const [i, [code]] of employers.entries())
    facts.push(await employerFacts(city, code, uploads[i]!));
  const persons: PersonFacts[] = [];
  for (const [number, at] of workers)
    persons.push(
      await personFacts(
        city,
        number,
        at.map((i) => employers[i]![0]),
      ),
    );
  const askers = await people(city, facts, persons, random);
  const kept = await keptOf(city, askers, persons, random);
  const receipt = await system(city, (tx) =>
    tx.one<World['receipt']>(`select public_id as id, area from receipt where employer_id is null`),
  );
  return { city, employers: facts, persons, askers, ...kept, receipt };
}

export function system<T>(city: TestCity, work: (tx: Tx) => Promise<T>): Promise<T> {
  return city.house.store.transaction({ role: 'system' }, work);
}

async function declared(city: TestCity): Promise<string[]> {
  const uploads: string[] = [];
  for (const [i, [employer, area]] of employers.entries()) {
    await city.run('registry.employer.register', {
      code: employer,
      name: `厂${employer}`,
      area,
      injuryClass: 1,
    });
    await city.run('insurance.rate-employer', {
      employer,
      kind: 'size',
      value: 'small',
      from: month,
      document: '认定书',
    });
    const persons = workers
      .filter(([, at]) => at[0] === i)
      .map(([number]) => ({ number, wage: '2000' }));
    await city.run('insurance.declare', {
      employer,
      month,
      full: true,
      content: roster(month, persons),
    });
  }
  for (const [i, [employer]] of employers.entries()) {
    const persons = workers
      .filter(([, at]) => at.includes(i))
      .map(([number]) => ({ number, wage: '2000' }));
    const content = roster(month, persons);
    const { publicId } = await city.run<{ publicId: string }>('insurance.upload', {
      employer,
      month,
      full: true,
      content,
    });
    uploads.push(publicId);
    await city.run('insurance.declare', { employer, month, full: true, content });
  }
  return uploads;
}

async function employerFacts(city: TestCity, code: string, upload: string): Promise<EmployerFacts> {
  const certificate = await city.run<{ code: string }>('insurance.certificate.issue', {
    employer: code,
    from: month,
    to: month,
  });
  const printed = await city.run<{ code: string }>('insurance.bill.print', {
    employer: code,
    month,
  });
  const found = await system(city, (tx) =>
    tx.one<{ publicId: string; id: number; area: number; bill: string }>(
      `select e.public_id as "publicId", e.id, e.area, b.number as bill from employer_code c join employer e on e.id = c.employer_id
       join bill b on b.employer_id = e.id where c.code = $1`,
      [code],
    ),
  );
  const order = { bill: found.bill, payBy: '2008-03-20', reason: '责令' };
  const given = await city.run<{ order: string }>('insurance.order-payment', order);
  const handler = code.toLowerCase();
  return {
    ...found,
    code,
    upload,
    certificate: certificate.code,
    printed: printed.code,
    order: given.order,
    handler,
  };
}

async function personFacts(
  city: TestCity,
  number: string,
  at: readonly string[],
): Promise<PersonFacts> {
  const certificate = await city.run<{ code: string }>('insurance.certificate.issue', {
    person: number,
    from: month,
    to: month,
  });
  const found = await system(city, (tx) =>
    tx.one<{ id: number; area: number }>(
      'select person_id as id, area from person_fact where number = $1',
      [number],
    ),
  );
  return { ...found, number, certificate: certificate.code, employers: at };
}

type Grant = Asker['grants'][number];
const roleNames = [
  'collection-clerk',
  'fund-accountant',
  'cashier',
  'contribution-checker',
  'staff-administrator',
  'privacy-officer',
];

/** Grants of one account; of those that give one right no two reach equally far. */
function grants(random: (below: number) => number): Grant[] {
  const county = [countyA, countyB][random(2)]!;
  const street = [streetA, streetB][random(2)]!;
  const ranges = [wholeCity, county, street].filter(() => random(2) === 0);
  return ranges.map((range) => ({ role: roleNames[random(roleNames.length)]!, ...range }));
}

async function people(
  city: TestCity,
  facts: readonly EmployerFacts[],
  persons: readonly PersonFacts[],
  random: (below: number) => number,
): Promise<Asker[]> {
  const made: Omit<Asker, 'actor'>[] = [];
  const none = new Set<string>();
  for (const p of persons.slice(0, 4))
    made.push({ login: p.number, kind: 'person', grants: [], stands: p.number, conflicts: none });
  for (const e of facts)
    made.push({ login: e.handler, kind: 'employer', grants: [], stands: e.code, conflicts: none });
  for (const [i, role] of roleNames.entries())
    for (const range of [wholeCity, countyA, countyB, streetA])
      made.push({
        login: `one-${i}-${range.lo}-${range.hi}`,
        kind: 'staff',
        grants: [{ role, ...range }],
        stands: null,
        conflicts: none,
      });
  for (let i = 0; i < 30; i += 1)
    made.push({
      login: `staff-${i}`,
      kind: 'staff',
      grants: grants(random),
      ...(await entangled(persons, random)),
    });
  for (let i = 0; i < 3; i += 1)
    made.push({
      login: `auditor-${i}`,
      kind: 'auditor',
      grants: [{ role: 'auditor', ...wholeCity }],
      ...(await entangled(persons, random)),
    });
  const askers: Asker[] = [
    { login: '', actor: nobody, kind: 'nobody', grants: [], stands: null, conflicts: none },
  ];
  for (const asker of made) {
    await open(city, asker, facts, persons);
    askers.push({ ...asker, actor: await actorByLogin(city.house.store, asker.login) });
  }
  askers.push({
    login: 'operator',
    actor: city.operator.actor,
    kind: 'operator',
    grants: [],
    stands: null,
    conflicts: none,
  });
  return askers;
}

/** Of some: the own file and a relative's, and with the own file who employs him. */
async function entangled(
  persons: readonly PersonFacts[],
  random: (below: number) => number,
): Promise<Pick<Asker, 'stands' | 'conflicts'>> {
  const self = random(2) === 0 ? persons[random(persons.length)]! : null;
  const relative = random(2) === 0 ? persons[random(persons.length)]! : null;
  const conflicts = new Set([
    ...(self === null ? [] : [self.number, ...self.employers]),
    ...(relative === null ? [] : [relative.number]),
  ]);
  return { stands: self?.number ?? null, conflicts };
}

async function open(
  city: TestCity,
  { login, kind, grants: given, stands, conflicts }: Omit<Asker, 'actor'>,
  facts: readonly EmployerFacts[],
  persons: readonly PersonFacts[],
): Promise<void> {
  const person = persons.find((p) => p.number === stands);
  const role =
    { person: 'insured-person', employer: 'handler' }[kind as string] ??
    given[0]?.role ??
    'cashier';
  const employer = facts.find((e) => e.code === stands);
  await system(city, async (tx) => {
    const { id } = await openAccount(
      tx,
      {
        kind: kind as 'staff',
        login,
        name: login,
        password: null,
        ...(person === undefined ? {} : { personId: person.id }),
        ...(employer === undefined ? {} : { employerId: employer.id }),
        role,
        areaLo: given[0]?.lo ?? wholeCity.lo,
        areaHi: given[0]?.hi ?? wholeCity.hi,
        reason: '测试',
      },
      0,
      '2008-01-01' as PlainDate,
    );
    if (kind === 'staff' && given.length === 0)
      await tx.execute(`update access_grant set valid = 'empty' where account_id = $1`, [id]);
    for (const g of given.slice(1))
      await tx.execute(
        `insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act) values ($1, $2, $3, $4, '[2008-01-01,)', '测试', 0)`,
        [id, g.role, g.lo, g.hi],
      );
    const relatives = persons.filter((p) => conflicts.has(p.number) && p.number !== stands);
    for (const { number: relative } of relatives)
      await tx.execute(
        `insert into relative (account_id, number, kind, act) values ($1, $2, 'other', 0)`,
        [id, relative],
      );
  });
}

/** Matters of some, open, closed, for an emergency that lasts and one that is over; what some put forward. */
async function keptOf(
  city: TestCity,
  askers: readonly Asker[],
  persons: readonly PersonFacts[],
  random: (below: number) => number,
): Promise<Pick<World, 'matters' | 'proposals'>> {
  const matters: Matter[] = [];
  const proposals: Proposal[] = [];
  const staff = askers.filter((a) => a.kind === 'staff');
  await system(city, async (tx) => {
    for (const [i, { actor, login, grants: given }] of staff.entries()) {
      for (const state of ['open', 'closed', 'emergency', 'over'] as const) {
        const id = `MATTER-${i}-${state}`;
        const emergency = state === 'emergency' || state === 'over';
        const of = persons.filter(() => random(3) === 0);
        const until = { emergency: '2100-01-01', over: '2020-01-01' }[state as string] ?? null;
        const row = await tx.one<{ id: number }>(
          `insert into matter (public_id, kind, reason, account_id, area, at, until, act) values ($1, $2, '测试', $3, 430400000000, '2008-02-01', $4, 0) returning id`,
          [id, emergency ? 'emergency' : 'matter', actor.accountId, until],
        );
        for (const p of of)
          await tx.execute('insert into matter_subject (matter, person_id) values ($1, $2)', [
            row.id,
            p.id,
          ]);
        if (state === 'closed')
          await tx.execute(
            `insert into matter_end (matter, at, reason, act) values ($1, '2008-02-02', '测试', 0)`,
            [row.id],
          );
        const open_ = state === 'open' || state === 'emergency';
        matters.push({
          id,
          owner: login,
          open: open_,
          emergency,
          persons: of.map((p) => p.number),
        });
      }
      const range = given[0] ?? wholeCity;
      const id = `PROPOSAL-${i}`;
      const input = { employer: organisation(71 + random(4)), amountFen: 1, reason: '测试' };
      await tx.execute(
        `insert into proposal (public_id, command, input, account_id, purpose, area_lo, area_hi, hands, at, until, act)
         values ($1, 'insurance.refund', $2, $3, '', $4, $5, 3, '2008-02-01', '2100-01-01', 0)`,
        [id, JSON.stringify(input), actor.accountId, range.lo, range.hi],
      );
      proposals.push({ id, by: login, lo: range.lo, hi: range.hi });
    }
  });
  return { matters, proposals };
}
