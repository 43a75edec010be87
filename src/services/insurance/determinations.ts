import type { Version } from '../../engines/policy/index.ts';
import { type Context, type PlainDate, parts } from '../../kernel/index.ts';

/** An official amount or date that is no row of a month, as it is kept. */
export interface Determination {
  readonly kind: 'due-date' | 'late-fee' | 'late-fee-unset' | 'provisional' | 'settlement';
  readonly area: number;
  /** Null: it holds for all employers of the city. */
  readonly employer: number | null;
  /** The fee month, 200803. */
  readonly period: number;
  readonly rule: string;
  readonly onDay: PlainDate;
  readonly inputs: object;
  readonly versions: readonly Version[];
  readonly outputs: object;
}

/** Determinations that one statement writes. */
const partSize = 2000;

/** Keeps determinations; answers their ids in the order given. Runs with the system's eyes. */
export async function writeDeterminations(
  context: Context,
  determinations: readonly Determination[],
): Promise<number[]> {
  const ids: number[] = [];
  for (const part of parts(determinations, partSize)) {
    const rows = await context.tx.rows<{ id: number }>(
      `insert into determination (kind, area, employer_id, period, rule, place, on_day, known_on, inputs, versions, outputs, act)
       select u.kind, u.area, u.employer, u.period, u.rule, $1, u.on_day, $2, u.inputs, u.versions, u.outputs, $3
       from unnest($4::text[], $5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::date[], $10::jsonb[], $11::jsonb[],
         $12::jsonb[]) with ordinality as u (kind, area, employer, period, rule, on_day, inputs, versions, outputs, n)
       order by u.n returning id`,
      [
        context.city.code.slice(0, 4),
        context.today,
        context.act,
        part.map((d) => d.kind),
        part.map((d) => d.area),
        part.map((d) => d.employer),
        part.map((d) => d.period),
        part.map((d) => d.rule),
        part.map((d) => d.onDay),
        part.map((d) => JSON.stringify(d.inputs)),
        part.map((d) => JSON.stringify(d.versions)),
        part.map((d) => JSON.stringify(d.outputs)),
      ],
    );
    // Identity values are drawn in the order of the rows.
    ids.push(...rows.map((r) => r.id).sort((a, b) => a - b));
  }
  return ids;
}
