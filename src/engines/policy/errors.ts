import { defineErrors } from '../../kernel/index.ts';

defineErrors({
  'parameter-unset': {
    message: {
      zh: '“{parameter}”还没有规定（{on}）',
      en: 'No document at hand sets {parameter} ({on})',
    },
    mend: { zh: '请录入这份文件：{document}', en: 'Enter the document: {document}' },
    status: 422,
  },
  'rule-not-in-force': {
    message: { zh: '{on} 没有这条规定：{rule}', en: 'The rule was not in force on {on}: {rule}' },
    mend: { zh: '请核对日期。', en: 'Check the date.' },
    status: 422,
  },
  'rule-unknown': {
    message: { zh: '没有这条规则：{rule}', en: 'There is no such rule: {rule}' },
    mend: { zh: '请核对规则编号。', en: 'Check the rule’s id.' },
    status: 404,
  },
  'no-previous-month': {
    message: { zh: '上月没有缴费数额', en: 'There is no amount of the month before' },
    mend: {
      zh: '由经办人员按经营状况、职工人数核定。',
      en: 'The clerk estimates it by the regulation.',
    },
    status: 422,
  },
  'strategy-unknown': {
    message: {
      zh: '“{parameter}”的值 {value} 不是已知的办法',
      en: '{value} is no known way for {parameter}',
    },
    mend: { zh: '请改用其中一个：{known}', en: 'Set one of these: {known}' },
    status: 422,
  },
  'class-not-in-table': {
    message: {
      zh: '行业类别表里没有第 {value} 类',
      en: 'The table of industry classes has no class {value}',
    },
    mend: { zh: '请核对行业类别。', en: 'Check the industry class.' },
    status: 400,
  },
  'float-not-allowed': {
    message: {
      zh: '不允许的浮动系数：{value}',
      en: 'This floating factor is not allowed: {value}',
    },
    mend: { zh: '请核对浮动档次。', en: 'Check the step of the floating rate.' },
    status: 400,
  },
  'bound-too-wide': {
    message: {
      zh: '“{node}”的取值范围太大，批量计算不能保证精确',
      en: 'The bounds of {node} are too wide to be exact in batch',
    },
    mend: { zh: '请收窄输入的上下限。', en: 'Tighten the bounds of its inputs.' },
    status: 422,
  },
});
