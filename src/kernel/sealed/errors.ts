import { defineErrors } from '../errors.ts';

defineErrors({
  'keys-lost': {
    message: {
      zh: '密钥文件 {place} 里没有主密钥 {keys}：{columns} 读不出、也写不进',
      en: 'The key file {place} does not hold the master key {keys}: {columns} can be neither read nor written',
    },
    mend: {
      zh: '请把密钥文件的备份放回原处（docs/operating/keys.md）。没有备份，这些内容就找不回来了；确认放弃请运行 npx mindun keys give-up。',
      en: 'Put the backup of the key file back (docs/operating/keys.md). Without one those values are gone; to go on without them run npx mindun keys give-up.',
    },
    status: 503,
  },
  'keys-open-to-others': {
    message: {
      zh: '密钥文件或它的目录别人也能进：{place}（权限 {mode}）',
      en: 'Others can enter the key file or its folder: {place} (mode {mode})',
    },
    mend: {
      zh: '请收紧权限：文件 chmod 600，目录 chmod 700，属主是运行民盾的用户；如果别人可能读过，再运行 npx mindun keys rotate --data。',
      en: 'Tighten it: chmod 600 for the file, chmod 700 for the folder, owned by the user that runs Mindun; where others may have read it, run npx mindun keys rotate --data as well.',
    },
    status: 503,
  },
  'keys-damaged': {
    message: { zh: '密钥文件读不懂：{place}', en: 'The key file cannot be understood: {place}' },
    mend: {
      zh: '文件可能损坏或被改过，请把备份放回原处。不要删除它。',
      en: 'It was damaged or changed: put its backup back. Do not delete it.',
    },
    status: 503,
  },
  'keys-not-writable': {
    message: { zh: '密钥文件写不了：{place}', en: 'The key file cannot be written: {place}' },
    mend: {
      zh: '请用 MINDUN_KEYS 指一个运行民盾的用户能写的文件，不要放在数据目录里。',
      en: 'Name by MINDUN_KEYS a file that the user running Mindun can write, outside the data folder.',
    },
    status: 503,
  },
  'keys-in-data': {
    message: {
      zh: '密钥文件不能放在数据目录里：{place}',
      en: 'The key file must not lie in the data folder: {place}',
    },
    mend: {
      zh: '备份数据目录就会连密钥一起带走。请用 MINDUN_KEYS 换一个地方。',
      en: 'A backup of the data folder would take the keys along. Choose another place by MINDUN_KEYS.',
    },
    status: 500,
  },
  'suite-unknown': {
    message: { zh: '没有这套密码算法：{suite}', en: 'There is no such cipher suite: {suite}' },
    mend: {
      zh: '请写 aes（AES-256-GCM）或 sm（SM4-CTR 加 HMAC-SM3）。',
      en: 'Write aes (AES-256-GCM) or sm (SM4-CTR with HMAC-SM3).',
    },
    status: 400,
  },
  'sealed-broken': {
    message: {
      zh: '封存的内容打不开，可能被改过或挪过：{column}',
      en: 'A sealed value does not open; it was changed or moved: {column}',
    },
    mend: {
      zh: '请运行 npx mindun verify，看有多少处，再从备份核对。',
      en: 'Run npx mindun verify to see how many there are, and compare with a backup.',
    },
    status: 500,
  },
  'sealed-given-up': {
    message: {
      zh: '这一项的密钥已经丢失并宣布放弃：{column}',
      en: 'The key of this value was lost and given up: {column}',
    },
    mend: { zh: '请向本人重新登记。', en: 'Have it stated and recorded anew.' },
    status: 410,
  },
});
