import type { Context } from 'hono';
import { readKey } from '../../engines/access/index.ts';
import {
  type Actor,
  defineErrors,
  type House,
  MindunError,
  type Moment,
} from '../../kernel/index.ts';
import { addressOf } from './address.ts';
import { hasSessionCookie } from './visit.ts';

defineErrors({
  'key-with-session': {
    message: {
      zh: '接口密钥和登录不能一起用',
      en: 'An API key and a session do not go together',
    },
    mend: {
      zh: '请去掉 Cookie 或 Authorization 其中一个。',
      en: 'Leave out either the cookie or the Authorization header.',
    },
    status: 400,
  },
});

/** A request that came by an API key. */
export interface KeyVisit {
  readonly actor: Actor;
  readonly at: Moment;
  readonly address: string;
}

declare module 'hono' {
  interface ContextVariableMap {
    keyed: KeyVisit;
  }
}

/**
 * Who asks by `Authorization: Bearer mk_…`, looked up once for a request; null without such a header.
 * @throws MindunError key-refused, key-with-session, address-throttled
 */
export async function keyVisit(c: Context, house: House): Promise<KeyVisit | null> {
  const key = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  if (key === undefined) return null;
  if (hasSessionCookie(c)) throw new MindunError('key-with-session');
  const known = c.get('keyed');
  if (known !== undefined) return known;
  const [actor, at] = await readKey(house.store, key, addressOf(c), (tx) => house.at(tx));
  const keyed = { actor, at, address: c.get('address' as never) as string };
  c.set('keyed', keyed);
  return keyed;
}
