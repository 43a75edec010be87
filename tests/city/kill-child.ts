// Runs January of a prepared store, and dies at its Nth database statement: itself, or the database under it.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { openServer, postmasterPid } from '../../src/kernel/database/server/index.ts';
import { openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import '../../src/services/index.ts';

const [, , folder, bank, who, at] = process.argv as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const server = await openServer(folder);
const house = await openCity(server.connection, '430400', openLog());
const caller = { actor: await localActor(house), purpose: 'operation', language: 'zh' as const };

let count = 0;
const query = pg.Client.prototype.query;
pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  count += 1;
  if (count === Number(at))
    process.kill(who === 'program' ? process.pid : postmasterPid(folder)!, 'SIGKILL');
  return (query as (...all: unknown[]) => unknown).apply(this, args);
} as typeof query;

try {
  const content = readFileSync(bank).toString('base64');
  await house.call('insurance.assess', { month: '2008-01' }, caller);
  await house.call('insurance.collect', { content }, caller);
  await house.call('insurance.credit', { month: '2008-01' }, caller);
  await house.call('insurance.close', { month: '2008-01' }, caller);
  console.log(JSON.stringify({ count }));
} catch (error) {
  console.log(JSON.stringify({ count, code: (error as { code?: string }).code ?? String(error) }));
}
// Without the database there is nothing to close in order.
process.exit(0);
