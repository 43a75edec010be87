import { z } from 'zod';
import { type EmployerRow, employerBy } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  firstDay,
  MindunError,
  type Month,
  monthOfPeriod,
  type PlainDate,
  period,
  month as readMonth,
} from '../../../kernel/index.ts';
import { assertBackPayment } from '../arrears/back-payment.ts';
import { lineChange } from '../codes.ts';
import { checkRoster, matchRoster, namedOnFaults } from '../roster/index.ts';
import { storeUpload } from '../uploads/store.ts';
import type { DeclareAnswer } from '../views.ts';
import { nextBill } from './correct.ts';
import { answer, declaredLines, decode, writeDeclaration } from './declare.ts';
import { type Enrolment, withMonths, withoutMonths } from './enrolments.ts';
import { enrolmentsFrom, monthSpan, writeEnrolments } from './enrolments-stored.ts';
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
 * the next bill, and enrolments follow it: who is not on it was not there. With a fault nothing is taken, unless the good rows are wanted.
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
      // The month has no roster yet: these are the people whom the months around it enrol over it.
      const named = await namedOnFaults(context.tx, matched, new Set(spells.schemes.keys()));
      const { lines, left } = await declaredLines(context, employer, month, matched, spells);
      await writeDeclaration(context, employer, month, lines, {
        kind: 'late',
        upload: upload.id,
        bill,
        reason: input.reason,
        document: input.document,
      });
      const stays = (person: number): boolean =>
        !left.has(person) && (named === 'anyone' || named.has(person));
      await enrolBy(context, employer, month, lines, stays);
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
 * Enrolments follow the roster, which is that of the whole month. Who stands on it was there: without an end where nothing was declared after the
 * month, else for the month alone, since the later rosters say who stayed. Who left in it is enrolled no longer than the month, and whoever is not
 * on it was not there, unless a later roster let him stay: then what follows stays.
 * @param stays who was there though no line says so
 */
async function enrolBy(
  context: Context,
  employer: EmployerRow,
  month: Month,
  lines: readonly Line[],
  stays: (person: number) => boolean,
): Promise<void> {
  const standing = await enrolmentsFrom(context, employer, month);
  const later = await declaredAfter(context, employer, month);
  const span = monthSpan(month);
  // Whoever reaches a month with a roster stands on it, or on a row of it that had a fault: else it would have ended his enrolment.
  const keptOn = (his: readonly Enrolment[]): boolean =>
    his.some((s) => s.from < span.to && later.some((day) => s.to === null || s.to > day));
  const changes = lines.map((line) => {
    const his = standing.get(line.person) ?? [];
    const leaves = line.change === lineChange.leaves;
    const added = withMonths(his, [span], line, () => !leaves && later.length === 0);
    if (!leaves || added.opened.length > 0 || keptOn(his)) return added;
    return withoutMonths(his, [{ from: span.to, to: null }], () => false);
  });
  const here = new Set(lines.map((l) => l.person));
  for (const [person, his] of standing)
    if (!here.has(person) && !stays(person))
      changes.push(withoutMonths(his, [span], () => keptOn(his)));
  await writeEnrolments(context, employer, {
    closed: changes.flatMap((c) => c.closed),
    opened: changes.flatMap((c) => c.opened),
  });
}

/** The first days of the later months that the employer declared. */
async function declaredAfter(
  { tx }: Context,
  employer: EmployerRow,
  month: Month,
): Promise<PlainDate[]> {
  const rows = await tx.rows<{ period: number }>(
    `select distinct period from declaration where employer_id = $1 and period > $2 and kind in ('full', 'changes', 'late')`,
    [employer.id, period(month)],
  );
  return rows.map((r) => firstDay(monthOfPeriod(r.period)));
}
