// A city's real server in a process of its own, for the measurements: prints its port, ends with SIGTERM.
import { serve } from '../src/doors/http/server.ts';
import { openServer } from '../src/kernel/database/server/index.ts';
import { openLog } from '../src/kernel/index.ts';
import { openCity } from '../src/services/city/index.ts';
import { city } from './scratch.ts';

const server = await openServer(process.env['MINDUN_DATA']!);
const log = openLog();
const house = await openCity(server.connection, city, log);
const served = await serve({ house, port: 0, log });
console.log(served.port);
await new Promise<void>((done) => process.once('SIGTERM', () => done()));
await served.close();
await house.store.end();
await server.close();
