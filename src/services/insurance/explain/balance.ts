import type { Derivation } from '../../../engines/policy/index.ts';
import {
  type CityInfo,
  type Language,
  type Month,
  type PlainDate,
  period,
  type QueryContext,
  showDate,
  showMonth,
  showYuan,
  sumOf,
  type Text,
} from '../../../kernel/index.ts';
import { lawOf, question } from '../law.ts';
import {
  type BalanceFigure,
  type BillView,
  insurances,
  type LateFeeLine,
  type Share,
} from '../views.ts';
import { bothAlike, dueCite, insuranceNames, leaf, noFigure, summed } from './cells.ts';

type Balance = Readonly<Record<BalanceFigure, () => Derivation>>;

/** How a bill's own figures came, by the law of the day. The values of `because` add up to each sum's own. */
export function balanceOf(context: QueryContext, bill: BillView): Balance {
  const { city } = context;
  const month = (share: Share | null) => () => monthSum(city, bill, share);
  const of = (id: string) => lawOf(city).cite(id, question(city, context.today));
  const balance: Balance = {
    month: month(null),
    'month-employer': month('employer'),
    'month-employee': month('employee'),
    paid: () => ({ ...paid(bill), cite: of('collection.strategy') }),
    elsewhere: () => ({ ...elsewhere(bill), cite: dueCite(city, period(bill.month as Month)) }),
    arrears: () => arrears(city, bill),
    'late-fee': () => {
      const fees = lateFees(bill);
      return { ...fees, cite: fees.cite ?? of('basis.lateFee') };
    },
    'put-off': () => ({ ...putOffs(bill), cite: of('basis.deferral') }),
    credit: () => ({ ...credit(bill), cite: of('collection.strategy') }),
    payable: () => payable(city, bill, balance),
  };
  return balance;
}

/** Months and days as they are read in a sentence. */
const said = (month: string, language: Language): string => showMonth(month, language);
const day = (on: string, language: Language): string => showDate(on as PlainDate, language);

const shareNames: Readonly<Record<Share, Text>> = {
  employer: { zh: '单位', en: 'employer' },
  employee: { zh: '个人', en: 'employees' },
};

/** What was assessed with this bill: the month's five insurances, and what it settles of earlier months. */
function monthSum(city: CityInfo, bill: BillView, share: Share | null): Derivation {
  const cite = dueCite(city, period(bill.month as Month));
  const of = (fen: { employerFen: number; employeeFen: number }): number =>
    share === null
      ? fen.employerFen + fen.employeeFen
      : fen[share === 'employer' ? 'employerFen' : 'employeeFen'];
  const known = bill.insurances.filter((i) => i.state === 'computed' || i.employeesComputed);
  const billed = known
    .filter((i) => share !== 'employee' || i.employeesComputed)
    .map((i) => ({
      ...leaf(`bill.${i.insurance}`, insuranceNames[i.insurance], of(i), bothAlike('')),
      assumed: i.assumed,
      provisional: i.provisional,
    }));
  const later = bill.lines.filter(
    (l) =>
      l.kind !== 'current' && l.kind !== 'provisional' && (share === null || l.share === share),
  );
  const settled = [...new Set(later.map((l) => l.feeMonth))].flatMap((feeMonth) =>
    insurances.flatMap((insurance) => {
      const lines = later.filter((l) => l.feeMonth === feeMonth && l.insurance === insurance);
      if (lines.length === 0) return [];
      const { zh, en } = insuranceNames[insurance];
      const label = {
        zh: `${said(feeMonth, 'zh')} ${zh}结算、差额`,
        en: `${said(feeMonth, 'en')} ${en}, settled`,
      };
      const fen = sumOf(lines, (l) => l.amountFen);
      return [leaf(`settlement.${insurance}`, label, fen, bothAlike(''))];
    }),
  );
  const whose = share === null ? bothAlike('') : shareNames[share];
  return summed(
    {
      rule: share === null ? 'bill.month' : `bill.month.${share}`,
      label: {
        zh: `${said(bill.month, 'zh')}核定${whose.zh === '' ? '' : `（${whose.zh}）`}`,
        en: `Assessed for ${said(bill.month, 'en')}${whose.en === '' ? '' : ` (${whose.en})`}`,
      },
      formula: {
        zh: '各险种和以前月份的结算、差额相加；每一项在它自己那一行点开',
        en: 'The insurances and what is settled of earlier months, added; each opens in its own row',
      },
      cite,
    },
    of(bill.total),
    [...billed, ...settled],
  );
}

