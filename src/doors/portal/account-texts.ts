// The words of signing in, and of one's own account.
export const accountTexts = {
  'sign-in.title': { zh: '登录', en: 'Sign in' },
  'sign-in.login': { zh: '登录名', en: 'Log-in' },
  'sign-in.login-hint': {
    zh: '单位写组织机构代码或统一社会信用代码；个人写公民身份号码',
    en: 'Employers: organisation or credit code. Persons: citizen number',
  },
  'sign-in.password': { zh: '密码', en: 'Password' },
  'sign-in.go': { zh: '登录', en: 'Sign in' },
  'sign-in.over': {
    zh: '登录已经到时，请再登录一次。',
    en: 'Your session is over. Sign in again.',
  },
  'sign-in.first': { zh: '这一页要登录后才能看。', en: 'Sign in to see this page.' },
  'sign-in.help': {
    zh: '没有账号，或者忘了密码？带证件到社保窗口，当场就能办好。',
    en: 'No account, or a forgotten password? A window sets it at once; bring your papers.',
  },

  'password.title': { zh: '修改密码', en: 'Change the password' },
  'password.told': {
    zh: '现在的密码是别人告诉您的。先换成只有您自己知道的，再办别的事。',
    en: 'Your present password was told to you by somebody else. Choose one that only you know before anything else.',
  },
  'password.present': { zh: '现在的密码', en: 'Present password' },
  'password.next': { zh: '新密码', en: 'New password' },
  'password.hint': {
    zh: '至少 10 个字；几个不相干的词连起来，好记也难猜',
    en: 'At least 10 characters; a few unrelated words are easy to remember and hard to guess',
  },
  'password.again': { zh: '再写一遍新密码', en: 'The new password again' },
  'password.go': { zh: '修改', en: 'Change' },
  'password.after': {
    zh: '改好以后，别处已登录的都会退出；这里不用再登录。',
    en: 'Afterwards you are signed out everywhere else; here you stay signed in.',
  },

  'account.title': { zh: '账号与安全', en: 'Account and security' },
  'account.done-password': {
    zh: '密码改好了，别处的登录都已退出。',
    en: 'The password is changed; you are signed out everywhere else.',
  },
  'account.done-session': { zh: '已经退出。', en: 'Signed out there.' },
  'account.password': { zh: '密码', en: 'Password' },
  'account.password-why': {
    zh: '不要和别的网站用同一个密码。',
    en: 'Use it for no other site.',
  },
  'account.sessions': { zh: '已登录的地方', en: 'Where you are signed in' },
  'account.sessions-why': {
    zh: '不认识的，就退出它，再改密码。',
    en: 'What you do not know: sign out there, then change the password.',
  },
  'account.device': { zh: '设备', en: 'Device' },
  'account.device-other': { zh: '其他设备', en: 'Another device' },
  'account.started': { zh: '登录时间', en: 'Signed in' },
  'account.seen': { zh: '最近使用', en: 'Last used' },
  'account.way': { zh: '登录方式', en: 'How' },
  'account.way-password': { zh: '密码', en: 'Password' },
  'account.way-code': { zh: '密码和动态码', en: 'Password and code' },
  'account.way-recovery': { zh: '密码和恢复码', en: 'Password and recovery code' },
  'account.way-passkey': { zh: '通行密钥', en: 'Passkey' },
  'account.way-activation': { zh: '激活码', en: 'Activation code' },
  'account.way-provider': { zh: '统一登录', en: 'Single sign-on' },
  'account.current': { zh: '正在使用', en: 'This one' },
  'account.end': { zh: '退出', en: 'Sign out there' },
  'account.end-others': { zh: '退出别处所有登录', en: 'Sign out everywhere else' },
  'account.alone': { zh: '别处没有登录。', en: 'You are signed in nowhere else.' },
} as const;
