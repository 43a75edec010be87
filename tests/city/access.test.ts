import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorByLogin, nobody, openAccount } from '../../src/engines/access/index.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import {
  type Caller,
  type PlainDate,
  type Purpose,
  purposes,
  registered,
} from '../../src/kernel/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const mine = organisation(91);
const others = organisation(92);
const me = citizen(31);
const other = citizen(33);
let city: TestCity;
const ids: Record<string, number> = {};

beforeAll(async () => {
  city = await testCity();
  for (const [code, area, person] of [
    [mine, '430407', me],
    [others, '430405', other],
  ] as const) {
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
    const rating = { employer: code, kind: 'size', value: 'small', from: '2008-01' };
    await city.run('insurance.rate-employer', { ...rating, document: '认定书' });
    const content = roster('2008-01', [{ number: person, wage: '2000' }]);
    await city.run('insurance.upload', { employer: code, month: '2008-01', full: true, content });
    await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  }
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-01-20T09:00');
  const rows = ['000001', '000002'].map((n, i) => ({
    on: '2008-01-19',
    reference: `A${i}`,
    bill: `衡社缴〔2008〕${n}`,
    amount: '333.33',
  }));
  await city.run('insurance.collect', { content: bankFile(rows) });
  await city.run('insurance.credit', { month: '2008-01' });
  await city.run('insurance.certificate.issue', {
    employer: others,
    from: '2008-01',
    to: '2008-01',
  });
  await city.run('insurance.certificate.issue', { person: other, from: '2008-01', to: '2008-01' });
  const found = await rows_(
    { role: 'system' },
    `select (select employer_id from employer_code where code = '${mine}') as employer,
       (select employer_id from employer_code where code = '${others}') as others,
       (select person_id from person_fact where number = '${me}') as me,
       (select person_id from person_fact where number = '${other}') as other`,
  );
  Object.assign(ids, found[0]);
});
afterAll(async () => city?.close());

function rows_(reach: Reach, sql: string): Promise<Record<string, unknown>[]> {
  return city.house.store.transaction(reach, (tx) => tx.rows(sql));
}

/** The tables of the schema with row-level security, with the columns that say whose a row is. */
async function guarded(): Promise<{ table: string; columns: string[] }[]> {
  const found = await rows_(
    { role: 'system' },
    `select c.relname as table, array_agg(a.attname::text) as columns from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'c430400'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity group by 1 order by 1`,
  );
  return found as { table: string; columns: string[] }[];
}

/** How many rows of somebody else an actor sees; a table without a grant shows none. */
async function seenOf(reach: Reach, table: string, where: string): Promise<number> {
  try {
    const [row] = await rows_(reach, `select count(*)::int as n from ${table} where ${where}`);
    return Number(row!['n']);
  } catch (error) {
    expect(String(error)).toMatch(/permission denied/);
    return 0;
  }
}

describe('row-level security', () => {
  it('stands on every table with people or employers in it that anybody may read', async () => {
    const readers = ['system', 'staff', 'person', 'employer', 'auditor', 'bulk', 'app'];
    const open = await rows_(
      { role: 'system' },
      `select distinct c.relname, r.role from pg_class c join pg_attribute a on a.attrelid = c.oid,
         unnest(array['${readers.join("','")}']) as r (role)
       where c.relnamespace = 'c430400'::regnamespace and c.relkind in ('r', 'p') and not c.relrowsecurity
         and a.attname in ('person_id', 'employer_id', 'account_id')
         and (has_table_privilege('c430400_' || r.role, c.oid, 'select, update, delete')
           or (r.role <> 'bulk' and has_table_privilege('c430400_' || r.role, c.oid, 'insert')))`,
    );
    expect(open).toEqual([]);
    expect((await guarded()).length).toBeGreaterThan(30);
  });

  it('is not got round by a view: each reads with the eyes of who asks', async () => {
    const views = await rows_(
      { role: 'system' },
      `select relname, coalesce('security_invoker=true' = any (reloptions), false) as invoker from pg_class
       where relnamespace = 'c430400'::regnamespace and relkind in ('v', 'm')`,
    );
    expect(views.length).toBeGreaterThanOrEqual(4);
    expect(views.filter((v) => v['invoker'] !== true)).toEqual([]);
  });

  it('shows a person nobody else’s rows, an employer nobody else’s, a county’s clerk no other county’s', async () => {
    let asked = 0;
    for (const { table, columns } of await guarded()) {
      const person: Reach = { role: 'person', persons: [ids['me']!] };
      const employer: Reach = { role: 'employer', employer: ids['employer']! };
      const clerk: Reach = { role: 'staff', areaLo: 430_407_000_000, areaHi: 430_407_999_999 };
      const look = async (reach: Reach, where: string): Promise<void> => {
        asked += 1;
        expect(await seenOf(reach, table, where), `${reach.role} ${table}`).toBe(0);
      };
      if (columns.includes('person_id')) {
        await look(person, `person_id = ${ids['other']}`);
        await look(employer, `person_id = ${ids['other']}`);
      }
      if (columns.includes('employer_id')) {
        await look(
          person,
          `employer_id = ${ids['others']} ${columns.includes('person_id') ? `and person_id is distinct from ${ids['me']}` : ''}`,
        );
        await look(employer, `employer_id = ${ids['others']}`);
      }
      if (columns.includes('area') && table !== 'area_name')
        await look(clerk, 'area between 430405000000 and 430405999999');
    }
    expect(asked).toBeGreaterThan(60);
  });

  it('gives the auditor no person’s wages and no passwords', async () => {
    const auditor: Reach = { role: 'auditor' };
    for (const table of [
      'person_fact',
      'roster_line',
      'person_month',
      'spell',
      'account_credit_share',
      'session',
      'file_chunk',
    ])
      expect(await seenOf(auditor, table, 'true'), table).toBe(0);
    await expect(rows_(auditor, 'select password_hash from account')).rejects.toThrow(
      /permission denied/,
    );
  });

  it('shows each his own', async () => {
    expect(await seenOf({ role: 'person', persons: [ids['me']!] }, 'person_month', 'true')).toBe(1);
    expect(await seenOf({ role: 'employer', employer: ids['employer']! }, 'bill', 'true')).toBe(1);
    expect(
      await seenOf(
        { role: 'staff', areaLo: 430_407_000_000, areaHi: 430_407_999_999 },
        'bill',
        'true',
      ),
    ).toBe(1);
    expect(await seenOf({ role: 'auditor' }, 'entry', 'true')).toBeGreaterThan(10);
  });
});

