import { copyText, madeAhead, textOf } from '../../kernel/database/index.ts';
import { type Context, gathered, type Month, period } from '../../kernel/index.ts';

/** One line of a bill as it is stored. Amounts in fen. */
export interface BillLineRow {
  readonly bill: number;
  readonly fund: number;
  readonly share: number;
  readonly kind: number;
  readonly feePeriod: number;
  readonly claim?: number;
  readonly area: number;
  readonly employer: number;
  readonly persons: number;
  readonly base: number;
  readonly amount: number;
  readonly account: number;
}

/** Writes lines onto the bills of a month; those of one bill stand together. Runs with the system's eyes. */
export function writeBillLines(
  context: Context,
  month: Month,
  lines: Iterable<BillLineRow>,
): Promise<void> {
  return writeText(context, month, textOf(sections(period(month), lines)));
}

/** Writes the lines of a whole city, which are made while the server does what was `asked` of it. */
export async function writeBillLinesAfter(
  asked: Promise<void>,
  context: Context,
  month: Month,
  lines: Iterable<BillLineRow>,
): Promise<void> {
  const [, text] = await madeAhead(asked, textOf(sections(period(month), lines)));
  await writeText(context, month, text);
}

async function writeText(context: Context, month: Month, text: Iterable<Buffer>): Promise<void> {
  await context.tx.as('bulk', () =>
    copyText(
      context.tx.copyIn(
        `copy bill_section_${period(month)} (period, bill_id, kind, fee_period, claim_bill_id, area, employer_id, cells, persons,
           bases, amounts, accounts) from stdin`,
      ),
      text,
    ),
  );
}

function* sections(ofPeriod: number, lines: Iterable<BillLineRow>): Generator<(number | string)[]> {
  for (const section of gathered(lines, ofOneSection)) {
    const [of] = section as [BillLineRow];
    const list = (pick: (l: BillLineRow) => number): string => `{${section.map(pick).join(',')}}`;
    yield [
      ofPeriod,
      of.bill,
      of.kind,
      of.feePeriod,
      of.claim ?? of.bill,
      of.area,
      of.employer,
      list((l) => l.fund * 10 + l.share),
      list((l) => l.persons),
      list((l) => l.base),
      list((l) => l.amount),
      list((l) => l.account),
    ];
  }
}

function ofOneSection(a: BillLineRow, b: BillLineRow): boolean {
  return (
    a.bill === b.bill &&
    a.kind === b.kind &&
    a.feePeriod === b.feePeriod &&
    (a.claim ?? a.bill) === (b.claim ?? b.bill)
  );
}
