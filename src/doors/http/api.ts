import type { Context, Hono } from 'hono';
import {
  type Caller,
  type House,
  type Language,
  MindunError,
  type Purpose,
  readPurpose,
  registered,
} from '../../kernel/index.ts';
import { keyVisit } from './bearer.ts';
import { base64Limit, formLimit, jsonBody } from './body.ts';
import { checkSite } from './csrf.ts';
import { apiLanguage } from './language.ts';
import { apiPath, inputSchema, openApi } from './openapi.ts';
import { mountAccess } from './sign-in.ts';
import { Visit } from './visit.ts';

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
      const keyed = await keyVisit(c, house);
      const visit = keyed ?? (await Visit.open(c, house));
      const caller = callerFrom(c, visit);
      const answer = await answered(house, definition.name, await jsonBody(c), caller);
      if (visit instanceof Visit && proving.has(definition.name)) await visit.renew();
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
  // A key is sent by whoever holds it, never by a browser of itself: what the site check is for cannot happen. Beside a cookie it is refused.
  if ((await keyVisit(c, house)) !== null) return next();
  checkSite(c);
  if (!open && !(await Visit.open(c, house)).signedIn) throw new MindunError('sign-in-needed');
  await next();
}

/** Who asks, by session or key, and why. */
export async function callerOf(c: Context, house: House): Promise<Caller> {
  return callerFrom(c, (await keyVisit(c, house)) ?? (await Visit.open(c, house)));
}

function callerFrom(c: Context, visit: Pick<Visit, 'actor' | 'address' | 'at'>): Caller {
  const key = c.req.header('Idempotency-Key');
  const matter = c.req.header('Mindun-Matter');
  const actsFor = c.req.header('Mindun-For');
  return {
    actor: visit.actor,
    // Whoever holds an employer's key does the employer's own matters, as at the portal.
    purpose: purposeOf(c) || (visit.actor.byKey === true ? 'own-matter' : ''),
    language: apiLanguage(c),
    address: visit.address,
    at: visit.at,
    ...(matter === undefined ? {} : { matter: matter.slice(0, 60) }),
    ...(actsFor === undefined ? {} : { actsFor: actsFor.slice(0, 60) }),
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
