// Installs what a run needs: the locked packages, and for the tests Chromium, a Chinese font and PostgreSQL 15 from Debian.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
if (major !== 20 || minor < 19) {
  console.error(
    `需要 Node 20.19 以上的 20 版，现在是 ${process.versions.node}。 Mindun needs Node 20.19 or later of version 20.`,
  );
  process.exit(1);
}

function run(command, args) {
  return (
    spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
  );
}

function packages() {
  const stamp = `${root}node_modules/.mindun-lock`;
  const hash = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.log('正在安装依赖… Installing the locked packages…');
  if (!run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])) {
    console.error('依赖没有装好，请看上面的原因。 The packages could not be installed: see above.');
    process.exit(1);
  }
  writeFileSync(stamp, hash);
}

const found = (...programs) =>
  programs.some((p) => spawnSync('sh', ['-c', `command -v ${p}`]).status === 0);
const hasFont = () => {
  const listed = spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' });
  return listed.status === 0 && listed.stdout.trim() !== '';
};

function debian() {
  const wanted = [
    ...(found('chromium', 'chromium-browser', 'google-chrome') ? [] : ['chromium']),
    ...(hasFont() ? [] : ['fonts-wqy-zenhei', 'fontconfig']),
    ...(existsSync('/usr/lib/postgresql/15/bin/postgres') ? [] : ['postgresql-15']),
  ];
  if (wanted.length === 0) return;
  const root = process.getuid?.() === 0;
  if (!root || !found('apt-get')) {
    console.log(
      `测试还要 ${wanted.join('、')}，${root ? '这里没有 apt-get' : '只有 root 能装'}：用到它们的测试会说明原因并跳过。` +
        ` The tests want ${wanted.join(', ')}; ${root ? 'there is no apt-get here' : 'only root can install them'}: tests that use them say so and are left out.`,
    );
    return;
  }
  console.log(`正在从 Debian 安装 ${wanted.join(' ')}… Installing from Debian…`);
  process.env.DEBIAN_FRONTEND = 'noninteractive';
  // A cluster of Debian's own is not wanted: the tests make theirs.
  const quiet = ['-y', '-qq', '-o', 'Dpkg::Use-Pty=0', '--no-install-recommends'];
  run('apt-get', ['update', '-qq']);
  for (const name of wanted) {
    if (!run('apt-get', ['install', ...quiet, name])) {
      console.log(
        `没有装上 ${name}。 ${name} could not be installed: tests that use it say so and are left out.`,
      );
    }
  }
}

packages();
if (!run(process.execPath, ['scripts/desk.mjs'])) {
  console.error('工作台没有建好，请看上面的原因。 The desk could not be built: see above.');
  process.exit(1);
}
if (process.argv.includes('--test')) debian();
