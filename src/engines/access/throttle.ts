import type { Store, Tx } from '../../kernel/database/index.ts';
import { defineErrors, MindunError } from '../../kernel/index.ts';

defineErrors({
  'account-locked': {
    message: {
      zh: '试错太多次，账号锁到 {until}',
      en: 'Too many wrong tries: locked until {until}',
    },
    mend: {
      zh: '到时再试，或到窗口解锁。',
      en: 'Try again then, or have it unlocked at a window.',
    },
    status: 429,
  },
  'address-throttled': {
    message: {
      zh: '从您这个网络地址试错太多次，{until} 以后才能再登录',
      en: 'Too many wrong tries from your network address: sign in again after {until}',
    },
    mend: {
      zh: '到时再试。您的账号没有因此锁住；急事可以到任何一个窗口办。',
      en: 'Try again then. Your account is not locked by this; what is urgent is done at any window.',
    },
    status: 429,
  },
});

const triesFromAddress = 30;
const windowMs = 15 * 60_000;
const triesBeforeLock = 5;
const lockMs = 15 * 60_000;
const triesKept = '1 day';
const hashed = "sha256(k.key || convert_to($1, 'UTF8'))";

/** 09:41 in Asia/Shanghai. @param ms since 1970 */
export function clockTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().slice(11, 16);
}

/**
 * Counts a try to sign in from a network address before any account is looked at; a right password takes it back. So guesses over many
 * accounts are held up where each account alone is not locked. Addresses whose window is over are forgotten here.
 * @throws MindunError address-throttled
 */
export async function countFrom(store: Store, address: string): Promise<void> {
  await store.transaction({ role: 'system' }, async (tx) => {
    await tx.execute('delete from sign_in_address where until <= clock_timestamp()');
    const { tries, until } = await tx.one<{ tries: number; until: number }>(
      `insert into sign_in_address as a (address_hash, tries, until)
       select ${hashed}, 1, clock_timestamp() + $2::int * interval '1 ms' from sign_in_key k
       on conflict (address_hash) do update set tries = a.tries + 1
       returning a.tries, (extract(epoch from a.until) * 1000)::bigint as until`,
      [address, windowMs],
    );
    // What is thrown here takes the count back, too: the window ends when it would have ended.
    if (tries > triesFromAddress)
      throw new MindunError('address-throttled', { until: clockTime(until) });
  });
}

/** Whether tries under the log-in of the account `a` are locked now, as a condition. */
export const lockedSql = `exists (select from sign_in_login l, sign_in_key k
  where l.login_hash = sha256(k.key || convert_to(a.login, 'UTF8')) and l.locked_until > clock_timestamp())`;

/**
 * Counts a try under a log-in (or another name of what is tried) before anything is looked at: tries that come together cannot all pass as
 * the first. The right answer takes the count back. Whether there is such an account plays no part, so that a lock tells nothing.
 * @throws MindunError account-locked
 */
export async function countLogin(tx: Tx, name: string): Promise<void> {
  await tx.execute('delete from sign_in_login where until <= clock_timestamp()');
  const counted = await tx.execute(
    `insert into sign_in_login as l (login_hash, tries, until)
     select ${hashed}, 1, clock_timestamp() + interval '${triesKept}' from sign_in_key k
     on conflict (login_hash) do update set tries = l.tries + 1, until = clock_timestamp() + interval '${triesKept}',
       locked_until = case when (l.tries + 1) % $2 = 0 then clock_timestamp() + $3::int * interval '1 ms' end
     where l.locked_until is null or l.locked_until <= clock_timestamp()`,
    [name, triesBeforeLock, lockMs],
  );
  if (counted === 1) return;
  const { until } = await tx.one<{ until: number }>(
    `select (extract(epoch from l.locked_until) * 1000)::bigint as until from sign_in_login l, sign_in_key k
     where l.login_hash = ${hashed}`,
    [name],
  );
  throw new MindunError('account-locked', { until: clockTime(until) });
}

/** Forgets the tries under a name, with its lock. Runs with the system's eyes. */
export async function forgetTries(tx: Tx, name: string): Promise<void> {
  await tx.execute(
    `delete from sign_in_login l using sign_in_key k where l.login_hash = ${hashed}`,
    [name],
  );
}

/** Takes counted tries from an address back. Runs with the system's eyes. */
export async function takeBack(tx: Tx, address: string, tries = 1): Promise<void> {
  await tx.execute(
    `update sign_in_address a set tries = a.tries - $2 from sign_in_key k where a.address_hash = ${hashed}`,
    [address, tries],
  );
}