function paid(bill: BillView): Derivation {
  const because = bill.payments
    .filter((p) => p.kind !== 'late-fee')
    .map((p) =>
      leaf(
        'bill.payment',
        p.kind === 'offset'
          ? { zh: `${day(p.receivedOn, 'zh')}多缴抵减`, en: `${day(p.receivedOn, 'en')}, set off` }
          : { zh: `${day(p.receivedOn, 'zh')}到账`, en: `${day(p.receivedOn, 'en')}, received` },
        -p.amountFen,
        bothAlike(p.reference),
      ),
    );
  return summed(
    {
      rule: 'bill.paid',
      label: { zh: '已缴', en: 'Paid' },
      formula: {
        zh: '到账的钱先记最早的月份、先记个人缴的部分；记到这张缴费单上的加起来',
        en: 'Money goes to the oldest month and the employees’ shares first; what came to this bill, added',
      },
      cite: null,
    },
    -bill.paidFen,
    because,
  );
}

function elsewhere(bill: BillView): Derivation {
  return leaf(
    'bill.elsewhere',
    {
      zh: '差额另记在以前的缴费单或多缴里',
      en: 'Differences that stand with earlier bills or as credit',
    },
    bill.total.elsewhereFen,
    {
      zh: '少了的部分已经从以前欠的里减掉，或者记成多缴，这里加回来，免得减两次',
      en: 'What became less was taken off earlier debts or stands as credit; it is added again so that it is not taken off twice',
    },
  );
}

function arrears(city: CityInfo, bill: BillView): Derivation {
  const because = bill.arrears.map((a) => {
    const until = a.deferredUntil;
    const { zh, en } = insuranceNames[a.insurance];
    const share = shareNames[a.share];
    return {
      ...leaf(
        'bill.arrear',
        {
          zh: `${said(a.feeMonth, 'zh')} ${zh}，${share.zh}${until === null ? '' : `，缓缴到 ${day(until, 'zh')}`}`,
          en: `${said(a.feeMonth, 'en')} ${en}, ${share.en}${until === null ? '' : `, deferred to ${day(until, 'en')}`}`,
        },
        a.openFen,
        bothAlike(a.billNumber),
      ),
      cite: dueCite(city, period(a.feeMonth as Month)),
    };
  });
  const none = because.length === 0;
  return summed(
    {
      rule: 'bill.arrears',
      label: { zh: '以前月份欠费', en: 'Arrears of earlier months' },
      formula: none
        ? { zh: '以前的缴费单都缴清了', en: 'All earlier bills are paid' }
        : {
            zh: '以前每张缴费单上没缴清的部分，加起来',
            en: 'What is open on each earlier bill, added',
          },
      cite: null,
    },
    bill.total.arrearsFen,
    because,
  );
}

function lateFees(bill: BillView): Derivation {
  const because = bill.lateFees.map(lateFeeNode);
  const none = because.length === 0;
  const paidFen = sumOf(
    bill.payments.filter((p) => p.kind === 'late-fee'),
    (p) => p.amountFen,
  );
  return summed(
    {
      rule: 'bill.late-fee',
      label: { zh: '滞纳金', en: 'Late fee' },
      formula: none
        ? paidFen === 0
          ? { zh: '没有逾期的欠费，不加收', en: 'Nothing is late: no late fee' }
          : {
              zh: `这张缴费单的滞纳金 ${showYuan(paidFen)} 已经缴清，现在没有别的`,
              en: `The late fee of this bill, ${showYuan(paidFen)}, is paid; there is no other now`,
            }
        : {
            zh: '没缴清的每一笔，按今天缴来算，加起来；已经缴过的欠费，滞纳金没缴的也在内',
            en: 'For each open amount as if paid today, added, with late fees determined earlier and not paid',
          },
      cite: because.find((b) => b.cite !== null)?.cite ?? null,
    },
    bill.total.lateFeeFen,
    because,
  );
}

