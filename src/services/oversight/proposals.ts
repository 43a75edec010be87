import { z } from 'zod';
import {
  keepStep,
  type ProposalStep,
  permits,
  stepOf,
  waitingProposal,
  within,
} from '../../engines/access/index.ts';
import {
  defineCommand,
  defineQuery,
  MindunError,
  type Moment,
  registered,
  type Text,
} from '../../kernel/index.ts';

/** What a decision came to; `answer` is the command's own when it was carried out. */
export interface Decided {
  readonly proposal: string;
  readonly step: ProposalStep;
  readonly answer: unknown;
}

/**
 * Agrees to what somebody else put forward, or refuses it. With two hands the second one's agreement carries it out; with three the second
 * reviews and the third carries it out. Who put it forward withdraws it by refusing. The right to the command itself is needed.
 * @throws MindunError unknown-proposal, proposal-own, not-permitted and what the command refuses
 */
export const decideProposal = defineCommand({
  name: 'access.proposal.decide',
  title: { zh: '复核', en: 'Decide on what was put forward' },
  input: z.object({
    proposal: z.string().min(1).max(60),
    decision: z.enum(['agree', 'refuse']),
    note: z.string().trim().max(500).default(''),
  }),
  async run(context, input): Promise<Decided> {
    const { actor } = context.caller;
    context.subject({ proposal: input.proposal });
    const found = await context.elevate(() => waitingProposal(context.tx, input.proposal));
    if (!within(found, actor)) throw new MindunError('unknown-proposal', input);
    const step = stepOf(found, actor, input.decision);
    const command = registered().get(found.command);
    if (command?.kind !== 'command') throw new MindunError('not-found', { what: found.command });
    if (!permits(actor.permissions, command.permission))
      throw new MindunError('not-permitted', { what: command.title });
    // Recorded before it is carried out: what cannot be done is not decided either, all of it goes back.
    await context.elevate(() =>
      keepStep(context.tx, found, step, {
        account: actor.accountId,
        at: context.at,
        note: input.note,
        act: context.act,
      }),
    );
    const answer =
      step === 'done' ? await context.carryOut(found.command, found.input, found.account) : null;
    return { proposal: input.proposal, step, answer };
  },
});

/** Something that waits for somebody else, or that waited. */
export interface ProposalRow {
  readonly proposal: string;
  readonly command: string;
  readonly title: Text;
  readonly input: unknown;
  readonly by: string;
  readonly at: Moment;
  readonly hands: 2 | 3;
  readonly reviewedBy: string | null;
  readonly state: 'waiting' | 'reviewed' | 'done' | 'refused' | 'withdrawn' | 'lapsed';
  /** Whether the asker may decide on it, withdraw it, or only see it. */
  readonly yours: 'decide' | 'withdraw' | 'none';
}

interface Row extends Omit<ProposalRow, 'title' | 'yours'> {
  readonly account: number;
  readonly reviewer: number | null;
}

const sql = `select p.public_id as proposal, p.command, p.input, a.name as by, p.account_id as account,
    to_char(p.at, 'YYYY-MM-DD"T"HH24:MI') as at, p.hands, ra.name as "reviewedBy", r.account_id as reviewer,
    coalesce((select s.step from proposal_step s where s.proposal = p.id and s.step <> 'reviewed'),
      case when p.until <= clock_timestamp() then 'lapsed' when r.proposal is not null then 'reviewed' else 'waiting' end) as state
  from proposal p join account a on a.id = p.account_id
  left join proposal_step r on r.proposal = p.id and r.step = 'reviewed' left join account ra on ra.id = r.account_id
  where p.command = any ($1) and (p.account_id = $2 or p.area_lo >= $3 and p.area_hi <= $4) order by p.id desc limit 200`;

/**
 * What waits for a second or third person, and what became of it, the newest first: of commands to which the asker has the right, put forward within
 * his reach, and his own.
 */
export const proposals = defineQuery({
  name: 'access.proposals',
  title: { zh: '待复核', en: 'What waits for review' },
  permission: 'access.proposal.decide',
  input: z.object({}),
  async run(context): Promise<{ rows: readonly ProposalRow[] }> {
    const { actor } = context.caller;
    const mayDo = [...registered().values()]
      .filter((d) => d.kind === 'command' && permits(actor.permissions, d.permission))
      .map((d) => d.name);
    const rows = await context.elevate(() =>
      context.tx.rows<Row>(sql, [
        mayDo,
        actor.accountId,
        actor.reach.areaLo ?? null,
        actor.reach.areaHi ?? null,
      ]),
    );
    return { rows: rows.map((row) => viewOf(row, actor.accountId)) };
  },
});

function viewOf({ account, reviewer, ...row }: Row, me: number): ProposalRow {
  const waits = row.state === 'waiting' || row.state === 'reviewed';
  const own = account === me ? 'withdraw' : reviewer === me ? 'none' : 'decide';
  return {
    ...row,
    title: registered().get(row.command)?.title ?? { zh: row.command, en: row.command },
    yours: waits ? own : 'none',
  };
}
