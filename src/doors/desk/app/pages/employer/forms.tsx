import { Button } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { MindunError } from '../../../../../kernel/errors.ts';
import type { Queries, Refused } from '../../api.ts';
import { type Asked, useAct, useAsk } from '../../asking.ts';
import { day, parseYuan, plainDate, showMonth, showYuan } from '../../format.ts';
import { type Speech, useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ReasonField, TextField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Faults, Told } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { Instalments, type InstalmentText, instalmentsOf } from './instalments.tsx';

type Bills = Queries['insurance.bills'][1];

/** What a text says, or what is wrong with it in words. */
export function read<T>(
  text: string,
  reader: (text: string) => T,
  { t, language }: Pick<Speech, 't' | 'language'>,
) {
  if (text.trim() === '') return { value: undefined, error: t('field.empty') };
  try {
    return { value: reader(text.trim()), error: undefined };
  } catch (error) {
    if (error instanceof MindunError)
      return {
        value: undefined,
        error: `${error.text(language)}${language === 'zh' ? '。' : '. '}${error.mend(language)}`,
      };
    throw error;
  }
}

interface FormPageProps {
  readonly title: string;
  readonly bills: Asked<Bills>;
  readonly children: (bill: Bills['rows'][number]) => ReactNode;
}

/** The page of a form about one bill of an employer. */
function BillForm({ title, bills, children }: FormPageProps) {
  const { t, language } = useSpeech();
  const { employer = '' } = useParams();
  const [search] = useSearchParams();
  const number = search.get('bill') ?? '';
  const who = useAsk('insurance.employer', { employer });
  const name = who.answer?.name ?? t('employer');
  return (
    <Page title={title} className="act" back={{ to: `/employers/${employer}`, text: name }}>
      <Answer of={bills}>
        {({ rows }) => {
          const bill = rows.find((b) => b.number === number);
          if (bill === undefined) return <p>{t('bill.unknown', { number })}</p>;
          return (
            <>
              <Facts
                rows={[
                  [t('employer'), <Han key="e">{name}</Han>],
                  [t('bill'), <Han key="b">{bill.number}</Han>],
                  [t('month'), showMonth(bill.month, language)],
                  [
                    t('due-day'),
                    bill.dueDate === null ? t('due.unknown') : day(bill.dueDate, language, true),
                  ],
                  [t('bill.open'), <b key="o">{showYuan(bill.openFen)}</b>],
                ]}
              />
              {children(bill)}
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

/** The button of a form, what was refused, and its key. */
export function Send(props: { readonly text: string; readonly busy: boolean }) {
  return (
    <p className="doing">
      <Button type="primary" htmlType="submit" loading={props.busy}>
        {props.text}
      </Button>
      <kbd>Ctrl+Enter</kbd>
    </p>
  );
}

export function Refusal({ fault }: { readonly fault: Refused | null }) {
  return fault === null ? null : <Faults fault={fault} />;
}

/** 责令限期缴纳 */
export function OrderPage() {
  const { t } = useSpeech();
  const { employer = '' } = useParams();
  const bills = useAsk('insurance.bills', { employer });
  return (
    <BillForm title={t('order.title')} bills={bills}>
      {(bill) => <Order bill={bill.number} employer={employer} />}
    </BillForm>
  );
}

function Order({ bill, employer }: { readonly bill: string; readonly employer: string }) {
  const { t, language } = useSpeech();
  const { city } = useSession();
  const [payBy, setPayBy] = useState('');
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('insurance.order-payment');
  const date = read(payBy, plainDate, { t, language });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (date.value === undefined || reason.trim() === '') return;
    void act({ bill, payBy: date.value, reason: reason.trim() });
  };
  if (answer !== null)
    return (
      <Done
        employer={employer}
        text={t('order.done', { order: answer.order, by: day(answer.payBy, language, true) })}
      />
    );
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside">{t('order.effect')}</p>
      <TextField
        id="pay-by"
        label={t('order.pay-by')}
        hint={t('day-hint', { today: city?.at.slice(0, 10) ?? '' })}
        error={sent ? date.error : undefined}
        value={payBy}
        change={setPayBy}
        width="day"
      />
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('order.reason-hint')}
        error={sent && reason.trim() === '' ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <Send text={t('order.do')} busy={busy} />
    </form>
  );
}

/** 缓缴, at once or by instalments. */
export function DeferPage() {
  const { t } = useSpeech();
  const { employer = '' } = useParams();
  const bills = useAsk('insurance.bills', { employer });
  return (
    <BillForm title={t('defer.title')} bills={bills}>
      {(bill) => <Defer bill={bill.number} open={bill.openFen} employer={employer} />}
    </BillForm>
  );
}

interface DeferProps {
  readonly bill: string;
  readonly open: number;
  readonly employer: string;
}

function Defer({ bill, open, employer }: DeferProps) {
  const { t, language } = useSpeech();
  const { city } = useSession();
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const [rows, setRows] = useState<readonly InstalmentText[]>([]);
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('insurance.defer');
  const date = read(until, plainDate, { t, language });
  const instalments = instalmentsOf(rows);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (date.value === undefined || reason.trim() === '' || instalments === null) return;
    const agreed = instalments.length === 0 ? {} : { instalments };
    void act({ bill, until: date.value, reason: reason.trim(), ...agreed });
  };
  if (answer !== null)
    return (
      <Done
        employer={employer}
        text={t('defer.done', {
          amount: showYuan(answer.openFen),
          until: day(answer.until, language, true),
        })}
      />
    );
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside">{t('defer.effect')}</p>
      <TextField
        id="until"
        label={t('defer.until')}
        hint={t('day-hint', { today: city?.at.slice(0, 10) ?? '' })}
        error={sent ? date.error : undefined}
        value={until}
        change={setUntil}
        width="day"
      />
      <Instalments rows={rows} change={setRows} open={open} until={until} sent={sent} />
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('defer.reason-hint')}
        error={sent && reason.trim() === '' ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <Send text={t('defer.do')} busy={busy} />
    </form>
  );
}

/** Paying back what was paid too much. */
export function RefundPage() {
  const { t } = useSpeech();
  const { employer = '' } = useParams();
  const asked = useAsk('insurance.employer', { employer });
  return (
    <Page
      title={t('refund.title')}
      className="act"
      back={{ to: `/employers/${employer}`, text: asked.answer?.name ?? t('employer') }}
    >
      <Answer of={asked}>
        {(of) => <Refund employer={employer} name={of.name} held={of.unappliedFen} />}
      </Answer>
    </Page>
  );
}

interface RefundProps {
  readonly employer: string;
  readonly name: string;
  readonly held: number;
}

function Refund({ employer, name, held }: RefundProps) {
  const { t, language } = useSpeech();
  const [text, setText] = useState(showYuan(held, { sign: false }));
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('insurance.refund');
  const money = read(text, parseYuan, { t, language });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (money.value === undefined || reason.trim() === '') return;
    void act({ employer, amountFen: money.value, reason: reason.trim() });
  };
  if (answer !== null)
    return (
      <Done
        employer={employer}
        text={t('refund.done', {
          amount: showYuan(answer.refundedFen),
          left: showYuan(answer.leftFen),
        })}
      />
    );
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <Facts
        rows={[
          [t('employer'), <Han key="e">{name}</Han>],
          [t('unapplied'), <b key="h">{showYuan(held)}</b>],
        ]}
      />
      <TextField
        id="amount"
        label={t('refund.amount')}
        hint={t('refund.hint')}
        error={sent ? money.error : undefined}
        value={text}
        change={setText}
        width="amount"
        more={{ prefix: '¥', inputMode: 'decimal' }}
      />
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('refund.reason-hint')}
        error={sent && reason.trim() === '' ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <Send text={t('refund.send')} busy={busy} />
    </form>
  );
}

export function Done(props: {
  readonly employer: string;
  readonly text: string;
  /** What is left to be done. */
  readonly more?: string | undefined;
}) {
  const { t } = useSpeech();
  const { employer, text, more } = props;
  return (
    <Told>
      <p>
        <Status kind="done">{text}</Status>
      </p>
      {more === undefined ? null : <p>{more}</p>}
      <p>
        <Link to={`/employers/${employer}`}>{t('back-to-employer')}</Link>
      </p>
    </Told>
  );
}
