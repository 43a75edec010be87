import { z } from 'zod';
import { employerBy, employerById } from '../../../engines/registry/index.ts';
import {
  type Context,
  defineCommand,
  defineErrors,
  defineQuery,
  MindunError,
  type Month,
  monthOfPeriod,
  month as readMonth,
} from '../../../kernel/index.ts';
import { answer, assertDeclarable, decode, take } from '../declare/declare.ts';
import { lockMonth } from '../period.ts';
import { checkRoster, matchRoster } from '../roster/index.ts';
import type { DeclareAnswer, UploadView } from '../views.ts';
import { fileBytes, type Preview, storeUpload } from './store.ts';

defineErrors({
  'upload-replaced': {
    message: {
      zh: '这份名册之后已经申报过另一份',
      en: 'Another roster was declared after this one was uploaded',
    },
    mend: { zh: '要用这一份，请再上传一次。', en: 'To use this one, upload it again.' },
    status: 409,
  },
});

interface UploadRow {
  readonly id: number;
  readonly publicId: string;
  readonly employer: number;
  readonly period: number;
  readonly full: boolean;
  readonly file: number;
  readonly preview: Preview;
  readonly state: UploadView['state'];
}

// Confirmed: a declaration was made of it that still counts; replaced: another's was made after that; passed over: it never was
// declared, and another upload's was after it.
const select = `select u.id, u.public_id as "publicId", u.employer_id as employer, u.period, u.whole as full, u.file_id as file,
    u.preview, case when latest.upload_id = u.id then 'confirmed' when own.id is not null then 'replaced'
      when latest.upload_id > u.id then 'passed-over' else 'checked' end as state
  from upload u
  left join lateral (select id, upload_id from declaration d where d.employer_id = u.employer_id and d.period = u.period
    and d.kind in ('full', 'changes') order by id desc limit 1) latest on true
  left join lateral (select id from declaration d where d.upload_id = u.id limit 1) own on true`;

async function uploadBy(tx: Context['tx'], publicId: string): Promise<UploadRow> {
  return tx.one<UploadRow>(`${select} where u.public_id = $1`, [publicId], publicId);
}

function viewOf(row: UploadRow): UploadView {
  return {
    publicId: row.publicId,
    month: monthOfPeriod(row.period),
    full: row.full,
    state: row.state,
    ...row.preview,
  };
}

/**
 * Keeps an uploaded roster and shows what is in it; nothing is declared yet.
 * @throws MindunError unknown-employer, month-closed, month-not-next, already-assessed, what reading the file refuses
 */
export const upload = defineCommand({
  name: 'insurance.upload',
  title: { zh: '上传名册', en: 'Upload a roster' },
  input: z.object({
    employer: z.string().min(1),
    month: z.string(),
    full: z.boolean().default(false),
    fileName: z.string().max(200).default('roster'),
    /** Base64 of the file's bytes. */
    content: z.string(),
  }),
  async run(context, input): Promise<UploadView> {
    const employer = await employerBy(context.tx, input.employer);
    context.subject({ employer: employer.publicId });
    const month = readMonth(input.month);
    const bytes = decode(input.content);
    await context.elevate(() => assertDeclarable(context, month));
    const check = await checkRoster(bytes, month);
    return context.elevate(async () => {
      const matched = await matchRoster(context.tx, employer.id, check);
      const stored = await storeUpload(context, { ...input, employer, month, bytes }, matched);
      context.subject({ upload: stored.publicId });
      return viewOf(await uploadBy(context.tx, stored.publicId));
    });
  },
});

/** An upload with everything found in it. @throws MindunError not-found (also for what the actor may not see) */
export const uploadView = defineQuery({
  name: 'insurance.upload-view',
  title: { zh: '上传的名册', en: 'An uploaded roster' },
  personal: true,
  input: z.object({ upload: z.string().min(1) }),
  async run(context, input): Promise<UploadView> {
    const row = await uploadBy(context.tx, input.upload);
    context.looked({ employerId: row.employer, listed: row.preview.rows });
    return viewOf(row);
  },
});

/** An employer's uploads, the newest first, fifty at most. @throws MindunError unknown-employer */
export const uploads = defineQuery({
  name: 'insurance.uploads',
  title: { zh: '上传记录', en: 'Uploads' },
  personal: true,
  input: z.object({ employer: z.string().min(1) }),
  async run(context, input): Promise<{ rows: Omit<UploadView, 'faults' | 'warnings'>[] }> {
    const employer = await employerBy(context.tx, input.employer);
    const rows = await context.tx.rows<UploadRow>(
      `${select} where u.employer_id = $1 order by u.id desc limit 50`,
      [employer.id],
    );
    context.looked({ employerId: employer.id, listed: rows.length });
    return {
      rows: rows.map((r) => {
        const { faults: _faults, warnings: _warnings, ...rest } = viewOf(r);
        return rest;
      }),
    };
  },
});

/** The stored bytes of an upload, base64, for the marked workbook. @throws MindunError not-found */
export const uploadContent = defineQuery({
  name: 'insurance.upload-content',
  title: { zh: '上传的原文件', en: 'An uploaded file' },
  personal: true,
  permission: 'insurance.upload-view',
  input: z.object({ upload: z.string().min(1) }),
  async run(context, input): Promise<{ fileName: string; content: string }> {
    const row = await uploadBy(context.tx, input.upload);
    context.looked({ employerId: row.employer, listed: row.preview.rows });
    const bytes = await fileBytes(context.tx, row.file);
    return { fileName: row.preview.fileName, content: bytes.toString('base64') };
  },
});

/**
 * Declares an upload: the stored file is read and checked again. With a fault nothing is taken, unless the good rows are
 * wanted. Confirmed again it answers as before and changes nothing.
 * @throws MindunError not-found, upload-replaced, month-closed, month-not-next, already-assessed
 */
export const confirmUpload = defineCommand({
  name: 'insurance.confirm-upload',
  title: { zh: '确认申报', en: 'Declare an uploaded roster' },
  permission: 'insurance.declare',
  input: z.object({ upload: z.string().min(1), acceptValid: z.boolean().default(false) }),
  async run(context, input): Promise<DeclareAnswer> {
    // Found with the actor's own eyes: another employer's upload does not exist for him.
    const seen = await uploadBy(context.tx, input.upload);
    return context.elevate(async () => {
      const employer = await employerById(context.tx, seen.employer);
      const month = monthOfPeriod(seen.period) as Month;
      context.subject({ employer: employer.publicId, upload: seen.publicId });
      await lockMonth(context.tx, month, false);
      // Two tabs at once: the second waits and then sees what the first did.
      await context.tx.rows('select pg_advisory_xact_lock($1, $2)', [
        uploadLock,
        employer.id % 2_147_483_647,
      ]);
      const row = await uploadBy(context.tx, input.upload);
      const read = await checkRoster(await fileBytes(context.tx, row.file), month);
      const check = await matchRoster(context.tx, employer.id, read);
      if (row.state === 'confirmed') return answer(check, true, context.caller);
      await assertDeclarable(context, month);
      if (row.state !== 'checked') throw new MindunError('upload-replaced');
      const refused = check.faults.length > 0 && !input.acceptValid;
      if (!refused) await take(context, employer, month, row.full, check, row.id);
      return answer(check, !refused, context.caller);
    });
  },
});

const uploadLock = 0x7570;
