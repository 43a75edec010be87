import { z } from 'zod';
import { callRule, classFloats, employerSizes, type Law } from '../../engines/policy/index.ts';
import { type EmployerRow, employerBy } from '../../engines/registry/index.ts';
import type { Tx } from '../../kernel/database/index.ts';
import {
  addDays,
  type Context,
  defineCommand,
  firstDay,
  lastDay,
  MindunError,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  month as readMonth,
} from '../../kernel/index.ts';
import { category } from './codes.ts';
import { nextBill } from './declare/correct.ts';
import { lawOf, question } from './law.ts';

/** What an employer is rated in: its step of the floating work injury rate (as a factor, 1.2), its size. */
export const ratingKinds = ['injury-float', 'size'] as const;
export type RatingKind = (typeof ratingKinds)[number];
/** Sizes that an employer can be rated as; public institutions and flexible employment are told by their category. */
export const ratedSizes = employerSizes.filter((s) => s !== 'not-covered');

interface Row {
  readonly employer: number;
  readonly kind: RatingKind;
  readonly value: string;
  readonly document: string;
}

/** What holds for an employer in a month, as the compiled rules take it. */
export interface Rated {
  /** Step of the floating injury rate, from 1. */
  readonly injuryFloat: number;
  /** Number in `employerSizes`, from 1; 0: not known. */
  readonly employerSize: number;
}

/** The employers' ratings that an assessment goes by: those in force on the fee month's first day that its bill knew. */
export class Ratings {
  readonly #general: Rated;
  readonly #rated = new Map<number, Rated>();
  readonly #documents = new Map<number, string>();

  /** @param sized whether sizes count in the month; `uncovered` the employers to whom the relief does not apply */
  constructor(
    rows: readonly Row[],
    floats: readonly string[],
    sized: boolean,
    uncovered: readonly number[],
  ) {
    const usual = stepOf(floats, '1');
    this.#general = { injuryFloat: usual, employerSize: sized ? 0 : 1 };
    for (const employer of uncovered) this.#set(employer, { employerSize: 1 });
    for (const row of rows) {
      if (row.kind === 'injury-float') {
        this.#set(row.employer, { injuryFloat: stepOf(floats, row.value) });
        if (Number(row.value) !== 1) this.#documents.set(row.employer, row.document);
      } else if (sized) {
        const size = (employerSizes as readonly string[]).indexOf(row.value) + 1;
        this.#set(row.employer, { employerSize: size });
      }
    }
  }

  #set(employer: number, more: Partial<Rated>): void {
    this.#rated.set(employer, { ...this.of(employer), ...more });
  }

  of(employer: number): Rated {
    return this.#rated.get(employer) ?? this.#general;
  }

  /** The document that set an employer's step; undefined: it has the base rate. */
  floatDocument(employer: number): string | undefined {
    return this.#documents.get(employer);
  }
}

/** @throws MindunError float-not-allowed */
function stepOf(floats: readonly string[], value: string): number {
  const step = floats.findIndex((f) => Number(f) === Number(value)) + 1;
  if (step === 0) throw new MindunError('float-not-allowed', { value });
  return step;
}

/**
 * The ratings by which a fee month is assessed for the bills of `billPeriod` (what was found out later counts on later bills), of
 * all employers or of some. Runs with the system's eyes.
 */
export async function ratingsOf(
  tx: Tx,
  feePeriod: number,
  billPeriod: number,
  by: { readonly floats: readonly string[]; readonly bySize: readonly object[] },
  employers?: readonly number[],
): Promise<Ratings> {
  const sized = by.bySize.length > 0;
  const rows = await tx.rows<Row>(
    `select employer_id as employer, kind, value, document from employer_rating
     where valid @> $1::date and bills @> $2::int and ($3::bigint[] is null or employer_id = any ($3)) and ($4 or kind = 'injury-float')`,
    [firstDay(monthOfPeriod(feePeriod)), billPeriod, employers ?? null, sized],
  );
  const uncovered = sized
    ? await tx.rows<{ employer: number }>(
        `select employer_id as employer from employer_fact where category = any ($1) and upper_inf(known) and upper_inf(valid)
           and ($2::bigint[] is null or employer_id = any ($2))`,
        [[category.public, category.flexible], employers ?? null],
      )
    : [];
  return new Ratings(
    rows,
    by.floats,
    sized,
    uncovered.map((u) => u.employer),
  );
}

/** A rating that is another one on the bills of a month than on those before. */
export interface RatedAnew {
  readonly feePeriod: number;
  readonly employer: number;
  readonly kind: RatingKind;
}

/** Which employers' ratings become others with the bills of `billPeriod`, for fee months before it that they declared. */
export async function ratedAnew(tx: Tx, billPeriod: number): Promise<RatedAnew[]> {
  return tx.rows<RatedAnew>(
    `select d.period as "feePeriod", r.employer_id as employer, r.kind
     from employer_rating r
     join (select distinct period, employer_id from declaration where period < $1 and kind in ('full', 'changes', 'late')
       and employer_id in (select employer_id from employer_rating where lower(bills) = $1 or upper(bills) = $1)) d
       on d.employer_id = r.employer_id and r.valid @> make_date(d.period / 100, d.period % 100, 1)
     where lower(r.bills) = $1 or upper(r.bills) = $1 group by 1, 2, 3
     having max(r.value) filter (where lower(r.bills) = $1) is distinct from max(r.value) filter (where upper(r.bills) = $1)`,
    [billPeriod],
  );
}

export interface RatingAnswer {
  readonly employer: string;
  readonly kind: RatingKind;
  readonly value: string;
  readonly from: Month;
  readonly to: Month | null;
  /** The month whose bill is the first to go by it. */
  readonly billMonth: Month;
}

