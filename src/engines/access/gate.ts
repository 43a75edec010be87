import type { Store } from '../../kernel/database/index.ts';
import { type Actor, type Gate, type LookRow, MindunError } from '../../kernel/index.ts';
import { permits } from './roles.ts';

interface Waiting {
  readonly rows: readonly LookRow[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The gate of the house: rights by grant, and looks recorded durably. The rows of requests that come together go in one
 * commit; each answer leaves after the commit that holds its rows.
 */
export class AccessGate implements Gate {
  readonly #store: Store;
  #waiting: Waiting[] = [];
  #writing = false;

  constructor(store: Store) {
    this.#store = store;
  }

  permit(actor: Actor, definition: { name: string; permission: string; open?: boolean }): void {
    if (definition.open === true) return;
    if (!permits(actor.permissions, definition.permission)) {
      throw new MindunError(actor.accountId === 0 ? 'sign-in-needed' : 'not-permitted', {
        what: definition.name,
      });
    }
  }

  record(looks: readonly LookRow[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ rows: looks, done, failed });
      if (!this.#writing) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#insert(batch.flatMap((w) => w.rows));
        for (const w of batch) w.done();
      } catch (error) {
        for (const w of batch) w.failed(error);
      }
    }
    this.#writing = false;
  }

  async #insert(rows: readonly LookRow[]): Promise<void> {
    await this.#store.transaction({ role: 'system' }, (tx) =>
      tx.execute(
        `insert into look (at, account_id, query, purpose, person_id, employer_id, listed)
         select * from unnest($1::timestamp[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::int[])`,
        [
          rows.map((r) => r.at),
          rows.map((r) => r.accountId),
          rows.map((r) => r.query),
          rows.map((r) => r.purpose),
          rows.map((r) => r.personId ?? null),
          rows.map((r) => r.employerId ?? null),
          rows.map((r) => r.listed ?? null),
        ],
      ),
    );
  }
}

/** The actor of a visitor who is not logged in: sees nothing that has an owner. */
export const nobody: Actor = {
  accountId: 0,
  publicId: '',
  kind: 'person',
  name: '',
  reach: { role: 'person', persons: [] },
  permissions: new Set(),
  subject: null,
};
