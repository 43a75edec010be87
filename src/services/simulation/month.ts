import {
  addMonths,
  type Caller,
  type House,
  MindunError,
  type Month,
  yuan,
} from '../../kernel/index.ts';
import type { BillView, DeclareAnswer } from '../insurance/index.ts';
import { ownFiles, type RosterBy } from './others.ts';
import { type Employer, type Job, type People, type Person, wageOf } from './population.ts';
import { Draw } from './random.ts';

/**
 * How the city behaves, in 1,000: stated in docs/reference/simulation.md, so that a report can be held against it. No document gives
 * them: they are chosen so that every month of a city at 1:100 has some of each.
 */
export const rates = {
  /** Of employers in a month. */
  undeclared: 40,
  badFileFirst: 60,
  wholeRoster: 250,
  paysLate: 80,
  paysShort: 50,
  paysTwice: 20,
  neverPays: 30,
  forgetsNumber: 20,
  /** Of persons at an employer in a month; as many join as `joins` of those who are there. */
  leaves: 10,
  joins: 12,
  newWage: 20,
  /** Of those who join: work elsewhere already; left somewhere in an earlier month. */
  secondJob: 100,
  returns: 150,
} as const;

export interface Declared {
  readonly declared: number;
  readonly undeclared: number;
  readonly refusedFiles: number;
}

export interface Play {
  readonly house: House;
  readonly caller: Caller;
  readonly seed: number;
  readonly people: People;
  readonly employers: readonly Employer[];
  /** Who left an employer in an earlier month and has not come back. */
  readonly left: Person[];
  progress(done: number, total: number, what: string): void;
}

/** What a month is lived through with, nothing of it in a house. */
export type Lived = Pick<Play, 'seed' | 'people' | 'employers' | 'left'>;

interface Change {
  readonly job: Job;
  readonly kind: '续保' | '新增' | '减少';
}

/**
 * One month of the city: joiners, leavers and new wages at every employer (drawn from the seed and the month, whatever went
 * before); `declareFiles` says whether the rosters go to the house or the month is only lived through.
 */
export function live(play: Lived, month: Month): Map<Employer, Change[]> {
  const changes = new Map<Employer, Change[]>();
  for (const e of play.employers) {
    const draw = new Draw(play.seed, 'changes', month, e.code);
    const list: Change[] = [];
    const leaving = e.jobs.filter(() => draw.chance(rates.leaves));
    for (const job of e.jobs) {
      if (leaving.includes(job)) list.push({ job, kind: '减少' });
      else if (draw.chance(rates.newWage)) {
        job.wage = wageOf(draw, e.category);
        list.push({ job, kind: '续保' });
      }
    }
    const joining = e.jobs.filter(() => draw.chance(rates.joins)).length;
    for (let i = 0; i < joining; i += 1) {
      const job = newJob(play, e, draw);
      if (job === undefined) continue;
      e.jobs.push(job);
      list.push({ job, kind: '新增' });
    }
    changes.set(e, list);
  }
  return changes;
}

/** Who left in a month is not on the roster of the next, and may come back to some employer. */
export function settleLeavers(
  play: Lived,
  changes: ReadonlyMap<Employer, readonly Change[]>,
): void {
  for (const [e, list] of changes) {
    for (const c of list.filter((x) => x.kind === '减少')) {
      e.jobs.splice(e.jobs.indexOf(c.job), 1);
      play.left.push(c.job.person);
    }
  }
}

/** Somebody new, somebody who works elsewhere already and takes a second job, or somebody who comes back. */
function newJob(play: Lived, e: Employer, draw: Draw): Job | undefined {
  const usual =
    e.category === 'flexible'
      ? (['pension'] as const)
      : (['pension', 'medical', 'unemployment', 'injury', 'maternity'] as const);
  const common = {
    wage: wageOf(draw, e.category),
    schemes: usual,
    since: '2008-01-01' as Job['since'],
  };
  if (draw.chance(rates.secondJob)) {
    const others = play.employers.filter(
      (o) => o !== e && o.category === e.category && o.jobs.length > 0,
    );
    if (others.length === 0) return undefined;
    const { person } = draw.pick(draw.pick(others).jobs);
    return works(e, person) ? undefined : { ...common, person };
  }
  if (play.left.length > 0 && draw.chance(rates.returns)) {
    const [person] = play.left.splice(draw.int(0, play.left.length - 1), 1);
    return works(e, person!) ? undefined : { ...common, person: person! };
  }
  return {
    ...common,
    person: play.people.make(e.area, 1960, 1988, e.category === 'enterprise' ? 220 : 0),
  };
}

function works(e: Employer, person: Person): boolean {
  return e.jobs.some((j) => j.person.number === person.number);
}

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';

function line(change: Change, month: Month): string {
  const { person, wage } = change.job;
  const day = change.kind === '续保' ? '' : `${month}-0${(person.number.charCodeAt(16) % 9) + 1}`;
  const hired = change.kind === '新增' ? `${month}-01` : '2001-01-01';
  const residence = person.residence === 'rural' ? '农业' : '城镇';
  return [
    person.name,
    person.number,
    residence,
    '合同制',
    hired,
    yuan(wage),
    change.kind,
    day,
  ].join(',');
}

function file(lines: readonly string[]): string {
  return Buffer.from(`\ufeff${[header, ...lines].join('\r\n')}\r\n`, 'utf8').toString('base64');
}

/**
 * Hands in the rosters of those for whom no person declared; what it handed in before it only counts. With `assessed` nothing is handed in
 * any more: who had not declared by then did not.
 */
