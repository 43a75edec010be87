import { createHash } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Reach, Store, Tx } from '../../kernel/database/index.ts';
import {
  type Actor,
  type Conflicts,
  defineErrors,
  MindunError,
  type PlainDate,
  publicId,
  secret,
  wallNow,
} from '../../kernel/index.ts';
import { roles } from './roles.ts';
import { clockTime, countFrom, takeBack } from './throttle.ts';
import { Together } from './together.ts';

defineErrors({
  'sign-in-refused': {
    message: { zh: '账号或密码不对', en: 'The account or the password is wrong' },
    mend: {
      zh: '请核对后再试；忘了密码请到任何一个窗口重置。',
      en: 'Check both; a forgotten password is reset at any window.',
    },
    status: 401,
  },
  'account-locked': {
    message: {
      zh: '试错太多次，账号锁到 {until}',
      en: 'Too many wrong tries: locked until {until}',
    },
    mend: {
      zh: '到时再试，或到窗口解锁。',
      en: 'Try again then, or have it unlocked at a window.',
    },
    status: 429,
  },
  'account-exists': {
    message: { zh: '这个登录名已经有账号', en: 'There is an account with this log-in already' },
    mend: { zh: '请用已有的账号。', en: 'Use the existing account.' },
    status: 409,
  },
  'demo-in-live-city': {
    message: { zh: '正式城市不能有演示账号', en: 'A live city cannot have demo accounts' },
    mend: { zh: '请建正式账号。', en: 'Create an ordinary account.' },
    status: 400,
  },
});

const triesBeforeLock = 5;
const lockMs = 15 * 60_000;
const idleMs = 30 * 60_000;
const absoluteMs = 12 * 3_600_000;
const system: Reach = { role: 'system' };
// argon2id at the strength that the library's authors and OWASP give (19 MiB, 2 passes).
export const argon = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface NewAccount {
  readonly kind: Actor['kind'];
  readonly login: string;
  readonly name: string;
  readonly password: string | null;
  readonly personId?: number;
  readonly employerId?: number;
  readonly demo?: boolean;
  readonly role: string;
  readonly areaLo: number;
  readonly areaHi: number;
  readonly reason: string;
}

/**
 * Opens an account with one grant, inside a transaction that has the system's eyes.
 * @param act recorded order of the act that opens it
 * @throws MindunError account-exists, demo-in-live-city
 */
export async function openAccount(
  tx: Tx,
  account: NewAccount,
  act: number,
  on: PlainDate,
): Promise<{ id: number; publicId: string }> {
  if (account.demo === true) {
    const { kind } = await tx.one<{ kind: string }>('select kind from city');
    if (kind !== 'simulated') throw new MindunError('demo-in-live-city');
  }
  const login = account.login.trim().toLowerCase();
  const taken = await tx.maybe('select 1 from account where login = $1 and ended is null', [login]);
  if (taken !== undefined) throw new MindunError('account-exists');
  const id = publicId();
  const passwordHash = account.password === null ? null : await hash(account.password, argon);
  const row = await tx.one<{ id: number }>(
    `insert into account (public_id, kind, login, name, password_hash, person_id, employer_id, demo, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
    [
      id,
      account.kind,
      login,
      account.name,
      passwordHash,
      account.personId ?? null,
      account.employerId ?? null,
      account.demo ?? false,
      act,
    ],
  );
  await tx.execute(
    `insert into access_grant (account_id, role, area_lo, area_hi, valid, reason, act)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [row.id, account.role, account.areaLo, account.areaHi, `[${on},)`, account.reason, act],
  );
  return { id: row.id, publicId: id };
}

/**
 * Gives the account under a citizen number that is a person's no more the one that is, unless there is an account under it already.
 * Runs with the system's eyes.
 */
export async function moveLogin(tx: Tx, from: string, to: string): Promise<void> {
  await tx.execute(
    `update account set login = lower($2) where login = lower($1) and kind = 'person' and ended is null
       and not exists (select from account where login = lower($2) and ended is null)`,
    [from, to],
  );
}

interface AccountRow {
  readonly id: number;
  readonly password_hash: string | null;
}

// Verified when there is no such account, so that the answer takes as long as for one that exists.
let decoy: Promise<string> | undefined;

/**
 * Signs in and opens a session. The token is given once; the store keeps its hash.
 * @param address from which the try comes: wrong ones are counted for it, too
 * @throws MindunError sign-in-refused, account-locked, address-throttled
 */
export async function signIn(
  store: Store,
  login: string,
  password: string,
  address: string,
): Promise<{ token: string; actor: Actor }> {
  await countFrom(store, address);
  const account = await store.transaction(system, (tx) => countTry(tx, login.trim().toLowerCase()));
  decoy ??= hash(secret(), argon);
  const right = await verify(account?.password_hash ?? (await decoy), password);
  if (account === undefined || account.password_hash === null || !right)
    throw new MindunError('sign-in-refused');
  const token = secret();
  await store.transaction(system, async (tx) => {
    await takeBack(tx, address);
    await tx.execute('update account set failures = 0, locked_until = null where id = $1', [
      account.id,
    ]);
    await tx.execute(
      'insert into session (token_hash, account_id, expires) values ($1, $2, to_timestamp($3))',
      [tokenHash(token), account.id, (wallNow() + absoluteMs) / 1000],
    );
  });
  const actor = await readSession(store, token);
  if (actor === null) throw new MindunError('sign-in-refused');
  return { token, actor };
}

/**
 * The account, with this try counted before its password is looked at: tries that come together cannot all pass as the first. The right
 * password takes the count back.
 * @throws MindunError account-locked
 */
