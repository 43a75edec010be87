import { showYuan } from '../../../kernel/index.ts';
import {
  type BalanceFigure,
  type BillInsurance,
  type BillView,
  balanceFigures,
  type Derivation,
  type EarlierRow,
  earlierRows,
  type Insurance,
  insurances,
  monthSumName,
  type SumFigure,
  sumNames,
  sumRows,
} from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMonth } from '../dates.ts';
import { plainYuan, Tags } from '../parts.tsx';
import { Why, WhyLink } from './derivation.tsx';

export interface BillProps {
  readonly visit: Visit;
  readonly bill: BillView;
  readonly parts: readonly Derivation[];
}

/** Which figure is opened. */
export type Asked =
  | {
      readonly of: 'insurance';
      readonly insurance: Insurance;
      readonly share: 'employer' | 'employee' | null;
      /** An earlier month that this bill settles; null: the bill's own. */
      readonly feeMonth: string | null;
    }
  | {
      readonly of: 'base';
      readonly insurance: Insurance;
      readonly share?: never;
      readonly figure: 'base';
    }
  | {
      readonly of: 'figure';
      readonly insurance?: never;
      readonly share?: never;
      readonly figure: BalanceFigure;
    };

/**
 * `?why=pension`, one share of it, `?why=pension-employer`, its persons and bases, `?why=pension-base`, an earlier month's settlement,
 * `?why=pension-2008-01`, one share of that, `?why=pension-2008-01-employer`, or one of the bill's sums, `?why=arrears`.
 */
export function whyOf(visit: Visit): Asked | null {
  const why = visit.c.req.query('why') ?? '';
  const figure = balanceFigures.find((f) => f === why);
  if (figure !== undefined) return { of: 'figure', figure };
  const [, name, of] = /^([a-z]+)(?:-(.+))?$/.exec(why) ?? [];
  const insurance = insurances.find((i) => i === name);
  if (insurance === undefined) return null;
  if (of === 'base') return { of: 'base', insurance, figure: 'base' };
  const [, feeMonth = null, whose] =
    /^(\d{4}-\d{2})?(?:-?(employer|employee))?$/.exec(of ?? '') ?? [];
  const share = whose === 'employer' || whose === 'employee' ? whose : null;
  return { of: 'insurance', insurance, share, feeMonth };
}

/** The derivation of a figure below its row, when it is the one that is asked for. */
export function Opened(
  props: BillProps & {
    readonly why: string;
    readonly what: string;
    readonly amount: number;
    readonly assumed?: boolean;
    readonly persons?: boolean;
    /** By the law of the day of assessment; else of today. */
    readonly assessed?: boolean;
  },
) {
  const { visit, bill, parts, why, what, amount } = props;
  if (visit.c.req.query('why') !== why || parts.length === 0) return null;
  return (
    <tr class={props.assumed === true ? 'more deriv-assumed' : 'more'}>
      <td class="deriv" colspan={6}>
        <Why
          visit={visit}
          what={what}
          amount={showYuan(amount)}
          parts={parts}
          assessedOn={props.assessed === true ? bill.issuedOn : null}
          persons={props.persons === true}
        />
      </td>
    </tr>
  );
}

export function InsuranceRow({ visit, bill, of, parts }: BillProps & { of: BillInsurance }) {
  const { t } = visit;
  const asked = whyOf(visit);
  const name = t(`insurance.${of.insurance}`);
  if (of.state === 'not-computed' && !of.employeesComputed)
    return <NotComputedRow visit={visit} of={of} />;
  if (of.undeclared && !of.billed) return <NotDeclaredRow visit={visit} of={of} />;
  const mine = asked?.insurance === of.insurance;
  const open =
    mine &&
    parts.length > 0 &&
    (asked.of === 'base' || (asked.of === 'insurance' && asked.feeMonth === null));
  const { what, amount } = openedOf(visit, of);
  return (
    <>
      <tr class={open ? (of.assumed ? 'open deriv-assumed' : 'open') : undefined}>
        <th scope="row">
          {name} <Tags visit={visit} of={of} />
        </th>
        <PersonCells visit={visit} of={of} />
        <td class="n" data-l={t('bill.by-employer')}>
          {of.state === 'not-computed' ? (
            <span>
              {t('not-computed')}
              <span class="rate">{t('not-computed.missing', { document: of.missing ?? '' })}</span>
            </span>
          ) : (
            <WhyLink visit={visit} why={`${of.insurance}-employer`} amount={of.employerFen} />
          )}
        </td>
        <td class="n" data-l={t('bill.by-employees')}>
          {of.insurance === 'injury' || of.insurance === 'maternity' ? (
            <span>
              — <span class="rate">{t('bill.employees-none')}</span>
            </span>
          ) : (
            <WhyLink visit={visit} why={`${of.insurance}-employee`} amount={of.employeeFen} />
          )}
        </td>
        <td class="n first">
          <WhyLink visit={visit} why={of.insurance} amount={of.employerFen + of.employeeFen} />
        </td>
      </tr>
      {open ? (
        <Opened
          visit={visit}
          bill={bill}
          parts={parts}
          why={visit.c.req.query('why')!}
          what={what}
          amount={amount}
          assumed={of.assumed}
          persons
          assessed
        />
      ) : null}
    </>
  );
}

