import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { MindunError } from '../../kernel/index.ts';
import './errors.ts';

/**
 * The token of a visitor's forms: an HMAC under his session's own key, or before one under the secret in the cookie of the sign-in form, so
 * that only a page made for this visitor in this city can hold it. It stays while the session's tokens change.
 */
export function formToken(secret: string, city: string): string {
  return createHmac('sha256', secret).update(`mindun form ${city}`).digest('base64url');
}

/** @throws MindunError form-stale when the token is not this visitor's */
export function checkToken(given: unknown, secret: string | undefined, city: string): void {
  if (typeof given !== 'string' || secret === undefined) throw new MindunError('form-stale');
  const right = Buffer.from(formToken(secret, city));
  const there = Buffer.from(given);
  if (right.length !== there.length || !timingSafeEqual(right, there)) {
    throw new MindunError('form-stale');
  }
}

/** Refuses what the browser itself says another site sent. @throws MindunError form-stale */
export function checkSite(c: Context): void {
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new MindunError('form-stale');
  }
}
