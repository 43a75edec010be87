import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Refused } from '../api.ts';
import { useSpeech } from '../language.tsx';
import { TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Faults } from '../parts/states.tsx';
import { useSession } from '../session.tsx';

/** Staff number and password, and a code where the account has one; `over`: the session ended, and what was filled in waits behind this page. */
export function SignIn({ over = false }: { readonly over?: boolean }) {
  const { t } = useSpeech();
  const { signIn, signInSecond } = useSession();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Refused | null>(null);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      if (code !== null) await signInSecond(code);
      else if (await signIn(login, password)) {
        setCode('');
        setBusy(false);
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
      setBusy(false);
      if (error.faults[0]?.code === 'sign-in-again') setCode(null);
    }
  };
  return (
    <Page title={over ? t('sign-in.again') : t('sign-in.title')} className="narrow">
      {over ? <p className="aside aside-amber">{t('sign-in.over')}</p> : null}
      {fault === null ? null : <Faults fault={fault} />}
      <form onSubmit={(e) => void send(e)}>
        {code === null ? (
          <>
            <TextField
              id="login"
              label={t('sign-in.login')}
              value={login}
              change={setLogin}
              more={{ autoComplete: 'username', autoCapitalize: 'none', required: true }}
            />
            <TextField
              id="password"
              label={t('sign-in.password')}
              value={password}
              change={setPassword}
              more={{ type: 'password', autoComplete: 'current-password', required: true }}
            />
          </>
        ) : (
          <TextField
            id="code"
            label={t('sign-in.code')}
            hint={t('sign-in.code-hint')}
            value={code}
            change={setCode}
            more={{ autoComplete: 'one-time-code', autoFocus: true, required: true }}
          />
        )}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('sign-in.do')}
        </Button>
      </form>
      <p className="mini foot">
        {t('sign-in.elsewhere')} <a href="/sign-in">{t('sign-in.portal')}</a>
      </p>
    </Page>
  );
}

/** The desk is for who works at the bureau. */
export function NotStaff() {
  const { t } = useSpeech();
  const { account, signOut } = useSession();
  return (
    <div className="desk outside">
      <Page title={t('not-staff.title')} className="narrow">
        <p>{t('not-staff.why', { name: account?.name ?? '' })}</p>
        <p>
          <a href="/">{t('not-staff.portal')}</a>
        </p>
        <Button onClick={() => void signOut()}>{t('sign-out')}</Button>
      </Page>
    </div>
  );
}
