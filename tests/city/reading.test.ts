import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AccessGate,
  openAccount,
  readSession,
  readSessionAnd,
  signOut,
} from '../../src/engines/access/index.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import { postmasterPid } from '../../src/kernel/database/server/index.ts';
import {
  type Caller,
  type House,
  type LookRow,
  moment,
  openLog,
  plainDate,
} from '../../src/kernel/index.ts';
import { openCity } from '../../src/services/city/index.ts';
import type { RecordView } from '../../src/services/insurance/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const works = [organisation(71), organisation(72), organisation(73)] as const;
const workers = [citizen(41), citizen(43), citizen(45)] as const;
let city: TestCity;
/** The same city over a single connection: everything that is asked at once goes over it. */
let narrow: House;
/** As the user who migrates, for what the application may not do. */
let owner: pg.Client;
const persons: number[] = [];
const employers: number[] = [];

beforeAll(async () => {
  city = await testCity();
  narrow = await openCity(city.server.connection, '430400', openLog(), 1);
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400' });
  owner.on('error', () => undefined);
  await owner.connect();
  for (const [i, code] of works.entries()) {
    const area = ['430407', '430405', '430408'][i];
    await city.run('registry.employer.register', { code, name: `厂${i}`, area, injuryClass: 1 });
    const content = roster('2008-01', [{ number: workers[i]!, wage: '2000' }]);
    await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  }
  await city.run('insurance.assess', { month: '2008-01' });
  for (const number of workers) {
    const { rows } = await owner.query('select person_id from person_fact where number = $1', [
      number,
    ]);
    persons.push(Number(rows[0].person_id));
  }
  for (const code of works) {
    const { rows } = await owner.query('select employer_id from employer_code where code = $1', [
      code,
    ]);
    employers.push(Number(rows[0].employer_id));
  }
});
afterAll(async () => {
  await owner?.end().catch(() => undefined);
  await narrow?.store.end();
  await city?.close();
});

const person = (i: number): Reach => ({ role: 'person', persons: [persons[i]!] });
const employer = (i: number): Reach => ({ role: 'employer', employer: employers[i]! });

describe('statements that go out together', () => {
  it('show each of many actors on one connection his own rows only', async () => {
    const reaches: [Reach, number][] = [0, 1].flatMap((i) => [
      [person(i), persons[i]!],
      [employer(i), persons[i]!],
      [
        {
          role: 'staff',
          areaLo: i === 0 ? 430_407_000_000 : 430_405_000_000,
          areaHi: i === 0 ? 430_407_999_999 : 430_405_999_999,
        },
        persons[i]!,
      ],
    ]);
    const seen = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const [reach, own] = reaches[n % reaches.length]!;
        const rows = await narrow.store.read(reach, async (tx) => {
          const [first, who] = await Promise.all([
            tx.rows<{ person: number }>('select person_id as person from person_month'),
            tx.rows<{ role: string }>('select current_user::text as role'),
          ]);
          // A second round trip of the same actor, after others had the connection.
          const second = await tx.rows<{ person: number }>(
            'select person_id as person from roster_line',
          );
          expect(who).toEqual([{ role: `c430400_${reach.role}` }]);
          return [...first, ...second].map((r) => r.person);
        });
        expect(rows).toEqual([own, own]);
        return rows.length;
      }),
    );
    expect(seen).toHaveLength(60);
  });

  it('have other eyes inside `as` only, and leave nothing on the connection', async () => {
    await narrow.store.read(person(0), async (tx) => {
      const count = () => tx.one<{ n: number }>('select count(*)::int as n from person_month');
      expect(await count()).toEqual({ n: 1 });
      expect(await tx.as('system', count)).toEqual({ n: 3 });
      expect(await count()).toEqual({ n: 1 });
    });
    const left = await narrow.store.read({ role: 'staff' }, (tx) =>
      tx.one(
        "select nullif(current_setting('app.persons', true), '') as persons, count(*)::int as n from person_month",
      ),
    );
    expect(left).toEqual({ persons: null, n: 0 });
  });

  it('cannot write', async () => {
    const write = narrow.store.read({ role: 'system' }, (tx) =>
      tx.execute("update session set seen = clock_timestamp() where public_id = 'x'"),
    );
    await expect(write).rejects.toThrow(/read-only transaction/);
    const denied = narrow.store.write(person(0), 'update session set seen = clock_timestamp()', []);
    await expect(denied).rejects.toThrow(/permission denied/);
  });

  it('fail together, and the connection goes on', async () => {
    const { store } = narrow;
    for (let i = 0; i < 3; i += 1) {
      const asked = store.read({ role: 'system' }, (tx) =>
        Promise.all([
          tx.rows('select 1 as a'),
          tx.rows('select no_such_column from city'),
          tx.rows('select 2 as b'),
        ]),
      );
      await expect(asked).rejects.toThrow(/no_such_column/);
    }
    // The first run of a statement fails: it is prepared or not, and must work afterwards either way.
    const tenth = (n: number) =>
      store.read({ role: 'system' }, (tx) => tx.rows('select 10 / $1::int as of', [n]));
    await expect(tenth(0)).rejects.toThrow(/division by zero/);
    expect(await tenth(5)).toEqual([{ of: 2 }]);
    expect(await tenth(2)).toEqual([{ of: 5 }]);
    const large = store.read({ role: 'system' }, (tx) =>
      tx.rows('select 9007199254740993::bigint as of'),
    );
    await expect(large).rejects.toThrow(/2\^53/);
    expect(await tenth(1)).toEqual([{ of: 10 }]);
  });

  it('wait for their turn inside a transaction', async () => {
    const rows = await narrow.store.transaction(person(0), (tx) =>
      Promise.all([tx.rows('select 1 as a'), tx.rows('select 2 as b'), tx.rows('select 3 as c')]),
    );
    expect(rows).toEqual([[{ a: 1 }], [{ b: 2 }], [{ c: 3 }]]);
  });
});

