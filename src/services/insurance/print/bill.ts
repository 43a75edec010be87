import { type Content, dashed, paper, threeLines } from '../../../engines/documents/pdf/index.ts';
import {
  capitalYuan,
  type PlainDate,
  showDate,
  showMonth,
  showYuan,
} from '../../../kernel/index.ts';
import { type EarlierRow, earlierRows, monthSumName, sumNames, sumRows } from '../bills/sums.ts';
import { insuranceNames } from '../explain/explain.ts';
import type { BillInsurance, BillView, PrintedBill } from '../views.ts';
import { printedFoot, verification } from './verification.ts';

/** A name with its tags: without a document, until the month is known. */
const tagged = (
  name: string,
  of: { readonly assumed?: boolean; readonly provisional?: boolean },
): Content => ({
  text: [
    name,
    ...(of.assumed === true ? [' ', dashed('假定')] : []),
    ...(of.provisional === true ? [' ', dashed('暂定')] : []),
  ],
});
const plain = (fen: number): string => showYuan(fen, { sign: false });
const right = (text: string, bold = false): Content => ({ text, alignment: 'right', bold });

/**
 * The unified bill on paper (A4, Chinese), drawn from what was kept when it was printed.
 * @param checkAddress public page on which the code is checked: `https://…/check`
 */
export async function billPdf(printed: PrintedBill, checkAddress: string): Promise<Buffer> {
  const view = printed.bill;
  const month = `${Number(view.month.slice(0, 4))}年${Number(view.month.slice(5))}月`;
  return paper({
    title: `${month}社会保险费缴费单 ${view.number}`,
    author: view.office.zh,
    foot: printedFoot(printed, checkAddress, view.number),
    content: [
      { text: view.office.zh, fontSize: 10, alignment: 'center' },
      {
        text: `${month}社会保险费缴费单`,
        fontSize: 18,
        bold: true,
        alignment: 'center',
        margin: [0, 4, 0, 2],
      },
      { text: view.number, alignment: 'right', margin: [0, 0, 0, 6] },
      facts(view),
      { text: '单位：元', alignment: 'right', fontSize: 9, margin: [0, 8, 0, 2] },
      insuranceTable(view),
      ...totals(view),
      ...whyEarlier(view),
      ...arrears(view),
      ...putOff(view),
      ...lateFees(view),
      ...notes(view),
      await verification(printed, view.office.zh, checkAddress),
    ],
  });
}

function facts(view: BillView): Content {
  const due =
    view.standing.deferredUntil !== null
      ? deferred(view.standing)
      : view.dueDate === null
        ? '未定：缺文件'
        : tagged(showDate(view.dueDate as PlainDate, 'zh', true), { assumed: view.dueAssumed });
  const rows: readonly Content[][] = [
    ['单位', view.employer.name, '单位代码', view.employer.code],
    ['参保地', view.area, '核定日期', showDate(view.issuedOn as PlainDate, 'zh')],
    ['缴费期限', due, '现在应缴', showYuan(view.total.payableFen)],
  ];
  return {
    table: {
      widths: [54, '*', 54, 140],
      body: rows.map((r) => r.map((of, i) => ({ text: of, bold: i === 3 && r[2] === '现在应缴' }))),
    },
    layout: 'noBorders',
  };
}

/** By when the next money is to come while a deferral runs. */
function deferred({ payBy, instalments, deferredUntil }: BillView['standing']): string {
  const next = instalments?.next?.number;
  const of = next === undefined ? '缓缴到' : `缓缴，第 ${next} 期`;
  return `${of} ${showDate((payBy ?? deferredUntil) as PlainDate, 'zh')}`;
}

function insuranceTable(view: BillView): Content {
  const head = ['险种', '人数', '缴费基数合计', '单位缴', '个人缴', '小计'].map((text, i) => ({
    text,
    bold: true,
    alignment: i === 0 ? 'left' : 'right',
  }));
  const { employerFen, employeeFen } = view.total;
  return {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: ['*', 46, 80, 76, 70, 76],
      body: [
        head,
        ...view.insurances.map(insuranceRow),
        ...earlierRows(view).map(earlierRow),
        [
          { text: monthSumName(view).zh, bold: true, colSpan: 3 },
          '',
          '',
          right(plain(employerFen), true),
          right(plain(employeeFen), true),
          right(plain(employerFen + employeeFen), true),
        ],
      ],
    },
    layout: threeLines,
  };
}

