import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { singleClient } from '../../src/kernel/database/connect.ts';
import type { Reach } from '../../src/kernel/database/index.ts';
import type { Caller } from '../../src/kernel/index.ts';
import type { Check } from '../../src/services/insurance/index.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

const bin = fileURLToPath(new URL('../../bin/mindun.mjs', import.meta.url));
const [mine, others] = [organisation(95), organisation(96)];
const [me, other] = [citizen(51), citizen(53)];
// Marks that stand nowhere else.
const [card, passbook, payer] = ['6222029517364018250', '1905097731866204417', '4300008812345609'];
const bank = '中国农业银行衡阳石鼓支行';
const receipts = 60;
let city: TestCity;
let ring: string;
const as = (kind: 'person' | 'staff', permissions: string[], reach: Reach): Caller => ({
  actor: { ...city.operator.actor, kind, permissions: new Set(permissions), reach },
  purpose: kind === 'person' ? 'own-matter' : 'counter-visit',
  language: 'zh',
});
const rows = <T = Record<string, unknown>>(sql: string): Promise<T[]> =>
  city.house.store.transaction({ role: 'system' }, (tx) => tx.rows(sql) as Promise<T[]>);
const env = () => ({ ...process.env, MINDUN_DATA: city.folder, DATABASE_URL: '', LANG: 'C' });
const mindun = (...args: string[]) =>
  spawnSync(process.execPath, [bin, ...args], { env: env(), encoding: 'utf8' });
const verified = async (): Promise<string[]> =>
  (await city.run<{ checks: Check[] }>('insurance.verify', {})).checks
    .filter((c) => !c.ok)
    .map((c) => c.name);
const payout = <T = { account: { number: string; bank: string } | null }>(
  person: string,
  caller = city.operator,
  full = '',
) => city.run<T>(`registry.payout-account${full}`, { person }, caller);
const candidates = async (): Promise<string[]> => {
  const { rows: found } = await city.run<{
    rows: { reference: string; candidates: { code: string }[] }[];
  }>('insurance.suspense', { search: 'ASK' });
  return found.flatMap((r) => r.candidates.map((c) => c.code));
};
let personId = 0;

beforeAll(async () => {
  city = await testCity();
  ring = path.join(`${city.folder}-keys`, 'ring.json');
  for (const [code, area, person] of [
    [mine, '430407', me],
    [others, '430405', other],
  ] as const) {
    await city.run('registry.employer.register', { code, name: code, area, injuryClass: 1 });
    const content = roster('2008-01', [{ number: person, wage: '2000' }]);
    await city.run('insurance.declare', { employer: code, month: '2008-01', full: true, content });
  }
  await city.run('insurance.assess', { month: '2008-01' });
  await city.clock('2008-01-20T09:00');
  const content = bankFile([
    { on: '2008-01-19', reference: 'KNOWN', bill: '衡社缴〔2008〕000001', amount: '1.00' },
  ]).toString();
  const text = Buffer.from(content, 'base64').toString('utf8').replace('4300001', payer);
  const lines = Array.from(
    { length: receipts },
    (_, i) =>
      `2008-01-19,${i === 0 ? 'ASK' : `R${i}`},某厂,${i === 0 ? '4300 0088 1234 5609' : payer},,2.00`,
  );
  await city.run('insurance.collect', {
    content: Buffer.from([text, ...lines].join('\n')).toString('base64'),
  });
  [{ id: personId }] = (await rows<{ id: number }>(
    `select person_id as id from person_fact where number = '${me}'`,
  )) as [{ id: number }];
}, 120_000);
afterAll(async () => city?.close());

