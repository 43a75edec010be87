import { createRequire } from 'node:module';
import path from 'node:path';
import pdfmake from 'pdfmake';
import type { Language } from '../../../kernel/index.ts';

/** A part of a page: a line of text, a table, a row of columns; what pdfmake draws. */
export type Content =
  | string
  | {
      readonly [key: string]: unknown;
    };

export interface PaperOptions {
  readonly title: string;
  /** Who issues the paper; stands in the file's properties. */
  readonly author: string;
  /** Left part of the foot of each page; the page's number stands at the right. */
  readonly foot: string;
  /** Wide tables lie across the page. */
  readonly landscape?: boolean;
  /** In which language the pages are numbered; Chinese unless said. */
  readonly language?: Language;
  readonly content: readonly Content[];
}

const require = createRequire(import.meta.url);
const family = path.dirname(require.resolve('@expo-google-fonts/noto-sans-sc/package.json'));
const font = (weight: string): string => path.join(family, weight, `NotoSansSC_${weight}.ttf`);

pdfmake.addFonts({ Noto: { normal: font('400Regular'), bold: font('700Bold') } });
// A paper is drawn from its data and our own fonts: nothing else is read, nothing is fetched.
pdfmake.setLocalAccessPolicy((file) => file.startsWith(family));
pdfmake.setUrlAccessPolicy(() => false);

const mm = 72 / 25.4;

/** Draws an A4 paper: margins, type and page numbers are the same for all. */
export function paper(options: PaperOptions): Promise<Buffer> {
  return pdfmake
    .createPdf({
      pageSize: 'A4',
      pageOrientation: options.landscape === true ? 'landscape' : 'portrait',
      pageMargins: [18 * mm, 20 * mm, 18 * mm, 22 * mm],
      info: { title: options.title, author: options.author },
      defaultStyle: { font: 'Noto', fontSize: 10, lineHeight: 1.25 },
      content: [...options.content],
      footer: (page: number, pages: number) => ({
        margin: [18 * mm, 8 * mm, 18 * mm, 0],
        columns: [
          { text: options.foot, fontSize: 8, width: '*' },
          {
            text:
              options.language === 'en'
                ? `Page ${page} of ${pages}`
                : `第 ${page} 页，共 ${pages} 页`,
            fontSize: 8,
            alignment: 'right',
            width: 90,
          },
        ],
      }),
    })
    .getBuffer();
}

/** A tag as on the pages: a word between dashed lines, right after what it qualifies. */
export function dashed(word: string): Content {
  return {
    text: `\u00a0${word}\u00a0`,
    fontSize: 8,
    color: '#663a80',
    decoration: ['underline', 'overline'],
    decorationStyle: 'dashed',
  };
}

/** Ruled lines of a table: strong above, thin under the head and between rows, strong below (三线表). */
export const threeLines = {
  hLineWidth: (line: number, node: { table: { body: unknown[]; headerRows?: number } }): number =>
    line === 0 || line === node.table.body.length
      ? 1.2
      : line === (node.table.headerRows ?? 1)
        ? 0.8
        : 0.3,
  vLineWidth: (): number => 0,
  hLineColor: (line: number, node: { table: { body: unknown[]; headerRows?: number } }): string =>
    line === 0 || line === node.table.body.length || line === (node.table.headerRows ?? 1)
      ? '#000000'
      : '#999999',
  paddingLeft: (): number => 3,
  paddingRight: (): number => 3,
  paddingTop: (): number => 3,
  paddingBottom: (): number => 3,
};
