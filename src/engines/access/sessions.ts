import { createHash } from 'node:crypto';
import type { Reach, Store, Tx } from '../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  MindunError,
  type Moment,
  momentOfWall,
  publicId,
  secret,
} from '../../kernel/index.ts';
import { type ActorRow, actorColumns, actorOf } from './actor.ts';
import { tell } from './messages/index.ts';
import { Together } from './together.ts';

defineErrors({
  'session-missing': {
    message: { zh: '没有这个登录，或者已经退出', en: 'There is no such session, or it is over' },
    mend: { zh: '请刷新再看。', en: 'Reload and look again.' },
    status: 404,
  },
});

const system: Reach = { role: 'system' };
const minute = 60_000;
const hour = 60 * minute;

interface Limits {
  /** Without any request. */
  readonly idleMs: number;
  /** From the sign-in on, whatever is done. */
  readonly absoluteMs: number;
}

/** A person may sit at a device of others; who works has a day's work. */
export const sessionLimits: Readonly<Record<Actor['kind'], Limits>> = {
  person: { idleMs: 20 * minute, absoluteMs: 4 * hour },
  employer: { idleMs: 30 * minute, absoluteMs: 12 * hour },
  staff: { idleMs: 30 * minute, absoluteMs: 12 * hour },
  auditor: { idleMs: 30 * minute, absoluteMs: 12 * hour },
  operator: { idleMs: 15 * minute, absoluteMs: 8 * hour },
  system: { idleMs: 15 * minute, absoluteMs: 8 * hour },
};

const rotateAfter = '1 hour';
// Requests that were under way with the token before.
const grace = '1 minute';
const proofHolds = '10 minutes';

export type Way = 'password' | 'code' | 'recovery' | 'passkey' | 'activation' | 'provider';

const byPassword: ReadonlySet<Way> = new Set(['password', 'code', 'recovery']);

/** A session that is open: who, what binds its forms, and the token that follows when the presented one had its time. */
export interface OpenSession {
  readonly actor: Actor;
  readonly formKey: string;
  readonly next?: string;
}

/** How tokens, one-time codes and their like are kept: they are random, so that one round of a hash is enough. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Opens a session with the system's eyes. @returns its first token, given once: the store keeps its hash */
export async function openSession(
  tx: Tx,
  account: { readonly id: number; readonly kind: Actor['kind'] },
  how: { readonly way: Way; readonly device: string },
): Promise<string> {
  const { idleMs, absoluteMs } = sessionLimits[account.kind];
  const { before, known } = await tx.one<{ before: boolean; known: boolean }>(
    `select exists (select from session where account_id = $1) as before,
       exists (select from session where account_id = $1 and device = $2) as known`,
    [account.id, how.device],
  );
  if (before && !known) await tell(tx, account.id, 'signed-in', null, { device: how.device });
  const { id } = await tx.one<{ id: number }>(
    `insert into session (public_id, account_id, way, device, form_key, idle, expires)
     values ($1, $2, $3, $4, $5, $6::int * interval '1 ms', clock_timestamp() + $7::int * interval '1 ms') returning id`,
    [publicId(), account.id, how.way, how.device, secret(), idleMs, absoluteMs],
  );
  return issue(tx, id, true);
}

async function issue(tx: Tx, session: number, presented: boolean): Promise<string> {
  const token = secret();
  await tx.execute(
    'insert into session_token (token_hash, session_id, presented) values ($1, $2, $3)',
    [tokenHash(token), session, presented],
  );
  return token;
}

/**
 * Who sits there has proved it anew: the proof counts from now on, under a new token. The former ones are good for requests under way,
 * without the proof.
 */
export async function renewSession(tx: Tx, session: string): Promise<string> {
  const { id } = await tx.one<{ id: number }>(
    'update session set proved = clock_timestamp() where public_id = $1 and ended is null returning id',
    [session],
    'session',
  );
  await replaceAll(tx, id);
  return issue(tx, id, true);
}

async function replaceAll(tx: Tx, session: number, but: Buffer | null = null): Promise<void> {
  await tx.execute(
    `update session_token set replaced = clock_timestamp()
     where session_id = $1 and replaced is null and token_hash is distinct from $2`,
    [session, but],
  );
}

interface SessionRow extends ActorRow {
  readonly session_id: number;
  readonly way: Way;
  readonly session: string;
  readonly form_key: string;
  readonly proven: boolean;
  readonly stale: boolean;
  readonly standing: 'current' | 'first' | 'due' | 'former' | 'replayed';
}

const sessionQuery = `
  select ${actorColumns}, s.id as session_id, s.way, s.public_id as session, s.form_key,
    s.proved > clock_timestamp() - interval '${proofHolds}' and t.replaced is null as proven,
    s.seen < clock_timestamp() - interval '1 minute' as stale,
    case when t.replaced < clock_timestamp() - interval '${grace}' then 'replayed'
      when t.replaced is not null then 'former'
      when not t.presented then 'first'
      when t.made < clock_timestamp() - interval '${rotateAfter}'
        and (t.followed is null or t.followed < clock_timestamp() - interval '${grace}') then 'due'
      else 'current' end as standing
  from session_token t join session s on s.id = t.session_id join account a on a.id = s.account_id
  where t.token_hash = $1 and s.ended is null and a.ended is null
    and s.expires > clock_timestamp() and s.seen > clock_timestamp() - s.idle`;

