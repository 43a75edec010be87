import { verify as verifyPassword } from '@node-rs/argon2';
import { generateSecret, generateURI, verify } from 'otplib';
import type { Store, Tx } from '../../../kernel/database/index.ts';
import { defineErrors, MindunError, randomText, wallNow } from '../../../kernel/index.ts';
import { tokenHash } from '../sessions.ts';
import { countLogin, forgetTries } from '../throttle.ts';
import { keepSecret, readSecret } from './kept-secret.ts';

defineErrors({
  'code-refused': {
    message: { zh: '动态码不对，或者已经用过', en: 'The code is wrong, or was used already' },
    mend: {
      zh: '等应用里换了下一个码再写；手机时间要准。没有手机就写一个恢复码。',
      en: 'Wait for the next code of the app; the phone’s clock must be right. Without the phone use a recovery code.',
    },
    status: 401,
  },
  'totp-there': {
    message: { zh: '动态码已经开着', en: 'One-time codes are on already' },
    mend: { zh: '要换手机，先关掉再开。', en: 'For another phone turn them off first, then on.' },
    status: 409,
  },
  'totp-missing': {
    message: { zh: '动态码没有开', en: 'One-time codes are not on' },
    mend: { zh: '先在“账号与安全”里开。', en: 'Turn them on under Account and security.' },
    status: 404,
  },
});

const stepSeconds = 30;
const recoveryCodes = 10;
const recoveryLength = 10;

/** Under which name the tries at an account's second factor are counted. */
export function secondTries(account: number): string {
  return `second factor of ${account}`;
}

/** Begins one-time codes: a new secret, which counts for nothing until a code of it is given. @throws MindunError totp-there */
export async function beginTotp(tx: Tx, account: number): Promise<void> {
  if (await totpOn(tx, account)) throw new MindunError('totp-there');
  await tx.execute(
    `insert into totp (account_id, secret) values ($1, $2)
     on conflict (account_id) do update set secret = excluded.secret where totp.confirmed is null`,
    [account, await keepSecret(generateSecret())],
  );
}

/** The secret that waits for its first code. */
export interface PendingTotp {
  /** In base32, in groups of four. */
  readonly secret: string;
  /** What the square code holds: `otpauth://totp/…`. */
  readonly uri: string;
}

/** @param issuer whom the app names @throws MindunError totp-missing when none waits */
export async function pendingTotp(tx: Tx, account: number, issuer: string): Promise<PendingTotp> {
  const row = await tx.maybe<{ secret: string; login: string }>(
    `select t.secret, a.login from totp t join account a on a.id = t.account_id
     where t.account_id = $1 and t.confirmed is null`,
    [account],
  );
  if (row === undefined) throw new MindunError('totp-missing');
  const secret = await readSecret(row.secret);
  // The app shows the label to whoever looks over the shoulder: of a citizen number its end is enough.
  const label = row.login.length > 8 ? row.login.slice(-4) : row.login;
  return {
    secret: secret.replace(/(.{4})(?=.)/g, '$1 '),
    uri: generateURI({ issuer, label, secret }),
  };
}

/**
 * Turns one-time codes on by a first code.
 * @returns recovery codes, told once: the store keeps their hashes
 * @throws MindunError totp-missing, code-refused
 */
export async function confirmTotp(tx: Tx, account: number, code: string): Promise<string[]> {
  const row = await tx.maybe<{ secret: string }>(
    'select secret from totp where account_id = $1 and confirmed is null for update',
    [account],
  );
  if (row === undefined) throw new MindunError('totp-missing');
  const step = await stepOf(await readSecret(row.secret), code, 0);
  if (step === null) throw new MindunError('code-refused');
  await tx.execute(
    'update totp set confirmed = clock_timestamp(), last_step = $2 where account_id = $1',
    [account, step],
  );
  return renewRecoveryCodes(tx, account);
}

