import type { BillView } from '../../src/services/insurance/index.ts';

/** What a bill comes to when its rows are added, in fen. */
export function footed(view: BillView): number {
  const { employerFen, employeeFen, elsewhereFen, arrearsFen, lateFeeFen, putOffFen, setOffFen } =
    view.total;
  return (
    employerFen +
    employeeFen -
    view.paidFen +
    elsewhereFen +
    arrearsFen +
    lateFeeFen -
    putOffFen -
    setOffFen
  );
}

/** The same of the paper, by the figures at the ends of its lines: from what it assesses to what is to be paid. */
export function footedOnPaper(pages: readonly (readonly (readonly string[])[])[]): {
  readonly sum: number;
  readonly total: number;
} {
  const lines = pages.flat();
  const from = lines.findIndex((l) => l[0]?.startsWith('本月核定'));
  const to = lines.findIndex((l, i) => i > from && l[0]?.startsWith('现在应缴合计'));
  if (from < 0 || to < 0) throw new Error('the paper has no sum');
  const figures = lines.slice(from, to + 1).map((l) => fen(l.at(-1)!));
  return { sum: figures.slice(0, -1).reduce((s, f) => s + f, 0), total: figures.at(-1)! };
}

function fen(text: string): number {
  const plain = text.replace(/[¥,]/g, '').replace(/^[−-]/, '-');
  if (!/^-?\d+\.\d\d$/.test(plain)) throw new Error(`no amount: ${text}`);
  return Math.round(Number(plain) * 100);
}
