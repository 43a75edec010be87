/** Random months from a seed, near the edges where a rule may slip. */
import { dayAfter, earlier } from './arithmetic.ts';
import {
  type Act,
  type Category,
  type Correction,
  type DoneAct,
  type Employer,
  type Fraction,
  type LateRoster,
  type Law,
  lawful,
  limits,
  type MonthInput,
  type Person,
  type Receipt,
  runModel,
  type Scenario,
} from './model.ts';

/** Whole numbers from a 32-bit seed; the same seed gives the same row. */
export class Dice {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  private next(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let x = this.state;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  chance(percent: number): boolean {
    return this.between(1, 100) <= percent;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }
}

export interface RandomOptions {
  /** The figures to use; a city with random references is made up without it. */
  readonly law?: Law;
  /** First fee month 'YYYY-MM'; chosen without it. */
  readonly firstMonth?: string;
  readonly months?: number;
  /** Kinds of employers to choose from; the first employer is of the first kind. */
  readonly categories?: readonly [Category, ...Category[]];
}

export interface RandomScenario extends Scenario {
  readonly seed: number;
}

const firstMonths = ['2008-01', '2008-03', '2009-06', '2010-11', '2011-05', '2011-06'] as const;
const dayInMonth = (month: string, day: number) => `${month}-${String(day).padStart(2, '0')}`;

/** The month after a month. */
export function monthAfter(month: string): string {
  const year = Number(month.slice(0, 4));
  const number = Number(month.slice(5, 7));
  if (number === 12) return `${year + 1}-01`;
  return `${month.slice(0, 4)}-${String(number + 1).padStart(2, '0')}`;
}

/** The figures of an imagined city; the references are the caller's. */
export function inventedLaw(referenceFen: Readonly<Record<string, bigint>>): Law {
  return {
    referenceFen,
    floor: [6n, 10n],
    cap: [3n, 1n],
    rates: {
      pension: { employer: [20n, 100n], employee: [8n, 100n] },
      publicPension: { employer: [20n, 100n], employee: [8n, 100n] },
      medical: { employer: [6n, 100n], employee: [2n, 100n] },
      unemployment: { employer: [2n, 100n], employee: [1n, 100n] },
      maternity: { employer: [7n, 1000n], employee: [0n, 1n] },
    },
    injuryClasses: { 1: [5n, 1000n], 2: [10n, 1000n], 3: [20n, 1000n] },
    rural: { factor: [0n, 1n], before: '2011-07' },
    flexible: { rate: [20n, 100n], account: [8n, 100n] },
    provisional: [11n, 10n],
    medicalAccount: [3n, 10n],
    lateFee: {
      oldRate: [2n, 1000n],
      newRate: [5n, 10000n],
      newFrom: '2011-07-01',
      injuryNewFrom: '2011-01-01',
    },
  };
}

/** A wage near the edges of a month as they are known before or after every notice. */
function wageOf(dice: Dice, law: Law, month: string): bigint {
  const { floorFen, capFen } = limits(law, month, lawful, dice.pick([`${month}-01`, '9999-12-31']));
  return randomWage(dice, floorFen, capFen);
}

function randomWage(dice: Dice, floorFen: bigint, capFen: bigint): bigint {
  const odd = BigInt(dice.between(-150, 150));
  switch (dice.between(1, 6)) {
    case 1:
      return floorFen + BigInt(dice.between(-1, 1));
    case 2:
      return capFen + BigInt(dice.between(-1, 1));
    case 3:
      return floorFen + odd;
    case 4:
      return capFen + odd;
    case 5:
      return BigInt(dice.between(30_000, Number(capFen) + 500_000));
    default:
      return BigInt(dice.between(Number(floorFen), Number(capFen)));
  }
}

function randomStaff(dice: Dice, law: Law, month: string, code: string, last: readonly Person[]) {
  const staff: Person[] = [];
  for (const person of last) {
    if (person.change === 'leave') continue;
    const wageFen = dice.chance(40) ? wageOf(dice, law, month) : person.wageFen;
    const change = dice.chance(10) ? ('leave' as const) : ('stay' as const);
    staff.push({ ...person, wageFen, change });
  }
  const wanted = last.length === 0 ? dice.between(1, 6) : staff.length + dice.between(0, 1);
  while (staff.length < Math.min(6, Math.max(1, wanted))) {
    const id = `${code}-${month.replace('-', '')}-${staff.length + 1}`;
    const wageFen = wageOf(dice, law, month);
    staff.push({ id, wageFen, rural: dice.chance(35), change: 'join' });
  }
  return staff;
}

type Rosters = Map<string, readonly Person[]>;

/** Rosters that an employer hands in after the months were assessed without them. */
function randomLate(dice: Dice, law: Law, code: string, months: readonly string[], of: Rosters) {
  const late: LateRoster[] = [];
  for (const month of months) {
    if (of.has(month) || !dice.chance(35)) continue;
    const other = [...of.values()].at(-1) ?? [];
    const same = other.filter((one) => one.change !== 'leave' && !dice.chance(30));
    const persons =
      same.length === 0
        ? randomStaff(dice, law, month, code, [])
        : same.map((one) => ({
            ...one,
            change: 'stay' as const,
            wageFen: dice.chance(40) ? wageOf(dice, law, month) : one.wageFen,
          }));
    late.push({ employer: code, month, persons });
    of.set(month, persons);
  }
  return late;
}

/** What of assessed months turns out to be wrong, of one month of a person or of all: wages, who was left off, who should not be there. */
function randomCorrections(dice: Dice, law: Law, code: string, of: Rosters): Correction[] {
  const corrections: Correction[] = [];
  for (const month of of.keys()) {
    while (dice.chance(35)) {
      const correction = dice.chance(25)
        ? randomAddition(dice, law, code, month, of)
        : randomChange(dice, law, code, month, of);
      if (correction === undefined) continue;
      corrections.push(correction);
      for (const one of correction.months) of.set(one, corrected(of.get(one)!, correction));
    }
  }
  return corrections;
}

function corrected(
  list: readonly Person[],
  { person: id, wageFen, adds }: Correction,
): readonly Person[] {
  if (wageFen === null) return list.filter((one) => one.id !== id);
  if (adds !== undefined) return [...list, { id, wageFen, rural: adds.rural, change: 'stay' }];
  return list.map((one) => (one.id === id ? { ...one, wageFen } : one));
}

/** Another wage, or that he was never there. */
function randomChange(
  dice: Dice,
  law: Law,
  code: string,
  month: string,
  of: Rosters,
): Correction | undefined {
  const [first, ...others] = of.get(month)!;
  if (first === undefined) return undefined;
  const person = dice.pick([first, ...others]).id;
  const his = [...of].filter(([, other]) => other.some((one) => one.id === person));
  const months = dice.chance(70) ? [month] : his.map(([other]) => other);
  const wageFen = dice.chance(25) ? null : wageOf(dice, law, month);
  return { employer: code, person, months, wageFen };
}

/** Somebody of another month, or somebody new, was left off. */
function randomAddition(
  dice: Dice,
  law: Law,
  code: string,
  month: string,
  of: Rosters,
): Correction {
  const lacks = (of: readonly Person[], id: string): boolean => of.every((one) => one.id !== id);
  const known = [...of.values()].flat().filter((one) => lacks(of.get(month)!, one.id));
  const wageFen = wageOf(dice, law, month);
  const [first, ...others] = known;
  if (first === undefined || dice.chance(30)) {
    const person = `${code}-${month.replace('-', '')}-left-off-${dice.between(1, 1_000_000)}`;
    const adds = { rural: dice.chance(35) };
    return { employer: code, person, months: [month], wageFen, adds };
  }
  const { id: person, rural } = dice.pick([first, ...others]);
  const without = [...of].filter(([, list]) => lacks(list, person)).map(([other]) => other);
  const months = dice.chance(70) ? [month] : without;
  return { employer: code, person, months, wageFen, adds: { rural } };
}

/** Steps of the floating work injury rate; the first class has the base rate alone. */
const floats: readonly [Fraction, ...Fraction[]] = [
  [1n, 1n],
  [5n, 10n],
  [8n, 10n],
  [12n, 10n],
  [15n, 10n],
];

function randomEmployers(dice: Dice, categories: readonly [Category, ...Category[]]): Employer[] {
  const count = dice.between(2, 3);
  return Array.from({ length: count }, (_unused, index) => {
    const category = index === 0 ? categories[0] : dice.pick(categories);
    const injuryClass = dice.between(1, 3);
    const injuryFloat = injuryClass === 1 ? floats[0] : dice.pick(floats);
    return { code: `U${index + 1}`, category, injuryClass, injuryFloat };
  });
}

/** A full, short, double or odd amount for what an employer has open. */
function randomAmount(dice: Dice, openFen: bigint): bigint {
  switch (dice.between(1, 7)) {
    case 1:
    case 2:
      return openFen;
    case 3:
      return openFen * 2n;
    case 4:
      return openFen > 1n ? openFen - 1n : 1n;
    case 5:
      return openFen + BigInt(dice.between(1, 50_000));
    default:
      return (openFen * BigInt(dice.between(3, 95))) / 100n;
  }
}

function randomDay(dice: Dice, input: MonthInput, last: boolean): string {
  const next = monthAfter(input.month);
  const kind = dice.between(1, 10);
  if (kind <= 4) return dayInMonth(input.month, dice.between(8, 15));
  if (kind <= 7) return dayInMonth(input.month, dice.between(16, 28));
  if (last && kind === 10) return dayInMonth(monthAfter(next), dice.between(1, 28));
  return dayInMonth(next, dice.between(1, 7));
}

/** The last day of a month. */
function lastDay(month: string): string {
  let day = dayInMonth(month, 28);
  while (dayAfter(day).startsWith(month)) day = dayAfter(day);
  return day;
}

/** A day in a month or in the first days of the next one. */
function dayFrom(dice: Dice, month: string, after: number): string {
  if (dice.chance(15)) return lastDay(month);
  if (dice.chance(70)) return dayInMonth(month, dice.between(after + 1, 28));
  return dayInMonth(monthAfter(month), dice.between(1, 10));
}

/** Orders to pay and deferrals of one employer between the due day and the booking of the receipts. */
function randomActs(dice: Dice, employer: string, months: readonly string[]): Act[] {
  const now = months.at(-1) ?? '';
  const acts: Act[] = [];
  for (const month of months) {
    const current = month === now;
    if (dice.chance(current ? 45 : 15)) {
      const day = dice.between(16, 26);
      const until = dayFrom(dice, now, day);
      acts.push({ kind: 'order', day: dayInMonth(now, day), employer, month, until });
    }
    while (dice.chance(current ? 25 : 20)) {
      const day = dice.between(current ? 9 : 16, 26);
      acts.push(randomDeferral(dice, employer, month, dayInMonth(now, day)));
    }
  }
  return acts;
}

function randomDeferral(dice: Dice, employer: string, month: string, day: string): Act {
  const now = day.slice(0, 7);
  const act = { kind: 'defer', day, employer, month } as const;
  const late = dice.chance(50) ? monthAfter(now) : monthAfter(monthAfter(now));
  const until = dice.chance(40)
    ? dayFrom(dice, now, Number(day.slice(8)))
    : dayInMonth(late, dice.between(1, 28));
  if (dice.chance(40)) return { ...act, until };
  const soon = dayAfter(dayFrom(dice, now, Number(day.slice(8))));
  const dueDay = earlier(soon, until);
  return { ...act, until, first: { dueDay, percent: BigInt(dice.between(10, 80)) } };
}

/** Money for a first instalment: mostly on its day and mostly enough. */
function instalmentReceipts(dice: Dice, done: readonly DoneAct[], from: string, to: string) {
  const receipts: Receipt[] = [];
  for (const { act, instalments } of done) {
    const [first] = instalments;
    if (first === undefined || !dice.chance(60)) continue;
    const day = dice.chance(70) ? first.dueDay : dayAfter(first.dueDay);
    if (day < from || day > to) continue;
    const amountFen = dice.chance(75) ? first.fen : first.fen - 1n;
    if (amountFen > 0n) receipts.push({ day, employer: act.employer, amountFen });
  }
  return receipts;
}

function randomReceipts(dice: Dice, before: Scenario, last: boolean): Receipt[] {
  const input = before.months.at(-1);
  const results = runModel(before);
  const state = results.at(-1);
  if (input === undefined || state === undefined) return [];
  const receipts = instalmentReceipts(
    dice,
    results.flatMap((r) => r.acts),
    dayAfter(input.dueDay),
    dayInMonth(monthAfter(input.month), 7),
  );
  const busy = new Set(receipts.map((r) => r.employer));
  for (const { code } of before.employers) {
    const openFen = state.open
      .filter((line) => line.employer === code)
      .reduce((sum, line) => sum + line.openFen, 0n);
    if (dice.chance(busy.has(code) ? 70 : 20)) continue;
    const times = dice.chance(25) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const amountFen = openFen > 0n ? randomAmount(dice, openFen) : BigInt(dice.between(1, 9999));
      if (amountFen === 0n) continue;
      receipts.push({ day: randomDay(dice, input, last), employer: code, amountFen });
    }
  }
  if (dice.chance(30)) {
    const amountFen = BigInt(dice.between(1, 300_000));
    receipts.push({ day: randomDay(dice, input, last), employer: null, amountFen });
  }
  return receipts.sort(byDay);
}

