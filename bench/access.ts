// What access costs: row-level security beside a range written by hand, a record with a durable look beside one without,
// walking the audit trail beside reading and hashing the same bytes.
import { createHash } from 'node:crypto';
import { AccessGate, actorByLogin, sealAudit, walkAudit } from '../src/engines/access/index.ts';
import type { Tx } from '../src/kernel/database/index.ts';
import { type Caller, House, openLog, stopwatch } from '../src/kernel/index.ts';
import { openCity } from '../src/services/city/index.ts';
import { personBooks } from './record-books.ts';
import { city, machine, median, round, type Scratch, scratch } from './scratch.ts';

const connections = 50;
const seconds = 5;
const whole = { areaLo: 430_400_000_000, areaHi: 430_499_999_999 };
const county = { areaLo: 430_407_000_000, areaHi: 430_407_999_999 };
const street = { areaLo: 430_407_003_000, areaHi: 430_407_003_999 };

export interface AccessFigures {
  readonly persons: number;
  readonly rounds: number;
  /** Time under policies to time with the range by hand: a page of fifty by name, a count by county. */
  readonly pageToHand: Readonly<Record<'street' | 'county' | 'city', number>>;
  readonly countToHand: Readonly<Record<'street' | 'county' | 'city', number>>;
  /** Records a second with a durable look to records a second without one, 50 at once. */
  readonly recordedToUnrecorded: number;
  /** Rows of acts and looks walked. */
  readonly trailRows: number;
  /** Speed of the walk to the speed of reading the same bytes and hashing them. */
  readonly walkToHash: number;
  readonly machine: string;
}

/** @param persons how many there are, in twelve counties */
export async function benchAccess(
  persons: number,
  rounds: number,
  say: (line: string) => void,
): Promise<AccessFigures> {
  const store = await scratch();
  try {
    const books = await personBooks(store, Math.min(persons, 5000));
    await spread(store, persons);
    const house = await openCity(store.server.connection, city, openLog(), 10);
    try {
      const reading = await policies(house, rounds, say);
      const recordedToUnrecorded = await looks(house, books.range, rounds, say);
      const trail = await walking(house, store, persons, rounds, say);
      return { persons, rounds, ...reading, recordedToUnrecorded, ...trail, machine: machine() };
    } finally {
      await house.store.end();
    }
  } finally {
    await store.close();
  }
}

/** Persons without anything but their file, over the counties' streets. */
async function spread({ sql }: Scratch, persons: number): Promise<void> {
  await sql.query('set role c430400_owner');
  const area = `430401000000 + (n % 12) * 1000000 + (n / 12 % 15) * 1000 + n / 180 % 17`;
  await sql.query(
    `insert into person (id, public_id, area, act) select 20000000 + n, 'X' || n, ${area}, 1 from generate_series(1, ${persons}) n`,
  );
  await sql.query(
    `insert into person_fact (person_id, area, name, initials, number, birth, sex, residence, valid, known)
     select 20000000 + n, ${area}, '李' || md5(n::text), 'l', '430498' || lpad(n::text, 12, '0'), '1970-01-01', 'male', 'urban',
       '[1970-01-01,)', int8range(1, null) from generate_series(1, ${persons}) n`,
  );
  // What a list by area would have; the product finds persons by name and number.
  await sql.query('create index bench_by_area on person_fact (area, name, person_id)');
  await sql.query('reset role');
  await sql.query('vacuum analyze');
}

async function timed(times: number, work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const since = stopwatch();
    await work();
    all.push(stopwatch() - since);
  }
  return median(all);
}

