import { z } from 'zod';
import { endKey, insertKey, rotateKey } from '../../engines/access/index.ts';
import { employerById } from '../../engines/registry/index.ts';
import {
  addDays,
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type Moment,
  momentOfWall,
  type PlainDate,
  plainDate,
} from '../../kernel/index.ts';
import { chosen, ownEmployer, partsInput } from './handlers.ts';

const longestDays = 365;

defineErrors({
  'unknown-key': {
    message: { zh: '本单位没有这个能用的密钥', en: 'Your employer has no such key in use' },
    mend: { zh: '请看密钥清单。', en: 'See the list of keys.' },
    status: 404,
  },
  'key-days': {
    message: {
      zh: '密钥最多用一年：最后一天要在 {today} 到 {last} 之间',
      en: 'A key lasts a year at most: its last day lies between {today} and {last}',
    },
    mend: { zh: '请改最后一天。', en: 'Change the last day.' },
    status: 400,
  },
});

const right = 'access.keys';
const keyId = z.string().trim().min(1).max(60);
const day = z.string().trim().max(20);

/** A key as it is shown, once. */
export interface ToldKey {
  readonly id: string;
  readonly key: string;
  /** Its last day. */
  readonly until: PlainDate;
}

/** @throws MindunError key-days, date-impossible */
function lastDay({ today }: Context, text: string): PlainDate {
  const until = plainDate(text);
  const last = addDays(today, longestDays);
  if (until < today || until > last) throw new MindunError('key-days', { today, last });
  return until;
}

/**
 * Makes a key by which the employer's software asks the interface: for some parts, until a day within a year. The answer has the key; the
 * store its hash. @throws MindunError handler-parts, key-days, date-impossible, not-permitted
 */
export const createKey = defineCommand({
  name: 'access.key.create',
  title: { zh: '开接口密钥', en: 'Create an API key' },
  permission: right,
  stepUp: true,
  secret: true,
  input: z.object({ name: z.string().trim().min(1).max(60), parts: partsInput, until: day }),
  async run(context, input): Promise<ToldKey> {
    const employer = await employerById(context.tx, ownEmployer(context));
    const until = lastDay(context, input.until);
    const parts = chosen(input.parts);
    const made = await context.elevate(() =>
      insertKey(context.tx, {
        name: input.name,
        employerId: employer.id,
        createdBy: context.caller.actor.accountId,
        parts,
        until,
        at: context.at,
        act: context.act,
      }),
    );
    context.subject({ key: made.publicId, account: made.account, employer: employer.publicId });
    return { id: made.publicId, key: made.key, until };
  },
});

interface Found {
  readonly id: number;
  readonly accountId: number;
  readonly until: PlainDate;
}

/** A key of the caller's own employer that was not ended. @throws MindunError unknown-key, not-permitted */
async function keyBy(context: Context, id: string, inUse: boolean): Promise<Found> {
  const employer = ownEmployer(context);
  const found = await context.elevate(() =>
    context.tx.maybe<Found>(
      `select k.id, k.account_id as "accountId", k.until::text as until from api_key k join account c on c.id = k.created_by
       where k.public_id = $1 and k.employer_id = $2 and k.ended is null
         and (not $3 or c.ended is null and k.until >= $4::date)`,
      [id, employer, inUse, context.today],
    ),
  );
  if (found === undefined) throw new MindunError('unknown-key');
  context.subject({ key: id });
  return found;
}

/**
 * Gives a key a new secret, shown once; the former one works for seven days more. A last day, when one is given, replaces the key's.
 * @throws MindunError unknown-key, key-days, date-impossible, not-permitted
 */
export const rotateKeyCommand = defineCommand({
  name: 'access.key.rotate',
  title: { zh: '更换接口密钥', en: 'Rotate an API key' },
  permission: right,
  stepUp: true,
  secret: true,
  input: z.object({ key: keyId, until: day.optional() }),
  async run(context, input): Promise<ToldKey> {
    const found = await keyBy(context, input.key, true);
    const until = input.until === undefined ? null : lastDay(context, input.until);
    const { key } = await context.elevate(() => rotateKey(context.tx, found.id, until));
    return { id: input.key, key, until: until ?? found.until };
  },
});

/** Ends a key at once, with the former one that may still work. @throws MindunError unknown-key, not-permitted */
export const endKeyCommand = defineCommand({
  name: 'access.key.end',
  title: { zh: '停用接口密钥', en: 'End an API key' },
  permission: right,
  input: z.object({ key: keyId }),
  async run(context, input): Promise<{ key: string }> {
    const found = await keyBy(context, input.key, false);
    await context.elevate(() => endKey(context.tx, found));
    return { key: input.key };
  },
});

/** A key as its employer sees it. Moments are the wall's, in Asia/Shanghai; days are business days. */
export interface KeyRow {
  readonly id: string;
  /** Its account, under which the trail has what it did. */
  readonly account: string;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly parts: readonly string[];
  readonly until: PlainDate;
  readonly by: string;
  readonly usedAt: Moment | null;
  /** Until when the secret before the last rotation works; null: no longer. */
  readonly formerUntil: Moment | null;
  /** `void`: the account that made it has ended. */
  readonly state: 'active' | 'over' | 'void' | 'ended';
}

type Stored = Omit<KeyRow, 'usedAt' | 'formerUntil'> & {
  readonly used: number | null;
  readonly former: number | null;
};

/** The employer's keys, those in use first, then the newest. */
export const keys = defineQuery({
  name: 'access.keys',
  title: { zh: '接口密钥', en: 'API keys' },
  input: z.object({}),
  async run(context): Promise<{ rows: readonly KeyRow[] }> {
    const employer = ownEmployer(context);
    const rows = await context.elevate(() =>
      context.tx.rows<Stored>(
        `select k.public_id as id, a.public_id as account, a.name, k.prefix, k.parts, k.until::text as until, c.name as by,
           (extract(epoch from k.used) * 1000)::bigint as used,
           case when k.former_until > clock_timestamp() then (extract(epoch from k.former_until) * 1000)::bigint end as former,
           case when k.ended is not null then 'ended' when c.ended is not null then 'void' when k.until < $2::date then 'over'
             else 'active' end as state
         from api_key k join account a on a.id = k.account_id join account c on c.id = k.created_by
         where k.employer_id = $1 order by k.ended is not null, k.id desc`,
        [employer, context.today],
      ),
    );
    return {
      rows: rows.map(({ used, former, ...row }) => ({
        ...row,
        usedAt: used === null ? null : momentOfWall(used),
        formerUntil: former === null ? null : momentOfWall(former),
      })),
    };
  },
});
