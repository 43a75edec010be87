import type { Reach, Store } from '../../kernel/database/index.ts';
import type { Actor, ActorGrant, Conflicts } from '../../kernel/index.ts';
import { roles } from './roles.ts';

/** A person or an employer that an account has nothing to do with. */
interface Entangled {
  readonly id: number;
  readonly publicId: string;
}

/** What the store knows of who acts. */
export interface ActorRow {
  readonly account_id: number;
  readonly public_id: string;
  readonly kind: Actor['kind'];
  readonly name: string;
  readonly employer_id: number | null;
  readonly persons: number[] | null;
  readonly subject: string | null;
  readonly told: boolean;
  readonly grants: { role: string; lo: number; hi: number }[] | null;
  readonly conflicts: { persons: Entangled[] | null; employers: Entangled[] | null } | null;
}

/** The columns of an {@link ActorRow}, of the account `a`. */
export const actorColumns = `
  a.id as account_id, a.public_id, a.kind, a.name, a.employer_id, a.password_told as told,
  case when a.person_id is not null then person_files(person_kept(a.person_id)) end as persons,
  coalesce((select public_id from person where id = case when a.person_id is not null then person_kept(a.person_id) end),
    (select public_id from employer where id = a.employer_id)) as subject,
  (select json_agg(json_build_object('role', g.role, 'lo', g.area_lo, 'hi', g.area_hi))
     from access_grant g where g.account_id = a.id
     and g.valid @> coalesce((select clock::date from city), (now() at time zone 'Asia/Shanghai')::date)) as grants,
  case when a.kind in ('staff', 'auditor') and (a.person_id is not null or exists (select from relative r where r.account_id = a.id))
    then conflicts_of(a.id) end as conflicts`;

/** The actor of an account without a session: the local operator and the simulation's own accounts. */
export async function actorByLogin(store: Store, login: string): Promise<Actor> {
  return store.transaction({ role: 'system' }, async (tx) => {
    const row = await tx.one<ActorRow>(
      `select ${actorColumns} from account a where a.login = $1 and a.ended is null`,
      [login.trim().toLowerCase()],
      `account ${login}`,
    );
    return actorOf({ ...row, told: false });
  });
}

export function actorOf(row: ActorRow): Actor {
  const grants = row.grants ?? [];
  const permissions = new Set(grants.flatMap((g) => roles[g.role]?.permissions ?? []));
  return {
    accountId: row.account_id,
    publicId: row.public_id,
    kind: row.kind,
    name: row.name,
    reach: reachOf(row, grants),
    permissions,
    ...(row.kind === 'staff' ? { grants: grants.map(grantOf) } : {}),
    subject: row.subject,
    ...(row.told ? { passwordTold: true } : {}),
    ...(row.conflicts === null ? {} : { conflicts: conflictsOf(row.conflicts) }),
  };
}

function conflictsOf(of: NonNullable<ActorRow['conflicts']>): Conflicts {
  const persons = of.persons ?? [];
  const employers = of.employers ?? [];
  return {
    persons: new Set(persons.map((p) => p.id)),
    employers: new Set(employers.map((e) => e.id)),
    byPublicId: new Map<string, { readonly personId?: number; readonly employerId?: number }>([
      ...persons.map((p) => [p.publicId, { personId: p.id }] as const),
      ...employers.map((e) => [e.publicId, { employerId: e.id }] as const),
    ]),
  };
}

function grantOf(g: { role: string; lo: number; hi: number }): ActorGrant {
  return {
    role: g.role,
    permissions: new Set(roles[g.role]?.permissions ?? []),
    reach: { role: 'staff', areaLo: g.lo, areaHi: g.hi },
  };
}

function reachOf(row: ActorRow, grants: readonly { lo: number; hi: number }[]): Reach {
  if (row.kind === 'person') return { role: 'person', persons: row.persons ?? [] };
  if (row.kind === 'employer') {
    return row.employer_id === null
      ? { role: 'employer' }
      : { role: 'employer', employer: row.employer_id };
  }
  if (row.kind === 'auditor') return { role: 'auditor' };
  if (row.kind === 'system') return { role: 'system' };
  if (grants.length === 0) return { role: 'staff' };
  // What no right is asked for sees the widest of the account's grants; every command and query its own grant's.
  const widest = grants.reduce((w, g) => (g.hi - g.lo > w.hi - w.lo ? g : w));
  return { role: 'staff', areaLo: widest.lo, areaHi: widest.hi };
}
