import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import type { Provider } from '../../engines/access/index.ts';
import { faultPlace, type House, type Log, MindunError, randomText } from '../../kernel/index.ts';
import { mountDesk } from '../desk/serve.ts';
import { barePage, mountPortal, refusedPage } from '../portal/routes.tsx';
import { knowOrigin, Proxies } from './address.ts';
import { errorsOf, mountApi } from './api.ts';
import { serveAssets } from './assets.ts';
import { timelyBody } from './body.ts';
import { mountContact } from './contact.ts';
import './errors.ts';
import { securityHeaders } from './headers.ts';
import { apiLanguage } from './language.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { mountPapers } from './papers.ts';

export interface AppOptions {
  readonly house: House;
  readonly log: Log;
  /** Version of the program, for /health and the interface's document. */
  readonly version: string;
  /** Where the public reaches the pages, as papers print it: what a request says of its host is not believed. */
  readonly address: () => string;
  /** Whose word on where a request comes from is believed; without them nobody's. */
  readonly proxies?: Proxies;
  readonly limits?: Limits;
  /** The bureau's own sign-in for staff, when there is one. */
  readonly provider?: Provider | undefined;
  /** Where security faults are told: a URI. */
  readonly contact?: string | undefined;
}

/** Every page and the interface of one city, as one application. */
export function makeApp({ house, log, version, address, ...options }: AppOptions): Hono {
  const app = new Hono();
  app.use(knowOrigin(options.proxies ?? Proxies.none));
  app.use(securityHeaders);
  app.use(timelyBody(options.limits ?? defaultLimits));
  app.use(async (c, next) => {
    c.set('address' as never, address() as never);
    c.set('provider' as never, options.provider as never);
    await next();
  });
  serveAssets(app);
  mountContact(app, address, options.contact);
  app.get('/health', async (c) => {
    const ok = await alive(house);
    return c.json({ ok, version }, ok ? 200 : 503);
  });
  mountPapers(app, house, address);
  mountApi(app, house, version);
  mountDesk(app);
  mountPortal(app, house, address);
  app.notFound((c) => {
    throw new MindunError('page-missing', { path: c.req.path });
  });
  app.onError(async (fault, c) => {
    const error = cutOff(c)
      ? new MindunError('request-cut-off')
      : refusal(fault, routePath(c, -1), log);
    if (c.req.path.startsWith('/api/')) {
      return c.json(errorsOf(error, apiLanguage(c)), error.status as 400);
    }
    try {
      return await refusedPage(c, house, error);
    } catch {
      // Without the store there is no visitor: the words alone.
      return barePage(c, error);
    }
  });
  return app;
}

async function alive(house: House): Promise<boolean> {
  try {
    await house.store.transaction({ role: 'system' }, (tx) => tx.one('select 1 as one'));
    return true;
  } catch {
    return false;
  }
}

/** Whether the visitor hung up, or was hung up on, before his request was whole: what failed for that is no fault of ours. */
function cutOff(c: Context): boolean {
  const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
  return incoming?.destroyed === true && incoming.complete === false;
}

/**
 * What the reader is told: a refusal as it is, a fault of ours by a reference under which the log has the rest.
 * @param route the route's pattern: an address may hold a paper's code
 */
export function refusal(fault: unknown, route: string, log: Log): MindunError {
  if (fault instanceof MindunError) return fault;
  if (fault instanceof HTTPException && fault.status < 500) {
    return new MindunError('input-invalid', { what: fault.message });
  }
  const reference = randomText(8);
  log.error('fault', { reference, path: route, error: faultPlace(fault) });
  return new MindunError('internal-fault', { reference });
}
