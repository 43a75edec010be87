import { Link, useParams } from 'react-router';
import type {
  BillListView,
  BillStanding,
  EmployerView,
} from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { amount, count, day, showMonth, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { DueStatus } from '../../parts/due.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han, Status, type StatusKind } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Certificates } from '../certificates.tsx';

const counterVisit = { purpose: 'counter-visit' } as const;

/** One employer: its bills, its money, what was ordered and deferred. */
export function EmployerPage() {
  const { t } = useSpeech();
  const { may } = useSession();
  const { employer = '' } = useParams();
  const asked = useAsk('insurance.employer', { employer });
  const view = asked.answer;
  const bills = useAsk('insurance.bills', view === null ? null : { employer });
  return (
    <Page
      title={view?.name ?? t('employer')}
      aside={view === null ? null : view.code}
      back={{ to: '/employers', text: t('employers') }}
    >
      <Answer of={asked}>
        {(of) => (
          <>
            <About of={of} />
            <h2 className="part">{t('bills')}</h2>
            <Answer of={bills}>{(list) => <Bills employer={employer} of={list} />}</Answer>
            {may('insurance.correct-wage') && may('insurance.correct-roster') ? (
              <p className="doing">
                <Link to={`/employers/${employer}/correct`}>{t('correct.link')}</Link>
              </p>
            ) : null}
            <Enforcement of={of} />
            <Certificates holder={{ employer: of.employer }} grounds={counterVisit} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function About({ of }: { readonly of: EmployerView }) {
  const { t } = useSpeech();
  const { may } = useSession();
  return (
    <Facts
      rows={[
        [
          t('area'),
          <Han key="a">{of.area === of.county ? of.area : `${of.county} ${of.area}`}</Han>,
        ],
        [t('persons'), count(of.persons)],
        [t('category'), t(`category.${of.category}`)],
        [
          t('injury-class'),
          of.injuryFloat === '1'
            ? String(of.injuryClass)
            : t('injury-class.floating', { class: of.injuryClass, factor: of.injuryFloat }),
        ],
        ...(of.size === null
          ? []
          : [[t('employer-size'), t(`size.${of.size}`)] as [string, string]]),
        [
          t('unapplied'),
          <span key="u">
            {showYuan(of.unappliedFen)}{' '}
            {of.unappliedFen > 0 && may('insurance.refund') ? (
              <Link to={`/employers/${of.employer}/refund`}>{t('refund.do')}</Link>
            ) : null}
          </span>,
        ],
      ]}
    />
  );
}

const billStates = {
  paid: 'done',
  'fee-open': 'soon',
  'partly-paid': 'run',
  unpaid: 'none',
} as const satisfies Partial<Record<BillListView['rows'][number]['state'], StatusKind>>;

/** Paid, open, or as it stands in time: late, ordered, deferred. */
function BillState({ of }: { readonly of: BillListView['rows'][number] }) {
  const { t, language } = useSpeech();
  const { state, order } = of;
  if (state === 'overdue' || state === 'deferred')
    return (
      <>
        <DueStatus of={of} />{' '}
        {order === null ? null : (
          <span className="mini">{t('bill.ordered', { day: day(order.payBy, language) })}</span>
        )}
      </>
    );
  const amount = showYuan(of.lateFeeFen);
  return <Status kind={billStates[state]}>{t(`bill.state.${state}`, { amount })}</Status>;
}

function BillRow(props: { readonly employer: string; readonly of: BillListView['rows'][number] }) {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const { employer, of: b } = props;
  return (
    <tr data-row>
      <th scope="row">
        <Link to={`/employers/${employer}/bills/${b.month}`}>{showMonth(b.month, language)}</Link>
      </th>
      <td lang="zh-CN" data-l={t('bill')}>
        {b.number}
      </td>
      <td data-l={t('due-day')}>
        {b.dueDate === null ? '—' : day(b.dueDate, language)}
        {b.dueAssumed ? <span className="assumed">{t('assumed')}</span> : null}
      </td>
      <td className="n" data-l={t('bill.amount')}>
        {amount(b.amountFen)}
      </td>
      <td className="n" data-l={t('unpaid.open')}>
        {amount(b.openFen)}
      </td>
      <td data-l={t('status')}>
        <BillState of={b} />
      </td>
      <td data-l={b.openFen > 0 ? t('unpaid.act') : undefined}>
        {b.openFen > 0 ? <Acts employer={employer} bill={b.number} of={b} may={may} /> : null}
      </td>
    </tr>
  );
}

function Bills({ employer, of }: { readonly employer: string; readonly of: BillListView }) {
  const { t } = useSpeech();
  if (of.rows.length === 0) return <p className="empty">{t('bills.none')}</p>;
  return (
    <Sideways label={t('bills')}>
      <table className="stack">
        <thead>
          <tr>
            <th scope="col">{t('month')}</th>
            <th scope="col">{t('bill')}</th>
            <th scope="col">{t('due-day')}</th>
            <th scope="col" className="n">
              {t('bill.amount')}
            </th>
            <th scope="col" className="n">
              {t('unpaid.open')}
            </th>
            <th scope="col">{t('status')}</th>
            <th scope="col">{t('unpaid.act')}</th>
          </tr>
        </thead>
        <tbody>
          {of.rows.map((b) => (
            <BillRow key={b.number} employer={employer} of={b} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={3}>
              {t('total')}
            </th>
            <td className="n" data-l={t('bill.amount')}>
              {amount(of.amountFen)}
            </td>
            <td className="n" data-l={t('unpaid.open')}>
              {amount(of.openFen)}
            </td>
            <td colSpan={2} />
          </tr>
        </tfoot>
      </table>
    </Sideways>
  );
}

/** What may be done with an open bill: an order is given when it is late, not deferred, and none runs; it is deferred while no order was missed. */
export function Acts(props: {
  readonly employer: string;
  readonly bill: string;
  readonly of: BillStanding;
  readonly may: (permission: string) => boolean;
}) {
  const { t } = useSpeech();
  const { city } = useSession();
  const { employer, bill, of, may } = props;
  const today = city?.at.slice(0, 10) ?? '';
  const runs = of.order !== null && of.order.payBy >= today;
  const toOrder = of.daysLate > 0 && of.deferredUntil === null && !runs;
  const query = `?bill=${encodeURIComponent(bill)}`;
  return (
    <span className="acts">
      {toOrder && may('insurance.order-payment') ? (
        <Link to={`/employers/${employer}/order${query}`} aria-label={`${t('order')} ${bill}`}>
          {t('order')}
        </Link>
      ) : null}
      {of.orderMissedOn === null && may('insurance.defer') ? (
        <Link to={`/employers/${employer}/defer${query}`} aria-label={`${t('defer')} ${bill}`}>
          {t('defer')}
        </Link>
      ) : null}
    </span>
  );
}

const deferralStates = { runs: 'stop', replaced: 'none', missed: 'late', over: 'none' } as const;

function Enforcement({ of }: { readonly of: EmployerView }) {
  const { t, language } = useSpeech();
  const { may, city } = useSession();
  const today = city?.at.slice(0, 10) ?? '';
  if (of.orders.length + of.deferrals.length === 0) return null;
  return (
    <>
      <h2 className="part">{t('enforcement')}</h2>
      <ul className="effects">
        {of.orders.map((o) => (
          <li key={o.number}>
            {t('enforcement.order', {
              number: o.number,
              bill: o.billNumber,
              on: day(o.givenOn, language),
              by: day(o.payBy, language),
            })}{' '}
            <Han>{o.reason}</Han>{' '}
            {o.withdrawnOn === null ? null : (
              <Status kind="none">
                {t('order.withdrawn', { day: day(o.withdrawnOn, language) })}
              </Status>
            )}
            {o.withdrawnOn === null && o.payBy >= today && may('insurance.order-payment') ? (
              <Link
                to={`/employers/${of.employer}/withdraw?order=${encodeURIComponent(o.number)}`}
                aria-label={`${t('withdraw.link')} ${o.number}`}
              >
                {t('withdraw.link')}
              </Link>
            ) : null}
          </li>
        ))}
        {of.deferrals.map((d) => (
          <li key={d.deferral}>
            {t('enforcement.deferral', {
              bill: d.billNumber,
              from: day(d.from, language),
              until: day(d.until, language),
            })}{' '}
            <Han>{d.reason}</Han>{' '}
            <Status kind={deferralStates[d.state]}>{t(`deferral.${d.state}`)}</Status>
            {d.instalments.map((i) => (
              <div key={i.dueOn} className="mini">
                {day(i.dueOn, language)}　{showYuan(i.amountFen)}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}
