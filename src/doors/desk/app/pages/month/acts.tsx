import { Button } from 'antd';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Text } from '../../../../../kernel/text.ts';
import type { MonthView } from '../../../../../services/insurance/index.ts';
import { useAsk } from '../../asking.ts';
import { count, monthOnly, showMonth, showYuan } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { useMonth } from '../../month-of.tsx';
import { Field } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';
import { useRunner } from '../../runner.tsx';
import { useSession } from '../../session.tsx';

type Orders = Parameters<ReturnType<typeof useRunner>['start']>[0];

interface ActProps {
  readonly title: string;
  readonly button: string;
  readonly orders: (view: MonthView) => Orders;
  readonly permission: string;
  /** Whether the month stands where this can be done. */
  readonly fits: (view: MonthView) => boolean;
  /** Why it cannot be done yet, or null. */
  readonly blocked?: (view: MonthView) => Text | null;
  /** What it does, before it is done. */
  readonly effects: (view: MonthView) => readonly ReactNode[];
}

/** An act that cannot be taken back names its effect on a page of its own. */
function Act({ title, button, orders, effects, permission, fits, blocked }: ActProps) {
  const { t, language, say } = useSpeech();
  const { may } = useSession();
  const { start, busy } = useRunner();
  const navigate = useNavigate();
  const { month } = useMonth();
  const asked = useAsk('insurance.month', month === null ? null : { month });
  const begin = (view: MonthView) => {
    // It goes on while one looks: the month shows how far it is.
    void start(orders(view));
    void navigate(`/month/${view.month}`);
  };
  const back = `/month/${month ?? ''}`;
  return (
    <Page
      title={title}
      className="act"
      back={{
        to: back,
        text: t('month.title', { month: month === null ? '' : showMonth(month, language) }),
      }}
    >
      <Answer of={asked}>
        {(view) => {
          if (!may(permission)) return <p>{t('act.not-permitted')}</p>;
          const why = blocked?.(view) ?? null;
          if (why !== null)
            return (
              <p>
                <Status kind="none">{t('state.not-yet')}</Status> {say(why)}
              </p>
            );
          if (!fits(view)) return <p>{t('act.past')}</p>;
          return (
            <>
              <ul className="effects">
                {effects(view).map((e, i) => (
                  <li key={`${title} ${String(i)}`}>{e}</li>
                ))}
              </ul>
              <p className="doing">
                <Button type="primary" disabled={busy} onClick={() => begin(view)}>
                  {button}
                </Button>{' '}
                <kbd>Ctrl+Enter</kbd>
              </p>
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

export function AssessPage() {
  const { t, language } = useSpeech();
  const { month } = useMonth();
  const name = month === null ? '' : monthOnly(month, language);
  return (
    <Act
      title={t('assess.title', { month: name })}
      button={t('assess.do', { month: name })}
      permission="insurance.assess"
      fits={(view) => view.state === 'open'}
      orders={(view) => [{ step: 'assess', month: view.month }]}
      effects={(view) => [
        t('assess.bills', { declared: count(view.declared), persons: count(view.persons) }),
        t('assess.provisional', { count: count(view.undeclared) }),
        t('assess.once'),
        t('progress.power'),
      ]}
    />
  );
}

export function ClosePage() {
  const { t, language, say } = useSpeech();
  const { month } = useMonth();
  const name = month === null ? '' : monthOnly(month, language);
  return (
    <Act
      title={t('close.page', { month: name })}
      button={t('close.do', { month: name })}
      permission="insurance.close"
      blocked={(view) => view.steps.find((s) => s.step === 'close')?.blockedBy ?? null}
      fits={(view) => view.state === 'assessed'}
      orders={(view) => [{ step: 'close', month: view.month }]}
      effects={(view) => [
        t('close.credits'),
        t('close.sweeps', { amount: showYuan(view.collectedFen) }),
        t('close.locks'),
        ...(view.blockers.length === 0
          ? []
          : [
              t('close.stays', {
                what: view.blockers.map(say).join(language === 'zh' ? '、' : ', '),
              }),
            ]),
      ]}
    />
  );
}

/** All steps that are left. Who runs the month and who closes its books are two persons in a live city. */
export function RestPage() {
  const { t, language } = useSpeech();
  const { may, city } = useSession();
  const { month } = useMonth();
  const name = month === null ? '' : monthOnly(month, language);
  const closes = city?.kind === 'simulated' && may('insurance.close');
  const orders = (view: MonthView): Orders => [
    ...(view.state === 'open' ? [{ step: 'assess' as const, month: view.month }] : []),
    { step: 'credit', month: view.month },
    ...(closes ? [{ step: 'close' as const, month: view.month }] : []),
  ];
  return (
    <Act
      title={t('rest.title', { month: name })}
      button={t('rest.do')}
      permission="insurance.assess"
      fits={(view) => view.state === 'open' || view.state === 'assessed'}
      orders={orders}
      effects={(view) => [
        ...(view.state === 'open'
          ? [
              t('assess.bills', { declared: count(view.declared), persons: count(view.persons) }),
              t('assess.provisional', { count: count(view.undeclared) }),
            ]
          : []),
        t('rest.credit'),
        closes ? t('close.locks') : t('rest.close-by'),
        t('progress.power'),
      ]}
    />
  );
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const part = 32_768;
  let text = '';
  for (let i = 0; i < bytes.length; i += part)
    text += String.fromCharCode(...bytes.subarray(i, i + part));
  return btoa(text);
}

/** A bank file by upload. */
export function CollectPage() {
  const { t, language } = useSpeech();
  const { start, busy } = useRunner();
  const navigate = useNavigate();
  const { month } = useMonth();
  const [file, setFile] = useState<File | null>(null);
  const [missing, setMissing] = useState(false);
  const { may } = useSession();
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(file === null);
    if (file === null || month === null) return;
    const content = await base64Of(file);
    void start([{ step: 'collect', month, fileName: file.name, content }]);
    void navigate(`/month/${month}`);
  };
  return (
    <Page
      title={t('collect.title')}
      className="act"
      back={{
        to: `/month/${month ?? ''}`,
        text: t('month.title', { month: month === null ? '' : showMonth(month, language) }),
      }}
    >
      <form onSubmit={(e) => void send(e)} noValidate>
        <Field
          id="bank-file"
          label={t('collect.file')}
          hint={t('collect.hint')}
          error={missing ? t('collect.missing') : undefined}
        >
          {({ status: _, ...attributes }) => (
            <input
              type="file"
              accept=".csv,.xml,.txt"
              {...attributes}
              onChange={(e) => setFile(e.target.files?.[0] ?? null)}
            />
          )}
        </Field>
        <ul className="effects">
          <li>{t('collect.matches')}</li>
          <li>{t('collect.unknown')}</li>
          <li>{t('collect.once')}</li>
        </ul>
        <p className="doing">
          <Button type="primary" htmlType="submit" disabled={busy || !may('insurance.collect')}>
            {t('collect.do')}
          </Button>{' '}
          <kbd>Ctrl+Enter</kbd>
          {may('insurance.collect') ? null : <span className="mini">{t('act.not-permitted')}</span>}
        </p>
      </form>
    </Page>
  );
}
