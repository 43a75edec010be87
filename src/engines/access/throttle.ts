import type { Store, Tx } from '../../kernel/database/index.ts';
import { defineErrors, MindunError } from '../../kernel/index.ts';

defineErrors({
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

/** Takes one counted try from an address back. Runs with the system's eyes. */
export async function takeBack(tx: Tx, address: string): Promise<void> {
  await tx.execute(
    `update sign_in_address a set tries = a.tries - 1 from sign_in_key k where a.address_hash = ${hashed}`,
    [address],
  );
}
