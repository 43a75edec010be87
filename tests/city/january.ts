import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Server } from '../../src/kernel/database/server/index.ts';
import type { Caller, House } from '../../src/kernel/index.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

export const month = '2008-01';
export const codes = [organisation(81), organisation(82), organisation(83)] as const;

/** Names of the steps of the month, in their order; each may be run again without effect. */
export type Step = 'upload' | 'declare' | 'assess' | 'collect' | 'credit' | 'close';

/** A city on a server with three employers and nothing declared; its files lie in the folder beside. */
export async function prepare(server: Server, files: string): Promise<void> {
  const city = await testCity({ server });
  await threeEmployers(city, files);
  await city.close();
  const rows = [
    { on: '2008-01-08', reference: 'K1', bill: '衡社缴〔2008〕000001', amount: '1234.56' },
    { on: '2008-01-09', reference: 'K2', bill: '衡社缴〔2008〕000002', amount: '99999.00' },
    { on: '2008-01-09', reference: 'K3', bill: '', amount: '77.00' },
  ];
  writeFileSync(path.join(files, 'bank-1.csv'), Buffer.from(bankFile(rows), 'base64'));
  const later = [
    { on: '2008-01-20', reference: 'K4', bill: '衡社缴〔2008〕000001', amount: '500.01' },
  ];
  writeFileSync(path.join(files, 'bank-2.csv'), Buffer.from(bankFile(later), 'base64'));
}

/** Registers three employers in a city and lays a roster of each into a folder. */
export async function threeEmployers(city: TestCity, files: string): Promise<void> {
  for (const [i, code] of codes.entries()) {
    await city.run('registry.employer.register', {
      code,
      name: `厂${i}`,
      area: i === 0 ? '430407' : '430405',
      injuryClass: 2,
    });
    const persons = [1, 2, 3, 4, 5].map((n) => ({
      number: citizen(i * 50 + n * 2),
      wage: String(900 + n * 777 + i),
    }));
    writeFileSync(
      path.join(files, `roster-${i}.csv`),
      Buffer.from(roster(month, persons), 'base64'),
    );
  }
}

/**
 * Plays January from the first upload to the closed books: an upload confirmed, a roster declared twice, an employer who
 * declares nothing, two bank files. What must not be done twice and has no key of its own is called under one.
 */
export async function play(
  house: House,
  caller: Caller,
  files: string,
  before: (step: Step) => void | Promise<void> = () => undefined,
): Promise<void> {
  const content = (name: string): string => readFileSync(path.join(files, name)).toString('base64');
  const call = async <T>(name: string, input: object, key?: string): Promise<T> =>
    (await house.call(name, input, key === undefined ? caller : { ...caller, key })) as T;
  const clock = async (at: string): Promise<void> => {
    const now = await house.store.transaction({ role: 'system' }, (tx) => house.at(tx));
    if (now < at) await call('city.advance-clock', { at });
  };
  const full = { month, full: true };
  await before('upload');
  const { publicId } = await call<{ publicId: string }>(
    'insurance.upload',
    { ...full, employer: codes[0], fileName: 'a.csv', content: content('roster-0.csv') },
    'upload',
  );
  await call('insurance.confirm-upload', { upload: publicId }, 'confirm');
  await before('declare');
  for (const key of ['first', 'second']) {
    await call(
      'insurance.declare',
      { ...full, employer: codes[1], content: content('roster-1.csv') },
      key,
    );
  }
  await clock('2008-01-06T09:00:00');
  await before('assess');
  await call('insurance.assess', { month });
  await clock('2008-01-20T09:00:00');
  await before('collect');
  await call('insurance.collect', { fileName: 'bank-1.csv', content: content('bank-1.csv') });
  await call('insurance.collect', { fileName: 'bank-2.csv', content: content('bank-2.csv') });
  await before('credit');
  await call('insurance.credit', { month });
  await clock('2008-01-31T18:00:00');
  await before('close');
  await call('insurance.close', { month });
}
