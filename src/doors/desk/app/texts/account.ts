import type { Text } from '../../../../kernel/text.ts';

/** One's own account. */
export const account = {
  'account.title': { zh: '账号与安全', en: 'Account and security' },
  'account.factors': { zh: '第二道', en: 'Second factor' },
  'account.totp-off': { zh: '动态码没有开。', en: 'One-time codes are off.' },
  'account.totp-on': {
    zh: '动态码已经开了，还有 {left} 个恢复码没用。',
    en: 'One-time codes are on; {left} recovery codes are left.',
  },
  'account.passkeys': { zh: '通行密钥：{count} 个。', en: 'Passkeys: {count}.' },
  'account.passkeys-manage': { zh: '管理通行密钥', en: 'Manage passkeys' },
  'account.totp-manage': { zh: '管理动态码', en: 'Manage one-time codes' },
  'account.sessions': { zh: '已登录的地方', en: 'Where you are signed in' },
  'account.sessions-why': {
    zh: '不认识的，就退出它，再改密码。',
    en: 'What you do not know: sign out there, then change the password.',
  },
  'account.device': { zh: '设备', en: 'Device' },
  'account.device-other': { zh: '其他设备', en: 'Another device' },
  'account.way': { zh: '登录方式', en: 'How' },
  'account.way-password': { zh: '密码', en: 'Password' },
  'account.way-code': { zh: '密码和动态码', en: 'Password and code' },
  'account.way-recovery': { zh: '密码和恢复码', en: 'Password and recovery code' },
  'account.way-passkey': { zh: '通行密钥', en: 'Passkey' },
  'account.way-activation': { zh: '激活码', en: 'Activation code' },
  'account.way-provider': { zh: '统一登录', en: 'Single sign-on' },
  'account.started': { zh: '登录时间', en: 'Signed in' },
  'account.seen': { zh: '最近使用', en: 'Last used' },
  'account.state': { zh: '状态', en: 'State' },
  'account.current': { zh: '正在使用', en: 'This one' },
  'account.end': { zh: '退出', en: 'Sign out there' },
  'account.end-others': { zh: '退出别处所有登录', en: 'Sign out everywhere else' },
  'account.none': { zh: '没有登录。', en: 'There are no sessions.' },
  'account.password': { zh: '修改密码', en: 'Change the password' },
  'account.told': {
    zh: '现在的密码是别人告诉您的。先换成只有您自己知道的，再办别的事。',
    en: 'Your present password was told to you by somebody else. Choose one that only you know before anything else.',
  },
  'account.present': { zh: '现在的密码', en: 'Present password' },
  'account.next': { zh: '新密码', en: 'New password' },
  'account.next-hint': {
    zh: '至少 10 个字；几个不相干的词连起来，好记也难猜',
    en: 'At least 10 characters; a few unrelated words are easy to remember and hard to guess',
  },
  'account.again': { zh: '再写一遍新密码', en: 'The new password again' },
  'account.differ': { zh: '两遍新密码不一样', en: 'The new password was not the same twice' },
  'account.change': { zh: '修改', en: 'Change' },
  'account.changed': {
    zh: '密码改好了，别处的登录都已退出。',
    en: 'The password is changed; you are signed out everywhere else.',
  },
} as const satisfies Readonly<Record<string, Text>>;