/** The step of a code that is right and later than the last one taken; null of another. */
async function stepOf(secret: string, code: string, last: number): Promise<number | null> {
  const token = code.replace(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const answer = await verify({
    secret,
    token,
    epoch: Math.floor(wallNow() / 1000),
    epochTolerance: stepSeconds,
    afterTimeStep: last,
  });
  return answer.valid && 'timeStep' in answer ? answer.timeStep : null;
}

/** New recovery codes in place of the former ones. @throws MindunError totp-missing */
export async function renewRecoveryCodes(tx: Tx, account: number): Promise<string[]> {
  if (!(await totpOn(tx, account))) throw new MindunError('totp-missing');
  const codes = Array.from({ length: recoveryCodes }, () => randomText(recoveryLength));
  await tx.execute('delete from recovery_code where account_id = $1', [account]);
  await tx.execute(
    'insert into recovery_code (account_id, code_hash) select $1, unnest($2::bytea[])',
    [account, codes.map((c) => recoveryHash(account, c))],
  );
  return codes.map((c) => `${c.slice(0, 5)}-${c.slice(5)}`);
}

function recoveryHash(account: number, code: string): Buffer {
  return tokenHash(`${account} ${code}`);
}

/** Whether an account signs in with one-time codes. */
export async function totpOn(tx: Tx, account: number): Promise<boolean> {
  const row = await tx.maybe('select 1 from totp where account_id = $1 and confirmed is not null', [
    account,
  ]);
  return row !== undefined;
}

/** How many recovery codes are left. */
export async function recoveryLeft(tx: Tx, account: number): Promise<number> {
  const { n } = await tx.one<{ n: number }>(
    'select count(*)::int as n from recovery_code where account_id = $1 and used is null',
    [account],
  );
  return n;
}

/**
 * Takes a code of the app or a recovery code, and burns it: the app's with all of its step and before, a recovery code for good.
 * @returns which it was; null when it is none of the account's
 */
export async function takeCode(
  tx: Tx,
  account: number,
  code: string,
): Promise<'code' | 'recovery' | null> {
  const row = await tx.maybe<{ secret: string; last: number }>(
    'select secret, last_step as last from totp where account_id = $1 and confirmed is not null for update',
    [account],
  );
  if (row === undefined) return null;
  const step = await stepOf(await readSecret(row.secret), code, row.last);
  if (step !== null) {
    await tx.execute('update totp set last_step = $2 where account_id = $1', [account, step]);
    return 'code';
  }
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, '');
  const used = await tx.execute(
    `update recovery_code set used = clock_timestamp()
     where account_id = $1 and code_hash = $2 and used is null`,
    [account, recoveryHash(account, plain)],
  );
  return used === 1 ? 'recovery' : null;
}

/** Counts a try at the second factor, durably, before it is looked at. @throws MindunError account-locked */
export async function countSecond(store: Store, account: number): Promise<void> {
  await store.transaction({ role: 'system' }, (tx) => countLogin(tx, secondTries(account)));
}

/** Turns one-time codes off for who has the password and a code. @throws MindunError password-wrong, code-refused, totp-missing */
export async function endTotp(
  tx: Tx,
  account: number,
  given: { readonly password: string; readonly code: string },
): Promise<void> {
  if (!(await totpOn(tx, account))) throw new MindunError('totp-missing');
  const { stored, login } = await tx.one<{ stored: string | null; login: string }>(
    'select password_hash as stored, login from account where id = $1',
    [account],
  );
  if (stored === null || !(await verifyPassword(stored, given.password)))
    throw new MindunError('password-wrong');
  if ((await takeCode(tx, account, given.code)) === null) throw new MindunError('code-refused');
  await forgetTries(tx, login);
  await dropTotp(tx, account);
}

/** Takes an account's one-time codes away, with its recovery codes and its tries. */
export async function dropTotp(tx: Tx, account: number): Promise<void> {
  await tx.execute('delete from totp where account_id = $1', [account]);
  await tx.execute('delete from recovery_code where account_id = $1', [account]);
  await forgetTries(tx, secondTries(account));
}
