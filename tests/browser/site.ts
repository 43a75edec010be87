import { type Served, type ServeOptions, serve } from '../../src/doors/http/server.ts';
import { openAccount } from '../../src/engines/access/index.ts';
import { employerBy, personBy } from '../../src/engines/registry/index.ts';
import { openLog, plainDate } from '../../src/kernel/index.ts';
import { type TestCity, testCity } from '../city/harness.ts';

/** A city that is served: with its portal's address. */
export interface Site {
  readonly city: TestCity;
  readonly served: Served;
  readonly base: string;
  close(): Promise<void>;
}

/** Served in another way, or a city whose time is the wall's. */
interface SiteOptions extends Partial<Omit<ServeOptions, 'house'>> {
  readonly simulated?: boolean;
}

export async function openSite(
  at: string,
  { simulated = true, ...options }: SiteOptions = {},
): Promise<Site> {
  const city = await testCity({ at, simulated });
  const served = await serve({ house: city.house, port: 0, log: openLog(), ...options });
  return {
    city,
    served,
    base: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${served.port}`,
    close: async () => {
      await served.close();
      await city.close();
    },
  };
}

interface NewLogin {
  readonly login: string;
  readonly name: string;
  readonly password: string;
}

/** An account for an employer's handler, by the employer's code. */
export async function handlerAccount(city: TestCity, code: string, as: NewLogin): Promise<void> {
  await city.house.store.transaction({ role: 'system' }, async (tx) => {
    const employer = await employerBy(tx, code);
    const { act } = await tx.one<{ act: number }>("select nextval('act_id') as act");
    const place = { areaLo: employer.area, areaHi: employer.area };
    const account = { ...as, ...place, reason: 'test', employerId: employer.id };
    await openAccount(tx, { ...account, kind: 'employer', role: 'handler' }, act, since);
  });
}

/** An account for an insured person, by his citizen number. */
export async function personAccount(city: TestCity, number: string, as: NewLogin): Promise<void> {
  await city.house.store.transaction({ role: 'system' }, async (tx) => {
    const person = await personBy(tx, number);
    const { act } = await tx.one<{ act: number }>("select nextval('act_id') as act");
    const place = { areaLo: person.area, areaHi: person.area };
    const account = { ...as, ...place, reason: 'test', personId: person.id };
    await openAccount(tx, { ...account, kind: 'person', role: 'insured-person' }, act, since);
  });
}

/** An account for a member of staff who works for the areas from `lo` to `hi`. */
export async function staffAccount(
  city: TestCity,
  as: NewLogin,
  role: string,
  [lo, hi]: readonly [number, number],
): Promise<void> {
  await city.house.store.transaction({ role: 'system' }, async (tx) => {
    const { act } = await tx.one<{ act: number }>("select nextval('act_id') as act");
    const account = { ...as, areaLo: lo, areaHi: hi, reason: 'test' };
    await openAccount(
      tx,
      { ...account, kind: role === 'auditor' ? 'auditor' : 'staff', role },
      act,
      since,
    );
  });
}

const since = plainDate('2000-01-01');
