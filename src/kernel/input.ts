import type { z } from 'zod';
import { MindunError } from './errors.ts';
import type { Text } from './text.ts';

/** Words that people are asked for; others are called as the command calls them. */
const names: Readonly<Record<string, string>> = {
  reason: '理由',
  document: '依据文件',
  name: '名称',
  login: '登录名',
  role: '岗位',
  kind: '种类',
  area: '地区',
  employer: '单位',
  person: '个人',
  insurance: '险种',
  fund: '基金',
  month: '月份',
  months: '月份',
  from: '从',
  to: '到',
  until: '到哪天',
  injuryClass: '行业风险类别',
  category: '单位类别',
  size: '单位规模',
  wageFen: '工资（分）',
};

type Issue = z.core.$ZodIssue;

/**
 * What a command or query was given, as its schema has it.
 * What a schema refines says what is wrong in both languages: `没有写 || is missing`.
 * @throws MindunError input-invalid, with the field, what is wrong with it and what it may be, in our own words; text-not-storable
 */
export function readInput<I>(schema: z.ZodType<I>, raw: unknown): I {
  const given = raw ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) {
    if (!storable(parsed.data)) throw new MindunError('text-not-storable');
    return parsed.data;
  }
  throw new MindunError('input-invalid', { what: told(foremost(parsed.error.issues), given) });
}

/** Whether every text can be kept as it is: none holds NUL or half of a surrogate pair. */
function storable(value: unknown): boolean {
  if (typeof value === 'string') return !/\0|\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, of]) => storable(key) && storable(of));
}

/** The first of them; of a number that passes two bounds, what counters can hold and what it may be, the latter. */
function foremost(issues: readonly Issue[]): Issue {
  const [first] = issues as [Issue];
  const same = issues.filter(
    (i) => i.code === first.code && i.path.join('.') === first.path.join('.'),
  );
  return same.at(-1)!;
}

function told(issue: Issue, given: unknown): Text {
  const where = fieldOf(issue.path);
  const wrong = wrongWith(issue, at(given, issue.path));
  return { zh: `${where.zh}${wrong.zh}`, en: `${where.en}${wrong.en}` };
}

function fieldOf(path: Issue['path']): Text {
  if (path.length === 0) return { zh: '', en: '' };
  const name = path.join('.');
  const last = String(path.findLast((p) => typeof p === 'string'));
  const label = Object.hasOwn(names, last) ? names[last] : undefined;
  return { zh: label === undefined ? `${name} ` : `${label}（${name}）`, en: `${name} ` };
}

/** What stands at a path of the input. */
function at(given: unknown, path: Issue['path']): unknown {
  let found = given;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | undefined | null)?.[key];
  return found;
}

function wrongWith(issue: Issue, value: unknown): Text {
  if (issue.code !== 'unrecognized_keys' && issue.code !== 'custom' && value === undefined)
    return { zh: '没有写', en: 'is missing' };
  switch (issue.code) {
    case 'too_small':
    case 'too_big':
      return sized(issue, value);
    case 'invalid_value':
      return oneOf(issue.values, value);
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? oneOf(issue.options, value)
        : { zh: '不是可以写的那几种', en: 'is none of what it may be' };
    case 'unrecognized_keys': {
      const keys = issue.keys.join(', ');
      return { zh: `没有这一项：${keys}`, en: `there is no such field: ${keys}` };
    }
    case 'invalid_type':
      return kinds[issue.expected] ?? { zh: '写法不对', en: 'is not written as it must be' };
    case 'custom': {
      const [zh = '', en = zh] = issue.message.split(' || ');
      return { zh, en };
    }
    default:
      return { zh: '写法不对', en: 'is not written as it must be' };
  }
}

const kinds: Readonly<Record<string, Text>> = {
  string: { zh: '要写成文字', en: 'must be text' },
  number: { zh: '要写成数', en: 'must be a number' },
  int: { zh: '要写成整数', en: 'must be a whole number' },
  boolean: { zh: '只能是 true 或 false', en: 'must be true or false' },
  array: { zh: '要写成列表', en: 'must be a list' },
  object: { zh: '要写成对象', en: 'must be an object' },
};

function oneOf(allowed: readonly unknown[], value: unknown): Text {
  const list = allowed.map(String);
  const said = typeof value === 'string' && value.length <= 40 ? value : undefined;
  return {
    zh: `只能是 ${list.join('、')}${said === undefined ? '' : `，写的是 ${said}`}`,
    en: `must be one of ${list.join(', ')}${said === undefined ? '' : `, not ${said}`}`,
  };
}

function sized(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, value: unknown): Text {
  const small = issue.code === 'too_small';
  const bound = String(small ? issue.minimum : issue.maximum);
  const empty = (typeof value === 'string' || Array.isArray(value)) && small && bound === '1';
  if (empty) return { zh: '不能空着', en: 'must not be empty' };
  const [zh, en] =
    issue.origin === 'string'
      ? [' 个字', ' characters']
      : issue.origin === 'array'
        ? [' 项', ' entries']
        : ['', ''];
  const limit = issue.inclusive === false;
  const [least, most] = limit ? ['要大于', '要小于'] : ['至少', '最多'];
  const [atLeast, atMost] = limit ? ['more than', 'less than'] : ['at least', 'at most'];
  return {
    zh: `${small ? least : most} ${bound}${zh}`,
    en: `must be ${small ? atLeast : atMost} ${bound}${en}`,
  };
}
