import type { Context } from 'hono';
import { html } from 'hono/html';
import type { MindunError } from '../../../kernel/index.ts';
import { mark, style } from '../../http/assets.ts';
import type { Visit } from '../../http/visit.ts';
import { Page } from '../layout.tsx';

/** A refusal as a page: what is wrong and what the reader can do. */
export function ErrorPage({ visit, error }: { visit: Visit; error: MindunError }) {
  const { t, language } = visit;
  return (
    <Page visit={visit} title={error.text(language)} faulty>
      <div class="one">
        <h1>{error.text(language)}</h1>
        <p>{error.mend(language)}</p>
        <p class="acts">
          <a class="btn" href="/">
            {t('error.home')}
          </a>
        </p>
      </div>
    </Page>
  );
}

/** A refusal where the store cannot be asked who reads: in both languages, with nothing of the visitor. */
export function barePage(c: Context, error: MindunError): Response | Promise<Response> {
  c.status(error.status as 503);
  if (error.status === 503) c.header('Retry-After', '5');
  return c.html(
    html`<!doctype html>${(
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{`${error.text('zh')} · 民盾`}</title>
          <link rel="stylesheet" href={style.path} />
          <link rel="icon" href={mark.path} type="image/svg+xml" />
        </head>
        <body>
          <main class="wrap" id="main">
            <div class="one">
              <h1>{error.text('zh')}</h1>
              <p>{error.mend('zh')}</p>
              <div lang="en">
                <h2>{error.text('en')}</h2>
                <p>{error.mend('en')}</p>
              </div>
            </div>
          </main>
        </body>
      </html>
    )}`,
  );
}
