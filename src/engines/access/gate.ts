import type { Reach, Store, Tx } from '../../kernel/database/index.ts';
import {
  type Actor,
  type Caller,
  defineErrors,
  type Gate,
  type Gated,
  type LookRow,
  MindunError,
  mattersNeeded,
  type Purpose,
  purposes,
  purposesOf,
  readPurpose,
  type Standing,
} from '../../kernel/index.ts';
import './errors.ts';
import { matterOf } from './matters.ts';
import { proxyFor } from './proxies.ts';
import { permits } from './roles.ts';
import { Together } from './together.ts';

defineErrors({
  'matter-missing': {
    message: {
      zh: '用途是“{purpose}”时，要说明是哪一件事',
      en: 'The purpose “{purpose}” needs the matter that it belongs to',
    },
    mend: {
      zh: '请先登记在办事项，再带上它的编号（Mindun-Matter）；窗口上办的事，用途选“窗口办理”。',
      en: 'Open the matter first and name it (Mindun-Matter); what is done at a counter is a counter visit.',
    },
    status: 400,
  },
});

const lookSql = `insert into look (at, account_id, role, area, query, purpose, matter, person_id, employer_id, persons, listed, refused)
  select at, account_id, role, area, query, purpose, matter, person_id, employer_id, persons::bigint[], listed, refused
  from unnest($1::timestamp[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
    $10::text[], $11::int[], $12::text[])
    as l (at, account_id, role, area, query, purpose, matter, person_id, employer_id, persons, listed, refused)`;

/** The range of the whole city. */
export interface CityRange {
  readonly areaLo: number;
  readonly areaHi: number;
}

/** What an actor's right to one thing is: the role that gives it and how far it reaches. */
interface Right {
  readonly role: string | null;
  readonly reach: Reach;
}

/**
 * The gate of the house: rights by grant, purposes with their matters, and looks recorded durably. The rows of requests that come
 * together go in one commit; each answer leaves after the commit that holds its rows.
 */
export class AccessGate implements Gate {
  readonly #looks: Together<LookRow>;
  readonly #store: Store;
  readonly #city: CityRange;

  constructor(store: Store, city: CityRange) {
    this.#store = store;
    this.#city = city;
    this.#looks = new Together((rows) =>
      store.write({ role: 'system' }, lookSql, lookValues(rows)),
    );
  }

  async permit(caller: Caller, definition: Gated): Promise<{ reach: Reach; standing: Standing }> {
    const { actor } = caller;
    const purpose = assertPurposeOf(caller, definition);
    if (definition.open === true)
      return { reach: actor.reach, standing: { role: null, area: null, matter: null } };
    const { role, reach } = rightTo(actor, definition);
    if (caller.actsFor !== undefined && actor.kind === 'person')
      return this.#asProxy(actor, caller.actsFor, definition);
    if (definition.wholeCity === true) this.#assertWhole(reach, definition);
    const area = reach.areaLo ?? null;
    const needed = definition.personal === true && purpose !== '' && mattersNeeded.has(purpose);
    if (caller.matter === undefined) {
      if (needed && needsMatter(actor))
        throw new MindunError('matter-missing', { purpose: purposes[purpose] });
      return { reach, standing: { role, area, matter: null } };
    }
    const matter = await this.#store.read({ role: 'system' }, (tx) =>
      matterOf(tx, caller.matter!, actor.accountId, purpose),
    );
    // Beyond the own area sees who said why it could not wait, as far as the city goes: for persons, and only those of the matter.
    const wide = purpose === 'emergency' && definition.personal === true;
    return {
      reach: wide && reach.role === 'staff' ? { ...reach, ...this.#city } : reach,
      standing: { role, area, matter },
    };
  }

  /** Whoever acts for somebody else sees the other's files and no own ones, for what the proxy names. */
  async #asProxy(
    actor: Actor,
    principal: string,
    definition: Gated,
  ): Promise<{ reach: Reach; standing: Standing }> {
    const persons = await this.#store.read({ role: 'system' }, (tx) =>
      proxyFor(tx, actor.accountId, principal, definition),
    );
    return {
      reach: { role: 'person', persons },
      standing: { role: 'proxy', area: null, matter: null },
    };
  }

  recordIn(tx: Tx, looks: readonly LookRow[]): Promise<void> {
    return tx.as('system', async () => {
      await tx.execute(lookSql, lookValues(looks));
    });
  }

  record(looks: readonly LookRow[]): Promise<void> {
    return this.#looks.add(looks);
  }

  #assertWhole({ role, areaLo, areaHi }: Reach, definition: Gated): void {
    if (role === 'system' || role === 'auditor') return;
    if (
      areaLo === undefined ||
      areaHi === undefined ||
      areaLo > this.#city.areaLo ||
      areaHi < this.#city.areaHi
    )
      throw new MindunError('whole-city-only', { what: definition.title });
  }
}

/** Who works at the machine itself answers for it to the machine; everybody else names the matter. */
function needsMatter(actor: Actor): boolean {
  return actor.kind !== 'operator' && actor.kind !== 'system';
}

/** The stated purpose: of the list, this kind of account's, and there where it is needed. */
function assertPurposeOf(caller: Caller, definition: Gated): Purpose | '' {
  const purpose = readPurpose(caller.purpose);
  if (purpose === '') {
    if (definition.personal === true) {
      // Who may not see it at all is told that first.
      rightTo(caller.actor, definition);
      throw new MindunError('purpose-missing');
    }
    return purpose;
  }
  const own = definition.personal === true ? purposesOf[caller.actor.kind] : undefined;
  if (own !== undefined && !own.includes(purpose)) {
    rightTo(caller.actor, definition);
    throw new MindunError('purpose-of-others', { purpose: purposes[purpose] });
  }
  return purpose;
}

/** @throws MindunError sign-in-needed, not-permitted, not-for-keys, step-up-needed */
function rightTo(actor: Actor, { permission, title, stepUp }: Gated): Right {
  if (actor.passwordTold === true && permission !== 'access.account.change-password')
    throw new MindunError('password-change-needed');
  if (!permits(actor.permissions, permission)) {
    throw new MindunError(actor.accountId === 0 ? 'sign-in-needed' : 'not-permitted', {
      what: title,
    });
  }
  if (stepUp === true && actor.byKey === true)
    throw new MindunError('not-for-keys', { what: title });
  if (stepUp === true && actor.session !== undefined && actor.steppedUp !== true)
    throw new MindunError('step-up-needed', { what: title });
  if (actor.grants === undefined) return { role: null, reach: actor.reach };
  // One contiguous range a transaction: the widest of the grants that give this right.
  return actor.grants
    .filter((g) => permits(g.permissions, permission))
    .reduce((w, g) => (width(g.reach) > width(w.reach) ? g : w));
}

function width(reach: Reach): number {
  return (reach.areaHi ?? 0) - (reach.areaLo ?? 0);
}

function lookValues(rows: readonly LookRow[]): unknown[][] {
  return [
    rows.map((r) => r.at),
    rows.map((r) => r.accountId),
    rows.map((r) => r.role),
    rows.map((r) => r.area),
    rows.map((r) => r.query),
    rows.map((r) => r.purpose),
    rows.map((r) => r.matter),
    rows.map((r) => r.personId ?? null),
    rows.map((r) => r.employerId ?? null),
    rows.map((r) => (r.persons === undefined ? null : `{${r.persons.join(',')}}`)),
    rows.map((r) => r.listed ?? null),
    rows.map((r) => r.refused ?? null),
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
