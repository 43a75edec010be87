import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { ProposalRow } from '../../../../../services/oversight/index.ts';
import { useAct, useAsk } from '../../asking.ts';
import { showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ReasonField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Faults, Told } from '../../parts/states.tsx';
import { Han, Status } from '../../parts/words.tsx';
import { useInputRows } from './input.tsx';
import { ProposalState } from './proposals.tsx';

/** One proposal: what it is, how it stands, and the decision. */
export function ProposalPage() {
  const { t, say } = useSpeech();
  const { proposal = '' } = useParams();
  const asked = useAsk('access.proposals', {});
  const row = asked.answer?.rows.find((r) => r.proposal === proposal);
  return (
    <Page
      title={row === undefined ? t('proposals') : say(row.title)}
      className="act"
      back={{ to: '/proposals', text: t('proposals') }}
    >
      <Answer of={asked}>
        {() =>
          row === undefined ? (
            <p className="empty">{t('proposals.gone')}</p>
          ) : (
            <One of={row} again={asked.again} />
          )
        }
      </Answer>
    </Page>
  );
}

function One({ of, again }: { readonly of: ProposalRow; readonly again: () => void }) {
  const { t, language } = useSpeech();
  const input = useInputRows(of.input);
  return (
    <>
      <Facts
        rows={[
          ...input,
          [t('proposals.by'), <Han key="b">{of.by}</Han>],
          [t('proposals.at'), showMoment(of.at, language)],
          [
            t('proposals.reviewed-by'),
            of.reviewedBy === null ? '—' : <Han key="r">{of.reviewedBy}</Han>,
          ],
          [t('proposals.hands'), t(`proposals.hands-${of.hands}`)],
          [t('proposals.number'), of.proposal],
          [t('status'), <ProposalState key="s" of={of} />],
        ]}
      />
      <Decision key={of.proposal} of={of} again={again} />
    </>
  );
}

/** Agreement carries it out, or hands it to the third person; who put it forward takes it back. */
function Decision({ of, again }: { readonly of: ProposalRow; readonly again: () => void }) {
  const { t } = useSpeech();
  const [note, setNote] = useState('');
  const { busy, answer, fault, act } = useAct('access.proposal.decide');
  const decide = async (decision: 'agree' | 'refuse') => {
    if (await act({ proposal: of.proposal, decision, note: note.trim() })) again();
  };
  if (answer !== null)
    return (
      <Told>
        <p>
          <Status
            kind={answer.step === 'done' ? 'done' : answer.step === 'reviewed' ? 'run' : 'stop'}
          >
            {t(`proposals.state.${answer.step}`)}
          </Status>
        </p>
        <p>
          <Link to="/proposals">{t('proposals.back')}</Link>
        </p>
      </Told>
    );
  if (of.yours === 'none')
    return of.state === 'reviewed' ? <p className="aside">{t('proposals.reviewed')}</p> : null;
  const own = of.yours === 'withdraw';
  const last = of.hands === 2 || of.state === 'reviewed';
  const send = (event: FormEvent) => {
    event.preventDefault();
    void decide(own ? 'refuse' : 'agree');
  };
  return (
    <form onSubmit={send} noValidate>
      {fault === null ? null : <Faults fault={fault} />}
      <p className={last && !own ? 'aside aside-amber' : 'aside'}>
        {t(own ? 'proposals.own' : last ? 'proposals.effect-done' : 'proposals.effect-review')}
      </p>
      <ReasonField
        id="note"
        label={t('proposals.note')}
        hint={t('proposals.note-hint')}
        value={note}
        change={setNote}
      />
      <p className="doing">
        {own ? (
          <Button htmlType="submit" loading={busy}>
            {t('proposals.withdraw')}
          </Button>
        ) : (
          <>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t(last ? 'proposals.carry-out' : 'proposals.review')}
            </Button>
            <Button disabled={busy} onClick={() => void decide('refuse')}>
              {t('proposals.refuse')}
            </Button>
          </>
        )}
      </p>
    </form>
  );
}
