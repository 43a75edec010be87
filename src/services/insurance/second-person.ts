import { type Context, defineErrors, MindunError, type Month, period } from '../../kernel/index.ts';

defineErrors({
  'second-person-needed': {
    message: {
      zh: '办{month}的人不能自己关账',
      en: 'Who ran {month} does not close its books',
    },
    mend: {
      zh: '请另一位有关账权限的人（基金会计）来关。',
      en: 'Let another person with the right to close it, a fund accountant.',
    },
    status: 409,
  },
});

/**
 * In a live city who assessed a month, credited its accounts or took its bank files does not close its books (会计法 art. 27:
 * who handles a matter does not keep its books). Runs with the system's eyes.
 * @throws MindunError second-person-needed
 */
export async function assertSecondPerson(
  { tx, city, caller }: Pick<Context, 'tx' | 'city' | 'caller'>,
  month: Month,
): Promise<void> {
  if (city.kind !== 'live') return;
  const ran = await tx.maybe(
    `select 1 from act where account_id = $2 and id in (
       select act from month_step where period = $1
       union all select b.act from bank_file b where exists (select from receipt r where r.bank_file_id = b.id and r.period = $1))`,
    [period(month), caller.actor.accountId],
  );
  if (ran !== undefined) throw new MindunError('second-person-needed', { month });
}
