import { crc32, deflateRawSync } from 'node:zlib';
import { citizen } from './harness.ts';

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';

/** A ZIP archive of deflated parts. */
function zip(parts: readonly { name: string; bytes: Buffer }[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes } of parts) {
    const packed = deflateRawSync(bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, rest, Buffer.from(name)]),
    );
    bodies.push(local);
    at += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, list, end]);
}

/** A workbook of a few kilobytes that unpacks to a quarter of a gigabyte. */
function bomb(): Buffer {
  const sheet = Buffer.alloc(256 * 1024 * 1024, '<row></row>');
  return zip([
    {
      name: 'xl/workbook.xml',
      bytes: Buffer.from(
        '<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="r0"/></sheets></workbook>',
      ),
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      bytes: Buffer.from(
        '<Relationships><Relationship Id="r0" Target="worksheets/s.xml"/></Relationships>',
      ),
    },
    { name: 'xl/worksheets/s.xml', bytes: sheet },
  ]);
}

export interface BadFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** The refusal of the whole file, or the fault of its only row. */
  readonly code: string;
  readonly row?: true;
}

/** Files that cannot be a roster, each with the refusal that every door gives. */
export function badFiles(): BadFile[] {
  const line = (wage: string): string =>
    `${header}\n张三,${citizen(2)},城镇,合同制,2005-01-01,${wage},续保,\n`;
  return [
    { name: 'empty.csv', bytes: Buffer.alloc(0), code: 'file-empty' },
    { name: 'only-header.csv', bytes: Buffer.from(`${header}\n`), code: 'file-empty' },
    {
      name: 'no-header.csv',
      bytes: Buffer.from(line('1800').split('\n').slice(1).join('\n')),
      code: 'header-missing',
    },
    {
      name: 'no-encoding.csv',
      bytes: Buffer.concat([
        Buffer.from(header),
        Buffer.from([0x0a, 0xff, 0xff, 0x80, 0x00, 0xfe, 0xff]),
      ]),
      code: 'file-unreadable',
    },
    { name: 'broken.xlsx', bytes: Buffer.from('PK\x03\x04 no archive'), code: 'file-unreadable' },
    { name: 'bomb.xlsx', bytes: bomb(), code: 'file-expands-too-much' },
    {
      name: 'formula.csv',
      bytes: Buffer.from(line('=1800+200')),
      code: 'formula-not-allowed',
      row: true,
    },
  ];
}
