import { z } from 'zod';
import {
  changePassword,
  countOwnTry,
  endSession,
  endSessions,
  type MessageView,
  messagesOf,
  type SessionView,
  sessionsOf,
} from '../../engines/access/index.ts';
import { defineCommand, defineQuery } from '../../kernel/index.ts';

/**
 * One’s own password. Every other session of the account ends; the one in which it is changed goes on.
 * @throws MindunError password-wrong, password-short, password-common, password-personal, account-locked, sign-in-needed
 */
export const changeOwnPassword = defineCommand({
  name: 'access.account.change-password',
  title: { zh: '修改密码', en: 'Change one’s password' },
  secret: true,
  input: z.object({ present: z.string().max(200), next: z.string().max(200) }),
  async run(context, input): Promise<{ account: string }> {
    const { actor } = context.caller;
    await context.apart((tx) => countOwnTry(tx, actor.accountId));
    await context.elevate(() =>
      changePassword(
        context.tx,
        actor.accountId,
        { ...input, city: context.city.name },
        actor.session,
      ),
    );
    context.subject({ account: actor.publicId });
    return { account: actor.publicId };
  },
});

/** What one was told, and where to beside the pages. */
export interface MessagesView {
  readonly email: string | null;
  readonly rows: readonly MessageView[];
}

/** What one’s account was told of in the last 90 days. @throws nothing of its own */
export const ownMessages = defineQuery({
  name: 'access.messages',
  title: { zh: '账号通知', en: 'Messages about one’s account' },
  permission: 'access.own',
  input: z.object({}),
  async run(context): Promise<MessagesView> {
    const { accountId } = context.caller.actor;
    return context.elevate(async () => {
      const { email } = await context.tx.one<{ email: string | null }>(
        'select email from account where id = $1',
        [accountId],
      );
      return { email, rows: await messagesOf(context.tx, accountId) };
    });
  },
});

/** Where messages about one’s account go beside the pages; empty: nowhere. @throws MindunError input-invalid */
export const setOwnEmail = defineCommand({
  name: 'access.email.set',
  title: { zh: '改通知邮箱', en: 'Where messages go' },
  permission: 'access.own',
  stepUp: true,
  secret: true,
  input: z.object({ email: z.union([z.literal(''), z.email().max(100)]) }),
  async run(context, { email }): Promise<object> {
    const { actor } = context.caller;
    await context.elevate(() =>
      context.tx.execute('update account set email = $2 where id = $1', [
        actor.accountId,
        email === '' ? null : email,
      ]),
    );
    context.subject({ account: actor.publicId });
    return {};
  },
});

/** Where one is signed in. @throws nothing of its own */
export const ownSessions = defineQuery({
  name: 'access.sessions',
  title: { zh: '我的登录', en: 'Where one is signed in' },
  permission: 'access.own',
  input: z.object({}),
  async run(context): Promise<{ rows: readonly SessionView[] }> {
    const { actor } = context.caller;
    const rows = await context.elevate(() =>
      sessionsOf(context.tx, actor.accountId, actor.session),
    );
    return { rows };
  },
});

/** Ends one of one’s sessions, or all but the one that asks. @throws MindunError session-missing */
export const endOwnSession = defineCommand({
  name: 'access.session.end',
  title: { zh: '退出登录', en: 'End a session' },
  permission: 'access.own',
  input: z.union([
    z.object({ session: z.string().max(40) }),
    z.object({ others: z.literal(true) }),
  ]),
  async run(context, input): Promise<{ ended: number }> {
    const { actor } = context.caller;
    const ended = await context.elevate(async () => {
      if ('others' in input) return endSessions(context.tx, actor.accountId, actor.session);
      await endSession(context.tx, actor.accountId, input.session);
      return 1;
    });
    context.subject({ account: actor.publicId });
    return { ended };
  },
});
