import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { firstDay, type Month, monthOf, type PlainDate, yearOf, yuan } from '../../kernel/index.ts';
import type { Employer, Job, Population } from './population.ts';
import { Draw } from './random.ts';

const wageCap = 538_500;
/** 《劳动法》 art. 15. */
const ageToWork = 16;

/**
 * Writes the books that the simulated city brings with it, in the files of a take-over (docs/reference/import.md), with their own totals
 * counted as they are written.
 */
export function writeBooks(
  folder: string,
  population: Population,
  before: Month,
  seed: number,
): void {
  const books = new Books(folder);
  const year = monthOf(before) === 12 ? yearOf(before) : yearOf(before) - 1;
  for (const p of population.persons) {
    books.row('persons.csv', [p.number, p.name, p.residence, p.area]);
    books.total('persons', p.area);
  }
  for (const e of population.employers)
    employerRows(books, e, before, year, new Draw(seed, 'books', e.code));
  for (const r of population.retirees) {
    books.row('retirees.csv', [r.person.number, byThen(r.since, before), yuan(r.pension)]);
    books.total('retirees', r.person.area, {}, r.pension);
  }
  ledgerRows(books, population);
  books.write();
}

/** A day of the books of the month before the city's first: none of them lies after it. */
function byThen(date: PlainDate, before: Month): PlainDate {
  return date > firstDay(before) ? firstDay(before) : date;
}

function categoryOf(e: Employer, job: Job): string {
  return e.category === 'enterprise' && job.person.residence === 'rural' ? 'rural' : e.category;
}

function employerRows(books: Books, e: Employer, before: Month, year: number, draw: Draw): void {
  books.row('employers.csv', [
    e.code,
    e.name,
    e.area,
    String(e.injuryClass),
    e.category,
    '1998-01-01',
  ]);
  books.total('employers', e.area);
  for (const job of e.jobs) {
    const { number } = job.person;
    const of = categoryOf(e, job);
    const since = byThen(job.since, before);
    books.row('spells.csv', [number, e.code, of, job.schemes.join(';'), since, '']);
    for (const insurance of job.schemes) books.total('spells', e.area, { insurance });
    books.row('rosters.csv', [e.code, number, of, yuan(job.wage)]);
    books.total('rosters', e.area, {}, job.wage);
    accountRows(books, e, job, year, draw);
    if (Number(job.since.slice(0, 4)) < 2000 && draw.chance(150)) {
      const months = String(draw.int(6, 120));
      // Who was not of age to work by then has none.
      if (Number(job.person.birth.slice(0, 4)) + ageToWork > 1984) continue;
      books.row('deemed.csv', [number, months, '1985-01-01', '1994-12-31', '连续工龄']);
      books.total('deemed', job.person.area);
    }
  }
  if (draw.chance(60)) arrearsRows(books, e, before);
}

function accountRows(books: Books, e: Employer, job: Job, year: number, draw: Draw): void {
  const base = Math.min(job.wage, wageCap);
  const kinds = [
    ...(job.schemes.includes('pension')
      ? [
          {
            insurance: e.category === 'public' ? 'public-pension' : 'pension',
            month: Math.round(base * 0.08),
          },
        ]
      : []),
    ...(job.schemes.includes('medical')
      ? [{ insurance: 'medical', month: Math.round(base * 0.038) }]
      : []),
  ];
  for (const { insurance, month } of kinds) {
    const years = year - Number(job.since.slice(0, 4));
    const opening = month * 12 * years;
    const credited = month * 12;
    const interest = Math.round(opening * 0.0252);
    const paidOut = insurance === 'medical' ? draw.int(0, Math.floor((opening + credited) / 2)) : 0;
    const closing = opening + credited + interest - paidOut;
    const account = { opening, credited, interest, paidOut, closing };
    const { number, area } = job.person;
    books.row('balances.csv', [
      number,
      insurance,
      String(year),
      ...Object.values(account).map(yuan),
    ]);
    for (const [item, fen] of Object.entries(account))
      books.total('balances', area, { insurance, year: String(year), item }, fen);
    if (insurance === 'medical') books.keepAccount(area, closing);
  }
}

