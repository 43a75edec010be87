import { defineErrors, MindunError } from './errors.ts';
import type { Text } from './text.ts';

/**
 * What data may be looked at for. The list is closed: the person reads these words on the page of who looked, and free words would put there
 * whatever somebody chose to write.
 */
export const purposes = {
  'counter-visit': { zh: '窗口办理', en: 'Counter visit' },
  'open-matter': { zh: '在办事项', en: 'Open matter' },
  /** 社会保险稽核办法 (2003) art. 2: what is paid in and what is drawn is checked. */
  'check-contributions': { zh: '缴费稽核', en: 'Check of contributions by law' },
  'check-benefits': { zh: '待遇稽核', en: 'Check of benefits by law' },
  /** 社会保险经办机构内部控制暂行办法 (2007). */
  'check-controls': { zh: '内部控制检查', en: 'Internal control' },
  /** Beyond one's own area for some hours, with a reason that the person is told. */
  emergency: { zh: '紧急查看', en: 'Emergency' },
  'own-matter': { zh: '办自己的事', en: 'Own matter' },
  /** What the local operator's commands state when nothing else is. */
  operation: { zh: '系统运行', en: 'Operation' },
  /** Of whoever reads the public pages without signing in. */
  public: { zh: '公开查询', en: 'Public page' },
} as const satisfies Readonly<Record<string, Text>>;

/** A code of the list. */
export type Purpose = keyof typeof purposes;

/** Purposes that a matter stands behind: which, has to be said. */
export const mattersNeeded: ReadonlySet<Purpose> = new Set(['open-matter', 'emergency']);

const ofStaff: readonly Purpose[] = [
  'counter-visit',
  'open-matter',
  'check-contributions',
  'check-benefits',
  'check-controls',
  'emergency',
];

/** Whose purposes they are. Who works at the machine itself, and what the program does by itself, may state any. */
export const purposesOf: Readonly<Record<string, readonly Purpose[]>> = {
  staff: ofStaff,
  auditor: ['check-controls'],
  person: ['own-matter', 'public'],
  employer: ['own-matter'],
};

const list = (language: 'zh' | 'en'): string =>
  Object.entries(purposes)
    .filter(([code]) => code !== 'public')
    .map(([code, words]) =>
      language === 'zh' ? `${code}（${words.zh}）` : `${code} (${words.en})`,
    )
    .join(language === 'zh' ? '、' : ', ');

defineErrors({
  'purpose-missing': {
    message: {
      zh: '查看个人资料要说明用途',
      en: 'Say what you need the personal data for',
    },
    mend: { zh: `请选一个用途：${list('zh')}。`, en: `Name a purpose: ${list('en')}.` },
    status: 400,
  },
  'purpose-of-others': {
    message: {
      zh: '“{purpose}”不是您这类账号能用的用途',
      en: '“{purpose}” is not a purpose of this kind of account',
    },
    mend: {
      zh: '办自己的事请用 own-matter；工作人员按正在办的事选。',
      en: 'One’s own matters are own-matter; staff choose what they are doing.',
    },
    status: 400,
  },
  'purpose-unknown': {
    message: { zh: '没有这种用途：{purpose}', en: 'There is no such purpose: {purpose}' },
    mend: {
      zh: `请用代码写一个用途：${list('zh')}。`,
      en: `Give the code of a purpose: ${list('en')}.`,
    },
    status: 400,
  },
});

/**
 * What was stated, as a code of the list; nothing is nothing.
 * @throws MindunError purpose-unknown
 */
export function readPurpose(text: string): Purpose | '' {
  if (text === '' || Object.hasOwn(purposes, text)) return text as Purpose | '';
  const told = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  throw new MindunError('purpose-unknown', { purpose: told });
}

/**
 * A purpose that is stated is one of the list, also where none is needed: acts and looks keep it.
 * @throws MindunError purpose-missing, purpose-unknown
 */
export function assertPurpose(purpose: string, needed: boolean): void {
  if (readPurpose(purpose) === '' && needed) throw new MindunError('purpose-missing');
}