describe('the application’s log-in', () => {
  it('owns nothing and cannot turn the policies off', async () => {
    const owned = await rows_(
      { role: 'system' },
      `select count(*)::int as n from pg_class where relowner = 'c430400_app'::regrole`,
    );
    expect(owned).toEqual([{ n: 0 }]);
    for (const sql of [
      'alter table bill disable row level security',
      'drop policy staff_area on bill',
      'set role c430400_owner',
    ])
      await expect(rows_({ role: 'system' }, sql)).rejects.toThrow(
        /must be (owner|able)|permission denied/,
      );
  });

  it('may finish a month’s rows as the system only, and nothing else by it', async () => {
    for (const role of ['staff', 'employer', 'person', 'auditor'] as const)
      await expect(rows_({ role }, 'call finish_person_month(200801)'), role).rejects.toThrow(
        /permission denied/,
      );
    // A month that is a leaf already stays as it is; one that was never made is refused.
    await rows_({ role: 'system' }, 'call finish_person_month(200801)');
    await expect(rows_({ role: 'system' }, 'call finish_person_month(199001)')).rejects.toThrow(
      /does not exist/,
    );
  });

  it.each([
    'posting',
    'journal',
    'act',
    'look',
    'receipt',
    'person_month',
    'bill_section',
    'roster_line',
    'determination',
  ])('cannot change or delete what is written: %s', async (table) => {
    for (const role of ['system', 'staff', 'auditor'] as const) {
      await expect(
        rows_({ role, areaLo: 0, areaHi: 999_999_999_999 }, `delete from ${table}`),
      ).rejects.toThrow(/permission denied/);
      const real =
        {
          posting: 'area',
          look: 'purpose',
          person_month: 'base',
          bill_section: 'area',
          roster_line: 'wage',
          act: 'command',
        }[table] ?? 'act';
      await expect(
        rows_(
          { role, areaLo: 0, areaHi: 999_999_999_999 },
          `update ${table} set ${real} = ${real}`,
        ),
      ).rejects.toThrow(/permission denied/);
    }
  });
});

