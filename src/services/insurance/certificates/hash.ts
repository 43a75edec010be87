import { createHash } from 'node:crypto';

/** The check value of a paper: of its code and every field, in an order that storage cannot change. */
export function paperHash(code: string, body: object): string {
  return createHash('sha256').update(code).update(canonical(body)).digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([k, v]) => `${k}:${canonical(v)}`).join(',')}}`;
}
