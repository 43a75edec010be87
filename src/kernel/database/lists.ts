/**
 * Reads a list of whole numbers as the server writes it: of one dimension, NULL among them allowed. Lists of amounts are most of what the
 * books are read in, and cutting them into texts first would cost more than the rest.
 * @throws RangeError for a number beyond 2^53
 */
export function numbersIn(text: string): (number | null)[] {
  const numbers: (number | null)[] = [];
  const end = text.length - 1;
  let at = 1;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === letterN) {
      numbers.push(null);
      at += 'NULL,'.length;
      continue;
    }
    const negative = code === minus;
    const begun = negative ? at + 1 : at;
    let value = 0;
    for (at = begun; at < end && text.charCodeAt(at) !== comma; at += 1)
      value = value * 10 + (text.charCodeAt(at) - zero);
    if (!Number.isSafeInteger(value))
      throw new RangeError(`a number beyond 2^53 in a list: ${text.slice(begun, at)}`);
    numbers.push(negative ? -value : value);
    at += 1;
  }
  return numbers;
}

const zero = 48;
const minus = 45;
const comma = 44;
const letterN = 78;

/**
 * A list of numbers, or of texts and nulls, as the server reads it; anything else is left to the driver, which would look for quotes in every
 * text and take a number for one.
 */
export function listText(values: readonly unknown[]): string | undefined {
  if (typeof values[0] === 'number')
    return values.every(isNumber) ? `{${values.join(',')}}` : undefined;
  return values.every(isText) ? `{${values.map(quoted).join(',')}}` : undefined;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isText(value: unknown): value is string | null {
  return typeof value === 'string' || value === null;
}

function quoted(value: string | null): string {
  if (value === null) return 'NULL';
  return marks.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : `"${value}"`;
}

const marks = /["\\]/;
