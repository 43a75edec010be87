import { inflateSync } from 'node:zlib';

/** A piece of text as it stands on a page: its place in points from the left and the bottom. */
interface Piece {
  readonly x: number;
  readonly y: number;
  /** Of its type, in points. */
  readonly size: number;
  readonly text: string;
}

/** Reads the text that a PDF of ours draws: pages, their lines from above, the texts of a line from left to right. */
export function pdfLines(bytes: Buffer): string[][][] {
  const objects = readObjects(bytes);
  const fonts = new Map<string, Map<string, string>>();
  for (const { dictionary } of objects.values()) {
    for (const [, name, font] of dictionary.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const unicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(font!)!.dictionary)![1]!;
      fonts.set(name!, glyphs(objects.get(unicode)!.stream));
    }
  }
  const pages = [...objects.values()].filter((o) => /\/Type \/Page\b(?!s)/.test(o.dictionary));
  return pages.map((page) => {
    const content = /\/Contents (\d+) 0 R/.exec(page.dictionary)![1]!;
    return linesOf(piecesOf(objects.get(content)!.stream, fonts));
  });
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: string;
}

function readObjects(bytes: Buffer): Map<string, PdfObject> {
  const text = bytes.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const found of text.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)) {
    const [, id, body] = found as unknown as [string, string, string];
    const at = body.indexOf('stream\n');
    const dictionary = at < 0 ? body : body.slice(0, at);
    let stream = '';
    if (at >= 0) {
      const raw = Buffer.from(body.slice(at + 7, body.lastIndexOf('\nendstream')), 'latin1');
      // Fonts and pictures are compressed, too; only text is read.
      stream = /FlateDecode/.test(dictionary) ? inflateSync(raw).toString('latin1') : String(raw);
    }
    objects.set(id, { dictionary, stream });
  }
  return objects;
}

function glyphs(map: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, first, list] of map.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/gi)) {
    [...list!.matchAll(/<([0-9a-f ]*)>/gi)].forEach(([, code], i) => {
      const key = (Number.parseInt(first!, 16) + i).toString(16).padStart(4, '0');
      const units = code!.replaceAll(' ', '').match(/.{4}/g) ?? [];
      found.set(key, String.fromCharCode(...units.map((u) => Number.parseInt(u, 16))));
    });
  }
  return found;
}

function piecesOf(
  content: string,
  fonts: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Piece[] {
  const pieces: Piece[] = [];
  let font: ReadonlyMap<string, string> = new Map();
  let [x, y, size] = [0, 0, 0];
  for (const line of content.split('\n')) {
    const place = /^1 0 0 1 (\S+) (\S+) Tm$/.exec(line);
    if (place !== null) [x, y] = [Number(place[1]), Number(place[2])];
    const set = /^\/(F\d+) (\S+) Tf$/.exec(line);
    if (set !== null) [font, size] = [fonts.get(set[1]!)!, Number(set[2])];
    if (!/ TJ$/.test(line)) continue;
    const codes = [...line.matchAll(/<([0-9a-f]+)>/gi)].flatMap(([, hex]) => hex!.match(/.{4}/g)!);
    const text = codes.map((c) => font.get(c.toLowerCase()) ?? '\ufffd').join('');
    pieces.push({ x, y, size, text });
  }
  return pieces;
}

/** Pieces of one height are one line; a piece that begins where the last one ended continues its text. */
function linesOf(pieces: readonly Piece[]): string[][] {
  const lines = new Map<string, Piece[]>();
  for (const p of pieces) {
    const key = p.y.toFixed(1);
    lines.set(key, [...(lines.get(key) ?? []), p]);
  }
  return [...lines]
    .sort(([a], [b]) => Number(b) - Number(a))
    .map(([, list]) => joined(list.sort((a, b) => a.x - b.x)));
}

function joined(line: readonly Piece[]): string[] {
  const texts: string[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const { x, size, text } of line) {
    if (x - end < size / 2) texts.push(`${texts.pop()}${text}`);
    else texts.push(text);
    end = x + widthOf(text) * size;
  }
  return texts.map((t) => t.trim()).filter((t) => t !== '');
}

/** About how wide a text is, in its own size: Chinese characters and dashes are square, capitals narrower, others a little more than half of it. */
function widthOf(text: string): number {
  const wide = (c: string): number => (/[MW]/.test(c) ? 0.88 : /[A-Z]/.test(c) ? 0.66 : 0.55);
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2000 ? 1 : wide(c)), 0);
}
