import { pinyin } from 'pinyin-pro';

const cache = new Map<string, string>();
const cacheLimit = 200_000;

/**
 * Pinyin initials of a name for search: 欧阳红 → `oyh`. Surnames with two readings take the surname's (解 xiè, 单 shàn);
 * characters without a reading keep themselves.
 */
export function initials(name: string): string {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const letters = pinyin(name, {
    pattern: 'first',
    toneType: 'none',
    type: 'array',
    surname: 'head',
    nonZh: 'consecutive',
  })
    .join('')
    .toLowerCase()
    .replace(/\s/g, '');
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(name, letters);
  return letters;
}