async function policies(
  house: House,
  rounds: number,
  say: (line: string) => void,
): Promise<Pick<AccessFigures, 'pageToHand' | 'countToHand'>> {
  const scopes = { street, county, city: whole };
  const queries = {
    page: [
      'select person_id, name from person_fact',
      'order by area, name, person_id limit 50',
      200,
    ],
    count: ['select area / 1000000 as county, count(*) from person_fact', 'group by 1', 7],
  } as const;
  const ratios = { page: {}, count: {} } as Record<'page' | 'count', Record<string, number>>;
  for (const [kind, [from, end, times]] of Object.entries(queries)) {
    for (const [scope, range] of Object.entries(scopes)) {
      const { areaLo, areaHi } = range;
      const hand = `${from} where area >= ${areaLo} and area <= ${areaHi} ${end}`;
      const under = (tx: Tx): Promise<unknown> => tx.rows(`${from} ${end}`);
      const found: number[] = [];
      for (let i = 0; i < rounds; i += 1) {
        const by = await timed(times, () =>
          house.store.read({ role: 'system' }, (tx) => tx.rows(hand)),
        );
        const policy = await timed(times, () =>
          house.store.read({ role: 'staff', ...range }, under),
        );
        found.push(policy / by);
      }
      ratios[kind as 'page' | 'count'][scope] = round(median(found));
      say(`${kind} ${scope}: ${ratios[kind as 'page' | 'count'][scope]}`);
    }
  }
  return {
    pageToHand: ratios.page as AccessFigures['pageToHand'],
    countToHand: ratios.count as AccessFigures['countToHand'],
  };
}

/** The same house, whose looks go nowhere. */
class Forgetful extends AccessGate {
  override async record(): Promise<void> {}
}

async function looks(
  house: House,
  range: { readonly from: number; readonly to: number },
  rounds: number,
  say: (line: string) => void,
): Promise<number> {
  const { store, log, sealed } = house;
  const forgetful = new House(house.city, store, new Forgetful(store, whole), log, sealed);
  const actor = await actorByLogin(store, 'operator');
  const caller: Caller = { actor, purpose: 'operation', language: 'zh' };
  const persons = range.to - range.from + 1;
  const perSecond = async (of: House): Promise<number> => {
    let asked = 0;
    const since = stopwatch();
    const lane = async (): Promise<void> => {
      while (stopwatch() - since < seconds * 1000) {
        asked += 1;
        const person = String(range.from + ((asked * 7919) % persons));
        await of.call('insurance.record', { person }, caller);
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
    return (asked / (stopwatch() - since)) * 1000;
  };
  await perSecond(house);
  const found: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const without = await perSecond(forgetful);
    found.push((await perSecond(house)) / without);
    say(`recorded to unrecorded: ${round(found.at(-1)!)}`);
  }
  return round(median(found));
}

async function walking(
  house: House,
  { sql }: Scratch,
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<Pick<AccessFigures, 'trailRows' | 'walkToHash'>> {
  await sql.query('set role c430400_owner');
  await sql.query(
    `insert into look (at, account_id, role, area, query, purpose, person_id)
     select '2010-01-08 09:00', 1 + n % 200, 'collection-clerk', 430407000000, 'insurance.record', 'counter-visit', 20000000 + n
     from generate_series(1, ${rows}) n`,
  );
  await sql.query('reset role');
  await sql.query('vacuum analyze look');
  await sealAudit(house.store);
  const once = { readOnly: true, isolation: 'repeatable read' } as const;
  const inOne = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    house.store.transaction({ role: 'system' }, work, once);
  let trailRows = 0;
  const found: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const hashing = await timed(1, () => inOne(hashAll));
    const walk = await timed(1, async () => {
      const { rows: walked, faults } = await inOne(walkAudit);
      if (faults.length > 0) throw new Error('the trail is not whole');
      trailRows = walked;
    });
    found.push(hashing / walk);
    say(`walk to hash: ${round(found.at(-1)!)}`);
  }
  return { trailRows, walkToHash: round(median(found)) };
}

/** Reads what the walk reads, in the order in which it lies, and hashes it as it comes. */
async function hashAll(tx: Tx): Promise<void> {
  for (const table of ['act', 'look']) {
    const hash = createHash('sha256');
    await tx.readRows(`copy (select * from ${table}) to stdout (format binary)`, (row) => {
      hash.update(row);
    });
    hash.digest();
  }
}
