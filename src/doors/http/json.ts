import type { Context } from 'hono';
import { type Language, MindunError } from '../../kernel/index.ts';
import './errors.ts';

/** Chinese is the original; English for who asks for it first. */
export function apiLanguage(c: Context): Language {
  return /^\s*en\b/i.test(c.req.header('Accept-Language') ?? '') ? 'en' : 'zh';
}

/** @throws MindunError json-wanted */
export async function jsonBody(c: Context): Promise<unknown> {
  const type = c.req.header('Content-Type') ?? '';
  // A form of another site cannot send this type: the session cookie alone moves nothing.
  if (!/^application\/json\b/i.test(type)) throw new MindunError('json-wanted');
  try {
    return await c.req.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw new MindunError('json-wanted');
    throw error;
  }
}
