import type { Law, Question } from '../../../engines/policy/index.ts';

const ways = ['paid-in-full', 'own-share-credited', 'assessed'] as const;
type Way = (typeof ways)[number];

/** What a person's pension month holds. Amounts in fen. */
export interface PensionMonth {
  readonly paid: boolean;
  readonly accountFen: number;
  readonly creditedFen: number;
}

/**
 * When a month of the person counts as a contribution month (parameter `collection.contributionMonth`): `paid-in-full` when all of
 * its pension contribution came in; `own-share-credited` when all that belongs to the individual account is credited; `assessed` when it
 * was assessed.
 * @throws MindunError strategy-unknown
 */
export function countingBy(law: Law, asked: Question): (pension: PensionMonth) => boolean {
  const { way } = law.way('collection.contributionMonth', asked, ways);
  return counts[way];
}

const counts: Readonly<Record<Way, (pension: PensionMonth) => boolean>> = {
  'paid-in-full': (p) => p.paid,
  'own-share-credited': (p) => p.creditedFen >= p.accountFen,
  assessed: () => true,
};
