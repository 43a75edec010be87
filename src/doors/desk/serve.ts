import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Context, Hono } from 'hono';
import { defineErrors, MindunError } from '../../kernel/index.ts';
import { deskBuilt, deskFolder } from './build.ts';

defineErrors({
  'desk-missing': {
    message: { zh: '工作台还没有建好', en: 'The desk is not built yet' },
    mend: {
      zh: '请运行 npm start，或 node scripts/desk.mjs。',
      en: 'Run npm start, or node scripts/desk.mjs.',
    },
    status: 503,
  },
});

/** The desk runs its own script and asks this house's interface, and nothing else. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface File {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly small: Uint8Array<ArrayBuffer>;
}

interface Desk {
  readonly page: string;
  readonly files: ReadonlyMap<string, File>;
}

/** Builds the desk in a process of its own when it is missing or older than its sources. @throws MindunError desk-missing */
export async function prepareDesk(): Promise<void> {
  if (deskBuilt()) return;
  const script = fileURLToPath(new URL('../../../scripts/desk.mjs', import.meta.url));
  await new Promise<void>((done, failed) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', failed);
    child.once('exit', (code) => {
      if (code === 0) done();
      else failed(new MindunError('desk-missing'));
    });
  });
}

function readDesk(): Desk | null {
  const page = path.join(deskFolder, 'index.html');
  const assets = path.join(deskFolder, 'assets');
  if (!existsSync(page) || !existsSync(assets)) return null;
  const files = readdirSync(assets).flatMap((name): [string, File][] => {
    const type = types[path.extname(name)];
    if (type === undefined) return [];
    const body = new Uint8Array(readFileSync(path.join(assets, name)));
    return [[name, { type, body, small: new Uint8Array(gzipSync(body, { level: 9 })) }]];
  });
  return { page: readFileSync(page, 'utf8'), files: new Map(files) };
}

/**
 * Serves the clerks' desk under /desk: its files under names that hold a hash of their content, and one page for every
 * other address below.
 */
export function mountDesk(app: Hono): void {
  let desk: Desk | null = null;
  const known = (): Desk => {
    desk ??= readDesk();
    if (desk === null) throw new MindunError('desk-missing');
    return desk;
  };
  app.get('/desk/assets/:name', (c) => {
    const file = known().files.get(c.req.param('name'));
    if (file === undefined) throw new MindunError('page-missing', { path: c.req.path });
    c.header('Cache-Control', 'public, max-age=31536000, immutable');
    c.header('Content-Type', file.type);
    c.header('Vary', 'Accept-Encoding');
    if (!/\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '')) return c.body(file.body);
    c.header('Content-Encoding', 'gzip');
    return c.body(file.small);
  });
  const page = (c: Context) => {
    c.header('Content-Security-Policy', policy);
    return c.html(known().page);
  };
  app.get('/desk', page);
  app.get('/desk/*', page);
}
