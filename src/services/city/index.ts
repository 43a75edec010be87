import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { pinyin } from 'pinyin-pro';
import { z } from 'zod';
import { AccessGate, actorByLogin, openAccount } from '../../engines/access/index.ts';
import { loadChart } from '../../engines/fund/index.ts';
import { type AreaRow, lastKey, loadAreas, type Tier } from '../../engines/jurisdiction/index.ts';
import {
  type Connection,
  cityPools,
  type Login,
  makeAuditLeaves,
  makeLeaves,
  migrateCity,
  programVersion,
  ReachKey,
  roleName,
  Store,
  storedVersion,
  type Tx,
  withClient,
} from '../../kernel/database/index.ts';
import {
  type Actor,
  addMonths,
  type CityInfo,
  dateOf,
  defineCommand,
  defineErrors,
  House,
  type Log,
  MindunError,
  type Moment,
  type Month,
  moment,
  momentOfWall,
  monthOfDate,
  monthOfPeriod,
  monthsBetween,
  period,
  plainDate,
  wallNow,
} from '../../kernel/index.ts';
import { Sealed } from '../../kernel/sealed/index.ts';

defineErrors({
  'city-unknown': {
    message: {
      zh: '没有这个城市的区划资料：{code}',
      en: 'There are no areas of this city: {code}',
    },
    mend: {
      zh: '请用六位城市代码，例如 430400；新城市先备好 law/ 下的区划文件。',
      en: 'Use a city’s six-digit code such as 430400; a new city first needs its area file under law/.',
    },
    status: 404,
  },
  'city-exists': {
    message: { zh: '这个城市已经建好：{code}', en: 'This city exists already: {code}' },
    mend: { zh: '直接使用就行。', en: 'Just use it.' },
    status: 409,
  },
  'city-missing': {
    message: { zh: '这里还没有建城市：{code}', en: 'There is no such city here: {code}' },
    mend: {
      zh: '先运行 npx mindun city create {code}。',
      en: 'Run npx mindun city create {code} first.',
    },
    status: 404,
  },
  'store-newer': {
    message: {
      zh: '数据库是第 {stored} 版，比程序的第 {needed} 版新',
      en: 'The store has version {stored}, newer than the program’s {needed}',
    },
    mend: {
      zh: '请用升级这个数据库的那一版程序打开。没有改动任何数据。',
      en: 'Open it with the program that brought it there. Nothing was changed.',
    },
    status: 503,
  },
  'store-older': {
    message: {
      zh: '数据库是第 {stored} 版，程序要第 {needed} 版',
      en: 'The store has version {stored}; the program needs {needed}',
    },
    mend: { zh: '请运行 npx mindun migrate。', en: 'Run npx mindun migrate.' },
    status: 503,
  },
});

export { type DemoAccount, openDemoAccounts } from './demo.ts';

export {
  changingKeys,
  giveUpKeys,
  type KeyCount,
  keysQuery,
  type MasterShown,
  readSuite,
  renewKeys,
  resealValues,
  rewrapKeys,
  spendKeys,
} from './keys.ts';
export { type CityNow, nowQuery } from './now.ts';

/** Log-in of the local operator, who works at the machine itself. */
export const operatorLogin = 'operator';
const leavesAhead = 24;

/** The cities of a server, by the schemas that the programs made. */
export async function citiesOf(connection: Connection): Promise<string[]> {
  return withClient(connection, undefined, async (client) => {
    const { rows } = await client.query(
      "select nspname from pg_namespace where nspname ~ '^c[0-9]{6}$' order by 1",
    );
    return rows.map((r) => String(r.nspname).slice(1));
  });
}

function areasFile(code: string): URL {
  const root = new URL('../../../law/', import.meta.url);
  const folder = readdirSync(root).find((n) => n.startsWith(`cn-${code.slice(0, 4)}-`));
  const file = folder === undefined ? undefined : new URL(`${folder}/areas.csv`, root);
  if (!/^\d{4}00$/.test(code) || file === undefined || !existsSync(file))
    throw new MindunError('city-unknown', { code });
  return file;
}

function readAreas(file: URL): AreaRow[] {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [key, parent, tier, name, code, from, assumed] = line.split(',');
    return {
      key: Number(key),
      parent: parent === '' ? null : Number(parent),
      tier: tier as Tier,
      name: name!,
      code: code!,
      validFrom: plainDate(from!),
      assumed: assumed === 'true',
    };
  });
}

/**
 * Password of one of the application's log-ins: made from the migrating user's, so that every process that may migrate finds it and
 * nothing has to be stored. The embedded server trusts its private socket.
 */
function appPassword(connection: Connection, code: string, login: Login): string {
  const password =
    connection.connectionString === undefined
      ? ''
      : addressOf(connection.connectionString).password;
  return createHmac('sha256', decodeURIComponent(password))
    .update(`mindun ${login} ${code}`)
    .digest('hex');
}

