import type { Reach, Store, Tx } from '../../kernel/database/index.ts';
import {
  type Actor,
  defineErrors,
  MindunError,
  type PlainDate,
  publicId,
  secret,
} from '../../kernel/index.ts';
import { endAccount } from './manage.ts';
import { partPermissions, permits, roles } from './roles.ts';
import { tokenHash } from './sessions.ts';
import { countFrom } from './throttle.ts';
import { Together } from './together.ts';

defineErrors({
  'key-refused': {
    message: {
      zh: '接口密钥不对，或者已到期、已停用',
      en: 'The API key is wrong, has run out or was ended',
    },
    mend: {
      zh: '请单位负责人在“接口密钥”页核对或更换。',
      en: 'The employer’s principal checks or rotates it on the page of API keys.',
    },
    status: 401,
  },
  'not-for-keys': {
    message: {
      zh: '这件事要本人确认，不能用接口密钥办：{what}',
      en: 'This takes a person who proves himself, not an API key: {what}',
    },
    mend: { zh: '请登录后办。', en: 'Sign in and do it there.' },
    status: 403,
  },
});

const system: Reach = { role: 'system' };
const mark = 'mk_';
const prefixLength = mark.length + 6;
// Time enough to bring the new one to every machine that has the former.
const overlap = '7 days';

/** A key as it is given out, once. */
export interface NewKey {
  readonly key: string;
  readonly prefix: string;
}

function newSecret(): NewKey {
  const key = `${mark}${secret()}`;
  return { key, prefix: key.slice(0, prefixLength) };
}

/** Makes a key with its account, with the system's eyes. @returns the key, given once, and the public ids of both */
export async function insertKey(
  tx: Tx,
  of: {
    readonly name: string;
    readonly employerId: number;
    readonly createdBy: number;
    readonly parts: readonly string[];
    readonly until: PlainDate;
    readonly at: string;
    readonly act: number;
  },
): Promise<NewKey & { publicId: string; account: string }> {
  const made = newSecret();
  const [id, account] = [publicId(), publicId()];
  const row = await tx.one<{ id: number }>(
    `insert into account (public_id, kind, login, name, employer_id, act) values ($1, 'employer', lower('key:' || $2), $3, $4, $5) returning id`,
    [account, id, of.name, of.employerId, of.act],
  );
  await tx.execute(
    `insert into api_key (public_id, account_id, employer_id, created_by, parts, prefix, key_hash, until, made, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      id,
      row.id,
      of.employerId,
      of.createdBy,
      of.parts,
      made.prefix,
      tokenHash(made.key),
      of.until,
      of.at,
      of.act,
    ],
  );
  return { ...made, publicId: id, account };
}

/** Gives a key a new secret; the former one works for a week more, and one before that no longer. @returns the new one, given once */
export async function rotateKey(tx: Tx, key: number, until: PlainDate | null): Promise<NewKey> {
  const made = newSecret();
  await tx.execute(
    `update api_key set former_hash = key_hash, former_until = clock_timestamp() + interval '${overlap}',
       key_hash = $2, prefix = $3, until = coalesce($4, until) where id = $1`,
    [key, tokenHash(made.key), made.prefix, until],
  );
  return made;
}

/** Ends a key with its account: both secrets stop at once. */
export async function endKey(tx: Tx, key: { id: number; accountId: number }): Promise<void> {
  await tx.execute('update api_key set ended = clock_timestamp() where id = $1', [key.id]);
  await endAccount(tx, key.accountId);
}

interface KeyRow {
  readonly id: number;
  readonly account_id: number;
  readonly public_id: string;
  readonly name: string;
  readonly employer_id: number;
  readonly subject: string;
  readonly parts: string[];
  readonly creator: string[];
  readonly stale: boolean;
}

const keySql = `select k.id, a.id as account_id, a.public_id, a.name, k.employer_id, e.public_id as subject, k.parts,
    coalesce((select json_agg(g.role) from access_grant g where g.account_id = k.created_by and g.valid @> d.today), '[]') as creator,
    k.used is null or k.used < clock_timestamp() - interval '1 minute' as stale
  from api_key k join account a on a.id = k.account_id join account c on c.id = k.created_by join employer e on e.id = k.employer_id
    cross join (select coalesce((select clock::date from city), (now() at time zone 'Asia/Shanghai')::date) as today) d
  where (k.key_hash = $1 or k.former_hash = $1 and k.former_until > clock_timestamp())
    and k.ended is null and a.ended is null and c.ended is null and k.until >= d.today`;

/**
 * Who asks by a key, and what else is read with the system's eyes in the same round trip. Wrong keys are counted for the network address,
 * apart from wrong passwords: software with a key that ran out locks nobody's sign-in.
 * @throws MindunError key-refused, address-throttled
 */
export async function readKey<T>(
  store: Store,
  key: string,
  address: string,
  more: (tx: Tx) => Promise<T>,
): Promise<[Actor, T]> {
  const [row, also] = await store.read(system, (tx) =>
    Promise.all([tx.maybe<KeyRow>(keySql, [tokenHash(key)]), more(tx)]),
  );
  if (row === undefined) {
    await countFrom(store, `key ${address}`);
    throw new MindunError('key-refused');
  }
  if (row.stale) await usedIn(store).add([row.id]);
  const creator = new Set(row.creator.flatMap((role) => roles[role]?.permissions ?? []));
  const actor: Actor = {
    accountId: row.account_id,
    publicId: row.public_id,
    kind: 'employer',
    name: row.name,
    reach: { role: 'employer', employer: row.employer_id },
    permissions: new Set(partPermissions(row.parts).filter((p) => permits(creator, p))),
    subject: row.subject,
    byKey: true,
  };
  return [actor, also];
}

const used = new WeakMap<Store, Together<number>>();

/** Last uses, kept to the minute and written together, as sessions that were seen. */
function usedIn(store: Store): Together<number> {
  let there = used.get(store);
  if (there === undefined) {
    there = new Together((ids) =>
      store.write(
        system,
        `update api_key set used = clock_timestamp() where id in (
           select id from api_key where id = any ($1) for no key update skip locked)`,
        [ids],
      ),
    );
    used.set(store, there);
  }
  return there;
}
