import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { MatterRow } from '../../../../../services/oversight/index.ts';
import { useAct, useAsk } from '../../asking.ts';
import { count, showMoment } from '../../format.ts';
import { useSpeech } from '../../language.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ReasonField, TextField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer, Told } from '../../parts/states.tsx';
import { Refusal } from '../employer/forms.tsx';
import { MatterState } from './matters.tsx';

/** One of one's own matters: whom else it concerns, and its end. */
export function MatterPage() {
  const { t } = useSpeech();
  const { matter = '' } = useParams();
  const asked = useAsk('access.matters', {});
  const row = asked.answer?.rows.find((r) => r.matter === matter);
  return (
    <Page
      title={row?.reason ?? t('matter')}
      className="act"
      back={{ to: '/matters', text: t('matters') }}
    >
      <Answer of={asked}>
        {() =>
          row === undefined ? (
            <p className="empty">{t('matters.gone')}</p>
          ) : (
            <One of={row} again={asked.again} />
          )
        }
      </Answer>
    </Page>
  );
}

function One({ of, again }: { readonly of: MatterRow; readonly again: () => void }) {
  const { t, language } = useSpeech();
  const purpose = of.kind === 'emergency' ? 'emergency' : 'open-matter';
  return (
    <>
      <Facts
        rows={[
          [t('matters.kind'), t(`matters.kind.${of.kind}`)],
          [t('status'), <MatterState key="s" of={of} />],
          [t('matters.number-of-persons'), count(of.persons)],
          [t('matters.looks'), count(of.looks)],
          [t('matters.at'), showMoment(of.at, language)],
          ...(of.until === null
            ? []
            : [[t('matters.until'), showMoment(of.until, language)] as const]),
          [t('proposals.number'), of.matter],
        ]}
      />
      {of.open ? (
        <p>
          <Link to="/persons" state={{ purpose, matter: of.matter, search: '' }}>
            {t('matters.search')}
          </Link>
        </p>
      ) : null}
      {of.kind === 'emergency' ? null : <Work of={of} again={again} />}
    </>
  );
}

function Work({ of, again }: { readonly of: MatterRow; readonly again: () => void }) {
  const { t } = useSpeech();
  // Told while the list is read anew: once closed, the forms are gone.
  const [ended, setEnded] = useState(false);
  if (ended)
    return (
      <Told>
        <p>{t('matters.end-done')}</p>
        <p>
          <Link to="/matters">{t('matters.back')}</Link>
        </p>
      </Told>
    );
  if (!of.open) return null;
  return (
    <>
      <section>
        <h2 className="part">{t('matters.add')}</h2>
        <Add matter={of.matter} again={again} />
      </section>
      <section>
        <h2 className="part">{t('matters.end')}</h2>
        <End
          matter={of.matter}
          done={() => {
            setEnded(true);
            again();
          }}
        />
      </section>
    </>
  );
}

function Add({ matter, again }: { readonly matter: string; readonly again: () => void }) {
  const { t } = useSpeech();
  const [person, setPerson] = useState('');
  const [missing, setMissing] = useState(false);
  const { busy, answer, fault, act } = useAct('access.matter.add-person');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(person.trim() === '');
    if (person.trim() === '' || !(await act({ matter, person: person.trim() }))) return;
    setPerson('');
    again();
  };
  return (
    <form onSubmit={(e) => void send(e)} noValidate>
      <Refusal fault={fault} />
      {answer === null || fault !== null ? null : <Told>{t('matters.add-done')}</Told>}
      <TextField
        id="add"
        label={t('matters.person')}
        error={missing ? t('relatives.number-missing') : undefined}
        value={person}
        change={setPerson}
        width="amount"
        more={{ maxLength: 18 }}
      />
      <Button htmlType="submit" loading={busy}>
        {t('matters.add')}
      </Button>
    </form>
  );
}

function End({ matter, done }: { readonly matter: string; readonly done: () => void }) {
  const { t } = useSpeech();
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const { busy, fault, act } = useAct('access.matter.end');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    const short = reason.trim().length < 2;
    setMissing(short);
    if (!short && (await act({ matter, reason: reason.trim() }))) done();
  };
  return (
    <form onSubmit={(e) => void send(e)} noValidate>
      <Refusal fault={fault} />
      <ReasonField
        id="end"
        label={t('matters.end-reason')}
        hint={t('matters.end-hint')}
        error={missing ? t('reason.missing') : undefined}
        value={reason}
        change={setReason}
      />
      <p className="doing">
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('matters.end-do')}
        </Button>
      </p>
    </form>
  );
}
