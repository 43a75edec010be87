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
  defineErrors,
  firstDay,
  MindunError,
  type Month,
  period,
  publicId,
  month as readMonth,
} from '../../../kernel/index.ts';
import { assertBackPayment } from '../arrears/back-payment.ts';
import { shareOpenMonth, stepsDone } from '../period.ts';

defineErrors({
  'month-not-assessed-yet': {
    message: {
      zh: '{month}还没有核定，直接重报名册',
      en: '{month} is not assessed yet: declare it again',
    },
    mend: { zh: '更正只用于已核定的月份。', en: 'A correction is for a month that was assessed.' },
    status: 409,
  },
});

export interface CorrectAnswer {
  /** The month whose bill carries the difference. */
  readonly billMonth: string;
  readonly months: number;
}

/** The month whose bill is made next: the open one, or the one after it when it is assessed already. */
export async function nextBill(context: Context): Promise<Month> {
  const open = await shareOpenMonth(context);
  return (await stepsDone(context.tx, open)).has('assess') ? addMonths(open, 1) : open;
}

/**
 * Corrects a person's wage in months that were assessed, or gives the one of a person enrolled then whose row was not taken; the differences stand on the next bill, line by line, and move
 * the accounts when they are paid (or given back).
 * @throws MindunError unknown-employer, unknown-person, not-found (no line of that month), month-not-assessed-yet,
 * back-payment-document-needed (more is due for a month long ago)
 */
export const correctWage = defineCommand({
  name: 'insurance.correct-wage',
  title: { zh: '更正以前月份的工资', en: 'Correct a wage back-dated' },
  input: z.object({
    employer: z.string().min(1),
    person: z.string().min(1),
    months: z.array(z.string()).min(1).max(120),
    wageFen: z.number().int().min(0).max(2_000_000_000),
    reason: z.string().trim().min(1).max(500),
    document: z.string().trim().min(1).max(200).optional(),
  }),
  async run(context, input): Promise<CorrectAnswer> {
    const employer = await employerBy(context.tx, input.employer);
    const person = await context.elevate(() => personBy(context.tx, input.person));
    const months = input.months.map(readMonth);
    context.subject({ employer: employer.publicId, person: person.publicId });
    return context.elevate(async () => {
      const bill = await nextBill(context);
      for (const month of new Set(months)) {
        if (month >= bill) throw new MindunError('month-not-assessed-yet', { month });
        await correctMonth(context, employer, person.id, month, bill, input);
      }
      return { billMonth: bill, months: new Set(months).size };
    });
  },
});

async function correctMonth(
  context: Context,
  employer: EmployerRow,
  person: number,
  month: Month,
  bill: Month,
  input: { wageFen: number; reason: string; document?: string | undefined },
): Promise<void> {
  const { tx, act } = context;
  const line = await lineOf(context, employer, person, month);
  if (input.wageFen > line.wage) assertBackPayment(context, month, bill, input.document);
  const { id } = await tx.one<{ id: number }>(
    `insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, reason, document, act)
     values ($1, $2, $3, $4, 'correction', 1, $5, $6, $7, $8, $9) returning id`,
    [
      publicId(),
      period(month),
      employer.id,
      employer.area,
      input.wageFen,
      period(bill),
      input.reason,
      input.document ?? '',
      act,
    ],
  );
  await tx.execute(
    `insert into roster_line (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      period(month),
      employer.id,
      line.person,
      id,
      employer.area,
      line.category,
      line.injuryClass,
      line.schemes,
      line.change,
      input.wageFen,
    ],
  );
}

interface CorrectedLine {
  readonly person: number;
  readonly category: number;
  readonly injuryClass: number;
  readonly schemes: number;
  readonly change: number;
  /** 0: none was taken. */
  readonly wage: number;
}

/**
 * What stands of a person on the month's roster; of one who was enrolled then and is on none (his row had a fault), what his enrolment
 * says. @throws MindunError not-found
 */
async function lineOf(
  context: Context,
  employer: EmployerRow,
  person: number,
  month: Month,
): Promise<CorrectedLine> {
  const files = await personIds(context.tx, person);
  const line = await context.tx.maybe<CorrectedLine>(
    `select person_id as person, category::int, injury_class::int as "injuryClass", schemes::int, change::int, wage from roster_line
     where period = $1 and employer_id = $2 and person_id = any ($3) order by declaration_id desc, person_id = $4 desc limit 1`,
    [period(month), employer.id, files, person],
  );
  if (line !== undefined) return line;
  return context.tx.one<CorrectedLine>(
    `select $4::bigint as person, category::int, $5::int as "injuryClass", schemes::int, 0 as change, 0 as wage from spell
     where employer_id = $1 and person_id = any ($2) and upper_inf(known) and valid @> $3::date
       and exists (select from declaration where employer_id = $1 and period = $6 and kind in ('full', 'changes', 'late'))
     order by id desc limit 1`,
    [employer.id, files, firstDay(month), person, employer.injuryClass, period(month)],
    month,
  );
}
