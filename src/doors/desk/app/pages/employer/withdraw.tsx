import { type FormEvent, useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { type Doing, useAct, useAsk } from '../../asking.ts';
import { day } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ReasonField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Han } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Done, Refusal, Send } from './forms.tsx';

/** 撤回责令书: while its day is not over. */
export function WithdrawPage() {
  const { t, language } = useSpeech();
  const { city } = useSession();
  const { employer = '' } = useParams();
  const [search] = useSearchParams();
  const asked = useAsk('insurance.employer', { employer });
  const number = search.get('order') ?? '';
  const today = city?.at.slice(0, 10) ?? '';
  // Held here: when it is done the order is asked for again, and its form is gone.
  const doing = useAct('insurance.withdraw-order');
  return (
    <Page
      title={t('withdraw.title')}
      className="act"
      back={{ to: `/employers/${employer}`, text: asked.answer?.name ?? t('employer') }}
    >
      {doing.answer === null ? (
        <Answer of={asked}>
          {(of) => {
            const order = of.orders.find((o) => o.number === number);
            if (order === undefined || order.withdrawnOn !== null || order.payBy < today)
              return <p>{t('withdraw.gone')}</p>;
            return (
              <>
                <Facts
                  rows={[
                    [t('employer'), <Han key="e">{of.name}</Han>],
                    [t('withdraw.order'), <Han key="o">{order.number}</Han>],
                    [t('bill'), <Han key="b">{order.billNumber}</Han>],
                    [t('order.pay-by'), day(order.payBy, language, true)],
                    [t('reason'), <Han key="r">{order.reason}</Han>],
                  ]}
                />
                <Withdraw order={order.number} doing={doing} />
              </>
            );
          }}
        </Answer>
      ) : (
        <Done employer={employer} text={t('withdraw.done', { order: doing.answer.order })} />
      )}
    </Page>
  );
}

function Withdraw(props: {
  readonly order: string;
  readonly doing: Doing<'insurance.withdraw-order'>;
}) {
  const { t } = useSpeech();
  const { order, doing } = props;
  const { busy, fault, act } = doing;
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (reason.trim() === '') return;
    void act({ order, reason: reason.trim() });
  };
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside">{t('withdraw.effect')}</p>
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('withdraw.reason-hint')}
        error={sent && reason.trim() === '' ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <Send text={t('withdraw.do')} busy={busy} />
    </form>
  );
}
