import { keptFiles } from '../../../engines/registry/index.ts';
import { addMonths, type Context, type Month, period } from '../../../kernel/index.ts';
import { lineChange } from '../codes.ts';
import type { Line } from './spells.ts';

/**
 * The roster last declared before a month, whether in time or late, as it stands with its corrections, without those who left in it, by person:
 * what a roster of changes counts from. Runs with the system's eyes.
 */
export async function lastMonthLines(
  tx: Context['tx'],
  employer: number,
  month: Month,
): Promise<Map<number, Line>> {
  const last = await tx.rows<Line>(
    `with last as (select period, id from declaration where period <= $1 and employer_id = $2
         and kind in ('opening', 'full', 'changes', 'late') order by period desc, id desc limit 1)
     select l.person_id as person, l.category::int, l.schemes::int, 0 as change, l.wage
     from last cross join lateral (select distinct on (r.person_id) r.* from roster_line r
         join declaration d on d.id = r.declaration_id
         where r.employer_id = $2 and r.period = last.period and (d.id = last.id or (d.id > last.id and d.kind = 'correction'))
         order by r.person_id, d.id desc) l
     where l.change not in (${lineChange.leaves}, ${lineChange.struck})`,
    [period(addMonths(month, -1)), employer],
  );
  const kept = await keptFiles(
    tx,
    last.map((l) => l.person),
  );
  // Two files that became one stand on one line: the last one's in the order of the files that go on.
  return new Map(
    last
      .map((l) => ({ ...l, person: kept.get(l.person) ?? l.person, moved: kept.has(l.person) }))
      .sort((a, b) => Number(b.moved) - Number(a.moved))
      .map(({ moved: _moved, ...l }) => [l.person, l] as const),
  );
}
