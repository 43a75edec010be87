import { z } from 'zod';
import { type Connection, withClient } from '../../kernel/database/index.ts';
import { defineCommand, defineQuery, MindunError } from '../../kernel/index.ts';
import {
  giveUpLost,
  isSuite,
  type KeyCount,
  keyCounts,
  renewAll,
  resealSome,
  rewrapAll,
  sealedColumns,
  spendOld,
  type suiteNames,
} from '../../kernel/sealed/index.ts';

export type { KeyCount };

/** Data keys of the city with what stands under each, and where their master keys are to lie. */
export const keysQuery = defineQuery({
  name: 'city.keys',
  title: { zh: '密钥情况', en: 'Keys' },
  input: z.object({}),
  async run(context): Promise<{ file: string; masters: MasterShown[]; keys: KeyCount[] }> {
    const { ring } = context.sealed;
    const masters = ring.read().map(({ id, suite, created, retired }) => ({
      id,
      suite,
      created,
      retired,
    }));
    const keys = await context.elevate(() => keyCounts(context.tx, context.sealed));
    return { file: ring.file, masters, keys };
  },
});

/** A master key without its secret. */
export interface MasterShown {
  readonly id: string;
  readonly suite: string;
  readonly created: string;
  readonly retired: string | null;
}

/** Wraps the city's data keys under the newest master key. @throws MindunError keys-lost */
export const rewrapKeys = defineCommand({
  name: 'city.keys.rewrap',
  title: { zh: '用新的主密钥重新包裹', en: 'Wrap the data keys anew' },
  input: z.object({}),
  async run(context): Promise<{ wrapped: number }> {
    const wrapped = await context.elevate(() => rewrapAll(context.tx, context.sealed));
    return { wrapped };
  },
});

/** Begins a change of the data keys, or goes on with one: what is written from now on has the new ones. @throws MindunError keys-lost */
export const renewKeys = defineCommand({
  name: 'city.keys.renew',
  title: { zh: '换数据密钥', en: 'Begin new data keys' },
  input: z.object({}),
  async run(context): Promise<{ columns: readonly string[] }> {
    const columns = await context.elevate(() => renewAll(context.tx, context.sealed));
    return { columns };
  },
});

/** Seals a batch of a column's values with the key in use. @throws MindunError not-found, keys-lost, sealed-broken */
export const resealValues = defineCommand({
  name: 'city.keys.reseal',
  title: { zh: '用新密钥重新封存', en: 'Seal values anew' },
  input: z.object({
    column: z.string(),
    after: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(20_000).default(2000),
  }),
  async run(context, input): Promise<{ done: number; next: number | null }> {
    const column = sealedColumns().get(input.column);
    if (column === undefined) throw new MindunError('not-found', { what: input.column });
    return context.elevate(() =>
      resealSome(context.tx, context.sealed, column, input.after, input.limit),
    );
  },
});

/** Ends a change of the data keys: those under which nothing stands any more are spent. */
export const spendKeys = defineCommand({
  name: 'city.keys.spend',
  title: { zh: '停用换下的数据密钥', en: 'End old data keys' },
  input: z.object({}),
  async run(context): Promise<{ spent: number }> {
    return { spent: await context.elevate(() => spendOld(context.tx)) };
  },
});

/** Gives up what is sealed under master keys that are lost: new values get new keys, those of before stay unread. */
export const giveUpKeys = defineCommand({
  name: 'city.keys.give-up',
  title: { zh: '放弃密钥已丢失的内容', en: 'Give up what lost keys sealed' },
  input: z.object({ reason: z.string().trim().min(1).max(200) }),
  async run(context): Promise<{ columns: readonly string[] }> {
    const columns = await context.elevate(() => giveUpLost(context.tx, context.sealed));
    return { columns };
  },
});

/** Who changes master keys does so alone on this server, also where a process before was killed. */
export async function changingKeys<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  return withClient(connection, undefined, async (client) => {
    await client.query("select pg_advisory_lock(hashtextextended('mindun master keys', 0))");
    return work();
  });
}

/** @throws MindunError suite-unknown */
export function readSuite(text: string): (typeof suiteNames)[number] {
  if (!isSuite(text)) throw new MindunError('suite-unknown', { suite: text });
  return text;
}
