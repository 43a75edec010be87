import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { defineErrors, MindunError } from '../../../kernel/index.ts';
import type { Letter, Sender } from './queue.ts';

defineErrors({
  'mail-setting': {
    message: {
      zh: '发信的设置写得不对：{what}',
      en: 'A setting for sending mail is wrong: {what}',
    },
    mend: {
      zh: 'MINDUN_SMTP 写成 smtp://用户:密码@主机:587 或 smtps://…，MINDUN_MAIL_FROM 写寄件地址。',
      en: 'Write MINDUN_SMTP as smtp://user:password@host:587 or smtps://…, and MINDUN_MAIL_FROM as the sender’s address.',
    },
    status: 400,
  },
});

const subject = '社保账号通知 · About your social insurance account';
const patienceMs = 20_000;

/** Which sender the environment names: MINDUN_SMTP with MINDUN_MAIL_FROM, or MINDUN_MAIL_FOLDER; else nothing leaves the pages. @throws MindunError mail-setting */
export function senderOf(environment: Readonly<Record<string, string | undefined>>): Sender | null {
  const smtp = environment['MINDUN_SMTP'] ?? '';
  const from = environment['MINDUN_MAIL_FROM'] ?? '';
  const folder = environment['MINDUN_MAIL_FOLDER'] ?? '';
  if (smtp !== '') {
    if (!/^smtps?:\/\/\S+$/.test(smtp) || !URL.canParse(smtp))
      throw new MindunError('mail-setting', { what: 'MINDUN_SMTP' });
    if (!/^[^@\s]+@[^@\s]+$/.test(from))
      throw new MindunError('mail-setting', { what: 'MINDUN_MAIL_FROM' });
    return smtpSender(smtp, from);
  }
  return folder === '' ? null : fileSender(folder);
}

/** Sends by SMTP. A server that says that it takes TLS gets it; over the net use smtps or a server that does. */
export function smtpSender(address: string, from: string): Sender {
  const transport = createTransport(address, {
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
  } as object);
  return {
    async send(letter) {
      await transport.sendMail({
        from,
        to: letter.to,
        subject,
        text: textOf(letter),
        messageId: `<${letter.id}@${from.split('@')[1]}>`,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    },
  };
}

/** Writes each letter into a folder, from where another program takes it; sent again it is the same file. */
export function fileSender(folder: string): Sender {
  return {
    async send(letter) {
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `${letter.id}.txt`);
      await writeFile(
        `${file}.part`,
        `To: ${letter.to}\nSubject: ${subject}\n\n${textOf(letter)}\n`,
        {
          mode: 0o600,
        },
      );
      // Whole or not at all: whoever reads the folder finds no half of one.
      await rename(`${file}.part`, file);
    },
  };
}

function textOf({ text }: Letter): string {
  return `${text.zh}\n\n${text.en}`;
}
