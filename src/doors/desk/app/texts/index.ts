import type { Text } from '../../../../kernel/text.ts';
import { frame } from './frame.ts';
import { lists } from './lists.ts';
import { month } from './month.ts';

const all = { ...frame, ...lists, ...month };

export type TextKey = keyof typeof all;

/** Every text of the desk, Chinese first. */
export const texts: Readonly<Record<TextKey, Text>> = all;
