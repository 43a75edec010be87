import { z } from 'zod';
import {
  cellOf,
  type Posting,
  post,
  receivable,
  receivableKeys,
} from '../../engines/fund/index.ts';
import { countyOf } from '../../engines/jurisdiction/index.ts';
import { type LevyBatch, levyBatch } from '../../engines/policy/index.ts';
import { employersByIds } from '../../engines/registry/index.ts';
import { meanwhile } from '../../kernel/database/index.ts';
import {
  type Context,
  defineCommand,
  firstDay,
  MindunError,
  type Month,
  period,
  month as readMonth,
  sumOf,
} from '../../kernel/index.ts';
import { issueBills } from './bills/bills.ts';
import { bookedOn } from './bills/key.ts';
import {
  type BillLineRow,
  type BillSection,
  sectionsOf,
  writeSectionsAfter,
} from './bills/lines.ts';
import { employerShare, lineKind } from './codes.ts';
import { updatePaid } from './collect/paid.ts';
import { applyUnapplied } from './collect/unapplied.ts';
import { keepProvisional, type ProvisionalLine, provisionalLines } from './declare/provisional.ts';
import { lawOf, question } from './law.ts';
import { finishMonth, Sums, writeRows } from './month-rows.ts';
import { assertOpen, assessedFrom, booksOf, lockMonth, markStep, stepsDone } from './period.ts';
import { ratingsOf } from './ratings.ts';
import { type Anew, anewWith, settleMonth } from './settlement/index.ts';

export interface AssessAnswer {
  readonly bills: number;
  readonly persons: number;
  readonly provisional: number;
  readonly employerFen: number;
  readonly employeeFen: number;
}

/**
 * Assesses the open month: the compiled rules over the flat roster, one bill for five insurances for each employer,
 * provisional amounts for those who did not declare, the receivable book. One transaction: all of it or nothing.
 * Run again it answers what was done.
 * @throws MindunError whole-city-only, month-closed, month-not-next, month-not-begun, parameter-unset (no due date, no contribution base)
 */
export const assess = defineCommand({
  name: 'insurance.assess',
  title: { zh: '核定月缴费', en: 'Assess a month' },
  wholeCity: true,
  input: z.object({ month: z.string() }),
  async run(context, input): Promise<AssessAnswer> {
    const month = readMonth(input.month);
    context.subject({ month });
    return context.elevate(async () => {
      await lockMonth(context.tx, month, true);
      const done = (await stepsDone(context.tx, month)).get('assess');
      if (done !== undefined) return done as unknown as AssessAnswer;
      await assertOpen(context.tx, context.city, month);
      const day = assessedFrom(context, month);
      if (day !== null) throw new MindunError('month-not-begun', { month, day });
      await context.duty('enter', booksOf(month));
      return run(context, month);
    });
  },
});

async function run(context: Context, month: Month): Promise<AssessAnswer> {
  const { tx, act } = context;
  const law = lawOf(context.city);
  const on = question(context.city, firstDay(month), context.today);
  const declared = await tx.rows<{
    employer: number;
    area: number;
    declaration: number;
    rows: number;
  }>(
    `select distinct on (employer_id) employer_id as employer, area, id as declaration, rows from declaration
     where period = $1 and kind in ('full', 'changes') order by employer_id, id desc`,
    [period(month)],
  );
  const undeclared = await provisionalLines(
    context,
    month,
    new Set(declared.map((d) => d.employer)),
  );
  const anew = await anewWith(context, month);
  const owing: { readonly employer: number; readonly area: number }[] = [
    ...declared,
    ...undeclared,
  ];
  owing.push(...(await settledOnly(context, anew, owing)));
  const { ids: bills, written } = await issueBills(context, month, owing);
  const [, batch] = await meanwhile(written, () => levyBatch(law, on));
  const ratings = await ratingsOf(tx, period(month), period(month), batch);
  const sums = new Sums(declared, bills, ratings);
  const tell = await context.progress(
    'assess',
    period(month),
    sumOf(declared, (d) => d.rows),
  );
  const persons = await writeRows(context, month, batch, sums, tell);
  const sections = againAndAgain(() =>
    billSections(sums, undeclared, bills.slice(declared.length), month),
  );
  const totals = new Totals();
  await writeSectionsAfter(finishMonth(context, month), context, month, totals.through(sections));
  await postAssessment(context, month, sections, owing);
  await keepAssessment(context, month, batch, persons);
  await keepProvisional(context, month, undeclared);
  const targets =
    anew.length === 0
      ? new Map<number, { bill: number; area: number }>()
      : new Map(owing.map((o, i) => [o.employer, { bill: bills[i]!, area: o.area }]));
  for (const earlier of anew) totals.add(await settleMonth(context, month, earlier, targets));
  await updatePaid(
    context,
    month,
    anew.flatMap(({ employers, feePeriod }) =>
      employers.map((employer) => ({ employer, feePeriod })),
    ),
  );
  const answer: AssessAnswer = {
    bills: bills.length,
    persons,
    provisional: undeclared.length,
    ...totals.answer(),
  };
  await markStep(tx, month, 'assess', { ...answer }, act);
  await applyUnapplied(context);
  return answer;
}

