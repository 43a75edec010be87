import { sumOf, type Text } from '../../../kernel/index.ts';
import { type BalanceFigure, type BillView, type Insurance, insurances } from '../views.ts';

/** What a bill settles of one insurance in one earlier month, in fen. */
export interface EarlierRow {
  readonly insurance: Insurance;
  readonly feeMonth: string;
  /** Whose month was computed anew. */
  readonly persons: number;
  readonly employerFen: number;
  readonly employeeFen: number;
  readonly assumed: boolean;
}

/** The rows of earlier months, month by month, as every page and paper shows them below the month's own. */
export function earlierRows(bill: Pick<BillView, 'lines'>): EarlierRow[] {
  const later = bill.lines.filter((l) => l.kind !== 'current' && l.kind !== 'provisional');
  const months = [...new Set(later.map((l) => l.feeMonth))].sort();
  return months.flatMap((feeMonth) =>
    insurances.flatMap((insurance): EarlierRow[] => {
      const lines = later.filter((l) => l.feeMonth === feeMonth && l.insurance === insurance);
      if (lines.length === 0) return [];
      const employer = lines.filter((l) => l.share === 'employer');
      const employee = lines.filter((l) => l.share === 'employee');
      return [
        {
          insurance,
          feeMonth,
          persons: Math.max(...[employer, employee].map((of) => sumOf(of, (l) => l.persons))),
          employerFen: sumOf(employer, (l) => l.amountFen),
          employeeFen: sumOf(employee, (l) => l.amountFen),
          assumed: lines.some((l) => l.assumed),
        },
      ];
    }),
  );
}

/** The figures between what a bill assesses and what is to be paid. */
export type SumFigure = Exclude<
  BalanceFigure,
  'month' | 'month-employer' | 'month-employee' | 'payable'
>;

/** How pages and papers call them. */
export const sumNames: Readonly<Record<SumFigure, Text>> = {
  paid: { zh: '已缴', en: 'Paid' },
  elsewhere: {
    zh: '差额另记在以前的缴费单或多缴里',
    en: 'Differences that stand with earlier bills or as credit',
  },
  arrears: { zh: '以前月份欠费', en: 'Arrears of earlier months' },
  'late-fee': { zh: '滞纳金', en: 'Late fee' },
  'put-off': { zh: '其中缓缴，还没到期', en: 'Of it deferred, not due yet' },
  credit: { zh: '多缴的钱，抵减', en: 'Overpaid money, set off' },
};

/** What a bill's sum of rows is called: it says so where rows of earlier months are in it. */
export function monthSumName(bill: Pick<BillView, 'lines'>): Text {
  return earlierRows(bill).length === 0
    ? { zh: '本月核定', en: 'Assessed this month' }
    : {
        zh: '本月核定，含以前月份的差额',
        en: 'Assessed this month, with differences of earlier months',
      };
}

/**
 * From a bill's sum of rows to what is to be paid, in fen with their signs. What is nothing is left out, but for arrears, late fee and
 * credit, of which the reader wants to know that there are none.
 */
export function sumRows({ total, paidFen }: BillView): (readonly [SumFigure, number])[] {
  const rows: readonly (readonly [SumFigure, number, boolean])[] = [
    ['paid', -paidFen, false],
    ['elsewhere', total.elsewhereFen, false],
    ['arrears', total.arrearsFen, true],
    ['late-fee', total.lateFeeFen, true],
    ['put-off', -total.putOffFen, false],
    ['credit', -total.setOffFen, true],
  ];
  return rows
    .filter(([, fen, always]) => always || fen !== 0)
    .map(([figure, fen]) => [figure, fen]);
}
