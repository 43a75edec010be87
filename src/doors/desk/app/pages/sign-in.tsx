import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { knowsPasskeys } from '../../../look/webauthn.js';
import { Refused } from '../api.ts';
import { useAsk } from '../asking.ts';
import { useSpeech } from '../language.tsx';
import { TextField } from '../parts/field.tsx';
import { Page } from '../parts/page.tsx';
import { Faults } from '../parts/states.tsx';
import { useSession } from '../session.tsx';

/** Staff number and password, and a code where the account has one; `over`: the session ended, and what was filled in waits behind this page. */
export function SignIn({ over = false }: { readonly over?: boolean }) {
  const { t } = useSpeech();
  const { signIn, signInSecond, signInByPasskey } = useSession();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Refused | null>(null);
  const doing = async (work: () => Promise<boolean>) => {
    setBusy(true);
    setFault(null);
    try {
      // Signed in, this page goes.
      if (!(await work())) setBusy(false);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(error);
      setBusy(false);
      if (error.faults[0]?.code === 'sign-in-again') setCode(null);
    }
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    void doing(async () => {
      if (code !== null) await signInSecond(code);
      else if (await signIn(login, password)) {
        setCode('');
        return false;
      }
      return true;
    });
  };
  return (
    <Page title={over ? t('sign-in.again') : t('sign-in.title')} className="narrow">
      {over ? <p className="aside aside-amber">{t('sign-in.over')}</p> : null}
      {fault === null ? null : <Faults fault={fault} />}
      <form onSubmit={send}>
        {code === null ? (
          <LogIn login={login} setLogin={setLogin} password={password} setPassword={setPassword} />
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
        </Button>{' '}
        {knowsPasskeys() ? (
          <Button disabled={busy} onClick={() => void doing(signInByPasskey)}>
            {t('sign-in.passkey')}
          </Button>
        ) : null}
      </form>
      <SingleSignOn />
      <p className="mini foot">
        {t('sign-in.elsewhere')} <a href="/sign-in">{t('sign-in.portal')}</a>
      </p>
    </Page>
  );
}

/** The bureau's own sign-in, where there is one. */
function SingleSignOn() {
  const { t } = useSpeech();
  const { answer } = useAsk('access.ways', {});
  if (answer?.provider !== true) return null;
  const next = encodeURIComponent(window.location.pathname);
  return (
    <p>
      <a href={`/sign-in/provider?next=${next}`}>{t('sign-in.provider')}</a>
    </p>
  );
}

function LogIn(props: {
  readonly login: string;
  readonly setLogin: (text: string) => void;
  readonly password: string;
  readonly setPassword: (text: string) => void;
}) {
  const { t } = useSpeech();
  return (
    <>
      <TextField
        id="login"
        label={t('sign-in.login')}
        value={props.login}
        change={props.setLogin}
        more={{ autoComplete: 'username', autoCapitalize: 'none', required: true }}
      />
      <TextField
        id="password"
        label={t('sign-in.password')}
        value={props.password}
        change={props.setPassword}
        more={{ type: 'password', autoComplete: 'current-password', required: true }}
      />
    </>
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
