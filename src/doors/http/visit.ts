import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import {
  deviceOf,
  nobody,
  type OpenSession,
  type Place,
  type Proof,
  type Provider,
  permits,
  readSessionAnd,
  renewSession,
  signOut,
  siteAt,
  stepUp,
} from '../../engines/access/index.ts';
import {
  type Actor,
  type Caller,
  fill,
  type House,
  type Language,
  MindunError,
  type Moment,
  secret,
  type Text,
} from '../../kernel/index.ts';
import { type TextKey, texts } from '../portal/texts.ts';
import { addressOf } from './address.ts';
import { formFields } from './body.ts';
import { checkSite, checkToken, formToken } from './csrf.ts';
import { behindTls } from './headers.ts';

const sessionCookie = 'mindun';
const formCookie = 'mindun-form';
const halfCookie = 'mindun-half';
const halfSeconds = 5 * 60;
const forCookie = 'mindun-for';
const providerCookie = 'mindun-provider';
const providerSeconds = 10 * 60;
const languageCookie = 'mindun-lang';
const typeCookie = 'mindun-type';
const year = 365 * 24 * 3600;

/** A cookie of ours; behind TLS one that was set without it is none. */
function cookieOf(c: Context, name: string): string | undefined {
  return getCookie(c, name, behindTls(c) ? 'host' : undefined);
}

/** Whether a session's cookie came, good or not. */
export function hasSessionCookie(c: Context): boolean {
  return cookieOf(c, sessionCookie) !== undefined;
}

/** Whose pages there are. */
const holders: Readonly<Record<'employer' | 'person', Text>> = {
  employer: { zh: '单位经办人', en: 'employers' },
  person: { zh: '参保人', en: 'insured persons' },
};

/** One request of the portal: who, in which language and type size, at which business time. */
export class Visit {
  readonly c: Context;
  readonly house: House;
  readonly language: Language;
  readonly large: boolean;
  readonly actor: Actor;
  /** Business time of the city. */
  readonly at: Moment;
  /** A session cookie came, but its session is over. */
  readonly over: boolean;
  readonly #session: OpenSession | null;
  /** The token that came. */
  readonly #token: string | undefined;
  // A page has a link for every month: the address is taken apart once.
  readonly #address: URL;

  private constructor(
    c: Context,
    house: House,
    at: Moment,
    session: OpenSession | null,
    token: string | undefined,
  ) {
    this.c = c;
    this.house = house;
    this.at = at;
    this.actor = session?.actor ?? nobody;
    this.over = token !== undefined && session === null;
    this.#session = session;
    this.#token = token;
    this.#address = new URL(c.req.url);
    this.language = cookieOf(c, languageCookie) === 'en' ? 'en' : 'zh';
    this.large = cookieOf(c, typeCookie) === 'large';
  }

  static async open(c: Context, house: House): Promise<Visit> {
    const token = cookieOf(c, sessionCookie);
    const [session, at] = await readSessionAnd(house.store, token, (tx) => house.at(tx));
    const visit = new Visit(c, house, at, session, token);
    if (session?.next !== undefined) visit.#keepSession(session.next);
    return visit;
  }

  get signedIn(): boolean {
    return this.actor.accountId !== 0;
  }

  /** Whether the visitor's account has this right: pages offer only what can be done. */
  may(permission: string): boolean {
    return permits(this.actor.permissions, permission);
  }

  /** The session's token that came, while the session is open. */
  get session(): string | undefined {
    return this.#session === null ? undefined : this.#token;
  }

  /** Public id of the person for whom the visitor acts; the gate asks of every call whether he still may. */
  get actsFor(): string | undefined {
    return this.actor.kind === 'person' && this.signedIn ? cookieOf(this.c, forCookie) : undefined;
  }

  /** From now on the visitor acts for somebody, or for himself again. */
  actFor(person: string | null): void {
    this.#cookie(forCookie, person ?? '', person === null ? 0 : undefined);
  }

  /** Where the public reaches the pages, as it is configured. */
  get address(): string {
    return this.c.get('address') as string;
  }

  /** The bureau's own sign-in for staff, when there is one. */
  get provider(): Provider | undefined {
    return this.c.get('provider') as Provider | undefined;
  }

  /** The state of a sign-in that is at the provider. */
  get providerState(): string | undefined {
    return getCookie(this.c, providerCookie);
  }

  keepProviderState(state: string | null): void {
    this.#cookie(providerCookie, state ?? '', state === null ? 0 : providerSeconds);
  }

  /** From where the visitor signs in. */
  get from(): Place {
    return {
      address: addressOf(this.c),
      device: deviceOf(this.c.req.header('User-Agent') ?? ''),
    };
  }

