import { hash, verify } from '@node-rs/argon2';
import type { Reach, Store, Tx } from '../../../kernel/database/index.ts';
import { type Actor, defineErrors, MindunError, secret } from '../../../kernel/index.ts';
import { argon } from '../accounts.ts';
import { openSession, readSession, tokenHash } from '../sessions.ts';
import { countFrom, countLogin, forgetTries, takeBack } from '../throttle.ts';
import { countSecond, secondTries, takeCode, totpOn } from './totp.ts';

defineErrors({
  'sign-in-refused': {
    message: { zh: '账号或密码不对', en: 'The account or the password is wrong' },
    mend: {
      zh: '请核对后再试；忘了密码请到任何一个窗口重置。',
      en: 'Check both; a forgotten password is reset at any window.',
    },
    status: 401,
  },
  'sign-in-again': {
    message: {
      zh: '这一步等得太久，或者已经用过',
      en: 'This step waited too long, or was used already',
    },
    mend: { zh: '请从登录名和密码重新开始。', en: 'Begin again with the log-in and the password.' },
    status: 401,
  },
});

const system: Reach = { role: 'system' };

/** Where somebody signs in from. */
export interface Place {
  /** Network address: wrong tries are counted for it, too. Only its hash is kept, for minutes. */
  readonly address: string;
  /** Coarse words for the device. */
  readonly device: string;
}

interface AccountRow {
  readonly id: number;
  readonly kind: Actor['kind'];
  readonly password_hash: string | null;
}

// Verified when there is no such account, so that the answer takes as long as for one that exists.
let decoy: Promise<string> | undefined;

/** Signed in; or the password was right and a second factor is wanted, for which `half` is good for minutes. */
export type SignedIn =
  | { readonly token: string; readonly actor: Actor }
  | { readonly half: string };

const halfHolds = '5 minutes';

/**
 * Signs in and opens a session, unless the account has a second factor: then there is none before it was shown. Tokens are given once; the
 * store keeps their hashes. An account that is not there, has ended or has no password is refused by the same words after the same work as a
 * wrong password, and locked alike.
 * @throws MindunError sign-in-refused, account-locked, address-throttled
 */
export async function signIn(
  store: Store,
  login: string,
  password: string,
  from: Place,
): Promise<SignedIn> {
  await countFrom(store, from.address);
  const name = login.trim().toLowerCase();
  const account = await store.transaction(system, async (tx) => {
    await countLogin(tx, name);
    return tx.maybe<AccountRow>(
      'select id, kind, password_hash from account where login = $1 and ended is null',
      [name],
    );
  });
  decoy ??= hash(secret(), argon);
  const right = await verify(account?.password_hash ?? (await decoy), password);
  if (account === undefined || account.password_hash === null || !right)
    throw new MindunError('sign-in-refused');
  const answer = await store.transaction<{ half: string } | { token: string }>(
    system,
    async (tx) => {
      await forgetTries(tx, name);
      if (await totpOn(tx, account.id)) return { half: await openHalf(tx, account.id) };
      await takeBack(tx, from.address);
      return { token: await openSession(tx, account, { way: 'password', device: from.device }) };
    },
  );
  return 'half' in answer ? answer : entered(store, answer.token);
}

/** Who came in by a token that was just given. @throws MindunError sign-in-refused when the account ended meanwhile */
export async function entered(
  store: Store,
  token: string,
): Promise<{ token: string; actor: Actor }> {
  const session = await readSession(store, token);
  if (session === null) throw new MindunError('sign-in-refused');
  return { token, actor: session.actor };
}

/** Keeps that the first step is done, for minutes. @returns what the second step is done with, given once */
export async function openHalf(tx: Tx, account: number): Promise<string> {
  const half = secret();
  await tx.execute('delete from sign_in_half where expires <= clock_timestamp()');
  await tx.execute(
    `insert into sign_in_half (token_hash, account_id, expires)
     values ($1, $2, clock_timestamp() + interval '${halfHolds}')`,
    [tokenHash(half), account],
  );
  return half;
}

/**
 * The second step: a code of the app, or a recovery code. Wrong ones are counted for the account and for the address.
 * @throws MindunError sign-in-again, code-refused, account-locked, address-throttled
 */
export async function signInSecond(
  store: Store,
  half: string,
  code: string,
  from: Place,
): Promise<{ token: string; actor: Actor }> {
  await countFrom(store, from.address);
  const hashed = tokenHash(half);
  const account = await store.transaction(system, (tx) =>
    tx.maybe<Pick<AccountRow, 'id' | 'kind'>>(
      `select a.id, a.kind from sign_in_half h join account a on a.id = h.account_id
       where h.token_hash = $1 and h.expires > clock_timestamp() and a.ended is null`,
      [hashed],
    ),
  );
  if (account === undefined) throw new MindunError('sign-in-again');
  await countSecond(store, account.id);
  const token = await store.transaction(system, async (tx) => {
    // Once: who sends it twice finds it gone.
    const mine = await tx.execute('delete from sign_in_half where token_hash = $1', [hashed]);
    if (mine === 0) throw new MindunError('sign-in-again');
    const way = await takeCode(tx, account.id, code);
    // What is thrown here leaves the half as it was, for another try.
    if (way === null) throw new MindunError('code-refused');
    await forgetTries(tx, secondTries(account.id));
    // Both steps were counted.
    await takeBack(tx, from.address, 2);
    return openSession(tx, account, { way, device: from.device });
  });
  return entered(store, token);
}
