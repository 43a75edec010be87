import { describe, expect, it } from 'vitest';
import { nature } from '../../../engines/fund/index.ts';
import { plainDate } from '../../../kernel/index.ts';
import { natureOf } from './apply.ts';

const first = 200801;
const due = '2008-03-15';
const march = { feePeriod: 200803, period: 200803, dueOn: plainDate(due) };
const kind = (claim: typeof march | { dueOn: null }, paidOn: string, books: number) =>
  natureOf({ ...march, ...claim }, plainDate(paidOn), books, first);

describe('natureOf', () => {
  it('is current within its month, late or not, and when it is paid by its day in the next one', () => {
    expect(kind(march, due, 200803)).toBe(nature.current);
    expect(kind(march, '2008-03-25', 200803)).toBe(nature.current);
    const later = { ...march, dueOn: plainDate('2008-04-10') };
    expect(kind(later, '2008-04-10', 200804)).toBe(nature.current);
  });

  it('is arrears in a later month, once its day is over or where none is set', () => {
    expect(kind(march, '2008-04-02', 200804)).toBe(nature.arrears);
    // Came in within March, whose books are closed: it stands in April's.
    expect(kind(march, '2008-03-25', 200804)).toBe(nature.arrears);
    expect(kind({ dueOn: null }, '2008-04-02', 200804)).toBe(nature.arrears);
  });

  it('is a back payment for a month that was assessed later, and arrears for one of the old books', () => {
    expect(kind({ ...march, period: 200805 }, '2008-05-09', 200805)).toBe(nature.back);
    const old = { ...march, feePeriod: 200703, period: 200712, dueOn: plainDate('2007-03-20') };
    expect(kind(old, '2008-01-09', 200801)).toBe(nature.arrears);
  });
});
