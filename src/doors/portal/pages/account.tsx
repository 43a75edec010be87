import type { PasskeyView, SessionView } from '../../../engines/access/index.ts';
import type { FactorsView } from '../../../services/accounts/index.ts';
import type { Visit } from '../../http/visit.ts';
import { showMoment } from '../dates.ts';
import { Page, show, Token } from '../layout.tsx';
import { Passkey, Status } from '../parts.tsx';
import type { TextKey } from '../texts.ts';

const doneTexts: Readonly<Record<string, TextKey>> = {
  password: 'account.done-password',
  session: 'account.done-session',
  totp: 'account.done-totp',
  passkey: 'account.done-passkey',
  'passkey-gone': 'account.done-passkey-gone',
};

/** One's own account: the password, and where one is signed in. */
export async function accountPage(visit: Visit): Promise<Response> {
  const { rows } = await visit.call<{ rows: readonly SessionView[] }>('access.sessions', {});
  const factors = await visit.call<FactorsView>('access.factors', {});
  return show(visit, <Account visit={visit} sessions={rows} factors={factors} />);
}

function Account(props: {
  readonly visit: Visit;
  readonly sessions: readonly SessionView[];
  readonly factors: FactorsView;
}) {
  const { visit, sessions, factors } = props;
  const { t } = visit;
  const done = doneTexts[visit.c.req.query('done') ?? ''];
  return (
    <Page visit={visit} title={t('account.title')} passkeys>
      <h1>{t('account.title')}</h1>
      {done === undefined ? null : (
        <p class="done" role="status">
          {t(done)}
        </p>
      )}
      <p>
        <a href="/account/messages">{t('messages.title')}</a>
      </p>
      <section>
        <h2>{t('account.password')}</h2>
        <p>{t('account.password-why')}</p>
        <p class="acts">
          <a class="btn btn-2" href="/password">
            {t('password.title')}
          </a>
        </p>
      </section>
      <section>
        <h2>{t('account.totp')}</h2>
        <p>
          {factors.totp
            ? t('account.totp-on', { left: factors.recoveryLeft })
            : t('account.totp-off')}
        </p>
        <p class="acts">
          <a class="btn btn-2" href="/account/totp">
            {t('account.totp-manage')}
          </a>
        </p>
      </section>
      <Passkeys visit={visit} passkeys={factors.passkeys} />
      <Sessions visit={visit} sessions={sessions} />
    </Page>
  );
}

function Passkeys({ visit, passkeys }: { visit: Visit; passkeys: readonly PasskeyView[] }) {
  const { t, language } = visit;
  return (
    <section>
      <h2>{t('passkey.title')}</h2>
      <p>{t('passkey.what')}</p>
      {passkeys.length === 0 ? null : (
        <table class="stack note">
          <caption class="sr">{t('passkey.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('passkey.name')}</th>
              <th scope="col">{t('passkey.made')}</th>
              <th scope="col">{t('passkey.used')}</th>
              <th scope="col">
                <span class="sr">{t('passkey.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {passkeys.map((p) => (
              <tr>
                <th scope="row">{p.name}</th>
                <td data-l={t('passkey.made')}>{showMoment(p.madeAt, language)}</td>
                <td data-l={t('passkey.used')}>
                  {p.usedAt === null ? t('passkey.unused') : showMoment(p.usedAt, language)}
                </td>
                <td>
                  <form method="post" action="/account/passkeys">
                    <Token visit={visit} />
                    <input type="hidden" name="passkey" value={p.passkey} />
                    <button class="btn btn-2 btn-s" type="submit">
                      {t('passkey.remove')}
                    </button>
                  </form>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Passkey
        visit={visit}
        act="register"
        text="passkey.register"
        next="/account?done=passkey"
        name={t('passkey.name-else')}
      >
        <div class="q">
          <label for="passkey-name">{t('passkey.name')}</label>
          <p class="hint" id="passkey-hint">
            {t('passkey.name-hint')}
          </p>
          <input type="text" id="passkey-name" maxlength={40} aria-describedby="passkey-hint" />
        </div>
      </Passkey>
      <noscript>
        <p class="note quiet">{t('passkey.no-script')}</p>
      </noscript>
    </section>
  );
}

/** Takes a passkey away. */
export async function passkeyForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  await visit.call('access.passkey.remove', { passkey: String(form['passkey'] ?? '') });
  return visit.c.redirect('/account?done=passkey-gone', 303);
}

function Sessions({ visit, sessions }: { visit: Visit; sessions: readonly SessionView[] }) {
  const { t, language } = visit;
  return (
    <section>
      <h2>{t('account.sessions')}</h2>
      <p>{t('account.sessions-why')}</p>
      <table class="stack note">
        <caption class="sr">{t('account.sessions')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('account.device')}</th>
            <th scope="col">{t('account.way')}</th>
            <th scope="col">{t('account.started')}</th>
            <th scope="col">{t('account.seen')}</th>
            <th scope="col">
              <span class="sr">{t('account.end')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((s) => (
            <tr>
              <th scope="row">{s.device === '' ? t('account.device-other') : s.device}</th>
              <td data-l={t('account.way')}>{t(`account.way-${s.way}`)}</td>
              <td data-l={t('account.started')}>{showMoment(s.startedAt, language)}</td>
              <td data-l={t('account.seen')}>{showMoment(s.seenAt, language)}</td>
              <td>
                {s.current ? (
                  <Status shape="done">{t('account.current')}</Status>
                ) : (
                  <End visit={visit} name="session" value={s.session} text="account.end" />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sessions.length > 1 ? (
        <div class="acts">
          <End visit={visit} name="others" value="1" text="account.end-others" />
        </div>
      ) : (
        <p class="note quiet">{t('account.alone')}</p>
      )}
    </section>
  );
}

function End(props: {
  readonly visit: Visit;
  readonly name: 'session' | 'others';
  readonly value: string;
  readonly text: TextKey;
}) {
  const { visit, name, value, text } = props;
  return (
    <form method="post" action="/account/sessions">
      <Token visit={visit} />
      <input type="hidden" name={name} value={value} />
      <button class="btn btn-2 btn-s" type="submit">
        {visit.t(text)}
      </button>
    </form>
  );
}

/** Ends one of one's sessions, or all others. */
export async function sessionsForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const { session } = form;
  const which = typeof session === 'string' ? { session } : { others: true };
  await visit.call('access.session.end', which);
  return visit.c.redirect('/account?done=session', 303);
}
