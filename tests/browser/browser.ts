import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { leftOut } from '../left-out.ts';

/** The browser that is installed: named by MINDUN_CHROMIUM, or a chromium on PATH. */
function executable(): string | null {
  const named = process.env['MINDUN_CHROMIUM'];
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const there = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .flatMap((folder) => names.map((name) => path.join(folder, name)));
  for (const file of [...(named === undefined || named === '' ? [] : [named]), ...there]) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: the next place.
    }
  }
  return null;
}

const reason =
  'no chromium on PATH and none named by MINDUN_CHROMIUM (on Debian: apt-get install chromium fonts-wqy-zenhei)';

/** Opens the browser; null, with the reason said, when there is none to open. */
export async function openBrowser(): Promise<Browser | null> {
  const file = executable();
  if (file === null) {
    leftOut('browser tests', reason);
    return null;
  }
  try {
    return await chromium.launch({ executablePath: file, args: ['--no-sandbox'] });
  } catch (error) {
    leftOut('browser tests', `${file} does not start: ${String(error)}`);
    return null;
  }
}
