import { text } from 'node:stream/consumers';
import { to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, Intruders, inB, ofB, set } from './intruders.ts';
import {
  code,
  countyA,
  countyB,
  mill,
  type TwoCounties,
  twoCounties,
  works,
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

describe('another range', () => {
  it('shows no row without the application’s mark', async () => {
    const { ids } = town;
    const role = (r: string): string => set('role', `c${code}_${r}`);
    for (const table of [
      'bill',
      'person_fact',
      'roster_line',
      'person_month',
      'certificate',
      'file_chunk',
      'receipt',
    ])
      expect(
        await intruders.value(
          'app_staff',
          undefined,
          [role('staff'), ...everywhere],
          `select count(*)::int from ${table}`,
        ),
        table,
      ).toBe(0);
    const theirs = [role('person'), set('app.persons', `{${ids.zhang},${ids.li}}`)];
    for (const table of ['person_month', 'person_fact', 'certificate', 'account_credit_share'])
      expect(
        await intruders.value(
          'app_person',
          undefined,
          theirs,
          `select count(*)::int from ${table}`,
        ),
        table,
      ).toBe(0);
    const other = [role('employer'), set('app.employer', String(ids.works))];
    for (const table of ['bill', 'roster_line', 'upload', 'entry', 'bill_line'])
      expect(
        await intruders.value(
          'app_employer',
          undefined,
          other,
          `select count(*)::int from ${table}`,
        ),
        table,
      ).toBe(0);
  });

  it('shows no row with a mark of another connection, of somebody else or of one’s own making', async () => {
    const { ids } = town;
    const settings = intruders.as('app_staff').settings({ role: 'staff', ...countyB });
    const copied = intruders
      .as('app_staff')
      .settings({ role: 'staff', ...countyB }, intruders.as('app').backend);
    const ofPerson = intruders.as('app_staff').settings({ role: 'person', persons: [ids.li] });
    const marks = [
      copied,
      [...settings.slice(0, 5), ofPerson[5]!],
      [...settings.slice(0, 5), ['app.sign', 'f'.repeat(64)] as const],
      settings.slice(0, 5),
    ];
    for (const mark of marks) {
      const intruder = intruders.as('app_staff');
      await intruder.begin();
      await intruder.set(mark);
      expect(await intruder.value('select count(*)::int from bill')).toBe(0);
      await intruder.client.query('rollback');
    }
    // The same settings with the right mark show B’s: it is the mark that was missing.
    expect(await intruders.value('app_staff', { role: 'staff', ...countyB }, [], ofB)).toBe(1);
  });

  it('shows no row when it is set after the mark, not even narrower', async () => {
    expect(
      await intruders.value('app_staff', intruders.clerk, [], 'select count(*)::int from bill'),
    ).toBe(1);
    expect(
      await intruders.value(
        'app_staff',
        intruders.clerk,
        everywhere,
        'select count(*)::int from bill',
      ),
    ).toBe(0);
    expect(
      await intruders.value(
        'app_staff',
        intruders.clerk,
        [set('app.area_lo', String(countyA.areaLo + 1))],
        'select count(*)::int from bill',
      ),
    ).toBe(0);
    const more = [set('app.persons', `{${town.ids.li}}`)];
    expect(
      await intruders.value(
        'app_person',
        intruders.person,
        more,
        'select count(*)::int from person_month',
      ),
    ).toBe(0);
    const another = [set('app.employer', String(town.ids.works))];
    expect(
      await intruders.value(
        'app_employer',
        intruders.handler,
        another,
        'select count(*)::int from bill',
      ),
    ).toBe(0);
  });

  it('shows no row when a statement sets it while it runs', async () => {
    const widening = `set_config('app.area_lo', '0', true), set_config('app.area_hi', '999999999999', true)`;
    for (const table of ['bill', 'person_fact', 'declaration', 'employer_fact'])
      expect(
        await intruders.value(
          'app_staff',
          intruders.clerk,
          [],
          `select count(*) filter (where ${inB})::int from (select area, ${widening} from ${table} offset 0) x`,
        ),
        table,
      ).toBe(0);
    const lateral = `select count(*) filter (where b.${inB})::int from (select ${widening} from bill offset 0) s, lateral (select area from bill offset 0) b`;
    expect(await intruders.value('app_staff', intruders.clerk, [], lateral)).toBe(0);
    const all = `set_config('app.persons', '{${town.ids.zhang},${town.ids.li},${town.ids.commuter}}', true)`;
    for (const table of ['person_fact', 'spell', 'person_month'])
      expect(
        await intruders.value(
          'app_person',
          intruders.person,
          [
            'set local enable_indexscan = off',
            'set local enable_bitmapscan = off',
            'set local enable_indexonlyscan = off',
          ],
          `select count(*) filter (where person_id <> ${town.ids.zhang})::int from (select person_id, ${all} from ${table} offset 0) x`,
        ),
        table,
      ).toBe(0);
    const employer = `set_config('app.employer', '${town.ids.works}', true)`;
    expect(
      await intruders.value(
        'app_employer',
        intruders.handler,
        [],
        `select count(*) filter (where employer_id = ${town.ids.works})::int from (select employer_id, ${employer} from bill offset 0) x`,
      ),
    ).toBe(0);
  });

  it('shows no row through a cursor, a savepoint or the next one on the connection', async () => {
    const cursor = [
      'declare c cursor for select area from bill order by 1',
      'fetch 1 from c',
      ...everywhere,
    ];
    expect(
      await intruders.value('app_staff', intruders.clerk, cursor, 'fetch all from c'),
    ).toBeUndefined();
    const saved = ['savepoint s', ...everywhere, 'release s'];
    expect(
      await intruders.value('app_staff', intruders.clerk, saved, 'select count(*)::int from bill'),
    ).toBe(0);
    const back = ['savepoint s', ...everywhere, 'rollback to s'];
    expect(
      await intruders.value('app_staff', intruders.clerk, back, 'select count(*)::int from bill'),
    ).toBe(1);
    const intruder = intruders.as('app_staff');
    await intruder.begin(intruders.clerk);
    for (const [name, value] of intruder.settings(intruders.clerk))
      await intruder.client.query('select set_config($1, $2, false)', [name, value]);
    await intruder.client.query('select set_config($1, $2, false)', [
      'app.area_hi',
      '999999999999',
    ]);
    await intruder.client.query('commit');
    expect(await intruder.value('select count(*)::int from bill')).toBe(0);
    await intruder.client.query('reset all');
    await intruder.client.query('reset role');
  });

  it('shows no row by a plan that another role prepared', async () => {
    const app = intruders.as('app');
    await app.begin('system');
    await app.client.query(`prepare p as ${ofB}`);
    for (let i = 0; i < 6; i += 1) expect(await app.value('execute p')).toBe(1);
    await app.set([
      ['role', `c${code}_staff`],
      ['app.area_lo', '0'],
      ['app.area_hi', '999999999999'],
    ]);
    expect(await app.value('execute p')).toBe(0);
    await app.set([['role', `c${code}_person`]]);
    expect(await app.refusal('execute p')).toMatch(/permission denied/);
    await app.client.query('deallocate all');
  });

  it('shows no row through a copy, a view, a join or a block', async () => {
    const intruder = intruders.as('app_staff');
    await intruder.begin(intruders.clerk);
    for (const table of ['employer_code', 'entry'])
      expect(
        await text(
          intruder.client.query(copyTo(`copy (select * from ${table} where ${inB}) to stdout`)),
        ),
      ).toBe('');
    expect(await text(intruder.client.query(copyTo('copy employer_code (code) to stdout')))).toBe(
      `${mill}\n`,
    );
    await intruder.client.query('rollback');
    for (const view of ['entry', 'receivable_now', 'bill_line', 'month_paid'])
      expect(
        await intruders.value(
          'app_staff',
          intruders.clerk,
          [],
          `select count(*)::int from ${view} where ${inB}`,
        ),
        view,
      ).toBe(0);
    expect(
      await intruders.value(
        'app_staff',
        intruders.clerk,
        [],
        `select count(*)::int from employer e full join employer_code c on true where c.code = '${works}'`,
      ),
    ).toBe(0);
    await intruder.begin(intruders.clerk);
    const block = `do $$ begin perform set_config('role', 'c${code}_system', true); end $$`;
    expect(await intruder.refusal(block)).toMatch(/permission denied to set role/);
  });
});
