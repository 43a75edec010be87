import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { MindunError } from '../../kernel/index.ts';
import './errors.ts';

/** A certificate (with the chain above it) and its private key, in PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Reads a certificate and its key, and looks whether they belong together before anything is served with them.
 * @throws MindunError tls-file-unreadable, tls-file-wrong, tls-pair-mismatched
 */
export function readTlsPair(certFile: string, keyFile: string): TlsPair {
  const cert = read(certFile);
  const key = read(keyFile);
  if (!certificateIn(cert, certFile).checkPrivateKey(keyIn(key, keyFile)))
    throw new MindunError('tls-pair-mismatched', { cert: certFile, key: keyFile });
  return { cert, key };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = String((error as NodeJS.ErrnoException).code ?? '');
    throw new MindunError('tls-file-unreadable', { file, reason });
  }
}

function certificateIn(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new MindunError('tls-file-wrong', {
      file,
      what: { zh: '证书', en: 'a certificate' },
    });
  }
}

function keyIn(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    // A key under a pass phrase is none that a program can start with by itself.
    throw new MindunError('tls-file-wrong', {
      file,
      what: { zh: '没有口令的私钥', en: 'a private key without a pass phrase' },
    });
  }
}
