#!/usr/bin/env node
import { fileURLToPath } from 'node:url';

// Spelt so that an old Node can read it and say what is wrong.
var version = process.versions.node.split('.').map(Number);
if (version[0] !== 20 || version[1] < 19) {
  console.error(
    '需要 Node 20.19 以上的 20 版，现在是 ' +
      process.versions.node +
      '。 Mindun needs Node 20.19 or later of version 20; this is ' +
      process.versions.node +
      '.',
  );
  process.exit(2);
}
import('tsx/esm/api')
  .then((tsx) => {
    // Found by itself only from the program's own folder; the pages are written in its JSX.
    tsx.register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
    return import('../src/doors/cli/main.ts');
  })
  .then((cli) => cli.main(process.argv.slice(2)))
  .then((status) => {
    process.exitCode = status;
  });
