import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { deliver, openAccount, senderOf, signIn, tell } from '../../src/engines/access/index.ts';
import { openLog, plainDate } from '../../src/kernel/index.ts';
import type { MessagesView } from '../../src/services/accounts/index.ts';
import { refusal, type TestCity, testCity } from './harness.ts';

const password = 'four unrelated words';
let city: TestCity;
let owner: pg.Client;
let account = 0;
let mail: Mail;

interface Mail {
  readonly address: string;
  readonly letters: string[];
  /** What it does with the next letter. */
  next: 'take' | 'refuse' | 'hang';
  hanging: Promise<void>;
  close(): Promise<void>;
}

/** A server that speaks SMTP, as much as a letter takes. */
async function openMail(): Promise<Mail> {
  let hung = (): void => {};
  const letters: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('220 test\r\n');
    let data = '';
    let body = false;
    socket.on('data', (chunk) => {
      data += chunk.toString('utf8');
      for (;;) {
        const end = body ? data.indexOf('\r\n.\r\n') : data.indexOf('\r\n');
        if (end < 0) return;
        const line = data.slice(0, end);
        data = data.slice(end + (body ? 5 : 2));
        if (body) {
          letters.push(line);
          body = false;
          socket.write('250 taken\r\n');
        } else if (/^DATA/i.test(line)) {
          if (of.next === 'hang') return hung();
          if (of.next === 'refuse') socket.write('451 later\r\n');
          else {
            body = true;
            socket.write('354 go on\r\n');
          }
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as net.AddressInfo;
  const of: Mail = {
    address: `smtp://127.0.0.1:${port}`,
    letters,
    next: 'take',
    hanging: new Promise((done) => {
      hung = done;
    }),
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
  return of;
}

beforeAll(async () => {
  city = await testCity();
  owner = new pg.Client({ ...city.server.connection, options: '-c search_path=c430400,public' });
  await owner.connect();
  mail = await openMail();
  await city.house.store.transaction({ role: 'system' }, async (tx) => {
    const place = { areaLo: 430_400_000_000, areaHi: 430_499_999_999, reason: '测试' };
    const who = { kind: 'staff', login: 'li', name: '李', role: 'collection-clerk' } as const;
    const on = plainDate('2008-01-01');
    account = (await openAccount(tx, { ...place, ...who, password }, 1, on)).id;
  });
});
afterAll(async () => {
  await mail?.close();
  await owner?.end();
  await city?.close();
});
beforeEach(async () => {
  await owner.query("delete from outbox where kind = 'message'");
  await owner.query('update account set email = $1 where id = $2', ['li@example.test', account]);
  mail.letters.length = 0;
  mail.next = 'take';
});

const smtp = () => senderOf({ MINDUN_SMTP: mail.address, MINDUN_MAIL_FROM: 'shebao@example.test' });
const send = (sender = smtp()) => deliver(city.house.store, '430400', sender, openLog());
const say = () =>
  city.house.store.transaction({ role: 'system' }, (tx) => tell(tx, account, 'password-changed'));
const enter = (word: string, device = 'Windows · Edge') =>
  refusal(signIn(city.house.store, 'li', word, { address: '192.0.2.1', device }));
const waiting = async () =>
  (
    await owner.query(
      'select attempts, sent is not null as sent, due > clock_timestamp() as later from outbox order by id',
    )
  ).rows;

it('goes out once, by a real server, with both languages and one identity', async () => {
  await say();
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(mail.letters).toHaveLength(1);
  expect(mail.letters[0]).toMatch(/^To: li@example\.test$/m);
  expect(mail.letters[0]).toMatch(/^Message-ID: <430400-\d+@example\.test>$/im);
});

it('is tried again later when the server does not take it, and waits longer each time', async () => {
  await say();
  mail.next = 'refuse';
  expect(await send()).toBe(0);
  expect(await waiting()).toEqual([{ attempts: 1, sent: false, later: true }]);
  mail.next = 'take';
  expect(await send()).toBe(0);
  await owner.query("update outbox set due = due - interval '2 minutes'");
  expect(await send()).toBe(1);
  const gone = senderOf({ MINDUN_SMTP: 'smtp://127.0.0.1:9', MINDUN_MAIL_FROM: 'a@b.test' });
  await say();
  expect(await send(gone)).toBe(0);
  expect(mail.letters).toHaveLength(1);
});

it('is sent again after a kill midway only where it was not marked', async () => {
  await say();
  expect(await send()).toBe(1);
  await say();
  await say();
  mail.next = 'hang';
  const dying = send().catch((error: unknown) => error);
  await mail.hanging;
  // Two processes at once send no letter twice: what one holds the other passes by.
  mail.next = 'take';
  expect(await send()).toBe(1);
  await owner.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction' and pid <> pg_backend_pid()",
  );
  await mail.close();
  await dying;
  mail = await openMail();
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect((await waiting()).every((w) => w.sent)).toBe(true);
});

it('lies whole in a folder, without an address or a sender on the pages alone', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mindun-mail-'));
  await say();
  await send(senderOf({ MINDUN_MAIL_FOLDER: folder }));
  const files = readdirSync(folder);
  expect(files).toHaveLength(1);
  expect(readFileSync(path.join(folder, files[0]!), 'utf8')).toContain('密码改了');
  rmSync(folder, { recursive: true });
  await owner.query('update account set email = null');
  await say();
  expect(await send()).toBe(0);
  await say();
  expect(await send(senderOf({}))).toBe(0);
  expect((await waiting()).every((w) => w.sent)).toBe(true);
  expect(mail.letters).toEqual([]);
});

it('tells of a device not used before, of a lock, and of nothing twice', async () => {
  await enter(password);
  await enter(password);
  await enter(password, 'Android · Chrome');
  for (let i = 0; i < 6; i += 1) await enter('wrong');
  await send(null);
  await send(null);
  const actor = { ...city.operator.actor, accountId: account };
  const { rows } = await city.run<MessagesView>('access.messages', {}, { ...city.operator, actor });
  expect(rows.map((r) => r.text.zh.slice(0, 12))).toEqual([
    '有人多次试错您的网上账号',
    '您的网上账号在一台没用过',
  ]);
  expect(rows[1]!.text.zh).toContain('Android · Chrome');
});

it('is set up by settings that are checked', async () => {
  for (const wrong of [
    { MINDUN_SMTP: 'mail.example' },
    { MINDUN_SMTP: 'smtp://mail.example', MINDUN_MAIL_FROM: 'nobody' },
  ])
    expect(await refusal(Promise.resolve().then(() => senderOf(wrong)))).toBe('mail-setting');
  for (const email of ['x', 'a@b', 'a@b.test\r\nBcc: c@d.test'])
    expect(await refusal(city.run('access.email.set', { email }))).toBe('input-invalid');
});
