/** A text that a person reads, in both languages of the house. Chinese is the original. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Language = 'zh' | 'en';

/** A text whose `{name}` places are filled from `values`; a value that is a `Text` itself is said in `language`, an unknown place stays as it is. */
export function fill(
  text: string,
  values: Readonly<Record<string, unknown>>,
  language: Language = 'zh',
): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return isText(value) ? value[language] : String(value);
  });
}

function isText(value: unknown): value is Text {
  return typeof value === 'object' && value !== null && 'zh' in value && 'en' in value;
}

/**
 * Leaves out what nobody sees: zero-width characters, marks of the writing direction, controls other than white space. They make two
 * different names look alike, and one name two.
 */
export function visible(text: string): string {
  return text.replace(/\p{Cf}|(?!\s)\p{Cc}/gu, '');
}
