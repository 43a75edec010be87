import { Button } from 'antd';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ProofKind } from '../../../engines/access/index.ts';
import { knowsPasskeys, signByPasskey } from '../../look/webauthn.js';
import { ask, type Commands, Refused, run } from './api.ts';
import { useSpeech } from './language.tsx';
import { TextField } from './parts/field.tsx';
import { Faults } from './parts/states.tsx';

type Proof = Commands['access.step-up'][0];

/** What is asked for, and sending it. */
function useProving(done: (proved: boolean) => void) {
  const { language } = useSpeech();
  const [kind, setKind] = useState<ProofKind>('password');
  const [passkeys, setPasskeys] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Refused | null>(null);
  useEffect(() => {
    ask('access.factors', {}, { language }).then(
      (factors) => {
        setKind(factors.proof);
        setPasskeys(factors.passkeys.length > 0 && knowsPasskeys());
      },
      (error: unknown) => setFault(error instanceof Refused ? error : null),
    );
  }, [language]);
  const show = async (proofOf: () => Promise<Proof | null>) => {
    setBusy(true);
    setFault(null);
    try {
      const proof = await proofOf();
      if (proof !== null) {
        await run('access.step-up', proof, { language });
        return done(true);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
    }
    setBusy(false);
  };
  const byPasskey = async (): Promise<Proof | null> => {
    const passkey = await signByPasskey(await run('access.step-up.passkey', {}, { language }));
    return passkey === null ? null : { passkey };
  };
  return { kind, passkeys, busy, fault, show, byPasskey };
}

/** Asks in front of the page for the password, a code or a passkey. @param done told whether it was proved */
export function StepUp({ done }: { readonly done: (proved: boolean) => void }) {
  const { t } = useSpeech();
  const box = useRef<HTMLDialogElement>(null);
  const [given, setGiven] = useState('');
  const { kind, passkeys, busy, fault, show, byPasskey } = useProving(done);
  useEffect(() => box.current?.showModal(), []);
  const send = (event: FormEvent) => {
    event.preventDefault();
    void show(async () => (kind === 'code' ? { code: given } : { password: given }));
  };
  return (
    <dialog ref={box} className="ask" aria-labelledby="step-up" onCancel={() => done(false)}>
      <h2 id="step-up">{t('step-up.title')}</h2>
      <p>{t(kind === 'provider' ? 'step-up.provider' : 'step-up.why')}</p>
      {fault === null ? null : <Faults fault={fault} />}
      <form onSubmit={send}>
        {kind === 'provider' ? null : (
          <TextField
            id="proof"
            label={t(kind === 'code' ? 'sign-in.code' : 'sign-in.password')}
            value={given}
            change={setGiven}
            more={{
              type: kind === 'code' ? 'text' : 'password',
              autoComplete: kind === 'code' ? 'one-time-code' : 'current-password',
              required: true,
            }}
          />
        )}
        <p className="doing">
          {kind === 'provider' ? null : (
            <Button type="primary" htmlType="submit" loading={busy}>
              {t('step-up.do')}
            </Button>
          )}
          {kind === 'provider' ? (
            <a
              href={`/sign-in/provider?again=1&next=${encodeURIComponent(window.location.pathname)}`}
            >
              {t('step-up.provider-go')}
            </a>
          ) : null}
          {passkeys ? (
            <Button disabled={busy} onClick={() => void show(byPasskey)}>
              {t('step-up.passkey')}
            </Button>
          ) : null}
          <Button onClick={() => done(false)}>{t('step-up.leave')}</Button>
        </p>
      </form>
    </dialog>
  );
}
