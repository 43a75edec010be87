import { defineErrors } from '../../kernel/index.ts';

defineErrors({
  'password-change-needed': {
    message: {
      zh: '这个密码是别人告诉您的，请先换成自己的',
      en: 'This password was told to you by somebody else: choose your own first',
    },
    mend: { zh: '改好密码就可以接着办。', en: 'Change it and go on.' },
    status: 403,
  },
});