/** How many are insured and on what they pay: both open to the persons; without a declaration there are none. */
function PersonCells({ visit, of }: { visit: Visit; of: BillInsurance }) {
  const { t } = visit;
  const why = `${of.insurance}-base`;
  const { persons, baseFen } = of;
  return (
    <>
      <td class="n" data-l={t('bill.persons')}>
        {of.undeclared ? (
          t('bill.undeclared')
        ) : persons === 0 ? (
          '0'
        ) : (
          <WhyLink visit={visit} why={why} amount={persons} text={String(persons)} />
        )}
      </td>
      <td class="n" data-l={t('bill.base')}>
        {of.undeclared ? (
          t('bill.undeclared-base')
        ) : persons === 0 ? (
          plainYuan(baseFen)
        ) : (
          <WhyLink visit={visit} why={why} amount={baseFen} />
        )}
      </td>
    </>
  );
}

/** What of an insurance's row is opened, in words, and its amount. */
function openedOf(visit: Visit, of: BillInsurance): { what: string; amount: number } {
  const { t } = visit;
  const asked = whyOf(visit);
  const name = t(`insurance.${of.insurance}`);
  if (asked?.of === 'base')
    return { what: `${name}${t('comma')}${t('bill.base')}`, amount: of.baseFen };
  const share = asked?.of === 'insurance' ? asked.share : null;
  if (share === null) return { what: name, amount: of.employerFen + of.employeeFen };
  const amount = share === 'employer' ? of.employerFen : of.employeeFen;
  return { what: `${name}${t('comma')}${t(`share.${share}`)}`, amount };
}

/** Not declared, and nothing to go by: there is no amount, not even of nothing. */
function NotDeclaredRow({ visit, of }: { visit: Visit; of: BillInsurance }) {
  const { t } = visit;
  return (
    <tr>
      <th scope="row">{t(`insurance.${of.insurance}`)}</th>
      <td class="n" data-l={t('bill.persons')}>
        {t('bill.undeclared')}
      </td>
      <td />
      <td />
      <td />
      <td class="n first">{t('bill.not-billed')}</td>
    </tr>
  );
}

function NotComputedRow({ visit, of }: { visit: Visit; of: BillInsurance }) {
  const { t } = visit;
  return (
    <tr>
      <th scope="row">{t(`insurance.${of.insurance}`)}</th>
      <td class="n" data-l={t('bill.persons')}>
        {of.persons}
      </td>
      <td />
      <td class="n" data-l={t('bill.by-employer')}>
        <span>
          {t('not-computed')}
          <span class="rate">{t('not-computed.missing', { document: of.missing ?? '' })}</span>
        </span>
      </td>
      <td />
      <td class="n first">{t('not-computed')}</td>
    </tr>
  );
}

/** What is settled of earlier months: of each month why, then one row for each insurance. */
export function LaterLines({ visit, bill, parts }: BillProps) {
  const { t, language } = visit;
  const rows = earlierRows(bill);
  return (
    <>
      {bill.earlier.map(({ feeMonth, why }) => (
        <>
          <tr>
            <td class="left whole" colspan={6}>
              {t('bill.settled-month', { month: showMonth(feeMonth, language) })}
              <span class="rate">{why.map((w) => w[language]).join(t('semicolon'))}</span>
            </td>
          </tr>
          {rows
            .filter((r) => r.feeMonth === feeMonth)
            .map((of) => (
              <EarlierLine visit={visit} bill={bill} of={of} parts={parts} />
            ))}
        </>
      ))}
    </>
  );
}

