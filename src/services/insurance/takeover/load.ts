import {
  type Entry,
  entered,
  fundBy,
  keepBalances,
  movementsOf,
  post,
  receivable,
  receivableKeys,
  statutory,
  statutoryKeys,
} from '../../../engines/fund/index.ts';
import { insertEmployers, insertPersons } from '../../../engines/registry/index.ts';
import { copyRows } from '../../../kernel/database/index.ts';
import {
  addMonths,
  type Context,
  groupBy,
  lastDay,
  type Month,
  monthOfPeriod,
  period,
  publicId,
  sumOf,
  yearOf,
} from '../../../kernel/index.ts';
import { writeBillLines } from '../bills/lines.ts';
import { category, employeeShare, employerShare, lineKind } from '../codes.ts';
import { insertRatings } from '../ratings.ts';
import { coversMonth } from './possible.ts';
import { schemesOf, type TakeoverRows } from './shapes.ts';

const chunk = 5000;

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < rows.length; i += chunk) yield rows.slice(i, i + chunk);
}

/** Where things of the source stand in the store. */
export interface Ids {
  readonly persons: Map<string, { id: number; area: number }>;
  readonly employers: Map<string, { id: number; area: number; injuryClass: number; name: string }>;
}

/** The month before the city's first: opening books stand there. */
export function openingMonth(context: Pick<Context, 'city'>): Month {
  return addMonths(monthOfPeriod(context.city.firstPeriod), -1);
}

/** Writes everything read, in one transaction with the system's eyes. */
export async function load(
  context: Context,
  rows: TakeoverRows,
  areaOf: (code: string) => number,
): Promise<void> {
  const ids = await loadParties(context, rows, areaOf);
  await loadSpells(context, rows, ids);
  await loadRosters(context, rows, ids);
  await loadPersonFacts(context, rows, ids);
  const entries = [...(await loadArrears(context, rows, ids)), ...ledgerEntries(rows, areaOf)];
  await postOpening(context, entries);
}

async function loadParties(
  context: Context,
  rows: TakeoverRows,
  areaOf: (code: string) => number,
): Promise<Ids> {
  const ids: Ids = { persons: new Map(), employers: new Map() };
  for (const part of chunks(rows['persons.csv'])) {
    const inserted = await insertPersons(
      context.tx,
      part.map((p) => ({
        name: p.name,
        number: p.number.number,
        birth: p.number.birthDate,
        sex: p.number.sex,
        residence: p.residence,
        area: areaOf(p.area),
      })),
      context.act,
    );
    part.forEach((p, i) => {
      ids.persons.set(p.number.number, { id: inserted[i]!, area: areaOf(p.area) });
    });
  }
  for (const part of chunks(rows['employers.csv'])) {
    const inserted = await insertEmployers(
      context.tx,
      part.map((e) => ({ ...e, area: areaOf(e.area), category: category[e.category] })),
      context.act,
    );
    await insertRatings(
      context,
      part.flatMap((e, i) => {
        const at = { id: inserted[i]!, area: areaOf(e.area) };
        return [
          ...(e.injuryFloat === null || Number(e.injuryFloat) === 1
            ? []
            : [{ ...at, kind: 'injury-float' as const, value: String(Number(e.injuryFloat)) }]),
          ...(e.size === null ? [] : [{ ...at, kind: 'size' as const, value: e.size }]),
        ];
      }),
    );
    part.forEach((e, i) => {
      const place = {
        id: inserted[i]!,
        area: areaOf(e.area),
        injuryClass: e.injuryClass,
        name: e.name,
      };
      ids.employers.set(e.code, place);
    });
  }
  return ids;
}

async function loadSpells(context: Context, rows: TakeoverRows, ids: Ids): Promise<void> {
  for (const part of chunks(rows['spells.csv'])) {
    const employers = part.map((r) => ids.employers.get(r.employer)!);
    await context.tx.execute(
      `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
       select u.*, int8range($7, null) from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[],
         $6::daterange[]) as u`,
      [
        part.map((r) => ids.persons.get(r.number.number)!.id),
        employers.map((e) => e.id),
        employers.map((e) => e.area),
        part.map((r) => category[r.category]),
        part.map((r) => schemesOf(r.schemes, r.category)),
        part.map((r) => `[${r.from},${r.to ?? ''}${r.to === null ? ')' : ']'}`),
        context.act,
      ],
    );
  }
}