describe('a payout account', () => {
  const person = () =>
    as('person', ['registry.person.payout-account', 'registry.payout-account'], {
      role: 'person',
      persons: [personId],
    });
  const clerk = () =>
    as('staff', ['registry.person.payout-account', 'registry.payout-account'], {
      role: 'staff',
      areaLo: 430_407_000_000,
      areaHi: 430_407_999_999,
    });
  const set = (input: object, caller = clerk()) =>
    city.run<{ changed: boolean; warnings: { code: string }[] }>(
      'registry.person.payout-account',
      { person: me, bank, number: card, ...input },
      caller,
    );

  it('is set by a clerk of the area or the person, and by nobody for others', async () => {
    expect(await payout(me)).toEqual({ account: null });
    expect((await set({})).changed).toBe(true);
    expect((await set({ number: `${card.slice(0, 6)} ${card.slice(6)}` })).changed).toBe(false);
    expect((await set({ number: passbook }, person())).changed).toBe(true);
    expect(await refusal(set({ person: other }, person()))).toBe('unknown-person');
    expect(await refusal(set({ person: other }))).toBe('unknown-person');
    expect(await refusal(payout(other, person()))).toBe('unknown-person');
    expect(await refusal(set({ number: '123-4567' }))).toBe('account-number-wrong');
    expect(await refusal(set({ holder: '李四', reason: '代领' }, person()))).toBe(
      'payout-holder-differs',
    );
    expect(await refusal(set({ holder: '李四' }))).toBe('payout-holder-differs');
    expect((await set({ holder: '李四', reason: '监护人代领' })).changed).toBe(true);
  });

  it('keeps what was known, and ends what held before', async () => {
    await set({ from: '2008-01-10' });
    await city.clock('2008-01-25T09:00');
    await set({ number: passbook });
    const facts = await rows<{ valid: string; known: string }>(
      `select valid::text, case when upper_inf(known) then 'known' else 'closed' end as known from payout_account
       where person_id = ${personId} order by id`,
    );
    expect(facts.filter((f) => f.known === 'known').map((f) => f.valid)).toEqual([
      '[2008-01-10,2008-01-25)',
      '[2008-01-25,)',
    ]);
    expect(facts.filter((f) => f.known === 'closed').length).toBeGreaterThanOrEqual(4);
  });

  it('tells staff of a doubtful digit and of others who are paid to it, without stopping', async () => {
    const wrong = card.replace(/.$/, (d) => String((Number(d) + 1) % 10));
    const codes = async (input: object, caller?: Caller) =>
      (await set(input, caller)).warnings.map((w) => w.code);
    const digits = [await codes({ number: card }), await codes({ number: wrong })];
    expect(digits.flat().filter((c) => c === 'payout-check-digit').length).toBeGreaterThan(0);
    await set({ person: other, number: passbook }, city.operator);
    expect(await codes({ number: passbook })).toEqual(['payout-shared']);
    expect(await codes({ number: passbook }, person())).toEqual([]);
    await set({ number: card });
  });

  it('is shown masked, with a look; in full only to who has that right', async () => {
    const looks = "select count(*)::int as n from look where query like 'registry.payout-account%'";
    const [{ n: before }] = (await rows<{ n: number }>(looks)) as [{ n: number }];
    expect((await payout(me, clerk())).account).toMatchObject({
      number: `${'*'.repeat(15)}${card.slice(-4)}`,
      bank,
    });
    expect(await refusal(payout(me, { ...clerk(), purpose: '' }))).toBe('purpose-missing');
    expect(await refusal(payout(me, clerk(), '.full'))).toBe('not-permitted');
    const accountant = as('staff', ['registry.payout-account.full'], clerk().actor.reach);
    expect((await payout(me, accountant, '.full')).account?.number).toBe(card);
    expect(await rows(looks)).toEqual([{ n: before + 2 }]);
  });
});

