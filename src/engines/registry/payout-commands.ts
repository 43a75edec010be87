import { z } from 'zod';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  errorText,
  MindunError,
  type PersonalContext,
  type PlainDate,
  plainDate,
} from '../../kernel/index.ts';
import { checkDigitFits, isAccountNumber, maskedAccount, plainAccount } from './bank-number.ts';
import { othersPaidTo, payoutAccountOf, plainName, setPayoutAccount } from './payout.ts';
import { type PersonRow, personBy } from './persons.ts';

defineErrors({
  'account-number-wrong': {
    message: {
      zh: '银行账号要写 8 到 32 位数字',
      en: 'A bank account number has 8 to 32 digits',
    },
    mend: {
      zh: '请照银行卡或存折上的号码写，空格和短横可以留着。',
      en: 'Copy it from the card or passbook; spaces and hyphens may stay.',
    },
    status: 400,
  },
  'payout-holder-differs': {
    message: {
      zh: '户名和档案上的姓名不同',
      en: 'The holder’s name is not the name on the file',
    },
    mend: {
      zh: '发放账户应当是本人的。确需打到别人账户（例如监护人代领），请到窗口凭委托书办，并写明理由。',
      en: 'A payout account is one’s own. Where somebody else is to receive it (a guardian), a clerk sets it at a window with the authority’s paper and states the reason.',
    },
    status: 409,
  },
  'payout-check-digit': {
    message: {
      zh: '这个卡号的校验位不对，可能抄错了一位',
      en: 'The check digit of this card number does not fit: a digit may be wrong',
    },
    mend: { zh: '请对照银行卡再看一遍。', en: 'Compare it with the card once more.' },
    status: 400,
  },
  'payout-shared': {
    message: {
      zh: '另外还有 {others} 个人的钱也发到这个账户',
      en: '{others} other persons are paid to this account, too',
    },
    mend: {
      zh: '请核对是不是家人共用；不是就可能是冒领。',
      en: 'See whether a family shares it; if not, somebody may draw what is not theirs.',
    },
    status: 400,
  },
});

/** A doubt that does not stop what was asked for. */
export interface PayoutWarning {
  readonly code: 'payout-check-digit' | 'payout-shared';
  readonly message: string;
}

/** A payout account as it is shown. */
export interface PayoutView {
  readonly bank: string;
  /** All but the last four digits hidden, unless the full number was asked for. */
  readonly number: string;
  readonly holder: string;
  readonly from: PlainDate;
}

/** What was set, and what may be wrong with it. */
export interface PayoutSet {
  readonly person: string;
  /** False: it was known already, nothing changed. */
  readonly changed: boolean;
  readonly account: PayoutView;
  readonly warnings: readonly PayoutWarning[];
}

/**
 * Sets where a person's pension and refunds are paid to, from a day on (today unless told). An earlier day corrects: what was known from that day on is closed. A
 * clerk sets it at a counter visit, a person their own. Its input is kept nowhere, not as a hash either: account numbers are few enough to be tried out.
 * @throws MindunError unknown-person, account-number-wrong, payout-holder-differs, date-impossible, keys-lost
 */
export const setPayout = defineCommand({
  name: 'registry.person.payout-account',
  title: { zh: '登记发放账户', en: 'Set a payout account' },
  secret: true,
  input: z.object({
    person: z.string().min(1).max(30),
    bank: z.string().overwrite(plainName).min(2).max(60),
    number: z.string().max(60),
    holder: z.string().overwrite(plainName).max(60).optional(),
    from: z.string().optional(),
    reason: z.string().trim().max(200).default(''),
  }),
  async run(context, input): Promise<PayoutSet> {
    const person = await personBy(context.tx, input.person);
    const number = plainAccount(input.number);
    if (!isAccountNumber(number)) throw new MindunError('account-number-wrong');
    const holder = holderOf(context, person, input);
    const from = input.from === undefined ? context.today : plainDate(input.from);
    const account = { bank: input.bank, number, holder, from, reason: input.reason };
    context.subject({ person: person.publicId });
    const changed = await context.elevate(() => setPayoutAccount(context, person, account));
    const warnings = await context.elevate(() => doubts(context, person, number, from));
    return { person: person.publicId, changed, account: shown(account, true), warnings };
  },
});

/** @throws MindunError payout-holder-differs */
function holderOf(
  context: Context,
  person: PersonRow,
  input: { holder?: string | undefined; reason: string },
): string {
  const holder = input.holder === undefined || input.holder === '' ? person.name : input.holder;
  const staff = context.caller.actor.kind !== 'person';
  if (holder !== person.name && !(staff && input.reason !== ''))
    throw new MindunError('payout-holder-differs');
  return holder;
}

async function doubts(
  context: Context,
  person: PersonRow,
  number: string,
  from: PlainDate,
): Promise<PayoutWarning[]> {
  const told = (code: PayoutWarning['code'], details = {}): PayoutWarning => ({
    code,
    message: errorText(code, context.caller.language, details),
  });
  const wrong = checkDigitFits(number) ? [] : [told('payout-check-digit')];
  // Who else has the account is no business of the person's.
  if (context.caller.actor.kind === 'person') return wrong;
  const others = await othersPaidTo(context, number, person.id, from);
  return others === 0 ? wrong : [...wrong, told('payout-shared', { others })];
}

function shown(
  account: { bank: string; number: string; holder: string; from: PlainDate },
  masked: boolean,
): PayoutView {
  const { bank, number, holder, from } = account;
  return { bank, number: masked ? maskedAccount(number) : number, holder, from };
}

async function look(
  context: PersonalContext,
  key: string,
  masked: boolean,
): Promise<{ account: PayoutView | null }> {
  const person = await personBy(context.tx, key);
  context.looked({ personId: person.id });
  const account = await context.elevate(() => payoutAccountOf(context, person.id, context.today));
  return { account: account === null ? null : shown(account, masked) };
}

const ofPerson = z.object({ person: z.string().min(1).max(30) });

/** Where a person is paid to today; of the number the last four digits. @throws MindunError unknown-person, purpose-missing, keys-lost */
export const payoutQuery = defineQuery({
  name: 'registry.payout-account',
  title: { zh: '查看发放账户', en: 'See a payout account' },
  personal: true,
  input: ofPerson,
  run: (context, input) => look(context, input.person, true),
});

/** The same with the whole number, for who makes payments. @throws MindunError unknown-person, purpose-missing, keys-lost */
export const payoutFullQuery = defineQuery({
  name: 'registry.payout-account.full',
  title: { zh: '查看发放账户的完整账号', en: 'See the whole number of a payout account' },
  personal: true,
  input: ofPerson,
  run: (context, input) => look(context, input.person, false),
});