function insuranceRow(i: BillInsurance): Content[] {
  const name = tagged(insuranceNames[i.insurance].zh, i);
  if (i.state === 'not-computed' && !i.employeesComputed) {
    return [
      { stack: [name, { text: `缺：${i.missing}`, fontSize: 9 }] },
      right(String(i.persons)),
      right('—'),
      right('未计算'),
      right('未计算'),
      right('未计算'),
    ];
  }
  if (i.undeclared && !i.billed)
    return [
      name,
      right('没有申报'),
      right('—'),
      right('没有核定'),
      right('没有核定'),
      right('没有核定'),
    ];
  const [persons, base] = i.undeclared
    ? ['没有申报', '按以前数额']
    : [String(i.persons), plain(i.baseFen)];
  const none = employerAlone(i.insurance);
  const withoutEmployer = i.state === 'not-computed';
  return [
    withoutEmployer ? { stack: [name, { text: `单位部分缺：${i.missing}`, fontSize: 9 }] } : name,
    right(persons),
    right(base),
    right(withoutEmployer ? '未计算' : plain(i.employerFen)),
    right(none ? '—' : plain(i.employeeFen)),
    right(plain(i.employerFen + i.employeeFen)),
  ];
}

/** An earlier month that this bill settles, in the table of the month's own. */
function earlierRow(of: EarlierRow): Content[] {
  const { insurance, feeMonth, employerFen, employeeFen } = of;
  return [
    {
      stack: [
        tagged(insuranceNames[insurance].zh, of),
        { text: `${showMonth(feeMonth, 'zh')}结算、差额`, fontSize: 9 },
      ],
    },
    right(String(of.persons)),
    right(''),
    right(plain(employerFen)),
    right(employerAlone(insurance) ? '—' : plain(employeeFen)),
    right(plain(employerFen + employeeFen)),
  ];
}

function employerAlone(insurance: BillInsurance['insurance']): boolean {
  return insurance === 'injury' || insurance === 'maternity';
}

function totals(view: BillView): Content[] {
  const { total } = view;
  // From the sum of the table above to what is to be paid, so that the paper adds up.
  const assumed = view.lateFees.some((l) => l.assumed);
  const left = total.creditFen - total.setOffFen;
  return [
    {
      margin: [0, 8, 0, 0],
      table: {
        widths: ['*', 120],
        body: [
          ...sumRows(view).map(([figure, fen]) => [
            tagged(sumNames[figure].zh, { assumed: assumed && figure === 'late-fee' }),
            right(plain(fen)),
          ]),
          [{ text: '现在应缴合计', bold: true }, right(showYuan(total.payableFen), true)],
        ],
      },
      layout: 'noBorders',
    },
    { text: capitalYuan(total.payableFen), bold: true, margin: [0, 4, 0, 0] },
    ...(left === 0
      ? []
      : [
          {
            text: `另有多缴 ${showYuan(left)}，可抵以后的缴费，也可申请退还。`,
            fontSize: 9,
            margin: [0, 4, 0, 0] as [number, number, number, number],
          },
        ]),
  ];
}

/** Why the rows of earlier months are there. */
function whyEarlier(view: BillView): Content[] {
  if (view.earlier.length === 0) return [];
  const why = {
    table: {
      widths: [64, '*'],
      body: [
        ['所属月份', '原因'].map((text) => ({ text, bold: true })),
        ...view.earlier.map((e) => [
          showMonth(e.feeMonth, 'zh'),
          e.why.map((w) => w.zh).join('；'),
        ]),
      ],
      headerRows: 1,
    },
    layout: threeLines,
  };
  const heading = { text: '以前月份为什么有差额', bold: true, margin: [0, 10, 0, 2] };
  return [{ unbreakable: true, stack: [heading, why] }];
}