/** The session of a token, or null when it is over. */
export async function readSession(store: Store, token: string): Promise<OpenSession | null> {
  return (await readSessionAnd(store, token, async () => undefined))[0];
}

/**
 * The session of a token (null without one or when it is over), and what else the visit reads with the system's eyes in the same
 * round trip. Read anew for every request: who signed out elsewhere is out at once. A token that had its time is followed by another;
 * one that was replaced and comes back after all was copied: the session ends, for whoever holds any of its tokens.
 */
export async function readSessionAnd<T>(
  store: Store,
  token: string | undefined,
  more: (tx: Tx) => Promise<T>,
): Promise<[OpenSession | null, T]> {
  const hashed = token === undefined ? undefined : tokenHash(token);
  const [row, also] = await store.read(system, (tx) =>
    Promise.all([
      hashed === undefined ? undefined : tx.maybe<SessionRow>(sessionQuery, [hashed]),
      more(tx),
    ]),
  );
  if (row === undefined || hashed === undefined) return [null, also];
  if (row.standing === 'replayed') {
    await store.write(system, endSql, [[row.session_id]]);
    return [null, also];
  }
  if (row.standing === 'first') await firstPresented(store, row.session_id, hashed);
  const next = row.standing === 'due' ? await follow(store, row.session_id, hashed) : undefined;
  // The last-seen time is kept to the minute: a write for every page would cost more than it tells.
  if (row.stale) await seenIn(store).add([row.session_id]);
  // Who came without a password is not kept up by one that somebody told.
  const told = row.told && byPassword.has(row.way);
  const actor = { ...actorOf({ ...row, told }), session: row.session, steppedUp: row.proven };
  return [{ actor, formKey: row.form_key, ...(next === undefined ? {} : { next }) }, also];
}

const endSql = 'update session set ended = clock_timestamp() where id = any ($1) and ended is null';

/** A token came back for the first time, so its answer arrived: what was before it is former now. */
async function firstPresented(store: Store, session: number, hashed: Buffer): Promise<void> {
  await store.transaction(system, async (tx) => {
    await tx.execute('update session_token set presented = true where token_hash = $1', [hashed]);
    await replaceAll(tx, session, hashed);
  });
}

/** The token that follows; none when another request just got it. One that was given out before and never came back is void. */
async function follow(store: Store, session: number, hashed: Buffer): Promise<string | undefined> {
  return store.transaction(system, async (tx) => {
    const mine = await tx.execute(
      `update session_token set followed = clock_timestamp() where token_hash = $1 and replaced is null
         and (followed is null or followed < clock_timestamp() - interval '${grace}')`,
      [hashed],
    );
    if (mine === 0) return undefined;
    await replaceAll(tx, session, hashed);
    return issue(tx, session, false);
  });
}

const seen = new WeakMap<Store, Together<number>>();

/** Sessions that were seen, written together. One that another process is just writing needs no second time. */
function seenIn(store: Store): Together<number> {
  let there = seen.get(store);
  if (there === undefined) {
    there = new Together((ids) =>
      store.write(
        system,
        `update session set seen = clock_timestamp() where id in (
           select id from session where id = any ($1) for no key update skip locked)`,
        [ids],
      ),
    );
    seen.set(store, there);
  }
  return there;
}

/** Ends a token's session at once. */
export async function signOut(store: Store, token: string): Promise<void> {
  await store.transaction(system, (tx) =>
    tx.execute(
      `update session set ended = clock_timestamp() where ended is null
         and id = (select session_id from session_token where token_hash = $1)`,
      [tokenHash(token)],
    ),
  );
}

/** Ends the sessions of an account, with the system's eyes. @param but public id of the one that stays */
export async function endSessions(tx: Tx, account: number, but?: string): Promise<number> {
  return tx.execute(
    `update session set ended = clock_timestamp()
     where account_id = $1 and ended is null and public_id is distinct from $2`,
    [account, but ?? null],
  );
}

/** Ends one session of an account, with the system's eyes. @throws MindunError session-missing */
export async function endSession(tx: Tx, account: number, session: string): Promise<void> {
  const ended = await tx.execute(
    'update session set ended = clock_timestamp() where account_id = $1 and public_id = $2 and ended is null',
    [account, session],
  );
  if (ended === 0) throw new MindunError('session-missing');
}

/** A session as its owner sees it. Times are the wall's, in Asia/Shanghai. */
export interface SessionView {
  readonly session: string;
  readonly way: Way;
  /** `Windows · Edge`; empty: not known. */
  readonly device: string;
  readonly startedAt: Moment;
  readonly seenAt: Moment;
  readonly current: boolean;
}

/** The open sessions of an account, the latest seen first, with the system's eyes. */
export async function sessionsOf(
  tx: Tx,
  account: number,
  current: string | undefined,
): Promise<SessionView[]> {
  const rows = await tx.rows<
    Omit<SessionView, 'startedAt' | 'seenAt'> & Record<'begun' | 'last', number>
  >(
    `select public_id as session, way, device, public_id is not distinct from $2 as current,
       (extract(epoch from started) * 1000)::bigint as begun, (extract(epoch from seen) * 1000)::bigint as last
     from session where account_id = $1 and ended is null and expires > clock_timestamp()
       and seen > clock_timestamp() - idle order by current desc, seen desc, id desc`,
    [account, current ?? null],
  );
  return rows.map(({ begun, last, ...row }) => ({
    ...row,
    startedAt: momentOfWall(begun),
    seenAt: momentOfWall(last),
  }));
}
