import { besideModel } from './beside-model.ts';

// Bills of May to July 2011, paid on both sides of the change of law of 1 July.
besideModel({
  firstMonth: '2011-05',
  months: 3,
  seed: 20110701,
  count: 36,
  referenceFen: 254_185,
  outside: new Set([
    'late-fee-injury-without-order',
    // No notice is late here; the rest wants more than three months to be met (model-corrections.test.ts meets them).
    'law-due-with-month',
    'notice-only-forward',
    'notice-the-day-after',
    'notice-never-seen',
    'less-of-oldest-first',
    'provisional-money-without-account',
  ]),
});