function arrears(view: BillView): Content[] {
  if (view.arrears.length === 0) return [];
  return [
    { text: '以前月份的欠费', bold: true, margin: [0, 10, 0, 2] },
    {
      table: {
        headerRows: 1,
        dontBreakRows: true,
        widths: [54, '*', 44, 100, 40, 80],
        body: [
          ['所属月份', '险种', '缴纳方', '期限', '逾期天', '欠费'].map((text, i) => ({
            text,
            bold: true,
            alignment: i > 3 ? 'right' : 'left',
          })),
          ...view.arrears.map((a) => [
            a.feeMonth,
            insuranceNames[a.insurance].zh,
            a.share === 'employer' ? '单位' : '个人',
            a.deferredUntil === null ? (a.dueDate ?? '—') : `缓缴到 ${a.deferredUntil}`,
            right(String(a.daysLate)),
            right(plain(a.openFen)),
          ]),
        ],
      },
      layout: threeLines,
    },
  ];
}

/** What deferrals put off beyond the day of this bill: by bill, until when, and what comes next. */
function putOff(view: BillView): Content[] {
  if (view.putOff.length === 0) return [];
  const day = (on: string): string => showDate(on as PlainDate, 'zh');
  const told = view.putOff.map(({ month, deferredUntil, putOffFen, next }) => {
    const then = next === null ? '' : `；下一期 ${day(next.dueOn)}缴 ${showYuan(next.amountFen)}`;
    return `${showMonth(month, 'zh')}缴费单缓缴到 ${day(deferredUntil)}，其中 ${showYuan(putOffFen)} 这次不用缴${then}。`;
  });
  return [{ text: told.join('\n'), fontSize: 9, margin: [0, 6, 0, 0] }];
}

/** Every late fee that the sum holds, with how it came; a fee without a law is named. */
function lateFees(view: BillView): Content[] {
  const lines = view.lateFees.filter((l) => l.amountFen !== 0 || l.state === 'not-computed');
  if (lines.length === 0) return [];
  return [
    { text: '滞纳金', bold: true, margin: [0, 10, 0, 2] },
    {
      table: {
        headerRows: 1,
        dontBreakRows: true,
        widths: [54, 90, '*', 74],
        body: [
          ['所属月份', '险种', '怎么算的', '滞纳金'].map((text, i) => ({
            text,
            bold: true,
            alignment: i > 2 ? 'right' : 'left',
          })),
          ...lines.map((l) => [
            l.feeMonth,
            tagged(insuranceNames[l.insurance].zh, l),
            { text: l.why.zh, fontSize: 9 },
            right(l.state === 'not-computed' ? '未计算' : plain(l.amountFen)),
          ]),
        ],
      },
      layout: threeLines,
    },
  ];
}

function notes(view: BillView): Content[] {
  const assumed =
    view.dueAssumed ||
    view.insurances.some((i) => i.assumed) ||
    view.lines.some((l) => l.assumed) ||
    view.lateFees.some((l) => l.assumed);
  const provisional = view.insurances.some((i) => i.provisional);
  const missing = view.insurances.some((i) => i.state !== 'computed');
  const texts = [
    '先记个人缴的部分，再按比例记单位缴的部分；当月没缴足的人，这个月先不算缴费月数，补足后算上。',
    ...(provisional ? [provisionalNote(view)] : []),
    ...(assumed ? ['带“假定”的数，等正式文件公布后重新结算。'] : []),
    ...(missing ? ['“未计算”的险种缺少文件，公布后列在以后的缴费单上，不算欠缴。'] : []),
  ];
  return [{ text: texts.join('\n'), fontSize: 9, margin: [0, 10, 0, 0] }];
}

/** What “暂定” stands for here: a month that was not declared, by whose amount and article; or a value that a later one replaces. */
function provisionalNote(view: BillView): string {
  const basis = view.provisionalBasis;
  if (basis === null) return '带“暂定”的数，等正式的数公布后重新结算，多退少补。';
  const sources = basis.parameters.map((p) =>
    p.assumed
      ? '假定'
      : `${p.document.includes('〔') ? p.document : `《${p.document}》`}${p.article}`,
  );
  return `带“暂定”的险种：${basis.how.zh}（${[...new Set(sources)].join('、')}）；补报名册后按申报重新结算，多退少补。`;
}
