import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { listText, numbersIn } from './lists.ts';

const { prepareValue } = (pg as unknown as { utils: { prepareValue: (value: unknown) => unknown } })
  .utils;
const whole = fc.maxSafeInteger();

describe('lists of the database', () => {
  it('reads the numbers that the server writes', () => {
    expect(numbersIn('{}')).toEqual([]);
    expect(numbersIn('{NULL}')).toEqual([null]);
    expect(numbersIn('{1,NULL,-2}')).toEqual([1, null, -2]);
    fc.assert(
      fc.property(fc.array(fc.oneof(whole, fc.constant(null))), (list) => {
        const text = `{${list.map((n) => n ?? 'NULL').join(',')}}`;
        expect(numbersIn(text)).toEqual(list.map((n) => (n === null ? null : n + 0)));
      }),
    );
  });

  it('refuses a number that it could not hold', () => {
    expect(() => numbersIn('{1,9007199254740993}')).toThrow(RangeError);
    expect(() => numbersIn('{-9223372036854775808}')).toThrow(RangeError);
  });

  it('writes texts and nulls as the driver does', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', 'NULL', ''));
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, fc.constant(null)), { minLength: 1 }), (list) => {
        expect(listText(list)).toBe(prepareValue(list));
      }),
    );
    expect(listText([])).toBe('{}');
  });

  it('writes numbers plainly and leaves what is neither to the driver', () => {
    expect(listText([1, -2, 3.5])).toBe('{1,-2,3.5}');
    for (const other of [[1, null], ['a', 1], [true], [['a']], [undefined]])
      expect(listText(other)).toBeUndefined();
  });
});
