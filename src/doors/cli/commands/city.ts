import { programVersion } from '../../../kernel/database/index.ts';
import { hasStore, serverStatus, stopServer } from '../../../kernel/database/server/index.ts';
import { defineErrors, MindunError, moment } from '../../../kernel/index.ts';
import { citiesOf, cityStatus, createCity, migrateAll } from '../../../services/city/index.ts';
import { type CliCommand, required, UsageError } from '../command.ts';

defineErrors({
  'server-not-ours': {
    message: {
      zh: 'DATABASE_URL 指的数据库不由民盾启停',
      en: 'The database of DATABASE_URL is not ours to stop',
    },
    mend: {
      zh: '网页和命令请在它们自己的终端里用 Ctrl-C 停止。',
      en: 'End pages and commands with Ctrl-C where they run.',
    },
    status: 409,
  },
});

const migrate: CliCommand = {
  name: 'migrate',
  usage: '',
  summary: { zh: '把数据库升到本程序的版本', en: 'Brings the store to this version' },
  example: 'migrate --json',
  words: [0, 0],
  cityless: true,
  async run(call) {
    const { connection } = await call.session.server();
    const cities = await migrateAll(connection);
    const from = Math.min(...cities.map((c) => c.from), programVersion());
    return { json: { from: cities.length === 0 ? 0 : from, to: programVersion(), cities } };
  },
};

const cityCreate: CliCommand = {
  name: 'city create',
  usage: 'CODE [--simulated --at 2008-03-05]',
  summary: { zh: '建一个城市：正式的，或模拟的', en: 'Creates a city, live or simulated' },
  example: 'city create 430400 --simulated --at 2008-03-05',
  options: { simulated: { type: 'boolean' } },
  words: [1, 1],
  async run(call) {
    const { connection } = await call.session.server();
    const at = call.values['at'];
    return {
      json: await createCity(connection, {
        code: call.words[0]!,
        simulated: call.values['simulated'] === true,
        ...(typeof at === 'string' ? { at: moment(at) } : {}),
      }),
    };
  },
};

const status: CliCommand = {
  name: 'status',
  usage: '',
  summary: { zh: '这个数据目录上运行着什么', en: 'What runs on this data folder' },
  example: 'status',
  words: [0, 0],
  async run(call) {
    const { folder, log } = call.session;
    const url = (process.env['DATABASE_URL'] ?? '') !== '';
    const found = url ? { running: true, version: null, programs: 0 } : await serverStatus(folder);
    const about = { running: found.running, version: programVersion(), server: found.version };
    if (!url && !hasStore(folder)) return { json: { ...about, programs: 0, cities: [] } };
    // A server that rests is woken for the question and left as it was.
    const { connection } = await call.session.server();
    if (call.session.options.at !== undefined) await call.house();
    const cities = [];
    for (const code of await citiesOf(connection))
      cities.push(await cityStatus(connection, code, log));
    return { json: { ...about, programs: found.programs, cities } };
  },
};

const stop: CliCommand = {
  name: 'stop',
  usage: '',
  summary: { zh: '停止网页、任务和数据库', en: 'Ends pages, jobs and the embedded server' },
  example: 'stop',
  words: [0, 0],
  cityless: true,
  async run(call) {
    if ((process.env['DATABASE_URL'] ?? '') !== '') throw new MindunError('server-not-ours');
    await stopServer(call.session.folder);
    return { json: { running: false } };
  },
};

const employerRegister: CliCommand = {
  name: 'employer register',
  usage: '--code C --name N --area A --injury-class K [--category enterprise|public|flexible]',
  summary: { zh: '单位参保登记', en: 'Registers an employer' },
  example: 'employer register --code 71234567-2 --name 衡阳某厂 --area 430407 --injury-class 2',
  options: {
    code: { type: 'string' },
    name: { type: 'string' },
    area: { type: 'string' },
    'injury-class': { type: 'string' },
    category: { type: 'string' },
  },
  words: [0, 0],
  async run(call) {
    const category = call.values['category'];
    return {
      json: await call.execute('registry.employer.register', {
        code: required(call, 'code'),
        name: required(call, 'name'),
        area: required(call, 'area'),
        injuryClass: required(call, 'injury-class'),
        ...(category === undefined ? {} : { category }),
      }),
    };
  },
};

const employerRate: CliCommand = {
  name: 'employer rate',
  usage: 'CODE --injury-float F|--size S --from M [--to M] --document D',
  summary: {
    zh: '核定单位的工伤浮动费率或单位规模',
    en: 'Rates an employer: its floating work injury rate, its size',
  },
  example:
    'employer rate 71234567-2 --injury-float 1.2 --from 2008-04 --document 衡工伤〔2008〕3号',
  options: {
    'injury-float': { type: 'string' },
    size: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    document: { type: 'string' },
  },
  words: [1, 1],
  async run(call) {
    const kinds = (['injury-float', 'size'] as const).filter((k) => call.values[k] !== undefined);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) throw new UsageError('--injury-float F | --size S');
    const to = call.values['to'];
    return {
      json: await call.execute('insurance.rate-employer', {
        employer: call.words[0]!,
        kind,
        value: required(call, kind),
        from: required(call, 'from'),
        ...(to === undefined ? {} : { to }),
        document: required(call, 'document'),
      }),
    };
  },
};

export const cityCommands: readonly CliCommand[] = [
  migrate,
  cityCreate,
  status,
  stop,
  employerRegister,
  employerRate,
];