/** One late fee with its rate, article and version; without a law there is no figure. */
function lateFeeNode(fee: LateFeeLine): Derivation {
  const { zh, en } = insuranceNames[fee.insurance];
  const share = fee.share === null ? null : shareNames[fee.share];
  const label = {
    zh: `${said(fee.feeMonth, 'zh')} ${zh}${share === null ? '' : `，${share.zh}`}`,
    en: `${said(fee.feeMonth, 'en')} ${en}${share === null ? '' : `, ${share.en}`}`,
  };
  const node = leaf('arrears.lateFee', label, fee.amountFen, fee.why);
  const { cite, parameters, assumed } = fee;
  const value = fee.state === 'not-computed' ? noFigure : node.value;
  return { ...node, value, cite, parameters, assumed };
}

function putOffs(bill: BillView): Derivation {
  const because = bill.putOff.map((p) => {
    const label = {
      zh: `${said(p.month, 'zh')}缴费单，缓缴到 ${day(p.deferredUntil, 'zh')}`,
      en: `Bill of ${said(p.month, 'en')}, deferred to ${day(p.deferredUntil, 'en')}`,
    };
    const { next } = p;
    const formula =
      next === null
        ? {
            zh: `还欠 ${showYuan(p.openFen)}，到期再缴`,
            en: `${showYuan(p.openFen)} is open, to be paid then`,
          }
        : {
            zh: `还欠 ${showYuan(p.openFen)}，下一期 ${day(next.dueOn, 'zh')}缴 ${showYuan(next.amountFen)}`,
            en: `${showYuan(p.openFen)} is open, next ${showYuan(next.amountFen)} by ${day(next.dueOn, 'en')}`,
          };
    return leaf('bill.put-off', label, -p.putOffFen, formula);
  });
  return summed(
    {
      rule: 'bill.put-off',
      label: { zh: '缓缴，还没到期', en: 'Deferred, not due yet' },
      formula: {
        zh: '批准缓缴、在这张缴费单的期限以后才到期的部分，现在不用缴',
        en: 'What is deferred beyond the day of this bill is not to be paid now',
      },
      cite: null,
    },
    -bill.total.putOffFen,
    because,
  );
}

function credit(bill: BillView): Derivation {
  const { creditFen, setOffFen } = bill.total;
  return leaf('bill.credit', { zh: '多缴抵减', en: 'Credit set off' }, -setOffFen, {
    zh: `以前多缴、还没有用掉的 ${showYuan(creditFen)}，先抵这一张，抵到缴清为止`,
    en: `${showYuan(creditFen)} received earlier and not used yet is set off first, up to what is due`,
  });
}

/** From what the bill comes to, to what is to be paid now. */
function payable(city: CityInfo, bill: BillView, balance: Balance): Derivation {
  const { total } = bill;
  const sum = total.employerFen + total.employeeFen;
  const parts = (
    [
      ['month', sum],
      ['paid', bill.paidFen],
      ['elsewhere', total.elsewhereFen],
      ['arrears', total.arrearsFen],
      ['late-fee', total.lateFeeFen],
      ['put-off', total.putOffFen],
      ['credit', total.setOffFen],
    ] as const
  ).filter(([of, fen]) => of === 'month' || fen !== 0);
  const because = parts.map(([of]) => {
    const told = balance[of]();
    return of === 'month' ? { ...told, because: [] } : told;
  });
  return summed(
    {
      rule: 'bill.payable',
      label: { zh: '现在应缴', en: 'To pay now' },
      formula: bothAlike(addedUp(because)),
      cite: dueCite(city, period(bill.month as Month)),
    },
    total.payableFen,
    because,
  );
}

/** The values with their signs: 5,789.17 − 1,000.00. */
function addedUp(terms: readonly Derivation[]): string {
  return terms
    .map((t) => t.value.replace('¥', ''))
    .reduce((said, v) => (v.startsWith('−') ? `${said} − ${v.slice(1)}` : `${said} + ${v}`));
}
