import {
  groupBy,
  type Month,
  period,
  type QueryContext,
  type Text,
} from '../../../kernel/index.ts';
import { lineChange } from '../codes.ts';
import { lawOf } from '../law.ts';
import { ratedAnew } from '../ratings.ts';
import { fingerprint, type StoredVersion } from '../settlement/affected.ts';

/** Why a bill settles an earlier month, by the fee month: 200801. */
export type CausesOf = (feePeriod: number) => readonly Text[];

/**
 * Why an employer's bill of a month settles earlier ones: wages corrected and rosters declared late, each with the reason that was given,
 * ratings, and law that was published since. Runs with the system's eyes.
 */
export async function causesOf(
  context: QueryContext,
  employer: number,
  month: Month,
  feePeriods: readonly number[],
): Promise<CausesOf> {
  const earlier = [...new Set(feePeriods)].filter((p) => p !== period(month));
  if (earlier.length === 0) return () => [];
  const declared = await declaredCauses(context, employer, month, earlier);
  const assessed = await assessedAnew(context, month, earlier);
  const bySize = new Set(assessed.filter((a) => a.bySize > 0).map((a) => a.feePeriod));
  const rated = await ratedCauses(context, employer, month, bySize);
  const published = publishedCauses(context, assessed);
  return (feePeriod) => [
    ...(declared.get(feePeriod) ?? []),
    ...(rated.get(feePeriod) ?? []),
    ...(published.get(feePeriod) ?? []),
  ];
}

interface Declared {
  readonly feePeriod: number;
  readonly kind: 'late' | 'correction';
  readonly reason: string;
  readonly document: string;
  readonly persons: number;
  /** What a correction did: the person stood on the roster before it, stands on it after it, or both. */
  readonly before: boolean;
  readonly after: boolean;
}

async function declaredCauses(
  { tx }: QueryContext,
  employer: number,
  month: Month,
  feePeriods: readonly number[],
): Promise<Map<number, Text[]>> {
  const rows = await tx.rows<Declared>(
    `select d.period as "feePeriod", d.kind, d.reason, d.document, count(distinct case when d.kind = 'correction' then person_kept(r.person_id) end)::int as persons,
       d.kind = 'correction' and coalesce(was.change <> ${lineChange.struck}, false) as before, r.change <> ${lineChange.struck} as after
     from declaration d join roster_line r on r.declaration_id = d.id and r.period = d.period and r.employer_id = d.employer_id
     left join lateral (select b.change from roster_line b where b.period = r.period and b.employer_id = r.employer_id
       and d.kind = 'correction' and b.person_id = any (person_files(r.person_id)) and b.declaration_id < d.id
       and b.declaration_id >= (select max(x.id) from declaration x where x.employer_id = d.employer_id and x.period = d.period
         and x.id < d.id and x.kind in ('full', 'changes', 'late'))
       order by b.declaration_id desc limit 1) was on true
     where d.employer_id = $1 and d.bill_period = $2 and d.period = any ($3) and d.kind in ('late', 'correction')
       -- Of two files that became one, the one that goes on tells what was done.
       and (r.change <> ${lineChange.struck} or not exists (select from roster_line o where o.period = r.period and o.employer_id = r.employer_id
         and o.declaration_id = d.id and o.change <> ${lineChange.struck}))
     group by 1, 2, 3, 4, 6, 7 order by min(d.id)`,
    [employer, period(month), feePeriods],
  );
  return texts(rows, (row) => {
    const what = whatWasDone(row);
    const by = row.document === '' ? null : row.document;
    return {
      zh: `${what.zh}：${row.reason}${by === null ? '' : `，依据 ${by}`}`,
      en: `${what.en}: ${row.reason}${by === null ? '' : `, by ${by}`}`,
    };
  });
}

function whatWasDone({ kind, before, after, persons }: Declared): Text {
  if (kind === 'late') return { zh: '补报名册', en: 'Roster declared late' };
  const of = (zh: string, en: string): Text => ({
    zh: `${zh}（${persons} 人）`,
    en: `${en} (persons: ${persons})`,
  });
  if (!after) return of('从名册除去', 'Taken off the roster');
  return before ? of('工资更正', 'Wage corrected') : of('补进名册', 'Added to the roster');
}

/** @param bySize fee months in which the size of an employer matters */
async function ratedCauses(
  { tx }: QueryContext,
  employer: number,
  month: Month,
  bySize: ReadonlySet<number>,
): Promise<Map<number, Text[]>> {
  const rows = (await ratedAnew(tx, period(month))).filter(
    (r) => r.employer === employer && (r.kind !== 'size' || bySize.has(r.feePeriod)),
  );
  return texts(rows, ({ kind }) =>
    kind === 'size'
      ? { zh: '单位规模重新核定', en: 'The employer’s size was rated anew' }
      : { zh: '工伤浮动费率重新核定', en: 'The floating work injury rate was set anew' },
  );
}

interface AssessedAnew {
  readonly feePeriod: number;
  readonly versions: readonly (StoredVersion & { readonly document: string })[];
  /** Those of the assessment before. */
  readonly before: readonly StoredVersion[];
  readonly bySize: number;
}

async function assessedAnew(
  { tx }: QueryContext,
  month: Month,
  feePeriods: readonly number[],
): Promise<AssessedAnew[]> {
  return tx.rows<AssessedAnew>(
    `select a.fee_period as "feePeriod", a.versions, b.versions as before,
       jsonb_array_length(coalesce(a.not_computed -> 'bySize', '[]')) as "bySize"
     from assessment a join assessment b on b.fee_period = a.fee_period and b.number = a.number - 1
     where a.period = $1 and a.fee_period = any ($2)`,
    [period(month), feePeriods],
  );
}

/** Parameters that are named; of more it is said that there are others. */
const namedMost = 3;

function publishedCauses(
  { city }: QueryContext,
  assessed: readonly AssessedAnew[],
): Map<number, Text[]> {
  const changed = assessed.filter((a) => fingerprint(a.versions) !== fingerprint(a.before));
  return texts(changed, ({ versions, before }) => {
    const known = new Set(before.map((v) => fingerprint([v])));
    const fresh = versions.filter((v) => !known.has(fingerprint([v])));
    if (fresh.length === 0)
      return { zh: '规定的数后来有变', en: 'Values of the law changed since' };
    const named = fresh.slice(0, namedMost).map((v) => {
      const { zh, en } = lawOf(city).label(v.parameter);
      return v.document === ''
        ? { zh, en }
        : { zh: `${zh}（${v.document}）`, en: `${en} (${v.document})` };
    });
    const more = fresh.length > named.length;
    return {
      zh: `以后公布的规定：${named.map((n) => n.zh).join('、')}${more ? '等' : ''}`,
      en: `Published since: ${named.map((n) => n.en).join(', ')}${more ? ' and others' : ''}`,
    };
  });
}

function texts<R extends { readonly feePeriod: number }>(
  rows: readonly R[],
  say: (row: R) => Text,
): Map<number, Text[]> {
  return new Map([...groupBy(rows, (r) => r.feePeriod)].map(([of, mine]) => [of, mine.map(say)]));
}
