import { defineErrors, MindunError } from './errors.ts';
import type { Text } from './text.ts';

/**
 * What data may be looked at for. The list is closed: the person reads these words on the page of who looked, and free words would put there
 * whatever somebody chose to write.
 */
export const purposes = {
  'counter-visit': { zh: '窗口办理', en: 'Counter visit' },
  'open-matter': { zh: '在办事项', en: 'Open matter' },
  'routine-check': { zh: '依法抽查', en: 'Routine check by law' },
  'own-matter': { zh: '办自己的事', en: 'Own matter' },
  /** What the local operator's commands state when nothing else is. */
  operation: { zh: '系统运行', en: 'Operation' },
  /** Of whoever reads the public pages without signing in. */
  public: { zh: '公开查询', en: 'Public page' },
} as const satisfies Readonly<Record<string, Text>>;

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
 * A purpose that is stated is one of the list, also where none is needed: acts and looks keep it.
 * @throws MindunError purpose-missing, purpose-unknown
 */
export function assertPurpose(purpose: string, needed: boolean): void {
  if (purpose === '') {
    if (needed) throw new MindunError('purpose-missing');
    return;
  }
  if (Object.hasOwn(purposes, purpose)) return;
  const told = purpose.length > 40 ? `${purpose.slice(0, 40)}…` : purpose;
  throw new MindunError('purpose-unknown', { purpose: told });
}
