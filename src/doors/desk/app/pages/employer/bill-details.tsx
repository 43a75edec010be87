import { Fragment } from 'react';
import type { BillView } from '../../../../../services/insurance/index.ts';
import { amount, count, day, shortDay, showMonth } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Sideways } from '../../parts/sideways.tsx';
import { Status, Tags } from '../../parts/words.tsx';
import { DerivedRow, type Opener, useOpener, WhyButton } from './derived.tsx';

/** What this bill settles of earlier months. */
export function Differences({ of }: { readonly of: BillView }) {
  const { t, language } = useSpeech();
  const opener = useOpener();
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
          {of.earlier.map(({ feeMonth, why }) => (
            <Fragment key={feeMonth}>
              <tr>
                <th scope="rowgroup" colSpan={4}>
                  {t('bill.settled-month', { month: showMonth(feeMonth, language) })}
                  {why.map((w) => (
                    <p key={w.zh} className="mini">
                      {w[language]}
                    </p>
                  ))}
                </th>
              </tr>
              {lines
                .filter((l) => l.feeMonth === feeMonth)
                .map((l) => (
                  <Difference
                    key={`${l.insurance} ${l.share} ${l.kind}`}
                    of={l}
                    bill={of}
                    opener={opener}
                  />
                ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Difference(props: {
  readonly of: BillView['lines'][number];
  readonly bill: BillView;
  readonly opener: Opener;
}) {
  const { t, language } = useSpeech();
  const { of, bill, opener } = props;
  const { insurance, feeMonth, share } = of;
  const month = showMonth(feeMonth, language);
  const key = `${feeMonth} ${insurance} ${share}`;
  return (
    <>
      <tr data-row>
        <th scope="row">{month}</th>
        <td>
          {t(`insurance.${insurance}`)} <Tags assumed={of.assumed} />
        </td>
        <td>{t(`share.${share}`)}</td>
        <td className="n">
          <WhyButton
            opener={opener}
            of={key}
            what={`${month} ${t(`insurance.${insurance}`)}`}
            fen={of.amountFen}
          />
        </td>
      </tr>
      <DerivedRow opener={opener} of={key} why={{ insurance, feeMonth }} bill={bill} columns={4} />
    </>
  );
}

export function Arrears({ of }: { readonly of: BillView }) {
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
export function LateFees({ of }: { readonly of: BillView }) {
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
                <td className="wrap" data-l={t('bill.late-fee-why')}>
                  {say(l.why)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
    </>
  );
}

export function Payments({ of }: { readonly of: BillView }) {
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
              <td>
                {p.kind === 'offset' ? t('bill.offset') : p.reference}
                {p.kind === 'late-fee' ? t('bill.fee-paid') : null}
              </td>
              <td className="n">{amount(p.amountFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
