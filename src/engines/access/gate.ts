import type { Store } from '../../kernel/database/index.ts';
import { type Actor, type Gate, type LookRow, MindunError } from '../../kernel/index.ts';
import { permits } from './roles.ts';
import { Together } from './together.ts';

const lookSql = `insert into look (at, account_id, query, purpose, person_id, employer_id, listed)
  select * from unnest($1::timestamp[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::int[])`;

/**
 * The gate of the house: rights by grant, and looks recorded durably. The rows of requests that come together go in one
 * commit; each answer leaves after the commit that holds its rows.
 */
export class AccessGate implements Gate {
  readonly #looks: Together<LookRow>;

  constructor(store: Store) {
    this.#looks = new Together((rows) =>
      store.write({ role: 'system' }, lookSql, [
        rows.map((r) => r.at),
        rows.map((r) => r.accountId),
        rows.map((r) => r.query),
        rows.map((r) => r.purpose),
        rows.map((r) => r.personId ?? null),
        rows.map((r) => r.employerId ?? null),
        rows.map((r) => r.listed ?? null),
      ]),
    );
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
    return this.#looks.add(looks);
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
