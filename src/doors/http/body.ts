import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { tableBytesMax } from '../../engines/documents/tables/index.ts';
import { MindunError } from '../../kernel/index.ts';
import type { Limits } from './limits.ts';

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

/**
 * Ends a wait for a body that dribbles in: it has a while, and beyond it as long as its length takes at a slow line's speed. One whose
 * length is not told counts as a form.
 * @throws MindunError body-too-slow
 */
export function timelyBody({ bodyMs, bytesPerSecond, requestMs }: Limits): MiddlewareHandler {
  return async (c, next) => {
    const { incoming } = (c.env ?? {}) as { readonly incoming?: IncomingMessage };
    if (incoming === undefined || /^(GET|HEAD)$/.test(c.req.method)) return next();
    const length = Number(c.req.header('Content-Length') ?? formKilobytes * 1024);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, failed) => {
      const check = (): void => {
        if (incoming.complete) return;
        c.header('Connection', 'close');
        failed(new MindunError('body-too-slow'));
      };
      timer = setTimeout(check, Math.min(bodyMs + (length / bytesPerSecond) * 1000, requestMs));
    });
    try {
      await Promise.race([next(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

// What no input of ours comes near; a body of the size of a table, made of brackets alone, would fill the memory many times over.
const jsonDepth = 40;
const jsonValues = 20_000;

/**
 * What a JSON body holds.
 * @throws MindunError json-wanted, json-too-complex, form-too-large, file-too-large
 */
export async function jsonBody(c: Context): Promise<unknown> {
  wantJson(c);
  const text = await c.req.text();
  checkJson(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new MindunError('json-wanted');
  }
}

/** A form of another site cannot send this type: the session cookie alone moves nothing. @throws MindunError json-wanted */
export function wantJson(c: Context): void {
  const type = c.req.header('Content-Type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new MindunError('json-wanted');
}

/** Counts what stands outside of strings, before anything is made of it. @throws MindunError json-too-complex */
function checkJson(text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const c = text.charCodeAt(at);
    if (c === 0x22) at = endOfString(text, at);
    else if (c === 0x5b || c === 0x7b) depth += 1;
    else if (c === 0x5d || c === 0x7d) depth -= 1;
    if (c === 0x2c || c === 0x5b || c === 0x7b) values += 1;
    if (depth > jsonDepth || values > jsonValues) throw new MindunError('json-too-complex');
  }
}

/** Where the string that begins at `start` has its closing quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

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
