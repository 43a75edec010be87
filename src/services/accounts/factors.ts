import { z } from 'zod';
import {
  addPasskey,
  beginPasskey,
  beginTotp,
  confirmTotp,
  countOwnTry,
  endTotp,
  type PasskeyView,
  type PendingTotp,
  type ProofKind,
  passkeysOf,
  pendingTotp,
  proofOf,
  recoveryLeft,
  removePasskey,
  renewRecoveryCodes,
  type Site,
  siteAt,
  takeChallenge,
  totpOn,
} from '../../engines/access/index.ts';
import { type Context, defineCommand, defineQuery, MindunError } from '../../kernel/index.ts';

const permission = 'access.own';
const code = z.string().max(40);

/** By what an account signs in beside its password. */
export interface FactorsView {
  /** One-time codes of an app. */
  readonly totp: boolean;
  readonly recoveryLeft: number;
  readonly passkeys: readonly PasskeyView[];
  /** What is asked for where a step needs a fresh proof. */
  readonly proof: ProofKind;
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
      passkeys: await passkeysOf(context.tx, accountId),
      proof: await proofOf(context.tx, accountId),
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
  stepUp: true,
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
  stepUp: true,
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

/** Where passkeys are used: only a door that is reached by an address of its own can have them. */
function siteOf(context: Context): Site {
  const { address } = context.caller;
  if (address === undefined) throw new MindunError('passkey-refused');
  return siteAt(address);
}

/** What a browser makes a passkey by. @throws MindunError passkey-refused outside of the pages */
export const beginOwnPasskey = defineCommand({
  name: 'access.passkey.begin',
  stepUp: true,
  title: { zh: '准备通行密钥', en: 'Begin a passkey' },
  permission,
  secret: true,
  input: z.object({}),
  async run(context): Promise<object> {
    const site = siteOf(context);
    const { actor } = context.caller;
    const house = `${context.city.name.zh}社保`;
    return context.elevate(() => beginPasskey(context.tx, actor, site, house));
  },
});

/** Keeps a passkey that a browser made. @throws MindunError passkey-refused */
export const registerOwnPasskey = defineCommand({
  name: 'access.passkey.register',
  title: { zh: '登记通行密钥', en: 'Register a passkey' },
  permission,
  secret: true,
  input: z.object({ answer: z.unknown(), name: z.string().trim().min(1).max(40) }),
  async run(context, { answer, name }): Promise<{ passkey: string }> {
    const account = named(context);
    const site = siteOf(context);
    const challenge = await context.apart((tx) => takeChallenge(tx, answer, account));
    return context.elevate(() =>
      addPasskey(context.tx, account, { answer, challenge, name }, site),
    );
  },
});

/** Takes one of one’s passkeys away. @throws MindunError passkey-missing */
export const removeOwnPasskey = defineCommand({
  name: 'access.passkey.remove',
  title: { zh: '去掉通行密钥', en: 'Remove a passkey' },
  permission,
  input: z.object({ passkey: z.string().max(40) }),
  async run(context, input): Promise<object> {
    const account = named(context);
    await context.elevate(() => removePasskey(context.tx, account, input.passkey));
    return {};
  },
});
