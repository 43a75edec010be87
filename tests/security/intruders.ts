import { type Login, loginNames } from '../../src/kernel/database/names.ts';
import type { Attempt } from './attempts.ts';
import { countyA, countyB, Intruder, type Reacher, type TwoCounties } from './two-counties.ts';

/** Somebody with the connection of each log-in, and what each tries. */
export class Intruders {
  readonly clerk: Reacher = { role: 'staff', ...countyA };
  readonly person: Reacher;
  readonly handler: Reacher;
  readonly #of: ReadonlyMap<Login, Intruder>;

  private constructor(town: TwoCounties, of: ReadonlyMap<Login, Intruder>) {
    this.#of = of;
    this.person = { role: 'person', persons: [town.ids.zhang] };
    this.handler = { role: 'employer', employer: town.ids.mill };
  }

  static async into(town: TwoCounties): Promise<Intruders> {
    const of = new Map<Login, Intruder>();
    for (const login of loginNames) of.set(login, await Intruder.as(town, login));
    return new Intruders(town, of);
  }

  as(login: Login): Intruder {
    return this.#of.get(login)!;
  }

  /** What came of each attempt that was not refused as it must be. */
  async unlike(attempts: readonly Attempt[]): Promise<string[]> {
    const wrong: string[] = [];
    for (const { name, login, role, sql, refused } of attempts) {
      const intruder = this.as(login);
      await intruder.begin(role);
      const said = await intruder.refusal(sql);
      if (!refused.test(said)) wrong.push(`${name} as ${role ?? login}: ${said || 'done'}`);
    }
    return wrong;
  }

  /** The first value of what somebody asks after some statements of his own. */
  async value(
    login: Login,
    reach: Reacher | undefined,
    own: readonly string[],
    sql: string,
  ): Promise<unknown> {
    const intruder = this.as(login);
    await intruder.begin(reach);
    try {
      for (const statement of own) await intruder.client.query(statement);
      return await intruder.value(sql);
    } finally {
      await intruder.client.query('rollback');
    }
  }

  async end(): Promise<void> {
    for (const intruder of this.#of.values()) await intruder.end();
  }
}

export const set = (name: string, value: string): string =>
  `select set_config('${name}', '${value}', true)`;
export const everywhere = [set('app.area_lo', '0'), set('app.area_hi', '999999999999')];
export const inB = `area between ${countyB.areaLo} and ${countyB.areaHi}`;
export const ofB = `select count(*)::int from bill where ${inB}`;
