import type { Caller } from './commands.ts';
import type { Tx } from './database/index.ts';
import { defineErrors } from './errors.ts';
import { publicId } from './random.ts';
import { type Moment, wallNow } from './time.ts';

defineErrors({
  'awaits-second-person': {
    message: {
      zh: '“{what}”已经提交，编号 {proposal}，要等别的人复核',
      en: '“{what}” was put forward as {proposal} and waits for somebody else',
    },
    mend: {
      zh: '请把编号告诉有这项权限的同事，由他到“待复核”里办。您自己不用再提交。',
      en: 'Give the number to a colleague with the right, who finds it among what waits for review. Do not put it forward again.',
    },
    status: 409,
  },
});

const daysOpen = 30;

/**
 * Keeps what takes more than one person until others decide; its number. Runs with the system's eyes.
 * @returns public id of the proposal
 */
export async function keepProposal(
  tx: Tx,
  asked: {
    readonly command: string;
    readonly input: unknown;
    readonly hands: 2 | 3;
    readonly caller: Caller;
    readonly act: number;
    readonly at: Moment;
  },
): Promise<string> {
  const { actor, purpose } = asked.caller;
  const id = publicId();
  await tx.execute(
    `insert into proposal (public_id, command, input, account_id, purpose, area_lo, area_hi, hands, at, until, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10), $11)`,
    [
      id,
      asked.command,
      JSON.stringify(asked.input),
      actor.accountId,
      purpose,
      actor.reach.areaLo ?? null,
      actor.reach.areaHi ?? null,
      asked.hands,
      asked.at,
      wallNow() / 1000 + daysOpen * 86_400,
      asked.act,
    ],
  );
  return id;
}
