declare module 'pg-copy-streams' {
  import type { Readable, ReadableOptions, Writable } from 'node:stream';
  import type { Submittable } from 'pg';

  /** COPY … FROM STDIN as a writable stream. */
  export function from(sql: string): Writable & Submittable;
  /** COPY … TO STDOUT as a readable stream. */
  export function to(sql: string, options?: ReadableOptions): Readable & Submittable;
}
