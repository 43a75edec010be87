import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { tableBytesMax } from '../../engines/documents/tables/index.ts';
import { MindunError } from '../../kernel/index.ts';

const formKilobytes = 64;
// A file comes with its form fields and boundaries; in JSON it is base64.
const uploadBytes = tableBytesMax + formKilobytes * 1024;
const base64Bytes = Math.ceil(tableBytesMax / 3) * 4 + formKilobytes * 1024;

function tableTooLarge(): MindunError {
  return new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
}

/**
 * Refuses a body that is too large: by its Content-Length before a byte is read, and while it streams when the length is
 * not told. The server passes a bounded rest over after the answer: a connection that ended at once would take the answer with it.
 */
function limited(bytes: number, refusal: () => MindunError): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw refusal();
    },
  });
}

/** Ordinary forms: 64 KB. @throws MindunError form-too-large */
export const formLimit = limited(
  formKilobytes * 1024,
  () => new MindunError('form-too-large', { limit: formKilobytes }),
);
/** Forms with a table. @throws MindunError file-too-large */
export const uploadLimit = limited(uploadBytes, tableTooLarge);
/** JSON that carries a table as base64. @throws MindunError file-too-large */
export const base64Limit = limited(base64Bytes, tableTooLarge);

/** The fields of a form, each once. @throws MindunError form-unreadable, form-too-large, file-too-large */
export async function formFields(c: Context): Promise<Record<string, string | File>> {
  try {
    return (await c.req.parseBody()) as Record<string, string | File>;
  } catch (error) {
    // What is no form is the sender's mistake; what the limits throw is told as it is.
    if (error instanceof TypeError) throw new MindunError('form-unreadable');
    throw error;
  }
}
