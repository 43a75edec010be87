import { hash, verify } from '@node-rs/argon2';
import type { Reach, Store } from '../../../kernel/database/index.ts';
import { type Actor, defineErrors, MindunError, secret } from '../../../kernel/index.ts';
import { argon } from '../accounts.ts';
import { openSession, readSession } from '../sessions.ts';
import { countFrom, countLogin, takeBack } from '../throttle.ts';

defineErrors({
  'sign-in-refused': {
    message: { zh: '账号或密码不对', en: 'The account or the password is wrong' },
    mend: {
      zh: '请核对后再试；忘了密码请到任何一个窗口重置。',
      en: 'Check both; a forgotten password is reset at any window.',
    },
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

/**
 * Signs in and opens a session. The token is given once; the store keeps its hash. An account that is not there, has ended or has no
 * password is refused by the same words after the same work as a wrong password, and locked alike.
 * @throws MindunError sign-in-refused, account-locked, address-throttled
 */
export async function signIn(
  store: Store,
  login: string,
  password: string,
  from: Place,
): Promise<{ token: string; actor: Actor }> {
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
  const token = await store.transaction(system, async (tx) => {
    await takeBack(tx, from.address, name);
    return openSession(tx, account, { way: 'password', device: from.device });
  });
  const session = await readSession(store, token);
  if (session === null) throw new MindunError('sign-in-refused');
  return { token, actor: session.actor };
}
