import { Button } from 'antd';
import { useParams } from 'react-router';
import type { BillView } from '../../../../../services/insurance/index.ts';
import { fileOf } from '../../api.ts';
import { useAct, useAsk } from '../../asking.ts';
import { day, showMonth, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { DueStatus } from '../../parts/due.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Page } from '../../parts/page.tsx';
import { Fresh } from '../../parts/paper.tsx';
import { Answer, Faults } from '../../parts/states.tsx';
import { Han, Status, Tags } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Arrears, Differences, LateFees, Payments } from './bill-details.tsx';
import { Insurances } from './bill-sums.tsx';
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
  const open = of.standing.openFen > 0;
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
        ...(open ? [[t('status'), <DueStatus key="s" of={of.standing} />] as const] : []),
        ...(open && of.standing.order !== null
          ? [[t('order.column'), <Ordered key="o" of={of.standing} />] as const]
          : []),
        [t('bill.paid'), showYuan(of.paidFen)],
        [t('bill.payable'), <b key="p">{showYuan(of.total.payableFen)}</b>],
        [t('bill.late-fee'), showYuan(of.total.lateFeeFen)],
        [t('unapplied'), showYuan(of.total.creditFen)],
        ...(open
          ? [
              [
                t('unpaid.act'),
                <Acts
                  key="x"
                  employer={of.employer.publicId}
                  bill={of.number}
                  of={of.standing}
                  may={may}
                />,
              ] as const,
            ]
          : []),
      ]}
    />
  );
}

/** The order to pay that was given last, and whether its day, or one's before it, was missed. */
function Ordered({ of }: { readonly of: BillView['standing'] }) {
  const { t, language } = useSpeech();
  const { order, orderMissedOn } = of;
  if (order === null) return null;
  return (
    <>
      {t('order.given', { on: day(order.givenOn, language), by: day(order.payBy, language) })}
      {orderMissedOn === null ? null : (
        <>
          {' '}
          <Status kind="late">{t('order.missed', { day: day(orderMissedOn, language) })}</Status>
          <span className="mini"> {t('order.missed-what')}</span>
        </>
      )}
    </>
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
