import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MindunError } from '../errors.ts';
import { configuredSuite, KeyRing, keysPlace } from './ring.ts';
import {
  type CipherKey,
  keyBytes,
  keyedDigest,
  keyIdOf,
  openBytes,
  type SuiteName,
  sealBytes,
  suiteNames,
} from './suites.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof MindunError ? error.code : String(error);
  }
  return 'none';
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const keyOf = (suite: SuiteName, id = 7): CipherKey => ({
  id,
  suite,
  secret: randomBytes(keyBytes),
});
const here = Buffer.from('["receipt","payer_account",1]');

describe('the ciphers of this program', () => {
  it('have SM3 and SM4 as the standards print them', () => {
    // GB/T 32905-2016, annex A.1.
    expect(createHash('sm3').update('abc').digest('hex')).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    );
    // GB/T 32907-2016, annex A.1; one block of CTR is the cipher of its counter.
    const key = hex('0123456789abcdeffedcba9876543210');
    const known = '681edf34d206965e86b3e94f536e4246';
    const block = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
    expect(block.update(key).toString('hex')).toBe(known);
    expect(createCipheriv('sm4-ctr', key, key).update(Buffer.alloc(16)).toString('hex')).toBe(
      known,
    );
  });

  it('have AES-256-GCM as its specification prints it', () => {
    // McGrew and Viega, The Galois/Counter Mode of Operation, test case 16.
    const cipher = createCipheriv(
      'aes-256-gcm',
      hex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
      hex('cafebabefacedbaddecaf888'),
    ).setAAD(hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'));
    const plain = hex(
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    );
    expect(Buffer.concat([cipher.update(plain), cipher.final()]).toString('hex')).toBe(
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
    );
    expect(cipher.getAuthTag().toString('hex')).toBe('76fc6ece0f4e1768cddf8853bb2d551b');
  });
});