function byDay(a: { readonly day: string }, b: { readonly day: string }): number {
  return a.day < b.day ? -1 : a.day > b.day ? 1 : 0;
}

function randomLaw(dice: Dice, firstMonth: string): Law {
  const year = Number(firstMonth.slice(0, 4));
  const references: Record<string, bigint> = {};
  const reference = () => BigInt(dice.between(1500, 2600)) * 100n;
  for (const one of [year, year + 1]) references[one] = reference();
  const law = inventedLaw(references);
  if (!dice.chance(50)) return law;
  const month = dice.pick([monthAfter(firstMonth), monthAfter(monthAfter(firstMonth))]);
  const published = dayInMonth(month, dice.between(7, 9));
  return { ...law, notices: [{ published, year: String(year), referenceFen: reference() }] };
}

/**
 * Two or three employers over some months (three unless told), with wages around floor and cap,
 * late, short, double and unknown payments, undeclared months, orders to pay and deferrals; wages that are corrected back-dated, rosters
 * that come late and a reference that is published late. Assessment is on
 * the 8th, payment due on the 15th, receipts of a month end on the 7th of the next one, but those
 * of the last month may come later. The same seed and options give the same scenario.
 */
export function randomScenario(seed: number, options: RandomOptions = {}): RandomScenario {
  const dice = new Dice(seed);
  const firstMonth = options.firstMonth ?? dice.pick(firstMonths);
  const law = options.law ?? randomLaw(dice, firstMonth);
  const employers = randomEmployers(
    dice,
    options.categories ?? ['enterprise', 'public', 'flexible'],
  );
  const months: MonthInput[] = [];
  const rosters = new Map(employers.map(({ code }): [string, Rosters] => [code, new Map()]));
  const count = options.months ?? 3;
  let month = firstMonth;
  for (let index = 0; index < count; index += 1) {
    const input = randomMonth(dice, law, month, months, rosters);
    const before: Scenario = { law, employers, months: [...months, input] };
    const receipts = randomReceipts(dice, before, index === count - 1);
    months.push({ ...input, receipts });
    month = monthAfter(month);
  }
  return { seed, law, employers, months };
}

/** A month without its receipts. */
function randomMonth(
  dice: Dice,
  law: Law,
  month: string,
  before: readonly MonthInput[],
  rosters: ReadonlyMap<string, Rosters>,
): MonthInput {
  const codes = [...rosters.keys()];
  const earlier = before.map((one) => one.month);
  const ofAll = <T>(make: (code: string, of: Rosters) => T[]): T[] =>
    [...rosters].flatMap(([code, of]) => make(code, of));
  const late = ofAll((code, of) => randomLate(dice, law, code, earlier, of));
  const corrections = ofAll((code, of) => randomCorrections(dice, law, code, of));
  const declared: Record<string, readonly Person[] | undefined> = {};
  for (const [code, of] of rosters) {
    if (dice.chance(before.length === 0 ? 8 : 25)) continue;
    const list = randomStaff(dice, law, month, code, [...of.values()].at(-1) ?? []);
    of.set(month, list);
    declared[code] = list;
  }
  const acts = codes.flatMap((code) => randomActs(dice, code, [...earlier, month])).sort(byDay);
  const dates = { assessmentDay: dayInMonth(month, 8), dueDay: dayInMonth(month, 15) };
  return { month, ...dates, declared, late, corrections, acts, receipts: [] };
}
