import type { Context, Hono } from 'hono';
import {
  passkeyChallenge,
  signIn,
  signInByPasskey,
  signInSecond,
  signOut,
  siteAt,
} from '../../engines/access/index.ts';
import {
  type Actor,
  type Caller,
  type House,
  type Language,
  MindunError,
  registered,
} from '../../kernel/index.ts';
import { base64Limit, formLimit } from './body.ts';
import { checkSite } from './csrf.ts';
import { apiPath, inputSchema, openApi } from './openapi.ts';
import { Visit } from './visit.ts';

/** Chinese is the original; English for who asks for it first. */
export function apiLanguage(c: Context): Language {
  return /^\s*en\b/i.test(c.req.header('Accept-Language') ?? '') ? 'en' : 'zh';
}

/** A refusal as the API tells it: each fault with its code, words, mend and place. */
export function errorsOf(error: MindunError, language: Language): object {
  return {
    errors: [error, ...error.others].map((e) => ({
      code: e.code,
      message: e.text(language),
      mend: e.mend(language),
      ...e.place,
    })),
  };
}

function accountOf(actor: Actor): object {
  return {
    id: actor.publicId,
    name: actor.name,
    kind: actor.kind,
    subject: actor.subject,
    permissions: [...actor.permissions].sort(),
    passwordTold: actor.passwordTold === true,
  };
}

/**
 * Mounts every registered command (POST) and query (GET, or POST so that no address holds a personal number or a file) under
 * /api/v1, and the log-in.
 */
export function mountApi(app: Hono, house: House, version: string): void {
  app.get('/api/v1/openapi.json', (c) => c.json(openApi(version)));
  mountAccess(app, house);
  for (const definition of registered().values()) {
    const path = apiPath(definition.name);
    const schema = inputSchema(definition);
    if (definition.kind === 'query') {
      app.get(path, async (c) => {
        const caller = await callerOf(c, house);
        return c.json(await answered(house, definition.name, queryInput(c, schema), caller));
      });
    }
    // What carries a file as base64 may be large; everything else is small.
    const large = schema.properties?.['content'] !== undefined;
    app.post(path, (c, next) => gated(c, next, house, definition.open === true));
    app.post(path, large ? base64Limit : formLimit, async (c) => {
      const visit = await Visit.open(c, house);
      const caller = callerFrom(c, visit);
      const answer = await answered(house, definition.name, await jsonBody(c), caller);
      if (proving.has(definition.name)) await visit.renew();
      return c.json(answer);
    });
    app.all(path, (c) => {
      throw new MindunError('method-not-allowed', { path, method: c.req.method });
    });
  }
}

// In these the actor proves who he is: his session goes on under a new token.
const proving: ReadonlySet<string> = new Set(['access.account.change-password']);

/** Who is not signed in is refused before his body is read. */
async function gated(
  c: Context,
  next: () => Promise<void>,
  house: House,
  open: boolean,
): Promise<void> {
  checkSite(c);
  if (!open && !(await Visit.open(c, house)).signedIn) throw new MindunError('sign-in-needed');
  await next();
}

function mountAccess(app: Hono, house: House): void {
  app.post('/api/v1/access/sign-in', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { login, password } = (await jsonBody(c)) as { login?: unknown; password?: unknown };
    const answer = await signIn(
      house.store,
      String(login ?? ''),
      String(password ?? ''),
      visit.from,
    );
    if ('half' in answer) {
      visit.keepHalf(answer.half);
      return c.json({ second: true });
    }
    await visit.enter(answer.token);
    return c.json({ account: accountOf(answer.actor) });
  });
  app.post('/api/v1/access/sign-in/second', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { code } = (await jsonBody(c)) as { code?: unknown };
    const half = visit.half ?? '';
    const { token, actor } = await signInSecond(
      house.store,
      half,
      String(code ?? '').slice(0, 40),
      visit.from,
    );
    await visit.enter(token);
    return c.json({ account: accountOf(actor) });
  });
  app.post('/api/v1/access/sign-in/passkey-options', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    return c.json(await passkeyChallenge(house.store, siteAt(visit.address), visit.from));
  });
  app.post('/api/v1/access/sign-in/passkey', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    const { answer } = (await jsonBody(c)) as { answer?: unknown };
    const site = siteAt(visit.address);
    const { token, actor } = await signInByPasskey(house.store, answer, site, visit.from);
    await visit.enter(token);
    return c.json({ account: accountOf(actor) });
  });
  app.post('/api/v1/access/sign-out', formLimit, async (c) => {
    checkSite(c);
    const visit = await Visit.open(c, house);
    if (visit.session !== undefined) await signOut(house.store, visit.session);
    visit.dropSession();
    return c.json({});
  });
  app.get('/api/v1/access/me', async (c) => {
    const visit = await Visit.open(c, house);
    if (!visit.signedIn) throw new MindunError('sign-in-needed');
    return c.json({ account: accountOf(visit.actor), language: apiLanguage(c) });
  });
}

/** Who asks, by session or key, and why. */
export async function callerOf(c: Context, house: House): Promise<Caller> {
  return callerFrom(c, await Visit.open(c, house));
}

function callerFrom(c: Context, visit: Visit): Caller {
  const key = c.req.header('Idempotency-Key');
  return {
    actor: visit.actor,
    purpose: purposeOf(c),
    language: apiLanguage(c),
    address: visit.address,
    at: visit.at,
    ...(key === undefined ? {} : { key: key.slice(0, 200) }),
  };
}

/** The stated code; what was percent-encoded is read, so that the refusal can name it. */
function purposeOf(c: Context): string {
  const text = (c.req.header('Mindun-Purpose') ?? '').slice(0, 300);
  try {
    return decodeURIComponent(text).trim();
  } catch {
    return text.trim();
  }
}

async function answered(
  house: House,
  name: string,
  input: unknown,
  caller: Caller,
): Promise<object> {
  return ((await house.call(name, input, caller)) ?? {}) as object;
}

async function jsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('Content-Type') ?? '';
  // A form of another site cannot send this type: the session cookie alone moves nothing.
  if (!/^application\/json\b/i.test(type)) throw new MindunError('json-wanted');
  try {
    return await c.req.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new MindunError('json-wanted');
    throw error;
  }
}

/** Query strings are text: numbers and yes/no become what the schema says. */
export function queryInput(
  c: Context,
  schema: ReturnType<typeof inputSchema>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(c.req.query())) {
    const type = schema.properties?.[name]?.type;
    const number = (type === 'number' || type === 'integer') && /^-?\d+(\.\d+)?$/.test(text);
    if (number) input[name] = Number(text);
    else if (type === 'boolean' && /^(true|false)$/.test(text)) input[name] = text === 'true';
    else input[name] = text;
  }
  return input;
}
