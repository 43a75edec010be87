/** Wrong variations of the model, one rule each: a comparison must notice every one of them. */
import { dayAfter, greater, halfUp, lesser } from './arithmetic.ts';
import { funds, lawful, noticesOf, type Rules, shares } from './model.ts';

export interface Fault {
  readonly name: string;
  readonly says: string;
  readonly rules: Rules;
}

function fault(name: string, says: string, change: Partial<Rules>): Fault {
  return { name, says, rules: { ...lawful, ...change } };
}

function splitWithoutRemainders(amountFen: bigint, openFen: readonly bigint[]): bigint[] {
  const total = openFen.reduce((sum, fen) => sum + fen, 0n);
  if (amountFen >= total) return [...openFen];
  const parts = openFen.map((fen) => (amountFen * fen) / total);
  let left = amountFen - parts.reduce((sum, fen) => sum + fen, 0n);
  for (const [index, fen] of openFen.entries()) {
    const part = parts[index] ?? 0n;
    if (left === 0n || part >= fen) continue;
    parts[index] = part + 1n;
    left -= 1n;
  }
  return parts;
}

function splitInOrder(amountFen: bigint, openFen: readonly bigint[]): bigint[] {
  let rest = amountFen;
  return openFen.map((fen) => {
    const part = lesser(rest, fen);
    rest -= part;
    return part;
  });
}

