import { z } from 'zod';
import { accountBy } from '../../engines/access/index.ts';
import { personBy } from '../../engines/registry/index.ts';
import { citizenNumber } from '../../kernel/identity.ts';
import { defineCommand, defineErrors, MindunError } from '../../kernel/index.ts';
import { managesStaff } from '../accounts/index.ts';

defineErrors({
  'staff-account-needed': {
    message: { zh: '这不是工作人员的账号：{login}', en: 'This is no account of staff: {login}' },
    mend: { zh: '请核对工号。', en: 'Check the staff number.' },
    status: 400,
  },
  'person-linked': {
    message: {
      zh: '这个账号已经登记了本人档案',
      en: 'The account has its own person’s file already',
    },
    mend: {
      zh: '登记错了，请停用账号后重开。',
      en: 'If it is wrong, end the account and open another.',
    },
    status: 409,
  },
});

const person = z.string().trim().min(1).max(60);

/**
 * Says whose file a member of staff's own is: from then on it, relatives' and the own employer's are not for this account (回避).
 * @throws MindunError unknown-account, staff-account-needed, unknown-person, person-linked
 */
export const linkPerson = defineCommand({
  name: 'access.account.link-person',
  title: { zh: '登记工作人员本人档案', en: 'Link a member of staff to the own file' },
  input: z.object({ login: z.string().trim().min(2).max(60), person }),
  async run(context, input): Promise<{ account: string }> {
    const account = await context.elevate(() => accountBy(context.tx, input.login));
    const operator = context.caller.actor.kind === 'operator';
    if (!operator && !(await managesStaff(context, account)))
      throw new MindunError('unknown-account', { login: input.login });
    return context.elevate(async () => {
      if (account.kind !== 'staff' && account.kind !== 'auditor')
        throw new MindunError('staff-account-needed', { login: input.login });
      const own = await personBy(context.tx, input.person);
      context.subject({ account: account.publicId, person: own.publicId });
      const linked = await context.tx.execute(
        'update account set person_id = $2 where id = $1 and person_id is null',
        [account.id, own.id],
      );
      if (linked === 0) throw new MindunError('person-linked');
      return { account: account.publicId };
    });
  },
});

/**
 * A member of staff declares a relative by the citizen number: a file under it is not for this account from now on. Declared again nothing changes. Whether there
 * is such a file is not told.
 * @throws MindunError format-wrong, birth-date-impossible, birth-date-future, check-digit-wrong
 */
export const declareRelative = defineCommand({
  name: 'access.relative.declare',
  title: { zh: '申报亲属回避', en: 'Declare a relative' },
  input: z.object({
    number: z.string().trim().min(15).max(18),
    kind: z.enum(['spouse', 'parent', 'child', 'sibling', 'other']),
  }),
  async run(context, input): Promise<{ relatives: number }> {
    const { accountId, publicId } = context.caller.actor;
    const { number } = citizenNumber(input.number, context.today);
    context.subject({ account: publicId });
    return context.elevate(async () => {
      await context.tx.execute(
        `insert into relative (account_id, number, kind, act) values ($1, $2, $3, $4)
         on conflict (account_id, number) do nothing`,
        [accountId, number, input.kind, context.act],
      );
      const { relatives } = await context.tx.one<{ relatives: number }>(
        'select count(*)::int as relatives from relative where account_id = $1',
        [accountId],
      );
      return { relatives };
    });
  },
});
