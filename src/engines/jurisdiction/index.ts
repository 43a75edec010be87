import type { Tx } from '../../kernel/database/index.ts';
import { defineErrors, MindunError, type PlainDate } from '../../kernel/index.ts';

defineErrors({
  'unknown-area': {
    message: { zh: '没有这个区划：{area}', en: 'There is no such area: {area}' },
    mend: {
      zh: '请用本市的区划代码（6、9 或 12 位）。',
      en: 'Use a division code of this city (6, 9 or 12 digits).',
    },
    status: 404,
  },
});

export interface Area {
  /** Our own 12-digit key. */
  readonly key: number;
  /** The last key below it: the area's reach is key..last. */
  readonly last: number;
  readonly name: string;
  /** Official division code on the day asked. */
  readonly code: string;
  readonly tier: 'city' | 'county' | 'street' | 'community';
}

export type Tier = Area['tier'];

const select = `select a.key, a.last, n.name, n.code, a.tier from area a
  join area_name n on n.area = a.key and n.valid @> $1::date where a.valid @> $1::date`;

/** The reach of a key by its trailing zeros: a county's runs over its streets and communities. */
export function lastKey(key: number, tier: Tier): number {
  const span = { city: 100_000_000, county: 1_000_000, street: 1_000, community: 1 }[tier];
  return Math.floor(key / span) * span + span - 1;
}

/**
 * The area with this code (6, 9 or 12 digits, or our own key) on a day.
 * @throws MindunError unknown-area
 */
export async function areaByCode(tx: Tx, code: string, on: PlainDate): Promise<Area> {
  if (/^\d{4,12}$/.test(code)) {
    const found = await tx.maybe<Area>(
      `${select} and (n.code = $2 or a.key = $3) order by (n.code = $2) desc, a.key limit 1`,
      [on, code, Number(code.padEnd(12, '0'))],
    );
    if (found !== undefined) return found;
  }
  throw new MindunError('unknown-area', { area: code });
}

/** The widest area within a range of keys, which is the area that the range was given for; undefined where none is. */
export async function areaWithin(
  tx: Tx,
  lo: number,
  hi: number,
  on: PlainDate,
): Promise<Area | undefined> {
  return tx.maybe<Area>(
    `${select} and a.key >= $2 and a.last <= $3 order by a.last - a.key desc, a.key limit 1`,
    [on, lo, hi],
  );
}

/** The counties, 市本级 first. */
export async function counties(tx: Tx, on: PlainDate): Promise<Area[]> {
  return tx.rows<Area>(`${select} and a.tier = 'county' order by a.key`, [on]);
}

/** The county that an area lies in, or the area itself when it stands higher. */
export function countyOf(area: number): number {
  return Math.floor(area / 1_000_000) * 1_000_000;
}

/** Names of areas by key on a day. */
export async function areaNames(
  tx: Tx,
  keys: readonly number[],
  on: PlainDate,
): Promise<Map<number, string>> {
  const rows = await tx.rows<{ area: number; name: string }>(
    'select area, name from area_name where area = any ($1) and valid @> $2::date',
    [[...new Set(keys)], on],
  );
  return new Map(rows.map((r) => [r.area, r.name]));
}

export interface AreaRow {
  readonly key: number;
  readonly parent: number | null;
  readonly tier: Tier;
  readonly name: string;
  readonly code: string;
  readonly validFrom: PlainDate;
  readonly assumed: boolean;
}

/** Loads a city's areas; parents come before their children. Runs once, when the city is created. */
export async function loadAreas(tx: Tx, rows: readonly AreaRow[]): Promise<void> {
  await tx.execute(
    `insert into area (key, parent, last, tier, valid)
     select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::daterange[])`,
    [
      rows.map((r) => r.key),
      rows.map((r) => r.parent),
      rows.map((r) => lastKey(r.key, r.tier)),
      rows.map((r) => r.tier),
      rows.map((r) => `[${r.validFrom},)`),
    ],
  );
  await tx.execute(
    `insert into area_name (area, name, code, valid, assumed)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::daterange[], $5::boolean[])`,
    [
      rows.map((r) => r.key),
      rows.map((r) => r.name),
      rows.map((r) => r.code),
      rows.map((r) => `[${r.validFrom},)`),
      rows.map((r) => r.assumed),
    ],
  );
}
