// The whole test run: static checks, then the suites; ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(path.join(tmpdir(), 'mindun-test-'));
const bin = (name) => path.join(root, 'node_modules', '.bin', name);
let passed = 0;
let failed = 0;

function step(title, command, args) {
  console.log(`\n── ${title}`);
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    // The tests make their own data folders and servers; what the caller works on is not theirs.
    env: {
      ...process.env,
      MINDUN_DATA: path.join(scratch, 'data'),
      DATABASE_URL: '',
      FORCE_COLOR: '0',
    },
  });
  return done.status === 0;
}

function check(title, command, args) {
  if (step(title, command, args)) passed += 1;
  else failed += 1;
}

function suite(name) {
  const report = path.join(scratch, `${name}.json`);
  const ok = step(`tests: ${name}`, bin('vitest'), [
    'run',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  try {
    const read = JSON.parse(readFileSync(report, 'utf8'));
    passed += read.numPassedTests;
    failed += read.numFailedTests;
    if (!ok && read.numFailedTests === 0) failed += 1;
  } catch {
    failed += 1;
  }
}

check('types', bin('tsc'), ['--noEmit', '-p', '.']);
check('types of the desk', bin('tsc'), ['--noEmit', '-p', 'src/doors/desk/app']);
check('format and lint', bin('biome'), ['check', '--error-on-warnings', '.']);
check('floors', bin('depcruise'), [
  '--config',
  '.dependency-cruiser.mjs',
  '--output-type',
  'err',
  'src',
]);
check('dead code', bin('knip'), ['--no-progress']);
check('tidy', process.execPath, ['scripts/tidy.mjs']);
check('licences', process.execPath, ['scripts/licences.mjs']);
check('generated pages', process.execPath, ['scripts/docs.mjs', '--check']);
suite('unit');
suite('city');
suite('browser');
suite('security');
rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
