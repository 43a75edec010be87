import type { Hono } from 'hono';
import { wallNow } from '../../kernel/index.ts';

const dayMs = 24 * 3_600_000;
// The standard advises less than a year; every look shows a day that lies this far ahead.
const validDays = 180;

/** What may stand as a contact: a URI to write to, call, or a page. */
export function isContact(text: string): boolean {
  return /^(mailto:[^\s@<>]+@[^\s@<>]+|https:\/\/[^\s<>]+|tel:\+?[\d-]+)$/.test(text);
}

/**
 * Serves /.well-known/security.txt (RFC 9116): where a fault of security is told. Without a contact the mailbox `security` of the
 * public address stands there.
 * @param address where the public reaches the pages
 */
export function mountContact(app: Hono, address: () => string, contact: string | undefined): void {
  app.get('/.well-known/security.txt', (c) => {
    const place = address();
    const expires = new Date(Math.floor(wallNow() / dayMs + validDays) * dayMs);
    const lines = [
      `Contact: ${contact ?? `mailto:security@${new URL(place).hostname}`}`,
      `Expires: ${expires.toISOString().slice(0, 19)}Z`,
      'Preferred-Languages: zh, en',
      `Canonical: ${place}/.well-known/security.txt`,
    ];
    return c.text(`${lines.join('\n')}\n`);
  });
}
