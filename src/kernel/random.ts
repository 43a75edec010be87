import { randomBytes, randomInt } from 'node:crypto';

const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** A random public id for URLs and logs, without look-alike letters: 12 characters, about 59 bits. */
export function publicId(): string {
  return randomText(12);
}

/** Random text over an alphabet that can be read out on the telephone. */
export function randomText(length: number): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += letters[randomInt(letters.length)];
  return text;
}

/** A secret of `bytes` random bytes, as URL-safe text. */
export function secret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}
