import { employerCode } from '../../../engines/registry/index.ts';
import { citizenNumber } from '../../../kernel/identity.ts';
import {
  MindunError,
  month,
  type PlainDate,
  parseYuan,
  period,
  plainDate,
} from '../../../kernel/index.ts';
import { category, schemeBits, usualSchemes } from '../codes.ts';
import { ratedSizes } from '../ratings.ts';
import { type Category, type Insurance, insurances } from '../views.ts';

/** Reads a cell's text; throws the refusal of a bad one. */
type Reader<T> = (text: string) => T;

function needed<T>(read: Reader<T>): Reader<T> {
  return (text) => {
    if (text === '') throw new MindunError('required');
    return read(text);
  };
}

const word: Reader<string> = needed((text) => text);
const date: Reader<PlainDate> = needed(plainDate);
const optionalDate: Reader<PlainDate | null> = (text) => (text === '' ? null : plainDate(text));
const money: Reader<number> = needed(parseYuan);
const positive: Reader<number> = needed((text) => {
  const amount = parseYuan(text);
  if (amount < 0) throw new MindunError('amount-negative');
  return amount;
});
const whole: Reader<number> = needed((text) => {
  if (!/^\d{1,6}$/.test(text)) throw new MindunError('input-invalid', { what: text });
  return Number(text);
});
const year: Reader<number> = needed((text) => {
  if (!/^(19|20)\d\d$/.test(text)) throw new MindunError('input-invalid', { what: text });
  return Number(text);
});
const feePeriod: Reader<number> = needed((text) => period(month(text)));
function oneOf<W extends string>(words: readonly W[]): Reader<W> {
  return needed((text) => {
    const found = words.find((w) => w === text);
    if (found === undefined)
      throw new MindunError('input-invalid', { what: `${text}: ${words.join(', ')}` });
    return found;
  });
}
const insurance = oneOf(insurances);
const accountInsurance = oneOf(['pension', 'public-pension', 'medical'] as const);
const ofCategory = oneOf(Object.keys(category) as Category[]);
// Rural is who is insured, never the unit that insures him: the register takes no such employer either.
const ofEmployer = oneOf(['enterprise', 'public', 'flexible'] as const);
const schemes: Reader<number | null> = (text) => {
  if (text === '') return null;
  return text.split(';').reduce((sum, name) => sum | schemeBits[insurance(name) as Insurance], 0);
};
const residence = oneOf(['urban', 'rural', 'unknown'] as const);
const optionalWord: Reader<string | null> = (text) => (text === '' ? null : text);
const oneSize = oneOf(ratedSizes);
const optionalSize: Reader<(typeof ratedSizes)[number] | null> = (text) =>
  text === '' ? null : oneSize(text);
const lastDay = '2999-12-31' as PlainDate;
const citizen = needed((text) => citizenNumber(text, lastDay));
const employer: Reader<string> = needed((text) => employerCode(text).code);

/** The files of a take-over in the order in which they are read: columns with their readers. Amounts are yuan. */
export const shapes = {
  'persons.csv': { number: citizen, name: word, residence, area: word },
  'employers.csv': {
    code: employer,
    name: word,
    area: word,
    injuryClass: whole,
    category: ofEmployer,
    from: date,
    injuryFloat: optionalWord,
    size: optionalSize,
  },
  'spells.csv': {
    number: citizen,
    employer,
    category: ofCategory,
    schemes,
    from: date,
    to: optionalDate,
  },
  'rosters.csv': { employer, number: citizen, category: ofCategory, wage: positive },
  'balances.csv': {
    number: citizen,
    insurance: accountInsurance,
    year,
    opening: money,
    credited: money,
    interest: money,
    paidOut: money,
    closing: money,
  },
  'deemed.csv': { number: citizen, months: whole, from: date, to: date, basis: word },
  'retirees.csv': { number: citizen, since: date, pension: positive },
  'arrears.csv': {
    employer,
    feeMonth: feePeriod,
    insurance: oneOf([
      'pension',
      'public-pension',
      'medical',
      'unemployment',
      'injury',
      'maternity',
    ] as const),
    share: oneOf(['employer', 'employee'] as const),
    amount: positive,
    dueDate: date,
  },
  'ledger.csv': {
    fund: oneOf([
      'pension',
      'public-pension',
      'medical',
      'unemployment',
      'injury',
      'maternity',
    ] as const),
    account: whole,
    area: word,
    amount: money,
  },
} as const;

/** Last columns that a file may leave out. */
export const optionalColumns: Readonly<Record<string, readonly string[]>> = {
  'employers.csv': ['injuryFloat', 'size'],
};

const anything: Reader<string> = (text) => text;

/** The source's own totals: one line for each line of the reconciliation sheet. An empty amount is none. */
export const totals = {
  table: word,
  area: needed((text) => text.padEnd(12, '0')),
  insurance: anything,
  year: anything,
  item: anything,
  count: needed((text) => {
    if (!/^\d{1,12}$/.test(text)) throw new MindunError('input-invalid', { what: text });
    return Number(text);
  }),
  amount: (text: string): number => (text === '' ? 0 : parseYuan(text)),
} as const;

export type FileName = keyof typeof shapes;
export const fileNames = Object.keys(shapes) as FileName[];

/** The line of its file on which a row stands; the names of the columns are line 1. */
export interface Line {
  readonly line: number;
}
type RowOf<F extends FileName> = Line & {
  readonly [C in keyof (typeof shapes)[F]]: (typeof shapes)[F][C] extends Reader<infer T>
    ? T
    : never;
};
export type TakeoverRows = { readonly [F in FileName]: RowOf<F>[] };

/** Schemes of a spell: as given, else what its category is usually insured in. */
export function schemesOf(given: number | null, of: Category): number {
  return given ?? usualSchemes(category[of]);
}
