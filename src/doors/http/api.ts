import type { Context, Hono } from 'hono';
import { signIn, signOut } from '../../engines/access/index.ts';
import {
  type Actor,
  type Caller,
  type House,
  type Language,
  MindunError,
  type Purpose,
  readPurpose,
  registered,
} from '../../kernel/index.ts';
import { addressOf } from './address.ts';
import { base64Limit, formLimit, jsonBody, wantJson } from './body.ts';
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

async function accountOf(house: House, actor: Actor): Promise<object> {
  return {
    id: actor.publicId,
    name: actor.name,
    kind: actor.kind,
    subject: actor.subject,
    permissions: await house.permissionsOf(actor),
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
      const caller = await callerOf(c, house);
      return c.json(await answered(house, definition.name, await jsonBody(c), caller));
    });
    app.all(path, (c) => {
      throw new MindunError('method-not-allowed', { path, method: c.req.method });
    });
  }
}

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
    const given = ((await jsonBody(c)) ?? {}) as { login?: unknown; password?: unknown };
    const { login, password } = given;
    const { token, actor } = await signIn(
      house.store,
      String(login ?? ''),
      String(password ?? ''),
      addressOf(c),
    );
    visit.keepSession(token);
    return c.json({ account: await accountOf(house, actor) });
  });
  app.post('/api/v1/access/sign-out', formLimit, async (c) => {
    checkSite(c);
    wantJson(c);
    const visit = await Visit.open(c, house);
    if (visit.session !== undefined) await signOut(house.store, visit.session);
    visit.dropSession();
    return c.json({});
  });
  app.get('/api/v1/access/me', async (c) => {
    const visit = await Visit.open(c, house);
    if (!visit.signedIn) throw new MindunError('sign-in-needed');
    return c.json({
      account: await accountOf(house, visit.actor),
      language: apiLanguage(c),
    });
  });
}

/** Who asks, by session or key, and why. */
export async function callerOf(c: Context, house: House): Promise<Caller> {
  const visit = await Visit.open(c, house);
  const key = c.req.header('Idempotency-Key');
  const matter = c.req.header('Mindun-Matter');
  return {
    actor: visit.actor,
    purpose: purposeOf(c),
    language: apiLanguage(c),
    at: visit.at,
    ...(matter === undefined ? {} : { matter: matter.slice(0, 60) }),
    ...(key === undefined ? {} : { key: key.slice(0, 200) }),
  };
}

/** The stated code; what was percent-encoded is read, so that the refusal can name it. @throws MindunError purpose-unknown */
function purposeOf(c: Context): Purpose | '' {
  const text = (c.req.header('Mindun-Purpose') ?? '').slice(0, 300);
  try {
    return readPurpose(decodeURIComponent(text).trim());
  } catch (error) {
    if (error instanceof MindunError) throw error;
    return readPurpose(text.trim());
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
