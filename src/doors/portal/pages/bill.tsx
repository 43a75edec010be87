import { showYuan, sumOf } from '../../../kernel/index.ts';
import {
  type BillInsurance,
  type BillLine,
  type BillView,
  type Derivation,
  type Insurance,
  insurances,
  type LateFeeLine,
} from '../../../services/insurance/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showDay, showMonth } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Due, plainYuan, Tags } from '../parts.tsx';
import type { TextKey } from '../texts.ts';
import { plain, Sources, Why, WhyLink } from './derivation.tsx';

/** The unified bill; `?why=` opens one figure's derivation below its row. */
export async function billPage(visit: Visit): Promise<Response> {
  const employer = visit.subjectOf('employer');
  const month = visit.c.req.param('month') ?? '';
  const bill = await visit.call<BillView>('insurance.bill', { employer, month });
  const asked = whyOf(visit);
  const parts =
    asked === null
      ? []
      : (
          await visit.call<Derivation>('insurance.explain-bill', {
            employer,
            month,
            insurance: asked.insurance,
            feeMonth: asked.feeMonth ?? month,
          })
        ).because.filter((d) => asked.share === null || d.rule.endsWith(`.${asked.share}`));
  return show(visit, <Bill visit={visit} bill={bill} parts={parts} />);
}

interface Asked {
  readonly insurance: Insurance;
  readonly share: 'employer' | 'employee' | null;
  /** An earlier month that this bill settles; null: the bill's own. */
  readonly feeMonth: string | null;
}

/** `?why=pension`, one share of it, `?why=pension-employer`, or an earlier month's settlement, `?why=pension-2008-01`. */
function whyOf(visit: Visit): Asked | null {
  const [, name, of] = /^([a-z]+)(?:-(.+))?$/.exec(visit.c.req.query('why') ?? '') ?? [];
  const insurance = insurances.find((i) => i === name);
  if (insurance === undefined) return null;
  const share = of === 'employer' || of === 'employee' ? of : null;
  const feeMonth = /^\d{4}-\d{2}$/.test(of ?? '') ? of! : null;
  return { insurance, share, feeMonth };
}

interface BillProps {
  readonly visit: Visit;
  readonly bill: BillView;
  readonly parts: readonly Derivation[];
}

function Bill({ visit, bill, parts }: BillProps) {
  const { t, language } = visit;
  const month = showMonth(bill.month, language);
  const title = t('bill.title', { month });
  const crumbs = [[t('crumb.employer'), '/employer'], [t('employer.bills')]] as const;
  const open = bill.total.payableFen > 0;
  return (
    <Page visit={visit} title={title} place="employer" crumbs={crumbs}>
      <div class="head">
        <div>
          <h1>{title}</h1>
          <p>{t('bill.lede')}</p>
        </div>
        <p class="payable">
          <span class="quiet">{t('bill.payable')}</span>
          <b>{showYuan(bill.total.payableFen)}</b>
          <Due visit={visit} date={bill.dueDate} open={open} />{' '}
          {bill.dueAssumed ? <span class="assumed">{t('tag.assumed')}</span> : null}
        </p>
      </div>
      <Facts visit={visit} bill={bill} />
      <Amounts visit={visit} bill={bill} parts={parts} />
      <form class="acts screen" method="post" action={`/employer/bill/${bill.month}`}>
        <Token visit={visit} />
        <button class="btn" type="submit">
          {t('bill.pdf')}
        </button>
        <span class="hint">{t('bill.pdf-how')}</span>
      </form>
      <Payments visit={visit} bill={bill} />
      <Below visit={visit} bill={bill} />
    </Page>
  );
}

function Facts({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t, language } = visit;
  return (
    <dl class="facts">
      <dt>{t('bill.employer')}</dt>
      <dd lang="zh-CN">{bill.employer.name}</dd>
      <dt>{t('bill.number')}</dt>
      <dd lang="zh-CN">{bill.number}</dd>
      <dt>{t('bill.code')}</dt>
      <dd>{bill.employer.code}</dd>
      <dt>{t('bill.area')}</dt>
      <dd lang="zh-CN">{bill.area}</dd>
      <dt>{t('bill.office')}</dt>
      <dd>{bill.office[language]}</dd>
      <dt>{t('bill.issued')}</dt>
      <dd>{showDay(bill.issuedOn, language)}</dd>
    </dl>
  );
}

