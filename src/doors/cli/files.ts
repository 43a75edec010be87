import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { tableBytesMax } from '../../engines/documents/tables/index.ts';
import { defineErrors, MindunError, type Text } from '../../kernel/index.ts';

defineErrors({
  'file-not-found': {
    message: { zh: '没有这个文件：{path}', en: 'There is no such file: {path}' },
    mend: {
      zh: '请核对路径和文件名，从当前目录写起，或写完整的路径；名字里有空格的要加引号。',
      en: 'Check path and name, from the folder you stand in or in full; quote a name with blanks.',
    },
    status: 404,
  },
  'file-not-opened': {
    message: { zh: '打不开 {path}：{why}', en: 'Cannot open {path}: {why}' },
    mend: {
      zh: '请写文件本身的路径，并确认运行这个命令的用户可以读它。',
      en: 'Give the path of the file itself, and see that the user who runs the command may read it.',
    },
    status: 400,
  },
});

const folder: Text = { zh: '它是文件夹', en: 'it is a folder' };
const refusedBySystem: Text = { zh: '系统不让读', en: 'the system does not let it be read' };

/** What the path as typed leads to. @throws MindunError file-not-found, file-not-opened */
function looked<T>(where: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new MindunError('file-not-found', { path: where });
    throw new MindunError('file-not-opened', { path: where, why: refusedBySystem });
  }
}

/**
 * A table's bytes as base64; too large a file is refused before it is read.
 * @throws MindunError file-not-found, file-not-opened, file-too-large
 */
export function tableContent(file: string): string {
  const found: Stats = looked(file, () => statSync(file));
  if (found.isDirectory()) throw new MindunError('file-not-opened', { path: file, why: folder });
  if (found.size > tableBytesMax)
    throw new MindunError('file-too-large', { limit: tableBytesMax / 1024 / 1024 });
  return looked(file, () => readFileSync(file).toString('base64'));
}

/** A file, or the YAML files of a folder in the order of their names. @throws MindunError file-not-found, file-not-opened */
export function yamlFiles(where: string): string[] {
  return looked(where, () => {
    if (!statSync(where).isDirectory()) return [where];
    return readdirSync(where)
      .filter((n) => /\.ya?ml$/.test(n))
      .sort()
      .map((n) => path.join(where, n));
  });
}
