import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuditFinding,
  actorByLogin,
  rootsAfter,
  sealAudit,
} from '../../src/engines/access/index.ts';
import { makeAuditLeaves, retireLooks, singleClient } from '../../src/kernel/database/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

const employer = organisation(55);
const me = citizen(55);
let city: TestCity;
let owner: Awaited<ReturnType<typeof singleClient>>;
let auditor: Caller;

beforeAll(async () => {
  city = await testCity();
  owner = await singleClient(city.server.connection, '430400');
  const place = { area: '430407', injuryClass: 1 };
  await city.run('registry.employer.register', { code: employer, name: '甲厂', ...place });
  const content = roster('2008-01', [{ number: me, wage: '2000' }]);
  await city.run('insurance.declare', { employer, month: '2008-01', full: true, content });
  await city.run('access.account.open', {
    kind: 'auditor',
    login: 'shen',
    name: '沈审计',
    reason: '测试',
  });
  auditor = {
    ...city.operator,
    actor: await actorByLogin(city.house.store, 'shen'),
    purpose: 'check-controls',
  };
  await look();
  await sealed();
  await look();
  await sealed();
});
afterAll(async () => {
  await owner?.end();
  await city?.close();
});

/** Seals all that came to an end: what the server does by itself at the moment may hold the newest of it back. */
async function sealed(): Promise<void> {
  for (let i = 0; i < 50; i += 1) {
    await sealAudit(city.house.store);
    if ((await walked()).unsealed === 0) return;
    await new Promise((done) => setTimeout(done, 200));
  }
}

const look = () => city.run('insurance.record', { person: me });
const walked = () => city.run<AuditFinding>('access.audit.verify', {}, auditor);
const whats = async () => (await walked()).faults.map((f) => f.what).sort();

/** What the walk finds while the owner's changes stand; then they are taken back. */
async function found(change: string, back: string): Promise<string[]> {
  await owner.query(change);
  const told = await whats();
  await owner.query(back);
  return told;
}

describe('the audit trail', () => {
  it('is whole, and says how much of it is sealed', async () => {
    const first = await walked();
    expect(first.faults).toEqual([]);
    expect(first.batches).toBeGreaterThanOrEqual(3);
    expect(first.rows).toBeGreaterThan(5);
    const acts = await owner.query('select count(*)::int as n from act');
    const looks = await owner.query('select count(*)::int as n from look');
    expect((await walked()).rows).toBe(acts.rows[0].n + looks.rows[0].n);
  });

  it('is found changed, shortened and lengthened, in the month and batch where it was', async () => {
    const one = 'id = (select min(id) from look)';
    expect(
      await found(
        `update look set purpose = 'check-benefits' where ${one}`,
        `update look set purpose = 'operation' where ${one}`,
      ),
    ).toEqual(['changed']);
    expect(
      await found(
        `create temporary table away as select * from look where ${one}; delete from look where ${one}`,
        'insert into look select * from away',
      ),
    ).toEqual(['changed']);
    expect(
      await found(
        `insert into act (id, tx, at, account_id, command, purpose) select 999999, tx, at, account_id, 'x', 'operation' from act order by id limit 1`,
        'delete from act where id = 999999',
      ),
    ).toEqual(['changed']);
    expect(
      await found(
        `insert into act (id, tx, at, wall, account_id, command, purpose) values (999999, '1', '2008-01-01', '2020-01-05', 1, 'x', 'operation')`,
        'delete from act where id = 999999',
      ),
    ).toEqual(['outside']);
    expect((await walked()).faults).toEqual([]);
  });

  it('is found when its chain is changed, or a batch taken out of it', async () => {
    expect(
      await found(
        `create temporary table b as select * from audit_batch where id = 2; update audit_batch set rows_hash = sha256('x') where id = 2`,
        'update audit_batch a set rows_hash = b.rows_hash from b where a.id = b.id',
      ),
    ).toEqual(['chain', 'changed']);
    const told = await found(
      'delete from audit_batch where id = 2',
      'insert into audit_batch select * from b',
    );
    expect(told).toContain('chain');
    expect(told).toContain('outside');
    expect((await walked()).faults).toEqual([]);
  });

  it('seals nothing of a transaction that is under way, and all of it later', async () => {
    await owner.query(
      `begin; insert into act (id, at, account_id, command, purpose) values (999998, '2008-01-01', 1, 'slow', 'operation')`,
    );
    await look();
    await sealAudit(city.house.store);
    expect((await walked()).unsealed).toBeGreaterThan(0);
    await owner.query('commit');
    await sealed();
    expect(await walked()).toMatchObject({ faults: [] });
    const last = await owner.query(
      'select max(to_tx)::text as to, (select tx::text from act where id = 999998) as tx from audit_batch',
    );
    expect(BigInt(last.rows[0].to)).toBeGreaterThan(BigInt(last.rows[0].tx));
  });

  it('has a root for each day that is over, and finds one that is not the chain’s', async () => {
    expect(await rootsAfter(city.house.store, null)).toEqual([]);
    await owner.query(`update audit_batch set sealed = sealed - interval '1 day'`);
    await look();
    await sealed();
    const roots = await rootsAfter(city.house.store, null);
    expect(roots).toHaveLength(1);
    const open = await city.run<{ rows: object[] }>('access.audit.roots', {});
    expect(open.rows).toEqual(roots);
    const told = await found(
      `update audit_root set hash = sha256('y')`,
      `update audit_root r set hash = b.hash from audit_batch b where b.id = r.batch`,
    );
    expect(told).toContain('root');
  });

  it('gives up looks of a month whose years are over, sealed ones only, and stays whole', async () => {
    const { connection } = city.server;
    await makeAuditLeaves(connection, '430400', 199001, 1);
    await owner.query(
      `insert into look (at, wall, account_id, query, purpose) values ('1990-01-05', '1990-01-05', 1, 'insurance.record', 'operation')`,
    );
    await expect(retireLooks(connection, '430400', 199601)).rejects.toThrow('not sealed');
    await sealed();
    const before = await walked();
    expect(await retireLooks(connection, '430400', 199601)).toEqual([199_001]);
    const after = await walked();
    // What the test before did to the chain is still told, and nothing more.
    expect(after.faults).toEqual(before.faults);
    expect([after.rows, after.batches]).toEqual([before.rows - 1, before.batches]);
    expect(await retireLooks(connection, '430400', 199601)).toEqual([]);
  });

  it('cannot be changed or cut by any role of the application', async () => {
    for (const role of ['system', 'staff', 'auditor', 'jobs'] as const)
      for (const sql of [
        'update act set purpose = purpose',
        'delete from act',
        'update look set purpose = purpose',
        'delete from look',
        'truncate look',
        'update audit_batch set rows = 0',
        'delete from audit_batch',
        'delete from audit_root',
      ])
        expect(
          await refusal(city.house.store.transaction({ role }, (tx) => tx.execute(sql))),
          `${role}: ${sql}`,
        ).toMatch(/^42501$/);
  });
});