/** The planted faults; each changes exactly one rule of the lawful model. */
export const faults: readonly Fault[] = [
  fault('no-floor', 'Low wages are not raised to the floor', {
    clamp: (wage, _floor, cap) => lesser(wage, cap),
  }),
  fault('no-cap', 'High wages are not cut to the cap', {
    clamp: (wage, floor) => greater(wage, floor),
  }),
  fault('limits-not-rounded', 'Floor and cap are kept to the fen', {
    limit: (referenceFen, [n, d]) => halfUp(referenceFen * n, d),
  }),
  fault('amounts-cut', 'Amounts are cut to the fen, not rounded half-up', {
    amount: (baseFen, [n, d]) => (baseFen * n) / d,
    injury: (baseFen, [n, d], [up, down]) => (baseFen * n * up) / (d * down),
  }),
  fault('rural-always-pays', 'Rural workers pay the unemployment share before 2011-07, too', {
    ruralFactor: () => [1n, 1n],
  }),
  fault('rural-never-pays', 'The exemption of rural workers never ends', {
    ruralFactor: (law) => law.rural.factor,
  }),
  fault('injury-float-ignored', 'Every employer pays the base rate of its class', {
    injury: (baseFen, [n, d]) => halfUp(baseFen * n, d),
  }),
  fault('injury-float-after-rounding', 'The step is taken of the rounded base amount', {
    injury: (baseFen, [n, d], [up, down]) => halfUp(halfUp(baseFen * n, d) * up, down),
  }),
  fault('public-in-enterprise-fund', 'Public institutions pay into the enterprise pension', {
    pensionFund: () => 'pension',
  }),
  fault('flexible-account-whole', 'All that a flexible person pays goes to the account', {
    flexibleAccount: (law) => law.flexible.rate,
  }),
  fault('medical-account-without-employer', 'The account gets nothing of the employer share', {
    medicalAccount: () => [0n, 1n],
  }),
  fault('provisional-100', 'An undeclared month takes 100 % of the month before', {
    provisional: (_law, paid, assessed, anyPaid) => (anyPaid ? paid : assessed),
  }),
  fault('provisional-of-assessed', 'An undeclared month goes by what was assessed', {
    provisional: (law, _paid, assessed) =>
      halfUp(assessed * law.provisional[0], law.provisional[1]),
  }),
  fault('employer-share-first', 'The employer share is paid before the employee share', {
    shareOrder: [...shares].reverse(),
  }),
  fault('newest-month-first', 'The newest fee month is paid first', {
    monthOrder: (months) => [...months].sort().reverse(),
  }),
  fault('remainder-to-first', 'Leftover fen go to the first funds', {
    split: splitWithoutRemainders,
  }),
  fault('funds-in-turn', `Funds are filled in turn, ${funds[0]} first`, { split: splitInOrder }),
  fault('late-fee-counts-due-day', 'The due day counts as a late day', {
    firstLateDay: (dueDay) => dueDay,
  }),
  fault('late-fee-without-order', 'The old rate runs without an order', {
    bearsOld: () => true,
  }),
  fault('late-fee-order-suffices', 'The old rate runs though the order was kept', {
    bearsOld: ({ ordered }) => ordered,
  }),
  fault('late-fee-order-of-new-law', 'An order that was missed after the change counts before it', {
    bearsOld: ({ missedDay }) => missedDay !== undefined,
  }),
  fault(
    'late-fee-order-missed-next-day',
    'An order to pay by the last day of the old law is late',
    {
      bearsOld: ({ missedDay, newFrom }) =>
        missedDay !== undefined && dayAfter(missedDay) < newFrom,
    },
  ),
  fault('late-fee-old-for-ever', 'The old rate never ends', { newFrom: () => '9999-12-31' }),
  fault('late-fee-injury-as-others', 'Work injury changes its rate with the other funds', {
    newFrom: (law) => law.lateFee.newFrom,
  }),
  fault('late-fee-injury-without-order', 'The old rate of work injury runs without an order', {
    bearsOld: (given) => given.fund === 'injury' || lawful.bearsOld(given),
  }),
  fault('late-fee-rounded-once', 'The days of both laws are rounded together', {
    fee: (principalFen, [oldDays, [oldN, oldD]], [newDays, [newN, newD]]) =>
      halfUp(principalFen * (oldDays * oldN * newD + newDays * newN * oldD), oldD * newD),
  }),
  fault('deferral-bears-fee', 'Deferred days bear a fee', { covers: () => false }),
  fault('deferral-from-its-day', 'The day of an agreement is deferred already', {
    covers: (day, agreedDay, endDay) => day >= agreedDay && day <= endDay,
  }),
  fault('deferral-ends-a-day-early', 'The last day of a deferral is late', {
    covers: (day, agreedDay, endDay) => day > agreedDay && day < endDay,
  }),
  fault('deferral-moves-due-day', 'Late days before a deferral move behind it, to the law there', {
    lateDays: (all, covered) => all.slice(covered.size),
  }),
  fault('deferral-pays-in-turn', 'What is deferred is paid in the order of its month', {
    deferredWaits: false,
  }),
  fault('deferral-not-replaced', 'An agreement runs on though another replaced it', {
    replaced: (until) => until,
  }),
  fault('deferral-leaves-orders', 'A deferral does not put off an order', {
    putOff: (payBy) => payBy,
  }),
  fault('instalment-never-missed', 'A missed instalment ends nothing', {
    instalmentMissed: () => false,
  }),
  fault('instalment-a-day-early', 'Money that comes on the day of an instalment is late', {
    inTime: (paidDay, dueDay) => paidDay < dueDay,
  }),
  fault('instalment-to-the-last-fen', 'An instalment is missed when anything at all is open', {
    instalmentMissed: (openFen) => openFen > 0n,
  }),
  fault('provisional-compounds', '110 % is taken of 110 % that nobody paid', {
    passesOver: () => false,
  }),
  fault('late-fee-first', 'Late fees are paid before principal', { principalFirst: false }),
  fault('month-counts-when-partly-paid', 'A month counts as soon as something is paid for it', {
    monthCounts: (_dueFen, paidFen) => paidFen > 0n,
  }),
  fault('credit-not-applied', 'A credit is not used for the next bill', { creditApplied: 'never' }),
  fault('unknown-payer-credited', 'Money of an unknown payer goes to the first employer', {
    payer: (code, employers) => lawful.payer(code, employers) ?? employers[0]?.code,
  }),
  fault('correction-ignored', 'A wage that was corrected changes nothing', {
    takesCorrections: false,
  }),
  fault('struck-person-stays', 'Who should not have been declared is charged all the same', {
    takesOff: false,
  }),
  fault('correction-by-law-of-bill', 'An earlier month is assessed again by the law of the bill', {
    lawMonth: (_month, bill) => bill,
  }),
  fault('correction-of-first-bill', 'A difference is to what the month’s own bill claimed', {
    standing: (lines, month) => lines.filter((one) => one.bill === month),
  }),
  fault('law-due-with-month', 'What a notice made different was to be paid when its month was', {
    differenceDue: (_billDue, monthDue) => monthDue,
  }),
  fault('back-payment-due-with-bill', 'A back payment is late by the bill that carries it', {
    differenceDue: (billDue) => billDue,
  }),
  fault('overpaid-stays', 'What was paid too much is not given back', {
    less: (fen, openFen) => ({ open: lesser(fen, openFen), paid: 0n }),
  }),
  fault('less-of-paid-first', 'What was paid is given back though something is open', {
    less: (fen, openFen, paidFen) => {
      const paid = lesser(fen, paidFen);
      return { open: lesser(fen - paid, openFen), paid };
    },
  }),
  fault('less-of-oldest-first', 'What falls away is taken from the oldest claim', {
    lessOrder: (oldestFirst) => oldestFirst,
  }),
  fault('account-part-stays', 'The account keeps its part of what falls away', {
    accountDifference: (fen) => greater(fen, 0n),
  }),
  fault('given-back-waits', 'What is given back pays the bill after the next', {
    creditApplied: 'before-settling',
  }),
  fault('late-roster-ignored', 'A roster that comes late changes nothing', {
    takesLateRosters: false,
  }),
  fault('late-roster-on-top', 'A late roster is billed beside what was billed provisionally', {
    standing: (lines, _month, first) => (first ? [] : lines),
  }),
  fault('provisional-money-without-account', 'Provisional money never comes to an account', {
    provisionalAccount: () => 0n,
  }),
  fault('notice-only-forward', 'A reference published later counts from its day alone', {
    reference: (law, month, knownOn) =>
      lawful.reference(law, month, knownOn < month ? knownOn : `${month}-08`),
  }),
  fault('notice-the-day-after', 'A notice is not known on its own day', {
    reference: (law, month, knownOn) =>
      noticesOf(law, month).findLast((one) => one.published < knownOn)?.referenceFen ??
      law.referenceFen[month.slice(0, 4)],
  }),
  fault('notice-never-seen', 'The first reference of a year is its last', {
    reference: (law, month) => law.referenceFen[month.slice(0, 4)],
  }),
  fault('colleague-takes-month', 'A colleague’s open difference takes a month from everybody', {
    concerns: () => true,
  }),
  fault(
    'exchange-counts-at-once',
    'Who takes another’s place on a bill needs no older claim paid',
    {
      standsForOthers: () => false,
    },
  ),
];
