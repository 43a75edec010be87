import type { Text } from '../../../kernel/index.ts';

export interface ReportColumn {
  readonly label: Text;
  /** money: fen, written as yuan; count: a whole number; code: a short text. */
  readonly kind: 'text' | 'code' | 'money' | 'count';
}

export interface ReportRow {
  /** One for each column; null leaves the cell empty. */
  readonly cells: readonly (Text | string | number | null)[];
  /** 0 stands at the margin, each level further in. */
  readonly level: number;
  readonly strong: boolean;
}

/** A table of figures as it is printed and handed over: the same on paper and in a workbook. */
export interface Report {
  readonly title: Text;
  /** Official number of the form; null where it is not known. */
  readonly form: string | null;
  /** Who issues it. */
  readonly office: Text;
  /** What it is of, and for when. */
  readonly facts: readonly { readonly label: Text; readonly value: Text | string }[];
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
}

export const unit: Text = { zh: '单位：元', en: 'Unit: yuan' };
