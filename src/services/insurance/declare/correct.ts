import { z } from 'zod';
import {
  type EmployerRow,
  employerBy,
  personBy,
  personIds,
} from '../../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  firstDay,
  MindunError,
  type Month,
  sumOf,
} from '../../../kernel/index.ts';
import { assertBackPayment } from '../arrears/back-payment.ts';
import { lineChange } from '../codes.ts';
import { shareOpenMonth, stepsDone } from '../period.ts';
import {
  type Correction,
  eachMonth,
  isDeclared,
  linesOf,
  type RosterLine,
  writeCorrection,
} from './roster-lines.ts';

export interface CorrectAnswer {
  /** The month whose bill carries the difference. */
  readonly billMonth: string;
  readonly months: number;
  /** The month that is declared and not assessed, when its roster goes on naming who was taken off: it is to be declared again. */
  readonly stillOn?: string;
}

/** What a correction of assessed months says, whatever it corrects. */
export const correctionInput = {
  employer: z.string().min(1),
  /** Public id or citizen number. */
  person: z.string().min(1),
  months: z.array(z.string()).min(1).max(120),
  reason: z.string().trim().min(1).max(500),
  document: z.string().trim().min(1).max(200).optional(),
};

/** The month whose bill is made next: the open one, or the one after it when it is assessed already. */
export async function nextBill(context: Context): Promise<Month> {
  const open = await shareOpenMonth(context);
  return (await stepsDone(context.tx, open)).has('assess') ? addMonths(open, 1) : open;
}

/**
 * Corrects a person's wage in months that were assessed, or gives the one of a person enrolled then whose row was not taken; the differences stand on the next bill, line by line, and move
 * the accounts when they are paid (or given back).
 * @throws MindunError unknown-employer, unknown-person, month-undeclared, not-on-roster, month-not-assessed-yet,
 * month-before-books,
 * back-payment-document-needed (more is due for a month long ago)
 */
export const correctWage = defineCommand({
  name: 'insurance.correct-wage',
  title: { zh: '更正以前月份的工资', en: 'Correct a wage back-dated' },
  input: z.object({
    ...correctionInput,
    /** Monthly wage in fen. */
    wageFen: z.number().int().min(0).max(2_000_000_000),
  }),
  async run(context, input): Promise<CorrectAnswer> {
    const employer = await employerBy(context.tx, input.employer);
    const person = await context.elevate(() => personBy(context.tx, input.person));
    context.subject({ employer: employer.publicId, person: person.publicId });
    return context.elevate(async () => {
      const how: Correction = { ...input, bill: await nextBill(context) };
      const months = await eachMonth(context, employer, input.months, how, async (month) => {
        const [line, ...others] = await standingOf(context, employer, person.id, month);
        const before = sumOf([line, ...others], (l) => l.wage);
        if (input.wageFen > before) assertBackPayment(context, month, how.bill, input.document);
        // Two files that became one stand on the roster each: the wage is the person's, and goes with one of them.
        const struck = others.map((l) => ({ ...l, change: lineChange.struck, wage: 0 }));
        const lines = [{ ...line, wage: input.wageFen }, ...struck];
        await writeCorrection(context, employer, month, lines, how);
      });
      return { billMonth: how.bill, months: months.length };
    });
  },
});

/**
 * What stands of a person on the month's roster, the file that goes on first; of one who was enrolled then and is on none (his row had a fault), what his enrolment
 * says, with no wage. @throws MindunError month-undeclared, not-on-roster
 */
async function standingOf(
  context: Context,
  employer: EmployerRow,
  person: number,
  month: Month,
): Promise<[RosterLine, ...RosterLine[]]> {
  const [line, ...others] = await linesOf(context, employer, person, month);
  if (line !== undefined) return [line, ...others];
  if (!(await isDeclared(context, employer, month)))
    throw new MindunError('month-undeclared', { month });
  const spell = await context.tx.maybe<{ category: number; schemes: number }>(
    `select category::int, schemes::int from spell
     where employer_id = $1 and person_id = any ($2) and upper_inf(known) and valid @> $3::date order by id desc limit 1`,
    [employer.id, await personIds(context.tx, person), firstDay(month)],
  );
  if (spell === undefined) throw new MindunError('not-on-roster', { month });
  const { injuryClass } = employer;
  return [{ ...spell, person, injuryClass, change: lineChange.stays, wage: 0 }];
}
