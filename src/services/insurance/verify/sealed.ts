import { MindunError, type QueryContext } from '../../../kernel/index.ts';
import { type Opener, type SealedColumn, sealedColumns } from '../../../kernel/sealed/index.ts';
import type { CheckDefinition, Finding } from './check.ts';

const rowsAtOnce = 5000;

interface Row {
  readonly id: number;
  readonly value: Buffer | null;
  readonly index: Buffer | null;
}

/** What is said of a row: whether it is right, or nothing, since its key was given up. */
type Judge = (opener: Opener, row: Row, indexed: boolean) => boolean;

/** Whether a sealed value opens where it stands. */
const opens: Judge = (opener, { id, value }) => {
  if (value !== null) opener.open(id, value);
  return true;
};

/** Whether the index is the value's; of a value that does not open nothing can be said, and the other check says it. */
const fits: Judge = (opener, { id, value, index }, indexed) => {
  if (!indexed) return true;
  if (value === null || index === null) return value === index;
  try {
    return opener.indexOf(id, value).equals(index);
  } catch (error) {
    if (error instanceof MindunError && error.code !== 'sealed-given-up') return true;
    throw error;
  }
};

async function judged(context: QueryContext, judge: Judge, indexedOnly: boolean): Promise<Finding> {
  let [counted, wrong] = [0, 0];
  for (const column of sealedColumns().values()) {
    if (indexedOnly && column.index === undefined) continue;
    const opener = await context.sealed.opener(context.tx, column);
    for (let after = 0; ; ) {
      const rows = await some(context, column, after);
      for (const row of rows) {
        const right = judgement(() => judge(opener, row, column.index !== undefined));
        if (right === undefined) continue;
        counted += 1;
        if (!right) wrong += 1;
      }
      if (rows.length < rowsAtOnce) break;
      after = rows.at(-1)!.id;
    }
  }
  return { counted, wrong };
}

/** Undefined: its key was given up, which is recorded. */
function judgement(judge: () => boolean): boolean | undefined {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof MindunError)) throw error;
    return error.code === 'sealed-given-up' ? undefined : false;
  }
}

function some({ tx }: QueryContext, column: SealedColumn, after: number): Promise<Row[]> {
  const index = column.index === undefined ? 'null::bytea' : `"${column.index}"`;
  return tx.rows<Row>(
    `select id, "${column.column}" as value, ${index} as index from "${column.table}"
     where id > $1 and (("${column.column}") is not null or ${index} is not null) order by id limit $2`,
    [after, rowsAtOnce],
  );
}

/** What the database keeps as ciphertext opens with the keys that are there, and is found by the index beside it. */
export const sealedChecks: readonly CheckDefinition[] = [
  { name: 'sealed-values-open', run: (context) => judged(context, opens, false) },
  { name: 'sealed-indexes-fit', run: (context) => judged(context, fits, true) },
];
