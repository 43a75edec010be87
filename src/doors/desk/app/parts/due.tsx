import type { BillStanding } from '../../../../services/insurance/index.ts';
import { daysTo, shortDay, showYuan } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { useSession } from '../session.tsx';
import { Status } from './words.tsx';

/** How a bill stands in time: deferred, with the next instalment; late, also as one was missed; due today, or how many days are left. */
export function DueStatus({ of }: { readonly of: BillStanding }) {
  const { t, language } = useSpeech();
  const next = of.deferredUntil === null ? null : of.instalments?.next;
  return (
    <>
      <DueWord of={of} />
      {next == null ? null : (
        <span className="mini">
          {' '}
          {t('due.instalment', {
            number: next.number,
            day: shortDay(next.dueOn, language),
            amount: showYuan(next.amountFen),
          })}
        </span>
      )}
      {of.deferralEndedOn === null ? null : (
        <span className="mini">
          {' '}
          {t('due.ended', { day: shortDay(of.deferralEndedOn, language) })}
        </span>
      )}
    </>
  );
}

function DueWord({ of }: { readonly of: BillStanding }) {
  const { t, language } = useSpeech();
  const { city } = useSession();
  const today = city?.at.slice(0, 10) ?? null;
  if (of.deferredUntil !== null)
    return (
      <Status kind="stop">
        {t('due.deferred', { day: shortDay(of.deferredUntil, language) })}
      </Status>
    );
  if (of.dueDate === null) return <Status kind="none">{t('due.unknown')}</Status>;
  if (of.order !== null && today !== null && of.order.payBy >= today)
    return (
      <Status kind="soon">{t('due.ordered', { day: shortDay(of.order.payBy, language) })}</Status>
    );
  if (of.daysLate > 0) return <Status kind="late">{t('due.late', { days: of.daysLate })}</Status>;
  if (today === null) return null;
  const left = daysTo(today, of.dueDate);
  if (left <= 0) return <Status kind="soon">{t('due.today')}</Status>;
  return <Status kind="none">{t('due.left', { days: left })}</Status>;
}
