import { defineErrors, MindunError } from './errors.ts';
import { isDate, type PlainDate } from './time.ts';

defineErrors({
  'format-wrong': {
    message: {
      zh: '号码格式不对：{value}',
      en: 'The number does not have the right shape: {value}',
    },
    mend: { zh: '请对照证件重新录入。', en: 'Copy it again from the document.' },
    status: 400,
  },
  'birth-date-impossible': {
    message: {
      zh: '号码里的出生日期不存在：{value}',
      en: 'The birth date in the number does not exist: {value}',
    },
    mend: { zh: '请对照身份证第 7–14 位。', en: 'Check digits 7 to 14 against the card.' },
    status: 400,
  },
  'birth-date-future': {
    message: {
      zh: '号码里的出生日期还没有到：{value}',
      en: 'The birth date in the number lies in the future: {value}',
    },
    mend: { zh: '请对照身份证第 7–14 位。', en: 'Check digits 7 to 14 against the card.' },
    status: 400,
  },
  'check-digit-wrong': {
    message: {
      zh: '末位校验不对，多半有一位抄错：{value}',
      en: 'The check digit does not fit, one digit is probably wrong: {value}',
    },
    mend: { zh: '请对照身份证。', en: 'Compare it with the card.' },
    status: 400,
  },
  'character-not-allowed': {
    message: {
      zh: '代码里有不允许的字符：{value}',
      en: 'The code holds a character that is not allowed: {value}',
    },
    mend: {
      zh: '统一社会信用代码不用 I、O、S、V、Z。',
      en: 'The letters I, O, S, V and Z are not used.',
    },
    status: 400,
  },
  'check-character-wrong': {
    message: { zh: '代码校验位不对：{value}', en: 'The check character does not fit: {value}' },
    mend: { zh: '请对照营业执照。', en: 'Compare it with the licence.' },
    status: 400,
  },
  'organisation-check-wrong': {
    message: {
      zh: '组织机构代码校验位不对：{value}',
      en: 'The check character of the organisation code does not fit: {value}',
    },
    mend: { zh: '请对照组织机构代码证。', en: 'Compare it with the certificate.' },
    status: 400,
  },
});

export interface CitizenNumber {
  /** 18 characters. */
  readonly number: string;
  readonly birthDate: PlainDate;
  readonly sex: 'male' | 'female';
  /** 6 digits of the place of first registration; not tested against today's list. */
  readonly division: string;
}

const checkCharacters = '10X98765432';
const citizenWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Check character of the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2). */
export function citizenCheck(seventeen: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) sum += citizenWeights[i]! * (seventeen.charCodeAt(i) - 48);
  return checkCharacters[sum % 11]!;
}

/** Why a text is no citizen number, in the order in which it is found. */
export type CitizenFlaw =
  | 'format-wrong'
  | 'birth-date-impossible'
  | 'birth-date-future'
  | 'check-digit-wrong';

/**
 * Reads a citizen number (GB 11643-1999); a 15-digit one becomes 18 digits (19 inserted, check computed).
 * @param on the day of the question; a birth after it is refused
 * @throws MindunError format-wrong, birth-date-impossible, birth-date-future, check-digit-wrong (in this order)
 */
export function citizenNumber(text: string, on: PlainDate): CitizenNumber {
  const plain = text.trim().toUpperCase();
  const flaw = citizenFlaw(plain, on);
  if (flaw !== null) throw new MindunError(flaw, { value: text });
  const number = eighteenDigits(plain);
  return {
    number,
    birthDate: citizenBirth(number),
    sex: citizenSex(number),
    division: number.slice(0, 6),
  };
}

/**
 * What is wrong with a citizen number of 15 or 18 characters; null: nothing. For files of many, which make no object for each.
 * @param text without blanks, in capitals
 * @param on the day of the question; a birth after it is refused
 */
export function citizenFlaw(text: string, on: PlainDate): CitizenFlaw | null {
  const short = text.length === 15;
  if (!short && text.length !== 18) return 'format-wrong';
  const sum = readFigures(text, short ? 15 : 17);
  if (sum < 0) return 'format-wrong';
  const last = short ? 0 : text.charCodeAt(17);
  if (!short && !(last >= 48 && last <= 57) && last !== 88) return 'format-wrong';
  const year = short ? 1900 + pair(6) : pair(6) * 100 + pair(8);
  const monthAt = short ? 8 : 10;
  const [month, day] = [pair(monthAt), pair(monthAt + 2)];
  if (!isDate(year, month, day)) return 'birth-date-impossible';
  if (year * 10_000 + month * 100 + day > numberOfDay(on)) return 'birth-date-future';
  if (!short && checkCharacters.charCodeAt(sum % 11) !== last) return 'check-digit-wrong';
  return null;
}

