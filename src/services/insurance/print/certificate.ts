import { type Content, dashed, paper, threeLines } from '../../../engines/documents/pdf/index.ts';
import { type PlainDate, showDate, showYuan, sumOf } from '../../../kernel/index.ts';
import { insuranceNames } from '../explain/explain.ts';
import type { CertificateView } from '../views.ts';
import { printedFoot, verification } from './verification.ts';

const states = { paid: '已缴足', 'partly-paid': '部分缴纳', unpaid: '未缴' } as const;
const plain = (fen: number): string => showYuan(fen, { sign: false });

/**
 * A certificate of enrolment and payment on paper, with the code and address by which anybody checks it.
 * @param checkAddress public page without the code: `https://…/check`
 */
export async function certificatePdf(
  view: CertificateView,
  city: string,
  checkAddress: string,
): Promise<Buffer> {
  const office = `${city}社会保险经办机构`;
  return paper({
    title: `参保缴费证明 ${view.code}`,
    author: office,
    foot: printedFoot(view, checkAddress),
    content: [
      {
        text: '社会保险参保缴费证明',
        fontSize: 20,
        bold: true,
        alignment: 'center',
        margin: [0, 10, 0, 18],
      },
      {
        table: {
          widths: [70, '*'],
          body: [
            [view.kind === 'person' ? '姓名' : '单位', view.subjectName],
            [view.kind === 'person' ? '公民身份号码' : '单位代码', view.subjectNumber],
            ['起止月份', `${monthText(view.from)}至${monthText(view.to)}`],
            ['开具日期', showDate(view.issuedOn as PlainDate, 'zh')],
          ],
        },
        layout: 'noBorders',
      },
      { text: '单位：元', alignment: 'right', fontSize: 9, margin: [0, 8, 0, 2] },
      monthsTable(view),
      ...(view.rows.some((r) => r.assumed)
        ? [
            {
              text: '带“假定”的月份用了没有文件规定的数，正式文件公布后重新结算。',
              fontSize: 9,
              margin: [0, 6, 0, 0],
            },
          ]
        : []),
      await verification(view, office, checkAddress),
    ],
  });
}

function monthText(month: string): string {
  return `${month.slice(0, 4)}年${Number(month.slice(5))}月`;
}

/** Three to a line, so that no name is broken over two. */
function insurancesText(insurances: CertificateView['rows'][number]['insurances']): string {
  const names = insurances.map((i) => insuranceNames[i].zh.replace(/基本|保险/g, ''));
  return [names.slice(0, 3), names.slice(3)]
    .filter((line) => line.length > 0)
    .map((line) => line.join('、'))
    .join('\n');
}

function monthsTable(view: CertificateView): Content {
  const person = view.kind === 'person';
  const head = ['月份', person ? '单位' : '人数', '险种', '缴费基数', '应缴', '实缴', '状态'];
  const right = new Set(person ? [3, 4, 5, 6] : [1, 3, 4, 5, 6]);
  return {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: [76, person ? '*' : 34, person ? 80 : '*', 64, 64, 64, 52],
      body: [
        head.map((text, i) => ({ text, bold: true, alignment: right.has(i) ? 'right' : 'left' })),
        ...view.rows.map((r) =>
          [
            r.assumed ? [`${monthText(r.month)} `, dashed('假定')] : monthText(r.month),
            person ? r.employerName : String(r.persons),
            insurancesText(r.insurances),
            plain(r.baseFen),
            plain(r.dueFen),
            plain(r.paidFen),
            states[r.state],
          ].map((text, i) => ({ text, fontSize: 9, alignment: right.has(i) ? 'right' : 'left' })),
        ),
        [
          { text: '合计', bold: true },
          '',
          '',
          '',
          { text: plain(sumOf(view.rows, (r) => r.dueFen)), bold: true, alignment: 'right' },
          { text: plain(sumOf(view.rows, (r) => r.paidFen)), bold: true, alignment: 'right' },
          '',
        ],
      ],
    },
    layout: threeLines,
  };
}
