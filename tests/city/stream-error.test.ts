import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { citizen, organisation, refusal, roster, type TestCity, testCity } from './harness.ts';

let city: TestCity;
const code = organisation(7);

beforeAll(async () => {
  city = await testCity({ at: '2008-01-05T09:00' });
  await city.run('registry.employer.register', {
    code,
    name: '流中断厂',
    area: '430405',
    injuryClass: 2,
  });
  await city.run('insurance.declare', {
    employer: code,
    month: '2008-01',
    full: true,
    content: roster('2008-01', [
      { number: citizen(1), wage: '1500.00' },
      { number: citizen(2), wage: '1600.00' },
    ]),
  });
});
afterAll(async () => city?.close());

async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400' });
  await client.connect();
  await client.query('set role c430400_owner');
  await client.query(sql);
  await client.end();
}

describe('an error while rows stream', () => {
  it('is told, leaves nothing behind and holds nobody up', async () => {
    await asOwner('update roster_line_200801 set injury_class = 9');
    for (let again = 0; again < 2; again += 1)
      expect(await refusal(city.run('insurance.assess', { month: '2008-01' }))).toBe(
        'input-invalid',
      );
    await asOwner('update roster_line_200801 set injury_class = 2');
    expect(await city.run('insurance.assess', { month: '2008-01' })).toMatchObject({
      bills: 1,
      persons: 2,
    });
  });

  it('of the reader ends the server’s COPY too, however much that has still to send', async () => {
    const { store } = city.house;
    const sql = 'copy (select n from generate_series(1, 3000000) n) to stdout (format binary)';
    const sink = {
      columns: ['int4'] as const,
      row: () => undefined,
      between: () => Promise.reject(new Error('no more')),
    };
    const reading = store.transaction({ role: 'system' }, (tx) => tx.readRows(sql, sink));
    await expect(reading).rejects.toThrow('no more');
    const client = new pg.Client(city.server.connection);
    await client.connect();
    const sending = async (): Promise<number> => {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where query like 'copy (select n%' and state = 'active'",
      );
      return rows.length;
    };
    await expect.poll(sending, { timeout: 20_000 }).toBe(0);
    await client.end();
  });

  it('does not come from a work-injury class that the law of the day does not have', async () => {
    const register = (injuryClass: number): Promise<string> =>
      refusal(
        city.run('registry.employer.register', {
          code: organisation(8),
          name: '第八类厂',
          area: '430405',
          injuryClass,
        }),
      );
    expect(await register(8)).toBe('class-not-in-table');
    expect(await register(3)).toBe('none');
  });
});
