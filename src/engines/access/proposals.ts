import type { Tx } from '../../kernel/database/index.ts';
import { type Actor, defineErrors, MindunError, type Moment } from '../../kernel/index.ts';

defineErrors({
  'unknown-proposal': {
    message: {
      zh: '没有待复核的这一笔：{proposal}',
      en: 'Nothing of this number waits: {proposal}',
    },
    mend: {
      zh: '可能已经办完、退回、撤回，或者过了期限。请看“待复核”。',
      en: 'It may be done, refused, withdrawn or out of time. See what waits for review.',
    },
    status: 404,
  },
  'proposal-own': {
    message: {
      zh: '这一笔您已经经过手，要由别的人办',
      en: 'You had a hand in this already: somebody else decides',
    },
    mend: {
      zh: '请另一位有这项权限的同事来办；不办了可以撤回。',
      en: 'Ask another colleague with the right; who put it forward may withdraw it.',
    },
    status: 409,
  },
});

/** What was put forward and is not ended. */
export interface Proposal {
  readonly id: number;
  readonly publicId: string;
  readonly command: string;
  readonly input: unknown;
  readonly account: number;
  readonly hands: 2 | 3;
  readonly reviewer: number | null;
  /** How far the right of who put it forward reached. */
  readonly areaLo: number | null;
  readonly areaHi: number | null;
}

/** Whether somebody else's proposal was put forward within an actor's reach: what is not is not there for him. */
export function within(
  { account, areaLo, areaHi }: Proposal,
  { accountId, reach }: Actor,
): boolean {
  if (account === accountId) return true;
  const { areaLo: lo, areaHi: hi } = reach;
  if (areaLo === null || areaHi === null || lo === undefined || hi === undefined) return false;
  return areaLo >= lo && areaHi <= hi;
}

export type Decision = 'agree' | 'refuse';
export type ProposalStep = 'reviewed' | 'done' | 'refused' | 'withdrawn';

/**
 * One that waits, for the rest of the transaction: who decides at the same time waits, and then finds it decided. Runs with the system's eyes.
 * @throws MindunError unknown-proposal
 */
export async function waitingProposal(tx: Tx, id: string): Promise<Proposal> {
  await tx.rows('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`proposal ${id}`]);
  const found = await tx.maybe<Proposal>(
    `select p.id, p.public_id as "publicId", p.command, p.input, p.account_id as account, p.hands, p.area_lo as "areaLo", p.area_hi as "areaHi",
       (select s.account_id from proposal_step s where s.proposal = p.id and s.step = 'reviewed') as reviewer
     from proposal p where p.public_id = $1 and p.until > clock_timestamp()
       and not exists (select from proposal_step s where s.proposal = p.id and s.step <> 'reviewed')`,
    [id],
  );
  if (found === undefined) throw new MindunError('unknown-proposal', { proposal: id });
  return found;
}

/**
 * What somebody's decision makes of a proposal. Each has one hand in it; who put it forward may withdraw it.
 * @throws MindunError proposal-own
 */
export function stepOf(proposal: Proposal, actor: Actor, decision: Decision): ProposalStep {
  const own = proposal.account === actor.accountId;
  if (own && decision === 'refuse') return 'withdrawn';
  if (own || proposal.reviewer === actor.accountId) throw new MindunError('proposal-own');
  if (decision === 'refuse') return 'refused';
  return proposal.hands === 3 && proposal.reviewer === null ? 'reviewed' : 'done';
}

/** Records a step of a proposal. Runs with the system's eyes. */
export async function keepStep(
  tx: Tx,
  proposal: Proposal,
  step: ProposalStep,
  by: {
    readonly account: number;
    readonly at: Moment;
    readonly note: string;
    readonly act: number;
  },
): Promise<void> {
  await tx.execute(
    'insert into proposal_step (proposal, step, account_id, at, note, act) values ($1, $2, $3, $4, $5, $6)',
    [proposal.id, step, by.account, by.at, by.note, by.act],
  );
}
