import type { Caller, House } from '../../../kernel/index.ts';
import {
  changingKeys,
  citiesOf,
  type KeyCount,
  localActor,
  type MasterShown,
  openCity,
  readSuite,
} from '../../../services/city/index.ts';
import { type CliCall, type CliCommand, required, UsageError } from '../command.ts';
import { table } from '../print.ts';

interface KeysAnswer {
  readonly file: string;
  readonly masters: readonly MasterShown[];
  readonly keys: readonly KeyCount[];
}

type Ask = <T>(name: string, input: object) => Promise<T>;

/** Works in every city of the server, one after another, as the local operator: a file of master keys is of all of them. */
async function inCities<T>(
  call: CliCall,
  work: (house: House, ask: Ask) => Promise<T>,
): Promise<T[]> {
  const { connection } = await call.session.server();
  const done: T[] = [];
  for (const code of await citiesOf(connection)) {
    const house = await openCity(connection, code, call.session.log, 2);
    try {
      const caller: Caller = {
        actor: await localActor(house),
        purpose: 'operation',
        language: call.language,
      };
      const ask: Ask = async <A>(name: string, input: object) =>
        (await house.call(name, input, caller)) as A;
      done.push(await work(house, ask));
    } finally {
      await house.store.end();
    }
  }
  return done;
}

const status: CliCommand = {
  name: 'keys status',
  usage: '',
  summary: {
    zh: '密钥文件在哪里，每把密钥封存了多少内容',
    en: 'Where the key file lies, and what each key seals',
  },
  example: 'keys status',
  words: [0, 0],
  cityless: true,
  async run(call) {
    const cities = await inCities(call, async (house, ask) => ({
      city: house.city.code,
      ...(await ask<KeysAnswer>('city.keys', {})),
    }));
    const missing = cities.some((c) => c.keys.some((k) => !k.present && k.state !== 'lost'));
    return { json: { cities }, exit: missing ? 1 : 0, text: statusText(cities, call.language) };
  },
};

const states = {
  zh: { active: '在用', old: '换下中', spent: '已停用', lost: '已放弃' },
  en: { active: 'in use', old: 'being changed', spent: 'spent', lost: 'given up' },
} as const;

function statusText(
  cities: readonly (KeysAnswer & { readonly city: string })[],
  language: CliCall['language'],
): string {
  const words = {
    zh: {
      none: '还没有城市。',
      file: '密钥文件',
      masters: ['主密钥', '算法', '建立', '停用'],
      keys: ['城市', '列', '密钥', '算法', '状态', '主密钥', '条数'],
      missing: '缺失',
    },
    en: {
      none: 'There is no city yet.',
      file: 'Key file',
      masters: ['master key', 'suite', 'created', 'retired'],
      keys: ['city', 'column', 'key', 'suite', 'state', 'master key', 'values'],
      missing: 'missing',
    },
  }[language];
  const [first] = cities;
  if (first === undefined) return words.none;
  const masters = first.masters.map((m) => [m.id, m.suite, m.created, m.retired ?? '—']);
  const keys = cities.flatMap((c) =>
    c.keys.map((k) => [
      c.city,
      k.column,
      String(k.id),
      k.suite,
      states[language][k.state],
      k.present ? k.master : `${k.master} ${words.missing}`,
      String(k.values),
    ]),
  );
  return [
    `${words.file}: ${first.file}`,
    table(words.masters, masters),
    table(words.keys, keys),
  ].join('\n\n');
}

const rotate: CliCommand = {
  name: 'keys rotate',
  usage: '[--data] [--suite aes|sm] [--batch 2000]',
  summary: {
    zh: '换主密钥；加 --data 连数据密钥一起换，全部重新封存（断了再运行就接着做）',
    en: 'A new master key; with --data new data keys, too, and every value sealed anew (run again to go on)',
  },
  example: 'keys rotate --data',
  options: {
    data: { type: 'boolean' },
    suite: { type: 'string' },
    batch: { type: 'string' },
  },
  words: [0, 0],
  cityless: true,
  async run(call) {
    const batch = Number(call.values['batch'] ?? 2000);
    if (!Number.isInteger(batch) || batch < 1 || batch > 20_000) throw new UsageError('--batch');
    const suite = call.values['suite'];
    const asked = typeof suite === 'string' ? readSuite(suite) : undefined;
    const { connection } = await call.session.server();
    const json = await changingKeys(connection, async () => {
      const master = await newMaster(call, asked);
      const cities = await inCities(call, async (house, ask) => {
        const { wrapped } = await ask<{ wrapped: number }>('city.keys.rewrap', {});
        const resealed =
          call.values['data'] === true ? await reseal(call, house.city.code, ask, batch) : 0;
        house.sealed.ring.retireOld();
        return { city: house.city.code, wrapped, resealed };
      });
      return { master, cities };
    });
    call.say({
      zh: '密钥文件变了：请马上另行备份它，和数据库的备份分开放。',
      en: 'The key file has changed: back it up now, apart from the backup of the database.',
    });
    return { json };
  },
};

/**
 * The master key that data keys are to be wrapped under: a new one, unless a change of before was cut off, which is gone on with. Null: nothing is sealed yet.
 */
async function newMaster(
  call: CliCall,
  suite: ReturnType<typeof readSuite> | undefined,
): Promise<string | null> {
  const cities = await inCities(call, async (house, ask) => ({
    ring: house.sealed.ring,
    keys: (await ask<KeysAnswer>('city.keys', {})).keys.filter((k) => k.state !== 'lost'),
  }));
  const keys = cities.flatMap((c) => c.keys);
  const ring = cities[0]?.ring;
  const newest = ring?.read().at(-1);
  if (ring === undefined || newest === undefined) return null;
  const cutOff = keys.some((k) => k.state === 'old' || (k.present && k.master !== newest.id));
  if (cutOff && (suite === undefined || suite === newest.suite)) return newest.id;
  return ring.add(suite ?? newest.suite).id;
}

/** @returns how many values were sealed anew */
async function reseal(call: CliCall, city: string, ask: Ask, limit: number): Promise<number> {
  const { columns } = await ask<{ columns: string[] }>('city.keys.renew', {});
  let done = 0;
  for (const column of columns) {
    let after: number | null = 0;
    while (after !== null) {
      const some: { done: number; next: number | null } = await ask('city.keys.reseal', {
        column,
        after,
        limit,
      });
      done += some.done;
      after = some.next;
      if (some.done > 0)
        call.say({
          zh: `${city} ${column}：已重新封存 ${done} 条`,
          en: `${city} ${column}: ${done} values sealed anew`,
        });
    }
  }
  await ask('city.keys.spend', {});
  return done;
}

const giveUp: CliCommand = {
  name: 'keys give-up',
  usage: '--reason WHY',
  summary: {
    zh: '主密钥丢了、又没有备份：放弃打不开的内容，往后用新密钥',
    en: 'Master keys are lost and have no backup: gives up what they sealed and goes on with new keys',
  },
  example: 'keys give-up --reason 服务器烧毁，密钥备份一并损失',
  options: { reason: { type: 'string' } },
  words: [0, 0],
  cityless: true,
  async run(call) {
    const reason = required(call, 'reason');
    const cities = await inCities(call, async (house, ask) => ({
      city: house.city.code,
      ...(await ask<{ columns: string[] }>('city.keys.give-up', { reason })),
    }));
    return { json: { cities } };
  },
};

export const keyCommands: readonly CliCommand[] = [status, rotate, giveUp];