/**
 * A database address as a URL. One without a host names its socket folder by `?host=`, which a URL cannot leave out; the driver
 * takes the parameter first.
 */
function addressOf(text: string): URL {
  return new URL(text.replace(/^([a-z]+:\/\/(?:[^/@]*@)?)\//, '$1localhost/'));
}

/** Where the application logs in: as roles that own nothing. */
function appConnection(connection: Connection, code: string, login: Login): Connection {
  const user = roleName(code, login);
  const password = appPassword(connection, code, login);
  if (connection.connectionString === undefined) return { ...connection, user, password };
  const url = addressOf(connection.connectionString);
  url.username = user;
  url.password = password;
  return { ...connection, connectionString: url.href };
}

/** The city's store through the application's log-ins. */
async function storeOf(connection: Connection, code: string, connections: number): Promise<Store> {
  const key = await ReachKey.read(connection, code);
  const as = (login: Login): Connection => appConnection(connection, code, login);
  return new Store(cityPools(as, code, connections), code, key);
}

/** Brings one city's schema to this version. */
function migrated(connection: Connection, code: string): ReturnType<typeof migrateCity> {
  return migrateCity(connection, code, (login) => appPassword(connection, code, login));
}

export interface NewCity {
  readonly code: string;
  readonly simulated: boolean;
  /** Where a simulated city's clock begins. */
  readonly at?: Moment;
}

/**
 * Creates a city: schema, areas, chart of accounts, the operator's account. Nothing is half done: a run that was cut off is
 * taken up again.
 * @throws MindunError city-unknown, city-exists
 */
export async function createCity(
  connection: Connection,
  city: NewCity,
): Promise<{ city: string; kind: 'live' | 'simulated'; at: string }> {
  const areas = readAreas(areasFile(city.code));
  const at = city.simulated ? (city.at ?? moment('2008-01-01T08:00')) : momentOfWall(wallNow());
  await migrated(connection, city.code);
  const first = monthOfDate(at);
  // The month before holds the rosters that a bureau brings with it.
  const before = period(addMonths(first, -1));
  await makeLeaves(connection, city.code, before, leavesAhead + 1);
  await keepAuditLeaves(connection, city.code);
  const store = await storeOf(connection, city.code, 2);
  try {
    await store.transaction({ role: 'system' }, async (tx) => {
      const there = await tx.maybe('select 1 from city');
      if (there !== undefined) throw new MindunError('city-exists', { code: city.code });
      const cityArea = areas.find((a) => a.tier === 'city')!;
      const name = { zh: cityArea.name, en: cityEnglish(cityArea.name) };
      await tx.execute(
        `insert into city (code, name_zh, name_en, kind, clock, first_period, sample_law)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          city.code,
          name.zh,
          name.en,
          city.simulated ? 'simulated' : 'live',
          city.simulated ? at : null,
          period(first),
          city.simulated,
        ],
      );
      await loadAreas(tx, areas);
      await loadChart(tx);
      await openOperator(tx, city.code, at);
    });
  } finally {
    await store.end();
  }
  return { city: city.code, kind: city.simulated ? 'simulated' : 'live', at };
}

/** 衡阳市 → Hengyang. */
function cityEnglish(name: string): string {
  const text = pinyin(name.replace(/市$/, ''), { toneType: 'none', type: 'array' }).join('');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function openOperator(tx: Tx, code: string, at: Moment): Promise<void> {
  const { act } = await tx.one<{ act: number }>("select nextval('act_id') as act");
  await tx.execute(
    `insert into act (id, at, account_id, command, purpose) values ($1, $2, 0, 'city.create', 'operation')`,
    [act, at],
  );
  const lo = Number(code.padEnd(12, '0'));
  await openAccount(
    tx,
    {
      kind: 'operator',
      login: operatorLogin,
      name: '本机操作员',
      password: null,
      role: 'operator',
      areaLo: lo,
      areaHi: lastKey(lo, 'city'),
      reason: '本机命令行',
    },
    act,
    dateOf(at),
  );
}

/** Brings every city of the server to this version of the program. @throws MindunError store-newer before anything is changed in it */
export async function migrateAll(
  connection: Connection,
): Promise<{ city: string; from: number; to: number }[]> {
  const done: { city: string; from: number; to: number }[] = [];
  const needed = programVersion();
  for (const city of await citiesOf(connection)) {
    const stored = await storedVersion(connection, city);
    if (stored > needed) throw new MindunError('store-newer', { stored, needed });
    done.push({ city, ...(await migrated(connection, city)) });
  }
  return done;
}

/**
 * Opens a city for work: pool, gate, house. Leaves for the months ahead are made where they are missing.
 * @throws MindunError city-missing, store-older, store-newer, database-gone
 */
export async function openCity(
  connection: Connection,
  code: string,
  log: Log,
  connections = 10,
): Promise<House> {
  const stored = await storedVersion(connection, code);
  const needed = programVersion();
  if (stored === 0) throw new MindunError('city-missing', { code });
  if (stored < needed) throw new MindunError('store-older', { stored, needed });
  if (stored > needed) throw new MindunError('store-newer', { stored, needed });
  const store = await storeOf(connection, code, connections);
  const row = await store.transaction({ role: 'system' }, (tx) =>
    tx.maybe<{
      zh: string;
      en: string;
      kind: CityInfo['kind'];
      first: number;
      sample: boolean;
      at: string | null;
    }>(
      `select name_zh as zh, name_en as en, kind, first_period as first, sample_law as sample, clock::text as at from city`,
    ),
  );
  if (row === undefined) {
    await store.end();
    throw new MindunError('city-missing', { code });
  }
  const today = row.at === null ? momentOfWall(wallNow()) : moment(row.at);
  await keepLeaves(connection, store, code, monthOfPeriod(row.first), monthOfDate(today));
  await keepAuditLeaves(connection, code, store);
  const city: CityInfo = {
    code,
    name: { zh: row.zh, en: row.en },
    kind: row.kind,
    firstPeriod: row.first,
    sampleLaw: row.sample,
  };
  const lo = Number(code.padEnd(12, '0'));
  const range = { areaLo: lo, areaHi: lastKey(lo, 'city') };
  const sealed = new Sealed(code, connection.keys);
  return new House(city, store, new AccessGate(store, range), log, sealed);
}

export interface CityStatus {
  readonly city: string;
  /** Version of its schema. */
  readonly version: number;
  readonly kind?: CityInfo['kind'];
  readonly at?: Moment;
  readonly sizeBytes?: number;
  /** Long steps that run now. */
  readonly jobs?: readonly { step: string; month: Month; done: number; total: number }[];
}

/** What a city is and does now; of a city that another version of the program made, its version alone. */
export async function cityStatus(
  connection: Connection,
  code: string,
  log: Log,
): Promise<CityStatus> {
  const version = await storedVersion(connection, code);
  if (version !== programVersion()) return { city: code, version };
  const house = await openCity(connection, code, log, 1);
  try {
    return await house.store.transaction({ role: 'system' }, async (tx) => {
      const { size } = await tx.one<{ size: number }>(
        `select coalesce(sum(pg_relation_size(c.oid)), 0)::bigint as size from pg_class c
         where c.relnamespace = current_schema()::regnamespace`,
      );
      // A job whose process died stays 'running' here: it is one only while it tells of itself.
      const jobs = await tx.rows<{ step: string; period: number; done: number; total: number }>(
        `select kind as step, period, done, total from run
         where state = 'running' and touched > clock_timestamp() - interval '1 minute' order by id`,
      );
      return {
        city: code,
        version,
        kind: house.city.kind,
        at: await house.at(tx),
        sizeBytes: size,
        jobs: jobs.map(({ period: p, ...j }) => ({ ...j, month: monthOfPeriod(p) })),
      };
    });
  } finally {
    await house.store.end();
  }
}

async function keepLeaves(
  connection: Connection,
  store: Store,
  code: string,
  first: Month,
  now: Month,
): Promise<void> {
  const last = addMonths(now, leavesAhead / 2);
  const there = await store.transaction({ role: 'system' }, (tx) =>
    tx.one<{ there: boolean }>("select to_regclass('posting_' || $1::text) is not null as there", [
      period(last),
    ]),
  );
  if (there.there) return;
  const before = addMonths(first, -1);
  const count = monthsBetween(before, addMonths(now, leavesAhead)) + 1;
  await makeLeaves(connection, code, period(before), count);
}

const auditLeavesAhead = 3;

/** Leaves of the audit trail, by the wall clock; where they are there already, as far as `store` can see, nothing is done. */
async function keepAuditLeaves(connection: Connection, code: string, store?: Store): Promise<void> {
  const now = monthOfDate(dateOf(momentOfWall(wallNow())));
  const next = period(addMonths(now, 1));
  const there = await store?.transaction({ role: 'system' }, (tx) =>
    tx.one<{ there: boolean }>("select to_regclass('look_' || $1::text) is not null as there", [
      next,
    ]),
  );
  if (there?.there === true) return;
  await makeAuditLeaves(connection, code, period(now), auditLeavesAhead + 1);
}

/**
 * Moves a simulated city's clock forward; the same moment again changes nothing.
 * @throws MindunError city-live, clock-backwards
 */
export const advanceClock = defineCommand({
  name: 'city.advance-clock',
  title: { zh: '拨快模拟城市的时间', en: 'Advance a simulated city’s clock' },
  input: z.object({ at: z.string() }),
  async run(context, input) {
    if (context.city.kind === 'live') throw new MindunError('city-live');
    const at = moment(input.at);
    if (at < context.at) throw new MindunError('clock-backwards', { now: context.at });
    await context.elevate(() => context.tx.execute('update city set clock = $1', [at]));
    return { at };
  },
});

/** The actor who works at this machine, or the account named. */
export async function localActor(house: House, login = operatorLogin): Promise<Actor> {
  return actorByLogin(house.store, login);
}
