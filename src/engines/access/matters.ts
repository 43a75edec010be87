import type { Tx } from '../../kernel/database/index.ts';
import {
  defineErrors,
  MindunError,
  type Moment,
  type Purpose,
  publicId,
  type Standing,
} from '../../kernel/index.ts';

defineErrors({
  'unknown-matter': {
    message: {
      zh: '您没有这件在办的事：{matter}',
      en: 'You have no such matter open: {matter}',
    },
    mend: {
      zh: '请核对编号；办结的、过了时限的和别人的事都不能用。',
      en: 'Check its number; what is closed, out of time or somebody else’s cannot be used.',
    },
    status: 404,
  },
});

/** What somebody works on. An investigation is told to whom it concerns when it is closed; an emergency ends by itself. */
export type MatterKind = 'matter' | 'investigation' | 'emergency';

export interface NewMatter {
  readonly kind: MatterKind;
  readonly reason: string;
  readonly account: number;
  readonly area: number;
  readonly persons: readonly number[];
  /** Of an emergency: for how many hours of the wall clock. */
  readonly hours?: number;
}

/** Opens a matter; its public id. Runs with the system's eyes. */
export async function openMatter(
  tx: Tx,
  matter: NewMatter,
  at: Moment,
  act: number,
): Promise<string> {
  const id = publicId();
  const row = await tx.one<{ id: number }>(
    `insert into matter (public_id, kind, reason, account_id, area, at, until, act)
     values ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::int * interval '1 hour', $8) returning id`,
    [id, matter.kind, matter.reason, matter.account, matter.area, at, matter.hours ?? null, act],
  );
  await addSubjects(tx, row.id, matter.persons);
  return id;
}

/** Says whom a matter concerns, too. Runs with the system's eyes. */
export async function addSubjects(
  tx: Tx,
  matter: number,
  persons: readonly number[],
): Promise<void> {
  await tx.execute(
    'insert into matter_subject (matter, person_id) select $1, * from unnest($2::bigint[]) on conflict do nothing',
    [matter, persons],
  );
}

/** Closes a matter: from now on it is no purpose, and what it hid is told. Runs with the system's eyes. */
export async function endMatter(
  tx: Tx,
  matter: number,
  reason: string,
  at: Moment,
  act: number,
): Promise<void> {
  await tx.execute('insert into matter_end (matter, at, reason, act) values ($1, $2, $3, $4)', [
    matter,
    at,
    reason,
    act,
  ]);
}

const openSql = `select m.id, m.kind,
    array(select f from matter_subject s cross join unnest(person_files(person_kept(s.person_id))) f where s.matter = m.id) as files
  from matter m where m.public_id = $1 and m.account_id = $2 and (m.until is null or m.until > clock_timestamp())
    and not exists (select from matter_end e where e.matter = m.id)`;

/**
 * An open matter of an account, with the files of whom it concerns. Runs with the system's eyes.
 * @param purpose what it is named for: an emergency serves its own purpose alone
 * @throws MindunError unknown-matter
 */
export async function matterOf(
  tx: Tx,
  id: string,
  account: number,
  purpose: Purpose | '',
): Promise<NonNullable<Standing['matter']>> {
  const found = await tx.maybe<{ id: number; kind: MatterKind; files: number[] }>(openSql, [
    id,
    account,
  ]);
  if (found === undefined || (found.kind === 'emergency') !== (purpose === 'emergency'))
    throw new MindunError('unknown-matter', { matter: id });
  return { id: found.id, persons: new Set(found.files) };
}
