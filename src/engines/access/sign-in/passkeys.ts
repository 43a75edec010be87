import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Reach, Store, Tx } from '../../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  MindunError,
  type Moment,
  momentOfWall,
  publicId,
} from '../../../kernel/index.ts';
import { openSession, tokenHash } from '../sessions.ts';
import { countFrom, takeBack } from '../throttle.ts';
import { entered, type Place } from './password.ts';

defineErrors({
  'passkey-refused': {
    message: { zh: '这个通行密钥没有通过', en: 'The passkey was not accepted' },
    mend: {
      zh: '再试一次；还不行就用密码登录。',
      en: 'Try again; if it stays, sign in with the password.',
    },
    status: 401,
  },
  'passkey-missing': {
    message: { zh: '没有这个通行密钥', en: 'There is no such passkey' },
    mend: { zh: '请刷新再看。', en: 'Reload and look again.' },
    status: 404,
  },
});

const system: Reach = { role: 'system' };
const challengeHolds = '5 minutes';
const most = 20;

/** Where the pages are reached, as it is configured: what a request says of its host is not believed. */
export interface Site {
  /** `https://shebao.example.gov.cn` */
  readonly origin: string;
  /** The host alone: whose passkeys these are. */
  readonly host: string;
}

/** @param address as configured: `https://shebao.example.gov.cn/mindun` */
export function siteAt(address: string): Site {
  const { origin, hostname } = new URL(address);
  return { origin, host: hostname };
}

// What a browser answers; the library checks what is in it.
const answered = z.looseObject({
  id: z.string().max(1400),
  response: z.looseObject({ clientDataJSON: z.string().max(4000) }),
});

async function keepChallenge(tx: Tx, challenge: string, account: number | null): Promise<void> {
  await tx.execute('delete from passkey_challenge where expires <= clock_timestamp()');
  await tx.execute(
    `insert into passkey_challenge (challenge_hash, account_id, expires)
     values ($1, $2, clock_timestamp() + interval '${challengeHolds}')`,
    [tokenHash(challenge), account],
  );
}

/**
 * The challenge that an answer signed, taken out of the store: it must stay taken, whatever becomes of the answer.
 * @throws MindunError passkey-refused when it is none of ours, was answered already, or is somebody else's
 */
export async function takeChallenge(
  tx: Tx,
  answer: unknown,
  account: number | null,
): Promise<string> {
  const parsed = answered.safeParse(answer);
  const challenge = parsed.success ? challengeIn(parsed.data.response.clientDataJSON) : null;
  if (challenge === null) throw new MindunError('passkey-refused');
  const taken = await tx.execute(
    `delete from passkey_challenge where challenge_hash = $1 and account_id is not distinct from $2
       and expires > clock_timestamp()`,
    [tokenHash(challenge), account],
  );
  if (taken === 0) throw new MindunError('passkey-refused');
  return challenge;
}

