import { besideModel } from './beside-model.ts';

besideModel({
  firstMonth: '2008-01',
  months: 3,
  seed: 20080218,
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
  ]),
});
