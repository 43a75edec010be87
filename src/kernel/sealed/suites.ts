import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** `aes`: AES-256-GCM and HMAC-SHA-256. `sm`: SM4-CTR then HMAC-SM3, for whom the commercial cryptography rules ask for it. */
export type SuiteName = 'aes' | 'sm';

export const suiteNames = ['aes', 'sm'] as const satisfies readonly SuiteName[];

/** Secret bytes that a key of either suite has. */
export const keyBytes = 32;

/** A cipher with authentication, and a keyed digest. Keys have {@link keyBytes} bytes. */
interface Suite {
  readonly code: number;
  readonly nonceBytes: number;
  readonly tagBytes: number;
  seal(key: Buffer, nonce: Buffer, bound: Buffer, plain: Buffer): { body: Buffer; tag: Buffer };
  /** Undefined: it was not sealed so. */
  open(key: Buffer, nonce: Buffer, bound: Buffer, body: Buffer, tag: Buffer): Buffer | undefined;
  digest(key: Buffer, text: string): Buffer;
}

const aes: Suite = {
  code: 1,
  nonceBytes: 12,
  tagBytes: 16,
  seal(key, nonce, bound, plain) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return { body, tag: cipher.getAuthTag() };
  },
  open(key, nonce, bound, body, tag) {
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(bound).setAuthTag(tag);
    try {
      return Buffer.concat([cipher.update(body), cipher.final()]);
    } catch {
      return undefined;
    }
  },
  digest: (key, text) => createHmac('sha256', key).update(text).digest(),
};

interface SmKeys {
  readonly cipher: Buffer;
  readonly mac: Buffer;
}
const smKeys = new WeakMap<Buffer, SmKeys>();

/** One key for the cipher, another for the code, both by HKDF with SM3: neither tells anything of the other. */
function smKeysOf(key: Buffer): SmKeys {
  let keys = smKeys.get(key);
  if (keys === undefined) {
    const derived = (info: string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), `mindun sm ${info}`, bytes));
    keys = { cipher: derived('cipher', 16), mac: derived('mac', 32) };
    smKeys.set(key, keys);
  }
  return keys;
}

/** Code over what is bound, nonce and ciphertext; the length of the first tells where it ends. */
function smTag(mac: Buffer, bound: Buffer, nonce: Buffer, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bound.length);
  return createHmac('sm3', mac).update(length).update(bound).update(nonce).update(body).digest();
}

const sm: Suite = {
  code: 2,
  nonceBytes: 16,
  tagBytes: 32,
  seal(key, nonce, bound, plain) {
    const { cipher, mac } = smKeysOf(key);
    const sm4 = createCipheriv('sm4-ctr', cipher, nonce);
    const body = Buffer.concat([sm4.update(plain), sm4.final()]);
    return { body, tag: smTag(mac, bound, nonce, body) };
  },
  open(key, nonce, bound, body, tag) {
    const { cipher, mac } = smKeysOf(key);
    // The code first: nothing is deciphered that was not written so.
    if (!timingSafeEqual(smTag(mac, bound, nonce, body), tag)) return undefined;
    const sm4 = createDecipheriv('sm4-ctr', cipher, nonce);
    return Buffer.concat([sm4.update(body), sm4.final()]);
  },
  digest: (key, text) => createHmac('sm3', key).update(text).digest(),
};

const suites: Readonly<Record<SuiteName, Suite>> = { aes, sm };

const version = 1;
const headerBytes = 6;
const block = 32;

/** Where the key's number stands in a sealed value, for SQL: `substring(value from 3 for 4)`. */
export const keyIdIn = (column: string): string =>
  `encode(substring(${column} from 3 for 4), 'hex')`;

/** The number of a key as `keyIdIn` has it. */
export function keyIdText(id: number): string {
  return id.toString(16).padStart(8, '0');
}

/** A key with its number and suite. */
export interface CipherKey {
  /** Stands in every value that it sealed: 0 for a master key, which seals data keys only. */
  readonly id: number;
  readonly suite: SuiteName;
  readonly secret: Buffer;
}

/**
 * Seals bytes: version, suite, key number (4), nonce, ciphertext, tag. What the value is of (`bound`) is no part of it, but it opens with the same only.
 * The ciphertext has whole blocks of 32 bytes, so that its length does not tell a diagnosis from another.
 */
export function sealBytes(key: CipherKey, bound: Buffer, plain: Buffer): Buffer {
  const suite = suites[key.suite];
  const header = Buffer.from([version, suite.code, 0, 0, 0, 0]);
  header.writeUInt32BE(key.id, 2);
  const nonce = randomBytes(suite.nonceBytes);
  const padded = Buffer.alloc((Math.floor(plain.length / block) + 1) * block);
  plain.copy(padded);
  padded[plain.length] = 0x80;
  const { body, tag } = suite.seal(key.secret, nonce, Buffer.concat([header, bound]), padded);
  return Buffer.concat([header, nonce, body, tag]);
}

/** The number of the key that sealed a value; undefined: it is no sealed value. */
export function keyIdOf(value: Buffer): number | undefined {
  return value.length >= headerBytes && value[0] === version ? value.readUInt32BE(2) : undefined;
}

/** Opens what `sealBytes` made; undefined: a bit was changed, something is missing, it is of another place or key. */
export function openBytes(key: CipherKey, bound: Buffer, value: Buffer): Buffer | undefined {
  const suite = suites[key.suite];
  const least = headerBytes + suite.nonceBytes + block + suite.tagBytes;
  if (value.length < least || value[1] !== suite.code || keyIdOf(value) !== key.id)
    return undefined;
  const header = value.subarray(0, headerBytes);
  const nonce = value.subarray(headerBytes, headerBytes + suite.nonceBytes);
  const body = value.subarray(headerBytes + suite.nonceBytes, value.length - suite.tagBytes);
  const tag = value.subarray(value.length - suite.tagBytes);
  const padded = suite.open(key.secret, nonce, Buffer.concat([header, bound]), body, tag);
  return padded?.subarray(0, padded.lastIndexOf(0x80));
}

/** A keyed digest of a text by the suite's own function. */
export function keyedDigest(suite: SuiteName, key: Buffer, text: string): Buffer {
  return suites[suite].digest(key, text);
}

/** Whether a text names a suite. */
export function isSuite(text: string): text is SuiteName {
  return (suiteNames as readonly string[]).includes(text);
}
