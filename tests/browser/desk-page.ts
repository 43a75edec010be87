import type { Page } from 'playwright-core';

/** Of every account of the desk's tests. */
export const password = 'a long password';

export async function signIn(page: Page, login: string): Promise<void> {
  await page.getByLabel('工号').fill(login);
  await page.getByLabel('密码').fill(password);
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

export const main = (page: Page) => page.getByRole('main');
export const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
export const says = (page: Page, text: string | RegExp) =>
  main(page).getByText(text).first().waitFor();
