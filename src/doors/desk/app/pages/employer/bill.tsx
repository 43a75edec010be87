import { Button } from 'antd';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { BillInsurance, BillView } from '../../../../../services/insurance/index.ts';
import { fileOf } from '../../api.ts';
import { useAct, useAsk } from '../../asking.ts';
import { amount, count, day, shortDay, showMonth, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { Fresh } from '../../parts/paper.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Answer, Faults } from '../../parts/states.tsx';
import { Han, Status, Tags } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Derived } from './derived.tsx';
import { Acts } from './index.tsx';

/** The unified bill of an employer's month; each amount opens its derivation. */
export function BillPage() {
  const { t, language } = useSpeech();
  const { employer = '', month = '' } = useParams();
  const asked = useAsk('insurance.bill', { employer, month });
  const view = asked.answer;
  return (
    <Page
      title={t('bill.title', { month: showMonth(month, language) })}
      back={{ to: `/employers/${employer}`, text: view?.employer.name ?? t('employer') }}
    >
      <Answer of={asked}>
        {(of) => (
          <>
            <Head of={of} />
            <Print of={of} />
            <Insurances of={of} />
            <Differences of={of} />
            <Arrears of={of} />
            <LateFees of={of} />
            <Payments of={of} />
          </>
        )}
      </Answer>
    </Page>
  );
}

function Head({ of }: { readonly of: BillView }) {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const open = of.lines.some((l) => l.openFen > 0);
  return (
    <Facts
      rows={[
        [t('bill'), <Han key="n">{of.number}</Han>],
        [t('bill.issued'), day(of.issuedOn, language)],
        [
          t('due-day'),
          <span key="d">
            {of.dueDate === null ? t('due.unknown') : day(of.dueDate, language, true)}
            <Tags assumed={of.dueAssumed} />
          </span>,
        ],
        [t('bill.paid'), showYuan(of.paidFen)],
        [t('bill.payable'), <b key="p">{showYuan(of.total.payableFen)}</b>],
        [t('bill.late-fee'), showYuan(of.total.lateFeeFen)],
        [t('unapplied'), showYuan(of.total.creditFen)],
        ...(open
          ? [
              [
                t('unpaid.act'),
                <Acts key="x" employer={of.employer.publicId} bill={of.number} may={may} />,
              ] as const,
            ]
          : []),
      ]}
    />
  );
}

/** Prints what the bill shows now: the paper has a code of its own, and comes as a file. */
function Print({ of }: { readonly of: BillView }) {
  const { t } = useSpeech();
  const { busy, answer, fault, act } = useAct('insurance.bill.print');
  return (
    <>
      {fault === null ? null : <Faults fault={fault} />}
      <div className="doing">
        <Button
          loading={busy}
          onClick={() => void act({ employer: of.employer.publicId, month: of.month })}
        >
          {t('paper.bill')}
        </Button>
        {answer === null ? (
          <span className="mini">{t('paper.why')}</span>
        ) : (
          <p role="status">
            <Status kind="done">{t('paper.done', { code: answer.code })}</Status>{' '}
            <Fresh href={fileOf('insurance.bill-printed', 'pdf', { code: answer.code })} />
          </p>
        )}
      </div>
    </>
  );
}

