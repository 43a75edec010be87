import { z } from 'zod';
import {
  beginTotp,
  confirmTotp,
  countOwnTry,
  endTotp,
  type PendingTotp,
  pendingTotp,
  recoveryLeft,
  renewRecoveryCodes,
  totpOn,
} from '../../engines/access/index.ts';
import { type Context, defineCommand, defineQuery } from '../../kernel/index.ts';

const permission = 'access.own';
const code = z.string().max(40);

/** By what an account signs in beside its password. */
export interface FactorsView {
  /** One-time codes of an app. */
  readonly totp: boolean;
  readonly recoveryLeft: number;
}

/** By what one signs in. @throws nothing of its own */
export const ownFactors = defineQuery({
  name: 'access.factors',
  title: { zh: '我的登录方式', en: 'By what one signs in' },
  permission,
  input: z.object({}),
  async run(context): Promise<FactorsView> {
    const { accountId } = context.caller.actor;
    return context.elevate(async () => ({
      totp: await totpOn(context.tx, accountId),
      recoveryLeft: await recoveryLeft(context.tx, accountId),
    }));
  },
});

function named(context: Context): number {
  context.subject({ account: context.caller.actor.publicId });
  return context.caller.actor.accountId;
}

/** Begins one-time codes; they count once a first code is given. @throws MindunError totp-there */
export const beginOwnTotp = defineCommand({
  name: 'access.totp.begin',
  title: { zh: '准备动态码', en: 'Begin one-time codes' },
  permission,
  input: z.object({}),
  async run(context): Promise<object> {
    const account = named(context);
    await context.elevate(() => beginTotp(context.tx, account));
    return {};
  },
});

/** The secret that waits for its first code, for the app. @throws MindunError totp-missing */
export const pendingOwnTotp = defineQuery({
  name: 'access.totp.pending',
  title: { zh: '待确认的动态码', en: 'One-time codes that wait for their first' },
  permission,
  input: z.object({}),
  async run(context): Promise<PendingTotp> {
    const { accountId } = context.caller.actor;
    const issuer = `${context.city.name.zh}社保`;
    return context.elevate(() => pendingTotp(context.tx, accountId, issuer));
  },
});

/** Turns one-time codes on by a first code; the recovery codes are told once. @throws MindunError totp-missing, code-refused */
export const confirmOwnTotp = defineCommand({
  name: 'access.totp.confirm',
  title: { zh: '启用动态码', en: 'Turn one-time codes on' },
  permission,
  secret: true,
  input: z.object({ code }),
  async run(context, input): Promise<{ recoveryCodes: readonly string[] }> {
    const account = named(context);
    return {
      recoveryCodes: await context.elevate(() => confirmTotp(context.tx, account, input.code)),
    };
  },
});

/** New recovery codes; the former ones are void. @throws MindunError totp-missing */
export const renewOwnCodes = defineCommand({
  name: 'access.recovery.renew',
  title: { zh: '换恢复码', en: 'New recovery codes' },
  permission,
  secret: true,
  input: z.object({}),
  async run(context): Promise<{ recoveryCodes: readonly string[] }> {
    const account = named(context);
    return { recoveryCodes: await context.elevate(() => renewRecoveryCodes(context.tx, account)) };
  },
});

/** Turns one-time codes off, by the password and a code. @throws MindunError password-wrong, code-refused, totp-missing, account-locked */
export const endOwnTotp = defineCommand({
  name: 'access.totp.end',
  title: { zh: '关掉动态码', en: 'Turn one-time codes off' },
  permission,
  secret: true,
  input: z.object({ password: z.string().max(200), code }),
  async run(context, input): Promise<object> {
    const account = named(context);
    await context.apart((tx) => countOwnTry(tx, account));
    await context.elevate(() => endTotp(context.tx, account, input));
    return {};
  },
});
