// Every package that ships with the product has a licence that Apache-2.0 may be combined with.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const allowed = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  '0BSD',
  'Unlicense',
  'CC0-1.0',
  'BlueOak-1.0.0',
  'PostgreSQL',
  'MIT-0',
  'Python-2.0',
  'Zlib',
  'WTFPL',
  'OFL-1.1',
]);
const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
// Packages whose package.json is silent, with the licence that lies in their folder.
const byFile = { 'node_modules/png-js': 'MIT' };
const bad = [];
let counted = 0;
for (const [where, entry] of Object.entries(lock.packages)) {
  if (where === '' || entry.dev === true) continue;
  counted += 1;
  let licence = entry.license ?? byFile[where];
  if (licence === undefined) {
    try {
      const own = JSON.parse(readFileSync(`${root}${where}/package.json`, 'utf8'));
      licence =
        typeof own.license === 'object'
          ? own.license.type
          : (own.license ?? own.licenses?.[0]?.type);
    } catch {
      // An optional package of another system is not installed and not shipped from here.
      if (entry.optional === true) continue;
    }
  }
  const words = String(licence ?? '')
    .replace(/[()]/g, '')
    .split(/ OR /);
  if (!words.some((w) => w.split(/ AND /).every((x) => allowed.has(x.trim()))))
    bad.push(`${where}: ${licence}`);
}
for (const b of bad) console.error(b);
console.log(
  bad.length === 0
    ? `${counted} packages with licences that may be combined`
    : `${bad.length} packages to look at`,
);
process.exitCode = bad.length === 0 ? 0 : 1;
