import { zip } from '../zip.ts';
import { citizen } from './harness.ts';

const header = '姓名,公民身份号码,户籍性质,用工形式,入职日期,月工资(元),变动类型,变动日期';

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
