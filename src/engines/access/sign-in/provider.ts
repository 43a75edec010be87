import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  type IDToken,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import type { Reach, Store } from '../../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  faultPlace,
  type Log,
  MindunError,
  secret,
} from '../../../kernel/index.ts';
import { openSession, tokenHash } from '../sessions.ts';
import { countFrom, takeBack } from '../throttle.ts';
import { entered, type Place } from './password.ts';

defineErrors({
  'provider-setting': {
    message: {
      zh: '统一登录的设置写得不对：{what}',
      en: 'A setting for single sign-on is wrong: {what}',
    },
    mend: {
      zh: 'MINDUN_OIDC_ISSUER 写 https 地址；MINDUN_OIDC_CLIENT、MINDUN_OIDC_SECRET 写登记的编号和密钥。',
      en: 'MINDUN_OIDC_ISSUER is an https address; MINDUN_OIDC_CLIENT and MINDUN_OIDC_SECRET are as registered there.',
    },
    status: 400,
  },
  'provider-missing': {
    message: { zh: '这里没有设统一登录', en: 'Single sign-on is not set up here' },
    mend: { zh: '请用密码登录。', en: 'Sign in with the password.' },
    status: 404,
  },
  'provider-away': {
    message: { zh: '统一登录现在连不上', en: 'Single sign-on cannot be reached now' },
    mend: {
      zh: '过一会再试，或用密码登录。',
      en: 'Try again later, or sign in with the password.',
    },
    status: 503,
  },
  'provider-refused': {
    message: { zh: '统一登录没有通过', en: 'Single sign-on did not let you in' },
    mend: { zh: '请从登录页重新开始。', en: 'Begin again from the sign-in page.' },
    status: 401,
  },
  'provider-unknown': {
    message: {
      zh: '统一登录认得您，但这里没有您的工作账号',
      en: 'Single sign-on knows you, but you have no staff account here',
    },
    mend: { zh: '请管理员给您开账号。', en: 'Ask your administrator for one.' },
    status: 403,
  },
});

const system: Reach = { role: 'system' };
const tryHolds = '10 minutes';
const patienceSeconds = 10;

export interface ProviderSettings {
  /** `https://sso.example.gov.cn` */
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  /** Which of the provider's claims is the staff number. */
  readonly claim: string;
}

/** What the environment names; null: staff sign in here alone. @throws MindunError provider-setting */
export function providerSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ProviderSettings | null {
  const of = (name: string) => environment[`MINDUN_OIDC_${name}`] ?? '';
  const issuer = of('ISSUER');
  if (issuer === '') return null;
  if (!URL.canParse(issuer) || !(issuer.startsWith('https://') || isLoopback(issuer)))
    throw new MindunError('provider-setting', { what: 'MINDUN_OIDC_ISSUER' });
  for (const name of ['CLIENT', 'SECRET'])
    if (of(name) === '') throw new MindunError('provider-setting', { what: `MINDUN_OIDC_${name}` });
  const claim = of('CLAIM') === '' ? 'preferred_username' : of('CLAIM');
  return { issuer, client: of('CLIENT'), secret: of('SECRET'), claim };
}

/** Only a provider on this very machine may be without TLS. */
function isLoopback(issuer: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(issuer);
}

/**
 * The bureau's own provider (OpenID Connect, authorization code with PKCE). It says who somebody is; whether he has an account here, and which,
 * is said here: none is ever made by signing in.
 */
export class Provider {
  readonly #settings: ProviderSettings;
  readonly #log: Log;
  #found: Promise<Configuration> | undefined;

