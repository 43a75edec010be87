import type { Tx } from '../../kernel/database/index.ts';
import { organisationCode, unifiedCode } from '../../kernel/identity.ts';
import { defineErrors, MindunError, type PlainDate, publicId } from '../../kernel/index.ts';
import { initials } from './initials.ts';

defineErrors({
  'unknown-employer': {
    message: {
      zh: '本市没有登记这个单位：{employer}',
      en: 'This employer is not registered here: {employer}',
    },
    mend: {
      zh: '请核对代码；新单位先办参保登记。',
      en: 'Check the code; a new employer registers first.',
    },
    status: 404,
  },
  'employer-exists': {
    message: { zh: '这个代码已经登记：{code}', en: 'This code is registered already: {code}' },
    mend: { zh: '请用已有的登记。', en: 'Use the existing registration.' },
    status: 409,
  },
});

export interface EmployerInput {
  /** Organisation code or unified social credit code, checked. */
  readonly code: string;
  readonly name: string;
  readonly area: number;
  readonly injuryClass: number;
  /** 1 enterprise, 2 public institution, 3 flexible-employment window. */
  readonly category: number;
  readonly from: PlainDate;
}

export interface EmployerRow {
  readonly id: number;
  readonly publicId: string;
  readonly area: number;
  readonly name: string;
  readonly code: string;
  readonly injuryClass: number;
  readonly category: number;
}

/** Reads either kind of code. @throws MindunError format-wrong and the codes' other errors */
export function employerCode(text: string): { kind: 'organisation' | 'unified'; code: string } {
  const plain = text.trim().toUpperCase();
  return plain.length === 18
    ? { kind: 'unified', code: unifiedCode(plain).code }
    : { kind: 'organisation', code: organisationCode(plain) };
}

/** Registers employers in bulk; answers their ids in the order given. Runs with the system's eyes. */
export async function insertEmployers(
  tx: Tx,
  employers: readonly EmployerInput[],
  act: number,
): Promise<number[]> {
  const rows = await tx.rows<{ id: number }>(
    `insert into employer (id, public_id, area, act)
     select nextval('employer_id_seq'), u.public_id, u.area, $3
     from unnest($1::text[], $2::bigint[]) with ordinality as u (public_id, area, n) order by u.n returning id`,
    [employers.map(() => publicId()), employers.map((e) => e.area), act],
  );
  const ids = rows.map((r) => r.id).sort((a, b) => a - b);
  const valid = employers.map((e) => `[${e.from},)`);
  await tx.execute(
    `insert into employer_fact (employer_id, area, name, initials, injury_class, category, valid, known)
     select u.*, int8range($8, null) from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::smallint[],
       $6::smallint[], $7::daterange[]) as u`,
    [
      ids,
      employers.map((e) => e.area),
      employers.map((e) => e.name),
      employers.map((e) => initials(e.name)),
      employers.map((e) => e.injuryClass),
      employers.map((e) => e.category),
      valid,
      act,
    ],
  );
  const codes = employers.map((e) => employerCode(e.code));
  await tx.execute(
    `insert into employer_code (employer_id, area, kind, code, valid, known)
     select u.*, int8range($6, null) from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::daterange[]) as u`,
    [
      ids,
      employers.map((e) => e.area),
      codes.map((c) => c.kind),
      codes.map((c) => c.code),
      valid,
      act,
    ],
  );
  return ids;
}

const current = `select e.id, e.public_id as "publicId", f.area, f.name, c.code,
    f.injury_class::int as "injuryClass", f.category::int as category
  from employer e
  join employer_fact f on f.employer_id = e.id and upper_inf(f.known) and upper_inf(f.valid)
  join lateral (select code from employer_code where employer_id = e.id and upper_inf(known) and upper_inf(valid)
    order by kind desc limit 1) c on true`;

/** An employer by code or public id. @throws MindunError unknown-employer (also for what the actor may not see) */
export async function employerBy(tx: Tx, key: string): Promise<EmployerRow> {
  const text = key.trim().toUpperCase();
  const dashed = /^[0-9A-Z]{8}[0-9X]$/.test(text) ? `${text.slice(0, 8)}-${text[8]}` : text;
  const found = await tx.maybe<EmployerRow>(
    `${current} where e.id in (select employer_id from employer_code where code = $1 and upper_inf(known)
       union all select id from employer where public_id = $1) limit 1`,
    [dashed],
  );
  if (found === undefined) throw new MindunError('unknown-employer', { employer: key });
  return found;
}

/** An employer by internal id. @throws MindunError unknown-employer */
export async function employerById(tx: Tx, id: number): Promise<EmployerRow> {
  const found = await tx.maybe<EmployerRow>(`${current} where e.id = $1`, [id]);
  if (found === undefined) throw new MindunError('unknown-employer', { employer: String(id) });
  return found;
}

/** Employers by internal ids. */
export async function employersByIds(
  tx: Tx,
  ids: readonly number[],
): Promise<Map<number, EmployerRow>> {
  const rows = await tx.rows<EmployerRow>(`${current} where e.id = any ($1)`, [ids]);
  return new Map(rows.map((r) => [r.id, r]));
}

/** Employers whose name, code or initials begin with `search`, fifty a page after `after`. */
export async function searchEmployers(
  tx: Tx,
  search: string,
  after: number,
  count: number,
): Promise<EmployerRow[]> {
  const text = search.trim();
  if (text === '')
    return tx.rows(`${current} where e.id > $1 order by e.id limit $2`, [after, count]);
  return tx.rows(
    `${current} where e.id > $1 and (f.name ^@ $2 or f.initials ^@ $3 or c.code ^@ $4
       or (char_length($2) > 1 and (position($2 in f.name) > 0 or position($3 in f.initials) > 0))) order by e.id limit $5`,
    [after, text, text.toLowerCase(), text.toUpperCase(), count],
  );
}