describe('the gate', () => {
  it('lets nobody through without the right', async () => {
    const stranger: Caller = { ...city.operator, actor: nobody };
    const without: Caller = {
      ...city.operator,
      actor: { ...city.operator.actor, permissions: new Set() },
    };
    let asked = 0;
    for (const definition of registered().values()) {
      if (definition.open === true) continue;
      asked += 1;
      expect(await refusal(city.run(definition.name, {}, stranger)), definition.name).toBe(
        'sign-in-needed',
      );
      expect(await refusal(city.run(definition.name, {}, without)), definition.name).toBe(
        'not-permitted',
      );
    }
    expect(asked).toBeGreaterThan(30);
  });

  it('asks for a purpose, and records the look before it answers', async () => {
    const aimless: Caller = { ...city.operator, purpose: '' };
    const looks = `select count(*)::int as n from look where person_id = ${ids['me']} and query = 'insurance.record'`;
    expect(await refusal(city.run('insurance.record', { person: me }, aimless))).toBe(
      'purpose-missing',
    );
    expect(await rows_({ role: 'system' }, looks)).toEqual([{ n: 0 }]);
    await city.run(
      'insurance.record',
      { person: me },
      { ...city.operator, purpose: 'counter-visit' },
    );
    expect(await rows_({ role: 'system' }, looks)).toEqual([{ n: 1 }]);
  });

  it('takes a purpose of the list only, and stores nothing else', async () => {
    const said = ['curiosity', '<b>x', '本人查询', 'constructor', 'x'.repeat(3000)];
    for (const purpose of said)
      for (const [name, input] of [
        ['insurance.record', { person: me }],
        ['registry.persons', { search: me }],
        ['insurance.bill', { employer: mine, month: '2008-01' }],
        ['insurance.certificate.issue', { person: me, from: '2008-01', to: '2008-01' }],
      ] as const)
        expect(
          await refusal(city.run(name, input, { ...city.operator, purpose: purpose as Purpose })),
        ).toBe('purpose-unknown');
    const stored = await rows_(
      { role: 'system' },
      'select purpose from look union select purpose from act',
    );
    for (const { purpose } of stored) expect([...Object.keys(purposes), '']).toContain(purpose);
  });

  it('asks for a purpose of whatever shows a person, by his certificates, too', async () => {
    const aimless: Caller = { ...city.operator, purpose: '' };
    expect(await refusal(city.run('insurance.certificates', { person: me }, aimless))).toBe(
      'purpose-missing',
    );
    // An employer's certificates list its persons.
    expect(await refusal(city.run('insurance.certificates', { employer: mine }, aimless))).toBe(
      'purpose-missing',
    );
  });

  it('records what a command shows of a person, and asks it for a purpose', async () => {
    const issue = { person: me, from: '2008-01', to: '2008-01' };
    const looks = `select count(*)::int as n from look where person_id = ${ids['me']} and purpose = 'check-benefits'`;
    const aimless: Caller = { ...city.operator, purpose: '' };
    expect(await refusal(city.run('insurance.certificate.issue', issue, aimless))).toBe(
      'purpose-missing',
    );
    const caller = { ...city.operator, purpose: 'check-benefits' as const };
    await city.run('insurance.certificate.issue', issue, caller);
    expect(await rows_({ role: 'system' }, looks)).toEqual([{ n: 1 }]);
  });

  it('lets a right reach as far as the grant that gives it, and no further by another grant', async () => {
    const { store } = city.house;
    await store.transaction({ role: 'system' }, async (tx) => {
      const clerk = { kind: 'staff', login: 'two-grants', name: '两岗', password: null } as const;
      const { id } = await openAccount(
        tx,
        {
          ...clerk,
          role: 'collection-clerk',
          areaLo: 430_407_000_000,
          areaHi: 430_407_999_999,
          reason: '测试',
        },
        0,
        '2008-01-01' as PlainDate,
      );
      await tx.execute(
        `insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act)
         values ($1, 'fund-accountant', 430400000000, 430499999999, '[2008-01-01,)', '测试', 0)`,
        [id],
      );
    });
    const actor = await actorByLogin(store, 'two-grants');
    const caller: Caller = { ...city.operator, actor, purpose: 'check-benefits' as const };
    const correct = (employer: string, person: string): Promise<string> =>
      refusal(
        city.run(
          'insurance.correct-wage',
          { employer, person, months: ['2008-01'], wageFen: 250_000, reason: '测试' },
          caller,
        ),
      );
    expect(await correct(others, other)).toBe('unknown-employer');
    expect(await correct(mine, me)).not.toBe('unknown-employer');
    const size = { kind: 'size', value: 'micro', from: '2008-01', document: '认定书' };
    const rate = (employer: string): Promise<string> =>
      refusal(city.run('insurance.rate-employer', { employer, ...size }, caller));
    expect([await rate(others), await rate(mine)]).toEqual(['unknown-employer', 'none']);
    // Reading the statements is the accountant's right, in the whole city.
    const ageing = { month: '2008-01' };
    await city.run('insurance.ageing', ageing, caller);
    expect(await city.run('insurance.bills', { employer: others }, caller)).toMatchObject({
      rows: [{ month: '2008-01' }],
    });
  });

  it('hides who is not in one’s reach as if there were nobody', async () => {
    const actor = {
      ...city.operator.actor,
      kind: 'person' as const,
      reach: { role: 'person' as const, persons: [ids['me']!] },
    };
    const person: Caller = { ...city.operator, actor, purpose: 'own-matter' };
    expect(await refusal(city.run('insurance.record', { person: other }, person))).toBe(
      'unknown-person',
    );
    expect(await city.run('insurance.record', { person: me }, person)).toMatchObject({
      countedMonths: 0,
    });
  });
});
