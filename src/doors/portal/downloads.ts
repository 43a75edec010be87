import {
  markedRoster,
  type PrintedBill,
  rosterTemplate,
  type UploadView,
} from '../../services/insurance/index.ts';
import { file, workbookType } from '../http/file.ts';
import { drawIssued } from '../http/issued.ts';
import type { Visit } from '../http/visit.ts';
import type { Holder } from './pages/certificates.tsx';

/** The empty roster to fill in. */
export async function templateFile(visit: Visit): Promise<Response> {
  return file(visit.c, await rosterTemplate(), '名册.xlsx', workbookType);
}

/** The uploaded roster with its faults marked. */
export async function markedFile(visit: Visit): Promise<Response> {
  visit.subjectOf('employer');
  const upload = visit.c.req.param('upload');
  const view = await visit.call<UploadView>('insurance.upload-view', { upload });
  const { content } = await visit.call<{ content: string }>('insurance.upload-content', { upload });
  const bytes = await markedRoster(Buffer.from(content, 'base64'), view.faults);
  return file(visit.c, bytes, `标好错的${view.fileName.replace(/\.\w+$/, '')}.xlsx`, workbookType);
}

/** Prints a bill: what it shows now gets a code, and the paper is drawn. */
export async function billForm(visit: Visit): Promise<Response> {
  const employer = visit.subjectOf('employer');
  await visit.form();
  const month = visit.c.req.param('month');
  const { code } = await visit.call<PrintedBill>('insurance.bill.print', { employer, month });
  return visit.c.redirect(`/employer/bill/${code}.pdf`, 303);
}

/** A printed bill on paper, with the address where it is checked. */
export async function billFile(visit: Visit, address: string): Promise<Response> {
  visit.subjectOf('employer');
  return issuedFile(visit, 'insurance.bill-printed', address);
}

/** One's own certificate on paper, with the address where it is checked. */
export async function certificateFile(
  visit: Visit,
  holder: Holder,
  address: string,
): Promise<Response> {
  visit.subjectOf(holder);
  return issuedFile(visit, 'insurance.certificate-own', address);
}

async function issuedFile(visit: Visit, query: string, address: string): Promise<Response> {
  const code = (visit.c.req.param('file') ?? '').replace(/\.pdf$/, '');
  const view = await visit.call(query, { code });
  const paper = await drawIssued(query, view, visit.house.city, `${address}/check`);
  return file(visit.c, paper.bytes, paper.name, 'application/pdf');
}
