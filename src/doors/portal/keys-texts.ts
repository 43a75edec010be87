import type { Text } from '../../kernel/text.ts';

/** Words of the page of API keys. */
export const keysTexts = {
  'keys.title': { zh: '接口密钥', en: 'API keys' },
  'keys.lede': {
    zh: '工资软件用密钥替单位申报、取缴费单、开证明，不用人的密码。一个软件一个密钥，不用了就停用。',
    en: 'Payroll software declares, fetches bills and issues certificates by a key, not by anybody’s password. One key for each program; end it when it is no longer needed.',
  },
  'keys.none': { zh: '还没有密钥。', en: 'There are no keys yet.' },
  'keys.name': { zh: '给哪个软件用', en: 'For which software' },
  'keys.prefix': { zh: '开头', en: 'Begins with' },
  'keys.until': { zh: '用到哪一天', en: 'Last day' },
  'keys.until-hint': {
    zh: '例如 {day}；最多一年',
    en: 'As {day}; a year at most',
  },
  'keys.used': { zh: '上次使用', en: 'Last used' },
  'keys.unused': { zh: '还没有用过', en: 'Never' },
  'keys.state-active': { zh: '有效', en: 'In use' },
  'keys.state-over': { zh: '已到期', en: 'Run out' },
  'keys.state-void': { zh: '开的人已停用', en: 'Its maker’s account ended' },
  'keys.state-ended': { zh: '已停用', en: 'Ended' },
  'keys.former': { zh: '旧的还能用到 {at}', en: 'The former one works until {at}' },
  'keys.rotate': { zh: '更换', en: 'Rotate' },
  'keys.rotate-of': { zh: '更换{name}的密钥', en: 'Rotate the key of {name}' },
  'keys.end': { zh: '停用', en: 'End' },
  'keys.end-of': { zh: '停用{name}的密钥', en: 'End the key of {name}' },
  'keys.create': { zh: '开一个密钥', en: 'Create a key' },
  'keys.go': { zh: '开密钥', en: 'Create' },
  'keys.told': { zh: '新密钥', en: 'The new key' },
  'keys.told-why': {
    zh: '密钥只显示这一次。请现在抄到软件里，不要发邮件、不要给别人看。用到 {until}。',
    en: 'The key is shown this once. Copy it into the software now; do not mail it or show it to others. It works until {until}.',
  },
  'keys.told-rotated': {
    zh: '原来的密钥还能用 7 天，请在这之前把软件换好。',
    en: 'The former key works for 7 days more: change the software before.',
  },
  'keys.back': { zh: '回到接口密钥', en: 'Back to the keys' },
  'keys.done-end': { zh: '已停用，马上不能用了。', en: 'Ended; it no longer works.' },
  'keys.manual': { zh: '软件怎么接，看', en: 'How software connects:' },
} as const satisfies Readonly<Record<string, Text>>;
