import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { deskFolder } from '../../src/doors/desk/build.ts';
import { prepareDesk } from '../../src/doors/desk/serve.ts';

const app = path.join(import.meta.dirname, '../../src/doors/desk/app');
const budgetBytes = 400 * 1024;

beforeAll(() => prepareDesk(), 300_000);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    const file = path.join(folder, e.name);
    return e.isDirectory() ? sources(file) : /\.tsx?$/.test(file) ? [file] : [];
  });
}

describe('the built desk', () => {
  it('weighs at most 400 kB at its first load, with nothing inline', () => {
    const page = readFileSync(path.join(deskFolder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/);
    const named = [...page.matchAll(/"\/desk\/(assets\/[^"]+)"/g)].map((m) => m[1]!);
    expect(named.map((n) => path.extname(n)).sort()).toEqual(['.css', '.js', '.svg']);
    const weight = named.reduce(
      (sum, n) => sum + gzipSync(readFileSync(path.join(deskFolder, n))).length,
      gzipSync(page).length,
    );
    expect(weight).toBeLessThanOrEqual(budgetBytes);
  });

  it('has the rules of every antd component that its pages use', async () => {
    const sheet = path.join(app, 'look/sheet.ts');
    const { samples } = (await import(sheet)) as { samples: Record<string, unknown> };
    const used = sources(app)
      .filter((f) => f !== sheet)
      .flatMap((f) => [...readFileSync(f, 'utf8').matchAll(/^import \{([^}]+)\} from 'antd';/gm)])
      .flatMap((m) => m[1]!.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type ') && name !== 'ConfigProvider');
    expect([...new Set(used)].sort()).toEqual(Object.keys(samples).sort());
  });
});
