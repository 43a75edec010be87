import { Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { MatterKind } from '../../../../../engines/access/index.ts';
import type { Grounds } from '../../api.ts';
import { useAct } from '../../asking.ts';
import { useSpeech } from '../../language.tsx';
import { Choice, Field, ReasonField, TextField } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { Told } from '../../parts/states.tsx';
import { Status } from '../../parts/words.tsx';
import { Refusal, Send } from '../employer/forms.tsx';

const titles = {
  matter: 'matters.open',
  investigation: 'matters.investigate',
  emergency: 'matters.emergency',
} as const;

/** Opening a matter, an investigation or emergency access: the kind stands in the address. */
export function NewMatterPage() {
  const { t } = useSpeech();
  const [search] = useSearchParams();
  const asked = search.get('kind') ?? '';
  const kind: MatterKind = asked in titles ? (asked as MatterKind) : 'matter';
  return (
    <Page title={t(titles[kind])} className="act" back={{ to: '/matters', text: t('matters') }}>
      {kind === 'emergency' ? <Emergency /> : <OfPersons key={kind} kind={kind} />}
    </Page>
  );
}

function OfPersons({ kind }: { readonly kind: 'matter' | 'investigation' }) {
  const { t } = useSpeech();
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const name = kind === 'matter' ? 'access.matter.open' : 'access.matter.investigate';
  const { busy, answer, fault, act } = useAct(name);
  const persons = text.split(/[\s,，、;；]+/).filter((p) => p !== '');
  const wrong = {
    reason: reason.trim().length < 2 ? t('matters.reason-missing') : undefined,
    persons: persons.length === 0 ? t('matters.persons-missing') : undefined,
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (wrong.reason === undefined && wrong.persons === undefined)
      void act({ reason: reason.trim(), persons });
  };
  if (answer !== null)
    return (
      <Opened
        grounds={{ purpose: 'open-matter', matter: answer.matter }}
        search={persons.length === 1 ? persons[0]! : ''}
      />
    );
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside">{t(`matters.effect-${kind}`)}</p>
      <ReasonField
        id="reason"
        label={t('matters.reason')}
        hint={t('matters.reason-hint')}
        error={sent ? wrong.reason : undefined}
        value={reason}
        change={setReason}
      />
      <Field
        id="persons"
        label={t('matters.persons')}
        hint={t('matters.persons-hint')}
        error={sent ? wrong.persons : undefined}
      >
        {({ status: _, ...attributes }) => (
          <Input.TextArea
            {...attributes}
            className="w-wide"
            rows={3}
            autoComplete="off"
            value={text}
            onChange={(e) => setText(e.target.value)}
          />
        )}
      </Field>
      <Send text={t('matters.do-open')} busy={busy} />
    </form>
  );
}

const hours = ['1', '2', '3', '4'] as const;

function Emergency() {
  const { t } = useSpeech();
  const [person, setPerson] = useState('');
  const [reason, setReason] = useState('');
  const [long, setLong] = useState<(typeof hours)[number]>('1');
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('access.matter.emergency');
  const wrong = {
    reason: reason.trim().length < 2 ? t('matters.reason-missing') : undefined,
    person: person.trim() === '' ? t('relatives.number-missing') : undefined,
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (wrong.reason === undefined && wrong.person === undefined)
      void act({ person: person.trim(), reason: reason.trim(), hours: Number(long) });
  };
  if (answer !== null)
    return (
      <Opened grounds={{ purpose: 'emergency', matter: answer.matter }} search={person.trim()} />
    );
  return (
    <form onSubmit={send} noValidate>
      <Refusal fault={fault} />
      <p className="aside aside-amber">{t('matters.effect-emergency')}</p>
      <TextField
        id="person"
        label={t('matters.person')}
        hint={t('matters.person-hint')}
        error={sent ? wrong.person : undefined}
        value={person}
        change={setPerson}
        width="amount"
        more={{ maxLength: 18 }}
      />
      <ReasonField
        id="reason"
        label={t('reason')}
        hint={t('matters.reason-emergency-hint')}
        error={sent ? wrong.reason : undefined}
        value={reason}
        change={setReason}
      />
      <Choice
        name="hours"
        label={t('matters.hours')}
        options={hours.map((h) => [h, t('matters.hours-of', { hours: h })] as const)}
        value={long}
        change={setLong}
      />
      <Send text={t('matters.do-emergency')} busy={busy} />
    </form>
  );
}

/** It is open, and the way to whom it concerns: the number goes in the window's history, not in an address. */
function Opened({ grounds, search }: { readonly grounds: Grounds; readonly search: string }) {
  const { t } = useSpeech();
  return (
    <Told>
      <p>
        <Status kind="done">{t('matters.done', { matter: grounds.matter })}</Status>
      </p>
      <p className="acts">
        <Link to="/persons" state={{ ...grounds, search }}>
          {t('matters.search')}
        </Link>
        <Link to="/matters">{t('matters.back')}</Link>
      </p>
    </Told>
  );
}