/** The rosters of the month before the first: what "changes on last month's" are laid over. */
async function loadRosters(context: Context, rows: TakeoverRows, ids: Ids): Promise<void> {
  const ofPeriod = period(openingMonth(context));
  const byEmployer = [...groupBy(rows['rosters.csv'], (r) => r.employer)];
  const schemes = new Map(
    rows['spells.csv']
      .filter((s) => coversMonth(s, openingMonth(context)))
      .map((s) => [
        `${s.employer} ${s.number.number} ${s.category}`,
        schemesOf(s.schemes, s.category),
      ]),
  );
  const declarations = new Map<string, number>();
  for (const part of chunks(byEmployer)) {
    const found = await context.tx.rows<{ id: number; employer: number }>(
      `insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, act)
       select u.public_id, $1, u.employer, u.area, 'opening', u.rows, u.wage, $1, $2
       from unnest($3::text[], $4::bigint[], $5::bigint[], $6::int[], $7::bigint[]) as u (public_id, employer, area, rows, wage)
       returning id, employer_id as employer`,
      [
        ofPeriod,
        context.act,
        part.map(() => publicId()),
        part.map(([e]) => ids.employers.get(e)!.id),
        part.map(([e]) => ids.employers.get(e)!.area),
        part.map(([, list]) => list.length),
        part.map(([, list]) => sumOf(list, (r) => r.wage)),
      ],
    );
    const byId = new Map(found.map((f) => [f.employer, f.id]));
    for (const [e] of part) declarations.set(e, byId.get(ids.employers.get(e)!.id)!);
  }
  await context.tx.as('bulk', () =>
    copyRows(
      context.tx.copyIn(
        `copy roster_line_${ofPeriod} (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes,
           change, wage) from stdin`,
      ),
      rosterLines(rows, ids, ofPeriod, declarations, schemes),
    ),
  );
}

function* rosterLines(
  rows: TakeoverRows,
  ids: Ids,
  ofPeriod: number,
  declarations: ReadonlyMap<string, number>,
  schemes: ReadonlyMap<string, number>,
): Generator<number[]> {
  for (const r of rows['rosters.csv']) {
    const employer = ids.employers.get(r.employer)!;
    const bits = schemes.get(`${r.employer} ${r.number.number} ${r.category}`)!;
    yield [
      ofPeriod,
      employer.id,
      ids.persons.get(r.number.number)!.id,
      declarations.get(r.employer)!,
      employer.area,
      category[r.category],
      employer.injuryClass,
      bits,
      0,
      r.wage,
    ];
  }
}

async function loadPersonFacts(context: Context, rows: TakeoverRows, ids: Ids): Promise<void> {
  const { tx, act } = context;
  const of = (r: { number: { number: string } }) => ids.persons.get(r.number.number)!;
  for (const part of chunks(rows['balances.csv'])) {
    await tx.execute(
      `insert into account_year (person_id, area, fund, year, opening, credited, interest, paid_out, closing, act)
       select u.*, $10 from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::int[], $5::bigint[], $6::bigint[],
         $7::bigint[], $8::bigint[], $9::bigint[]) as u`,
      [
        part.map((r) => of(r).id),
        part.map((r) => of(r).area),
        part.map((r) => fundBy(r.insurance)!.id),
        part.map((r) => r.year),
        part.map((r) => r.opening),
        part.map((r) => r.credited),
        part.map((r) => r.interest),
        part.map((r) => r.paidOut),
        part.map((r) => r.closing),
        act,
      ],
    );
  }
  for (const part of chunks(rows['deemed.csv'])) {
    await tx.execute(
      `insert into deemed_service (person_id, area, months, valid, basis, act)
       select u.*, $6 from unnest($1::bigint[], $2::bigint[], $3::int[], $4::daterange[], $5::text[]) as u`,
      [
        part.map((r) => of(r).id),
        part.map((r) => of(r).area),
        part.map((r) => r.months),
        part.map((r) => `[${r.from},${r.to}]`),
        part.map((r) => r.basis),
        act,
      ],
    );
  }
  for (const part of chunks(rows['retirees.csv'])) {
    await tx.execute(
      `insert into retiree (person_id, area, since, pension, act)
       select u.*, $5 from unnest($1::bigint[], $2::bigint[], $3::date[], $4::bigint[]) as u`,
      [
        part.map((r) => of(r).id),
        part.map((r) => of(r).area),
        part.map((r) => r.since),
        part.map((r) => r.pension),
        act,
      ],
    );
  }
}

