import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Provider } from '../../engines/access/index.ts';
import { faultPlace, type House, type Log, MindunError, randomText } from '../../kernel/index.ts';
import { mountDesk } from '../desk/serve.ts';
import { barePage, mountPortal, refusedPage } from '../portal/routes.tsx';
import { errorsOf, mountApi } from './api.ts';
import { serveAssets } from './assets.ts';
import './errors.ts';
import { securityHeaders } from './headers.ts';
import { apiLanguage } from './json.ts';
import { mountPapers } from './papers.ts';

export interface AppOptions {
  readonly house: House;
  readonly log: Log;
  /** Version of the program, for /health and the interface's document. */
  readonly version: string;
  /** Where the public reaches the pages, as papers print it: what a request says of its host is not believed. */
  readonly address: () => string;
  /** The bureau's own sign-in for staff, when there is one. */
  readonly provider?: Provider | undefined;
}

/** Every page and the interface of one city, as one application. */
export function makeApp({ house, log, version, address, provider }: AppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders);
  app.use(async (c, next) => {
    c.set('address' as never, address() as never);
    c.set('provider' as never, provider as never);
    await next();
  });
  serveAssets(app);
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
    const error = refusal(fault, c.req.path, log);
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

/** What the reader is told: a refusal as it is, a fault of ours by a reference under which the log has the rest. */
function refusal(fault: unknown, path: string, log: Log): MindunError {
  if (fault instanceof MindunError) return fault;
  if (fault instanceof HTTPException && fault.status < 500) {
    return new MindunError('input-invalid', { what: fault.message });
  }
  const reference = randomText(8);
  const at = path.split('/').slice(0, 3).join('/');
  log.error('fault', { reference, path: at, error: faultPlace(fault) });
  return new MindunError('internal-fault', { reference });
}
