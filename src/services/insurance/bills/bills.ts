import { areaByCode } from '../../../engines/jurisdiction/index.ts';
import { callRule } from '../../../engines/policy/index.ts';
import {
  type CityInfo,
  type Context,
  type Month,
  type PlainDate,
  parts,
  period,
  plainDate,
  publicId,
  yearOf,
} from '../../../kernel/index.ts';
import { writeDeterminations } from '../determinations.ts';
import { lawOf, question } from '../law.ts';

/** The bill number of a year's series: 衡社缴〔2008〕003127. */
export function billNumber(year: number, serial: number): string {
  return `衡社缴〔${year}〕${String(serial).padStart(6, '0')}`;
}

/**
 * Year and serial out of what people write as the bill number; undefined when there is none in it, or when it is not clear which: two
 * numbers, or a longer one of which it is a part.
 */
export function readBillNumber(text: string): string | undefined {
  const numbers = billNumbersIn(text);
  return numbers.length === 1 ? numbers[0] : undefined;
}

/** Every bill number that a text names, each once. */
export function billNumbersIn(text: string): string[] {
  const plain = text.normalize('NFKC').trim();
  const whole = bareNumber.exec(plain);
  const matches = whole === null ? [...plain.matchAll(writtenNumber)] : [whole];
  return [...new Set(matches.map((m) => billNumber(Number(m[1]), Number(m[2]))))];
}

// Years in which bills are made: an area code with a telephone number (0734-822123) is none.
const bareNumber = /^(199\d|20\d\d)(\d{6})$/;
// No digit stands beside it, nor one behind a dash, a slash or a dot.
const writtenNumber = /(?<!\d[-/.]?)(199\d|20\d\d)\D{1,3}(\d{6})(?![-/.]?\d)/g;

interface DueDate {
  /** Null while no document sets the days. */
  readonly dueOn: PlainDate | null;
  readonly dueAssumed: boolean;
}

const dueRule = 'collection.dueDate';

function dueBy(city: CityInfo, issuedOn: PlainDate) {
  const law = lawOf(city);
  const asked = question(city, issuedOn);
  if (!law.isSet('collection.dueDays', asked)) return undefined;
  const inputs = { issuedOn };
  const { outputs, versions, derivation } = callRule(law, dueRule, asked, inputs);
  const date: DueDate = {
    dueOn: plainDate(String(outputs['dueDate'])),
    dueAssumed: derivation.assumed,
  };
  return { date, inputs, outputs, versions };
}

/** The last day to pay a bill issued on a day. */
export function dueDateOf(city: CityInfo, issuedOn: PlainDate): DueDate {
  return dueBy(city, issuedOn)?.date ?? { dueOn: null, dueAssumed: false };
}

/** Determines the last day to pay the bills that are issued today, once for all of them. */
async function determineDueDate(context: Context, month: Month): Promise<DueDate> {
  const due = dueBy(context.city, context.today);
  if (due === undefined) return { dueOn: null, dueAssumed: false };
  const city = await areaByCode(context.tx, context.city.code, context.today);
  await writeDeterminations(context, [
    {
      kind: 'due-date',
      area: city.key,
      employer: null,
      period: period(month),
      rule: dueRule,
      onDay: context.today,
      inputs: due.inputs,
      versions: due.versions,
      outputs: due.outputs,
    },
  ]);
  return due.date;
}

/** Bills that one statement opens. */
const partSize = 20_000;

interface Issued {
  /** The bills' ids, in the order of the employers. */
  readonly ids: readonly number[];
  /** Resolves when they are written. */
  readonly written: Promise<void>;
}

/** Opens one bill for each employer in the order given, numbered without a gap. Runs with the system's eyes. */
export async function issueBills(
  context: Context,
  month: Month,
  employers: readonly { employer: number; area: number }[],
): Promise<Issued> {
  if (employers.length === 0) return { ids: [], written: Promise.resolve() };
  const { tx } = context;
  const dates = await determineDueDate(context, month);
  const { last } = await tx.one<{ last: number }>(
    `insert into number_series (office, year, kind, last) values ($1, $2, 'bill', $3)
     on conflict (office, year, kind) do update set last = number_series.last + $3 returning last`,
    [context.city.code, yearOf(context.today), employers.length],
  );
  const ids = await tx.draw('bill_id_seq', employers.length);
  const first = last - employers.length + 1;
  return { ids, written: writeBills(context, month, dates, employers, ids, first) };
}

/** @param first serial number of the first bill */
async function writeBills(
  { tx, today, act }: Context,
  month: Month,
  dates: DueDate,
  employers: readonly { employer: number; area: number }[],
  ids: readonly number[],
  first: number,
): Promise<void> {
  let done = 0;
  for (const part of parts(employers, partSize)) {
    const begun = done;
    done += part.length;
    await tx.execute(
      `insert into bill (id, public_id, number, period, employer_id, area, issued_on, due_on, due_assumed, act)
       select u.id, u.public_id, u.number, $1, u.employer, u.area, $2, $3, $4, $5
       from unnest($6::bigint[], $7::text[], $8::text[], $9::bigint[], $10::bigint[]) as u (id, public_id, number, employer, area)`,
      [
        period(month),
        today,
        dates.dueOn,
        dates.dueAssumed,
        act,
        ids.slice(begun, done),
        part.map(() => publicId()),
        part.map((_, i) => billNumber(yearOf(today), first + begun + i)),
        part.map((b) => b.employer),
        part.map((b) => b.area),
      ],
    );
  }
}
