import { z } from 'zod';
import {
  type AccountFacts,
  type ActivationCode,
  accountBy,
  issueActivation,
  openAccount,
} from '../../engines/access/index.ts';
import { personBy } from '../../engines/registry/index.ts';
import { type Context, defineCommand, MindunError, showDate } from '../../kernel/index.ts';
import { activationSlip } from './slip.ts';

/** A slip with an activation code: the paper alone has it. */
export interface ActivationSlip {
  readonly account: string;
  /** Until when the code is good, as 2008-03-14. */
  readonly until: string;
  /** The paper as a PDF, in base64. */
  readonly slip: string;
}

/**
 * Prints a slip with a code by which a person opens the own account, or sets a forgotten password; a former code is void. The code stands on
 * the paper and nowhere else. Clerks do this for persons of their own area, whose papers they have seen.
 * @throws MindunError unknown-person
 */
export const issueActivationSlip = defineCommand({
  name: 'access.activation.issue',
  title: { zh: '打印激活码', en: 'Print an activation code' },
  secret: true,
  stepUp: true,
  input: z.object({ person: z.string().min(1), reason: z.string().trim().min(1).max(200) }),
  async run(context, input): Promise<ActivationSlip> {
    const person = await personBy(context.tx, input.person);
    context.subject({ person: person.publicId });
    const login = person.number.toLowerCase();
    const place = { areaLo: person.area, areaHi: person.area };
    const { account, issued } = await context.elevate(async () => {
      const there = await accountUnder(context, login);
      const opened =
        there ??
        (await openAccount(
          context.tx,
          {
            ...place,
            kind: 'person',
            login,
            name: person.name,
            password: null,
            personId: person.id,
            role: 'insured-person',
            reason: input.reason,
          },
          context.act,
          context.today,
        ));
      return {
        account: opened.publicId,
        issued: await issueActivation(context.tx, opened.id, context.act),
      };
    });
    context.subject({ account });
    return slipOf(context, account, { name: person.name, number: person.number }, issued);
  },
});

async function accountUnder(context: Context, login: string): Promise<AccountFacts | undefined> {
  try {
    return await accountBy(context.tx, login);
  } catch (error) {
    if (error instanceof MindunError && error.code === 'unknown-account') return undefined;
    throw error;
  }
}

async function slipOf(
  context: Context,
  account: string,
  person: { readonly name: string; readonly number: string },
  issued: ActivationCode,
): Promise<ActivationSlip> {
  const until = issued.expiresAt.slice(0, 10);
  const bytes = await activationSlip({
    office: `${context.city.name.zh}社会保险经办机构`,
    ...person,
    code: issued.code,
    until: showDate(until as never, 'zh'),
    address: context.caller.address === undefined ? null : `${context.caller.address}/activate`,
  });
  return { account, until, slip: bytes.toString('base64') };
}
