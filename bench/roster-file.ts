// A roster as employers hand it in, of any length: the habits of typing stand in it at stated rates.
import { citizenCheck } from '../src/kernel/identity.ts';
import { fromEpochDay, yuan } from '../src/kernel/index.ts';
import { Draw } from '../src/services/simulation/index.ts';

/** Of a thousand cells or rows: what is typed otherwise than the template shows it. All of it is read; none is a fault. */
export const habits = {
  blanksAroundName: 60,
  fullWidthWage: 75,
  thousandsSeparator: 65,
  slashDate: 50,
  chineseDate: 45,
  fifteenDigits: 35,
  smallX: 18,
  joins: 25,
  leaves: 12,
  rural: 250,
} as const;

const surnames = '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁';
const given = '伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂珍华建文辉红玉梅䶮㛃';
const bornFrom = -7305;
const days = 14_000;

/** The citizen number of a person by a serial that no other has; area code 430499 is given to nobody. */
export function citizenOf(serial: number): string {
  const birth = fromEpochDay(bornFrom + (serial % days)).replaceAll('-', '');
  const body = `430499${birth}${String(Math.floor(serial / days)).padStart(3, '0')}`;
  return body + citizenCheck(body);
}

/** A CSV of `rows` persons from serial `from` on, for March 2008, with CRLF as spreadsheets write it. */
export function rosterText(rows: number, from: number): string {
  const lines = [
    '序号,姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期,备注',
  ];
  for (let i = 0; i < rows; i += 1) lines.push(`${i + 1},${rosterLine(from + i)},`);
  return `${lines.join('\r\n')}\r\n`;
}

function rosterLine(serial: number): string {
  const draw = new Draw(20_080_301, serial);
  const name = draw.pick([...surnames]) + draw.pick([...given]) + draw.pick(['', ...given]);
  const change = draw.int(1, 1000);
  const kind =
    change <= habits.joins ? '新增' : change <= habits.joins + habits.leaves ? '减少' : '续保';
  const month = `2008-03-${String(draw.int(1, 31)).padStart(2, '0')}`;
  return [
    draw.chance(habits.blanksAroundName) ? ` ${name}\u3000` : name,
    typedNumber(citizenOf(serial), draw),
    draw.chance(habits.rural) ? '农业' : '城镇',
    draw.pick(['合同制', '合同制', '劳务派遣', '临时']),
    kind === '新增'
      ? month
      : typedDate(draw, Math.max(1992, Number(citizenOf(serial).slice(6, 10)) + 17)),
    typedWage(draw),
    kind,
    kind === '续保' ? '' : month,
  ].join(',');
}

function typedNumber(number: string, draw: Draw): string {
  if (draw.chance(habits.fifteenDigits)) return number.slice(0, 6) + number.slice(8, 17);
  return draw.chance(habits.smallX) ? number.toLowerCase() : number;
}

function typedDate(draw: Draw, firstYear: number): string {
  const [y, m, d] = [draw.int(firstYear, 2007), draw.int(1, 12), draw.int(1, 28)];
  if (draw.chance(habits.slashDate)) return `${y}/${m}/${d}`;
  if (draw.chance(habits.chineseDate)) return `${y}年${m}月${d}日`;
  return `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}

function typedWage(draw: Draw): string {
  const fen = draw.int(50_000, 900_000);
  const plain = yuan(fen);
  if (draw.chance(habits.fullWidthWage))
    return plain.replace(/[\d.]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
  if (fen >= 100_000 && draw.chance(habits.thousandsSeparator))
    return `"${plain.slice(0, -6)},${plain.slice(-6)}"`;
  return plain;
}

let table: Map<string, Buffer> | undefined;

/** Text as GB18030; the platform only decodes it, so its decoder is asked for every character of the plane. */
export function gb18030(text: string): Buffer {
  table ??= gb18030Table();
  const out = Buffer.alloc(text.length * 2 + 1024);
  const parts: Buffer[] = [];
  let at = 0;
  for (const c of text) {
    if (at > out.length - 4) {
      parts.push(Buffer.from(out.subarray(0, at)));
      at = 0;
    }
    const code = c.codePointAt(0)!;
    if (code < 128) {
      out[at] = code;
      at += 1;
    } else {
      const bytes = table.get(c) ?? beyondFirstPlane(code);
      if (bytes === undefined) throw new RangeError(`no GB18030 bytes for ${c}`);
      at += bytes.copy(out, at);
    }
  }
  return Buffer.concat([...parts, out.subarray(0, at)]);
}

/** Characters of the further planes stand in GB18030 in the order of their codes, four bytes each. */
function beyondFirstPlane(code: number): Buffer | undefined {
  const at = code - 0x10000;
  if (at < 0) return undefined;
  return Buffer.from([
    0x90 + Math.floor(at / 12_600),
    0x30 + (Math.floor(at / 1260) % 10),
    0x81 + (Math.floor(at / 10) % 126),
    0x30 + (at % 10),
  ]);
}

function gb18030Table(): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const decoder = new TextDecoder('gb18030');
  const add = (bytes: Buffer): void => {
    const c = decoder.decode(bytes);
    if ([...c].length === 1 && c !== '\ufffd' && !found.has(c)) found.set(c, bytes);
  };
  for (let a = 0x81; a <= 0xfe; a += 1)
    for (let b = 0x40; b <= 0xfe; b += 1) add(Buffer.from([a, b]));
  for (let a = 0x81; a <= 0x84; a += 1)
    for (let b = 0x30; b <= 0x39; b += 1)
      for (let c = 0x81; c <= 0xfe; c += 1)
        for (let d = 0x30; d <= 0x39; d += 1) add(Buffer.from([a, b, c, d]));
  return found;
}
