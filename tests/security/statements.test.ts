import { beforeAll, describe, expect, it } from 'vitest';
import { SqlTexts } from './sql-texts.ts';

/**
 * What stands in SQL texts beside the program's own constants, and why it may: numbers, digits of which are all that can come, and names
 * that the catalogue or the program itself gives. Nothing here is what a caller wrote.
 */
const known: Readonly<Record<string, string>> = {
  "kernel/database/migrate.ts: readFileSync(new URL(migration.name, folder), 'utf8')":
    'the migrations, files of the program, run by the migrating user',
  'engines/access/audit/rows.ts: Math.floor(month / 100)': 'a number: year of a month of the trail',
  "engines/access/audit/rows.ts: String(month % 100).padStart(2, '0')":
    'a number: month of the trail',
  'engines/access/audit/rows.ts: BigInt(part.from)': 'a number: BigInt refuses anything else',
  'engines/access/audit/rows.ts: BigInt(part.to)': 'a number: BigInt refuses anything else',
  'engines/fund/post.ts: filled[0]!.period': 'a number: the open month, read from the database',
  'kernel/time.ts: Number(value.slice(0, 4))': 'a number: year of a month that was checked',
  'kernel/time.ts: Number(value.slice(5, 7))': 'a number: month of a month that was checked',
  'services/insurance/collect/paid.ts: c.fund': 'a number of the program’s table of cells',
  'services/insurance/collect/paid.ts: c.share': 'a number of the program’s table of cells',
  'services/insurance/settlement/rows.ts: anew.feePeriod': 'a number: a month of the database',
  'services/insurance/settlement/rows.ts: anew.employers': 'numbers: ids of the database',
  'services/insurance/explain/store.ts: monthColumns.map(of)':
    'columns of the program’s list, each with an alias of the program',
  'services/insurance/verify/facts.ts: table': 'a table of the program’s list of facts',
  'services/insurance/verify/facts.ts: subject': 'columns of the program’s list of facts',
  "services/insurance/verify/facts.ts: await tablesWith(context, 'act')":
    'names of the city’s own tables, from the catalogue, quoted',
  "services/insurance/verify/facts.ts: await tablesWith(context, 'area')":
    'names of the city’s own tables, from the catalogue, quoted',
  'services/insurance/verify/persons.ts: p': 'a number: a month of an assessment in the database',
  'services/insurance/verify/persons.ts: q': 'a number: a month of an assessment in the database',
  'services/insurance/verify/persons.ts: await changedIn(context, a)':
    'numbers: ids of employers in the database',
  'kernel/sealed/rotation.ts: value': 'a column of the program’s list of sealed columns',
  'kernel/sealed/rotation.ts: table': 'a table of the program’s list of sealed columns',
  'kernel/sealed/rotation.ts: column.column': 'a column of the program’s list of sealed columns',
  'kernel/sealed/rotation.ts: column.table': 'a table of the program’s list of sealed columns',
  'kernel/sealed/rotation.ts: index': 'a column of the program’s list of sealed columns',
  'services/insurance/verify/sealed.ts: column.column':
    'a column of the program’s list of sealed columns',
  'services/insurance/verify/sealed.ts: column.index':
    'a column of the program’s list of sealed columns',
  'services/insurance/verify/sealed.ts: column.table':
    'a table of the program’s list of sealed columns',
  'services/oversight/my-data.ts: name':
    'a name of the city’s own tables, from the catalogue, quoted',
  'services/insurance/verify/persons.ts: null': 'no list of employers: nothing stands there',
};

const file = 'src/services/intruder.ts';
const source = `import { z } from 'zod';
import type { Tx } from '../kernel/database/index.ts';
const input = z.object({ name: z.string(), order: z.enum(['id', 'number']) });
function told(text: string): string {
  return \`select \${text}\`;
}
export async function all(tx: Tx, asked: z.output<typeof input>): Promise<void> {
  await tx.rows(\`select 1 from bill where number = '\${asked.name}' order by \${asked.order}\`);
  await tx.rows('select ' + asked.name);
  await tx.execute(told(asked.name));
  let sql = 'select 1';
  sql += asked.name;
  await tx.maybe(sql);
  await tx.one(\`select \${[asked.name].map((n) => n).join()}\`);
}
`;

describe('SQL texts', () => {
  let texts: SqlTexts;
  beforeAll(() => {
    texts = new SqlTexts({ file, source });
  });

  it('are made of the program’s own constants: no door lets SQL through', () => {
    expect(texts.texts).toBeGreaterThan(350);
    const loose = new Set(
      texts.loose.filter((l) => !file.endsWith(l.file)).map((l) => `${l.file}: ${l.part}`),
    );
    expect([...loose].filter((l) => !Object.hasOwn(known, l))).toEqual([]);
    // What is gone from the program goes from the list.
    expect(Object.keys(known).filter((k) => !loose.has(k))).toEqual([]);
  });

  it('are refused where a caller’s text stands in one, however it came there', () => {
    const caught = texts.loose.filter((l) => file.endsWith(l.file)).map((l) => l.part);
    expect(caught).toEqual(['asked.name', 'asked.name', 'asked.name', 'sql', 'asked.name']);
  });
});