/** One bill for each employer and due day of what was owed at take-over; its lines are ordinary claims. */
async function loadArrears(context: Context, rows: TakeoverRows, ids: Ids): Promise<Entry[]> {
  const opening = openingMonth(context);
  const bills = [...groupBy(rows['arrears.csv'], (r) => `${r.employer} ${r.dueDate}`)];
  if (bills.length === 0) return [];
  const year = yearOf(opening);
  const { first } = await context.tx.one<{ first: number }>(
    `insert into number_series (office, year, kind, last) values ($1, $2, 'opening', $3)
     on conflict (office, year, kind) do update set last = number_series.last + $3 returning last - $3 + 1 as first`,
    [context.city.code, year, bills.length],
  );
  const billIds: number[] = [];
  for (const part of chunks(bills.map(([, list], i) => ({ row: list[0]!, serial: first + i })))) {
    const inserted = await context.tx.rows<{ id: number }>(
      `insert into bill (public_id, number, kind, period, employer_id, area, issued_on, due_on, due_assumed, act)
       select u.public_id, u.number, 'opening', $1, u.employer, u.area, $2, u.due_on, false, $3
       from unnest($4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::date[]) with ordinality
         as u (public_id, number, employer, area, due_on, n) order by u.n returning id`,
      [
        period(opening),
        context.today,
        context.act,
        part.map(() => publicId()),
        part.map((p) => `接管〔${year}〕${String(p.serial).padStart(6, '0')}`),
        part.map((p) => ids.employers.get(p.row.employer)!.id),
        part.map((p) => ids.employers.get(p.row.employer)!.area),
        part.map((p) => p.row.dueDate),
      ],
    );
    billIds.push(...inserted.map((r) => r.id).sort((a, b) => a - b));
  }
  const lines = bills.flatMap(([, list], i) => arrearsLines(list, billIds[i]!, ids));
  await writeBillLines(context, opening, lines);
  return lines.flatMap((l): Entry[] => [
    {
      book: receivable,
      fund: l.fund,
      account: receivableKeys.contributionsDue,
      amount: l.amount,
      area: l.area,
      employerId: l.employer,
      billId: l.bill,
      feePeriod: l.feePeriod,
      share: l.share,
    },
    {
      book: receivable,
      fund: l.fund,
      account: receivableKeys.migration,
      amount: -l.amount,
      area: l.area,
      employerId: l.employer,
    },
  ]);
}

function arrearsLines(list: TakeoverRows['arrears.csv'], bill: number, ids: Ids) {
  return list.map((r) => {
    const employer = ids.employers.get(r.employer)!;
    return {
      bill,
      kind: lineKind.opening,
      persons: 0,
      base: 0,
      fund: fundBy(r.insurance)!.id,
      share: r.share === 'employer' ? employerShare : employeeShare,
      feePeriod: r.feeMonth,
      area: employer.area,
      employer: employer.id,
      amount: r.amount,
      // Whose account money it is was not taken over: the lines are the employer's.
      account: 0,
    };
  });
}

/** The opening ledger against the migration account: nothing is left on it when the source's ledger balances. */
function ledgerEntries(rows: TakeoverRows, areaOf: (code: string) => number): Entry[] {
  return rows['ledger.csv'].flatMap((r): Entry[] => {
    const common = { book: statutory, fund: fundBy(r.fund)!.id, area: areaOf(r.area) } as const;
    return [
      { ...common, account: r.account, amount: r.amount },
      { ...common, account: statutoryKeys.migration, amount: -r.amount },
    ];
  });
}

async function postOpening(context: Context, entries: readonly Entry[]): Promise<void> {
  const opening = openingMonth(context);
  await post(
    context.tx,
    [
      {
        key: `opening ${opening}`,
        event: `opening ${opening}`,
        effective: lastDay(opening),
        period: period(opening),
        kind: 'opening',
        memo: '接管期初',
        postings: entered(entries),
      },
    ],
    context.act,
  );
  const { tx } = context;
  await keepBalances(
    tx,
    period(opening),
    period(addMonths(opening, -1)),
    await movementsOf(tx, period(opening)),
  );
  await context.tx.execute('insert into period_lock (period, act) values ($1, $2)', [
    period(opening),
    context.act,
  ]);
}
