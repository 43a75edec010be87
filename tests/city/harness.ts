import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openServer, type Server, stopServer } from '../../src/kernel/database/server/index.ts';
import { type Caller, type House, moment, openLog } from '../../src/kernel/index.ts';
import { createCity, localActor, openCity } from '../../src/services/city/index.ts';
import '../../src/services/index.ts';

/** A city of its own on an embedded server of its own, for one test file. */
export interface TestCity {
  readonly folder: string;
  readonly server: Server;
  readonly house: House;
  readonly operator: Caller;
  run<T = Record<string, unknown>>(name: string, input: unknown, caller?: Caller): Promise<T>;
  clock(at: string): Promise<void>;
  close(): Promise<void>;
}

/** A new data folder that the server's user can enter, so that its data lie in it under root too, and go with it. */
export function dataFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  chmodSync(folder, 0o711);
  return folder;
}

/** Removes a data folder with what the server keeps elsewhere when its user cannot enter the folder. */
export function removeData(folder: string): void {
  const place = path.join(folder, 'place.json');
  if (existsSync(place)) {
    const { data } = JSON.parse(readFileSync(place, 'utf8')) as { data: string };
    rmSync(data, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
  rmSync(`${folder}-keys`, { recursive: true, force: true });
}

export async function testCity(
  options: { at?: string; simulated?: boolean; server?: Server } = {},
): Promise<TestCity> {
  const folder = dataFolder('mindun-city-');
  const own = options.server === undefined;
  const server = options.server ?? (await openServer(folder));
  const simulated = options.simulated ?? true;
  await createCity(server.connection, {
    code: '430400',
    simulated,
    ...(simulated ? { at: moment(options.at ?? '2008-01-05T09:00') } : {}),
  });
  const house = await openCity(server.connection, '430400', openLog());
  const operator: Caller = {
    actor: await localActor(house),
    purpose: 'operation',
    language: 'zh',
  };
  return {
    folder,
    server,
    house,
    operator,
    run: async <T>(name: string, input: unknown, caller = operator) =>
      (await house.call(name, input, caller)) as T,
    clock: async (at) => {
      await house.call('city.advance-clock', { at }, operator);
    },
    close: async () => {
      await house.store.end();
      if (own) {
        await server.close();
        await stopServer(folder);
      }
      removeData(folder);
    },
  };
}

/** An organisation code with its check character, for a number. */
export function organisation(serial: number): string {
  const body = String(10_000_000 + serial);
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((s, c, i) => s + Number(c) * weights[i]!, 0);
  const check = 11 - (sum % 11);
  return `${body}-${check === 10 ? 'X' : check === 11 ? '0' : check}`;
}

/** A citizen number of the area code that nobody has. */
export function citizen(serial: number, birth = '19700101'): string {
  const body = `430499${birth}${String(serial % 1000).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = [...body].reduce((s, c, i) => s + Number(c) * weights[i]!, 0);
  return `${body}${'10X98765432'[sum % 11]}`;
}

export interface RosterPerson {
  readonly number: string;
  readonly wage: string;
  readonly name?: string;
  readonly residence?: '城镇' | '农业';
  readonly change?: '续保' | '新增' | '减少';
}

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';

/** A roster file as base64. */
export function roster(month: string, persons: readonly RosterPerson[]): string {
  const lines = persons.map((p) => {
    const change = p.change ?? '续保';
    const on = change === '续保' ? '' : `${month}-03`;
    return `${p.name ?? '张三'},${p.number},${p.residence ?? '城镇'},合同制,2005-01-01,${p.wage},${change},${on}`;
  });
  return base64([header, ...lines].join('\n'));
}

export interface BankRow {
  readonly on: string;
  readonly reference: string;
  readonly payer?: string;
  readonly bill?: string;
  readonly amount: string;
}

/** A bank file as base64. */
export function bankFile(rows: readonly BankRow[]): string {
  const lines = rows.map(
    (r) => `${r.on},${r.reference},${r.payer ?? '某单位'},4300001,${r.bill ?? ''},${r.amount}`,
  );
  return base64(['收款日期,流水号,付款人,付款账号,账单号,金额', ...lines].join('\n'));
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/** The code of the refusal. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'none';
}
