import { fill, type Language, type Text } from './text.ts';

/** One registered error: what it says, what the reader can do, and how a door answers with it. */
export interface ErrorDefinition {
  /** What is wrong. `{name}` places are filled from the error's details. */
  readonly message: Text;
  /** What the reader can do about it. */
  readonly mend: Text;
  /** HTTP status of the answer. */
  readonly status: number;
}

const registry = new Map<string, ErrorDefinition>();

/**
 * Registers error codes (kebab-case) once; `npm run docs` prints the registry as a page.
 * @throws Error when a code is registered twice or badly spelt: a fault of the program.
 */
export function defineErrors<C extends string>(
  definitions: Readonly<Record<C, ErrorDefinition>>,
): void {
  for (const [code, definition] of Object.entries<ErrorDefinition>(definitions)) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code)) throw new Error(`bad error code: ${code}`);
    if (registry.has(code)) throw new Error(`error code registered twice: ${code}`);
    registry.set(code, definition);
  }
}

/** All registered errors by code, in alphabetical order. */
export function registeredErrors(): ReadonlyMap<string, ErrorDefinition> {
  return new Map([...registry].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where in a file a fault stands, and what stood there. */
export interface FaultPlace {
  /** File of a set of files. */
  readonly file?: string;
  /** Line as a spreadsheet counts it, the header being line 1 of a CSV. */
  readonly line?: number;
  /** Header of the column as it stands in the file. */
  readonly column?: string;
  /** The value as it stood in the cell. */
  readonly value?: string;
}

/** One refusal with its place; what the command line and the API print. */
export interface Fault extends FaultPlace {
  readonly code: string;
  readonly message: string;
}

/** A refusal that the user can mend. Its code is registered with {@link defineErrors}. */
export class MindunError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly place: FaultPlace;
  /** Further faults found in the same go (a file's other bad cells). */
  readonly others: readonly MindunError[];

  /** @throws Error when the code is not registered: a fault of the program. */
  constructor(
    code: string,
    details: Readonly<Record<string, unknown>> = {},
    place: FaultPlace = {},
    others: readonly MindunError[] = [],
  ) {
    if (!registry.has(code)) throw new Error(`error code is not registered: ${code}`);
    super(`${code}: ${fill(registry.get(code)!.message.en, details, 'en')}`);
    this.name = 'MindunError';
    this.code = code;
    this.details = details;
    this.place = place;
    this.others = others;
  }

  get status(): number {
    return registry.get(this.code)!.status;
  }

  /** What is wrong, in the reader's language. */
  text(language: Language): string {
    return fill(registry.get(this.code)!.message[language], read(this.details, language), language);
  }

  /** What the reader can do, in the reader's language. */
  mend(language: Language): string {
    return fill(registry.get(this.code)!.mend[language], read(this.details, language), language);
  }

  /** This error and the others found with it, ready to print. */
  faults(language: Language): Fault[] {
    return [this as MindunError, ...this.others].map((e) => ({
      code: e.code,
      message: e.text(language),
      ...e.place,
    }));
  }
}

/** Days and months as a Chinese sentence has them; what the reader wrote himself (`value`, `what`) stays as he wrote it. */
function read(
  details: Readonly<Record<string, unknown>>,
  language: Language,
): Readonly<Record<string, unknown>> {
  if (language !== 'zh') return details;
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const [, year, month, day] =
        typeof value === 'string' && name !== 'value' && name !== 'what'
          ? (/^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(value) ?? [])
          : [];
      if (month === undefined) return [name, value];
      return [name, `${year}年${Number(month)}月${day === undefined ? '' : `${Number(day)}日`}`];
    }),
  );
}

/** The text of a registered error without making one. */
export function errorText(
  code: string,
  language: Language,
  details: Readonly<Record<string, unknown>> = {},
): string {
  const definition = registry.get(code);
  if (definition === undefined) throw new Error(`error code is not registered: ${code}`);
  return fill(definition.message[language], read(details, language), language);
}

defineErrors({
  'input-invalid': {
    message: { zh: '输入有误：{what}', en: 'The input is not valid: {what}' },
    mend: { zh: '请按说明改正后再试。', en: 'Mend the named value and try again.' },
    status: 400,
  },
  'date-impossible': {
    message: { zh: '{wrong}：{value}', en: '{wrong}: {value}' },
    mend: { zh: '请写成 2008-03-14 这样的日期。', en: 'Write the date as 2008-03-14.' },
    status: 400,
  },
  'month-impossible': {
    message: { zh: '{wrong}：{value}', en: '{wrong}: {value}' },
    mend: { zh: '请写成 2008-03 这样的月份。', en: 'Write the month as 2008-03.' },
    status: 400,
  },
  'not-found': {
    message: { zh: '没有找到 {what}', en: 'Not found: {what}' },
    mend: { zh: '请核对编号。', en: 'Check the number.' },
    status: 404,
  },
  'internal-fault': {
    message: { zh: '系统出了问题，编号 {reference}', en: 'A fault of ours, reference {reference}' },
    mend: {
      zh: '请再试一次；还不行请报这个编号。',
      en: 'Try again; if it stays, tell us the reference.',
    },
    status: 500,
  },
});
