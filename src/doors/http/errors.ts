import { defineErrors } from '../../kernel/index.ts';

defineErrors({
  'page-missing': {
    message: { zh: '没有这一页：{path}', en: 'There is no such page: {path}' },
    mend: { zh: '请从首页找要办的事。', en: 'Find what you need from the home page.' },
    status: 404,
  },
  'account-of-others': {
    message: {
      zh: '这一页是给{whose}用的，您登录的账号不是',
      en: 'This page is for {whose}; the account you are signed in with is none of theirs',
    },
    mend: {
      zh: '请回首页办您自己的事；要办这件事，请退出后用{whose}的账号登录。',
      en: 'Your own matters are on the home page; for this one sign out, and in with such an account.',
    },
    status: 403,
  },
  'method-not-allowed': {
    message: { zh: '{path} 不接受 {method}', en: '{path} does not take {method}' },
    mend: {
      zh: '办理用 POST；查询用 GET，带身份证号或文件的用 POST。',
      en: 'Use POST for commands; GET for queries, POST for those that carry a personal number or a file.',
    },
    status: 405,
  },
  'form-stale': {
    message: {
      zh: '这张表单已经过期，或者不是从本网站打开的',
      en: 'The form has expired, or was not opened from this site',
    },
    mend: { zh: '请回到上一页，刷新后再办一次。', en: 'Go back, reload the page and try again.' },
    status: 403,
  },
  'form-unreadable': {
    message: {
      zh: '这张表单没有传完整，读不出来',
      en: 'The form did not arrive whole and cannot be read',
    },
    mend: { zh: '请回到上一页再提交一次。', en: 'Go back and send it once more.' },
    status: 400,
  },
  'form-too-large': {
    message: { zh: '内容超过 {limit} KB', en: 'The content is larger than {limit} KB' },
    mend: { zh: '请缩短后再试。', en: 'Make it shorter and try again.' },
    status: 413,
  },
  'passwords-differ': {
    message: { zh: '两遍新密码不一样', en: 'The new password was not the same twice' },
    mend: { zh: '请再写一遍。', en: 'Write it once more.' },
    status: 400,
  },
  'file-not-chosen': {
    message: { zh: '还没有选文件', en: 'No file was chosen' },
    mend: { zh: '选一份 .xlsx 或 .csv 文件。', en: 'Choose an .xlsx or .csv file.' },
    status: 400,
  },
  'json-wanted': {
    message: { zh: '请求要写成 JSON', en: 'The request must be JSON' },
    mend: {
      zh: '加上 Content-Type: application/json，并核对写法。',
      en: 'Send Content-Type: application/json and check the syntax.',
    },
    status: 415,
  },
  'json-too-complex': {
    message: {
      zh: '请求里的层数或项数太多',
      en: 'The request is nested too deeply or holds too many values',
    },
    mend: {
      zh: '最多 40 层、20000 项；多的请分几次办。',
      en: 'At most 40 levels and 20,000 values; send more in several requests.',
    },
    status: 400,
  },
  'body-too-slow': {
    message: { zh: '内容传得太慢，没有收完', en: 'The content came too slowly to be taken' },
    mend: { zh: '请换一条快些的网络再试。', en: 'Try again from a faster connection.' },
    status: 408,
  },
  'request-cut-off': {
    message: { zh: '请求没有传完就断了', en: 'The request broke off before it was whole' },
    mend: { zh: '请再提交一次。', en: 'Send it once more.' },
    status: 400,
  },
  'request-unreadable': {
    message: {
      zh: '请求的地址或主机名读不出来',
      en: 'The address or the host of the request cannot be read',
    },
    mend: { zh: '请核对网址。', en: 'Check the address.' },
    status: 400,
  },
  'tls-file-unreadable': {
    message: {
      zh: '读不了文件 {file}（{reason}）',
      en: 'The file {file} cannot be read ({reason})',
    },
    mend: {
      zh: '请核对路径，并让运行民盾的用户能读这个文件。',
      en: 'Check the path, and that the user who runs Mindun may read it.',
    },
    status: 400,
  },
  'tls-file-wrong': {
    message: { zh: '{file} 里没有{what}', en: '{file} does not hold {what}' },
    mend: {
      zh: '要 PEM 格式：证书以 -----BEGIN CERTIFICATE----- 开头，私钥以 -----BEGIN PRIVATE KEY----- 开头。',
      en: 'PEM is wanted: a certificate begins -----BEGIN CERTIFICATE-----, a key -----BEGIN PRIVATE KEY-----.',
    },
    status: 400,
  },
  'tls-pair-mismatched': {
    message: {
      zh: '证书 {cert} 和私钥 {key} 不是一对',
      en: 'The certificate {cert} and the key {key} do not belong together',
    },
    mend: {
      zh: '请用申请这张证书时的私钥；证书文件里网站自己的证书要排第一。',
      en: 'Use the key that the certificate was asked for with; the site’s own certificate stands first in its file.',
    },
    status: 400,
  },
  'host-not-here': {
    message: {
      zh: '本机没有 {host} 这个地址',
      en: 'This machine has no address {host}',
    },
    mend: {
      zh: '--host 写本机的一个地址；0.0.0.0 是全部地址。',
      en: 'Give an address of this machine with --host; 0.0.0.0 stands for all.',
    },
    status: 400,
  },
  'port-taken': {
    message: {
      zh: '端口 {port} 被别的程序占用',
      en: 'Port {port} is taken by another program',
    },
    mend: {
      zh: '换一个端口（--port 8687），或先停止那个程序；是另一个民盾就用 npx mindun stop。',
      en: 'Take another (--port 8687) or end that program; if it is Mindun, run npx mindun stop.',
    },
    status: 409,
  },
  'port-not-allowed': {
    message: {
      zh: '没有权限使用端口 {port}',
      en: 'This user may not open port {port}',
    },
    mend: { zh: '请用 1024 以上的端口。', en: 'Take a port from 1024 on.' },
    status: 403,
  },
});
