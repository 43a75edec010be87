import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { nobody, readSessionAnd } from '../../engines/access/index.ts';
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
import { formFields } from './body.ts';
import { checkSite, checkToken, formToken } from './csrf.ts';
import { behindTls } from './headers.ts';

const sessionCookie = 'mindun';
const formCookie = 'mindun-form';
const languageCookie = 'mindun-lang';
const typeCookie = 'mindun-type';
const year = 365 * 24 * 3600;

/** A cookie of ours; behind TLS one that was set without it is none. */
function cookieOf(c: Context, name: string): string | undefined {
  return getCookie(c, name, behindTls(c) ? 'host' : undefined);
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
  readonly #session: string | undefined;
  // A page has a link for every month: the address is taken apart once.
  readonly #address: URL;

  private constructor(
    c: Context,
    house: House,
    at: Moment,
    actor: Actor | null,
    session: string | undefined,
  ) {
    this.c = c;
    this.house = house;
    this.at = at;
    this.actor = actor ?? nobody;
    this.over = session !== undefined && actor === null;
    this.#session = actor === null ? undefined : session;
    this.#address = new URL(c.req.url);
    this.language = cookieOf(c, languageCookie) === 'en' ? 'en' : 'zh';
    this.large = cookieOf(c, typeCookie) === 'large';
  }

  static async open(c: Context, house: House): Promise<Visit> {
    const token = cookieOf(c, sessionCookie);
    const [actor, at] = await readSessionAnd(house.store, token, (tx) => house.at(tx));
    return new Visit(c, house, at, actor, token);
  }

  get signedIn(): boolean {
    return this.actor.accountId !== 0;
  }

  get session(): string | undefined {
    return this.#session;
  }

  /** A text of the catalogue in the visitor's language. */
  t = (key: TextKey, values: Readonly<Record<string, unknown>> = {}): string =>
    fill(texts[key][this.language], values);

  caller(key?: string): Caller {
    return {
      actor: this.actor,
      // Who works through the portal does so in his own matter.
      purpose: this.signedIn ? 'own-matter' : 'public',
      language: this.language,
      at: this.at,
      ...(key === undefined ? {} : { key }),
    };
  }

  /** Runs a command or asks a query with the visitor's rights. @throws MindunError what it refuses */
  async call<T>(name: string, input: unknown, key?: string): Promise<T> {
    return (await this.house.call(name, input, this.caller(key))) as T;
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
    if (this.#session !== undefined) return formToken(this.#session, this.house.city.code);
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
    const bound = this.#session ?? cookieOf(this.c, formCookie);
    checkToken(form['token'], bound, this.house.city.code);
    return form;
  }

  keepSession(token: string): void {
    this.#cookie(sessionCookie, token);
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

  /** The public id of the employer or person that the account stands for. @throws MindunError sign-in-needed, account-of-others */
  subjectOf(kind: 'employer' | 'person'): string {
    if (!this.signedIn) throw new MindunError('sign-in-needed');
    if (this.actor.kind !== kind || this.actor.subject === null) {
      throw new MindunError('account-of-others', { whose: holders[kind] });
    }
    return this.actor.subject;
  }
}
