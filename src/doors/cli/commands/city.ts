import { programVersion, storedVersion } from '../../../kernel/database/index.ts';
import { serverStatus, stopServer } from '../../../kernel/database/server/index.ts';
import { moment } from '../../../kernel/index.ts';
import { citiesOf, createCity, migrateAll } from '../../../services/city/index.ts';
import { type CliCommand, required } from '../command.ts';

const migrate: CliCommand = {
  name: 'migrate',
  usage: '',
  summary: { zh: '把数据库升到本程序的版本', en: 'Brings the store to this version' },
  example: 'migrate --json',
  words: [0, 0],
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
    const url = process.env['DATABASE_URL'] ?? '';
    const running =
      url === '' ? await serverStatus(call.session.folder) : { running: true, version: null };
    if (!running.running) return { json: { ...running, cities: [] } };
    const { connection } = await call.session.server();
    const cities = [];
    for (const code of await citiesOf(connection)) {
      cities.push({ city: code, version: await storedVersion(connection, code) });
    }
    return { json: { running: true, server: running.version, version: programVersion(), cities } };
  },
};

const stop: CliCommand = {
  name: 'stop',
  usage: '',
  summary: { zh: '停止网页、任务和数据库', en: 'Ends pages, jobs and the embedded server' },
  example: 'stop',
  words: [0, 0],
  async run(call) {
    await stopServer(call.session.folder);
    return { json: { running: false } };
  },
};

const employerRegister: CliCommand = {
  name: 'employer register',
  usage: '--code C --name N --area A --injury-class K [--category enterprise|public|flexible]',
  summary: { zh: '单位参保登记', en: 'Registers an employer' },
  example: 'employer register --code 71234567-8 --name 衡阳某厂 --area 430407 --injury-class 2',
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

export const cityCommands: readonly CliCommand[] = [
  migrate,
  cityCreate,
  status,
  stop,
  employerRegister,
];
