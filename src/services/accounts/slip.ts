import { paper } from '../../engines/documents/pdf/index.ts';

/** What stands on a slip with an activation code. */
export interface Slip {
  readonly office: string;
  readonly name: string;
  readonly number: string;
  readonly code: string;
  /** 2008年3月14日 */
  readonly until: string;
  /** Of the page where the code is entered; null: not known to whoever prints. */
  readonly address: string | null;
}

/** The slip on paper. Of the citizen number only its end is printed: who finds the paper must not have both. */
export function activationSlip(slip: Slip): Promise<Buffer> {
  return paper({
    title: '账号激活码',
    author: slip.office,
    foot: slip.office,
    content: [
      { text: '账号激活码', fontSize: 20, bold: true, alignment: 'center', margin: [0, 10, 0, 18] },
      {
        table: {
          widths: [90, '*'],
          body: [
            ['姓名', slip.name],
            ['公民身份号码', `尾号 ${slip.number.slice(-4)}`],
            ['激活码', { text: slip.code, fontSize: 18, bold: true, characterSpacing: 2 }],
            ['有效期到', slip.until],
          ],
        },
        layout: 'noBorders',
      },
      {
        margin: [0, 16, 0, 0],
        ol: [
          slip.address === null
            ? '用手机或电脑打开网上大厅，点“登录”、“我有激活码”'
            : `用手机或电脑打开 ${slip.address}`,
          '写公民身份号码和上面的激活码，自己定一个密码，就登录了。',
          '激活码只能用一次；重新打印以后，这一张作废。不要给别人看，工作人员也不会向您要。',
          '以后忘了密码，带证件到任何一个窗口再打一张。',
        ],
      },
    ],
  });
}
