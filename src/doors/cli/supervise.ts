import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from '../../kernel/database/server/index.ts';
import { type Log, MindunError, type Text } from '../../kernel/index.ts';

const betweenMs = 1000;

/**
 * Keeps the server running while pages are served: looks once a second and starts it again when it died. Said once when it
 * is gone and cannot be started, and once when it is back.
 * @returns a function that ends the watch
 */
export function supervise(
  server: Server,
  log: Log,
  say: (text: Text) => void,
): () => Promise<void> {
  const end = new AbortController();
  let down = false;
  const look = async (): Promise<void> => {
    try {
      const started = await server.ensure();
      if (!started) return;
      log.warn('database started again');
      say({ zh: '数据库已重新启动。', en: 'The database was started again.' });
      down = false;
    } catch (error) {
      if (!(error instanceof MindunError)) throw error;
      if (!down) {
        log.error('database down', { code: error.code });
        say({
          zh: `${error.text('zh')}。${error.mend('zh')} 会一直重试。`,
          en: `${error.text('en')}. ${error.mend('en')} It is tried again until it runs.`,
        });
      }
      down = true;
    }
  };
  const watch = (async () => {
    while (!end.signal.aborted) {
      await sleep(betweenMs, undefined, { signal: end.signal }).catch(() => undefined);
      if (!end.signal.aborted) await look();
    }
  })();
  return async () => {
    end.abort();
    await watch;
  };
}
