import {
  markedWorkbook,
  type TemplateColumn,
  templateWorkbook,
} from '../../../engines/documents/workbook/index.ts';
import { rosterColumns } from '../roster/index.ts';
import type { UploadView } from '../views.ts';

const hints: Readonly<Record<keyof typeof rosterColumns, Omit<TemplateColumn, 'header'>>> = {
  name: { hint: { zh: '与身份证一致', en: 'As on the identity card' }, example: '张伟', width: 14 },
  number: {
    hint: { zh: '18 位；15 位的也收', en: '18 characters; 15 are read, too' },
    example: '430499197001010020',
    width: 24,
  },
  residence: {
    hint: { zh: '城镇、农业', en: '城镇 urban, 农业 rural' },
    example: '城镇',
    width: 12,
  },
  employment: {
    hint: {
      zh: '合同制、劳务派遣、临时',
      en: '合同制 contract, 劳务派遣 dispatch, 临时 temporary',
    },
    example: '合同制',
    width: 12,
  },
  hired: { hint: { zh: '进单位的日期', en: 'Day of hiring' }, example: '2005-07-01', width: 14 },
  wage: {
    hint: { zh: '元，最多两位小数', en: 'Yuan, two decimals at most' },
    example: '1800.00',
    width: 14,
  },
  change: {
    hint: { zh: '续保、新增、减少', en: '续保 stays, 新增 joins, 减少 leaves' },
    example: '续保',
    width: 12,
  },
  changeOn: {
    hint: { zh: '新增、减少要填；续保不填', en: 'For those who join or leave' },
    example: '2008-03-03',
    width: 14,
  },
};

/** The roster's template as a workbook. */
export function rosterTemplate(): Promise<Buffer> {
  const columns = Object.entries(rosterColumns).map(([key, header]) => ({
    header,
    ...hints[key as keyof typeof rosterColumns],
  }));
  return templateWorkbook('名册', columns);
}

/** An uploaded roster with its faults marked. @throws MindunError what reading the file refuses */
export function markedRoster(bytes: Buffer, faults: UploadView['faults']): Promise<Buffer> {
  const { changeOn, ...required } = rosterColumns;
  return markedWorkbook(bytes, { required: Object.values(required), optional: [changeOn] }, faults);
}
