declare module 'pg-copy-streams' {
  import type { Readable, Writable } from 'node:stream';
  import type { Submittable } from 'pg';

  /** COPY … FROM STDIN as a writable stream. */
  export function from(sql: string): Writable & Submittable;
  /** COPY … TO STDOUT as a readable stream. */
  export function to(sql: string): Readable & Submittable;
}
