import { defineErrors } from '../../../kernel/index.ts';

defineErrors({
  'file-unreadable': {
    message: { zh: '这个文件读不出来：{detail}', en: 'The file cannot be read: {detail}' },
    mend: {
      zh: '请另存为 .xlsx，或存为 UTF-8 或 GB18030 编码的 CSV，再上传。',
      en: 'Save it as .xlsx, or as CSV in UTF-8 or GB18030, and upload again.',
    },
    status: 400,
  },
  'file-empty': {
    message: { zh: '文件里没有一行数据', en: 'The file holds no row of data' },
    mend: { zh: '请按模板填好再上传。', en: 'Fill in the template and upload again.' },
    status: 400,
  },
  'file-too-large': {
    message: { zh: '文件超过 {limit} MB', en: 'The file is larger than {limit} MB' },
    mend: {
      zh: '请删去多余的列、空行、格式和别的工作表，或者另存为 UTF-8 编码的 CSV 再试。名册不要拆开：同一个月后报的一份会顶掉先报的。银行收款文件可以分成几份，一份一份入账。还是太大的，请联系经办机构。',
      en: 'Remove columns, blank rows, formats and sheets that are not needed, or save it as CSV in UTF-8. Do not split a roster: the later one of a month replaces the earlier. A bank file may come in parts. If it is still too large, ask the agency.',
    },
    status: 413,
  },
  'file-expands-too-much': {
    message: { zh: '文件解压后大得不正常', en: 'The file expands to an unreasonable size' },
    mend: {
      zh: '请用表格软件重新另存一份再上传。',
      en: 'Save it anew from the spreadsheet program.',
    },
    status: 400,
  },
  'formula-not-allowed': {
    message: { zh: '单元格里是公式：{value}', en: 'The cell holds a formula: {value}' },
    mend: {
      zh: '请复制后“选择性粘贴—数值”，再上传。',
      en: 'Copy and paste it as a value, then upload.',
    },
    status: 400,
  },
  'header-missing': {
    message: { zh: '{found}，缺：{columns}', en: '{found}; missing: {columns}' },
    mend: {
      zh: '请用模板，表头一个字也不要改；表里打开是乱码的，另存为 .xlsx 再上传。',
      en: 'Use the template and leave its header as it is; where its text looks garbled, save it as .xlsx.',
    },
    status: 400,
  },
  'column-repeated': {
    message: {
      zh: '表头（第 {line} 行）里有重复的列：{columns}',
      en: 'The header (line {line}) holds a column more than once: {columns}',
    },
    mend: {
      zh: '不知道该读哪一列。请只留一列，删去或改名别的，再上传。',
      en: 'Nobody can tell which one counts. Keep one, delete or rename the others, and upload again.',
    },
    status: 400,
  },
});