describe.each(suiteNames)('a value sealed by %s', (suite) => {
  const key = keyOf(suite);

  it('opens to what it was, whatever it was', () => {
    for (let length = 0; length < 130; length += 1) {
      const plain = randomBytes(length);
      const value = sealBytes(key, here, plain);
      expect(openBytes(key, here, value)).toEqual(plain);
      expect(keyIdOf(value)).toBe(7);
    }
    const words = Buffer.from('6222020200012345678 中国工商银行\u0080', 'utf8');
    expect(openBytes(key, here, sealBytes(key, here, words))).toEqual(words);
  });

  it('opens no more when any bit of it is another', () => {
    const value = sealBytes(key, here, Buffer.from('6222020200012345678'));
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const changed = Buffer.from(value);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(openBytes(key, here, changed), `bit ${bit}`).toBeUndefined();
    }
  });

  it('opens no more when something is missing or added', () => {
    const value = sealBytes(key, here, Buffer.from('6222020200012345678'));
    for (let length = 0; length < value.length; length += 1)
      expect(openBytes(key, here, value.subarray(0, length)), `${length}`).toBeUndefined();
    expect(openBytes(key, here, Buffer.concat([value, Buffer.alloc(1)]))).toBeUndefined();
  });

  it('opens on its own row and column, under its own key, only', () => {
    const value = sealBytes(key, here, Buffer.from('6222020200012345678'));
    for (const there of ['["receipt","payer_account",2]', '["payout_account","number",1]', ''])
      expect(openBytes(key, Buffer.from(there), value)).toBeUndefined();
    expect(openBytes(keyOf(suite), here, value)).toBeUndefined();
    expect(openBytes({ ...key, id: 8 }, here, value)).toBeUndefined();
    const other = suite === 'aes' ? 'sm' : 'aes';
    expect(openBytes({ ...key, suite: other }, here, value)).toBeUndefined();
  });

  it('has a nonce that no other has, and a length that tells nothing', () => {
    const seen = new Set<string>();
    const draws = 20_000;
    for (let i = 0; i < draws; i += 1)
      seen.add(sealBytes(key, here, Buffer.alloc(0)).subarray(6, 18).toString('hex'));
    expect(seen.size).toBe(draws);
    const lengths = ['感冒', '艾滋病', '6222020200012345678'].map(
      (text) => sealBytes(key, here, Buffer.from(text)).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('the SM suite', () => {
  it('seals by SM4-CTR and then HMAC-SM3 with two keys of HKDF-SM3', () => {
    const key = keyOf('sm');
    const plain = Buffer.from('6222020200012345678');
    const value = sealBytes(key, here, plain);
    const derived = (info: string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sm3', key.secret, '', `mindun sm ${info}`, bytes));
    const [header, nonce, body, tag] = [
      value.subarray(0, 6),
      value.subarray(6, 22),
      value.subarray(22, -32),
      value.subarray(-32),
    ];
    const padded = Buffer.concat([plain, Buffer.from([0x80]), Buffer.alloc(12)]);
    const sm4 = createCipheriv('sm4-ctr', derived('cipher', 16), nonce);
    expect(sm4.update(padded).equals(body)).toBe(true);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(header.length + here.length);
    const mac = createHmac('sm3', derived('mac', 32));
    for (const part of [length, header, here, nonce, body]) mac.update(part);
    expect(mac.digest().equals(tag)).toBe(true);
  });

  it('makes its index by HMAC-SM3, the other by HMAC-SHA-256', () => {
    const key = randomBytes(32);
    for (const [suite, hash] of [
      ['sm', 'sm3'],
      ['aes', 'sha256'],
    ] as const)
      expect(keyedDigest(suite, key, '6222')).toEqual(
        createHmac(hash, key).update('6222').digest(),
      );
  });
});

describe('the file of master keys', () => {
  let folder: string;
  let file: string;
  const before = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'mindun-ring-'));
    file = path.join(folder, 'keys', 'ring.json');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const name of ['MINDUN_KEYS', 'MINDUN_SUITE']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it('is made once, for its owner alone', () => {
    const rings = [new KeyRing(file), new KeyRing(file), new KeyRing(file)];
    expect(rings[0]!.read()).toEqual([]);
    const ids = rings.map((r) => r.begin().map((m) => m.id));
    expect(new Set(ids.flat()).size).toBe(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual(['ring.json']);
  });

  it('keeps old keys beside the new one, and finds what another process added', () => {
    const [ring, other] = [new KeyRing(file), new KeyRing(file)];
    const [first] = ring.begin();
    other.read();
    const second = ring.add('sm');
    expect(other.find(second.id)?.key.secret).toEqual(second.key.secret);
    ring.retireOld();
    expect(ring.read().map((m) => [m.id, m.suite, m.retired !== null])).toEqual([
      [first!.id, 'aes', true],
      [second.id, 'sm', false],
    ]);
    expect(ring.find('NOSUCH')).toBeUndefined();
  });

  it('is refused while others can read it or put another in its place', () => {
    const ring = new KeyRing(file);
    ring.begin();
    chmodSync(file, 0o640);
    expect(codeOf(() => ring.read())).toBe('keys-open-to-others');
    chmodSync(file, 0o600);
    chmodSync(path.dirname(file), 0o770);
    expect(codeOf(() => ring.read())).toBe('keys-open-to-others');
    chmodSync(path.dirname(file), 0o700);
    expect(codeOf(() => ring.read())).toBe('none');
  });

  it('is refused when it was damaged, and never written over', () => {
    const ring = new KeyRing(file);
    ring.begin();
    const text = readFileSync(file, 'utf8');
    const damaged = [text.slice(0, -20), '', '{}', text.replace(/"secret": "./, '"secret": "/')];
    for (const content of damaged.filter((d) => d !== text)) {
      writeFileSync(file, content);
      expect(
        codeOf(() => ring.read()),
        content,
      ).toBe('keys-damaged');
      expect(codeOf(() => ring.begin())).toBe('keys-damaged');
      expect(codeOf(() => ring.add('aes'))).toBe('keys-damaged');
      expect(readFileSync(file, 'utf8')).toBe(content);
    }
  });

  it('lies beside the data folder, or where it is told, never inside', () => {
    const data = path.join(folder, 'data');
    mkdirSync(data);
    expect(keysPlace(data)).toBe(path.join(folder, 'data-keys', 'ring.json'));
    process.env['MINDUN_KEYS'] = path.join(folder, 'elsewhere', 'k.json');
    expect(keysPlace(data)).toBe(path.join(folder, 'elsewhere', 'k.json'));
    process.env['MINDUN_KEYS'] = path.join(data, 'sub', 'k.json');
    expect(codeOf(() => keysPlace(data))).toBe('keys-in-data');
    expect(existsSync(path.join(data, 'sub'))).toBe(false);
  });

  it('has keys of the configured suite', () => {
    expect(configuredSuite()).toBe('aes');
    process.env['MINDUN_SUITE'] = 'sm';
    expect(new KeyRing(file).begin()[0]!.suite).toBe('sm');
    process.env['MINDUN_SUITE'] = 'des';
    expect(codeOf(configuredSuite)).toBe('suite-unknown');
  });

  it('says where it cannot be written', () => {
    writeFileSync(path.join(folder, 'plain'), '');
    const ring = new KeyRing(path.join(folder, 'plain', 'ring.json'));
    expect(codeOf(() => ring.begin())).toBe('keys-not-writable');
  });
});
