import type { Text } from '../../../../kernel/text.ts';
import { access } from './access.ts';
import { account } from './account.ts';
import { employer } from './employer.ts';
import { figures } from './figures.ts';
import { frame } from './frame.ts';
import { lists } from './lists.ts';
import { month } from './month.ts';
import { persons } from './persons.ts';

const all = {
  ...frame,
  ...lists,
  ...month,
  ...employer,
  ...figures,
  ...persons,
  ...account,
  ...access,
};

export type TextKey = keyof typeof all;

/** Every text of the desk, Chinese first. */
export const texts: Readonly<Record<TextKey, Text>> = all;