function Insurances({ of }: { readonly of: BillView }) {
  const { t } = useSpeech();
  const [opened, setOpened] = useState<BillInsurance['insurance'] | null>(null);
  return (
    <>
      <h2 className="part">
        {t('bill.insurances')} <span className="unit">{t('unit')}</span>
      </h2>
      <Sideways label={t('bill.insurances')}>
        <table className="stack">
          <thead>
            <tr>
              <th scope="col">{t('insurance')}</th>
              <th scope="col" className="n">
                {t('persons')}
              </th>
              <th scope="col" className="n">
                {t('bill.base')}
              </th>
              <th scope="col" className="n">
                {t('share.employer')}
              </th>
              <th scope="col" className="n">
                {t('share.employee')}
              </th>
              <th scope="col" className="n">
                {t('total')}
              </th>
            </tr>
          </thead>
          <tbody>
            {of.insurances.map((i) => (
              <InsuranceRows
                key={i.insurance}
                of={i}
                bill={of}
                opened={opened === i.insurance}
                open={() => setOpened(opened === i.insurance ? null : i.insurance)}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                {t('bill.with-differences')}
              </th>
              <td className="n" data-l={t('share.employer')}>
                {amount(of.total.employerFen)}
              </td>
              <td className="n" data-l={t('share.employee')}>
                {amount(of.total.employeeFen)}
              </td>
              <td className="n" data-l={t('total')}>
                {showYuan(of.total.employerFen + of.total.employeeFen)}
              </td>
            </tr>
          </tfoot>
        </table>
      </Sideways>
    </>
  );
}

function InsuranceRows(props: {
  readonly of: BillInsurance;
  readonly bill: BillView;
  readonly opened: boolean;
  readonly open: () => void;
}) {
  const { t } = useSpeech();
  const { of, bill, opened, open } = props;
  const name = t(`insurance.${of.insurance}`);
  if (of.state === 'not-computed' && !of.employeesComputed)
    return (
      <tr>
        <th scope="row">{name}</th>
        <td colSpan={5}>
          {t('not-computed')}
          <span className="mini"> {t('not-computed.missing', { what: of.missing ?? '' })}</span>
        </td>
      </tr>
    );
  const why = (what: string, fen: number) => (
    <button
      type="button"
      className="plain why"
      aria-expanded={opened}
      aria-label={t('why.of', { what: `${name} ${what}`, amount: amount(fen) })}
      onClick={open}
    >
      {amount(fen)}
    </button>
  );
  return (
    <>
      <tr data-row>
        <th scope="row">
          {name}
          <Tags assumed={of.assumed} provisional={of.provisional} />
        </th>
        <td className="n" data-l={t('persons')}>
          {count(of.persons)}
        </td>
        <td className="n" data-l={t('bill.base')}>
          {amount(of.baseFen)}
        </td>
        <td className="n" data-l={t('share.employer')}>
          {of.state === 'not-computed' ? (
            <>
              {t('not-computed')}
              <span className="mini"> {t('not-computed.missing', { what: of.missing ?? '' })}</span>
            </>
          ) : (
            why(t('share.employer'), of.employerFen)
          )}
        </td>
        <td className="n" data-l={t('share.employee')}>
          {why(t('share.employee'), of.employeeFen)}
        </td>
        <td className="n" data-l={t('total')}>
          {why(t('total'), of.employerFen + of.employeeFen)}
        </td>
      </tr>
      {opened ? (
        <tr>
          <td colSpan={6} className="opened">
            <Derived bill={bill} insurance={of.insurance} close={open} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** What this bill settles of earlier months. */
function Differences({ of }: { readonly of: BillView }) {
  const { t, language } = useSpeech();
  const lines = of.lines.filter((l) => l.kind === 'settlement' || l.kind === 'difference');
  if (lines.length === 0) return null;
  return (
    <>
      <h2 className="part">{t('bill.differences')}</h2>
      <table className="short">
        <thead>
          <tr>
            <th scope="col">{t('bill.fee-month')}</th>
            <th scope="col">{t('insurance')}</th>
            <th scope="col">{t('share')}</th>
            <th scope="col" className="n">
              {t('bill.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((l) => (
            <tr key={`${l.feeMonth} ${l.insurance} ${l.share} ${l.kind}`}>
              <th scope="row">{showMonth(l.feeMonth, language)}</th>
              <td>{t(`insurance.${l.insurance}`)}</td>
              <td>{t(`share.${l.share}`)}</td>
              <td className="n">{amount(l.amountFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Arrears({ of }: { readonly of: BillView }) {
  const { t, language } = useSpeech();
  if (of.arrears.length === 0) return null;
  return (
    <>
      <h2 className="part">{t('bill.arrears')}</h2>
      <Sideways label={t('bill.arrears')}>
        <table className="stack">
          <thead>
            <tr>
              <th scope="col">{t('bill.fee-month')}</th>
              <th scope="col">{t('insurance')}</th>
              <th scope="col">{t('share')}</th>
              <th scope="col" className="n">
                {t('unpaid.open')}
              </th>
              <th scope="col" className="n">
                {t('bill.days-late')}
              </th>
              <th scope="col">{t('status')}</th>
            </tr>
          </thead>
          <tbody>
            {of.arrears.map((a) => (
              <tr key={`${a.billNumber} ${a.feeMonth} ${a.insurance} ${a.share}`}>
                <th scope="row">{showMonth(a.feeMonth, language)}</th>
                <td data-l={t('insurance')}>{t(`insurance.${a.insurance}`)}</td>
                <td data-l={t('share')}>{t(`share.${a.share}`)}</td>
                <td className="n" data-l={t('unpaid.open')}>
                  {amount(a.openFen)}
                </td>
                <td className="n" data-l={t('bill.days-late')}>
                  {count(a.daysLate)}
                </td>
                <td data-l={t('status')}>
                  {a.deferredUntil === null ? (
                    '—'
                  ) : (
                    <Status kind="stop">
                      {t('due.deferred', { day: shortDay(a.deferredUntil, language) })}
                    </Status>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </>
  );
}

/** Every late fee that the sum holds, with how it came: of arrears, of this bill, and what was determined and not paid. */
function LateFees({ of }: { readonly of: BillView }) {
  const { t, language, say } = useSpeech();
  if (of.lateFees.length === 0) return null;
  return (
    <>
      <h2 className="part">{t('bill.late-fee')}</h2>
      <Sideways label={t('bill.late-fee')}>
        <table className="stack">
          <thead>
            <tr>
              <th scope="col">{t('bill.fee-month')}</th>
              <th scope="col">{t('insurance')}</th>
              <th scope="col">{t('share')}</th>
              <th scope="col" className="n">
                {t('bill.late-fee')}
              </th>
              <th scope="col">{t('bill.late-fee-why')}</th>
            </tr>
          </thead>
          <tbody>
            {of.lateFees.map((l, i) => (
              <tr key={`${l.state} ${l.billNumber} ${l.feeMonth} ${l.insurance} ${i}`}>
                <th scope="row">{showMonth(l.feeMonth, language)}</th>
                <td data-l={t('insurance')}>
                  {t(`insurance.${l.insurance}`)} <Tags assumed={l.assumed} />
                </td>
                <td data-l={t('share')}>{l.share === null ? '—' : t(`share.${l.share}`)}</td>
                <td className="n" data-l={t('bill.late-fee')}>
                  {l.state === 'not-computed' ? '—' : amount(l.amountFen)}
                </td>
                <td data-l={t('bill.late-fee-why')}>{say(l.why)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </>
  );
}

function Payments({ of }: { readonly of: BillView }) {
  const { t, language } = useSpeech();
  if (of.payments.length === 0) return null;
  return (
    <>
      <h2 className="part">{t('bill.payments')}</h2>
      <table className="short">
        <thead>
          <tr>
            <th scope="col">{t('suspense.on')}</th>
            <th scope="col">{t('suspense.reference')}</th>
            <th scope="col" className="n">
              {t('suspense.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {of.payments.map((p) => (
            <tr key={`${p.receivedOn} ${p.reference} ${p.kind}`}>
              <th scope="row">{day(p.receivedOn, language)}</th>
              <td>{p.kind === 'offset' ? t('bill.offset') : p.reference}</td>
              <td className="n">{amount(p.amountFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
