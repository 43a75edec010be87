import type { Context } from 'hono';

export const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A file to keep, under a name that may be Chinese. */
export function file(c: Context, bytes: Buffer, name: string, type: string): Response {
  c.header('Content-Type', type);
  c.header('Content-Disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`);
  return c.body(new Uint8Array(bytes));
}
