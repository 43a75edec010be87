import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Hono } from 'hono';

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** The style sheet without comments and what space says nothing: pages and their style stay under 30 kB. */
function squeezed(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/:\s/g, ':')
    .replaceAll(';}', '}')
    .trim();
}

function asset(files: readonly string[], name: string, ending: string, type: string): Asset {
  const text = files.map((f) => readFileSync(new URL(f, import.meta.url), 'utf8')).join('\n');
  const body = ending === 'css' ? squeezed(text) : text;
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  return { path: `/static/${name}.${hash}.${ending}`, type, body };
}

export const style = asset(
  ['../look/tokens.css', '../portal/style.css'],
  'style',
  'css',
  'text/css; charset=utf-8',
);
export const mark = asset(['../portal/mark.svg'], 'mark', 'svg', 'image/svg+xml');

/** For pages that offer a passkey; they work without it. */
export const passkeyScript = asset(
  ['../look/webauthn.js', '../portal/passkey.js'],
  'passkey',
  'js',
  'text/javascript; charset=utf-8',
);

/** Serves the assets under names that hold a hash of their content, to be kept for ever. */
export function serveAssets(app: Hono): void {
  for (const { path, type, body } of [style, mark, passkeyScript]) {
    app.get(path, (c) => {
      c.header('Cache-Control', 'public, max-age=31536000, immutable');
      c.header('Content-Type', type);
      return c.body(body);
    });
  }
}