function arrearsRows(books: Books, e: Employer, before: Month): void {
  const amount = Math.round(e.jobs.reduce((s, j) => s + j.wage, 0) * 0.2);
  const insurance = e.category === 'public' ? 'public-pension' : 'pension';
  books.row('arrears.csv', [e.code, before, insurance, 'employer', yuan(amount), `${before}-20`]);
  books.total('arrears', e.area, { insurance, year: before.slice(0, 4), item: 'employer' }, amount);
}

const funds = [
  'pension',
  'public-pension',
  'medical',
  'unemployment',
  'injury',
  'maternity',
] as const;

/** Half a year of wages' worth in each fund's fiscal account, against its balance; the medical accounts' money beside it. */
function ledgerRows(books: Books, population: Population): void {
  const wages = new Map<string, number>();
  for (const e of population.employers) {
    const sum = e.jobs.reduce((s, j) => s + j.wage, 0);
    wages.set(e.area, (wages.get(e.area) ?? 0) + sum);
  }
  for (const [area, wage] of wages) {
    for (const [i, fund] of funds.entries()) {
      const amount = Math.round(wage * [1.2, 0.4, 0.5, 0.2, 0.1, 0.05][i]!);
      ledgerPair(books, fund, fund === 'medical' ? '300101' : '300100', area, amount);
    }
  }
  for (const [area, fen] of books.accounts) ledgerPair(books, 'medical', '300102', area, fen);
}

function ledgerPair(books: Books, fund: string, balance: string, area: string, fen: number): void {
  books.row('ledger.csv', [fund, '100300', area, yuan(fen)]);
  books.total('ledger', area, { insurance: fund, item: '100300.debit' }, fen);
  books.row('ledger.csv', [fund, balance, area, yuan(-fen)]);
  books.total('ledger', area, { insurance: fund, item: `${balance}.credit` }, fen);
}

const heads: Readonly<Record<string, string>> = {
  'persons.csv': 'number,name,residence,area',
  'employers.csv': 'code,name,area,injuryClass,category,from',
  'spells.csv': 'number,employer,category,schemes,from,to',
  'rosters.csv': 'employer,number,category,wage',
  'balances.csv': 'number,insurance,year,opening,credited,interest,paidOut,closing',
  'deemed.csv': 'number,months,from,to,basis',
  'retirees.csv': 'number,since,pension',
  'arrears.csv': 'employer,feeMonth,insurance,share,amount,dueDate',
  'ledger.csv': 'fund,account,area,amount',
};

interface TotalOf {
  readonly insurance?: string;
  readonly year?: string;
  readonly item?: string;
}

class Books {
  readonly #folder: string;
  readonly #lines = new Map<string, string[]>(Object.entries(heads).map(([f, h]) => [f, [h]]));
  readonly accounts = new Map<string, number>();
  readonly #totals = new Map<string, { count: number; fen: number }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  row(file: string, cells: readonly string[]): void {
    this.#lines.get(file)!.push(cells.join(','));
  }

  total(table: string, area: string, of: TotalOf = {}, fen = 0): void {
    const { insurance = '', year = '', item = '' } = of;
    const key = [table, area.padEnd(12, '0'), insurance, year, item].join(',');
    const sum = this.#totals.get(key) ?? { count: 0, fen: 0 };
    sum.count += 1;
    sum.fen += fen;
    this.#totals.set(key, sum);
  }

  /** Money of a medical account at the end of the last year, in the area where it is kept. */
  keepAccount(area: string, fen: number): void {
    this.accounts.set(area, (this.accounts.get(area) ?? 0) + fen);
  }

  write(): void {
    for (const [file, lines] of this.#lines) {
      writeFileSync(path.join(this.#folder, file), `${lines.join('\n')}\n`);
    }
    const totals = [...this.#totals].map(([key, t]) => `${key},${t.count},${yuan(t.fen)}`);
    writeFileSync(
      path.join(this.#folder, 'totals.csv'),
      `${['table,area,insurance,year,item,count,amount', ...totals].join('\n')}\n`,
    );
  }
}
