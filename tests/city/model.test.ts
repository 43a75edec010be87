import { besideModel } from './beside-model.ts';

besideModel({
  firstMonth: '2008-01',
  months: 3,
  seed: 20080518,
  count: 32,
  referenceFen: 179_735,
  // The law of July 2011, and work injury's of that year, lie outside these months.
  outside: new Set([
    'rural-never-pays',
    'late-fee-old-for-ever',
    'late-fee-injury-as-others',
    'late-fee-order-of-new-law',
    'late-fee-order-missed-next-day',
    'late-fee-rounded-once',
    'deferral-moves-due-day',
    'correction-by-law-of-bill',
    // No notice is late here; the rest wants more than three months to be met (model-corrections.test.ts meets them).
    'law-due-with-month',
    'notice-only-forward',
    'notice-the-day-after',
    'notice-never-seen',
    'less-of-oldest-first',
    'deferral-not-replaced',
    'exchange-counts-at-once',
  ]),
});
