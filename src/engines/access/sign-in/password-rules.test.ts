import { expect, it } from 'vitest';
import { assertPassword } from './password-rules.ts';

const city = { zh: '衡阳市', en: 'Hengyang' };
const person = { login: '430404198502170019', name: '张伟', city };

async function said(password: string, owner = person): Promise<string> {
  try {
    await assertPassword(password, owner);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'taken';
}

it.each([
  ['short', 'password-short'],
  ['密码密码密码密码密', 'password-short'],
  ['qwertyuiop', 'password-common'],
  ['QwertyUiop', 'password-common'],
  ['1qaz-2wsx-3edc', 'password-common'],
  ['Password2008!', 'password-common'],
  ['basketball99', 'password-common'],
  ['aaaaaaaaaaaaaa', 'password-common'],
  ['13812345678', 'password-common'],
  ['2008-03-14-2009', 'password-common'],
  ['430404198502170019', 'password-personal'],
  ['zhangwei1985', 'password-personal'],
  ['ZhangWei-0217', 'password-personal'],
  ['zw19850217!!', 'password-personal'],
  ['张伟张伟张伟张伟张伟', 'password-personal'],
  ['hengyang2008', 'password-personal'],
  ['zhangwei-password', 'password-personal'],
  ['mindun.mindun', 'password-personal'],
  ['衡阳社保民盾衡阳社保民盾', 'password-personal'],
])('refuses %s', async (password, code) => {
  expect(await said(password)).toBe(code);
});

it.each([
  'four unrelated words',
  '雨伞茶壶南岳高铁站台',
  'teapot umbrella 7 rails',
  'zhangwei likes plum rain',
  'kq9!vX2#mZ',
])('takes %s', async (password) => {
  expect(await said(password)).toBe('taken');
});

it('knows nothing personal of others', async () => {
  expect(await said('zhangwei1985lan', { login: 'li', name: '李', city })).toBe('taken');
});