function EarlierLine({ visit, bill, of, parts }: BillProps & { of: EarlierRow }) {
  const { t, language } = visit;
  const { insurance, feeMonth, employerFen, employeeFen } = of;
  const whole = `${insurance}-${feeMonth}`;
  const asked = visit.c.req.query('why') ?? '';
  const open = parts.length > 0 && (asked === whole || asked.startsWith(`${whole}-`));
  const share = whyOf(visit)?.share ?? null;
  const assumed = of.assumed || parts.some((p) => p.assumed);
  const month = showMonth(feeMonth, language);
  const name = `${t(`insurance.${insurance}`)} · ${t('bill.settlement', { month })}`;
  const whose = share === null ? '' : `${t('comma')}${t(`share.${share}`)}`;
  const amounts = { employer: employerFen, employee: employeeFen };
  return (
    <>
      <tr class={open ? (assumed ? 'open deriv-assumed' : 'open') : undefined}>
        <th scope="row">
          {t(`insurance.${insurance}`)} · <span class="nb">{t('bill.settlement', { month })}</span>{' '}
          {of.assumed ? <span class="assumed">{t('tag.assumed')}</span> : null}
        </th>
        <td class="n" data-l={t('bill.persons')}>
          {of.persons}
        </td>
        <td />
        <td class="n" data-l={t('bill.by-employer')}>
          <WhyLink visit={visit} why={`${whole}-employer`} amount={employerFen} />
        </td>
        <td class="n" data-l={t('bill.by-employees')}>
          {insurance === 'injury' || insurance === 'maternity' ? (
            <span>—</span>
          ) : (
            <WhyLink visit={visit} why={`${whole}-employee`} amount={employeeFen} />
          )}
        </td>
        <td class="n first">
          <WhyLink visit={visit} why={whole} amount={employerFen + employeeFen} />
        </td>
      </tr>
      {open ? (
        <Opened
          visit={visit}
          bill={bill}
          parts={parts}
          why={asked}
          what={`${name}${whose}`}
          amount={share === null ? employerFen + employeeFen : amounts[share]}
          assumed={assumed}
          persons
          assessed
        />
      ) : null}
    </>
  );
}

/** From the sum of the rows to what is to be paid now. */
export function Balance({ visit, bill, parts }: BillProps) {
  return (
    <>
      <MonthSum visit={visit} bill={bill} parts={parts} />
      {sumRows(bill).map(([figure, amount]) => (
        <SumRow visit={visit} bill={bill} parts={parts} of={figure} amount={amount} />
      ))}
    </>
  );
}

function MonthSum({ visit, bill, parts }: BillProps) {
  const { t } = visit;
  const name = monthSumName(bill)[visit.language];
  const { employerFen, employeeFen } = bill.total;
  const figures = {
    'month-employer': employerFen,
    'month-employee': employeeFen,
    month: employerFen + employeeFen,
  } as const;
  const asked = whyOf(visit);
  const figure = asked?.of === 'figure' ? asked.figure : undefined;
  const open = figure === 'month' || figure === 'month-employer' || figure === 'month-employee';
  const share = { 'month-employer': 'share.employer', 'month-employee': 'share.employee' } as const;
  const whose = open && figure !== 'month' ? `${t('comma')}${t(share[figure])}` : '';
  return (
    <>
      <tr class={open ? 'open' : undefined}>
        <th scope="row">
          <b>{name}</b>
        </th>
        <td />
        <td />
        <td class="n" data-l={t('bill.by-employer')}>
          <WhyLink visit={visit} why="month-employer" amount={employerFen} />
        </td>
        <td class="n" data-l={t('bill.by-employees')}>
          <WhyLink visit={visit} why="month-employee" amount={employeeFen} />
        </td>
        <td class="n first">
          <WhyLink visit={visit} why="month" amount={figures.month} />
        </td>
      </tr>
      {open ? (
        <Opened
          visit={visit}
          bill={bill}
          parts={parts}
          why={figure}
          what={`${name}${whose}`}
          amount={figures[figure]}
          assessed
        />
      ) : null}
    </>
  );
}

function SumRow(props: BillProps & { readonly of: SumFigure; readonly amount: number }) {
  const { visit, bill, parts, of, amount } = props;
  const { t } = visit;
  const name = sumNames[of][visit.language];
  const fees = of === 'late-fee' ? bill.lateFees : [];
  return (
    <>
      <tr class={visit.c.req.query('why') === of ? 'open' : undefined}>
        <th scope="row">
          {name}{' '}
          {fees.some((l) => l.assumed) ? <span class="assumed">{t('tag.assumed')}</span> : null}
          {fees.some((l) => l.state === 'not-computed') ? (
            <span class="rate">{t('not-computed.part')}</span>
          ) : null}
        </th>
        <td />
        <td />
        <td />
        <td />
        <td class="n first">
          <WhyLink visit={visit} why={of} amount={amount} />
        </td>
      </tr>
      <Opened visit={visit} bill={bill} parts={parts} why={of} what={name} amount={amount} />
    </>
  );
}
