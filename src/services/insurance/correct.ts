import { z } from 'zod';
import { employerBy, personBy } from '../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  defineErrors,
  MindunError,
  type Month,
  period,
  publicId,
  month as readMonth,
} from '../../kernel/index.ts';
import { shareOpenMonth, stepsDone } from './period.ts';

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
 * Corrects a person's wage in months that were assessed; the differences stand on the next bill, line by line, and move
 * the accounts when they are paid (or given back).
 * @throws MindunError unknown-employer, unknown-person, not-found (no line of that month), month-not-assessed-yet
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
  employer: { id: number; area: number },
  person: number,
  month: Month,
  bill: Month,
  input: { wageFen: number; reason: string },
): Promise<void> {
  const { tx, act } = context;
  const line = await tx.maybe(
    'select 1 from roster_line where period = $1 and employer_id = $2 and person_id = $3 limit 1',
    [period(month), employer.id, person],
  );
  if (line === undefined) throw new MindunError('not-found', { what: month });
  const { id } = await tx.one<{ id: number }>(
    `insert into declaration (public_id, period, employer_id, area, kind, rows, wage_fen, bill_period, reason, act)
     values ($1, $2, $3, $4, 'correction', 1, $5, $6, $7, $8) returning id`,
    [
      publicId(),
      period(month),
      employer.id,
      employer.area,
      input.wageFen,
      period(bill),
      input.reason,
      act,
    ],
  );
  await tx.execute(
    `insert into roster_line (period, employer_id, person_id, declaration_id, area, category, injury_class, schemes, change, wage)
     select period, employer_id, person_id, $4, area, category, injury_class, schemes, change, $5 from roster_line
     where period = $1 and employer_id = $2 and person_id = $3 order by declaration_id desc limit 1`,
    [period(month), employer.id, person, id, input.wageFen],
  );
}
