import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { type Relation, relations } from '../api.ts';
import { useAct } from '../asking.ts';
import { count } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Choice, TextField } from '../parts/field.tsx';
import { Faults, Told } from '../parts/states.tsx';
import { useSession } from '../session.tsx';

/** Declaring a relative, whose file is not for this account from then on. */
export function Relatives() {
  const { t } = useSpeech();
  const { may } = useSession();
  if (!may('access.relative.declare')) return null;
  return (
    <section>
      <h2>{t('relatives')}</h2>
      <p>{t('relatives.why')}</p>
      <Declare />
    </section>
  );
}

function Declare() {
  const { t } = useSpeech();
  const [person, setPerson] = useState('');
  const [kind, setKind] = useState<Relation>('spouse');
  const [missing, setMissing] = useState(false);
  const { busy, answer, fault, act } = useAct('access.relative.declare');
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(person.trim() === '');
    if (person.trim() === '' || !(await act({ number: person.trim(), kind }))) return;
    setPerson('');
  };
  return (
    <form onSubmit={(e) => void send(e)} noValidate>
      {fault === null ? null : <Faults fault={fault} />}
      {answer === null || fault !== null ? null : (
        <Told>{t('relatives.done', { count: count(answer.relatives) })}</Told>
      )}
      <TextField
        id="relative"
        label={t('relatives.number')}
        error={missing ? t('relatives.number-missing') : undefined}
        value={person}
        change={setPerson}
        width="amount"
        more={{ maxLength: 18 }}
      />
      <Choice
        name="relation"
        label={t('relatives.kind')}
        options={relations.map((r) => [r, t(`relatives.kind.${r}`)] as const)}
        value={kind}
        change={setKind}
      />
      <Button htmlType="submit" loading={busy}>
        {t('relatives.do')}
      </Button>
    </form>
  );
}