function challengeIn(clientData: string): string | null {
  try {
    const told: unknown = JSON.parse(Buffer.from(clientData, 'base64url').toString('utf8'));
    const { challenge } = told as { challenge?: unknown };
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}

/** What the browser is told to make a passkey by. */
export async function beginPasskey(
  tx: Tx,
  actor: Pick<Actor, 'accountId' | 'publicId' | 'name'>,
  site: Site,
  house: string,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { login } = await tx.one<{ login: string }>('select login from account where id = $1', [
    actor.accountId,
  ]);
  const there = await tx.rows<{ id: string }>('select id from passkey where account_id = $1', [
    actor.accountId,
  ]);
  const options = await generateRegistrationOptions({
    rpName: house,
    rpID: site.host,
    userName: login.length > 8 ? `…${login.slice(-4)}` : login,
    userDisplayName: actor.name,
    userID: new Uint8Array(Buffer.from(actor.publicId)),
    excludeCredentials: there,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keepChallenge(tx, options.challenge, actor.accountId);
  return options;
}

/** Keeps a passkey that the browser made. @param challenge taken before @throws MindunError passkey-refused */
export async function addPasskey(
  tx: Tx,
  account: number,
  made: { readonly answer: unknown; readonly challenge: string; readonly name: string },
  site: Site,
): Promise<{ passkey: string }> {
  const checked = await verifyRegistrationResponse({
    response: made.answer as RegistrationResponseJSON,
    expectedChallenge: made.challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
  }).catch(refused);
  const { n } = await tx.one<{ n: number }>(
    'select count(*)::int as n from passkey where account_id = $1',
    [account],
  );
  if (!checked.verified || n >= most) throw new MindunError('passkey-refused');
  const { id, publicKey, counter, transports } = checked.registrationInfo.credential;
  const passkey = publicId();
  const kept = await tx.execute(
    `insert into passkey (id, public_id, account_id, public_key, counter, transports, name)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [id, passkey, account, Buffer.from(publicKey), counter, transports ?? [], made.name],
  );
  if (kept === 0) throw new MindunError('passkey-refused');
  return { passkey };
}

/** What the library says of a bad answer is for programmers. */
function refused(): never {
  throw new MindunError('passkey-refused');
}

/** What the browser is told to sign in by, whoever it is. @throws MindunError address-throttled */
export async function passkeyChallenge(
  store: Store,
  site: Site,
  from: Place,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  // Asking is the try that is counted; the right answer takes it back.
  await countFrom(store, from.address);
  return store.transaction(system, (tx) => askPasskey(tx, site, null));
}

/** What the browser of one who is signed in is told to prove himself by. */
export async function askPasskey(
  tx: Tx,
  site: Site,
  account: number | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await generateAuthenticationOptions({
    rpID: site.host,
    userVerification: 'required',
  });
  await keepChallenge(tx, options.challenge, account);
  return options;
}

/**
 * Signs in by a passkey: what the device holds and its owner's finger or number are two factors by themselves.
 * @throws MindunError passkey-refused
 */
export async function signInByPasskey(
  store: Store,
  answer: unknown,
  site: Site,
  from: Place,
): Promise<{ token: string; actor: Actor }> {
  const challenge = await store.transaction(system, (tx) => takeChallenge(tx, answer, null));
  const token = await store.transaction(system, async (tx) => {
    const account = await checkPasskey(tx, answer, challenge, site);
    await takeBack(tx, from.address);
    return openSession(tx, account, { way: 'passkey', device: from.device });
  });
  return entered(store, token);
}

interface PasskeyRow {
  readonly id: string;
  readonly account: number;
  readonly kind: Actor['kind'];
  readonly public_key: Buffer;
  readonly counter: number;
}

/** The account whose passkey signed the challenge. @throws MindunError passkey-refused */
export async function checkPasskey(
  tx: Tx,
  answer: unknown,
  challenge: string,
  site: Site,
): Promise<{ id: number; kind: Actor['kind'] }> {
  const row = await tx.maybe<PasskeyRow>(
    `select p.id, a.id as account, a.kind, p.public_key, p.counter from passkey p join account a on a.id = p.account_id
     where p.id = $1 and a.ended is null for update of p`,
    [String((answer as { id?: unknown }).id)],
  );
  if (row === undefined) throw new MindunError('passkey-refused');
  const checked = await verifyAuthenticationResponse({
    response: answer as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    credential: {
      id: row.id,
      publicKey: new Uint8Array(row.public_key),
      counter: row.counter,
    },
  }).catch(refused);
  if (!checked.verified) throw new MindunError('passkey-refused');
  await tx.execute('update passkey set counter = $2, used = clock_timestamp() where id = $1', [
    row.id,
    checked.authenticationInfo.newCounter,
  ]);
  return { id: row.account, kind: row.kind };
}

/** A passkey as its owner sees it. Times are the wall's, in Asia/Shanghai. */
export interface PasskeyView {
  readonly passkey: string;
  readonly name: string;
  readonly madeAt: Moment;
  readonly usedAt: Moment | null;
}

/** An account's passkeys, the newest first. */
export async function passkeysOf(tx: Tx, account: number): Promise<PasskeyView[]> {
  const rows = await tx.rows<{ passkey: string; name: string; made: number; used: number | null }>(
    `select public_id as passkey, name, (extract(epoch from made) * 1000)::bigint as made,
       (extract(epoch from used) * 1000)::bigint as used from passkey where account_id = $1 order by passkey.made desc`,
    [account],
  );
  return rows.map(({ made, used, ...row }) => ({
    ...row,
    madeAt: momentOfWall(made),
    usedAt: used === null ? null : momentOfWall(used),
  }));
}

/** @throws MindunError passkey-missing */
export async function removePasskey(tx: Tx, account: number, passkey: string): Promise<void> {
  const removed = await tx.execute('delete from passkey where account_id = $1 and public_id = $2', [
    account,
    passkey,
  ]);
  if (removed === 0) throw new MindunError('passkey-missing');
}

/** Takes all passkeys of an account away. */
export async function dropPasskeys(tx: Tx, account: number): Promise<void> {
  await tx.execute('delete from passkey where account_id = $1', [account]);
}
