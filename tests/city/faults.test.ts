import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, postmasterPid, stopServer } from '../../src/kernel/database/server/index.ts';
import { type Caller, type House, openLog } from '../../src/kernel/index.ts';
import { localActor, openCity } from '../../src/services/city/index.ts';
import { Draw } from '../../src/services/simulation/index.ts';
import { bankFile, citizen, organisation, refusal, roster, testCity } from './harness.ts';

const seed = 20080131;
const programKills = 14;
const databaseKills = 6;
const base = mkdtempSync(path.join(tmpdir(), 'mindun-kill-'));
// The server's own user has to enter the folders below.
spawnSync('chmod', ['755', base]);
const prepared = path.join(base, 'prepared');
const bank = path.join(base, 'bank.csv');
const child = fileURLToPath(new URL('kill-child.ts', import.meta.url));
const draw = new Draw(seed, 'kills');

interface Told {
  readonly count?: number;
  readonly code?: string;
}

function january(
  folder: string,
  who: string,
  at: number,
): { status: number | null; signal: string | null; err: string; told: Told } {
  const done = spawnSync(
    process.execPath,
    ['--import', 'tsx', child, folder, bank, who, String(at)],
    {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: '', MINDUN_LAW: '' },
      timeout: 60_000,
    },
  );
  const line = done.stdout.trim().split('\n').at(-1) ?? '';
  return {
    status: done.status,
    signal: done.signal,
    err: done.stderr.slice(-900),
    told: line === '' ? {} : (JSON.parse(line) as Told),
  };
}

function copyOf(name: string): string {
  const folder = path.join(base, name);
  const done = spawnSync('cp', ['-a', prepared, folder], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
  return folder;
}

async function opened<T>(
  folder: string,
  work: (house: House, caller: Caller) => Promise<T>,
): Promise<T> {
  const server = await openServer(folder);
  const house = await openCity(server.connection, '430400', openLog());
  try {
    const caller: Caller = { actor: await localActor(house), purpose: 'operation', language: 'zh' };
    return await work(house, caller);
  } finally {
    await house.store.end();
    await server.close();
  }
}

const endState = {
  bills: `select c.code, b.number, l.fund, l.share, l.kind, l.fee_period, l.persons, l.amount, l.account from bill_line l
    join bill b on b.id = l.bill_id join employer_code c on c.employer_id = b.employer_id order by 1, 2, 3, 4, 5, 6`,
  claims: `select c.code, e.fund, e.share, e.fee_period, sum(e.amount)::bigint as open from entry e
    join employer_code c on c.employer_id = e.employer_id where e.book = 2 and e.account = 1 group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  months: `select f.number, m.period, m.assessment, m.base, m.pension_employer, m.pension_employee, m.medical_account
    from person_month m join person_fact f on f.person_id = m.person_id order by 1, 2, 3`,
  credits: `select c.code, a.fund, a.fee_period, a.whole, a.amount from account_credit a
    join employer_code c on c.employer_id = a.employer_id order by 1, 2, 3, 4, 5`,
  shares: `select f.number, s.amount from account_credit_share s join person_fact f on f.person_id = s.person_id order by 1, 2`,
  balances: 'select period, book, fund, account, area, closing from balance order by 1, 2, 3, 4, 5',
  receipts: 'select reference, amount, employer_id is null as unknown from receipt order by 1',
  fees: 'select fund, share, days, amount from late_fee order by 1, 2, 3, 4',
  steps: 'select period, step, counts from month_step order by 1, 2',
} as const;

/** Runs January to its end, wherever it stands, and tells what is there by business keys. */
async function finish(folder: string): Promise<Record<string, object[]>> {
  return opened(folder, async (house, caller) => {
    const content = await import('node:fs').then((fs) => fs.readFileSync(bank).toString('base64'));
    const month = '2008-01';
    await house.call('insurance.assess', { month }, caller);
    await house.call('insurance.collect', { content }, caller);
    await house.call('insurance.credit', { month }, caller);
    await house.call('insurance.close', { month }, caller);
    const verified = (await house.call('insurance.verify', {}, caller)) as {
      checks: { wrong: number }[];
    };
    expect(verified.checks.filter((c) => c.wrong !== 0)).toEqual([]);
    const state: Record<string, object[]> = {};
    for (const [name, sql] of Object.entries(endState)) {
      state[name] = await house.store.transaction({ role: 'system' }, (tx) => tx.rows(sql));
    }
    return state;
  });
}

let expected: Record<string, object[]>;
let statements = 0;

beforeAll(async () => {
  mkdirSync(prepared, { mode: 0o755 });
  const server = await openServer(prepared);
  const city = await testCity({ server });
  for (const [i, code] of [organisation(81), organisation(82)].entries()) {
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
    await city.run('insurance.declare', {
      employer: code,
      month: '2008-01',
      full: true,
      content: roster('2008-01', persons),
    });
  }
  await city.clock('2008-01-20T09:00');
  await city.close();
  await server.close();
  await stopServer(prepared);
  const rows = [
    { on: '2008-01-19', reference: 'K1', bill: '衡社缴〔2008〕000001', amount: '1234.56' },
    { on: '2008-01-20', reference: 'K2', bill: '衡社缴〔2008〕000002', amount: '99999.00' },
    { on: '2008-01-20', reference: 'K3', bill: '', amount: '77.00' },
  ];
  writeFileSync(bank, Buffer.from(bankFile(rows), 'base64'));
  const whole = copyOf('whole');
  const ran = january(whole, 'nobody', 0);
  statements = ran.told.count!;
  expected = await finish(whole);
});
afterAll(async () => {
  for (const name of ['whole', 'gone'])
    await stopServer(path.join(base, name)).catch(() => undefined);
  rmSync(base, { recursive: true, force: true });
});

const points = (who: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ who, i, share: draw.int(0, 999_999) / 1_000_000 }));

describe(`kill -9 anywhere in the month (seed ${seed})`, () => {
  it('has statements to be killed at', () => {
    expect(statements).toBeGreaterThan(40);
    expect(expected['bills']!.length).toBeGreaterThan(10);
    expect(expected['shares']!.length).toBeGreaterThan(0);
  });

  it.each([...points('program', programKills), ...points('database', databaseKills)])(
    'of the $who, draw $i at $share: the run after it ends as if nothing had been',
    async ({ who, i, share }) => {
      const at = 1 + Math.floor(share * statements);
      const folder = copyOf(`${who}-${i}`);
      const ran = january(folder, who, at);
      if (who === 'program') expect(ran.signal).toBe('SIGKILL');
      else expect(ran.told, `statement ${at} ${ran.err}`).toMatchObject({ code: 'database-gone' });
      expect(await finish(folder), `statement ${at} of ${statements}`).toEqual(expected);
      await stopServer(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  );
});

describe('the database goes away', () => {
  it('says so, and goes on when it is there again', async () => {
    const folder = copyOf('gone');
    const server = await openServer(folder);
    const house = await openCity(server.connection, '430400', openLog());
    const caller: Caller = { actor: await localActor(house), purpose: 'operation', language: 'zh' };
    process.kill(postmasterPid(folder)!, 'SIGKILL');
    expect(await refusal(house.call('insurance.assess', { month: '2008-01' }, caller))).toBe(
      'database-gone',
    );
    await server.ensure();
    expect(await house.call('insurance.assess', { month: '2008-01' }, caller)).toMatchObject({
      bills: 2,
    });
    await house.store.end();
    await server.close();
  });
});
