import { signIn, signInSecond, signOut } from '../../../engines/access/index.ts';
import type { Actor, MindunError } from '../../../kernel/index.ts';
import type { Visit } from '../../http/visit.ts';
import { Page, show, Token } from '../layout.tsx';
import { Faults, Passkey, refusalOf, TextQuestion } from '../parts.tsx';

interface Filled {
  readonly login: string;
  readonly next: string;
  readonly error?: MindunError;
}

function SignIn({ visit, filled }: { visit: Visit; filled: Filled }) {
  const { t } = visit;
  const { error } = filled;
  // Too many tries from this network: nothing that was filled in is to be mended.
  const atLogin = error?.code === 'address-throttled' ? undefined : error;
  return (
    <Page
      visit={visit}
      title={t('sign-in.title')}
      place="sign-in"
      faulty={error !== undefined}
      passkeys
    >
      <div class="one">
        <Faults visit={visit} error={error} field={atLogin === undefined ? undefined : 'login'} />
        <h1>{t('sign-in.title')}</h1>
        {visit.over ? (
          <p role="status">{t('sign-in.over')}</p>
        ) : filled.next !== '' ? (
          <p role="status">{t('sign-in.first')}</p>
        ) : null}
        <form method="post" action="/sign-in">
          <Token visit={visit} />
          <input type="hidden" name="next" value={filled.next} />
          <TextQuestion
            visit={visit}
            name="login"
            label="sign-in.login"
            hint="sign-in.login-hint"
            error={atLogin}
            autocomplete="username"
            value={filled.login}
          />
          <TextQuestion
            visit={visit}
            name="password"
            label="sign-in.password"
            type="password"
            autocomplete="current-password"
          />
          <p class="acts">
            <button class="btn" type="submit">
              {t('sign-in.go')}
            </button>
          </p>
        </form>
        <Passkey
          visit={visit}
          act="sign-in"
          text="passkey.sign-in"
          next={filled.next === '' ? '/sign-in' : filled.next}
        />
        {visit.provider === undefined ? null : (
          <p class="acts">
            <a href={`/sign-in/provider?next=${encodeURIComponent(filled.next)}`}>
              {t('sign-in.provider')}
            </a>
          </p>
        )}
        <p class="aside note">
          {t('sign-in.help')} <a href="/activate">{t('sign-in.activate')}</a>
        </p>
      </div>
    </Page>
  );
}

/** Only an address of this site: a path, not the beginning of another host's. */
export function ownPath(text: string): string {
  return /^\/(?![/\\])[^\\\s]*$/.test(text) ? text : '';
}

/** Where whoever signed in begins. */
export function homeOf(actor: Actor): string {
  return actor.kind === 'employer' ? '/employer' : actor.kind === 'person' ? '/record' : '/';
}

export function signInPage(visit: Visit): Response | Promise<Response> {
  const next = ownPath(visit.c.req.query('next') ?? '');
  if (visit.signedIn) return visit.c.redirect(next === '' ? homeOf(visit.actor) : next, 303);
  return show(visit, <SignIn visit={visit} filled={{ login: '', next }} />);
}

/** Signs in; the session's token stays in the cookie. */
export async function signInForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const login = String(form['login'] ?? '').slice(0, 60);
  const next = ownPath(String(form['next'] ?? ''));
  try {
    const password = String(form['password'] ?? '').slice(0, 200);
    const answer = await signIn(visit.house.store, login, password, visit.from);
    if ('half' in answer) {
      visit.keepHalf(answer.half);
      const query = next === '' ? '' : `?next=${encodeURIComponent(next)}`;
      return visit.c.redirect(`/sign-in/second${query}`, 303);
    }
    await visit.enter(answer.token);
    return visit.c.redirect(next === '' ? homeOf(answer.actor) : next, 303);
  } catch (fault) {
    const error = refusalOf(fault);
    return show(visit, <SignIn visit={visit} filled={{ login, next, error }} />, error.status);
  }
}

function Second({ visit, next, error }: { visit: Visit; next: string; error?: MindunError }) {
  const { t } = visit;
  return (
    <Page visit={visit} title={t('second.title')} place="sign-in" faulty={error !== undefined}>
      <div class="one">
        <Faults visit={visit} error={error} field="code" />
        <h1>{t('second.title')}</h1>
        <form method="post" action="/sign-in/second">
          <Token visit={visit} />
          <input type="hidden" name="next" value={next} />
          <TextQuestion
            visit={visit}
            name="code"
            label="second.code"
            hint="second.hint"
            error={error}
            autocomplete="one-time-code"
          />
          <p class="acts">
            <button class="btn" type="submit">
              {t('sign-in.go')}
            </button>
            <a href="/sign-in">{t('second.back')}</a>
          </p>
        </form>
        <p class="aside note">{t('second.help')}</p>
      </div>
    </Page>
  );
}

/** The second step; without a first one it begins at the first. */
export function secondPage(visit: Visit): Response | Promise<Response> {
  const next = ownPath(visit.c.req.query('next') ?? '');
  if (visit.half === undefined) return visit.c.redirect('/sign-in', 303);
  return show(visit, <Second visit={visit} next={next} />);
}

export async function secondForm(visit: Visit): Promise<Response> {
  const form = await visit.form();
  const next = ownPath(String(form['next'] ?? ''));
  try {
    const code = String(form['code'] ?? '').slice(0, 40);
    const { store } = visit.house;
    const { token, actor } = await signInSecond(store, visit.half ?? '', code, visit.from);
    await visit.enter(token);
    return visit.c.redirect(next === '' ? homeOf(actor) : next, 303);
  } catch (fault) {
    const error = refusalOf(fault);
    if (error.code !== 'sign-in-again')
      return show(visit, <Second visit={visit} next={next} error={error} />, error.status);
    visit.dropHalf();
    return show(visit, <SignIn visit={visit} filled={{ login: '', next, error }} />, error.status);
  }
}

export async function signOutForm(visit: Visit): Promise<Response> {
  await visit.form();
  if (visit.session !== undefined) await signOut(visit.house.store, visit.session);
  visit.dropSession();
  return visit.c.redirect('/', 303);
}
