import { areaByCode } from '../../engines/jurisdiction/index.ts';
import { callRule } from '../../engines/policy/index.ts';
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
} from '../../kernel/index.ts';
import { writeDeterminations } from './determinations.ts';
import { lawOf, question } from './law.ts';

/** The bill number of a year's series: 衡社缴〔2008〕003127. */
export function billNumber(year: number, serial: number): string {
  return `衡社缴〔${year}〕${String(serial).padStart(6, '0')}`;
}

/** Year and serial out of what people write as the bill number; undefined when there is none in it. */
export function readBillNumber(text: string): string | undefined {
  const plain = text.normalize('NFKC').trim();
  const match = /(?<!\d)(\d{4})\D{1,3}(\d{6})(?!\d)/.exec(plain) ?? /^(\d{4})(\d{6})$/.exec(plain);
  return match === null ? undefined : billNumber(Number(match[1]), Number(match[2]));
}

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
const partSize = 5000;

/**
 * Opens one bill for each employer in the order given, numbered without a gap. Runs with the system's eyes.
 * @returns their ids, in that order
 */
export async function issueBills(
  context: Context,
  month: Month,
  employers: readonly { employer: number; area: number }[],
): Promise<number[]> {
  if (employers.length === 0) return [];
  const { tx, today, act } = context;
  const dates = await determineDueDate(context, month);
  const year = yearOf(today);
  const { last } = await tx.one<{ last: number }>(
    `insert into number_series (office, year, kind, last) values ($1, $2, 'bill', $3)
     on conflict (office, year, kind) do update set last = number_series.last + $3 returning last`,
    [context.city.code, year, employers.length],
  );
  let serial = last - employers.length;
  const ids: number[] = [];
  for (const part of parts(employers, partSize)) {
    const rows = await tx.rows<{ id: number }>(
      `insert into bill (public_id, number, period, employer_id, area, issued_on, due_on, due_assumed, act)
       select u.public_id, u.number, $1, u.employer, u.area, $2, $3, $4, $5
       from unnest($6::text[], $7::text[], $8::bigint[], $9::bigint[]) with ordinality
         as u (public_id, number, employer, area, n) order by u.n returning id`,
      [
        period(month),
        today,
        dates.dueOn,
        dates.dueAssumed,
        act,
        part.map(() => publicId()),
        part.map(() => {
          serial += 1;
          return billNumber(year, serial);
        }),
        part.map((e) => e.employer),
        part.map((e) => e.area),
      ],
    );
    // Identity values are drawn in the order of the rows.
    ids.push(...rows.map((r) => r.id).sort((a, b) => a - b));
  }
  return ids;
}
