/**
 * An account number as digits and letters alone: full-width signs become usual ones, spaces and hyphens go. What is not written so stays as it is: banks
 * abroad have letters.
 */
export function plainAccount(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\-‐‑–—]/gu, '')
    .toUpperCase();
}

/** Whether a text, made plain, may be an account number of a bank in China: 8 to 32 digits, as the payment systems take them. */
export function isAccountNumber(plain: string): boolean {
  return /^\d{8,32}$/.test(plain);
}

/**
 * Whether the last digit of a card's number is the right one (Luhn; ISO/IEC 7812-1). Passbooks and accounts of old have other numbers, so a number that does not
 * look like a card's (13 to 19 digits, a card scheme's first digit) is right.
 */
export function checkDigitFits(plain: string): boolean {
  if (!/^(?:4|5[1-5]|62)\d{11,17}$/.test(plain) || plain.length > 19) return true;
  const sum = [...plain].reverse().reduce((total, sign, at) => {
    const digit = Number(sign) * (at % 2 === 0 ? 1 : 2);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}

/** All but the last four digits hidden: how an account number is shown. Of a short one fewer are shown. */
export function maskedAccount(plain: string): string {
  const shown = Math.min(4, Math.floor(plain.length / 3));
  return `${'*'.repeat(plain.length - shown)}${plain.slice(plain.length - shown)}`;
}
