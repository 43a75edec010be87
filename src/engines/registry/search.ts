import { z } from 'zod';
import type { Tx } from '../../kernel/database/index.ts';
import { defineQuery, MindunError, type PlainDate } from '../../kernel/index.ts';
import { areaNames } from '../jurisdiction/index.ts';
import { currentPersons, type PersonRow, personBy } from './persons.ts';

/** A person in a list: enough to choose the file. */
export interface PersonFound {
  readonly publicId: string;
  readonly name: string;
  /** Masked: 4304**********1018 */
  readonly number: string;
  readonly birth: PlainDate;
  readonly sex: 'male' | 'female';
  readonly area: string;
}

const pageRows = 50;

/** The search by beginnings of a name or of its initials; $1 cursor, $2 text, $3 rows. */
export function searchSql(column: 'name' | 'initials'): string {
  return `with found as materialized (
    select person_id from person_fact where ${column} collate "C" ^@ $2 and person_id > $1 and upper_inf(known) and upper_inf(valid))
    select ${currentPersons} and f.person_id in (select person_id from found) order by f.person_id limit $3`;
}

/**
 * Persons by citizen number (whole), by the beginning of the name or by pinyin initials (two letters or more), with the actor's own eyes,
 * fifty a page. Who is listed is recorded, as a list; of one alone, who.
 * @throws MindunError purpose-missing
 */
export const personsQuery = defineQuery({
  name: 'registry.persons',
  title: { zh: '查找个人', en: 'Find persons' },
  personal: true,
  input: z.object({
    search: z.string().trim().min(2).max(50),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
  }),
  async run(
    context,
    input,
  ): Promise<{ rows: readonly PersonFound[]; total: null; next: string | null }> {
    const found = await search(context.tx, input.search, Number(input.cursor ?? 0));
    const rows = found.slice(0, pageRows);
    const [one] = rows;
    if (rows.length === 1) context.looked({ personId: one!.id });
    else if (rows.length > 1)
      context.looked({ persons: rows.map((r) => r.id), listed: rows.length });
    const areas = await areaNames(
      context.tx,
      rows.map((r) => r.area),
      context.today,
    );
    return {
      rows: rows.map((r) => ({
        publicId: r.publicId,
        name: r.name,
        number: `${r.number.slice(0, 4)}${'*'.repeat(10)}${r.number.slice(-4)}`,
        birth: r.birth,
        sex: r.sex,
        area: areas.get(r.area) ?? '',
      })),
      // To count them all would look at all of them.
      total: null,
      next: found.length > pageRows ? String(rows.at(-1)!.id) : null,
    };
  },
});

async function search(tx: Tx, text: string, after: number): Promise<PersonRow[]> {
  if (/^\d{15}$|^\d{17}[\dx]$/i.test(text)) {
    try {
      return [await personBy(tx, text)];
    } catch (error) {
      if (error instanceof MindunError && error.code === 'unknown-person') return [];
      throw error;
    }
  }
  const letters = /^[a-z]+$/i.test(text);
  return tx.rows<PersonRow>(searchSql(letters ? 'initials' : 'name'), [
    after,
    letters ? text.toLowerCase() : text,
    pageRows + 1,
  ]);
}
