// Plays January of a prepared store, and dies at its Nth database statement: itself, or the database under it; before the
// statement is sent, or with it under way.
import pg from 'pg';
import { openServer, postmasterPid } from '../../src/kernel/database/server/index.ts';
import { openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import '../../src/services/index.ts';
import { play } from './january.ts';

const [, , folder, files, who, when, at] = process.argv as string[] as [
  string,
  string,
  string,
  string,
  'program' | 'database' | 'nobody',
  'before' | 'during',
  string,
];
const server = await openServer(folder);
const house = await openCity(server.connection, '430400', openLog());
const caller = { actor: await localActor(house), purpose: 'operation', language: 'zh' as const };

let count = 0;
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const send = (): unknown => (query as (...all: unknown[]) => unknown).apply(this, args);
  count += 1;
  if (count !== Number(at) || who === 'nobody') return send();
  const sent = when === 'during' ? send() : undefined;
  process.kill(who === 'program' ? process.pid : postmasterPid(folder)!, 'SIGKILL');
  return when === 'during' ? sent : send();
} as typeof query;

try {
  await play(house, caller, files);
  console.log(JSON.stringify({ count }));
} catch (error) {
  console.log(JSON.stringify({ count, code: (error as { code?: string }).code ?? String(error) }));
}
// Without the database there is nothing to close in order.
process.exit(0);
