import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../../src/kernel/database/server/index.ts';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { leftOut } from '../left-out.ts';
import { bankFile, citizen, organisation, roster, type TestCity, testCity } from './harness.ts';

const programs = '/usr/lib/postgresql/15/bin';
const root = process.getuid?.() === 0;

/** The system user that Debian's package makes; root cannot run a server itself. */
function serverUser(): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.startsWith('postgres:'));
  const parts = line?.split(':');
  return parts === undefined ? undefined : { uid: Number(parts[2]), gid: Number(parts[3]) };
}

const user: { uid?: number; gid?: number } | undefined = root ? serverUser() : {};
const there = existsSync(path.join(programs, 'postgres')) && user !== undefined;
const title = 'a short month by DATABASE_URL on PostgreSQL 15';
const missing = there ? null : 'PostgreSQL 15 of Debian, or its system user, is not installed here';

describe.skipIf(leftOut(title, missing))(title, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-pg15-'));
  const data = path.join(folder, 'data');
  let city: TestCity;
  let before: string | undefined;

  beforeAll(async () => {
    mkdirSync(data, { mode: 0o700 });
    if (user?.uid !== undefined) for (const f of [folder, data]) chownSync(f, user.uid, user.gid!);
    const made = spawnSync(
      path.join(programs, 'initdb'),
      ['-D', data, '-U', 'super', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
      {
        ...user,
        cwd: '/',
        encoding: 'utf8',
      },
    );
    expect(made.status, made.stderr).toBe(0);
    spawn(
      path.join(programs, 'postgres'),
      [
        '-D',
        data,
        '-c',
        'listen_addresses=',
        '-c',
        `unix_socket_directories=${folder}`,
        '-p',
        '5499',
      ],
      {
        ...user,
        cwd: '/',
        stdio: 'ignore',
      },
    );
    await migrator();
    before = process.env['DATABASE_URL'];
    process.env['DATABASE_URL'] = `postgres://migrator:secret@/mindun?host=${folder}&port=5499`;
    city = await testCity({ server: await openServer(folder) });
  });
  afterAll(async () => {
    process.env['DATABASE_URL'] = before ?? '';
    await city?.close();
    spawnSync(path.join(programs, 'pg_ctl'), ['stop', '-D', data, '-m', 'immediate'], {
      ...user,
      cwd: '/',
    });
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}-keys`, { recursive: true, force: true });
  });

  /** The log-in that migrates: no superuser, it may make roles and make things in its database. */
  async function migrator(): Promise<void> {
    for (let i = 0; i < 100; i += 1) {
      const client = new pg.Client({
        host: folder,
        port: 5499,
        user: 'super',
        database: 'postgres',
      });
      const up = await client.connect().then(
        () => true,
        () => false,
      );
      if (!up) {
        await new Promise((r) => setTimeout(r, 100));
        continue;
      }
      await client.query("create role migrator login createrole password 'secret'");
      await client.query('create database mindun');
      await client.query('grant create on database mindun to migrator');
      await client.end();
      return;
    }
    throw new Error('PostgreSQL 15 did not start');
  }

  it('runs from the roster to the closed month with the same figures', async () => {
    const employer = organisation(51);
    const month = '2008-01';
    await city.run('registry.employer.register', {
      code: employer,
      name: '某厂',
      area: '430407',
      injuryClass: 2,
    });
    const persons = [
      { number: citizen(41), wage: '1800' },
      { number: citizen(43), wage: '500', residence: '农业' as const },
    ];
    await city.run('insurance.declare', {
      employer,
      month,
      full: true,
      content: roster(month, persons),
    });
    expect(await city.run('insurance.assess', { month })).toMatchObject({
      employerFen: 85_447,
      employeeFen: 30_570,
    });
    await city.clock('2008-01-20T09:00');
    const bill = await city.run<BillView>('insurance.bill', { employer, month });
    const amount = yuan(bill.total.payableFen);
    await city.run('insurance.collect', {
      content: bankFile([{ on: '2008-01-07', reference: 'X1', bill: bill.number, amount }]),
    });
    await city.run('insurance.credit', { month });
    await city.run('insurance.close', { month });
    expect(await city.run<RecordView>('insurance.record', { person: citizen(41) })).toMatchObject({
      countedMonths: 1,
    });
    const { checks } = await city.run<{ checks: { wrong: number }[] }>('insurance.verify', {});
    expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
  });
});
