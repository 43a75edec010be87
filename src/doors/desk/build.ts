import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const app = fileURLToPath(new URL('app', import.meta.url));
/** Where the built desk lies. */
export const deskFolder = path.join(root, '.build', 'desk');
const stamp = path.join(deskFolder, 'sources.sha256');
// What the bundle is made of beside the desk's own files.
const others = [
  'package-lock.json',
  'src/doors/look/tokens.css',
  'src/doors/look/webauthn.js',
  'src/doors/desk/build.ts',
];
const kernel = ['errors', 'money', 'purposes', 'rational', 'text', 'time'].map(
  (n) => `src/kernel/${n}.ts`,
);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((e) => {
      const file = path.join(folder, e.name);
      return e.isDirectory() ? filesBelow(file) : [file];
    })
    .sort();
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of [...filesBelow(app), ...[...others, ...kernel].map((f) => path.join(root, f))])
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Whether the built desk is the one of these sources. */
export function deskBuilt(): boolean {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOfSources();
}

/** Builds the desk unless it stands already. @throws Error when the sources do not build: a fault of the program */
export async function buildDesk(): Promise<void> {
  if (deskBuilt()) return;
  const hash = hashOfSources();
  rmSync(deskFolder, { recursive: true, force: true });
  // Written in another dialect of JSX: outside this program's types, inside the desk's own.
  const sheet = new URL('app/look/sheet.ts', import.meta.url).href;
  const { antdSheet } = (await import(sheet)) as { antdSheet(): string };
  const { build } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  await build({
    root: app,
    base: '/desk/',
    configFile: false,
    logLevel: 'warn',
    plugins: [
      react(),
      {
        name: 'antd-sheet',
        resolveId: (id) => (id === 'virtual:antd.css' ? '\0antd.css' : null),
        load: (id) => (id === '\0antd.css' ? antdSheet() : null),
      },
    ],
    build: {
      outDir: deskFolder,
      emptyOutDir: true,
      // Nothing inline: the content security policy allows files of this house only.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2000,
      target: 'es2022',
    },
  });
  writeFileSync(stamp, hash);
}
