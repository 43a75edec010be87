import type { Reach, Store, Tx } from '../../kernel/database/index.ts';
import { type Actor, type Gate, type LookRow, MindunError, type Text } from '../../kernel/index.ts';
import './errors.ts';
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
      store.write({ role: 'system' }, lookSql, lookValues(rows)),
    );
  }

  permit(
    actor: Actor,
    definition: { title: Text; permission: string; open?: boolean; stepUp?: boolean },
  ): Reach {
    if (definition.open === true) return actor.reach;
    const { permission } = definition;
    if (actor.passwordTold === true && permission !== 'access.account.change-password')
      throw new MindunError('password-change-needed');
    if (!permits(actor.permissions, permission)) {
      throw new MindunError(actor.accountId === 0 ? 'sign-in-needed' : 'not-permitted', {
        what: definition.title,
      });
    }
    if (definition.stepUp === true && actor.session !== undefined && actor.steppedUp !== true)
      throw new MindunError('step-up-needed', { what: definition.title });
    if (actor.grants === undefined) return actor.reach;
    // One contiguous range a transaction: the widest of the grants that give this right.
    const reaches = actor.grants
      .filter((g) => permits(g.permissions, permission))
      .map((g) => g.reach);
    return reaches.reduce((w, r) => (width(r) > width(w) ? r : w), reaches[0] ?? { role: 'staff' });
  }

  recordIn(tx: Tx, looks: readonly LookRow[]): Promise<void> {
    return tx.as('system', async () => {
      await tx.execute(lookSql, lookValues(looks));
    });
  }

  record(looks: readonly LookRow[]): Promise<void> {
    return this.#looks.add(looks);
  }
}

function width(reach: Reach): number {
  return (reach.areaHi ?? 0) - (reach.areaLo ?? 0);
}

function lookValues(rows: readonly LookRow[]): unknown[][] {
  return [
    rows.map((r) => r.at),
    rows.map((r) => r.accountId),
    rows.map((r) => r.query),
    rows.map((r) => r.purpose),
    rows.map((r) => r.personId ?? null),
    rows.map((r) => r.employerId ?? null),
    rows.map((r) => r.listed ?? null),
  ];
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
