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
    mend: { zh: '请拆成几个文件。', en: 'Split it into several files.' },
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
    message: { zh: '没有找到表头，缺：{columns}', en: 'The header row is missing: {columns}' },
    mend: {
      zh: '请用模板，表头一个字也不要改；表里打开是乱码的，另存为 .xlsx 再上传。',
      en: 'Use the template and leave its header as it is; where its text looks garbled, save it as .xlsx.',
    },
    status: 400,
  },
});