export async function declareAll(
  play: Play,
  month: Month,
  changes: ReadonlyMap<Employer, readonly Change[]>,
  assessed: boolean,
): Promise<Declared> {
  const sums = { declared: 0, undeclared: 0, refusedFiles: 0 };
  let at = 0;
  for (const [e, list] of changes) {
    const draw = new Draw(play.seed, 'declares', month, e.code);
    play.progress(++at, changes.size, `${month} 申报`);
    const { by } = (await play.house.call(
      'simulation.roster-by',
      { employer: e.code, month },
      play.caller,
    )) as RosterBy;
    if (by === 'others') continue;
    if (e.category !== 'flexible' && draw.chance(rates.undeclared)) {
      sums.undeclared += 1;
      continue;
    }
    const full = list.length === 0 || draw.chance(rates.wholeRoster);
    const known = new Map(list.map((c) => [c.job, c]));
    const all = full ? e.jobs.map((job) => known.get(job) ?? { job, kind: '续保' as const }) : list;
    const bad = draw.chance(rates.badFileFirst);
    if (all.length === 0) continue;
    if (by === 'nobody' && assessed) {
      sums.undeclared += 1;
      continue;
    }
    if (bad) sums.refusedFiles += 1;
    if (by === 'nobody') await declareOne(play, e, month, full, all, bad);
    sums.declared += 1;
  }
  return sums;
}

async function declareOne(
  play: Play,
  e: Employer,
  month: Month,
  full: boolean,
  changes: readonly Change[],
  bad: boolean,
): Promise<void> {
  const lines = changes.map((c) => line(c, month));
  const input = { employer: e.code, month, full, fileName: `${ownFiles(month)}.csv` };
  if (bad) {
    // A file with a slip of the pen; what is wrong is told, and the mended one comes after it.
    const slip = [...lines.slice(1), lines[0]!.replace(/,\d+\.\d\d,/, ',一千二百,')];
    const answer = (await play.house.call(
      'insurance.declare',
      { ...input, content: file(slip) },
      play.caller,
    )) as DeclareAnswer;
    if (answer.errors.length === 0) throw new Error(`a bad file was taken: ${e.code} ${month}`);
  }
  await play.house.call('insurance.declare', { ...input, content: file(lines) }, play.caller);
}

/** How an employer pays a month, drawn from the seed whatever the bill is. */
function manner(play: Play, e: Employer, month: Month) {
  const draw = new Draw(play.seed, 'pays', month, e.code);
  return {
    never: draw.chance(rates.neverPays),
    late: draw.chance(rates.paysLate),
    forgets: draw.chance(rates.forgetsNumber),
    short: draw.chance(rates.paysShort) ? draw.int(40, 95) : 100,
    twice: draw.chance(rates.paysTwice),
  };
}

function bankRow(on: string, reference: string, e: Employer, bill: string, fen: number): string {
  return `${on},${reference},${e.name},4304${e.code.slice(0, 8)},${bill},${yuan(fen)}`;
}

/** What comes in on this month's bills in time; who paid for himself pays nothing more. */
export async function payments(play: Play, month: Month): Promise<string[]> {
  const rows: string[] = [];
  const others = await payers(play, month);
  let done = 0;
  for (const e of play.employers) {
    play.progress(++done, play.employers.length, `${month} 缴费`);
    const how = manner(play, e, month);
    if (how.never || how.late || others.has(e.code)) continue;
    const bill = await billOf(play, e, month);
    if (bill === null || bill.total.payableFen === 0) continue;
    const pay = Math.floor((bill.total.payableFen * how.short) / 100);
    const number = how.forgets ? '' : bill.number;
    rows.push(bankRow(`${month}-14`, `P${month}${e.code}`, e, number, pay));
    if (how.twice) rows.push(bankRow(`${month}-14`, `Q${month}${e.code}`, e, number, pay));
  }
  return rows;
}

/** What comes in from those who pay the month before late. */
export async function latePayments(play: Play, month: Month): Promise<string[]> {
  const rows: string[] = [];
  const before = addMonths(month, -1);
  const others = await payers(play, before);
  for (const e of play.employers) {
    const how = manner(play, e, before);
    if (how.never || !how.late || others.has(e.code)) continue;
    const bill = await billOf(play, e, before);
    const owed = bill === null ? 0 : bill.lines.reduce((s, l) => s + l.openFen, 0);
    if (bill !== null && owed > 0)
      rows.push(bankRow(`${month}-24`, `L${before}${e.code}`, e, bill.number, owed));
  }
  return rows;
}

/** Employers whose receipts persons booked since the month's bills were made: they pay for themselves. */
async function payers(play: Play, month: Month): Promise<ReadonlySet<string>> {
  const { employers } = (await play.house.call(
    'simulation.paid-by-others',
    { month },
    play.caller,
  )) as { employers: string[] };
  return new Set(employers);
}

async function billOf(play: Play, employer: Employer, month: Month): Promise<BillView | null> {
  try {
    return (await play.house.call(
      'insurance.bill',
      { employer: employer.code, month },
      play.caller,
    )) as BillView;
  } catch (error) {
    if (error instanceof MindunError && error.code === 'not-found') return null;
    throw error;
  }
}

/** A bank's file. */
export function bankFile(rows: readonly string[]): string {
  return Buffer.from(
    ['收款日期,流水号,付款人,付款账号,账单号,金额', ...rows].join('\n'),
    'utf8',
  ).toString('base64');
}

/** The day after the month, when it is closed. */
export function closingDay(month: Month): string {
  return `${addMonths(month, 1)}-01T08:30`;
}