function Amounts({ visit, bill, parts }: BillProps) {
  const { t } = visit;
  const left = bill.total.creditFen - bill.total.setOffFen;
  return (
    <>
      <table class="bill stack" id="figures">
        <caption>
          <span class="sr">{t('bill.caption')}</span>
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('bill.insurance')}</th>
            <th scope="col" class="n">
              {t('bill.persons')}
            </th>
            <th scope="col" class="n">
              {t('bill.base')}
            </th>
            <th scope="col" class="n">
              {t('bill.by-employer')}
            </th>
            <th scope="col" class="n">
              {t('bill.by-employees')}
            </th>
            <th scope="col" class="n">
              {t('bill.sum')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bill.insurances.map((i) => (
            <InsuranceRow visit={visit} bill={bill} of={i} parts={parts} />
          ))}
          <LaterLines visit={visit} bill={bill} parts={parts} />
          <Balance visit={visit} bill={bill} />
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('bill.total')}</th>
            <td />
            <td />
            <td />
            <td />
            <td class="n first">{showYuan(bill.total.payableFen)}</td>
          </tr>
        </tfoot>
      </table>
      {left === 0 ? null : <p class="note">{t('bill.credit-left', { amount: showYuan(left) })}</p>}
    </>
  );
}

function InsuranceRow({ visit, bill, of, parts }: BillProps & { of: BillInsurance }) {
  const { t } = visit;
  const asked = whyOf(visit);
  const name = t(`insurance.${of.insurance}`);
  if (of.state === 'not-computed' && !of.employeesComputed)
    return <NotComputedRow visit={visit} of={of} />;
  const open = asked?.insurance === of.insurance && asked.feeMonth === null && parts.length > 0;
  const amount =
    asked?.share === 'employer'
      ? of.employerFen
      : asked?.share === 'employee'
        ? of.employeeFen
        : of.employerFen + of.employeeFen;
  const share = asked?.share == null ? '' : `${t('comma')}${t(`share.${asked.share}`)}`;
  return (
    <>
      <tr class={open ? (of.assumed ? 'open deriv-assumed' : 'open') : undefined}>
        <th scope="row">
          {name} <Tags visit={visit} of={of} />
        </th>
        <td class="n" data-l={t('bill.persons')}>
          {of.undeclared ? t('bill.undeclared') : of.persons}
        </td>
        <td class="n" data-l={t('bill.base')}>
          {of.undeclared ? t('bill.undeclared-base') : plainYuan(of.baseFen)}
        </td>
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
        <tr class={of.assumed ? 'more deriv-assumed' : 'more'}>
          <td class="deriv" colspan={6}>
            <Why
              visit={visit}
              what={`${name}${share}`}
              amount={showYuan(amount)}
              parts={parts}
              assessedOn={bill.issuedOn}
              persons
            />
          </td>
        </tr>
      ) : null}
    </>
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

/** Settlements and differences of other months, one row for each insurance and month. */
function LaterLines({ visit, bill, parts }: BillProps) {
  const { t, language } = visit;
  const later = bill.lines.filter((l) => l.kind !== 'current' && l.kind !== 'provisional');
  const keys = [...new Set(later.map((l) => `${l.insurance} ${l.feeMonth}`))];
  return (
    <>
      {keys.map((key) => {
        const lines = later.filter((l) => `${l.insurance} ${l.feeMonth}` === key);
        const first = lines[0]!;
        const sum = (share: BillLine['share']): number =>
          sumOf(
            lines.filter((l) => l.share === share),
            (l) => l.amountFen,
          );
        const month = showMonth(first.feeMonth, language);
        const why = `${first.insurance}-${first.feeMonth}`;
        const amount = sum('employer') + sum('employee');
        const open = visit.c.req.query('why') === why && parts.length > 0;
        const assumed = parts.some((p) => p.assumed);
        const name = t(`insurance.${first.insurance}`);
        return (
          <>
            <tr class={open ? (assumed ? 'open deriv-assumed' : 'open') : undefined}>
              <th scope="row">
                {name} · <span class="nb">{t('bill.settlement', { month })}</span>
              </th>
              <td />
              <td />
              <td class="n" data-l={t('bill.by-employer')}>
                {plainYuan(sum('employer'))}
              </td>
              <td class="n" data-l={t('bill.by-employees')}>
                {plainYuan(sum('employee'))}
              </td>
              <td class="n first">
                <WhyLink visit={visit} why={why} amount={amount} />
              </td>
            </tr>
            {open ? (
              <tr class={assumed ? 'more deriv-assumed' : 'more'}>
                <td class="deriv" colspan={6}>
                  <Why
                    visit={visit}
                    what={`${name} · ${t('bill.settlement', { month })}`}
                    amount={showYuan(amount)}
                    parts={parts}
                    assessedOn={bill.issuedOn}
                    persons
                  />
                </td>
              </tr>
            ) : null}
          </>
        );
      })}
    </>
  );
}

