import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { yuan } from '../../src/kernel/index.ts';
import type { BillView, RecordView } from '../../src/services/insurance/index.ts';
import { faults } from '../model/faults.ts';
import {
  type Act,
  type Correction,
  instalmentsOf,
  type MonthResult,
  type Person,
  runModel,
} from '../model/model.ts';
import { inventedLaw, type RandomScenario, randomScenario } from '../model/random.ts';
import {
  bankFile,
  citizen,
  organisation,
  refusal,
  roster,
  type TestCity,
  testCity,
} from './harness.ts';

/** Months that cities and model play side by side. */
export interface Course {
  readonly firstMonth: string;
  readonly months: number;
  readonly seed: number;
  /** Scenarios that one city plays at once. */
  readonly count: number;
  /** The city's reference wage of the year in fen: one whose limits need rounding. */
  readonly referenceFen: number;
  /** Another one that is published later, for all of the year. */
  readonly notice?: { readonly published: string; readonly referenceFen: number };
  /** Planted faults that nothing in these months can show. */
  readonly outside: ReadonlySet<string>;
}

/** The city's own notices: its reference wage, and a term of seven days. */
function noticesOf({ firstMonth, referenceFen, notice }: Course): string {
  const year = firstMonth.slice(0, 4);
  const version = (fen: number, more: string): string =>
    `    - { from: '${year}-01-01', to: '${year}-12-31', value: '${yuan(fen)}', ${more}, document: 测试, article: '', confidence: found }`;
  const versions =
    notice === undefined
      ? [version(referenceFen, 'provisional: false')]
      : [
          version(referenceFen, 'provisional: true'),
          version(notice.referenceFen, `published: '${notice.published}'`),
        ];
  return `- id: contribution.reference
  zh: 缴费基准值
  en: Contribution reference wage
  unit: yuan/month
  versions:
${versions.join('\n')}
- id: collection.dueDays
  zh: 核定后缴费期限（日）
  en: Days to pay after assessment
  unit: days
  versions:
    - { from: '1999-01-01', value: '7', document: 测试, article: '', confidence: found }
`;
}

/** Scenarios that one city plays side by side. */
function scenariosOf(course: Course): RandomScenario[] {
  const { firstMonth, months, notice } = course;
  const year = firstMonth.slice(0, 4);
  const base = inventedLaw({ [year]: BigInt(course.referenceFen) });
  const late = notice && { ...notice, year, referenceFen: BigInt(notice.referenceFen) };
  const law = {
    ...base,
    notices: late === undefined ? [] : [late],
    rates: { ...base.rates, publicPension: { employer: [20n, 100n], employee: [3n, 100n] } },
  } as const;
  return Array.from({ length: course.count }, (_, i) =>
    playable(randomScenario(course.seed + i, { law, firstMonth, months }), i < 4),
  );
}

/** A scenario as a city can play it; in a `quiet` one an employer declares the first month, then falls silent and pays nothing. */
function playable(one: RandomScenario, quiet: boolean): RandomScenario {
  // Rural contract workers are a category of enterprises; a public institution's staff is its own.
  const isPublic = new Set(one.employers.filter((e) => e.category === 'public').map((e) => e.code));
  // Who never had a bill has no number to write: his money waits as an unknown payer's.
  const billed = new Set<string>();
  const silent = quiet
    ? Object.entries(one.months[0]!.declared).find(([, l]) => l)?.[0]
    : undefined;
  const staffOf = (employer: string, list: readonly Person[]) =>
    isPublic.has(employer) ? list.map((p) => ({ ...p, rural: false })) : list;
  const months = one.months.map((m, n) => {
    const declared = Object.fromEntries(
      Object.entries(m.declared)
        .filter(([employer, list]) => list !== undefined && (n === 0 || employer !== silent))
        .map(([employer, list]) => [employer, staffOf(employer, list ?? [])]),
    );
    const late = (m.late ?? [])
      .filter((l) => l.employer !== silent)
      .map((l) => ({ ...l, persons: staffOf(l.employer, l.persons) }));
    const corrections = (m.corrections ?? [])
      .filter((c) => c.employer !== silent)
      .map((c) =>
        c.adds === undefined || !isPublic.has(c.employer) ? c : { ...c, adds: { rural: false } },
      );
    for (const employer of [...Object.keys(declared), ...late.map((l) => l.employer)])
      billed.add(employer);
    const receipts = m.receipts.map((r) => {
      const known = r.employer !== null && r.employer !== silent && billed.has(r.employer);
      return known ? r : { ...r, employer: null };
    });
    return { ...m, declared, late, corrections, receipts };
  });
  return { ...one, months };
}

