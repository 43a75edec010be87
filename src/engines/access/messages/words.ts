import { fill, type Text } from '../../../kernel/index.ts';

/** What a message tells; none holds a code, a password or a number of anybody. */
export const messageWords = {
  'activation-issued': {
    zh: '窗口给您的网上账号打印了一张激活码。不是您本人去办的，请马上打 12333。',
    en: 'A window printed an activation code for your online account. If that was not you, call 12333 at once.',
  },
  'password-changed': {
    zh: '您的网上账号的密码改了。不是您改的，请马上到窗口或打 12333。',
    en: 'The password of your online account was changed. If that was not you, go to a window or call 12333 at once.',
  },
  'signed-in': {
    zh: '您的网上账号在一台没用过的设备上登录了：{device}。不是您，请在“账号与安全”里退出它并改密码。',
    en: 'Your online account was signed in on a device not used before: {device}. If that was not you, end it under Account and security and change the password.',
  },
  'account-locked': {
    zh: '有人多次试错您的网上账号的密码，账号锁了十五分钟。不是您，不用做什么；密码没有被人知道。',
    en: 'Somebody tried wrong passwords on your online account, which is locked for fifteen minutes. If that was not you, nothing needs to be done: the password is not known.',
  },
} as const satisfies Readonly<Record<string, Text>>;

export type MessageKind = keyof typeof messageWords;

/** What a message says, in both languages. */
export function messageText(
  kind: MessageKind,
  values: Readonly<Record<string, string>>,
): { readonly zh: string; readonly en: string } {
  const { zh, en } = messageWords[kind];
  const other = { zh: '其他设备', en: 'another device' };
  const of = (language: 'zh' | 'en') =>
    'device' in values && values['device'] === '' ? { device: other[language] } : values;
  return { zh: fill(zh, of('zh')), en: fill(en, of('en')) };
}