/** A row of the sum; none when it is nothing. */
function SumRow({ name, amount }: { name: string; amount: number }) {
  if (amount === 0) return null;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td />
      <td />
      <td />
      <td />
      <td class="n first">{plainYuan(amount)}</td>
    </tr>
  );
}

/** From the month's sum to what is to be paid now. */
function Balance({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t } = visit;
  const { total } = bill;
  const why = visit.c.req.query('why');
  const rows: readonly (readonly ['arrears' | 'late-fee' | 'credit', number])[] = [
    ['arrears', total.arrearsFen],
    ['late-fee', total.lateFeeFen],
    ['credit', -total.setOffFen],
  ];
  return (
    <>
      <tr>
        <th scope="row">
          <b>{t('bill.month-sum')}</b>
        </th>
        <td />
        <td />
        <td class="n" data-l={t('bill.by-employer')}>
          {plainYuan(total.employerFen)}
        </td>
        <td class="n" data-l={t('bill.by-employees')}>
          {plainYuan(total.employeeFen)}
        </td>
        <td class="n first">{plainYuan(total.employerFen + total.employeeFen)}</td>
      </tr>
      <SumRow name={t('bill.paid')} amount={-bill.paidFen} />
      <SumRow name={t('bill.elsewhere')} amount={total.elsewhereFen} />
      {rows.map(([name, amount]) => (
        <>
          <tr class={why === name ? 'open' : undefined}>
            <th scope="row">
              {t(`bill.${name}`)}{' '}
              {name === 'late-fee' && bill.lateFees.some((l) => l.assumed) ? (
                <span class="assumed">{t('tag.assumed')}</span>
              ) : null}
              {name === 'late-fee' && bill.lateFees.some((l) => l.state === 'not-computed') ? (
                <span class="rate">{t('not-computed.part')}</span>
              ) : null}
            </th>
            <td />
            <td />
            <td />
            <td />
            <td class="n first">
              <WhyLink visit={visit} why={name} amount={amount} />
            </td>
          </tr>
          {why === name ? (
            <tr class="more">
              <td class="deriv" colspan={6}>
                <BalanceWhy visit={visit} bill={bill} name={name} amount={amount} />
              </td>
            </tr>
          ) : null}
        </>
      ))}
    </>
  );
}

/** What is said without arrears, and with them. */
const ruleOf: Readonly<Record<'arrears' | 'late-fee' | 'credit', readonly [TextKey, TextKey]>> = {
  arrears: ['why.no-arrears', 'why.arrears'],
  'late-fee': ['why.no-late-fee', 'why.late-fee'],
  credit: ['why.credit', 'why.credit'],
};

function BalanceWhy(props: {
  visit: Visit;
  bill: BillView;
  name: 'arrears' | 'late-fee' | 'credit';
  amount: number;
}) {
  const { visit, bill, name, amount } = props;
  const { t } = visit;
  const label = { zh: t(`bill.${name}`), en: t(`bill.${name}`) };
  const says = (key: TextKey) => ({ zh: t(key), en: t(key) });
  const parts =
    name === 'credit'
      ? []
      : name === 'arrears'
        ? bill.arrears.map(arrearsPart(visit))
        : bill.lateFees.map(lateFeePart(visit));
  const rule = ruleOf[name][parts.length === 0 ? 0 : 1];
  const reason = { ...plain(name, label, amount, says(rule)), because: parts };
  return (
    <Why
      visit={visit}
      what={t(`bill.${name}`)}
      amount={showYuan(amount)}
      parts={[reason]}
      assessedOn={null}
    />
  );
}

