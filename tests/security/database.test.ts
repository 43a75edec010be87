import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cityRoles, loginNames, logins } from '../../src/kernel/database/names.ts';
import {
  catalogueAttempts,
  functionAttempts,
  makingAttempts,
  numberAttempts,
  outsideAttempts,
  partAttempts,
  policyAttempts,
  rewritingAttempts,
  secretAttempts,
} from './attempts.ts';
import { Intruders, ofB, set } from './intruders.ts';
import {
  code,
  countyA,
  Intruder,
  li,
  type TwoCounties,
  twoCounties,
  works,
  zhang,
} from './two-counties.ts';

let town: TwoCounties;
let intruders: Intruders;

beforeAll(async () => {
  town = await twoCounties();
  intruders = await Intruders.into(town);
});
afterAll(async () => {
  await intruders?.end();
  await town?.city.close();
});

describe('a log-in', () => {
  it('becomes nobody but whom it is for', async () => {
    const wrong: string[] = [];
    let tried = 0;
    for (const login of loginNames)
      for (const role of cityRoles) {
        const may = login === role || (logins[login] as readonly string[]).includes(role);
        for (const sql of [`set role c${code}_${role}`, set('role', `c${code}_${role}`)]) {
          tried += 1;
          await intruders.as(login).begin();
          const said = await intruders.as(login).refusal(sql);
          if (may ? said !== '' : !/permission denied/.test(said))
            wrong.push(`${login} ${role} ${said}`);
        }
        if (login === role) continue;
        await intruders.as(login).begin();
        const said = await intruders
          .as(login)
          .refusal(`set session authorization c${code}_${role}`);
        if (!/permission denied/.test(said)) wrong.push(`${login} session ${role} ${said}`);
      }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(150);
  });

  it('gives no role to anybody, and sees nothing as itself', async () => {
    for (const login of loginNames) {
      const { client } = intruders.as(login);
      for (const sql of [
        `grant c${code}_system to c${code}_app_staff`,
        `grant c${code}_owner to c${code}_${login}`,
        `create role x in role c${code}_system`,
      ]) {
        await client.query('begin');
        expect(await intruders.as(login).refusal(sql), `${login} ${sql}`).toMatch(
          /permission denied|must have admin option/,
        );
      }
      await intruders.as(login).begin(logins[login][0]);
      expect(await intruders.as(login).refusal('reset role; select count(*) from bill')).toMatch(
        /does not exist|permission denied/,
      );
      await client.query('begin');
      expect(await intruders.as(login).refusal(`select count(*) from c${code}.bill`)).toMatch(
        /permission denied/,
      );
    }
  });

  it('turns no policy, trigger or check off', async () => {
    expect(await intruders.unlike(policyAttempts)).toEqual([]);
  });

  it('makes nothing, not even for as long as its connection', async () => {
    expect(await intruders.unlike(makingAttempts)).toEqual([]);
  });

  it('reads no part of a table by its own name', async () => {
    const { client } = intruders.as('app_jobs');
    const leaves = await client.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'c${code}' and c.relispartition and c.relkind = 'r'`,
    );
    expect(leaves.rows.length).toBeGreaterThan(60);
    const readable = await client.query(
      `select c.relname, r.rolname from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
       where n.nspname = 'c${code}' and c.relispartition and c.relkind = 'r' and r.rolname ^@ 'c${code}_' and r.rolname <> 'c${code}_owner'
         and (has_any_column_privilege(r.oid, c.oid, 'select') or has_any_column_privilege(r.oid, c.oid, 'update') or has_table_privilege(r.oid, c.oid, 'delete, truncate'))`,
    );
    expect(readable.rows).toEqual([]);
    expect(await intruders.unlike(partAttempts)).toEqual([]);
  });

  it('reaches no file, program or other server', async () => {
    expect(await intruders.unlike(outsideAttempts)).toEqual([]);
  });

  it('draws, sets and reads no number that is not its own', async () => {
    expect(await intruders.unlike(numberAttempts)).toEqual([]);
  });

  it('calls no function that is not for it, and none that it could lead astray', async () => {
    expect(await intruders.unlike(functionAttempts)).toEqual([]);
    const { rows } = await intruders.as('app_jobs').client.query<{
      name: string;
      definer: boolean;
      path: string | null;
      who: string[];
    }>(
      `select p.proname as name, p.prosecdef as definer, (select c from unnest(p.proconfig) c where c ^@ 'search_path=') as path,
         array(select replace(r.rolname, 'c${code}_', '') from pg_roles r where r.rolname ^@ 'c${code}_' and has_function_privilege(r.oid, p.oid, 'execute')
           and r.rolname <> 'c${code}_owner' and not r.rolcanlogin order by 1) as who
       from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'c${code}' order by 1`,
    );
    for (const { name, definer, path } of rows)
      if (definer) expect(path, name).toMatch(/, pg_temp$/);
    expect(
      Object.fromEntries(
        rows.filter((r) => r.who.length > 0).map((r) => [r.name, r.who.join(' ')]),
      ),
    ).toEqual({
      conflicts_of: 'system',
      finish_person_month: 'system',
      person_files: 'system',
      person_kept: 'system',
      reach_areas: 'staff',
      reach_employer: 'employer',
      reach_persons: 'person',
    });
  });

  it('misleads no function by tables of its own where it may make some', async () => {
    const superuser = await Intruder.superuser(town);
    const { rows } = await superuser.query<{ name: string }>('select current_database() as name');
    await superuser.query(`grant temporary on database "${rows[0]!.name}" to c${code}_system`);
    const app = intruders.as('app');
    try {
      await app.begin('system');
      // A month that is closed stays so, though no lock stands in a table of that name that comes first.
      for (const table of ['period_lock', 'journal', 'ledger_account'])
        await app.client.query(`create temporary table ${table} (like c${code}.${table})`);
      const posting = `insert into c${code}.posting (journal_id, seq, book, period, area, cells, amounts)
        select id, 900000, 1, 200801, 430400000000, '{1002100,4001100}', '{1,-1}' from c${code}.journal where period = 200801 limit 1`;
      expect(await app.refusal(posting)).toMatch(/ledger-reference|period-locked/);
      // Nobody puts a function of the owner’s on a table of his own: it would read as the owner what the table’s name says.
      for (const trigger of ["refuse_overlap('number', 'person_id')", 'posting_check()']) {
        await app.begin('system');
        await app.client.query(
          'create temporary table mine (id bigint, person_id bigint, number text, valid daterange, known int8range)',
        );
        expect(
          await app.refusal(
            `create trigger t after insert on mine referencing new table as fresh for each statement execute function c${code}.${trigger}`,
          ),
        ).toMatch(/permission denied for function/);
      }
    } finally {
      await superuser.query(`revoke temporary on database "${rows[0]!.name}" from c${code}_system`);
      await superuser.end();
    }
  });

  it('reads no key, password or session, and no column beside what it may', async () => {
    expect(await intruders.unlike(secretAttempts)).toEqual([]);
  });

  it('learns nothing of others from the server’s own tables', async () => {
    expect(await intruders.unlike(catalogueAttempts)).toEqual([]);
    const superuser = await Intruder.superuser(town);
    await superuser.query('analyze');
    await superuser.end();
    const values = `select count(*)::int from pg_stats where schemaname = 'c${code}' and tablename in ('bill', 'person_fact', 'employer_code', 'roster_line', 'account', 'receipt')`;
    for (const [login, reach] of [
      ['app_staff', intruders.clerk],
      ['app_person', intruders.person],
      ['app_employer', intruders.handler],
    ] as const)
      expect(await intruders.value(login, reach, [], values), login).toBe(0);
    const texts = `select count(*)::int from pg_stat_activity where usename <> 'c${code}_app_staff' and usename ^@ 'c${code}' and query <> '<insufficient privilege>'`;
    expect(await intruders.value('app_staff', intruders.clerk, [], texts)).toBe(0);
    // What a plan tells of a number that is somebody’s in another county is what it tells of nobody’s.
    const planOf = async (number: string): Promise<string> => {
      await intruders.as('app_staff').begin(intruders.clerk);
      const { rows } = await intruders
        .as('app_staff')
        .client.query<Record<string, string>>(
          `explain select 1 from person_fact where number = '${number}'`,
        );
      await intruders.as('app_staff').client.query('rollback');
      return rows.map((r) => r['QUERY PLAN']!.replaceAll(number, '…')).join('\n');
    };
    expect(await planOf(li)).toBe(await planOf('430499197001019999'));
  });

  it('is told no value of others by an error, a function that talks or an operator', async () => {
    const talking = [
      'select count(*) from person_fact where number::int > 0',
      "select count(*) from person_fact where (number || 'x')::numeric > 0",
      'select count(*) from person_fact where date_trunc(number, now()) is not null',
      'select count(*) from employer_code where code::int > 0',
      "select count(*) from certificate where (body #>> array['subjectNumber'])::int > 0",
      'select count(*) from roster_line r where 1 / (wage - 200000) > 0 and person_id not in (select person_id from person_fact)',
      'select (xpath(number, null)) from person_fact',
    ];
    for (const sql of talking) {
      await intruders.as('app_staff').begin(intruders.clerk);
      const said = await intruders.as('app_staff').refusal(sql);
      for (const secret of [li, works, works.replace('-', '')])
        expect(said, sql).not.toContain(secret);
    }
    await intruders.as('app_staff').begin(intruders.clerk);
    // That it talks of what one may see anyway shows that it would.
    expect(
      await intruders
        .as('app_staff')
        .refusal(
          `select count(*) from person_fact where number = '${zhang}' and (number || 'x')::int > 0`,
        ),
    ).toContain(zhang);
  });

  it('changes nothing that was written', async () => {
    expect(await intruders.unlike(rewritingAttempts)).toEqual([]);
    const { rows } = await intruders.as('app_jobs').client.query<{
      role: string;
      table: string;
      columns: string | null;
      whole: boolean;
    }>(
      `select replace(r.rolname, 'c${code}_', '') as role, c.relname as table,
         (select string_agg(a.attname, ' ' order by a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
           and has_column_privilege(r.oid, c.oid, a.attnum, 'update')) as columns,
         has_table_privilege(r.oid, c.oid, 'delete, truncate, trigger, references') as whole
       from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
       where n.nspname = 'c${code}' and c.relkind in ('r', 'p', 'v') and r.rolname ^@ 'c${code}_' and r.rolname <> 'c${code}_owner' and not r.rolcanlogin`,
    );
    const changes = rows.filter((r) => r.columns !== null || r.whole);
    expect(changes.filter((r) => r.role !== 'system')).toEqual([]);
    // What was tried, half done or is one's own to take away; nothing of what was done, owed or known.
    expect(
      changes
        .filter((r) => r.whole)
        .map((r) => r.table)
        .sort(),
    ).toEqual([
      'activation',
      'passkey',
      'passkey_challenge',
      'provider_try',
      'recovery_code',
      'sign_in_address',
      'sign_in_half',
      'sign_in_login',
      'totp',
    ]);
    const updated = changes.filter((r) => r.columns !== null);
    expect(Object.fromEntries(updated.map((r) => [r.table, r.columns]))).toEqual({
      access_grant: 'valid',
      account: 'email ended login password_hash password_told person_id',
      activation: 'act code_hash expires tries',
      api_key: 'ended former_hash former_until key_hash prefix until used',
      city: 'clock',
      employer_code: 'known',
      employer_fact: 'known',
      employer_rating: 'bills known',
      link: 'known',
      number_series: 'last',
      outbox: 'attempts due given_up sent',
      passkey: 'counter used',
      payout_account: 'bank holder known number number_index',
      person_fact: 'known',
      post: 'ended',
      receipt: 'payer_account payer_account_index',
      recovery_code: 'used',
      run: 'done note state total touched',
      sealed_key: 'master state wrapped',
      session: 'ended proved seen',
      session_token: 'followed presented replaced',
      sign_in_address: 'tries until',
      sign_in_login: 'locked_until told tries until',
      spell: 'known',
      totp: 'confirmed last_step secret',
    });
  });
});

describe('a query’s exchange', () => {
  it('writes nothing, does one statement at a time and ends with its role', async () => {
    const reach = { role: 'system' } as const;
    const read = (...sql: string[]): Promise<unknown> =>
      town.city.house.store.read(reach, (tx) => Promise.all(sql.map((s) => tx.rows(s))));
    await expect(
      read("insert into outbox (act, kind, body) values (1, 'x', '{}')"),
    ).rejects.toThrow(/read-only transaction/);
    await expect(read("select set_config('transaction_read_only', 'off', true)")).rejects.toThrow(
      /read-write mode/,
    );
    await expect(
      read("do $$ begin perform set_config('transaction_read_only', 'off', true); end $$"),
    ).rejects.toThrow(/read-write mode/);
    await expect(read('select 1; select 2')).rejects.toThrow(/multiple commands/);
    await expect(
      read('begin read write', "insert into outbox (act, kind, body) values (1, 'x', '{}')"),
    ).rejects.toThrow();
    await expect(read('commit', 'select count(*) from bill')).rejects.toThrow(
      /does not exist|permission denied/,
    );
    await expect(read('alter role c430400_app password null')).rejects.toThrow(
      /read-only transaction/,
    );
    await expect(read('select lo_create(0)')).rejects.toThrow(/read-only transaction/);
    // The connection is as it was.
    expect(await read('select 1 as one')).toEqual([[{ one: 1 }]]);
  });

  it('has the eyes of its asker on every way', async () => {
    const { store } = town.city.house;
    const reach = { role: 'staff', ...countyA } as const;
    const seen = await store.read(reach, async (tx) => [
      await tx.rows('select count(*)::int as n from bill'),
      await tx.as('system', () => tx.rows('select count(*)::int as n from bill')),
      await tx.rows('select count(*)::int as n from bill'),
    ]);
    expect(seen.flat()).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }]);
    await expect(
      store.read(reach, (tx) => tx.rows(`select set_config('role', 'c${code}_system', true)`)),
    ).rejects.toThrow(/permission denied to set role/);
  });
});

describe('what PostgreSQL cannot refuse', () => {
  it('is that SQL within a command becomes the system, and reads what the system reads', async () => {
    const become = [set('role', `c${code}_system`)];
    expect(await intruders.value('app', intruders.clerk, become, ofB)).toBe(1);
    expect(
      await intruders.value(
        'app',
        intruders.clerk,
        become,
        'select count(*)::int from session_token where token_hash is null',
      ),
    ).toBe(0);
  });

  it('is that a log-in takes time, locks and room, and knows its own connections', async () => {
    for (const [login, reach] of [
      ['app_staff', intruders.clerk],
      ['app_person', intruders.person],
      ['app_employer', intruders.handler],
    ] as const) {
      expect(
        await intruders.value(login, reach, [], 'select pg_try_advisory_xact_lock(1, 1)'),
      ).toBe(true);
      expect(await intruders.value(login, reach, ['listen x', "notify x, 'y'"], 'select 1')).toBe(
        1,
      );
      expect(await intruders.value(login, reach, [], 'select lo_create(0) > 0')).toBe(true);
      expect(await intruders.value(login, reach, [], 'select pg_sleep(0) is not null')).toBe(true);
      // What it may see of its own kind are texts of the program: no value stands in them.
      const own = `select string_agg(query, ' ') from pg_stat_activity where usename = 'c${code}_${login}' and pid <> pg_backend_pid()`;
      await town.city.house.store.read({ ...reach }, (tx) =>
        tx.rows('select count(*) from spell where person_id = $1', [town.ids.li]),
      );
      const texts = String(await intruders.value(login, undefined, [], own));
      expect(texts).toContain('select count(*) from spell');
      expect(texts).not.toMatch(/430407|\b[0-9a-f]{64}\b/);
    }
    // A large object is its maker’s alone, and a log-in may change its own password: the next migration sets it again.
    const app = intruders.as('app');
    await app.begin('system');
    const id = await app.value("select lo_from_bytea(0, 'x')");
    await app.set([['role', `c${code}_staff`]]);
    expect(await app.refusal(`select lo_get(${id})`)).toMatch(/permission denied/);
    await intruders.as('app_staff').begin();
    expect(
      await intruders.as('app_staff').refusal(`alter role c${code}_app_staff password 'x'`),
    ).toBe('');
  });

  it('is that a connection can be spoilt for whoever has it next, who then sees nothing', async () => {
    const intruder = await Intruder.as(town, 'app_staff');
    await intruder.client.query("select set_config('search_path', 'pg_catalog', false)");
    await intruder.begin(intruders.clerk);
    expect(await intruder.refusal('select count(*) from bill')).toMatch(/does not exist/);
    await intruder.client.query(
      `select set_config('search_path', 'c${code}', false), set_config('row_security', 'off', false)`,
    );
    await intruder.begin(intruders.clerk);
    expect(await intruder.refusal('select count(*) from bill')).toMatch(/row-level security/);
    await intruder.end();
  });
});
