import { describe, expect, it } from 'vitest';
import { checkDigitFits, isAccountNumber, maskedAccount, plainAccount } from './bank-number.ts';

describe('account numbers', () => {
  it('are the same however they are spaced', () => {
    for (const text of ['6222 0202-0001', '６２２２０２０２０００１', ' 622202020001\t'])
      expect(plainAccount(text)).toBe('622202020001');
    expect(plainAccount('de89 3704')).toBe('DE893704');
  });

  it('have 8 to 32 digits', () => {
    for (const [text, ok] of [
      ['1234567', false],
      ['12345678', true],
      ['1'.repeat(32), true],
      ['1'.repeat(33), false],
      ['1234567x', false],
    ] as const)
      expect(isAccountNumber(text), text).toBe(ok);
  });

  it('of cards have a check digit that a wrong digit does not fit', () => {
    expect(checkDigitFits('4111111111111111')).toBe(true);
    const sums = [...'0123456789'].filter((d) => checkDigitFits(`622202020001234567${d}`));
    expect(sums).toHaveLength(1);
    // A passbook's number has none.
    expect(checkDigitFits('1905012209024512345')).toBe(true);
  });

  it('show four digits, of a short one fewer', () => {
    expect(maskedAccount('6222020200012345678')).toBe('***************5678');
    expect(maskedAccount('12345678')).toBe('******78');
  });
});
