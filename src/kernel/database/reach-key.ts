import { createHash } from 'node:crypto';
import { type Connection, withClient } from './connect.ts';
import { roleName } from './names.ts';

/**
 * Signs whose eyes a transaction has. Policies believe role, range and owner only with a mark that no role of the application can
 * make: SQL that found its way into a statement sees nothing when it sets another range. A mark holds on one connection.
 */
export class ReachKey {
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  private constructor(inner: Buffer, outer: Buffer) {
    this.#inner = inner;
    this.#outer = outer;
  }

  /** Reads the city's key as the migrate role, which alone may. */
  static async read(connection: Connection, city: string): Promise<ReachKey> {
    return withClient(connection, city, async (client) => {
      await client.query(`set role ${roleName(city, 'owner')}`);
      const { rows } = await client.query<{ inner_key: Buffer; outer_key: Buffer }>(
        'select inner_key, outer_key from reach_key',
      );
      return new ReachKey(rows[0]!.inner_key, rows[0]!.outer_key);
    });
  }

  /**
   * The mark of a role and of what its policies read, on a connection: a nested MAC (two keys of a block each), as
   * `reach_signed()` in the database makes it again.
   * @param backend process of the server that the connection talks to
   * @param settings role, low and high area, persons, employer
   */
  sign(backend: number, settings: readonly string[]): string {
    const text = [backend, ...settings].join('|');
    const inner = createHash('sha256').update(this.#inner).update(text).digest();
    return createHash('sha256').update(this.#outer).update(inner).digest('hex');
  }
}
