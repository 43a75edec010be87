import { timingSafeEqual } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import type { Reach, Store, Tx } from '../../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  MindunError,
  type Moment,
  momentOfWall,
  randomText,
  type Text,
} from '../../../kernel/index.ts';
import { argon } from '../accounts.ts';
import { tell } from '../messages/index.ts';
import { endSessions, openSession, tokenHash } from '../sessions.ts';
import { countFrom, countLogin, forgetTries, takeBack } from '../throttle.ts';
import { entered, openHalf, type Place, type SignedIn } from './password.ts';
import { assertPassword } from './password-rules.ts';
import { totpOn } from './totp.ts';

defineErrors({
  'activation-refused': {
    message: {
      zh: '公民身份号码或激活码不对，或者激活码已经过期、用过、作废',
      en: 'The citizen number or the code is wrong, or the code has expired, was used or is void',
    },
    mend: {
      zh: '请对照窗口给的纸条再写一遍；还不行就到任何一个窗口重新打一张。',
      en: 'Compare with the slip and write both again; else have a new one printed at any window.',
    },
    status: 401,
  },
});

const system: Reach = { role: 'system' };
const codeLength = 10;
const codeHolds = '30 days';
const mostTries = 10;

/** An activation code, told once: on paper, to the person. */
export interface ActivationCode {
  /** `ABCDE-FGHJK` */
  readonly code: string;
  /** By the wall, in Asia/Shanghai. */
  readonly expiresAt: Moment;
}

/** Makes an account's code; the former one is void. Runs with the system's eyes. @param act that hands it out */
export async function issueActivation(
  tx: Tx,
  account: number,
  act: number,
): Promise<ActivationCode> {
  const code = randomText(codeLength);
  const { expires } = await tx.one<{ expires: number }>(
    `insert into activation as v (account_id, code_hash, expires, act)
     values ($1, $2, clock_timestamp() + interval '${codeHolds}', $3)
     on conflict (account_id) do update set code_hash = excluded.code_hash, expires = excluded.expires, tries = 0, act = excluded.act
     returning (extract(epoch from v.expires) * 1000)::bigint as expires`,
    [account, codeHash(account, code), act],
  );
  await tell(tx, account, 'activation-issued', act);
  return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt: momentOfWall(expires) };
}

function codeHash(account: number, code: string): Buffer {
  return tokenHash(`activation ${account} ${code.toUpperCase().replace(/[^0-9A-Z]/g, '')}`);
}

interface ActivationRow {
  readonly id: number;
  readonly kind: Actor['kind'];
  readonly login: string;
  readonly name: string;
  readonly code_hash: Buffer;
}

/**
 * Sets the password of a person's account by the code of the slip, and signs in; where the account has a second factor, up to that. A number
 * that is nobody's, an account without a code and a wrong code are refused by the same words after the same work. A password that is refused
 * leaves the code as it is.
 * @throws MindunError activation-refused, account-locked, address-throttled, password-short, password-common, password-personal
 */
export async function activate(
  store: Store,
  given: { readonly number: string; readonly code: string; readonly password: string },
  from: Place,
  city: Text,
): Promise<SignedIn> {
  await countFrom(store, from.address);
  const login = given.number.trim().toLowerCase();
  const tried = `activation of ${login}`;
  const row = await store.transaction(system, async (tx) => {
    await countLogin(tx, tried);
    return tx.maybe<ActivationRow>(
      `update activation v set tries = v.tries + 1 from account a
       where a.id = v.account_id and a.login = $1 and a.ended is null and v.expires > clock_timestamp() and v.tries < $2
       returning a.id, a.kind, a.login, a.name, v.code_hash`,
      [login, mostTries],
    );
  });
  const told = codeHash(row?.id ?? 0, given.code);
  if (row === undefined || !timingSafeEqual(told, row.code_hash))
    throw new MindunError('activation-refused');
  await assertPassword(given.password, { login: row.login, name: row.name, city });
  const passwordHash = await hash(given.password, argon);
  const answer = await store.transaction<{ half: string } | { token: string }>(
    system,
    async (tx) => {
      const mine = await tx.execute(
        'delete from activation where account_id = $1 and code_hash = $2',
        [row.id, told],
      );
      // Used by another request of the same moment.
      if (mine === 0) throw new MindunError('activation-refused');
      await tx.execute(
        'update account set password_hash = $2, password_told = false where id = $1',
        [row.id, passwordHash],
      );
      await tell(tx, row.id, 'password-changed');
      await endSessions(tx, row.id);
      await forgetTries(tx, tried);
      await forgetTries(tx, row.login);
      if (await totpOn(tx, row.id)) return { half: await openHalf(tx, row.id) };
      await takeBack(tx, from.address);
      return { token: await openSession(tx, row, { way: 'activation', device: from.device }) };
    },
  );
  return 'half' in answer ? answer : entered(store, answer.token);
}
