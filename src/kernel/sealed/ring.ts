import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { MindunError } from '../errors.ts';
import { randomText } from '../random.ts';
import { type Moment, momentOfWall, wallNow } from '../time.ts';
import { type CipherKey, isSuite, keyBytes, type SuiteName } from './suites.ts';
import './errors.ts';

/** A key that encrypts keys. It never seals a value itself. */
export interface MasterKey {
  readonly id: string;
  readonly suite: SuiteName;
  readonly created: Moment;
  /** Since when another one is used; kept for backups of the database from before. */
  readonly retired: Moment | null;
  readonly key: CipherKey;
}

const format = 'mindun-keys-1';

interface Stored {
  readonly id: string;
  readonly suite: string;
  readonly created: string;
  readonly retired: string | null;
  /** 32 bytes in base64. */
  readonly secret: string;
  /** Beginning of the digest of all the above: tells a damaged file from a wrong key. */
  readonly check: string;
}

/**
 * Where the keys of a data folder lie: the file of MINDUN_KEYS, else `ring.json` in the folder beside it, `<data folder>-keys`.
 * @throws MindunError keys-in-data
 */
export function keysPlace(folder: string): string {
  const data = resolved(folder);
  const given = process.env['MINDUN_KEYS'] ?? '';
  const file = given === '' ? path.join(`${data}-keys`, 'ring.json') : path.resolve(given);
  const place = path.join(resolved(path.dirname(file)), path.basename(file));
  if (place.startsWith(`${data}${path.sep}`))
    throw new MindunError('keys-in-data', { place: file });
  return file;
}

/** The real path of a folder of which the end may not be there yet. */
function resolved(folder: string): string {
  const full = path.resolve(folder);
  if (existsSync(full)) return realpathSync(full);
  const above = path.dirname(full);
  return above === full ? full : path.join(resolved(above), path.basename(full));
}

/** The suite that new master keys have: MINDUN_SUITE (`aes`, `sm`), else AES. @throws MindunError suite-unknown */
export function configuredSuite(): SuiteName {
  const suite = process.env['MINDUN_SUITE'] || 'aes';
  if (!isSuite(suite)) throw new MindunError('suite-unknown', { suite });
  return suite;
}

/** The master keys of a data folder, in a file that is no part of the database or its backup. */
export class KeyRing {
  readonly file: string;
  #masters: readonly MasterKey[] | undefined;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * The keys as the file has them now, oldest first; none: there is no file.
   * @throws MindunError keys-open-to-others, keys-damaged
   */
  read(): readonly MasterKey[] {
    if (!existsSync(this.file)) {
      this.#masters = [];
      return [];
    }
    assertClosed(this.file);
    this.#masters = parsed(readFileSync(this.file, 'utf8'), this.file);
    return this.#masters;
  }

  /** A key by its id; the file is read again for one that was not there the last time. */
  find(id: string): MasterKey | undefined {
    const known = this.#masters?.find((m) => m.id === id);
    return known ?? this.read().find((m) => m.id === id);
  }

  /**
   * Makes the file with its first key, unless another process was quicker: then that one's counts.
   * @throws MindunError keys-not-writable, keys-open-to-others, suite-unknown
   */
  begin(): readonly MasterKey[] {
    const made = this.#prepared([newMaster(configuredSuite())]);
    try {
      linkSync(made, this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw this.#notWritable(error);
    } finally {
      rmSync(made, { force: true });
    }
    this.#settle();
    return this.read();
  }

  /** Adds a key, which is used from now on. One process at a time. @throws MindunError keys-not-writable */
  add(suite: SuiteName): MasterKey {
    const master = newMaster(suite);
    this.#replace([...this.read(), master]);
    return master;
  }

  /** Notes that all keys but the newest are used no more. One process at a time. @throws MindunError keys-not-writable */
  retireOld(): void {
    const masters = this.read();
    const newest = masters.at(-1);
    if (masters.every((m) => m === newest || m.retired !== null)) return;
    const retired = momentOfWall(wallNow());
    this.#replace(masters.map((m) => (m === newest ? m : { ...m, retired: m.retired ?? retired })));
  }

  #replace(masters: readonly MasterKey[]): void {
    const made = this.#prepared(masters);
    try {
      renameSync(made, this.file);
    } catch (error) {
      rmSync(made, { force: true });
      throw this.#notWritable(error);
    }
    this.#settle();
    this.read();
  }

  /** A file beside the real one with the whole content, on disk. */
  #prepared(masters: readonly MasterKey[]): string {
    const folder = path.dirname(this.file);
    const made = `${this.file}.${process.pid}.${randomText(6)}`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const out = openSync(made, 'wx', 0o600);
      writeSync(out, text(masters));
      fsyncSync(out);
      closeSync(out);
      // The mode of a new file is narrowed by the umask, never widened; said again for file systems that forget.
      chmodSync(made, 0o600);
    } catch (error) {
      if (existsSync(made)) rmSync(made);
      throw this.#notWritable(error);
    }
    return made;
  }

  /** The name is on disk, too, before anything is sealed with what it names. */
  #settle(): void {
    if (process.platform === 'win32') return;
    const folder = openSync(path.dirname(this.file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }

  #notWritable(error: unknown): MindunError {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return new MindunError('disk-full');
    return new MindunError('keys-not-writable', { place: this.file });
  }
}

/** @throws MindunError keys-open-to-others */
function assertClosed(file: string): void {
  if (process.platform === 'win32') return;
  const own = process.geteuid?.() ?? 0;
  const folder = path.dirname(file);
  // Others may know that the folder is there (a secret that the system mounts); they may not put a file into it.
  for (const [place, open] of [
    [file, 0o077],
    [folder, 0o022],
  ] as const) {
    const { mode, uid } = statSync(place);
    if ((mode & open) !== 0 || (uid !== own && uid !== 0))
      throw new MindunError('keys-open-to-others', {
        place,
        mode: (mode & 0o777).toString(8).padStart(3, '0'),
      });
  }
}

function newMaster(suite: SuiteName): MasterKey {
  return {
    id: randomText(8),
    suite,
    created: momentOfWall(wallNow()),
    retired: null,
    key: { id: 0, suite, secret: randomBytes(keyBytes) },
  };
}

function text(masters: readonly MasterKey[]): string {
  const keys = masters.map(({ id, suite, created, retired, key }) => {
    const all = { id, suite, created, retired, secret: key.secret.toString('base64') };
    return { ...all, check: checkOf(all) };
  });
  return `${JSON.stringify({ format, keys }, null, 2)}\n`;
}

function checkOf(key: Omit<Stored, 'check'>): string {
  return createHash('sha256')
    .update(JSON.stringify([key.id, key.suite, key.created, key.retired, key.secret]))
    .digest('hex')
    .slice(0, 16);
}

/** @throws MindunError keys-damaged */
function parsed(content: string, place: string): MasterKey[] {
  try {
    const { format: told, keys } = JSON.parse(content) as { format: string; keys: Stored[] };
    if (told !== format || keys.length === 0) throw new Error('not a key file');
    return keys.map((k) => {
      const secret = Buffer.from(k.secret, 'base64');
      if (!isSuite(k.suite) || secret.length !== keyBytes || checkOf(k) !== k.check)
        throw new Error('a key was changed');
      return {
        id: k.id,
        suite: k.suite,
        created: k.created as Moment,
        retired: k.retired as Moment | null,
        key: { id: 0, suite: k.suite, secret },
      };
    });
  } catch {
    throw new MindunError('keys-damaged', { place });
  }
}