async function countTry(tx: Tx, login: string): Promise<AccountRow | undefined> {
  const account = await tx.maybe<AccountRow>(
    `update account set failures = failures + 1,
       locked_until = case when (failures + 1) % $2 = 0 then clock_timestamp() + $3::int * interval '1 ms' end
     where login = $1 and ended is null and (locked_until is null or locked_until <= clock_timestamp())
     returning id, password_hash`,
    [login, triesBeforeLock, lockMs],
  );
  if (account !== undefined) return account;
  const locked = await tx.maybe<{ until: number }>(
    `select (extract(epoch from locked_until) * 1000)::bigint as until from account
     where login = $1 and ended is null and locked_until > clock_timestamp()`,
    [login],
  );
  if (locked === undefined) return undefined;
  throw new MindunError('account-locked', { until: clockTime(locked.until) });
}

function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A person or an employer that an account has nothing to do with. */
interface Entangled {
  readonly id: number;
  readonly publicId: string;
}

interface SessionRow {
  account_id: number;
  public_id: string;
  kind: Actor['kind'];
  name: string;
  employer_id: number | null;
  persons: number[] | null;
  subject: string | null;
  grants: { role: string; lo: number; hi: number }[] | null;
  conflicts: { persons: Entangled[] | null; employers: Entangled[] | null } | null;
  stale: boolean;
}

const sessionQuery = `
  select s.account_id, a.public_id, a.kind, a.name, a.employer_id,
    case when a.person_id is not null then person_files(person_kept(a.person_id)) end as persons,
    coalesce((select public_id from person where id = case when a.person_id is not null then person_kept(a.person_id) end),
      (select public_id from employer where id = a.employer_id)) as subject,
    (select json_agg(json_build_object('role', g.role, 'lo', g.area_lo, 'hi', g.area_hi))
       from access_grant g where g.account_id = a.id
       and g.valid @> coalesce((select clock::date from city), (now() at time zone 'Asia/Shanghai')::date)) as grants,
    case when a.kind in ('staff', 'auditor') and (a.person_id is not null or exists (select from relative r where r.account_id = a.id))
      then conflicts_of(a.id) end as conflicts,
    s.seen < clock_timestamp() - interval '1 minute' as stale
  from session s join account a on a.id = s.account_id
  where s.token_hash = $1 and s.ended is null and a.ended is null
    and s.expires > clock_timestamp() and s.seen > clock_timestamp() - $2::interval`;

/** The actor behind a session's token, or null when it is over. */
export async function readSession(store: Store, token: string): Promise<Actor | null> {
  return (await readSessionAnd(store, token, async () => undefined))[0];
}

/**
 * The actor behind a session's token (null without one or when it is over), and what else the visit reads with the
 * system's eyes in the same round trip. Read anew for every request: who signed out elsewhere is out at once.
 */
export async function readSessionAnd<T>(
  store: Store,
  token: string | undefined,
  more: (tx: Tx) => Promise<T>,
): Promise<[Actor | null, T]> {
  const hashed = token === undefined ? undefined : tokenHash(token);
  const [row, also] = await store.read(system, (tx) =>
    Promise.all([
      hashed === undefined
        ? undefined
        : tx.maybe<SessionRow>(sessionQuery, [hashed, `${idleMs} milliseconds`]),
      more(tx),
    ]),
  );
  if (row === undefined || hashed === undefined) return [null, also];
  // The last-seen time is kept to the minute: a write for every page would cost more than it tells.
  if (row.stale) await seenIn(store).add([hashed]);
  return [actorOf(row), also];
}

const seen = new WeakMap<Store, Together<Buffer>>();

/** Sessions that were seen, written together. One that another process is just writing needs no second time. */
function seenIn(store: Store): Together<Buffer> {
  let there = seen.get(store);
  if (there === undefined) {
    there = new Together((hashes) =>
      store.write(
        system,
        `update session set seen = clock_timestamp() where token_hash in (
           select token_hash from session where token_hash = any ($1) for no key update skip locked)`,
        [hashes],
      ),
    );
    seen.set(store, there);
  }
  return there;
}

/** Ends a session at once. */
export async function signOut(store: Store, token: string): Promise<void> {
  await store.transaction(system, (tx) =>
    tx.execute(
      'update session set ended = clock_timestamp() where token_hash = $1 and ended is null',
      [tokenHash(token)],
    ),
  );
}

/** The actor of an account without a session: the local operator and the simulation's own accounts. */
export async function actorByLogin(store: Store, login: string): Promise<Actor> {
  return store.transaction(system, async (tx) => {
    const row = await tx.one<SessionRow>(
      sessionQuery
        .replace('from session s join account a on a.id = s.account_id', 'from account a')
        .replace('s.account_id', 'a.id as account_id')
        .replace("s.seen < clock_timestamp() - interval '1 minute'", 'false')
        .replace(/where s\.token_hash[\s\S]*/, 'where a.login = $1 and a.ended is null'),
      [login.trim().toLowerCase()],
      `account ${login}`,
    );
    return actorOf(row);
  });
}

function actorOf(row: SessionRow): Actor {
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
    ...(row.conflicts === null ? {} : { conflicts: conflictsOf(row.conflicts) }),
  };
}

function conflictsOf(of: NonNullable<SessionRow['conflicts']>): Conflicts {
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

function grantOf(g: {
  role: string;
  lo: number;
  hi: number;
}): NonNullable<Actor['grants']>[number] {
  return {
    role: g.role,
    permissions: new Set(roles[g.role]?.permissions ?? []),
    reach: { role: 'staff', areaLo: g.lo, areaHi: g.hi },
  };
}

function reachOf(row: SessionRow, grants: readonly { lo: number; hi: number }[]): Reach {
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
