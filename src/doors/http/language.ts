import type { Context } from 'hono';
import type { Language } from '../../kernel/index.ts';

/** Chinese is the original; English for who asks for it first. */
export function apiLanguage(c: Context): Language {
  return /^\s*en\b/i.test(c.req.header('Accept-Language') ?? '') ? 'en' : 'zh';
}
