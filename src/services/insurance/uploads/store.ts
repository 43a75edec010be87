import { createHash } from 'node:crypto';
import type { EmployerRow } from '../../../engines/registry/index.ts';
import { type Context, type Month, period, publicId } from '../../../kernel/index.ts';
import { lastMonthLines } from '../declare/last-month.ts';
import { spellsIn } from '../declare/spells.ts';
import { leftBefore, type MatchedRoster, namedOnFaults } from '../roster/index.ts';
import type { UploadView } from '../views.ts';

/** What is kept of an upload beside its bytes. */
export type Preview = Pick<
  UploadView,
  'fileName' | 'uploadedAt' | 'rows' | 'accepted' | 'wageFen' | 'faults' | 'warnings' | 'changes'
>;

export interface UploadInput {
  readonly employer: EmployerRow;
  readonly month: Month;
  readonly full: boolean;
  readonly fileName: string;
  readonly bytes: Buffer;
}

const chunkBytes = 256 * 1024;

/** Keeps an uploaded roster and what was found in it. Runs with the system's eyes. */
export async function storeUpload(
  context: Context,
  input: UploadInput,
  check: MatchedRoster,
): Promise<{ id: number; publicId: string }> {
  const file = await keepFile(context, input.employer, input.bytes, input.fileName);
  const preview: Preview = {
    fileName: input.fileName,
    uploadedAt: context.at,
    rows: check.lines,
    accepted: check.rows.length,
    wageFen: check.wageFen,
    faults: check.faults,
    warnings: check.warnings,
    changes: await changesOf(context, input, check),
  };
  const id = publicId();
  const row = await context.tx.one<{ id: number }>(
    `insert into upload (public_id, employer_id, area, period, whole, file_id, preview, act)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      id,
      input.employer.id,
      input.employer.area,
      period(input.month),
      input.full,
      file,
      preview,
      context.act,
    ],
  );
  return { id: row.id, publicId: id };
}

/**
 * Who joins, leaves and stays, and whom the month's bill will count. A whole roster stands beside the enrolments that are open, so that who was
 * taken before in the month and is left out is seen to go; changes stand beside those with which the month began, and count from
 * last month's roster, since they take the place of whatever was declared of the month.
 */
async function changesOf(
  context: Context,
  input: UploadInput,
  roster: MatchedRoster,
): Promise<Preview['changes']> {
  const { tx } = context;
  const spells = await spellsIn(tx, input.employer.id, input.month);
  const here: ReadonlySet<number> = input.full ? new Set(spells.open.keys()) : spells.before;
  const onFaults = await namedOnFaults(tx, roster, here);
  const listed = new Set<number>();
  let [joining, leaving, staying, heldBack, persons, personsLeaving] = [0, 0, 0, 0, 0, 0];
  for (const row of roster.rows) {
    const id = roster.files.id(row.number);
    if (id !== undefined) listed.add(id);
    const enrolled = id !== undefined && here.has(id);
    const leaves = row.change === 'leaves';
    const before = leftBefore(row.change, row.changeOn, input.month);
    if (!before) persons += 1;
    if (leaves && !before) personsLeaving += 1;
    if (enrolled && leaves) leaving += 1;
    else if (enrolled) staying += 1;
    // Of somebody who is not enrolled it changes nothing that he left before, or as a whole roster said that this one takes the place of.
    else if (!before && !(leaves && input.full && id !== undefined && spells.ended.has(id)))
      joining += 1;
  }
  for (const person of here) {
    if (listed.has(person)) continue;
    if (!input.full) staying += 1;
    else if (onFaults === 'anyone' || onFaults.has(person)) heldBack += 1;
    else leaving += 1;
  }
  if (!input.full) {
    const last = await lastMonthLines(tx, input.employer.id, input.month);
    for (const person of last.keys()) if (!listed.has(person)) persons += 1;
  }
  return { joining, leaving, staying: staying + heldBack, heldBack, persons, personsLeaving };
}

async function keepFile(
  context: Context,
  employer: EmployerRow,
  bytes: Buffer,
  name: string,
): Promise<number> {
  const { id } = await context.tx.one<{ id: number }>(
    `insert into file (public_id, name, media, bytes, sha256, area, employer_id, act)
     values ($1, $2, 'application/octet-stream', $3, $4, $5, $6, $7) returning id`,
    [
      publicId(),
      name,
      bytes.length,
      createHash('sha256').update(bytes).digest('hex'),
      employer.area,
      employer.id,
      context.act,
    ],
  );
  for (let seq = 0; seq * chunkBytes < bytes.length; seq += 1) {
    await context.tx.execute(
      'insert into file_chunk (file_id, seq, area, employer_id, data) values ($1, $2, $3, $4, $5)',
      [
        id,
        seq,
        employer.area,
        employer.id,
        bytes.subarray(seq * chunkBytes, (seq + 1) * chunkBytes),
      ],
    );
  }
  return id;
}

/** The bytes of a kept file. Runs with the eyes of the transaction. */
export async function fileBytes(tx: Context['tx'], file: number): Promise<Buffer> {
  const chunks = await tx.rows<{ data: Buffer }>(
    'select data from file_chunk where file_id = $1 order by seq',
    [file],
  );
  return Buffer.concat(chunks.map((c) => c.data));
}