const code = (scenario: number, employer: string): string =>
  organisation(1000 + scenario * 10 + Number(employer.slice(1)));
const funds = ['pension', 'publicPension', 'medical', 'unemployment', 'injury', 'maternity'];
const shares = ['employer', 'employee'];
const feeMonth = (period: number): string =>
  `${Math.floor(period / 100)}-${String(period % 100).padStart(2, '0')}`;

type Outcome = Record<string, Record<string, number>>;

function add(sums: Record<string, number>, key: string, fen: number | bigint): void {
  const sum = (sums[key] ?? 0) + Number(fen);
  if (sum === 0) delete sums[key];
  else sums[key] = sum;
}

function nothing(): Outcome {
  return {
    bills: {},
    persons: {},
    open: {},
    credit: {},
    suspense: {},
    acts: {},
    fees: {},
    lateDays: {},
    feesPaid: {},
    accounts: {},
    counted: {},
    personAccounts: {},
  };
}

/** What the clerk did, and whether it could be done. */
function actKey(scenario: number, { kind, day, employer, month, until }: Act): string {
  return `${code(scenario, employer)} ${month} ${kind} ${day} ${until}`;
}

interface Figure {
  readonly code?: string;
  readonly number?: string;
  readonly fund?: number;
  readonly share?: number;
  readonly period?: number;
  readonly fen: number;
}

const withCode = 'join employer_code c on c.employer_id = x.employer_id';
const cells = `(case when category = 2 then 2 else 1 end, 1, pension_employer, 0),
  (case when category = 2 then 2 else 1 end, 2, pension_employee, pension_account),
  (3, 1, medical_employer, medical_account), (3, 2, medical_employee, 0), (4, 1, unemployment_employer, 0),
  (4, 2, unemployment_employee, 0), (5, 1, injury_employer, 0), (6, 1, maternity_employer, 0)`;
const persons = `select c.code, n.number, x.period, v.fund, v.share, v.amount as fen, v.account from person_month x ${withCode}
  join person_fact n on n.person_id = x.person_id and upper_inf(n.known) and upper_inf(n.valid),
  lateral (values ${cells}) as v (fund, share, amount, account)`;
const cell = (f: Figure): string => `${f.number} ${claim(f)}`;
const claim = (f: Figure): string =>
  `${f.code} ${feeMonth(f.period!)} ${funds[f.fund! - 1]} ${shares[f.share! - 1]}`;
const employer = (f: Figure): string => f.code!;

/** Figures of the whole city by name and key; $1, where it stands, is the month. */
const questions: readonly [name: string, key: (f: Figure) => string, sql: string][] = [
  [
    'bills',
    claim,
    `select c.code, x.fund::int, x.share::int, x.fee_period as period, x.amount as fen from bill_line x ${withCode} where x.period = $1`,
  ],
  ['persons', cell, persons],
  [
    'persons',
    (f) => `${f.number} ${f.code} ${feeMonth(f.period!)} ${funds[f.fund! - 1]} account`,
    persons.replace('v.amount as fen, v.account', 'v.account as fen'),
  ],
  [
    'open',
    claim,
    `select c.code, x.fund::int, x.share::int, x.fee_period as period, x.amount as fen from entry x ${withCode}
     where x.book = 2 and x.account = 1`,
  ],
  [
    'credit',
    employer,
    `select c.code, -x.amount as fen from entry x ${withCode} where x.book = 2 and x.account = 12`,
  ],
  ['suspense', () => 'all', 'select -amount as fen from entry where book = 1 and account = 200102'],
  [
    'fees',
    claim,
    `select c.code, x.fund::int, x.share::int, x.fee_period as period, x.amount as fen from late_fee x ${withCode}`,
  ],
  [
    'lateDays',
    claim,
    `select c.code, x.fund::int, x.share::int, x.fee_period as period, x.days as fen from late_fee x ${withCode}`,
  ],
  [
    'feesPaid',
    employer,
    `select c.code, -x.amount as fen from entry x join journal j on j.id = x.journal_id ${withCode}
     where x.book = 1 and x.account in (450100, 450101) and j.kind <> 'close'`,
  ],
  [
    'accounts',
    (f) => `${f.code} ${feeMonth(f.period!)} ${funds[f.fund! - 1]}`,
    `select c.code, x.fund::int, x.fee_period as period, x.amount as fen from account_credit x ${withCode}`,
  ],
];

