import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import type { Grounds } from '../api.ts';
import { useAct, useAsk } from '../asking.ts';
import { day } from '../format.ts';
import { useSpeech } from '../language.tsx';
import { Facts } from '../parts/facts.tsx';
import { TextField } from '../parts/field.tsx';
import { Answer, Faults, Told } from '../parts/states.tsx';
import { Han } from '../parts/words.tsx';
import { useSession } from '../session.tsx';

interface Props {
  readonly person: string;
  readonly grounds: Grounds;
}

/** Where a person's pension and refunds are paid to: the last four digits, and a form for another account. */
export function Payout({ person, grounds }: Props) {
  const { t, language } = useSpeech();
  const { may } = useSession();
  const shown = may('registry.payout-account');
  const input = shown ? { person } : null;
  const asked = useAsk('registry.payout-account', input, undefined, grounds);
  if (!shown) return null;
  return (
    <section aria-labelledby="payout">
      <h2 className="part" id="payout">
        {t('payout')}
      </h2>
      <Answer of={asked}>
        {({ account }) =>
          account === null ? (
            <p className="empty">{t('payout.none')}</p>
          ) : (
            <Facts
              rows={[
                [t('payout.bank'), <Han key="b">{account.bank}</Han>],
                [t('payout.number'), account.number],
                [t('payout.holder'), <Han key="h">{account.holder}</Han>],
                [t('payout.from'), day(account.from, language)],
              ]}
            />
          )
        }
      </Answer>
      {may('registry.person.payout-account') ? (
        <SetPayout person={person} grounds={grounds} done={asked.again} />
      ) : null}
    </section>
  );
}

const empty = { bank: '', number: '', holder: '', reason: '' };

function SetPayout({ person, grounds, done }: Props & { readonly done: () => void }) {
  const { t } = useSpeech();
  const [fields, setFields] = useState(empty);
  const [sent, setSent] = useState(false);
  const { busy, answer, fault, act } = useAct('registry.person.payout-account', grounds);
  const wrong = {
    bank: fields.bank.trim().length < 2 ? t('payout.bank-missing') : undefined,
    number: fields.number.trim() === '' ? t('payout.number-missing') : undefined,
  };
  const field = (name: keyof typeof empty, hint?: string, error?: string) => (
    <TextField
      id={`payout-${name}`}
      label={t(`payout.${name}`)}
      hint={hint}
      error={sent ? error : undefined}
      value={fields[name]}
      change={(value) => setFields({ ...fields, [name]: value })}
      more={name === 'number' ? { inputMode: 'numeric', maxLength: 60 } : { maxLength: 60 }}
    />
  );
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setSent(true);
    if (wrong.bank !== undefined || wrong.number !== undefined) return;
    const { holder, ...rest } = fields;
    if (!(await act({ person, ...rest, ...(holder.trim() === '' ? {} : { holder }) }))) return;
    setFields(empty);
    setSent(false);
    done();
  };
  return (
    <details>
      <summary>{t('payout.set')}</summary>
      <form onSubmit={(e) => void send(e)} noValidate>
        {fault === null ? null : <Faults fault={fault} />}
        {answer === null || fault !== null ? null : (
          <Told>
            <p>
              {t(answer.changed ? 'payout.done' : 'payout.same', { number: answer.account.number })}
            </p>
            {answer.warnings.map((w) => (
              <p key={w.code}>
                <b>{w.message}</b>
              </p>
            ))}
          </Told>
        )}
        {field('bank', undefined, wrong.bank)}
        {field('number', t('payout.number-hint'), wrong.number)}
        {field('holder', t('payout.holder-hint'))}
        {field('reason', t('payout.reason-hint'))}
        <Button htmlType="submit" type="primary" loading={busy}>
          {t('payout.do')}
        </Button>
      </form>
    </details>
  );
}
