import { z } from 'zod';
import { employerBy } from '../../../engines/registry/index.ts';
import { defineCommand, defineQuery, randomText } from '../../../kernel/index.ts';
import { billQuery } from '../bills/view.ts';
import type { PrintedBill } from '../views.ts';
import { paperHash } from './hash.ts';

/**
 * Prints a bill: what it shows at this moment is kept under a code by which anybody can check the paper, with who printed it and when.
 * Who may see the bill may print it.
 * @throws MindunError unknown-employer, not-found
 */
export const printBill = defineCommand({
  name: 'insurance.bill.print',
  title: { zh: '打印缴费单', en: 'Print a bill' },
  permission: billQuery.permission,
  input: z.object({ employer: z.string().min(1), month: z.string() }),
  async run(context, input): Promise<PrintedBill> {
    // With the actor's own eyes: who may not see the employer prints nothing of it.
    const employer = await employerBy(context.tx, input.employer);
    const bill = await context.ask(billQuery, input);
    const body = {
      kind: 'bill' as const,
      bill,
      printedAt: context.at,
      printedBy: context.caller.actor.name,
    };
    const code = randomText(16);
    const sha256 = paperHash(code, body);
    await context.elevate(() =>
      context.tx.execute(
        `insert into certificate (code, kind, area, employer_id, body, sha256, act) values ($1, 'bill', $2, $3, $4, $5, $6)`,
        [code, employer.area, employer.id, body, sha256, context.act],
      ),
    );
    context.subject({ bill: bill.publicId, certificate: code });
    return { code, ...body, sha256 };
  },
});

/** A printed bill for its owner, as it was printed. @throws MindunError not-found (also for what the actor may not see) */
export const printedBill = defineQuery({
  name: 'insurance.bill-printed',
  title: { zh: '打印过的缴费单', en: 'A printed bill' },
  permission: billQuery.permission,
  input: z.object({ code: z.string().min(1) }),
  async run(context, input): Promise<PrintedBill> {
    const row = await context.tx.one<{
      body: Omit<PrintedBill, 'code' | 'sha256'>;
      sha256: string;
      employer: number;
    }>(
      `select body, sha256, employer_id as employer from certificate where code = $1 and kind = 'bill'`,
      [input.code],
      input.code,
    );
    context.looked({ employerId: row.employer });
    return { code: input.code, ...row.body, sha256: row.sha256 };
  },
});