/**
 * Rates an employer from a month on, by a document: its step of the floating work injury rate, or its size. Months that were
 * assessed before are settled with the next bill.
 * @throws MindunError unknown-employer, float-not-allowed (its class may not have the step then), parameter-unset, input-invalid
 */
export const rateEmployer = defineCommand({
  name: 'insurance.rate-employer',
  title: { zh: '核定单位浮动费率、单位规模', en: 'Rate an employer' },
  input: z.object({
    employer: z.string().min(1),
    kind: z.enum(ratingKinds),
    value: z.string().min(1).max(10),
    from: z.string(),
    to: z.string().optional(),
    document: z.string().trim().min(1).max(200),
  }),
  async run(context, input): Promise<RatingAnswer> {
    const employer = await employerBy(context.tx, input.employer);
    const from = readMonth(input.from);
    const to = input.to === undefined ? null : readMonth(input.to);
    if (to !== null && to < from) throw new MindunError('input-invalid', { what: 'to' });
    const until = to === null ? null : addDays(lastDay(to), 1);
    const value = ratingValue(lawOf(context.city), context, employer, input, {
      from: firstDay(from),
      until,
    });
    context.subject({ employer: employer.publicId });
    return context.elevate(async () => {
      const bill = await nextBill(context);
      const { kind, document } = input;
      await keepRating(context, employer, { kind, value, document, from, until }, bill);
      return { employer: employer.publicId, kind, value, from, to, billMonth: bill };
    });
  },
});

/** The value of a rating as it is kept. @throws MindunError float-not-allowed, parameter-unset, input-invalid */
function ratingValue(
  law: Law,
  { city }: Pick<Context, 'city'>,
  employer: Pick<EmployerRow, 'injuryClass'>,
  given: { readonly kind: RatingKind; readonly value: string },
  valid: { readonly from: PlainDate; readonly until: PlainDate | null },
): string {
  if (given.kind === 'size') {
    const size = ratedSizes.find((s) => s === given.value);
    if (size === undefined)
      throw new MindunError('input-invalid', {
        what: `${given.value}: ${ratedSizes.join(', ')}`,
      });
    return size;
  }
  return allowedFloat(law, city, employer.injuryClass, given.value, valid);
}

/**
 * A step of the floating rate that a class may have from a day on, under every law of the time.
 * @throws MindunError float-not-allowed, class-not-in-table, parameter-unset, input-invalid
 */
export function allowedFloat(
  law: Law,
  city: Context['city'],
  injuryClass: number,
  value: string,
  valid: { readonly from: PlainDate; readonly until: PlainDate | null },
): string {
  const changes = law.changes(classFloats(injuryClass), valid.from);
  for (const on of [valid.from, ...changes.filter((d) => valid.until === null || d < valid.until)])
    callRule(law, 'contribution.injury', question(city, on), {
      payroll: '0',
      industryClass: injuryClass,
      floatFactor: value,
    });
  return String(Number(value));
}

export interface NewRating {
  readonly kind: RatingKind;
  readonly value: string;
  readonly document: string;
  readonly from: Month;
  /** The first day on which it holds no more; null: open. */
  readonly until: PlainDate | null;
}

/** Writes a rating over those that are known for its time; what lies before and after it goes on as it was. */
async function keepRating(
  context: Context,
  employer: Pick<EmployerRow, 'id' | 'area'>,
  rating: NewRating,
  bill: Month,
): Promise<void> {
  const { tx, act } = context;
  const over = [firstDay(rating.from), rating.until];
  const closed = await tx.rows<{ id: number }>(
    `update employer_rating set known = int8range(lower(known), $1), bills = int4range(lower(bills), greatest(lower(bills), $2))
     where employer_id = $3 and kind = $4 and upper_inf(known) and valid && daterange($5::date, $6::date) returning id`,
    [act, period(bill), employer.id, rating.kind, ...over],
  );
  await tx.execute(
    `insert into employer_rating (employer_id, area, kind, value, document, valid, known, bills)
     select employer_id, area, kind, value, document, rest, int8range($1, null), int4range($2, null)
     from employer_rating cross join lateral unnest(datemultirange(valid) - datemultirange(daterange($4::date, $5::date))) as rest
     where id = any ($3)`,
    [act, period(bill), closed.map((c) => c.id), ...over],
  );
  await tx.execute(
    `insert into employer_rating (employer_id, area, kind, value, document, valid, known, bills)
     values ($1, $2, $3, $4, $5, daterange($6::date, $7::date), int8range($8, null), int4range($9, null))`,
    [
      employer.id,
      employer.area,
      rating.kind,
      rating.value,
      rating.document,
      ...over,
      act,
      period(bill),
    ],
  );
}

/** The ratings with which employers are taken over: in force from the city's first month on. Runs with the system's eyes. */
export async function insertRatings(
  { tx, act, city }: Pick<Context, 'tx' | 'act' | 'city'>,
  ratings: readonly {
    readonly id: number;
    readonly area: number;
    readonly kind: RatingKind;
    readonly value: string;
  }[],
): Promise<void> {
  if (ratings.length === 0) return;
  await tx.execute(
    `insert into employer_rating (employer_id, area, kind, value, document, valid, known, bills)
     select u.*, '接管转入', daterange($5::date, null), int8range($6, null), int4range($7, null)
     from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as u`,
    [
      ratings.map((r) => r.id),
      ratings.map((r) => r.area),
      ratings.map((r) => r.kind),
      ratings.map((r) => r.value),
      firstDay(monthOfPeriod(city.firstPeriod)),
      act,
      city.firstPeriod,
    ],
  );
}
