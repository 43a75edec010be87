import type { Caller, CityInfo, Duty, DutyMatter } from './commands.ts';
import type { Tx } from './database/index.ts';
import { defineErrors, MindunError } from './errors.ts';

defineErrors({
  'second-person-needed': {
    message: {
      zh: '办过{matter}另一道手续的人不能再办这一道',
      en: 'Who did another part of {matter} does not do this one',
    },
    mend: {
      zh: '请另一位有这项权限的人来办。经办、复核、付款要由三个人分开办。',
      en: 'Let another person with the right do it. Who enters, who reviews and who pays are three people.',
    },
    status: 409,
  },
});

/**
 * Takes a part of a matter of money, which people do who did no other part of it (会计法 art. 27: who handles a matter does not
 * keep its books). A simulated city's accounts do all parts. Runs with the system's eyes.
 * @throws MindunError second-person-needed
 */
export async function takeDuty(
  tx: Tx,
  city: CityInfo,
  taken: {
    readonly part: Duty;
    readonly matter: DutyMatter;
    readonly act: number;
    readonly caller: Caller;
  },
): Promise<void> {
  const account = taken.caller.actor.accountId;
  const { key, name } = taken.matter;
  // Two parts taken at once by one account: the second waits and then sees the first.
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `duty ${key} ${account}`,
  ]);
  if (city.kind === 'live') {
    const other = await tx.maybe(
      'select 1 from duty where matter = $1 and account_id = $2 and part <> $3',
      [key, account, taken.part],
    );
    if (other !== undefined) throw new MindunError('second-person-needed', { matter: name });
  }
  await tx.execute(
    `insert into duty (matter, part, account_id, act) values ($1, $2, $3, $4)
     on conflict (matter, part, account_id) do nothing`,
    [key, taken.part, account, taken.act],
  );
}
