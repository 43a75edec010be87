import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MindunError } from '../../kernel/index.ts';
import { tableContent, yamlFiles } from './files.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mindun-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function refusal(work: () => unknown): MindunError {
  try {
    work();
  } catch (error) {
    if (error instanceof MindunError) return error;
    throw error;
  }
  throw new Error('the file was read');
}

describe('a path on the command line', () => {
  it('leads to a table or to case files', () => {
    const file = path.join(folder, 'b.yaml');
    for (const name of ['b.yaml', 'a.yml', 'notes.md']) writeFileSync(path.join(folder, name), 'x');
    expect(tableContent(file)).toBe(Buffer.from('x').toString('base64'));
    expect(yamlFiles(file)).toEqual([file]);
    expect(yamlFiles(folder)).toEqual([path.join(folder, 'a.yml'), file]);
  });

  it('is told as it was typed when nothing is there, without a word on how to save it', () => {
    for (const where of ['no/such.csv', path.join(folder, 'b.yaml', 'x')]) {
      for (const read of [tableContent, yamlFiles]) {
        const error = refusal(() => read(where));
        expect([error.code, error.text('zh')]).toEqual([
          'file-not-found',
          `没有这个文件：${where}`,
        ]);
        expect(error.mend('zh')).not.toContain('另存');
      }
    }
  });

  it('is told to be a folder where a table is wanted', () => {
    const error = refusal(() => tableContent(folder));
    expect([error.code, error.text('en')]).toEqual([
      'file-not-opened',
      `Cannot open ${folder}: it is a folder`,
    ]);
  });
});