/** A city that plays random scenarios, month by month. */
class Play {
  readonly played: Outcome[] = [];
  readonly scenarios: readonly RandomScenario[];
  readonly #course: Course;
  readonly #city: TestCity;
  readonly #numbers = new Map<string, string>();
  readonly #acts: Record<string, number> = {};

  constructor(course: Course, city: TestCity) {
    this.#course = course;
    this.#city = city;
    this.scenarios = scenariosOf(course);
  }

  async all(): Promise<void> {
    await this.#register();
    for (let i = 0; i < this.#course.months; i += 1) await this.#month(i);
  }

  /** What the model says of one month, in the words of the comparison. */
  said(results: readonly (readonly MonthResult[])[], month: number): Outcome {
    const out = nothing();
    results.forEach((result, s) => {
      const m = result[month]!;
      for (const b of m.bills)
        add(out['bills']!, `${code(s, b.employer)} ${b.month} ${b.fund} ${b.share}`, b.dueFen);
      for (const p of m.persons) {
        const of = `${this.#number(`${s} ${p.person}`)} ${code(s, p.employer)} ${p.month} ${p.fund}`;
        add(out['persons']!, `${of} ${p.share}`, p.fen);
        add(out['persons']!, `${of} account`, p.accountFen);
      }
      for (const o of m.open)
        add(out['open']!, `${code(s, o.employer)} ${o.month} ${o.fund} ${o.share}`, o.openFen);
      for (const c of m.credits) add(out['credit']!, code(s, c.employer), c.fen);
      add(out['suspense']!, 'all', m.suspenseFen);
      for (const { act, taken } of result.slice(0, month + 1).flatMap((r) => r.acts))
        add(out['acts']!, actKey(s, act), taken ? 1 : -1);
      for (const f of m.lateFees) {
        const key = `${code(s, f.employer)} ${f.month} ${f.fund} ${f.share}`;
        add(out['fees']!, key, f.feeFen);
        add(out['lateDays']!, key, f.days);
      }
      for (const f of m.lateFeesPaid) add(out['feesPaid']!, code(s, f.employer), f.fen);
      for (const a of m.accounts)
        add(out['accounts']!, `${code(s, a.employer)} ${a.month} ${a.fund}`, a.receivedFen);
      // A record shows all months: each person's is asked for once, at the end.
      if (month < this.#course.months - 1) return;
      for (const c of m.counted)
        add(
          out['counted']!,
          `${s} ${c.employer} ${this.#number(`${s} ${c.person}`)} ${c.month}`,
          1,
        );
      for (const a of m.personAccounts) {
        const of = `${s} ${a.employer} ${this.#number(`${s} ${a.person}`)} ${a.month}`;
        add(out['personAccounts']!, `${of} ${a.fund === 'medical' ? 'medical' : 'pension'}`, a.fen);
      }
    });
    return out;
  }

  async #register(): Promise<void> {
    for (const [s, scenario] of this.scenarios.entries()) {
      for (const e of scenario.employers) {
        const { category, injuryClass, injuryFloat = [1n, 1n] } = e;
        await this.#city.run('registry.employer.register', {
          code: code(s, e.code),
          name: `${s} ${e.code}`,
          area: '430407',
          injuryClass,
          category,
        });
        if (injuryFloat[0] !== injuryFloat[1])
          await this.#city.run('insurance.rate-employer', {
            employer: code(s, e.code),
            kind: 'injury-float',
            value: String(Number(injuryFloat[0]) / Number(injuryFloat[1])),
            from: this.#course.firstMonth,
            document: '测试',
          });
      }
    }
  }

  async #month(index: number): Promise<void> {
    const month = this.scenarios[0]!.months[index]!.month;
    await this.#city.clock(`${month}-08T09:00`);
    await this.#learn(index, 1);
    await this.#declare(month, index);
    await this.#city.run('insurance.assess', { month });
    await this.#deal(index);
    await this.#receive(month, index);
    await this.#learn(index + 1, 0);
    await this.#city.run('insurance.credit', { month });
    this.played.push(await this.#seen(month));
    const { checks } = await this.#city.run<{ checks: { name: string; wrong: number }[] }>(
      'insurance.verify',
      {},
    );
    expect(checks.filter((c) => c.wrong !== 0)).toEqual([]);
    if (index < this.#course.months - 1) await this.#city.run('insurance.close', { month });
  }

  /**
   * What becomes known of earlier months and stands on the bills of a month: of every other scenario before that month is open, while the
   * one before is assessed already.
   */
  async #learn(index: number, half: number): Promise<void> {
    for (const [s, scenario] of this.scenarios.entries()) {
      const input = scenario.months[index];
      if (input === undefined || s % 2 !== half) continue;
      for (const { employer, month, persons } of input.late ?? []) {
        const content = roster(month, this.#rows(s, persons));
        const late = { employer: code(s, employer), month, content, reason: '漏报' };
        const answer = await this.#city.run('insurance.declare-late', late);
        expect(answer).toMatchObject({ accepted: persons.length });
      }
      for (const correction of input.corrections ?? []) {
        const answer = await this.#correct(s, correction);
        expect(answer).toEqual({ billMonth: input.month, months: correction.months.length });
      }
    }
  }

  #correct(scenario: number, { employer, person, months, wageFen, adds }: Correction) {
    const about = {
      employer: code(scenario, employer),
      person: this.#number(`${scenario} ${person}`),
      months,
      reason: '测试',
    };
    if (wageFen === null)
      return this.#city.run('insurance.correct-roster', { ...about, change: 'removes' });
    const wage = { wageFen: Number(wageFen) };
    if (adds === undefined) return this.#city.run('insurance.correct-wage', { ...about, ...wage });
    const residence = adds.rural ? 'rural' : 'urban';
    const more = { ...wage, name: '张三', residence };
    return this.#city.run('insurance.correct-roster', { ...about, change: 'adds', ...more });
  }

  #rows(scenario: number, persons: readonly Person[]) {
    return persons.map((p) => ({
      number: this.#number(`${scenario} ${p.id}`),
      wage: yuan(Number(p.wageFen)),
      residence: p.rural ? ('农业' as const) : ('城镇' as const),
      change: ({ stay: '续保', join: '新增', leave: '减少' } as const)[p.change],
    }));
  }

  async #declare(month: string, index: number): Promise<void> {
    for (const [s, scenario] of this.scenarios.entries()) {
      for (const [employer, list] of Object.entries(scenario.months[index]!.declared)) {
        if (list === undefined) continue;
        await this.#city.run('insurance.declare', {
          employer: code(s, employer),
          month,
          full: true,
          content: roster(month, this.#rows(s, list)),
        });
      }
    }
  }

  /** Orders and deferrals of all scenarios in the order of their days. */
  async #deal(index: number): Promise<void> {
    const acts = this.scenarios
      .flatMap((one, s) => (one.months[index]!.acts ?? []).map((act) => ({ s, act })))
      .sort((a, b) => (a.act.day < b.act.day ? -1 : a.act.day > b.act.day ? 1 : 0));
    for (const { s, act } of acts) {
      await this.#city.clock(`${act.day}T09:00`);
      const done = await this.#act(code(s, act.employer), act);
      add(this.#acts, actKey(s, act), done ? 1 : -1);
    }
  }

  async #act(employer: string, act: Act): Promise<boolean> {
    const bill = await this.#bill(employer, act.month);
    if (bill === undefined) return false;
    const about = { bill: bill.number, reason: '测试' };
    if (act.kind === 'order') {
      const code = await refusal(
        this.#city.run('insurance.order-payment', { ...about, payBy: act.until }),
      );
      expect(['none', 'nothing-open', 'bill-not-due']).toContain(code);
      return code === 'none';
    }
    const open = bill.lines.reduce((sum, l) => sum + l.openFen, 0);
    const instalments = instalmentsOf(BigInt(open), act).map((i) => ({
      dueOn: i.dueDay,
      amountFen: Number(i.fen),
    }));
    const refused = await refusal(
      this.#city.run('insurance.defer', { ...about, until: act.until, instalments }),
    );
    expect(['none', 'nothing-open', 'order-lapsed']).toContain(refused);
    return refused === 'none';
  }

  async #receive(month: string, index: number): Promise<void> {
    const rows = [];
    for (const [s, scenario] of this.scenarios.entries()) {
      for (const [n, receipt] of scenario.months[index]!.receipts.entries()) {
        const known = receipt.employer === null ? '' : code(s, receipt.employer);
        rows.push({
          on: receipt.day,
          reference: `${month} ${s} ${n}`,
          bill: known === '' ? '' : await this.#anyNumber(known, month),
          amount: yuan(Number(receipt.amountFen)),
        });
      }
    }
    const last = [`${month}-28`, ...rows.map((r) => r.on)].sort().at(-1);
    await this.#city.clock(`${last}T18:00`);
    if (rows.length > 0) await this.#city.run('insurance.collect', { content: bankFile(rows) });
  }

  async #bill(employer: string, month: string): Promise<BillView | undefined> {
    try {
      return await this.#city.run<BillView>('insurance.bill', { employer, month });
    } catch {
      return undefined;
    }
  }

  /** Any bill names its employer; who has none in this month writes the last one's number. */
  async #anyNumber(employer: string, month: string): Promise<string> {
    for (let m = month; m >= this.#course.firstMonth; m = before(m)) {
      const bill = await this.#bill(employer, m);
      if (bill !== undefined) return bill.number;
    }
    return '';
  }

  /** What the city says after a month. */
  async #seen(month: string): Promise<Outcome> {
    const out = nothing();
    for (const [name, key, sql] of questions) {
      const values = sql.includes('$1') ? [Number(month.replace('-', ''))] : [];
      const figures = await this.#city.house.store.transaction({ role: 'system' }, (tx) =>
        tx.rows<Figure>(sql, values),
      );
      for (const f of figures) add(out[name]!, key(f), f.fen);
    }
    out['acts'] = { ...this.#acts };
    if (this.played.length === this.#course.months - 1) await this.#readRecords(out);
    return out;
  }

  /**
   * Each person's months that count, as his record shows them, and what stands on his accounts for months of which nothing is
   * open any more.
   */
  async #readRecords(out: Outcome): Promise<void> {
    const open = new Set(
      Object.keys(out['open']!).map((key) => key.split(' ').slice(0, 3).join(' ')),
    );
    for (const person of this.#numbers.values()) {
      const record = await this.#city.run<RecordView>('insurance.record', { person });
      for (const m of record.months) {
        const of = `${m.employerName} ${person} ${m.month}`;
        if (m.counts) add(out['counted']!, of, 1);
        const [scenario, employer] = m.employerName.split(' ') as [string, string];
        const pension = m.category === 'public' ? 'publicPension' : 'pension';
        for (const a of m.amounts) {
          const fund = a.insurance === 'medical' ? 'medical' : pension;
          if (a.creditedFen === 0) continue;
          if (open.has(`${code(Number(scenario), employer)} ${m.month} ${fund}`)) continue;
          add(
            out['personAccounts']!,
            `${of} ${fund === 'medical' ? fund : 'pension'}`,
            a.creditedFen,
          );
        }
      }
    }
  }

  #number(id: string): string {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const serial = this.#numbers.size;
    const number = citizen(serial % 1000, `19${60 + Math.floor(serial / 1000)}0101`);
    this.#numbers.set(id, number);
    return number;
  }
}

