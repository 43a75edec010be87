import { expect } from 'vitest';
import type { Site } from './site.ts';

/** Somebody with a browser that has no script: his cookies, the forms that he fills in. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  /** The page that he sees. */
  page = '';
  status = 0;
  location: string | null = null;

  constructor(site: Site, headers: Readonly<Record<string, string>> = {}) {
    this.#base = site.base;
    this.#headers = headers;
  }

  async get(path: string): Promise<this> {
    return this.#fetch(path, {});
  }

  /** Sends a form of the page that he sees, with the token that it holds. */
  async send(path: string, fields: Readonly<Record<string, string>>): Promise<this> {
    const token = /name="token" value="([^"]+)"/.exec(this.page)?.[1] ?? '';
    const body = new URLSearchParams({ token, ...fields });
    return this.#fetch(path, { method: 'POST', body });
  }

  /** Calls the interface. */
  async call(path: string, body: unknown): Promise<unknown> {
    await this.#fetch(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });
    return JSON.parse(this.page);
  }

  async signIn(login: string, password: string): Promise<this> {
    await this.get('/sign-in');
    return this.send('/sign-in', { login, password });
  }

  async follow(): Promise<this> {
    expect(this.status, this.page).toBe(303);
    return this.get(this.location!);
  }

  async #fetch(path: string, request: RequestInit): Promise<this> {
    const cookie = [...this.cookies].map(([n, v]) => `${n}=${v}`).join('; ');
    const answer = await fetch(`${this.#base}${path}`, {
      ...request,
      headers: {
        ...this.#headers,
        ...(request.headers as Record<string, string> | undefined),
        Cookie: cookie,
      },
      redirect: 'manual',
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set) as unknown as [string, string, string];
      if (/Max-Age=0/.test(set)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.status = answer.status;
    this.location = answer.headers.get('Location');
    this.page = await answer.text();
    return this;
  }
}
