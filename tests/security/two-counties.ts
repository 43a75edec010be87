import type pg from 'pg';
import {
  type Login,
  type Reach,
  ReachKey,
  roleName,
  singleClient,
} from '../../src/kernel/database/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  roster,
  type TestCity,
  testCity,
} from '../city/harness.ts';

export const code = '430400';
/** A and B: an employer of each county, and whom it employs. */
export const mill = organisation(91);
export const works = organisation(92);
export const zhang = citizen(31);
export const li = citizen(33);
/** Lives in A, where he worked first, and works in B. */
export const commuter = citizen(35);
export const countyA = { areaLo: 430_407_000_000, areaHi: 430_407_999_999 };
export const countyB = { areaLo: 430_405_000_000, areaHi: 430_405_999_999 };
export const month = '2008-01';

export interface Ids {
  readonly mill: number;
  readonly works: number;
  readonly zhang: number;
  readonly li: number;
  readonly commuter: number;
}

export interface TwoCounties {
  readonly city: TestCity;
  readonly key: ReachKey;
  readonly ids: Ids;
}

/** A city of two counties with a month that is declared, assessed, paid, credited and closed, and papers of both. */
export async function twoCounties(): Promise<TwoCounties> {
  const city = await testCity();
  const wage = '2000';
  const rosters = [
    [mill, '430407', [zhang, commuter]],
    [works, '430405', [li, commuter]],
  ] as const;
  for (const [employer, area, persons] of rosters) {
    await city.run('registry.employer.register', {
      code: employer,
      name: `厂${employer}`,
      area,
      injuryClass: 1,
    });
    const rating = { employer, kind: 'size', value: 'small', from: month, document: '认定书' };
    await city.run('insurance.rate-employer', rating);
    const content = roster(
      month,
      persons.map((number) => ({ number, wage })),
    );
    await city.run('insurance.upload', { employer, month, full: true, content });
    await city.run('insurance.declare', { employer, month, full: true, content });
  }
  await city.run('insurance.assess', { month });
  await city.clock('2008-01-20T09:00');
  const rows = ['000001', '000002'].map((n, i) => ({
    on: '2008-01-19',
    reference: `A${i}`,
    bill: `衡社缴〔2008〕${n}`,
    amount: '333.33',
  }));
  await city.run('insurance.collect', { content: bankFile(rows) });
  await city.run('insurance.credit', { month });
  await city.run('insurance.certificate.issue', { employer: works, from: month, to: month });
  await city.run('insurance.certificate.issue', { person: li, from: month, to: month });
  await city.run('insurance.close', { month });
  return {
    city,
    key: await ReachKey.read(city.server.connection, code),
    ids: await idsOf(city),
  };
}

async function idsOf(city: TestCity): Promise<Ids> {
  return city.house.store.transaction({ role: 'system' }, (tx) =>
    tx.one<Ids>(
      `select (select employer_id from employer_code where code = $1) as mill,
         (select employer_id from employer_code where code = $2) as works,
         (select person_id from person_fact where number = $3) as zhang,
         (select person_id from person_fact where number = $4) as li,
         (select person_id from person_fact where number = $5) as commuter`,
      [mill, works, zhang, li, commuter],
    ),
  );
}

export type Reacher = Omit<Reach, 'role'> & { readonly role: 'staff' | 'person' | 'employer' };

/** Somebody with a log-in's own connection, who can run any SQL on it. */
export class Intruder {
  readonly client: pg.Client;
  readonly #key: ReachKey;

  private constructor(client: pg.Client, key: ReachKey) {
    this.client = client;
    this.#key = key;
  }

  static async as(town: TwoCounties, login: Login): Promise<Intruder> {
    const connection = { ...town.city.server.connection, user: roleName(code, login) };
    return new Intruder(await singleClient(connection, code), town.key);
  }

  /** The database's own superuser: what he may is no attempt. */
  static async superuser(town: TwoCounties): Promise<pg.Client> {
    return singleClient(town.city.server.connection, code);
  }

  get backend(): number {
    return (this.client as pg.Client & { readonly processID: number }).processID;
  }

  /** What the application would set for this reach, the mark last. */
  settings(reach: Reacher, backend = this.backend): readonly (readonly [string, string])[] {
    const values = [
      roleName(code, reach.role),
      reach.areaLo === undefined ? '' : String(reach.areaLo),
      reach.areaHi === undefined ? '' : String(reach.areaHi),
      reach.persons === undefined ? '' : `{${reach.persons.join(',')}}`,
      reach.employer === undefined ? '' : String(reach.employer),
    ];
    const names = ['role', 'app.area_lo', 'app.area_hi', 'app.persons', 'app.employer'];
    return [
      ...names.map((name, i) => [name, values[i]!] as const),
      ['app.sign', this.#key.sign(backend, values)],
    ];
  }

  /** Sets what is given for the transaction. */
  async set(settings: readonly (readonly [string, string])[]): Promise<void> {
    for (const [name, value] of settings)
      await this.client.query('select set_config($1, $2, true)', [name, value]);
  }

  /** Begins as the application does; without a reach as the log-in itself, with a role as that role without any range. */
  async begin(as?: Reacher | string): Promise<void> {
    await this.client.query('begin');
    if (typeof as === 'string') await this.set([['role', roleName(code, as as 'staff')]]);
    else if (as !== undefined) await this.set(this.settings(as));
  }

  /** The first column of the first row. */
  async value(sql: string): Promise<unknown> {
    const { rows } = await this.client.query<Record<string, unknown>>(sql);
    return rows[0] === undefined ? undefined : Object.values(rows[0])[0];
  }

  /** What the server says against it; empty: nothing. The transaction is given back. */
  async refusal(sql: string): Promise<string> {
    try {
      await this.client.query(sql);
      return '';
    } catch (error) {
      return (error as Error).message;
    } finally {
      await this.client.query('rollback');
    }
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}