/** A stream that can be gone through more than once: the lines of a whole city are never in memory together. */
function againAndAgain<T>(make: () => Iterator<T>): Iterable<T> {
  return { [Symbol.iterator]: make };
}

function* billSections(
  sums: Sums,
  undeclared: readonly ProvisionalLine[],
  bills: readonly number[],
  month: Month,
): Generator<BillSection> {
  yield* sums.sections(month);
  yield* provisionalSections(undeclared, bills, month);
}

/** What the lines come to, by share. */
class Totals {
  #employer = 0;
  #employee = 0;

  add(lines: Iterable<BillLineRow>): void {
    for (const l of lines) this.#share(l.share, l.amount);
  }

  #share(share: number, amount: number): void {
    if (share === employerShare) this.#employer += amount;
    else this.#employee += amount;
  }

  /** The same sections, added up as they are read. */
  *through(sections: Iterable<BillSection>): Generator<BillSection> {
    for (const section of sections) {
      section.cells.forEach((cell, i) => {
        this.#share(cell % 10, section.amounts[i]!);
      });
      yield section;
    }
  }

  answer(): { employerFen: number; employeeFen: number } {
    return { employerFen: this.#employer, employeeFen: this.#employee };
  }
}

/** Employers whose bill of this month only carries differences of earlier ones. */
async function settledOnly(
  context: Context,
  anew: readonly Anew[],
  owing: readonly { employer: number }[],
): Promise<{ employer: number; area: number }[]> {
  const known = new Set(owing.map((o) => o.employer));
  const more = [...new Set(anew.flatMap((a) => a.employers))].filter((e) => !known.has(e));
  const rows = await employersByIds(context.tx, more);
  return more
    .sort((a, b) => a - b)
    .map((employer) => ({ employer, area: rows.get(employer)!.area }));
}

function provisionalSections(
  lines: readonly ProvisionalLine[],
  bills: readonly number[],
  month: Month,
): Generator<BillSection> {
  return sectionsOf(
    lines.flatMap((line, i) =>
      line.amounts.map((a) => ({
        bill: bills[i]!,
        fund: a.fund,
        share: a.share,
        kind: lineKind.provisional,
        feePeriod: period(month),
        area: line.area,
        employer: line.employer,
        persons: 0,
        base: 0,
        amount: a.fen,
        account: 0,
      })),
    ),
  );
}

/** The receivable book: what each employer owes by insurance, share and month, against what was assessed. */
async function postAssessment(
  context: Context,
  month: Month,
  sections: Iterable<BillSection>,
  employers: readonly { readonly area: number }[],
): Promise<void> {
  const [first] = employers;
  // The counter entries stand for the county.
  const area =
    first !== undefined && employers.every((e) => e.area === countyOf(first.area))
      ? first.area
      : null;
  await post(
    context.tx,
    [
      {
        key: `assess ${month}`,
        event: `assess ${month}`,
        effective: bookedOn(period(month), context.today),
        period: period(month),
        kind: 'assess',
        memo: `核定 ${month}`,
        area,
        postings: againAndAgain(() => assessed(sections)),
      },
    ],
    context.act,
  );
}

function* assessed(sections: Iterable<BillSection>): Generator<Posting> {
  /** By area of the county, then by fund; fen. */
  const counties = new Map<number, Map<number, number>>();
  for (const s of sections) {
    const area = countyOf(s.area);
    const sums = counties.get(area) ?? new Map<number, number>();
    counties.set(area, sums);
    const cells: number[] = [];
    const amounts: number[] = [];
    for (let i = 0; i < s.cells.length; i += 1) {
      const amount = s.amounts[i]!;
      if (amount === 0) continue;
      const fund = Math.trunc(s.cells[i]! / 10);
      sums.set(fund, (sums.get(fund) ?? 0) + amount);
      cells.push(cellOf(receivableKeys.contributionsDue, fund, s.cells[i]! % 10));
      amounts.push(amount);
    }
    if (cells.length === 0) continue;
    const { employer: employerId, bill: billId, feePeriod } = s;
    yield { book: receivable, area: s.area, employerId, billId, feePeriod, cells, amounts };
  }
  for (const [area, sums] of counties) {
    const amounts = [...sums.values()].map((fen) => -fen);
    if (amounts.length === 0) continue;
    const cells = [...sums.keys()].map((fund) => cellOf(receivableKeys.assessed, fund));
    yield { book: receivable, area, cells, amounts };
  }
}

async function keepAssessment(
  context: Context,
  month: Month,
  batch: LevyBatch,
  persons: number,
): Promise<void> {
  await context.tx.execute(
    `insert into assessment (period, fee_period, number, kind, on_day, known_on, versions, not_computed, persons, act)
     values ($1, $1, 1, 'month', $2, $3, $4, $5, $6, $7)`,
    [
      period(month),
      firstDay(month),
      context.today,
      JSON.stringify(batch.versions),
      JSON.stringify({
        funds: batch.notComputed,
        assumed: batch.assumed,
        provisional: batch.provisional,
        bySize: batch.bySize,
      }),
      persons,
      context.act,
    ],
  );
}
