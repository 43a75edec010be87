import { besideModel } from './beside-model.ts';

// The year's reference wage is published on the day on which July is assessed: January to June are settled on July's bills.
besideModel({
  firstMonth: '2008-01',
  months: 8,
  seed: 20080828,
  count: 16,
  referenceFen: 179_735,
  notice: { published: '2008-07-08', referenceFen: 196_485 },
  // As in the months of model.test.ts; nor does any law but the reference change within the year.
  outside: new Set([
    'rural-never-pays',
    'late-fee-old-for-ever',
    'late-fee-injury-as-others',
    'late-fee-order-of-new-law',
    'late-fee-order-missed-next-day',
    'late-fee-rounded-once',
    'deferral-moves-due-day',
    'correction-by-law-of-bill',
    // The shorter courses meet these.
    'deferral-not-replaced',
    'deferral-leaves-orders',
    'instalment-a-day-early',
  ]),
});
