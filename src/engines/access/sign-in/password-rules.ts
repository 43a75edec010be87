import { pinyin } from 'pinyin-pro';
import { defineErrors, MindunError, type Text } from '../../../kernel/index.ts';

defineErrors({
  'password-short': {
    message: { zh: '密码至少 {least} 个字', en: 'A password has at least {least} characters' },
    mend: {
      zh: '用几个不相干的词连起来，好记也难猜。',
      en: 'Join a few unrelated words: easy to remember, hard to guess.',
    },
    status: 400,
  },
  'password-common': {
    message: {
      zh: '这个密码太常见，别人会先试它',
      en: 'This password is common: it is among the first that others try',
    },
    mend: {
      zh: '换几个不相干的词连起来；只加数字或符号不够。',
      en: 'Join a few unrelated words instead; adding figures or signs is not enough.',
    },
    status: 400,
  },
  'password-personal': {
    message: {
      zh: '密码里主要是您的登录名、姓名、生日或者本地名称，认识您的人猜得到',
      en: 'The password is mostly your log-in, name, birthday or the place: who knows you can guess it',
    },
    mend: {
      zh: '换几个和您不相干的词连起来。',
      en: 'Join a few words that have nothing to do with you.',
    },
    status: 400,
  },
});

/** What those who know somebody would try as his password. */
export interface Owner {
  readonly login: string;
  readonly name: string;
  readonly city: Text;
}

const leastPassword = 10;
// What has to be there beside a common or personal word.
const leastElse = 6;
const leastKinds = 4;
const house = ['mindun', '民盾', 'shebao', '社保'];

let list: Promise<ReadonlySet<string>> | undefined;

/** Passwords that many people have: those of zxcvbn's list, in lower case. Read when the first is checked. */
async function commonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common']);
}

/**
 * Refuses a password that others would guess. One that stands already is not asked.
 * @throws MindunError password-short, password-common, password-personal
 */
export async function assertPassword(password: string, owner: Owner): Promise<void> {
  if ([...password].length < leastPassword)
    throw new MindunError('password-short', { least: leastPassword });
  const folded = password.normalize('NFKC').toLowerCase();
  const plain = folded.replace(/[^\p{L}\p{N}]/gu, '');
  const words = personalWords(owner);
  const rest = words.reduce((text, word) => text.split(word).join(''), plain);
  list ??= commonPasswords();
  const common = await list;
  if (rest !== plain && ([...rest].length < leastElse || isCommon(rest, rest, common)))
    throw new MindunError('password-personal');
  if (isCommon(folded, plain, common)) throw new MindunError('password-common');
}

function isCommon(folded: string, plain: string, common: ReadonlySet<string>): boolean {
  if (new Set(folded).size < leastKinds || /^\d*$/.test(plain)) return true;
  if (common.has(folded) || common.has(plain)) return true;
  const core = plain.replace(/^\d+|\d+$/g, '');
  return common.has(core) && plain.length - core.length < leastElse;
}

/** The longest first, so that none hides in what is left of another. */
function personalWords({ login, name, city }: Owner): string[] {
  const born = /^\d{6}(\d{4})(\d{2})(\d{2})[\dx]{4}$/.exec(login.toLowerCase());
  const [, year = '', month = '', day = ''] = born ?? [];
  const syllables = pinyin(name, { toneType: 'none', type: 'array' });
  const place = city.zh.replace(/市$/, '');
  const words = [
    login,
    login.slice(-8),
    login.slice(-6),
    login.slice(0, 6),
    name,
    syllables.join(''),
    ...syllables,
    syllables.map((s) => s.charAt(0)).join(''),
    place,
    city.en,
    ...house,
    ...(born === null
      ? []
      : [`${year}${month}${day}`, `${year.slice(2)}${month}${day}`, `${month}${day}`, year]),
  ];
  return [...new Set(words.map((w) => w.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')))]
    .filter((w) => w.length >= 2)
    .sort((a, b) => b.length - a.length);
}
