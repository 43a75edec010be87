import { z } from 'zod';
import {
  accountNames,
  balancesAt,
  type FundId,
  fundNames,
  receivable,
  statutory,
} from '../../../engines/fund/index.ts';
import { employerBy } from '../../../engines/registry/index.ts';
import {
  defineQuery,
  MindunError,
  moment,
  monthOfDate,
  type PlainDate,
  plainDate,
  type QueryContext,
  sumOf,
  type Text,
} from '../../../kernel/index.ts';
import { scopeOf } from './scope.ts';

/** A book's accounts at the end of a day. Amounts in fen. */
export interface BalancesView {
  readonly book: 'statutory' | 'receivable';
  readonly fund: string;
  readonly fundName: Text;
  readonly area: string;
  readonly day: PlainDate;
  /** The last act that counts; null: all that is known now. */
  readonly knownAct: number | null;
  readonly rows: readonly {
    readonly account: string;
    readonly code: string | null;
    readonly name: Text;
    /** Positive on the debit side. */
    readonly balanceFen: number;
  }[];
  readonly debitFen: number;
  readonly creditFen: number;
}

/**
 * Balances of a fund's book at the end of an effective day, as they are known now, or as they were known after an act or at a moment: what
 * was found out later is left out then. Of one employer on request. With the actor's own eyes. Amounts in fen.
 * @throws MindunError input-invalid, unknown-area, not-permitted, unknown-employer, date-impossible
 */
export const balancesQuery = defineQuery({
  name: 'insurance.balances',
  title: { zh: '某日余额', en: 'Balances as of a day' },
  input: z
    .object({
      fund: z.string(),
      day: z.string(),
      area: z.string().optional(),
      book: z.enum(['statutory', 'receivable']).default('statutory'),
      employer: z.string().min(1).optional(),
      knownAct: z.number().int().nonnegative().optional(),
      /** Business time, 2008-03-01T09:00. */
      knownAt: z.string().optional(),
    })
    .refine(
      (i) => i.knownAct === undefined || i.knownAt === undefined,
      'knownAct、knownAt 只能写一个 || give only one of knownAct and knownAt',
    ),
  async run(context, input): Promise<BalancesView> {
    const day = plainDate(input.day);
    const scope = await scopeOf(context, { ...input, month: monthOfDate(day) });
    const book = input.book === 'statutory' ? statutory : receivable;
    const employer = await employerOf(context, input.employer);
    const knownAct = input.knownAct ?? (await actBy(context, input.knownAt));
    const { fund, lo, hi, keptBalances } = scope;
    const found = await balancesAt(context.tx, {
      book,
      fund,
      lo,
      hi,
      day,
      keptBalances,
      knownAct,
      employer,
    });
    const names = await accountNames(context.tx, book, fund, day);
    const rows = found.map(({ account, amount }) => {
      const { code, name } = names.get(account)!;
      return { account: String(account), code, name, balanceFen: amount };
    });
    return {
      book: input.book,
      fund: scope.fundKey,
      fundName: fundNames[fund as FundId],
      area: scope.areaName,
      day,
      knownAct,
      rows,
      debitFen: sumOf(rows, (r) => Math.max(0, r.balanceFen)),
      creditFen: sumOf(rows, (r) => Math.max(0, -r.balanceFen)),
    };
  },
});

async function employerOf(context: QueryContext, key: string | undefined): Promise<number | null> {
  if (key === undefined) return null;
  const { id } = await employerBy(context.tx, key);
  context.looked({ employerId: id });
  return id;
}

/** The last act that was recorded by a moment of business time; 0: none. */
async function actBy(context: QueryContext, at: string | undefined): Promise<number | null> {
  if (at === undefined) return null;
  const by = moment(at);
  if (by > context.at) throw new MindunError('input-invalid', { what: `knownAt: ${at}` });
  return context.elevate(async () => {
    const { act } = await context.tx.one<{ act: number }>(
      'select coalesce(max(id), 0)::bigint as act from act where at <= $1',
      [by],
    );
    return act;
  });
}