function before(month: string): string {
  const [y, m] = [Number(month.slice(0, 4)), Number(month.slice(5))];
  return m === 1 ? `${y - 1}-12` : `${y}-${String(m - 1).padStart(2, '0')}`;
}

function sorted(outcome: Outcome): unknown {
  return Object.entries(outcome).map(([k, v]) => [
    k,
    Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** The tests of a course: every month agrees to the fen, every planted fault is caught. */
export function besideModel(course: Course): void {
  const { firstMonth, seed, count } = course;
  const indexes = Array.from({ length: course.months }, (_, i) => i);
  let city: TestCity;
  let play: Play;

  beforeAll(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'mindun-law-'));
    mkdirSync(path.join(folder, '4304'));
    writeFileSync(path.join(folder, '4304', 'parameters.yaml'), noticesOf(course));
    process.env['MINDUN_LAW'] = folder;
    city = await testCity({ at: `${firstMonth}-02T09:00` });
    play = new Play(course, city);
    await play.all();
  }, 600_000);
  afterAll(async () => city?.close());

  describe(`random months from ${firstMonth} beside the reference model (seeds ${seed} to ${seed + count - 1})`, () => {
    it.each(indexes)('month %i agrees to the fen', (month) => {
      expect(play.played[month]).toEqual(
        play.said(
          play.scenarios.map((s) => runModel(s)),
          month,
        ),
      );
    });

    it.each(faults.map((f) => f.name))('a planted fault is caught: %s', (name) => {
      const fault = faults.find((f) => f.name === name)!;
      const results = play.scenarios.map((s) => runModel(s, fault.rules));
      const differs = indexes.some(
        (m) =>
          JSON.stringify(sorted(play.said(results, m))) !== JSON.stringify(sorted(play.played[m]!)),
      );
      expect(differs).toBe(!course.outside.has(name));
    });
  });
}
