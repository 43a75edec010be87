import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ObjectionView } from '../../../../../services/oversight/index.ts';
import { listEvery, useAct, useAsk } from '../../asking.ts';
import { count, day, daysTo, showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Choice, ReasonField } from '../../parts/field.tsx';
import { type Column, DataTable } from '../../parts/list.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Told } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { useSession } from '../../session.tsx';
import { usePurposeWords } from '../audit/words.ts';
import { Refusal, Send } from '../employer/forms.tsx';

// From here on the due day is marked.
const soonDays = 5;

/** Answered how, or how many days are left. */
function ObjectionState({ of }: { readonly of: ObjectionView }) {
  const { t } = useSpeech();
  const { city } = useSession();
  if (of.answer !== null)
    return <Status kind="done">{t(`objections.outcome.${of.answer.outcome}`)}</Status>;
  if (city === null) return null;
  const left = daysTo(city.at, of.due);
  if (left < 0) return <Status kind="late">{t('objections.late', { days: -left })}</Status>;
  if (left === 0) return <Status kind="soon">{t('objections.today')}</Status>;
  return (
    <Status kind={left <= soonDays ? 'soon' : 'none'}>
      {t('objections.left', { days: left })}
    </Status>
  );
}

/** Objections to looks from within one's reach: those to answer first, by their day. */
export function ObjectionsPage() {
  const { t, language, say } = useSpeech();
  const asked = useAsk('access.objections.to-answer', {}, listEvery);
  const columns: readonly Column<ObjectionView>[] = [
    { title: t('objections.due'), cell: (r) => day(r.due, language, true) },
    { title: t('status'), cell: (r) => <ObjectionState of={r} /> },
    {
      title: t('objections.what'),
      row: true,
      cell: (r) => <Link to={`/objections/${r.objection}`}>{say(r.look.what)}</Link>,
    },
    { title: t('objections.by'), cell: (r) => <Han>{r.lookedBy ?? '—'}</Han> },
    { title: t('objections.look-at'), cell: (r) => showMoment(r.look.at, language) },
    { title: t('objections.text'), wrap: true, cell: (r) => <Han>{r.text}</Han> },
  ];
  const open = asked.answer?.rows.filter((r) => r.answer === null).length ?? 0;
  return (
    <Page
      title={t('objections')}
      aside={asked.answer === null ? null : t('objections.count', { count: count(open) })}
    >
      <Answer of={asked}>
        {({ rows }) => (
          <DataTable
            label={t('objections')}
            columns={columns}
            rows={rows}
            keyOf={(r) => r.objection}
            empty={t('objections.none')}
          />
        )}
      </Answer>
    </Page>
  );
}

/** One objection, and its answer. */
export function ObjectionPage() {
  const { t } = useSpeech();
  const { objection = '' } = useParams();
  const asked = useAsk('access.objections.to-answer', {});
  const row = asked.answer?.rows.find((r) => r.objection === objection);
  return (
    <Page
      title={t('objection')}
      className="act"
      back={{ to: '/objections', text: t('objections') }}
    >
      <Answer of={asked}>
        {() =>
          row === undefined ? (
            <p className="empty">{t('objections.gone')}</p>
          ) : (
            <One of={row} again={asked.again} />
          )
        }
      </Answer>
    </Page>
  );
}

function One({ of, again }: { readonly of: ObjectionView; readonly again: () => void }) {
  const { t, language, say } = useSpeech();
  const purposeWords = usePurposeWords();
  const [done, setDone] = useState(false);
  const { answer } = of;
  return (
    <>
      <Facts
        rows={[
          [t('status'), <ObjectionState key="s" of={of} />],
          [t('objections.due'), day(of.due, language, true)],
          [t('objections.what'), say(of.look.what)],
          [t('objections.by'), <Han key="b">{of.lookedBy ?? '—'}</Han>],
          [t('objections.office'), <Han key="o">{of.look.office ?? '—'}</Han>],
          [t('objections.look-at'), showMoment(of.look.at, language)],
          [t('objections.purpose'), purposeWords(of.look.purpose)],
          [t('objections.at'), showMoment(of.at, language)],
        ]}
      />
      <h2 className="part">{t('objections.text')}</h2>
      <p className="aside" lang="zh-CN">
        {of.text}
      </p>
      {done ? (
        <Told>
          <p>{t('objections.done')}</p>
          <p>
            <Link to="/objections">{t('objections.back')}</Link>
          </p>
        </Told>
      ) : null}
      {answer === null ? (
        done ? null : (
          <AnswerForm
            objection={of.objection}
            done={() => {
              setDone(true);
              again();
            }}
          />
        )
      ) : (
        <>
          <h2 className="part">{t('objections.answer')}</h2>
          <p lang="zh-CN">{answer.text}</p>
          <p className="mini">{`${t('objections.answered')} ${showMoment(answer.at, language)}`}</p>
        </>
      )}
    </>
  );
}

const outcomes = ['justified', 'not-justified'] as const;

function AnswerForm({
  objection,
  done,
}: {
  readonly objection: string;
  readonly done: () => void;
}) {
  const { t } = useSpeech();
  const [outcome, setOutcome] = useState<(typeof outcomes)[number] | null>(null);
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const { busy, fault, act } = useAct('access.objection.answer');
  const short = text.trim().length < 2;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (outcome === null || short) return;
    if (await act({ objection, outcome, text: text.trim() })) done();
  };
  return (
    <form onSubmit={(e) => void send(e)} noValidate>
      <Refusal fault={fault} />
      <Choice
        name="outcome"
        label={t('objections.outcome')}
        error={sent && outcome === null ? t('objections.outcome-missing') : undefined}
        options={outcomes.map((o) => [o, t(`objections.outcome.${o}`)] as const)}
        value={outcome}
        change={setOutcome}
      />
      <ReasonField
        id="answer"
        label={t('objections.answer')}
        hint={t('objections.answer-hint')}
        error={sent && short ? t('objections.answer-missing') : undefined}
        value={text}
        change={setText}
      />
      <Send text={t('objections.do')} busy={busy} />
    </form>
  );
}