  /** Signed in: whatever session this browser had before ends, and none of its tokens is taken over. */
  async enter(token: string): Promise<void> {
    if (this.session !== undefined) await signOut(this.house.store, this.session);
    if (this.half !== undefined) this.dropHalf();
    this.#keepSession(token);
  }

  /** Shows a proof that it is still the visitor. @throws MindunError what is wrong with it */
  async stepUp(proof: Proof): Promise<void> {
    if (!this.signedIn) throw new MindunError('sign-in-needed');
    const site = siteAt(this.address);
    this.#keepSession(await stepUp(this.house.store, this.actor, proof, site));
  }

  /** The visitor has just proved who he is: his session goes on under a new token. */
  async renew(): Promise<void> {
    const { session } = this.actor;
    if (session === undefined) return;
    const { store } = this.house;
    this.#keepSession(
      await store.transaction({ role: 'system' }, (tx) => renewSession(tx, session)),
    );
  }

  /** A text of the catalogue in the visitor's language. */
  t = (key: TextKey, values: Readonly<Record<string, unknown>> = {}): string =>
    fill(texts[key][this.language], values);

  caller(key?: string): Caller {
    return {
      actor: this.actor,
      // Who works through the portal does so in his own matter.
      purpose: this.signedIn ? 'own-matter' : 'public',
      ...(this.actsFor === undefined ? {} : { actsFor: this.actsFor }),
      language: this.language,
      address: this.address,
      at: this.at,
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Runs a command or asks a query with the visitor's rights. @throws MindunError what it refuses */
  async call<T>(name: string, input: unknown, key?: string): Promise<T> {
    return (await this.house.call(name, input, this.caller(key))) as T;
  }

  /** The same for what is the visitor's own matter, whomever he acts for at the moment. */
  async callAsSelf<T>(name: string, input: unknown): Promise<T> {
    const { actsFor: _, ...self } = this.caller() as Caller & { actsFor?: string };
    return (await this.house.call(name, input, self)) as T;
  }

  /** Path and query of this page with one thing changed; a page that answered a form is asked for by its address. */
  link(changes: Readonly<Record<string, string | null>>): string {
    const query = new URLSearchParams(this.#address.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    const asked = query.toString();
    return asked === '' ? this.#address.pathname : `${this.#address.pathname}?${asked}`;
  }

  /** The token for this visitor's forms; without a session it is bound to a cookie of its own. */
  token(): string {
    if (this.#session !== null) return formToken(this.#session.formKey, this.house.city.code);
    let bound = cookieOf(this.c, formCookie);
    if (bound === undefined || bound.length < 32) {
      bound = secret();
      this.#cookie(formCookie, bound);
    }
    return formToken(bound, this.house.city.code);
  }

  /** The fields of the form that was sent from a page of ours. @throws MindunError form-unreadable, form-stale */
  async form(): Promise<Readonly<Record<string, string | File>>> {
    const form = await formFields(this.c);
    checkSite(this.c);
    const bound = this.#session?.formKey ?? cookieOf(this.c, formCookie);
    checkToken(form['token'], bound, this.house.city.code);
    return form;
  }

  #keepSession(token: string): void {
    this.#cookie(sessionCookie, token);
  }

  /** What a sign-in holds that waits for its second factor. */
  get half(): string | undefined {
    return cookieOf(this.c, halfCookie);
  }

  keepHalf(token: string): void {
    this.#cookie(halfCookie, token, halfSeconds);
  }

  dropHalf(): void {
    this.#cookie(halfCookie, '', 0);
  }

  dropSession(): void {
    this.#cookie(sessionCookie, '', 0);
  }

  /** Remembers `?lang=` and `?type=`; the address without them, when one was there. */
  remember(): string | null {
    const { lang, type } = this.c.req.query();
    if (lang === undefined && type === undefined) return null;
    if (lang === 'zh' || lang === 'en') this.#cookie(languageCookie, lang, year);
    if (type !== undefined) this.#cookie(typeCookie, type === 'large' ? 'large' : 'usual', year);
    return this.link({ lang: null, type: null });
  }

  #cookie(name: string, value: string, maxAge?: number): void {
    setCookie(this.c, name, value, {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      // Under this prefix a browser takes a cookie from this very host alone: no neighbouring site can plant one.
      ...(behindTls(this.c) ? ({ prefix: 'host', secure: true } as const) : {}),
      ...(maxAge === undefined ? {} : { maxAge }),
    });
  }

  /** The public id of the employer or person that the account stands for, or of the person for whom it acts. @throws MindunError sign-in-needed, account-of-others */
  subjectOf(kind: 'employer' | 'person'): string {
    if (!this.signedIn) throw new MindunError('sign-in-needed');
    if (this.actor.kind !== kind || this.actor.subject === null) {
      throw new MindunError('account-of-others', { whose: holders[kind] });
    }
    return kind === 'person' ? (this.actsFor ?? this.actor.subject) : this.actor.subject;
  }
}
