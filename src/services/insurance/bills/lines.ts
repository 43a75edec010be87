import { copyText, madeAhead, type TextRow, textOf } from '../../../kernel/database/index.ts';
import {
  type Context,
  gathered,
  type Month,
  type PlainDate,
  period,
} from '../../../kernel/index.ts';

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
  /** See `BillSection`. */
  readonly lateFrom?: PlainDate | null;
  readonly persons: number;
  readonly base: number;
  readonly amount: number;
  readonly account: number;
}

/** Lines of one bill that are of one kind, fee month and claim: one stored row. Cells: fund * 10 + share. Amounts in fen. */
export interface BillSection {
  readonly employer: number;
  readonly area: number;
  readonly bill: number;
  readonly kind: number;
  /** The bill whose claim the lines make or lessen. */
  readonly claim: number;
  readonly feePeriod: number;
  /** The day that the claim's late days begin after, where it is not the day that its bill is due. */
  readonly lateFrom: PlainDate | null;
  readonly cells: readonly number[];
  readonly persons: readonly number[];
  readonly bases: readonly number[];
  readonly amounts: readonly number[];
  /** What of the amounts belongs to individual accounts. */
  readonly accounts: readonly number[];
}

/** Lines as the sections that hold them; those of one bill stand together. */
export function* sectionsOf(lines: Iterable<BillLineRow>): Generator<BillSection> {
  for (const list of gathered(lines, ofOneSection)) {
    const [{ employer, area, bill, kind, claim, feePeriod, lateFrom }] = list as [BillLineRow];
    yield {
      employer,
      area,
      bill,
      kind,
      claim: claim ?? bill,
      feePeriod,
      lateFrom: lateFrom ?? null,
      cells: list.map((l) => l.fund * 10 + l.share),
      persons: list.map((l) => l.persons),
      bases: list.map((l) => l.base),
      amounts: list.map((l) => l.amount),
      accounts: list.map((l) => l.account),
    };
  }
}

/** Writes lines onto the bills of a month. Runs with the system's eyes. */
export function writeBillLines(
  context: Context,
  month: Month,
  lines: Iterable<BillLineRow>,
): Promise<void> {
  return writeText(context, month, textOf(rowsOf(period(month), sectionsOf(lines))));
}

/** Writes the sections of a whole city, which are made while the server does what was `asked` of it. */
export async function writeSectionsAfter(
  asked: Promise<void>,
  context: Context,
  month: Month,
  sections: Iterable<BillSection>,
): Promise<void> {
  const [, text] = await madeAhead(asked, textOf(rowsOf(period(month), sections)));
  await writeText(context, month, text);
}

async function writeText(context: Context, month: Month, text: Iterable<Buffer>): Promise<void> {
  await context.tx.as('bulk', () =>
    copyText(
      context.tx.copyIn(
        `copy bill_section_${period(month)} (period, bill_id, kind, fee_period, claim_bill_id, area, employer_id, late_from, cells,
           persons, bases, amounts, accounts) from stdin`,
      ),
      text,
    ),
  );
}

function* rowsOf(ofPeriod: number, sections: Iterable<BillSection>): Generator<TextRow> {
  for (const s of sections) {
    yield [
      ofPeriod,
      s.bill,
      s.kind,
      s.feePeriod,
      s.claim,
      s.area,
      s.employer,
      s.lateFrom,
      `{${s.cells.join(',')}}`,
      `{${s.persons.join(',')}}`,
      `{${s.bases.join(',')}}`,
      `{${s.amounts.join(',')}}`,
      `{${s.accounts.join(',')}}`,
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
