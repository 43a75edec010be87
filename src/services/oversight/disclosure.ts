import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { defineQuery, purposes, registered, type Text } from '../../kernel/index.ts';

const text = z.object({ zh: z.string().min(1), en: z.string().min(1) });
const figure = z.object({ value: z.number().int().positive(), cite: text });
const shape = z.strictObject({
  answerDays: figure,
  retentionMonths: figure,
  principles: z.array(
    z.strictObject({
      kind: z.enum(['one', 'list', 'mass', 'hidden', 'emergency', 'refused']),
      title: text,
      text,
      /** Commands and queries that it holds for. */
      names: z.array(z.string()),
    }),
  ),
  /** What is held about a person: the tables that the person may read, in words. */
  holdings: z.record(z.string(), text),
});
export type DisclosurePolicy = z.output<typeof shape>;

let read: DisclosurePolicy | undefined;

/** What is recorded and told, as data (law/cn/disclosure.yaml). @throws ZodError when the file is not of its shape */
export function disclosurePolicy(): DisclosurePolicy {
  read ??= shape.parse(
    parse(readFileSync(new URL('../../../law/cn/disclosure.yaml', import.meta.url), 'utf8')),
  );
  return read;
}

/** How often persons' data were looked at for a purpose. */
export interface PurposeCount {
  readonly purpose: string;
  readonly title: Text;
  readonly looks: number;
}

export interface DisclosureView {
  readonly policy: Omit<DisclosurePolicy, 'holdings' | 'principles'> & {
    readonly principles: readonly {
      readonly kind: string;
      readonly title: Text;
      readonly text: Text;
      readonly what: readonly Text[];
    }[];
  };
  /** Looks at persons in the last twelve months of business time, by purpose. */
  readonly counts: readonly PurposeCount[];
  /** Looks that are not listed because their investigation is not closed. */
  readonly hidden: number;
  /** Tries that were refused in the last twelve months. */
  readonly refused: number;
}

const countsSql = `select l.purpose, count(*)::int as looks from look l
  where l.refused is null and (l.listed is null or l.listed > 0) and l.at > $1::timestamp - interval '1 year' group by 1 order by 2 desc`;
const sumsSql = `select count(*) filter (where l.refused is null and m.kind = 'investigation'
      and not exists (select from matter_end e where e.matter = m.id))::int as hidden,
    count(*) filter (where l.refused is not null and l.at > $1::timestamp - interval '1 year')::int as refused
  from look l left join matter m on m.id = l.matter where l.matter is not null or l.refused is not null`;

/** The policy of what is recorded and told, for everybody, with how it was kept: counted by a role that sees no account and no person. */
export const disclosure = defineQuery({
  name: 'access.disclosure',
  title: { zh: '查看资料的规矩和数目', en: 'Principles and figures of looks' },
  open: true,
  input: z.object({}),
  async run(context): Promise<DisclosureView> {
    const { holdings: _, principles, ...figures } = disclosurePolicy();
    const [counts, sums] = await context.tx.as('statistics', () =>
      Promise.all([
        context.tx.rows<{ purpose: keyof typeof purposes; looks: number }>(countsSql, [context.at]),
        context.tx.one<{ hidden: number; refused: number }>(sumsSql, [context.at]),
      ]),
    );
    return {
      policy: {
        ...figures,
        principles: principles.map(({ names, ...rest }) => ({
          ...rest,
          what: names.map((n) => registered().get(n)?.title ?? { zh: n, en: n }),
        })),
      },
      counts: counts.map((c) => ({ ...c, title: purposes[c.purpose] })),
      ...sums,
    };
  },
});
