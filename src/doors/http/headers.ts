import type { Context, MiddlewareHandler } from 'hono';

const policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Of pages that load a script of ours, which asks this house's interface. */
export const scriptPolicy = `${policy}; script-src 'self'; connect-src 'self'`;

/** What stands on every answer, also on those that no route gave. */
export const always: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Whether the visitor speaks TLS: to this server, or to a proxy that is trusted. */
export function behindTls(c: Context): boolean {
  return c.get('origin').tls;
}

/**
 * The security headers of every answer, refusals too: set before the route runs. Pages hold personal data, so no cache
 * keeps them unless a route says otherwise.
 */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  for (const [name, value] of Object.entries(always)) c.header(name, value);
  c.header('Cache-Control', 'no-store');
  if (behindTls(c)) c.header('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  await next();
};
