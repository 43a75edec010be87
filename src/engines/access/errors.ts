import { defineErrors } from '../../kernel/index.ts';

defineErrors({
  'step-up-needed': {
    message: {
      zh: '“{what}”要再确认一次是您本人',
      en: 'This needs another proof that it is you: {what}',
    },
    mend: {
      zh: '写一遍密码或动态码，十分钟内不再问。',
      en: 'Enter your password or a code; for ten minutes nothing more is asked.',
    },
    status: 403,
  },
  'password-change-needed': {
    message: {
      zh: '这个密码是别人告诉您的，请先换成自己的',
      en: 'This password was told to you by somebody else: choose your own first',
    },
    mend: { zh: '改好密码就可以接着办。', en: 'Change it and go on.' },
    status: 403,
  },
});