describe('the database', () => {
  const secrets = [card, passbook, payer, '4300 0088 1234 5609', bank];

  it('has no account number in clear: not in a table, a dump, its files or a log', async () => {
    const client = await singleClient(city.server.connection, '430400');
    const { rows: tables } = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'c430400'",
    );
    let dumped = 0;
    for (const { name } of tables) {
      const { rows: lines } = await client.query<{ line: string }>(
        `select t::text as line from ${name} t`,
      );
      for (const { line } of lines) {
        dumped += 1;
        for (const secret of secrets) expect(line.includes(secret), name).toBe(false);
      }
    }
    expect(dumped).toBeGreaterThan(300);
    await client.query('checkpoint');
    await client.end();
    const place = path.join(city.folder, 'place.json');
    const data = existsSync(place)
      ? (JSON.parse(readFileSync(place, 'utf8')) as { data: string }).data
      : path.join(city.folder, 'postgres');
    const files = [...filesIn(data), ...filesIn(city.folder)];
    expect(files.some((f) => f.includes('pg_wal'))).toBe(true);
    const found = (secret: string): string[] =>
      files.filter((f) => readFileSync(f).includes(secret));
    // The search does find what is there in clear.
    expect(found(me).length).toBeGreaterThan(0);
    for (const secret of secrets) expect(found(secret)).toEqual([]);
    const master = JSON.parse(readFileSync(ring, 'utf8')) as { keys: { secret: string }[] };
    const raw = Buffer.from(master.keys[0]!.secret, 'base64');
    expect(files.filter((f) => readFileSync(f).includes(raw))).toEqual([]);
  }, 60_000);

  it('finds receipts of the same account by the index alone, however it is written', async () => {
    expect(await candidates()).toEqual([mine]);
    const { n } = (
      await rows<{ n: number }>('select count(distinct payer_account_index)::int as n from receipt')
    )[0]!;
    expect(n).toBe(1);
    expect(await rows('select count(distinct payer_account)::int as n from receipt')).toEqual([
      { n: receipts + 1 },
    ]);
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => path.join(f.parentPath, f.name));
}

interface Status {
  readonly cities: {
    readonly keys: {
      column: string;
      state: string;
      suite: string;
      master: string;
      values: number;
    }[];
  }[];
}
const status = () => JSON.parse(mindun('keys', 'status', '--json').stdout) as Status;

describe('keys', () => {
  it('are wrapped by a new master key while everything stays readable', async () => {
    const before = await rows('select id, payer_account from receipt order by id');
    const done = mindun('keys', 'rotate', '--json');
    expect(done.status, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ cities: [{ wrapped: 4, resealed: 0 }] });
    expect(await rows('select id, payer_account from receipt order by id')).toEqual(before);
    expect(statSync(ring).mode & 0o777).toBe(0o600);
    // This process read the file before: it finds the new key by itself.
    expect((await payout(me)).account?.bank).toBe(bank);
    expect(await verified()).toEqual([]);
  }, 60_000);

  it('are changed value by value; killed midway it is gone on with, and both kinds are read meanwhile', async () => {
    const child = spawn(
      process.execPath,
      [bin, 'keys', 'rotate', '--data', '--suite', 'sm', '--batch', '3'],
      { env: env(), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = new Promise((done) => child.once('close', done));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/receipt.payer_account: 9 values/.test(said)) child.kill('SIGKILL');
    });
    await ended;
    const half = status().cities[0]!.keys.filter((k) => k.column === 'receipt.payer_account');
    expect(half.map((k) => [k.state, k.suite])).toEqual([
      ['old', 'aes'],
      ['active', 'sm'],
    ]);
    expect(half.every((k) => k.values > 0)).toBe(true);
    // Of either kind: found, read, verified; what is written now has the new key.
    expect(await candidates()).toEqual([mine]);
    expect((await payout(me)).account?.bank).toBe(bank);
    expect(await verified()).toEqual([]);
    await city.run('insurance.collect', {
      content: bankFile([{ on: '2008-01-20', reference: 'LATER', amount: '3.00' }]),
    });
    const written = status().cities[0]!.keys.find(
      (k) => k.state === 'active' && k.column === 'receipt.payer_account',
    )!;
    expect(written.values).toBe(half[1]!.values + 1);
    const again = mindun('keys', 'rotate', '--data', '--suite', 'sm', '--batch', '7', '--json');
    expect(again.status, again.stderr).toBe(0);
    const keys = status().cities[0]!.keys;
    expect(keys.filter((k) => k.state === 'active').map((k) => k.suite)).toEqual([
      'sm',
      'sm',
      'sm',
      'sm',
    ]);
    expect(
      keys.filter((k) => k.state !== 'active').every((k) => k.state === 'spent' && k.values === 0),
    ).toBe(true);
    expect(new Set(keys.map((k) => k.master)).size).toBe(1);
    expect(await candidates()).toEqual([mine]);
    expect((await payout(me)).account?.bank).toBe(bank);
    expect(await verified()).toEqual([]);
  }, 120_000);

  it('open to others, or lost, are refused with what cannot be read; put back, all is there', async () => {
    chmodSync(ring, 0o644);
    const open = mindun('payout-account', me);
    expect(open.status).toBe(1);
    expect(open.stderr).toContain('keys-open-to-others');
    chmodSync(ring, 0o600);
    renameSync(ring, `${ring}.away`);
    const lost = mindun('payout-account', me);
    expect(lost.status).toBe(1);
    expect(lost.stderr).toContain('keys-lost');
    for (const what of [ring, 'payers’ account numbers', 'numbers of payout accounts'])
      expect(lost.stderr).toContain(what);
    const set = mindun('payout-account', 'set', me, '--bank', bank, '--number', card);
    expect(set.stderr).toContain('keys-lost');
    // No new file hides that the old one is gone.
    expect(existsSync(ring)).toBe(false);
    expect(mindun('keys', 'status').status).toBe(1);
    renameSync(`${ring}.away`, ring);
    expect(mindun('payout-account', me).status).toBe(0);
  }, 60_000);

  it('that are lost for good are given up, and work goes on with new ones', async () => {
    rmSync(ring);
    const given = mindun('keys', 'give-up', '--reason', '没有备份', '--json');
    expect(given.status, given.stderr).toBe(0);
    const gone = mindun('payout-account', me);
    expect(gone.stderr).toContain('sealed-given-up');
    expect(await verified()).toEqual([]);
    const set = mindun('payout-account', 'set', me, '--bank', bank, '--number', card);
    expect(set.status, set.stderr).toBe(0);
    expect(mindun('payout-account', me).stdout).toContain(card.slice(-4));
    await city.run('insurance.collect', {
      content: bankFile([{ on: '2008-01-21', reference: 'AFTER', amount: '4.00' }]),
    });
    expect(statSync(ring).mode & 0o777).toBe(0o600);
    expect(await verified()).toEqual([]);
    expect(mindun('keys', 'status').status).toBe(0);
  }, 60_000);
});
