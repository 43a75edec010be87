import { citizen, organisation } from '../city/harness.ts';
import type { Dice } from '../model/random.ts';
import type { Operation, Schema } from './questions.ts';

/** A whole number below `n`. */
export const below = (dice: Dice, n: number): number => dice.between(0, n - 1);
/** Whether a chance of so many in a hundred came. */
export const chance = (dice: Dice, percent: number): boolean => below(dice, 100) < percent;
export const one = <T>(dice: Dice, list: readonly T[]): T => list[below(dice, list.length)]!;

/** What no form of ours sends, as JSON has it where it has a way to. */
const broken: readonly unknown[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff半个',
  '\u202e反的',
  '𠮷'.repeat(50),
  'x'.repeat(5000),
  "'; drop table bill; --",
  '%',
  '_',
  '\\',
  '{}',
  '<script>',
  '../../etc/passwd',
  'constructor',
  '__proto__',
  'NaN',
  '-1',
  '0',
  '1e309',
  '9'.repeat(15),
  '9'.repeat(40),
  '0000-00',
  '2008-13',
  '2008-02-30',
  '1799-12',
  '2999-12',
  '9999-99-99',
  '2008-1',
  '二〇〇八年一月',
  -1,
  0,
  0.1,
  -0,
  1e308,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
  true,
  false,
  null,
  [],
  [[]],
  {},
  { a: 1 },
  ['2008-01', '2008-01'],
  [null],
  Array.from({ length: 200 }, (_, i) => i),
];

/** Something that is as the schema says, and known to nobody. */
export function shaped(dice: Dice, schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return one(dice, schema.enum);
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const low = Math.max(schema.minimum ?? 0, -1e6);
      const high = Math.min(schema.maximum ?? 1e6, 1e6);
      return chance(dice, 20) ? (schema.maximum ?? 2 ** 53 - 1) : dice.between(low, high);
    }
    case 'boolean':
      return chance(dice, 50);
    case 'array':
      return Array.from({ length: below(dice, 4) }, () => shaped(dice, schema.items ?? {}));
    case 'object':
      return object(dice, schema, (field) => shaped(dice, field));
    default:
      return one(dice, [
        `200${below(dice, 10)}-0${dice.between(1, 9)}`,
        `2008-0${dice.between(1, 9)}-1${below(dice, 10)}`,
        String(below(dice, 1e6)),
        `${below(dice, 1e6)}.${below(dice, 1e6)}`,
        '430400',
        '4304',
        '430499',
        'pension',
        'closing',
        '个人所得',
        citizen(dice.between(20, 900)),
        organisation(dice.between(20, 900)),
        'ABCDEFGHJKMN',
      ]);
  }
}

export function wrong(dice: Dice): unknown {
  return one(dice, broken);
}

/** The fields of an object, most of those that must stand there and some of the others. */
export function object(
  dice: Dice,
  schema: Schema,
  value: (field: Schema, name: string) => unknown,
): Record<string, unknown> {
  const required = new Set(schema.required ?? []);
  return Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name]) => chance(dice, required.has(name) ? 97 : 45))
      .map(([name, field]) => [name, value(field, name)]),
  );
}

/** One of the shapes that an operation takes. */
export function variant(dice: Dice, operation: Operation): Schema {
  const list = operation.input.oneOf ?? operation.input.anyOf ?? [operation.input];
  return one(dice, list);
}

/** A body that is no whole JSON, or is more than JSON should be. */
export function brokenBody(dice: Dice, whole: string): string {
  return one(dice, [
    '',
    'null',
    '[]',
    '1',
    '"x"',
    whole.slice(0, -1),
    `${whole}}`,
    whole.replace(
      '{',
      '{"__proto__":{"actor":1},"constructor":{"prototype":{"permissions":["*"]}},',
    ),
    whole.replace('{', '{"permissions":["*"],"accountId":1,"caller":{},"act":0,'),
    '['.repeat(3000),
    `{"a":${'['.repeat(30)}${']'.repeat(30)}}`,
    '{"\\ud800":1}',
    'employer=1&month=2',
  ]);
}
