import { z } from 'zod';
import { type EmployerRow, employerBy } from '../../../engines/registry/index.ts';
import {
  addMonths,
  type Context,
  defineCommand,
  defineErrors,
  firstDay,
  MindunError,
  type Month,
  period,
  month as readMonth,
} from '../../../kernel/index.ts';
import { assertBackPayment } from '../arrears/back-payment.ts';
import { lineChange } from '../codes.ts';
import { checkRoster, matchRoster } from '../roster/index.ts';
import { storeUpload } from '../uploads/store.ts';
import type { DeclareAnswer } from '../views.ts';
import { nextBill } from './correct.ts';
import { answer, declaredLines, decode, writeDeclaration } from './declare.ts';
import { holdRoster, isDeclared } from './roster-lines.ts';
import { type Line, spellsIn } from './spells.ts';

defineErrors({
  'declared-already': {
    message: { zh: '{month} 已经申报过', en: '{month} was declared already' },
    mend: { zh: '要改工资，请办更正。', en: 'To change a wage, make a correction.' },
    status: 409,
  },
});

/**
 * Takes the whole roster of a month that was assessed without it; what it makes, less what was billed provisionally, stands on
 * the next bill. With a fault nothing is taken, unless the good rows are wanted.
 * @throws MindunError unknown-employer, declared-already, month-not-assessed-yet, back-payment-document-needed, what reading the file refuses
 */
export const declareLate = defineCommand({
  name: 'insurance.declare-late',
  title: { zh: '补报以前月份的名册', en: 'Declare an assessed month late' },
  permission: 'insurance.declare',
  input: z.object({
    employer: z.string().min(1),
    month: z.string(),
    fileName: z.string().max(200).default('roster'),
    /** Base64 of the file's bytes. */
    content: z.string(),
    acceptValid: z.boolean().default(false),
    reason: z.string().trim().min(1).max(500),
    document: z.string().trim().min(1).max(200).optional(),
  }),
  async run(context, input): Promise<DeclareAnswer> {
    const employer = await employerBy(context.tx, input.employer);
    const month = readMonth(input.month);
    const bytes = decode(input.content);
    const check = await checkRoster(bytes, month);
    context.subject({ employer: employer.publicId, month });
    return context.elevate(async () => {
      const bill = await nextBill(context);
      if (month >= bill || period(month) < context.city.firstPeriod)
        throw new MindunError('month-not-assessed-yet', { month });
      assertBackPayment(context, month, bill, input.document);
      await assertUndeclared(context, employer, month);
      const matched = await matchRoster(context.tx, employer.id, check);
      if (matched.faults.length > 0 && !input.acceptValid)
        return answer(matched, false, context.caller);
      const upload = await storeUpload(
        context,
        { employer, month, full: true, fileName: input.fileName, bytes },
        matched,
      );
      const spells = await spellsIn(context.tx, employer.id, month);
      const { lines } = await declaredLines(context, employer, month, matched, spells);
      await writeDeclaration(context, employer, month, lines, {
        kind: 'late',
        upload: upload.id,
        bill,
        reason: input.reason,
        document: input.document,
      });
      await openSpellsOf(context, employer, month, lines);
      return answer(matched, true, context.caller);
    });
  },
});

async function assertUndeclared(
  context: Context,
  employer: EmployerRow,
  month: Month,
): Promise<void> {
  // Two late rosters of one month at once: the second waits and is refused.
  await holdRoster(context.tx, employer, month);
  if (await isDeclared(context, employer, month))
    throw new MindunError('declared-already', { month });
}

/**
 * Enrolments of those who had none then: open ones where nothing was declared after the month, else for the month alone, since
 * the later rosters say who stayed; also of those who left in it.
 */
async function openSpellsOf(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
): Promise<void> {
  await context.tx.execute(
    `insert into spell (person_id, employer_id, area, category, schemes, valid, known)
     select u.person, $1, $2, u.category, u.schemes, daterange($3::date, case when u.leaves or exists (select from declaration
         where employer_id = $1 and period > $5 and kind in ('full', 'changes')) then $4::date end), int8range($6, null)
     from unnest($7::bigint[], $8::smallint[], $9::smallint[], $10::boolean[]) as u (person, category, schemes, leaves)
     where not exists (select from spell s where s.employer_id = $1 and s.person_id = any (person_files(u.person)) and upper_inf(s.known)
       and s.valid && daterange($3::date, null))`,
    [
      employer.id,
      employer.area,
      firstDay(month),
      firstDay(addMonths(month, 1)),
      period(month),
      context.act,
      lines.map((l) => l.person),
      lines.map((l) => l.category),
      lines.map((l) => l.schemes),
      lines.map((l) => l.change === lineChange.leaves),
    ],
  );
}