/** The figures of the number that is looked at: a text that was cut out of a long one gives each of its characters slowly, so once is enough. */
const figures = new Uint8Array(18);

/** Reads the first figures of a number; answers their weighted sum, −1 when one is no figure. */
function readFigures(text: string, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) {
    const figure = text.charCodeAt(i) - 48;
    if (figure < 0 || figure > 9) return -1;
    figures[i] = figure;
    sum += citizenWeights[i]! * figure;
  }
  return sum;
}

function pair(at: number): number {
  return figures[at]! * 10 + figures[at + 1]!;
}

let lastAsked = { on: '', number: 0 };

/** 2008-03-31 as 20080331; a file asks about one day only. */
function numberOfDay(on: PlainDate): number {
  if (on !== lastAsked.on) lastAsked = { on, number: Number(on.replaceAll('-', '')) };
  return lastAsked.number;
}

/** The 18 characters of a number without a flaw. */
function eighteenDigits(text: string): string {
  if (text.length === 18) return text;
  const body = `${text.slice(0, 6)}19${text.slice(6)}`;
  return body + citizenCheck(body);
}

/** The birth date in a number of 18 characters without a flaw. */
export function citizenBirth(number: string): PlainDate {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}` as PlainDate;
}

/** The sex in a number of 18 characters without a flaw. */
export function citizenSex(number: string): 'male' | 'female' {
  return number.charCodeAt(16) % 2 === 1 ? 'male' : 'female';
}

/** As screens show it: `4304**********1018`. */
export function maskCitizenNumber(number: string): string {
  return `${number.slice(0, 4)}${'*'.repeat(10)}${number.slice(14)}`;
}

const organisationAlphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];

/** Check character of the first 8 characters of an organisation code (GB 11714-1997). */
export function organisationCheck(eight: string): string {
  let sum = 0;
  for (let i = 0; i < 8; i += 1) {
    sum += organisationAlphabet.indexOf(eight[i]!) * organisationWeights[i]!;
  }
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}

/**
 * Reads an organisation code (GB 11714-1997), hyphen optional; answers `XXXXXXXX-X`.
 * @throws MindunError format-wrong, organisation-check-wrong
 */
export function organisationCode(text: string): string {
  const match = /^([0-9A-Z]{8})-?([0-9X])$/.exec(text.trim().toUpperCase());
  if (match === null) throw new MindunError('format-wrong', { value: text });
  if (organisationCheck(match[1]!) !== match[2]) {
    throw new MindunError('organisation-check-wrong', { value: text });
  }
  return `${match[1]}-${match[2]}`;
}

const unifiedAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const unifiedWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Check character of the first 17 characters of a unified social credit code (GB 32100-2015). */
export function unifiedCheck(seventeen: string): string {
  let sum = 0;
  for (let i = 0; i < 17; i += 1) {
    sum += unifiedAlphabet.indexOf(seventeen[i]!) * unifiedWeights[i]!;
  }
  return unifiedAlphabet[(31 - (sum % 31)) % 31]!;
}

export interface UnifiedCode {
  readonly code: string;
  /** First character: the registering authority. */
  readonly registrar: string;
  readonly division: string;
  /** `XXXXXXXX-X` */
  readonly organisationCode: string;
}

/**
 * Reads a unified social credit code (GB 32100-2015).
 * @throws MindunError format-wrong, character-not-allowed, check-character-wrong, organisation-check-wrong (in this order)
 */
export function unifiedCode(text: string): UnifiedCode {
  const code = text.trim().toUpperCase();
  if (code.length !== 18) throw new MindunError('format-wrong', { value: text });
  if ([...code].some((c) => !unifiedAlphabet.includes(c)) || !/^\d{6}$/.test(code.slice(2, 8))) {
    throw new MindunError('character-not-allowed', { value: text });
  }
  if (unifiedCheck(code.slice(0, 17)) !== code[17]) {
    throw new MindunError('check-character-wrong', { value: text });
  }
  const organisation = code.slice(8, 17);
  if (organisationCheck(organisation.slice(0, 8)) !== organisation[8]) {
    throw new MindunError('organisation-check-wrong', { value: text });
  }
  return {
    code,
    registrar: code[0]!,
    division: code.slice(2, 8),
    organisationCode: `${organisation.slice(0, 8)}-${organisation[8]}`,
  };
}