describe('looks', () => {
  const look = (of: number, at = '2008-01-05T09:00:00'): LookRow => ({
    at: moment(at.slice(0, 16)),
    accountId: 1,
    query: 'test',
    purpose: 'test',
    role: null,
    area: null,
    matter: null,
    personId: of,
  });
  const written = async (): Promise<number[]> => {
    const { rows } = await owner.query(
      "select person_id from look where query = 'test' order by id",
    );
    return rows.map((r) => Number(r.person_id));
  };

  it('are written together; a write that fails fails every answer of it, and none after it', async () => {
    const gate = new AccessGate(narrow.store, { areaLo: 430400000000, areaHi: 430499999999 });
    const broken = { ...look(3), personId: 2 ** 70 };
    const told = await Promise.allSettled([
      gate.record([look(1)]),
      gate.record([look(2)]),
      gate.record([broken]),
      gate.record([look(4)]),
    ]);
    // The first goes alone, the others gathered meanwhile.
    expect(told.map((t) => t.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    expect(await written()).toEqual([1]);
    await Promise.all([gate.record([look(5)]), gate.record([look(6)]), gate.record([look(7)])]);
    expect(await written()).toEqual([1, 5, 6, 7]);
  });

  it('that cannot be written keep the answer back', async () => {
    const caller: Caller = { ...city.operator, purpose: 'counter-visit' };
    const ask = () => narrow.call('insurance.record', { person: workers[0] }, caller);
    const count = async (): Promise<number> =>
      Number((await owner.query('select count(*) from look')).rows[0].count);
    const before = await count();
    await owner.query('revoke insert on look from c430400_system');
    const told = await Promise.allSettled([ask(), ask(), ask(), ask(), ask()]);
    expect(told.map((t) => t.status)).toEqual(Array(5).fill('rejected'));
    await owner.query('grant insert on look to c430400_system');
    await Promise.all([ask(), ask(), ask()]);
    expect(await count()).toBe(before + 3);
  });
});

describe('a session', () => {
  const token = (n: number): string => `a token of ${n}`;
  const hashed = (n: number): Buffer => createHash('sha256').update(token(n)).digest();

  async function openSession(n: number, minutesAgo = 0, account?: number): Promise<number> {
    const { store } = city.house;
    const id =
      account ??
      (await store.transaction({ role: 'system' }, async (tx) => {
        const place = { areaLo: 430_407_000_000, areaHi: 430_407_000_000, reason: 'test' };
        const who = { kind: 'person', login: `p${n}`, name: `人${n}`, password: null } as const;
        const as = { ...who, ...place, role: 'insured-person', personId: persons[0]! };
        return (await openAccount(tx, as, 1, plainDate('2000-01-01'))).id;
      }));
    await owner.query(
      `with s as (insert into session (public_id, form_key, account_id, seen, expires)
         values ($1::text, $1, $3, clock_timestamp() - $4 * interval '1 minute', clock_timestamp() + interval '1 hour') returning id)
       insert into session_token (token_hash, session_id, presented) select $2, id, true from s`,
      [`s${n}`, hashed(n), id, minutesAgo],
    );
    return id;
  }
  const seenAgo = async (n: number): Promise<number> => {
    const { rows } = await owner.query(
      'select extract(epoch from clock_timestamp() - seen)::float as s from session where public_id = $1',
      [`s${n}`],
    );
    return Number(rows[0].s);
  };

  it('is read with the city’s time in one round trip', async () => {
    await openSession(1);
    const [open, at] = await readSessionAnd(narrow.store, token(1), (tx) => narrow.at(tx));
    expect(open?.actor).toMatchObject({
      kind: 'person',
      reach: { role: 'person', persons: [persons[0]] },
    });
    expect(at).toBe('2008-01-05T09:00:00');
    const [none] = await readSessionAnd(narrow.store, undefined, (tx) => narrow.at(tx));
    expect(none).toBeNull();
  });

  it('slides with use, many at once, and does not wait for one that is just being written', async () => {
    await Promise.all([2, 3, 4, 5].map((n) => openSession(n, 10)));
    await owner.query('begin');
    await owner.query("select 1 from session where public_id = 's5' for update");
    const actors = await Promise.all([2, 3, 4, 5].map((n) => readSession(narrow.store, token(n))));
    await owner.query('rollback');
    expect(actors.map((a) => a?.actor.name)).toEqual(['人2', '人3', '人4', '人5']);
    for (const n of [2, 3, 4]) expect(await seenAgo(n)).toBeLessThan(30);
    expect(await seenAgo(5)).toBeGreaterThan(500);
  });

  it('is over at once when it was ended elsewhere, idle, expired, or its account ended', async () => {
    const account = await openSession(6);
    expect(await readSession(narrow.store, token(6))).not.toBeNull();
    await signOut(city.house.store, token(6));
    expect(await readSession(narrow.store, token(6))).toBeNull();
    await openSession(7, 31, account);
    expect(await readSession(narrow.store, token(7))).toBeNull();
    await openSession(8, 0, account);
    await owner.query("update session set expires = clock_timestamp() where public_id = 's8'");
    expect(await readSession(narrow.store, token(8))).toBeNull();
    await openSession(9, 0, account);
    expect(await readSession(narrow.store, token(9))).not.toBeNull();
    await owner.query('update account set ended = clock_timestamp() where id = $1', [account]);
    expect(await readSession(narrow.store, token(9))).toBeNull();
  });
});

describe('a record', () => {
  it('of a kept file holds the months of the files merged into it, one after the other', async () => {
    const caller: Caller = { ...city.operator, purpose: 'counter-visit' };
    const months = async (of: string): Promise<string[]> =>
      (await city.run<RecordView>('insurance.record', { person: of }, caller)).months.map(
        (m) => m.employerName,
      );
    expect(await months(workers[0])).toEqual(['厂0']);
    for (const [keep, merge] of [
      [workers[1], workers[0]],
      [workers[2], workers[1]],
    ]) {
      await city.run('registry.person.merge', { keep, merge, reason: '同一人' });
    }
    expect(await months(workers[2])).toEqual(['厂0', '厂1', '厂2']);
  });
});

describe('a database that is killed', () => {
  it('is told as such, and all works again when it is back', async () => {
    const read = () => narrow.store.read(person(1), (tx) => tx.rows('select 1 as one'));
    expect(await read()).toEqual([{ one: 1 }]);
    process.kill(postmasterPid(city.folder)!, 'SIGKILL');
    expect(await refusal(eventually(read))).toBe('database-gone');
    const looks = new AccessGate(narrow.store, { areaLo: 430400000000, areaHi: 430499999999 });
    expect(await refusal(eventually(() => looks.record([])))).toBe('database-gone');
    await city.server.ensure();
    expect(await read()).toEqual([{ one: 1 }]);
    await looks.record([]);
  });

  /** Asks until it is refused: a backend that was running outlives its postmaster by a moment. */
  async function eventually(ask: () => Promise<unknown>): Promise<void> {
    for (let i = 0; i < 200; i += 1) {
      await ask();
      await new Promise((done) => setTimeout(done, 50));
    }
  }
});
