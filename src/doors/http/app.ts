import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { type House, type Log, MindunError, randomText } from '../../kernel/index.ts';
import { mountDesk } from '../desk/serve.ts';
import { mountPortal, refusedPage } from '../portal/routes.tsx';
import { apiLanguage, errorsOf, mountApi } from './api.ts';
import { serveAssets } from './assets.ts';
import './errors.ts';
import { securityHeaders } from './headers.ts';

export interface AppOptions {
  readonly house: House;
  readonly log: Log;
  /** Version of the program, for /health and the interface's document. */
  readonly version: string;
}

/** Every page and the interface of one city, as one application. */
export function makeApp({ house, log, version }: AppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders);
  serveAssets(app);
  app.get('/health', async (c) => {
    const ok = await alive(house);
    return c.json({ ok, version }, ok ? 200 : 503);
  });
  mountApi(app, house, version);
  mountDesk(app);
  mountPortal(app, house);
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
      // Without the store there is no visitor and no page: the words alone.
      return c.text(`${error.text('zh')}\n${error.mend('zh')}`, error.status as 500);
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
  const error = fault instanceof Error ? placeOf(fault) : typeof fault;
  log.error('fault', { reference, path: path.split('/').slice(0, 3).join('/'), error });
  return new MindunError('internal-fault', { reference });
}

/** Kind and place of a fault; its message may hold a person's data and stays out of the log. */
function placeOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((l) => /^\s+at /.test(l));
  return [error.name, ...frames.slice(0, 12)].join('\n');
}
