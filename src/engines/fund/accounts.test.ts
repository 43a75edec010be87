import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

// 财会〔2017〕28号; without 3101 and 4102, which only funds of residents have.
const official =
  `1001 1002 1003 1004 1005 1101 1201 1202 2001 2101 3001 3201 4001 4101 4201 4202 4301 4401 4402 4501 4601 4602
  5001 5101 5102 5103 5104 5105 5201 5301 5302 5401`.split(/\s+/);

it('the chart has every official account that a fund of employees can have, under keys that begin with its code', () => {
  const file = new URL('../../../law/cn/fund-accounts.yaml', import.meta.url);
  const { statutory } = parse(readFileSync(file, 'utf8')) as {
    statutory: { key: number; code: string | null }[];
  };
  const coded = statutory.filter((a) => a.code !== null);
  expect([...new Set(coded.map((a) => a.code))].sort()).toEqual(official);
  expect(coded.filter((a) => String(a.key).slice(0, 4) !== a.code)).toEqual([]);
  expect(new Set(statutory.map((a) => a.key)).size).toBe(statutory.length);
});
