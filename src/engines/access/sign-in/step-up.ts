import { verify } from '@node-rs/argon2';
import type { Reach, Store, Tx } from '../../../kernel/database/index.ts';
import { type Actor, MindunError } from '../../../kernel/index.ts';
import { renewSession } from '../sessions.ts';
import { countLogin, forgetTries } from '../throttle.ts';
import { askPasskey, checkPasskey, type Site, takeChallenge } from './passkeys.ts';
import { countSecond, secondTries, takeCode, totpOn } from './totp.ts';

const system: Reach = { role: 'system' };

/** What somebody who is signed in shows to prove anew that it is he. */
export type Proof =
  | { readonly password: string }
  | { readonly code: string }
  | { readonly passkey: unknown };

/** What an account is asked for: the code where it has one, else the password; who has neither signs in anew by the bureau's provider. */
export type ProofKind = 'password' | 'code' | 'provider';

export async function proofOf(tx: Tx, account: number): Promise<ProofKind> {
  if (await totpOn(tx, account)) return 'code';
  const row = await tx.maybe('select 1 from account where id = $1 and password_hash is not null', [
    account,
  ]);
  return row === undefined ? 'provider' : 'password';
}

/** What the browser of who is signed in signs with a passkey to prove that it is he. */
export async function stepUpChallenge(store: Store, actor: Actor, site: Site): Promise<object> {
  return store.transaction(system, (tx) => askPasskey(tx, site, actor.accountId));
}

/**
 * Takes a proof; the session goes on with it, under a new token. Wrong ones are counted as at the sign-in.
 * @returns the new token
 * @throws MindunError sign-in-needed, password-wrong, code-refused, passkey-refused, account-locked
 */
export async function stepUp(
  store: Store,
  actor: Actor,
  proof: Proof,
  site: Site,
): Promise<string> {
  const { session, accountId } = actor;
  if (session === undefined) throw new MindunError('sign-in-needed');
  if ('password' in proof) await byPassword(store, accountId, proof.password);
  else if ('code' in proof) await byCode(store, accountId, proof.code);
  else await byPasskey(store, accountId, proof.passkey, site);
  return store.transaction(system, (tx) => renewSession(tx, session));
}

/** A password alone proves nothing of who has a second factor. */
async function byPassword(store: Store, account: number, password: string): Promise<void> {
  const row = await store.transaction(system, async (tx) => {
    const found = await tx.one<{ login: string; stored: string | null }>(
      'select login, password_hash as stored from account where id = $1',
      [account],
    );
    await countLogin(tx, found.login);
    return { ...found, kind: await proofOf(tx, account) };
  });
  const right = row.stored !== null && (await verify(row.stored, password));
  if (!right || row.kind !== 'password') throw new MindunError('password-wrong');
  await store.transaction(system, (tx) => forgetTries(tx, row.login));
}

async function byCode(store: Store, account: number, code: string): Promise<void> {
  await countSecond(store, account);
  await store.transaction(system, async (tx) => {
    if ((await takeCode(tx, account, code)) === null) throw new MindunError('code-refused');
    await forgetTries(tx, secondTries(account));
  });
}

async function byPasskey(
  store: Store,
  account: number,
  answer: unknown,
  site: Site,
): Promise<void> {
  const challenge = await store.transaction(system, (tx) => takeChallenge(tx, answer, account));
  await store.transaction(system, async (tx) => {
    const whose = await checkPasskey(tx, answer, challenge, site);
    if (whose.id !== account) throw new MindunError('passkey-refused');
  });
}