  constructor(settings: ProviderSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /** What the provider says of itself, read when it is first needed; one that is away is asked again. @throws MindunError provider-away */
  async #configuration(): Promise<Configuration> {
    const { issuer, client, secret: key } = this.#settings;
    this.#found ??= discovery(new URL(issuer), client, key, undefined, {
      timeout: patienceSeconds,
      ...(isLoopback(issuer) ? { execute: [allowInsecureRequests] } : {}),
    });
    try {
      return await this.#found;
    } catch (error) {
      this.#found = undefined;
      this.#log.warn('provider away', { error: faultPlace(error) });
      throw new MindunError('provider-away');
    }
  }

  /**
   * Begins a sign-in. @param back where the provider sends the browser back
   * @returns where the browser goes, and the state that it keeps meanwhile
   * @throws MindunError provider-away, address-throttled
   */
  async begin(
    store: Store,
    from: Place,
    asked: { readonly back: string; readonly next: string; readonly fresh: boolean },
  ): Promise<{ address: string; state: string }> {
    const configuration = await this.#configuration();
    // Asking is the try that is counted; who comes back signed in has it taken back.
    await countFrom(store, from.address);
    const state = secret();
    const nonce = randomNonce();
    const verifier = randomPKCECodeVerifier();
    await store.transaction(system, async (tx) => {
      await tx.execute('delete from provider_try where expires <= clock_timestamp()');
      await tx.execute(
        `insert into provider_try (state_hash, nonce, verifier, next, fresh, expires)
         values ($1, $2, $3, $4, $5, clock_timestamp() + interval '${tryHolds}')`,
        [tokenHash(state), nonce, verifier, asked.next, asked.fresh],
      );
    });
    const address = buildAuthorizationUrl(configuration, {
      redirect_uri: asked.back,
      scope: 'openid profile',
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(asked.fresh ? { prompt: 'login', max_age: '0' } : {}),
    });
    return { address: address.href, state };
  }

  /**
   * Takes the browser back. @param came the address with what the provider added @param kept the state that this browser kept
   * @throws MindunError provider-refused, provider-unknown, provider-away
   */
  async end(
    store: Store,
    from: Place,
    came: URL,
    kept: string | undefined,
  ): Promise<{ token: string; actor: Actor; next: string }> {
    const state = came.searchParams.get('state');
    // The browser that comes back must be the one that went.
    if (state === null || state !== kept) throw new MindunError('provider-refused');
    const sent = await store.transaction(system, (tx) =>
      tx.maybe<{ nonce: string; verifier: string; next: string; fresh: boolean }>(
        `delete from provider_try where state_hash = $1 and expires > clock_timestamp()
         returning nonce, verifier, next, fresh`,
        [tokenHash(state)],
      ),
    );
    if (sent === undefined) throw new MindunError('provider-refused');
    const claims = await this.#claims(came, { ...sent, state });
    const login = claims[this.#settings.claim];
    if (typeof login !== 'string') throw new MindunError('provider-unknown');
    const token = await store.transaction(system, async (tx) => {
      const account = await tx.maybe<{ id: number; kind: Actor['kind'] }>(
        `select id, kind from account where login = $1 and ended is null and kind in ('staff', 'auditor')`,
        [login.trim().toLowerCase()],
      );
      if (account === undefined) throw new MindunError('provider-unknown');
      await takeBack(tx, from.address);
      const how = { way: 'provider', device: from.device } as const;
      const opened = await openSession(tx, account, how);
      // What was proved to the provider was proved when it says, not now; unsaid, nothing fresh was.
      await tx.execute(
        `update session s set proved = least(clock_timestamp(), to_timestamp($2::bigint))
         from session_token t where t.session_id = s.id and t.token_hash = $1`,
        [tokenHash(opened), claims.auth_time ?? 0],
      );
      return opened;
    });
    return { ...(await entered(store, token)), next: sent.next };
  }

  async #claims(
    came: URL,
    sent: { state: string; nonce: string; verifier: string; fresh: boolean },
  ): Promise<IDToken> {
    const configuration = await this.#configuration();
    try {
      const tokens = await authorizationCodeGrant(configuration, came, {
        expectedState: sent.state,
        expectedNonce: sent.nonce,
        pkceCodeVerifier: sent.verifier,
        idTokenExpected: true,
        ...(sent.fresh ? { maxAge: 60 } : {}),
      });
      return tokens.claims()!;
    } catch (error) {
      this.#log.warn('provider refused', { error: faultPlace(error) });
      throw new MindunError('provider-refused');
    }
  }
}