function partLabel(visit: Visit, of: Pick<LateFeeLine, 'feeMonth' | 'insurance' | 'share'>) {
  const { t, language } = visit;
  const share = of.share === null ? '' : `${t('comma')}${t(`share.${of.share}`)}`;
  const what = `${showMonth(of.feeMonth, language)} ${t(`insurance.${of.insurance}`)}${share}`;
  return { zh: what, en: what };
}

function arrearsPart(visit: Visit) {
  const { t, language } = visit;
  return (a: BillView['arrears'][number]): Derivation => {
    const { zh } = partLabel(visit, a);
    // In the label: a small screen leaves the formula out.
    const until =
      a.deferredUntil === null
        ? ''
        : `${t('comma')}${t('due.deferred', { date: showDay(a.deferredUntil, language) })}`;
    const label = { zh: `${zh}${until}`, en: `${zh}${until}` };
    return plain('arrears', label, a.openFen, { zh: a.billNumber, en: a.billNumber });
  };
}

/** One late fee with its rate, article and version; without a law there is no figure. */
function lateFeePart(visit: Visit) {
  return (l: LateFeeLine): Derivation => {
    const part = plain('late-fee', partLabel(visit, l), l.amountFen, l.why);
    const { parameters, assumed } = l;
    return {
      ...part,
      ...(l.state === 'not-computed' ? { value: visit.t('not-computed') } : {}),
      parameters,
      assumed,
    };
  };
}

function Payments({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t, language } = visit;
  if (bill.payments.length === 0) return null;
  return (
    <section class="below-table">
      <table class="stack">
        <caption>
          {t('bill.payments')}
          <span class="unit">{t('unit.yuan')}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('bill.received-on')}</th>
            <th scope="col">{t('bill.payment-kind')}</th>
            <th scope="col">{t('bill.reference')}</th>
            <th scope="col" class="n">
              {t('bill.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {bill.payments.map((p) => (
            <tr>
              <th scope="row">{showDay(p.receivedOn, language)}</th>
              <td data-l={t('bill.payment-kind')}>{t(`payment.${p.kind}`)}</td>
              <td data-l={t('bill.reference')}>{p.reference === '' ? '—' : p.reference}</td>
              <td class="n first">{plainYuan(p.amountFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Below({ visit, bill }: { visit: Visit; bill: BillView }) {
  const { t } = visit;
  return (
    <div class="below">
      {bill.insurances
        .filter((i) => i.state === 'not-computed' && !i.employeesComputed)
        .map((i) => (
          <div class="aside aside-amber">
            <h2>{t('bill.why-not', { insurance: t(`insurance.${i.insurance}`) })}</h2>
            <p>{t('bill.why-not-how', { document: i.missing ?? '' })}</p>
          </div>
        ))}
      <div class="aside">
        <h2>{t('bill.partial')}</h2>
        <p>{t('bill.partial-how')}</p>
      </div>
      {bill.insurances.some((i) => i.provisional) ? (
        <div class="aside">
          <h2>{t('tag.provisional')}</h2>
          {bill.provisionalBasis === null ? null : (
            <p>
              {`${bill.provisionalBasis.how[visit.language]}${t('stop')}`}{' '}
              <Sources parts={bill.provisionalBasis.parameters} />
            </p>
          )}
          <p>
            {t(bill.provisionalBasis === null ? 'bill.provisional-law' : 'bill.provisional-note')}
          </p>
        </div>
      ) : null}
      {bill.insurances.some((i) => i.assumed) ||
      bill.dueAssumed ||
      bill.lateFees.some((l) => l.assumed) ? (
        <div class="aside">
          <h2>{t('tag.assumed')}</h2>
          <p>{t('bill.assumed-note')}</p>
        </div>
      ) : null}
    </div>
  );
}
